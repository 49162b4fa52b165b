import { type Clock, systemClock } from '../../clock.ts';
import { onceFor } from '../../once-for.ts';
import {
  type Application,
  apps,
  everyApplication,
  jobOf,
  manyApplications,
  microsoftGraph,
  type SynchronizationJob,
} from './applications.ts';
import { type DirectoryAudit, quarantineBegan, quarantineEntry } from './directory-audit.ts';
import { type Further, firstDay } from './first-day.ts';
import { everyGroup, type Group, groupsByMember } from './groups.ts';
import { type Moved, settled, withChanges } from './job-machine.ts';
import { distinguishedName, type Person, people, seasonalPeople } from './people.ts';
import { type AuditRecord, auditRecord } from './provisioning/audit-record.ts';
import { provisionPerson } from './provisioning/provision-person.ts';
import { stagedDelete } from './provisioning/staged-delete.ts';
import {
  type Account,
  type Assignment,
  assign,
  type DeletedPerson,
  endAssignment,
  isEffective,
  isThere,
  keepAccount,
  type SandboxPermission,
  type SandboxRegistration,
  shelf,
} from './state.ts';
import type { Guesses } from './synchronization-job.ts';

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
  /** Those with this principal name or mail address. */
  peopleAt(address: string): readonly Person[];
  /** By object id, or by user principal name in any case. */
  person(idOrName: string): Person | undefined;
  /** Those in the recycle bin. */
  deletedPeople(): readonly DeletedPerson[];
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
  /** Those that are there, replicated or not; none of people in the recycle bin. */
  assignments(applicationId: string): readonly Assignment[];
  /** The same as provisioning sees it: what has just been made is missing, and what has just been removed is there. */
  replicatedAssignments(applicationId: string): readonly Assignment[];
  /**
   * Assigned as provisioning sees it, either directly or as a direct member of an assigned group. Nesting does not
   * count, as in Entra, and neither does an assignment that has not been replicated yet.
   */
  isAssigned(applicationId: string, principalId: string): boolean;
  account(applicationId: string, sourceId: string): Account | undefined;
  accountCount(applicationId: string, type: 'User' | 'Group'): number;
  /** True when another account in the application already uses this person's name. */
  hasConflict(applicationId: string, personId: string): boolean;
  /** By client id: one with a secret that is good for a year, unless a test has changed it; null where there is none. */
  registration(clientId: string): SandboxRegistration | null;
  /** Whether a test has taken this permission away from the caller. */
  lacks(permission: SandboxPermission): boolean;
  /** Newest first. */
  auditRecords(): readonly AuditRecord[];
  /** The quarantines of all jobs, newest first. */
  directoryAudits(): readonly DirectoryAudit[];
  guesses(): Guesses;

  assign(applicationId: string, principalId: string, appRoleId?: string): Assignment;
  /** Like an assignment made in Entra: it is listed at once, and provisioning sees it once it is replicated. */
  assignInEntra(applicationId: string, principalId: string, appRoleId: string): Assignment;
  /** Removes all assignments of this person or group at once, without a trace. */
  unassign(applicationId: string, principalId: string): void;
  /**
   * Like one assignment removed in Entra: it is no longer listed, and provisioning sees it until that is replicated. A
   * group's takes the application from all its members. False when there is none of this id.
   */
  unassignInEntra(applicationId: string, assignmentId: string): boolean;
  keepAccount(applicationId: string, sourceId: string, account: Omit<Account, 'id'>): Account;
  deleteAccount(applicationId: string, sourceId: string): void;
  resolveConflict(applicationId: string, personId: string): void;
  changePerson(personId: string, changes: Partial<Omit<Person, 'id'>>): Person;
  /** Puts a person into the recycle bin: the directory no longer shows them, and their accounts stay as they are. */
  deletePerson(personId: string): void;
  restorePerson(personId: string): void;
  /** Changes how an application's job behaves; its id and its rules stay. */
  changeJob(applicationId: string, changes: Partial<Omit<SynchronizationJob, 'id' | 'rules'>>): void;
  /** What a call has made of one of the application's jobs. */
  moveJob(applicationId: string, moved: Moved): void;
  /** Keeps that the application's job was in quarantine before. */
  recordQuarantine(applicationId: string, at: number): void;
  /** Decides what Microsoft does not publish, until the reset. */
  guess(changes: Partial<Guesses>): void;
  changeRegistration(clientId: string, registration: SandboxRegistration | null): void;
  /** Takes a permission from the caller, until the reset. */
  withdraw(permission: SandboxPermission): void;
  /** Undoes `withdraw`. */
  giveBack(permission: SandboxPermission): void;
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
  /** How long provisioning takes, in ms, to see an assignment that was made or removed in Entra. */
  readonly replicationMs?: number;
  /** Additions to the listed applications, groups and people, e.g. people with odd names. */
  readonly further?: Partial<Further>;
}

const yearMs = 365 * 24 * 60 * 60_000;

/** By principal names and mail addresses, in lower case: a directory has an index of these. */
const byAddress = onceFor((all: ReadonlyMap<string, Person>) => {
  const addressed = [...all.values()].flatMap((person) =>
    [...new Set([person.userPrincipalName.toLowerCase(), person.mail.toLowerCase()])].map((key) => ({ key, person })),
  );
  const grouped = Map.groupBy(addressed, ({ key }) => key);
  return new Map([...grouped].map(([key, group]) => [key, group.map(({ person }) => person)]));
});

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
    const called = byAddress(state.people).get(wanted) ?? [];
    return state.people.get(wanted) ?? called.find((one) => one.userPrincipalName.toLowerCase() === wanted);
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
  /** The application with its jobs as time has left them. */
  const asChanged = (application: Application): Application => {
    const found = state.changedApplications.get(application.id) ?? application;
    const job = found.job === null ? null : settled(found.job, clock.now());
    return job === found.job ? found : { ...found, job };
  };
  const quarantinesOf = (application: Application): readonly DirectoryAudit[] => {
    const { job } = application;
    if (job === null || (job.health !== 'quarantined' && job.health !== 'switchedOff')) return [];
    return [quarantineEntry(application, job.quarantineReason, quarantineBegan(job, clock.now()))];
  };
  const storeJob = (applicationId: string, job: SynchronizationJob): void => {
    const application = known(tenant.application(applicationId), applicationId);
    const isOther = application.otherJobs.some(({ id }) => id === job.id);
    const otherJobs = application.otherJobs.map((other) => (other.id === job.id ? job : other));
    // A quarantine that ends stays in the log.
    if (!isOther && job.health !== 'quarantined') state.directoryAudits.push(...quarantinesOf(application));
    state.changedApplications.set(application.id, { ...application, ...(isOther ? { otherJobs } : { job }) });
  };
  const assignedTo = (applicationId: string) => [...shelf(state.assignments, applicationId).values()].flat();

  const tenant: Tenant = {
    clock,
    people: () => [...state.people.values()],
    peopleAt: (address) => byAddress(state.people).get(address.toLowerCase()) ?? [],
    person,
    deletedPeople: () => [...state.deletedPeople.values()],
    personInActiveDirectory: (name) =>
      [...state.people.values()].find((one) => sameName(distinguishedName(one)) === sameName(name)),
    groups: () => allGroups,
    group: (id) => allGroups.find((group) => group.id === id.toLowerCase()),
    applications: () => everything.map(asChanged),
    application: (id) => {
      const application = byId.get(id.toLowerCase());
      return application === undefined ? undefined : asChanged(application);
    },
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
    assignments: (applicationId) =>
      assignedTo(applicationId).filter((one) => isThere(one) && !state.deletedPeople.has(one.principalId)),
    replicatedAssignments: (applicationId) =>
      assignedTo(applicationId).filter(
        (one) => isEffective(one, clock.now()) && !state.deletedPeople.has(one.principalId),
      ),
    isAssigned: (applicationId, principalId) => {
      const assigned = shelf(state.assignments, applicationId);
      const holders = [principalId, ...groupsOf(principalId).map(({ id }) => id)];
      return holders.some((id) => (assigned.get(id) ?? []).some((one) => isEffective(one, clock.now())));
    },
    account: (applicationId, sourceId) => shelf(state.accounts, applicationId).get(sourceId),
    accountCount: (applicationId, type) =>
      [...shelf(state.accounts, applicationId).keys()].filter(
        (id) => (tenant.group(id) === undefined) === (type === 'User'),
      ).length,
    hasConflict: (applicationId, personId) => state.conflicts.has(`${applicationId} ${personId}`),
    registration: (clientId) => {
      const changed = state.registrations.get(clientId.toLowerCase());
      return changed === undefined ? { secrets: [{ hint: null, endsAt: clock.now() + yearMs }], asksFor: [] } : changed;
    },
    lacks: (permission) => state.withdrawn.has(permission),
    auditRecords: () => state.audit.toReversed(),
    directoryAudits: () =>
      [...state.directoryAudits, ...everything.map(asChanged).flatMap(quarantinesOf)].toSorted(
        (one, other) => Date.parse(other.activityDateTime) - Date.parse(one.activityDateTime),
      ),
    guesses: () => state.guesses,

    assign: (applicationId, principalId, appRoleId) =>
      assign(state, known(tenant.application(applicationId), applicationId), principalId, clock.now(), appRoleId),
    assignInEntra: (applicationId, principalId, appRoleId) => {
      const application = known(tenant.application(applicationId), applicationId);
      return assign(state, application, principalId, clock.now(), appRoleId, replicationMs);
    },
    unassign: (applicationId, principalId) => {
      shelf(state.assignments, applicationId).delete(principalId);
    },
    unassignInEntra: (applicationId, assignmentId) =>
      endAssignment(state, applicationId, assignmentId, clock.now() + replicationMs),
    keepAccount: (applicationId, sourceId, account) => keepAccount(state, applicationId, sourceId, account),
    deleteAccount: (applicationId, sourceId) => {
      shelf(state.accounts, applicationId).delete(sourceId);
    },
    resolveConflict: (applicationId, personId) => {
      state.conflicts.delete(`${applicationId} ${personId}`);
    },
    changePerson: (personId, changes) => {
      const changed = { ...known(person(personId), personId), ...changes };
      state.people = new Map(state.people).set(changed.id, changed);
      return changed;
    },
    deletePerson: (personId) => {
      const deleted = known(person(personId), personId);
      state.people = new Map([...state.people].filter(([id]) => id !== deleted.id));
      state.deletedPeople.set(deleted.id, { person: deleted, at: clock.now() });
    },
    restorePerson: (personId) => {
      const restored = known(state.deletedPeople.get(personId), personId).person;
      state.deletedPeople.delete(personId);
      state.people = new Map(state.people).set(personId, restored);
    },
    changeJob: (applicationId, changes) => {
      const before = jobOf(known(tenant.application(applicationId), applicationId));
      const job = withChanges(before, changes, clock.now());
      storeJob(applicationId, job);
      const added = job.heldBack.filter((id) => !before.heldBack.includes(id));
      for (const personId of added) recordStagedDelete(tenant, applicationId, known(person(personId), personId));
    },
    moveJob: (applicationId, { job, runsHeldBack, breaksLinks }) => {
      const before = known(tenant.application(applicationId), applicationId);
      const { heldBack } = jobOf(before);
      storeJob(applicationId, job);
      if (breaksLinks) {
        const accounts = shelf(state.accounts, before.id);
        for (const [sourceId, account] of accounts) accounts.set(sourceId, { ...account, unlinked: true });
      }
      const released = runsHeldBack ? heldBack.flatMap((id) => person(id) ?? []) : [];
      const application = known(tenant.application(applicationId), applicationId);
      for (const one of released)
        tenant.record(auditRecord(application, provisionPerson(tenant, application, one, clock.now())));
    },
    recordQuarantine: (applicationId, at) => {
      const application = known(tenant.application(applicationId), applicationId);
      state.directoryAudits.push(quarantineEntry(application, jobOf(application).quarantineReason, at));
    },
    guess: (changes) => {
      state.guesses = { ...state.guesses, ...changes };
    },
    changeRegistration: (clientId, registration) => {
      state.registrations.set(clientId.toLowerCase(), registration);
    },
    giveBack: (permission) => {
      state.withdrawn.delete(permission);
    },
    withdraw: (permission) => {
      state.withdrawn.add(permission);
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

function recordStagedDelete(tenant: Tenant, applicationId: string, person: Person): void {
  const application = tenant.application(applicationId);
  if (application === undefined) return;
  const account = tenant.account(application.id, person.id);
  tenant.record(auditRecord(application, stagedDelete(application, person, account, tenant.clock.now())));
}

function sameName(distinguished: string): string {
  return distinguished
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .join(',');
}
