import { pMapIterable } from 'p-map';
import { kitKey } from '../../apps-file.ts';
import { assertNever } from '../../assert-never.ts';
import { type Fetched, fetched, type GraphTrouble } from '../../graph/answer.ts';
import { isSameName, keyOf } from '../../graph/app-bindings.ts';
import type { Application, AppMatch } from '../../graph/applications.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import { onceFor } from '../../once-for.ts';
import { closest } from '../grammar/closest.ts';
import { CONJUNCTIONS } from '../grammar/names.ts';
import type { CommandParts } from '../registry/define-command.ts';
import { onlyProvisioned } from './app-candidates.ts';
import { kitNamed, kitWith } from './kit.ts';

/** Each app once, in the order in which they were named. */
export interface Apps {
  readonly kind: 'apps';
  readonly apps: readonly [Application, ...Application[]];
  /** Names of an app that was named before. */
  readonly repeated: readonly string[];
  /** Apps of a kit that lead to no app of the tenant now. */
  readonly gone: readonly string[];
  /** The kits that were named. */
  readonly kits: readonly Kit[];
}

export type AppsSought =
  | Apps
  /** `near`: a similar name; `isKit`: the name says that it is a kit's; `known`: the names of the tenant's apps. */
  | {
      readonly kind: 'none';
      readonly name: string;
      readonly names: readonly string[];
      readonly near: string | null;
      readonly isKit: boolean;
      readonly known: readonly string[];
    }
  /** None of the kit's apps is in the tenant. */
  | { readonly kind: 'emptyKit'; readonly kit: string; readonly gone: readonly string[] }
  | {
      readonly kind: 'several';
      readonly names: readonly string[];
      /** Of the name that fits several. */
      readonly index: number;
      readonly apps: readonly Application[];
      readonly more: boolean;
    }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

/** Lookups of names that are not in the list of apps, which Graph searches one by one. */
const atOnce = 8;

/**
 * The apps that a text names: one, or several with commas or "and" between them, or a kit of `APPS_FILE`. A known name
 * that holds such a mark or word is one app: "Webex, Cisco", "Data and Insights".
 */
export async function seekApps(parts: CommandParts, text: string): Promise<AppsSought> {
  const listing = parts.kits.mayBeIn(text) ? await parts.kits.list() : fetched([]);
  if (!listing.ok) return { kind: 'trouble', trouble: listing.trouble };
  const kits = listing.value;
  const names = namesIn(text, await knownIn(parts, kits));
  const apps = new Map<string, Application>();
  const repeated: string[] = [];
  const gone: string[] = [];
  const named: Kit[] = [];
  const lookups = pMapIterable(
    names.entries(),
    async ([index, name]) => ({ index, name, found: await parts.applications.find(name) }),
    { concurrency: atOnce },
  );
  for await (const { index, name, found } of lookups) {
    const isKit = saysKit(name);
    const kit = kitNamed(kits, name);
    if (kit.kind === 'one' && (isKit || (isAliasOf(kit.kit, name) && !isApp(found, name)))) {
      named.push(kit.kit);
      for (const one of kit.kit.apps) {
        if (one.id !== null) note(one.app, one.name);
        else if (one.trouble !== 'twice') gone.push(one.name);
      }
      continue;
    }
    // "sales" alone may be anything, such as a department.
    const isHalfSaid = kit.kind === 'one' && !isApp(found, name);
    if (isHalfSaid || (kit.kind === 'near' && isKit))
      return { kind: 'none', name, names, near: kitText(kit.kit.name), isKit: true, known: [] };
    if (!found.ok) return { kind: 'trouble', trouble: found.trouble };
    switch (found.value.kind) {
      case 'none':
        return { kind: 'none', name, names, near: closest(name, found.value.known), isKit, known: found.value.known };
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
    ? { kind: 'emptyKit', kit: text, gone }
    : { kind: 'apps', apps: [first, ...others], repeated, gone, kits: named };

  function note(app: Application, name: string): void {
    if (apps.has(app.id)) repeated.push(name);
    else apps.set(app.id, app);
  }
}

/** "the Sales kit": nothing else is meant, though an app may be called like the kit. */
export const saysKit = (name: string): boolean => /\skit$/i.test(name.trim());
export const kitText = (kit: string) => `the ${kit.replace(/^the\s|\skit$/gi, '')} kit`;

const isAliasOf = ({ aliases }: Kit, name: string) => aliases.some((alias) => kitKey(alias) === kitKey(name));

function isApp(found: Fetched<AppMatch>, name: string): boolean {
  return found.ok && found.value.kind === 'one' && isSameName(found.value.app.displayName, name);
}

/** More than this no app has in its name. */
const mostMarks = 5;
const conjunctions = [...CONJUNCTIONS].join('|');

const between = new RegExp(` ?[,;] ?(?:(?:${conjunctions}) )?| (?:${conjunctions}|&|\\+) `, 'giu');

/** The names between the marks; those that make up a known name stay together, the longest first. */
export function namesIn(text: string, isKnown: (name: string) => boolean): readonly string[] {
  const line = text.replace(/\s+/g, ' ');
  const marks = [...line.matchAll(between)];
  if (marks.length === 0) return [text];
  const starts = [0, ...marks.map(({ index, 0: mark }) => index + mark.length)];
  const ends = [...marks.map(({ index }) => index), line.length];
  const names: string[] = [];
  for (let at = 0; at < starts.length; ) {
    const start = starts[at];
    const upTo = ends.slice(at, at + mostMarks + 1).map((end) => line.slice(start, end).trim());
    const last = Math.max(0, upTo.findLastIndex(isKnown));
    names.push(upTo[last] ?? '');
    at += last + 1;
  }
  return names.filter((name) => name !== '');
}

/** All names of these apps, as `keyOf` compares them. */
const keysIn = onceFor(
  (apps: readonly Application[]) => new Set(apps.flatMap((app) => [app.displayName, ...app.aliases]).map(keyOf)),
);

/** What tells a name that holds a mark. */
export async function knownIn(
  { applications }: CommandParts,
  kits: readonly Kit[],
): Promise<(name: string) => boolean> {
  const listing = await applications.list();
  if (!listing.ok) return (name) => kitWith(kits, name) !== undefined;
  return (name) => keysIn(listing.value.items).has(keyOf(name)) || kitWith(kits, name) !== undefined;
}
