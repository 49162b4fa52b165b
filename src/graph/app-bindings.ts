import type { AppEntry } from '../apps-file.ts';
import { type Fetched, fetched } from './answer.ts';
import { guid } from './user.ts';

/**
 * Which app an entry of `APPS_FILE` stands for. An entry with a display name is bound to the object id that has the
 * name when the entry is first seen, and stays so: a renamed app keeps its approvers, and a second app with the name
 * never gets them. An entry that leads to no app, or to several, is broken, and Usher decides nothing for apps with its
 * name until it is fixed. An entry by id needs no binding. The apps of a kit are bound in the same way.
 */
export interface BindingStore {
  /** The object id that each key is bound to. */
  read(): Promise<ReadonlyMap<string, string>>;
  /** Binds an unbound key. Resolves with the id it is bound to: another one, where another process was first. */
  bind(key: string, appId: string): Promise<string>;
}

export type Binding =
  | { readonly kind: 'bound'; readonly id: string }
  /** No app has the name. */
  | { readonly kind: 'none' }
  /** Several apps have the name, and the entry is bound to none of them. */
  | { readonly kind: 'several' }
  /** The app to which the entry is bound is no longer in the tenant. */
  | { readonly kind: 'gone'; readonly id: string };

/** By the key of the entry. */
export type Bindings = ReadonlyMap<string, Binding>;

export interface BrokenEntry {
  /** As the file names it. */
  readonly app: string;
  readonly kind: Exclude<Binding['kind'], 'bound'>;
}

interface Named {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
}

export const keyOf = (name: string): string => name.trim().toLowerCase();

/** Whether two app names are the same, ignoring case. */
export const isSameName = (one: string, other: string): boolean => keyOf(one) === keyOf(other);

export function isById({ app }: Pick<AppEntry, 'app'>): boolean {
  return guid.test(app.trim());
}

/** Whether the entry is about this app. */
export function isAbout(entry: AppEntry, app: Named, bindings: Bindings): boolean {
  if (isById(entry)) return [app.id, app.appId].some((id) => keyOf(id) === keyOf(entry.app));
  const binding = bindings.get(keyOf(entry.app));
  return binding?.kind === 'bound' && binding.id === app.id;
}

/** A name or an id in `APPS_FILE` that has to lead to one app. */
export interface Wanted {
  readonly app: string;
  /** Much depends on it: it is looked up by itself where the tenant's list does not have it. */
  readonly matters: boolean;
}

/** Whether the entry sets more than short names. */
export function saysWhoDecides({ approvers, assign }: AppEntry): boolean {
  return approvers.length > 0 || assign !== null;
}

/** Whether this app's approvers are unknown, because an entry for its name is broken. */
export function isUnsettled(entries: readonly AppEntry[], app: Named, bindings: Bindings): boolean {
  return entries.some(
    (entry) =>
      !isById(entry) &&
      saysWhoDecides(entry) &&
      keyOf(entry.app) === keyOf(app.displayName) &&
      bindings.get(keyOf(entry.app))?.kind !== 'bound',
  );
}

/** What a name or an id leads to; an id is not looked up. */
export function bindingOf(app: string, bindings: Bindings): Binding {
  return isById({ app }) ? { kind: 'bound', id: app } : (bindings.get(keyOf(app)) ?? { kind: 'none' });
}

/** The broken entries. */
export function brokenOf(entries: readonly AppEntry[], bindings: Bindings): readonly BrokenEntry[] {
  return entries.flatMap(({ app }) => {
    const { kind } = bindingOf(app, bindings);
    return kind === 'bound' ? [] : [{ app, kind }];
  });
}

/**
 * Binds the unbound names, and looks up the bound ones.
 *
 * @param listed the tenant's apps, all of them where `complete`
 */
export async function settleBindings(
  wanted: readonly Wanted[],
  listed: { readonly items: readonly Named[]; readonly complete: boolean },
  parts: {
    readonly store: BindingStore;
    /** The apps of exactly this name, uncached: the list may lack some, or be older than the fix of the entry. */
    readonly named: (name: string) => Promise<Fetched<readonly Named[]>>;
    readonly isThere: (id: string) => Promise<Fetched<boolean>>;
  },
): Promise<Fetched<Bindings>> {
  const names = new Map(wanted.filter((one) => !isById(one)).map(({ app }) => [keyOf(app), app.trim()]));
  const bindings = new Map<string, Binding>();
  if (names.size === 0) return fetched(bindings);
  const weighty = new Set(wanted.filter(({ matters }) => matters).map(({ app }) => keyOf(app)));
  const stored = await parts.store.read();
  for (const [key, name] of names) {
    const bound = stored.get(key);
    if (bound !== undefined) {
      const isThere = listed.items.some(({ id }) => id === bound) ? fetched(true) : await parts.isThere(bound);
      if (!isThere.ok) return isThere;
      bindings.set(key, isThere.value ? { kind: 'bound', id: bound } : { kind: 'gone', id: bound });
      continue;
    }
    const inList = listed.items.filter(({ displayName }) => keyOf(displayName) === key);
    const isEnough = listed.complete && (inList.length === 1 || !weighty.has(key));
    const matches = isEnough ? fetched<readonly Named[]>(inList) : await parts.named(name);
    if (!matches.ok) return matches;
    const [only, another] = matches.value;
    if (only === undefined) bindings.set(key, { kind: 'none' });
    else if (another !== undefined) bindings.set(key, { kind: 'several' });
    else bindings.set(key, { kind: 'bound', id: await parts.store.bind(key, only.id) });
  }
  return fetched(bindings);
}

/** Keeps the bindings while the process lives. */
export function bindingsInMemory(): BindingStore {
  const bound = new Map<string, string>();
  return {
    read: async () => new Map(bound),
    async bind(key, appId) {
      const earlier = bound.get(key) ?? appId;
      bound.set(key, earlier);
      return earlier;
    },
  };
}
