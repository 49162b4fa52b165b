import { assertNever } from '../../assert-never.ts';
import { isSameName } from '../../graph/app-bindings.ts';
import { closest } from '../grammar/closest.ts';
import type { AppCommand } from '../offers/guesses.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { type Answered, answered, say, troubleReply } from '../registry/turn.ts';
import { didYouMean } from '../views/did-you-mean.ts';
import { LIST_SEPARATOR } from './app-list.ts';
import { type Apps, seekApps } from './seek-apps.ts';
import { findApplication, pickApp, tryAgain } from './target.ts';

/** The apps that a command names; else a reply that asks which app is meant, or says that one was not found. */
export async function findApplications(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Apps | Answered> {
  const sought = await seekApps(parts, command.app);
  switch (sought.kind) {
    case 'apps':
      return sought;
    case 'trouble':
      return answered(troubleReply(turn.words, sought.trouble, tryAgain(parts, command)));
    case 'several': {
      const { names, index, apps, more } = sought;
      const instead = (id: string) => ({ ...command, app: names.with(index, id).join(LIST_SEPARATOR) });
      const message = await pickApp(parts, turn, names[index] ?? command.app, apps, more, instead);
      return answered({ kind: 'card', inPlace: true, message });
    }
    case 'emptyKit':
      return answered(say(turn.words, { kind: 'emptyKit', kit: sought.kit }));
    case 'none': {
      const { name, names, near, isKit, known } = sought;
      if (isKit && near === null) return answered(say(turn.words, { kind: 'unknownKit', typed: name }));
      // The whole text may begin an app's name, and a line may name apps otherwise.
      if (near === null || (names.length < 2 && !isKit)) return one(parts, turn, command);
      const isKnown = (one: string) => one !== name && (isKit || known.some((app) => isSameName(app, one)));
      const meant = names.map((one) => (isKnown(one) ? one : one === name ? near : (closest(one, known) ?? one)));
      const suggestion = parts.grammar.format({ ...command, app: meant.join(LIST_SEPARATOR) });
      return answered({ kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion }) });
    }
    default:
      return assertNever(sought, 'apps');
  }
}

async function one(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Apps | Answered> {
  const found = await findApplication(parts, turn, command);
  return found.kind === 'reply' ? found : { kind: 'apps', apps: [found.app], repeated: [], gone: [], kits: [] };
}
