import { type Clock, systemClock } from '../../clock.ts';
import { type Application, apps, everyApplication, manyApplications, microsoftGraph } from './applications.ts';
import { type Further, firstDay } from './first-day.ts';
import { everyGroup, type Group, groupsByMember } from './groups.ts';
import { distinguishedName, type Person, people, seasonalPeople } from './people.ts';
import { type AuditRecord, auditRecord } from './provisioning/audit-record.ts';
import { provisionPerson } from './provisioning/provision-person.ts';
import { type Account, type Assignment, assign, keepAccount, shelf } from './state.ts';

/**
 * The tenant's state: the directory, assignments, the accounts in the applications, and the audit log. One server
 * instance has one tenant; provisioning changes it, and so may a test.
 *
 * Lookups return `undefined` for what does not exist. Changing what does not exist throws, since only a test does so,
 * and then the test is wrong.
 */
export interface Tenant {
  readonly clock: Clock;
  people(): readonly Person[];
  /** By object id, or by user principal name in any case. */
  person(idOrName: string): Person | undefined;
  /** By distinguished name, ignoring case and any spaces after the commas. */
  personInActiveDirectory(name: string): Person | undefined;
  groups(): readonly Group[];
  group(id: string): Group | undefined;
  /** The enterprise applications, and those that Microsoft brings into every tenant. */
  applications(): readonly Application[];
  application(id: string): Application | undefined;
  reportsOf(personId: string): readonly Person[];
  /** All groups that contain this person or group, directly or through nesting. */
  groupsAround(memberId: string): readonly Group[];
  /** All people in a group, directly or through nesting. */
  peopleWithin(groupId: string): readonly Person[];
  directoryRoles(personId: string): readonly string[];
  /** The holders of this template's directory role; undefined for a role that was never assigned. */
  roleHolders(roleTemplateId: string): readonly Person[] | undefined;
  assignments(applicationId: string): readonly Assignment[];
  /**
   * Assigned as provisioning sees it, either directly or as a direct member of an assigned group. Nesting does not
   * count, as in Entra, and neither does an assignment that has not been replicated yet.
   */
  isAssigned(applicationId: string, principalId: string): boolean;
  account(applicationId: string, sourceId: string): Account | undefined;
  accountCount(applicationId: string, type: 'User' | 'Group'): number;
  /** True when another account in the application already uses this person's name. */
  hasConflict(applicationId: string, personId: string): boolean;
  /** Newest first. */
  auditRecords(): readonly AuditRecord[];

  assign(applicationId: string, principalId: string, appRoleId?: string): Assignment;
  /** Like an assignment made in Entra: it is listed at once, and provisioning sees it once it is replicated. */
  assignInEntra(applicationId: string, principalId: string, appRoleId: string): Assignment;
  unassign(applicationId: string, principalId: string): void;
  keepAccount(applicationId: string, sourceId: string, account: Omit<Account, 'id'>): Account;
  resolveConflict(applicationId: string, personId: string): void;
  changePerson(personId: string, changes: Partial<Omit<Person, 'id'>>): Person;
  /** Gives a person a directory role, by the template id that is the same in every tenant. */
  grantDirectoryRole(personId: string, roleTemplateId: string): void;
  /** Undoes `grantDirectoryRole`. */
  revokeDirectoryRole(personId: string, roleTemplateId: string): void;
  record(entry: AuditRecord): void;
  /** Resets the tenant to its first day. */
  reset(): void;
}

export interface TenantOptions {
  readonly clock?: Clock;
  /** The number of people besides the roster. */
  readonly seasonal?: number;
  /** The minimum number of enterprise applications. */
  readonly apps?: number;
  /** How long provisioning takes, in ms, to see an assignment that was made in Entra. */
  readonly replicationMs?: number;
  /** Additions to the listed applications, groups and people, e.g. people with odd names. */
  readonly further?: Partial<Further>;
}

/** A tenant on its first day: see the roster in `people.ts`. `clock` dates its events. */
export function createTenant({
  clock = systemClock,
  seasonal = 0,
  apps: appCount = 0,
  replicationMs = 0,
  further = {},
}: TenantOptions = {}): Tenant {
  const others: Further = {
    applications: [],
    groups: [],
    ...further,
    people: [...seasonalPeople(seasonal), ...(further.people ?? [])],
  };
  const allGroups: readonly Group[] = [...everyGroup, ...others.groups];
  const groupsOf = groupsByMember(allGroups);
  let state = firstDay(clock.now(), others);

  const known = <T>(thing: T | undefined, id: string): T => {
    if (thing === undefined) throw new Error(`The sandbox tenant has no ${id}.`);
    return thing;
  };
  const person = (idOrName: string): Person | undefined => {
    const wanted = idOrName.toLowerCase();
    return (
      state.people.get(wanted) ??
      [...state.people.values()].find((one) => one.userPrincipalName.toLowerCase() === wanted)
    );
  };
  const groupsAround = (memberId: string): readonly Group[] => {
    const found = new Set<Group>();
    const climb = (id: string): void => {
      for (const group of groupsOf(id)) {
        if (found.has(group)) continue;
        found.add(group);
        climb(group.id);
      }
    };
    climb(memberId);
    return [...found];
  };

  const everything: readonly Application[] = [
    ...everyApplication,
    ...manyApplications(appCount),
    ...others.applications,
    microsoftGraph,
  ];
  const byId = new Map(everything.map((application) => [application.id, application]));

  const tenant: Tenant = {
    clock,
    people: () => [...state.people.values()],
    person,
    personInActiveDirectory: (name) =>
      [...state.people.values()].find((one) => sameName(distinguishedName(one)) === sameName(name)),
    groups: () => allGroups,
    group: (id) => allGroups.find((group) => group.id === id.toLowerCase()),
    applications: () => everything,
    application: (id) => byId.get(id.toLowerCase()),
    reportsOf: (personId) => [...state.people.values()].filter((one) => one.managerId === personId),
    groupsAround,
    peopleWithin: (groupId) =>
      [...state.people.values()].filter((one) => groupsAround(one.id).some(({ id }) => id === groupId)),
    directoryRoles: (personId) => [...(state.directoryRoles.get(personId) ?? [])],
    roleHolders: (roleTemplateId) => {
      const holders = [...state.directoryRoles].flatMap(([personId, templates]) =>
        [...templates].some((id) => id.toLowerCase() === roleTemplateId.toLowerCase())
          ? [known(person(personId), personId)]
          : [],
      );
      return holders.length === 0 ? undefined : holders;
    },
    assignments: (applicationId) => [...shelf(state.assignments, applicationId).values()],
    isAssigned: (applicationId, principalId) => {
      const assigned = shelf(state.assignments, applicationId);
      const isEffective = (id: string) => (assigned.get(id)?.effectiveAt ?? Number.POSITIVE_INFINITY) <= clock.now();
      return isEffective(principalId) || groupsOf(principalId).some((group) => isEffective(group.id));
    },
    account: (applicationId, sourceId) => shelf(state.accounts, applicationId).get(sourceId),
    accountCount: (applicationId, type) =>
      [...shelf(state.accounts, applicationId).keys()].filter((id) => state.people.has(id) === (type === 'User'))
        .length,
    hasConflict: (applicationId, personId) => state.conflicts.has(`${applicationId} ${personId}`),
    auditRecords: () => state.audit.toReversed(),

    assign: (applicationId, principalId, appRoleId) =>
      assign(state, known(tenant.application(applicationId), applicationId), principalId, clock.now(), appRoleId),
    assignInEntra: (applicationId, principalId, appRoleId) => {
      const application = known(tenant.application(applicationId), applicationId);
      return assign(state, application, principalId, clock.now(), appRoleId, replicationMs);
    },
    unassign: (applicationId, principalId) => {
      shelf(state.assignments, applicationId).delete(principalId);
    },
    keepAccount: (applicationId, sourceId, account) => keepAccount(state, applicationId, sourceId, account),
    resolveConflict: (applicationId, personId) => {
      state.conflicts.delete(`${applicationId} ${personId}`);
    },
    changePerson: (personId, changes) => {
      const changed = { ...known(person(personId), personId), ...changes };
      state.people.set(changed.id, changed);
      return changed;
    },
    grantDirectoryRole: (personId, roleTemplateId) => {
      const { id } = known(person(personId), personId);
      state.directoryRoles.set(id, new Set([...(state.directoryRoles.get(id) ?? []), roleTemplateId]));
    },
    revokeDirectoryRole: (personId, roleTemplateId) => {
      state.directoryRoles.get(known(person(personId), personId).id)?.delete(roleTemplateId);
    },
    record: (entry) => {
      state.audit.push(entry);
    },
    reset: () => {
      state = firstDay(clock.now(), others);
      recordEarlierConflict(tenant);
    },
  };
  recordEarlierConflict(tenant);
  return tenant;
}

// The regular cycle has already met Grady's conflict. The code that records it will also record the next one.
function recordEarlierConflict(tenant: Tenant): void {
  const at = tenant.clock.now() - 3 * 60 * 60 * 1000;
  const report = provisionPerson(tenant, apps.salesforce, people.grady, at);
  tenant.record(auditRecord(apps.salesforce, report));
}

function sameName(distinguished: string): string {
  return distinguished
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .join(',');
}
