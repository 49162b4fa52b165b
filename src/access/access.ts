import type { Clock } from '../clock.ts';
import type { RoleConfig } from '../config.ts';
import { type Fetched, fetched, type GraphTrouble, mapped } from '../graph/answer.ts';
import { createCache } from '../graph/cache.ts';
import { type Directory, type NamedPerson, unnamedRole } from '../graph/directory.ts';
import type { Caller, Contact, Denial, Role, RoleSource } from './caller.ts';

/** Reads from Graph who a person is and which roles Entra gives them, for each command; cached for a minute at most. */
export interface Access {
  /** All that gives a role; see `allSources`. */
  readonly sources?: readonly RoleSource[];
  /** `fresh`: uncached, for a click that decides something. */
  identify(person: PersonKey, options?: { readonly fresh: boolean }): Promise<Identification>;
  /** Entra ids, in lower case, of this person's direct reports; cached for a minute at most. */
  reportsOf(personId: string): Promise<Fetched<readonly string[]>>;
  /** The person's manager, to be named; null where they have none. Cached for a minute at most. */
  managerOf(personId: string): Promise<Fetched<NamedPerson | null>>;
  /**
   * The groups that give any of these roles, with some of their members. Empty when Graph cannot tell, and for
   * `appApprover`, a role that callers do not ask for.
   */
  contacts(roles: readonly Role[]): Promise<readonly Contact[]>;
  /** The groups and people among the approvers of an app. Directory roles are left out: Usher has no name for them. */
  contactsOf(ids: readonly string[]): Promise<readonly Contact[]>;
}

export interface PersonKey {
  /** Entra object id. */
  readonly id: string;
  /** Empty where only the person's id is stored; then the tenant that the person last spoke from is looked up. */
  readonly tenantId: string;
}

export type Identification =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'denied'; readonly denial: Denial }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

/**
 * Template ids of Entra's built-in roles that grant the right to provision on demand.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
const builtInRoles: Readonly<Record<string, Role>> = {
  // Application Administrator
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3': 'operator',
  // Cloud Application Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7': 'operator',
  // Hybrid Identity Administrator
  '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2': 'cloudSyncOperator',
};

/** A revoked role must stop working within a minute. */
const rolesKeepMs = 60_000;
const contactsKeepMs = 10 * 60_000;
const peopleNamed = 5;
const mostSpoken = 10_000;

export function createAccess(parts: {
  readonly directory: Directory;
  readonly roles: RoleConfig;
  /** Ids of all groups, directory role templates and people that decide for single apps, in lower case. */
  readonly appApprovers: readonly string[];
  /** Ids, in lower case, of the groups and people that may ask for single kits, which gives them no role. */
  readonly kitRequesters?: readonly string[];
  readonly clock: Clock;
}): Access {
  const { directory, clock } = parts;
  const configured = rolesById(parts.roles);
  const deciding = new Set(parts.appApprovers);
  const told = new Set([...deciding, ...(parts.kitRequesters ?? [])]);
  const asked = [...new Set([...configured.keys(), ...told])];
  const known = createCache<Caller | Denial>(clock, rolesKeepMs, 10_000);
  /** The latest key of each person who has spoken, by id. */
  const spoken = new Map<string, string>();
  const reports = createCache<readonly string[]>(clock, rolesKeepMs);
  const managers = createCache<NamedPerson | null>(clock, rolesKeepMs);
  const descriptions = createCache<Contact | null>(clock, contactsKeepMs);

  async function read(person: PersonKey): Promise<Fetched<Caller | Denial>> {
    const [user, groups, templates] = await Promise.all([
      directory.getUser(person.id),
      directory.groupsAmong(person.id, asked),
      directory.directoryRoles(person.id),
    ]);
    if (!user.ok) return user;
    if (user.value === null) return fetched({ reason: 'unknownPerson' });
    if (user.value.userType !== null && user.value.userType.toLowerCase() !== 'member')
      return fetched({ reason: 'guest' });
    if (user.value.accountEnabled === false) return fetched({ reason: 'accountDisabled' });
    // An unreadable `accountEnabled` does not count as enabled.
    if (user.value.accountEnabled === null) return fetched({ reason: 'accountUnread' });
    if (!groups.ok) return groups;
    if (!templates.ok) return templates;
    const own = person.id.toLowerCase();
    const given = [...groups.value, ...templates.value].flatMap((id) => configured.get(id) ?? []);
    const named = [...groups.value, ...templates.value].filter((id) => configured.has(id) || told.has(id));
    const memberOf = told.has(own) ? [...named, own] : named;
    const ofApps = memberOf.flatMap((id) => (deciding.has(id) ? appSource(id) : []));
    const builtIn = templates.value.flatMap((id) => builtInSource(id));
    const sources = [...given, ...builtIn, ...ofApps];
    return fetched({
      id: person.id,
      tenantId: person.tenantId,
      name: user.value.displayName,
      principalName: user.value.userPrincipalName,
      roles: [...new Set(sources.map(({ role }) => role))],
      memberOf,
      sources,
      ...(templates.value.includes(unnamedRole) ? { rolesUnread: true as const } : {}),
    });
  }

  /** A person stored by id alone shares the cache entry that a click's fresh read has filled. */
  function keyOf(person: PersonKey): string {
    const key = `${person.tenantId}/${person.id}`;
    if (person.tenantId === '') return spoken.get(person.id) ?? key;
    if (spoken.size >= mostSpoken) spoken.clear();
    spoken.set(person.id, key);
    return key;
  }

  async function identify(person: PersonKey, { fresh } = { fresh: false }): Promise<Identification> {
    const key = keyOf(person);
    if (fresh) known.forget(key);
    const load = () => read({ ...person, tenantId: key.slice(0, key.indexOf('/')) });
    const answer = await known.get(key, load);
    // Reading the person only when the task gets its grant would be too late, so the cache is renewed early.
    if (person.tenantId === '') known.renew(key, load, rolesKeepMs / 2);
    if (!answer.ok) return { kind: 'trouble', trouble: answer.trouble };
    if ('reason' in answer.value) return { kind: 'denied', denial: answer.value };
    return { kind: 'caller', caller: answer.value };
  }

  async function describeOne(id: string): Promise<Fetched<Contact | null>> {
    const group = await directory.describeGroup(id, peopleNamed);
    if (!group.ok) return group;
    if (group.value !== null) return fetched({ id: id.toLowerCase(), kind: 'group', ...group.value });
    return mapped(await directory.getUser(id), (user) =>
      user === null ? null : { id: id.toLowerCase(), kind: 'person', name: user.displayName, people: [], count: null },
    );
  }

  async function describe(ids: readonly string[]): Promise<readonly Contact[]> {
    const read = await Promise.all(ids.map((id) => descriptions.get(id, () => describeOne(id))));
    return read.flatMap((contact) => (contact.ok && contact.value !== null ? [contact.value] : []));
  }

  return {
    sources: allSources(parts.roles, parts.appApprovers),
    identify,
    reportsOf: (personId) => reports.get(personId.toLowerCase(), () => directory.reportsOf(personId)),
    managerOf: (personId) => managers.get(personId.toLowerCase(), () => directory.managerOf(personId)),
    contacts: (roles) =>
      describe([...configured].flatMap(([id, gives]) => (gives.some(({ role }) => roles.includes(role)) ? [id] : []))),
    contactsOf: describe,
  };
}

/** What `VIEWERS`, `REQUESTERS`, `OPERATORS` and `APPROVERS` give, by id. */
function rolesById(config: RoleConfig): Map<string, RoleSource[]> {
  const byId = new Map<string, RoleSource[]>();
  for (const source of configuredSources(config)) byId.set(source.id, [...(byId.get(source.id) ?? []), source]);
  return byId;
}

function configuredSources(config: RoleConfig): readonly RoleSource[] {
  const of = (role: Role, setting: RoleSource['setting'], ids: readonly string[]) =>
    ids.map((id): RoleSource => ({ role, setting, id }));
  return [
    ...of('viewer', 'VIEWERS', config.viewers),
    ...of('requester', 'REQUESTERS', config.requesters),
    ...of('operator', 'OPERATORS', config.operators),
    ...of('approver', 'APPROVERS', config.approvers),
  ];
}

const appSource = (id: string): RoleSource => ({ role: 'appApprover', setting: 'APPS_FILE', id });

function builtInSource(id: string): readonly RoleSource[] {
  const role = builtInRoles[id];
  return role === undefined ? [] : [{ role, setting: 'Entra', id }];
}

/** All that gives a role: the settings, the approvers of single apps and kits, and Entra's built-in roles. */
function allSources(roles: RoleConfig, appApprovers: readonly string[]): readonly RoleSource[] {
  const builtIn = Object.keys(builtInRoles).flatMap(builtInSource);
  return [...configuredSources(roles), ...[...new Set(appApprovers)].map(appSource), ...builtIn];
}
