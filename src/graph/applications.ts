import { z } from 'zod';
import type { EndTerms } from '../access-ends.ts';
import type { AppEntry, KitEntry, RoleAssignment } from '../apps-file.ts';
import type { Clock } from '../clock.ts';
import { onceFor } from '../once-for.ts';
import type { TicketTerms } from '../ticket-rules.ts';
import { type Fetched, fetched, mapped } from './answer.ts';
import {
  type BindingStore,
  type Bindings,
  type BrokenEntry,
  bindingOf,
  bindingsInMemory,
  brokenOf,
  isAbout,
  isById,
  isSameName,
  isUnsettled,
  keyOf,
  saysWhoDecides,
  settleBindings,
  type Wanted,
} from './app-bindings.ts';
import { createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import { filterText, graphPath, nullableText, orNull } from './odata.ts';
import { type Listing, readAll, readIfThere, readOne } from './read.ts';
import { guid } from './user.ts';

/** The tenant's enterprise applications (service principals), found by the names that people use for them. */
export interface Applications {
  find(text: string): Promise<Fetched<AppMatch>>;
  /** The app that a kit of `APPS_FILE` names, or why it names none. */
  findOfKit(app: string): Promise<Fetched<Application | BrokenEntry['kind']>>;
  list(): Promise<Fetched<Listing<Application>>>;
  /** Whether the app is enabled in Entra, uncached; null when Graph does not tell. */
  isEnabled(id: string): Promise<Fetched<boolean | null>>;
  /** The entries of `APPS_FILE` that led to no app, or to several, when last read. */
  broken(): readonly BrokenEntry[];
  /** The object ids to which entries by name were bound when last read, by `keyOf` the name. */
  bound(): ReadonlyMap<string, string>;
  /** Details that distinguish the app from others with its name. */
  describe(id: string): Promise<Fetched<AppDescription>>;
}

/** Details for a picker; each null where Graph does not tell. */
export interface AppDescription {
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly publisher: string | null;
  readonly description: string | null;
}

export interface Application {
  /** The service principal's object id, which synchronization calls take. */
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  /** False for an app that is disabled in Entra, as of when the list was read; null when Graph does not tell. */
  readonly enabled: boolean | null;
  readonly aliases: readonly string[];
  /** The approvers of the app, by `APPS_FILE`; empty for the general approvers. */
  readonly approvers: readonly string[];
  /** The app role that Usher assigns, by `APPS_FILE`, and on whose word; null where it assigns nothing. */
  readonly assign: RoleAssignment | null;
  /** What `APPS_FILE` says about its tickets; missing where it says nothing. */
  readonly tickets?: TicketTerms;
  /** What it says about when access ends; missing where it says nothing. */
  readonly ends?: EndTerms;
  /**
   * An entry of `APPS_FILE` has its name and leads to no app: its approvers are unknown, so Usher decides nothing for
   * it.
   */
  readonly unsettled?: true;
}

export type AppMatch =
  | { readonly kind: 'one'; readonly app: Application }
  | { readonly kind: 'several'; readonly apps: readonly Application[]; readonly more: boolean }
  /** No app has the name; `known` is searched for a near miss. */
  | { readonly kind: 'none'; readonly known: readonly string[] };

const accountEnabled = orNull(z.boolean());
const applicationSchema = z
  .object({ id: z.string(), appId: z.string(), displayName: z.string(), accountEnabled })
  .transform(({ accountEnabled: enabled, ...app }) => ({ ...app, enabled }));
type Found = z.infer<typeof applicationSchema>;
const applicationFields = 'id,appId,displayName,accountEnabled';
const enabledSchema = z.object({ accountEnabled });
const descriptionSchema = z.object({
  createdDateTime: nullableText,
  description: nullableText,
  verifiedPublisher: orNull(z.object({ displayName: nullableText })),
});
/** The portal lists service principals with this tag as "Enterprise applications". */
const enterpriseTag = 'WindowsAzureActiveDirectoryIntegratedApp';
const listKeepMs = 10 * 60_000;
/** A missing app may be created at any moment, and its approvers depend on it. */
const noneKeepMs = 10_000;
/** A broken entry of `APPS_FILE` is checked again, as an administrator may have fixed it in the tenant. */
const brokenKeepMs = 30_000;
const mostCandidates = 6;
/** Reads well beyond what is shown, as the app with exactly the name may come after those that only begin with it. */
const mostBegun = 50;
/** Twenty thousand apps. */
const mostPages = 20;

export function createApplications(parts: {
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly entries: readonly AppEntry[];
  readonly kits?: readonly KitEntry[];
  /** The bindings of entries by display name; in memory unless given. */
  readonly bindings?: BindingStore | undefined;
  /** Called with the broken entries each time they are read; it must not throw. */
  readonly observe?: (broken: readonly BrokenEntry[]) => void;
}): Applications {
  const { graph, entries, kits = [], bindings: store = bindingsInMemory() } = parts;
  const lists = createCache<Listing<Found>>(parts.clock, listKeepMs);
  const found = createCache<Found | null>(parts.clock, listKeepMs);
  const sought = createCache<Found | null>(parts.clock, noneKeepMs);
  const settled = createCache<Bindings>(parts.clock, listKeepMs);
  const wanted: readonly Wanted[] = [
    ...entries.map((entry) => ({ app: entry.app, matters: saysWhoDecides(entry) })),
    ...kits.flatMap(({ apps }) => apps.map((app) => ({ app, matters: true }))),
  ];
  const hasNames = wanted.some((one) => !isById(one));
  let broken: readonly BrokenEntry[] = [];
  let isWeighty = false;
  let brokenAt = 0;
  let latest: Bindings = new Map();
  const none: Fetched<Bindings> = fetched(new Map());
  /** Every line that names an app asks for the list. */
  let latestList: { readonly of: object; readonly by: Bindings; readonly apps: Listing<Application> } | null = null;

  const withEntries = (app: Found, bindings: Bindings): Application => {
    const own = entries.filter((entry) => isAbout(entry, app, bindings));
    return {
      ...app,
      aliases: own.flatMap(({ aliases }) => aliases),
      approvers: own.flatMap(({ approvers }) => approvers),
      assign: own.find(({ assign }) => assign !== null)?.assign ?? null,
      ...ticketsOf(own),
      ...endsOf(own),
      ...(isUnsettled(entries, app, bindings) ? { unsettled: true } : {}),
    };
  };

  const search = (filter: string, top: number, pages: number): Promise<Fetched<Listing<Found>>> => {
    const query = { $filter: filter, $select: applicationFields, $top: String(top) };
    return readAll(graph, { path: '/servicePrincipals', query }, applicationSchema, pages);
  };

  const rawList = () =>
    lists.get('all', async () => {
      const listing = await search(`tags/any(t:t eq ${filterText(enterpriseTag)})`, 999, mostPages);
      return mapped(listing, ({ items, complete }) => ({
        complete,
        items: items.toSorted((one, other) => one.displayName.localeCompare(other.displayName)),
      }));
    });

  /** The app of each entry. A broken entry may have been fixed, so it is checked again before long. */
  const bindings = (): Promise<Fetched<Bindings>> => {
    if (!hasNames) return Promise.resolve(none);
    if (isWeighty && parts.clock.monotonic() - brokenAt > brokenKeepMs) {
      settled.forget('all');
      brokenAt = parts.clock.monotonic();
    }
    return settled.get('all', async () => {
      const listing = await rawList();
      if (!listing.ok) return listing;
      const bound = await settleBindings(wanted, listing.value, {
        store,
        named: async (name) => mapped(await search(`displayName eq ${filterText(name)}`, 2, 1), ({ items }) => items),
        isThere: async (id) => mapped(await readById(id), (app) => app !== null),
      });
      if (!bound.ok) return bound;
      latest = bound.value;
      broken = brokenOf(entries, latest);
      isWeighty = wanted.some(({ app, matters }) => matters && bindingOf(app, latest).kind !== 'bound');
      brokenAt = parts.clock.monotonic();
      parts.observe?.(broken);
      return bound;
    });
  };

  const bound = () =>
    new Map([...latest].flatMap(([key, binding]) => (binding.kind === 'bound' ? [[key, binding.id] as const] : [])));

  const list = async (): Promise<Fetched<Listing<Application>>> => {
    const bound = await bindings();
    if (!bound.ok) return bound;
    return mapped(await rawList(), (listing) => {
      if (latestList?.of !== listing || latestList.by !== bound.value) {
        const items = listing.items.map((app) => withEntries(app, bound.value));
        latestList = { of: listing, by: bound.value, apps: { ...listing, items } };
      }
      return latestList.apps;
    });
  };

  const readById = async (id: string): Promise<Fetched<Found | null>> => {
    const direct = await readIfThere(
      graph,
      { path: graphPath('servicePrincipals', id), query: { $select: applicationFields } },
      applicationSchema,
    );
    if (!direct.ok || direct.value !== null) return direct;
    return mapped(await search(`appId eq ${filterText(id)}`, 1, 1), ({ items }) => items[0] ?? null);
  };

  /** A found app is cached as long as the list, a missing one only as long as `sought` keeps its values. */
  const byId = (id: string) => {
    const key = id.toLowerCase();
    return sought.get(key, async () => {
      const app = await found.get(key, () => readById(id));
      if (app.ok && app.value === null) found.forget(key);
      return app;
    });
  };

  async function find(text: string): Promise<Fetched<AppMatch>> {
    const bound = await bindings();
    if (!bound.ok) return bound;
    const alias = entries.find((entry) => entry.aliases.some((name) => isSameName(name, text)));
    // A short name follows the app when the app is renamed.
    const own = alias === undefined ? undefined : bound.value.get(keyOf(alias.app));
    const wanted = own?.kind === 'bound' ? own.id : (alias?.app ?? text).trim();
    if (guid.test(wanted)) {
      const app = await byId(wanted);
      if (!app.ok) return app;
      if (app.value === null) return fetched({ kind: 'none', known: [] });
      return fetched({ kind: 'one', app: withEntries(app.value, bound.value) });
    }
    const known = await list();
    if (!known.ok) return known;
    const isKnown = known.value.items.some((app) => isSameName(app.displayName, wanted));
    if (isKnown && known.value.complete) return fetched(choose(wanted, known.value.items));
    // The app with exactly this name may be a minute old, or beyond the pages that were read.
    const live = await search(`startswith(displayName,${filterText(wanted)})`, mostBegun, 1);
    if (!live.ok) return live;
    const fresh = live.value.items
      .filter(({ id }) => !known.value.items.some((app) => app.id === id))
      .map((app) => withEntries(app, bound.value));
    return fetched(choose(wanted, [...known.value.items, ...fresh], !live.value.complete));
  }

  async function findOfKit(name: string): Promise<Fetched<Application | BrokenEntry['kind']>> {
    const bound = await bindings();
    if (!bound.ok) return bound;
    const binding = bindingOf(name, bound.value);
    if (binding.kind !== 'bound') return fetched(binding.kind);
    const listing = await list();
    if (!listing.ok) return listing;
    const inList = byTheirIds(listing.value.items).get(keyOf(binding.id));
    if (inList !== undefined) return fetched(inList);
    return mapped(await byId(binding.id), (one) => (one === null ? 'gone' : withEntries(one, bound.value)));
  }

  async function isEnabled(id: string): Promise<Fetched<boolean | null>> {
    const call = { path: graphPath('servicePrincipals', id), query: { $select: 'id,accountEnabled' } };
    return mapped(await readIfThere(graph, call, enabledSchema), (app) => app?.accountEnabled ?? null);
  }

  async function describe(id: string): Promise<Fetched<AppDescription>> {
    const query = { $select: 'id,createdDateTime,description,verifiedPublisher' };
    const app = await readOne(graph, { path: graphPath('servicePrincipals', id), query }, descriptionSchema);
    return mapped(app, ({ createdDateTime: createdAt, description, verifiedPublisher }) => {
      return { createdAt, description, publisher: verifiedPublisher?.displayName ?? null };
    });
  }

  return { find, findOfKit, list, isEnabled, broken: () => broken, bound, describe };
}

const byTheirIds = onceFor(
  (apps: readonly Application[]) => new Map(apps.flatMap((app) => [app.appId, app.id].map((id) => [keyOf(id), app]))),
);

/** Of several entries about one app, each says what the others leave out. */
function ticketsOf(own: readonly AppEntry[]): Pick<Application, 'tickets'> {
  const tickets = {
    ticket: own.find(({ ticket }) => ticket !== undefined)?.ticket,
    ticketUrl: own.find(({ ticketUrl }) => ticketUrl !== undefined)?.ticketUrl,
    ticketProjects: own.flatMap(({ ticketProjects = [] }) => ticketProjects),
  };
  const isSaid = tickets.ticket !== undefined || tickets.ticketUrl !== undefined || tickets.ticketProjects.length > 0;
  return isSaid ? { tickets } : {};
}

/** The same of ends. */
function endsOf(own: readonly AppEntry[]): Pick<Application, 'ends'> {
  const longest = own.find((entry) => entry.longest !== undefined)?.longest;
  const usual = own.find((entry) => entry.usual !== undefined)?.usual;
  return longest === undefined && usual === undefined ? {} : { ends: { longest, usual } };
}

/**
 * The app that a name means: the one with exactly that name, else those whose name begins with the typed words. Part of
 * a word is not enough: that is a near miss, which Usher asks about. Nor is a single known app whose name begins so,
 * while others may be unread.
 */
function choose(text: string, apps: readonly Application[], unread = false): AppMatch {
  const exact = apps.filter((app) => isSameName(app.displayName, text));
  const begun = apps.filter((app) => app.displayName.toLowerCase().startsWith(`${text.toLowerCase()} `));
  const candidates = exact.length > 0 ? exact : begun;
  const [first] = candidates;
  if (first === undefined) return { kind: 'none', known: apps.flatMap((app) => [app.displayName, ...app.aliases]) };
  if (candidates.length === 1 && (exact.length > 0 || !unread)) return { kind: 'one', app: first };
  const more = unread || candidates.length > mostCandidates;
  return { kind: 'several', apps: candidates.slice(0, mostCandidates), more };
}
