import { assertNever } from '../../assert-never.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import { isSameName, keyOf } from '../../graph/app-bindings.ts';
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

export type AppsSought =
  | Apps
  /** `known`: the names of the tenant's apps. */
  | {
      readonly kind: 'none';
      readonly name: string;
      readonly names: readonly string[];
      readonly known: readonly string[];
    }
  | {
      readonly kind: 'several';
      readonly names: readonly string[];
      /** Of the name that fits several. */
      readonly index: number;
      readonly apps: readonly Application[];
      readonly more: boolean;
    }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

/**
 * The apps that a text names: one, or several with commas or "and" between them. A known name that holds such a mark or
 * word is one app: "Webex, Cisco", "Data and Insights".
 */
export async function seekApps(parts: CommandParts, text: string): Promise<AppsSought> {
  const names = await namesIn(parts, text);
  const apps = new Map<string, Application>();
  const repeated: string[] = [];
  for (const [index, name] of names.entries()) {
    const found = await parts.applications.find(name);
    if (!found.ok) return { kind: 'trouble', trouble: found.trouble };
    switch (found.value.kind) {
      case 'none':
        return { kind: 'none', name, names, known: found.value.known };
      case 'several': {
        const only = found.value.more ? null : await onlyProvisioned(parts, found.value.apps);
        if (only === null) return { ...found.value, names, index };
        note(only, name);
        break;
      }
      case 'one':
        note(found.value.app, name);
        break;
      default:
        return assertNever(found.value, 'match');
    }
  }
  const [first, ...others] = apps.values();
  return first === undefined
    ? { kind: 'none', name: text, names: [], known: [] }
    : { kind: 'apps', apps: [first, ...others], repeated };

  function note(app: Application, name: string): void {
    if (apps.has(app.id)) repeated.push(name);
    else apps.set(app.id, app);
  }
}

/** The same for a command; else a reply that asks which app is meant, or says that one was not found. */
export async function findApplications(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Apps | Answered> {
  const sought = await seekApps(parts, command.app);
  switch (sought.kind) {
    case 'apps':
      return sought;
    case 'trouble':
      return answered(troubleReply(turn.words, sought.trouble, tryAgain(parts, command)));
    case 'several': {
      const { names, index, apps, more } = sought;
      const instead = (id: string) => ({ ...command, app: names.with(index, id).join(', ') });
      const message = await pickApp(parts, turn, names[index] ?? command.app, apps, more, instead);
      return answered({ kind: 'card', inPlace: true, message });
    }
    case 'none': {
      const { name, names, known } = sought;
      const near = closest(name, known);
      // The whole text may begin an app's name, and a line may name apps otherwise.
      if (names.length < 2 || near === null) return one(parts, turn, command);
      const meant = names.map((one) =>
        known.some((app) => isSameName(app, one)) ? one : (closest(one, known) ?? one),
      );
      const suggestion = parts.grammar.format({ ...command, app: meant.join(', ') });
      return answered({ kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion }) });
    }
    default:
      return assertNever(sought, 'apps');
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
