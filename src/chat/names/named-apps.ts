import { assertNever } from '../../assert-never.ts';
import { keyOf } from '../../graph/app-bindings.ts';
import type { Application } from '../../graph/applications.ts';
import { closest } from '../grammar/closest.ts';
import { CONJUNCTIONS } from '../grammar/names.ts';
import type { AppCommand } from '../offers/guesses.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../registry/turn.ts';
import { didYouMean } from '../views/did-you-mean.ts';
import { onlyProvisioned } from './app-candidates.ts';
import { findApplication, pickApp, tryAgain } from './target.ts';

/** Each app once, in the order in which they were named. */
export interface Apps {
  readonly kind: 'apps';
  readonly apps: readonly [Application, ...Application[]];
  /** Names of an app that was named before. */
  readonly repeated: readonly string[];
}

/**
 * The apps that a command names: one, or several with commas or "and" between them. A known name that holds such a mark
 * or word is one app: "Webex, Cisco", "Data and Insights". Else a reply that asks which is meant, or says that one was
 * not found.
 */
export async function findApplications(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Apps | Answered> {
  const names = await namesIn(parts, command.app);
  if (names.length === 1) return one(parts, turn, command);
  const apps = new Map<string, Application>();
  const meant = [...names];
  const repeated: string[] = [];
  for (const [index, name] of names.entries()) {
    const found = await parts.applications.find(name);
    if (!found.ok) return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
    switch (found.value.kind) {
      case 'none': {
        const near = closest(name, found.value.known);
        if (near === null) return one(parts, turn, command);
        meant[index] = near;
        break;
      }
      case 'several': {
        const { apps: candidates, more } = found.value;
        const only = more ? null : await onlyProvisioned(parts, candidates);
        if (only !== null) note(only, name);
        else {
          const instead = (id: string) => ({ ...command, app: names.with(index, id).join(', ') });
          const message = await pickApp(parts, turn, name, candidates, more, instead);
          return answered({ kind: 'card', inPlace: true, message });
        }
        break;
      }
      case 'one':
        note(found.value.app, name);
        break;
      default:
        return assertNever(found.value, 'match');
    }
  }
  if (meant.some((name, index) => name !== names[index])) {
    const suggestion = parts.grammar.format({ ...command, app: meant.join(', ') });
    return answered({ kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion }) });
  }
  const [first, ...others] = apps.values();
  if (first === undefined) return one(parts, turn, command);
  return { kind: 'apps', apps: [first, ...others], repeated };

  function note(app: Application, name: string): void {
    if (apps.has(app.id)) repeated.push(name);
    else apps.set(app.id, app);
  }
}

async function one(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Apps | Answered> {
  const found = await findApplication(parts, turn, command);
  return found.kind === 'reply' ? found : { kind: 'apps', apps: [found.app], repeated: [] };
}

/** More than this no app has in its name. */
const mostMarks = 5;

const between = new RegExp(
  `\\s*[,;]\\s*(?:(?:${[...CONJUNCTIONS].join('|')})\\s+)?|\\s+(?:${[...CONJUNCTIONS, '&', '\\+'].join('|')})\\s+`,
  'giu',
);

/** The names between the marks; those that make up a known name stay together, the longest first. */
async function namesIn({ applications }: CommandParts, text: string): Promise<readonly string[]> {
  const marks = [...text.matchAll(between)];
  if (marks.length === 0) return [text];
  const listing = await applications.list();
  const known = listing.ok ? listing.value.items.flatMap((app) => [app.displayName, ...app.aliases]) : [];
  const keys = new Set(known.map(keyOf));
  const starts = [0, ...marks.map(({ index, 0: mark }) => index + mark.length)];
  const ends = [...marks.map(({ index }) => index), text.length];
  const names: string[] = [];
  for (let at = 0; at < starts.length; ) {
    const start = starts[at];
    const upTo = ends.slice(at, at + mostMarks + 1).map((end) => text.slice(start, end).trim());
    const last = Math.max(
      0,
      upTo.findLastIndex((name) => keys.has(keyOf(name))),
    );
    names.push(upTo[last] ?? '');
    at += last + 1;
  }
  return names.filter((name) => name !== '');
}
