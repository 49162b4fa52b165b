import { type Application, defaultAccessRoleId } from './applications.ts';
import type { Attributes } from './attributes.ts';
import type { DirectoryAudit } from './directory-audit.ts';
import { stableGuid, stableKey } from './identity.ts';
import type { Person } from './people.ts';
import type { AuditRecord } from './provisioning/audit-record.ts';
import type { Guesses } from './synchronization-job.ts';

/** An account or a group in a target application, as the last provisioning left it. */
export interface Account {
  readonly id: string;
  readonly active: boolean;
  readonly attributes: Attributes;
  /** Made by hand in the application: until a person in scope is matched with it, the service does not manage it. */
  readonly unlinked?: true;
}

/** An application role that a person or group holds; one may hold several. Any of them makes a person "assigned". */
export interface Assignment {
  readonly id: string;
  readonly principalId: string;
  readonly appRoleId: string;
  readonly createdAt: number;
  /** When provisioning first sees it, in ms since 1970. */
  readonly effectiveAt: number;
  /** Null while it is there. Once it is removed: from when provisioning no longer sees it. */
  readonly endsAt: number | null;
}

export interface DeletedPerson {
  readonly person: Person;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The changing state of a tenant. Maps are keyed by application id, then by the id of the source object or principal. */
export interface State {
  people: ReadonlyMap<string, Person>;
  /** In the recycle bin. */
  readonly deletedPeople: Map<string, DeletedPerson>;
  /** Those whose job a test has changed. */
  readonly changedApplications: Map<string, Application>;
  /** Removed ones included. */
  readonly assignments: Map<string, Map<string, readonly Assignment[]>>;
  readonly accounts: Map<string, Map<string, Account>>;
  /** `<application id> <person id>` where another account in the application has the person's name. */
  readonly conflicts: Set<string>;
  readonly directoryRoles: Map<string, Set<string>>;
  /** The application permissions that the caller lacks. */
  readonly withdrawn: Set<SandboxPermission>;
  readonly audit: AuditRecord[];
  readonly directoryAudits: DirectoryAudit[];
  /** App registrations that a test has changed, by client id; null for one that is not in the tenant. */
  readonly registrations: Map<string, SandboxRegistration | null>;
  /** What Microsoft does not publish, as a test has it. */
  guesses: Guesses;
}

/** An app registration, by which Usher signs in. */
export interface SandboxRegistration {
  /** `hint`: the first three characters of the secret; `endsAt` in ms since 1970. */
  readonly secrets: readonly { readonly hint: string | null; readonly endsAt: number }[];
  /** The ids of the permissions of Graph's that it asks for. */
  readonly asksFor: readonly string[];
}

/** The permissions that a test can take away; all others are always there. */
export type SandboxPermission = (typeof sandboxPermissions)[number];
export const sandboxPermissions = [
  'AppRoleAssignment.ReadWrite.All',
  /** It includes reading jobs. */
  'Synchronization.ReadWrite.All',
  'Synchronization.Read.All',
  'AuditLog.Read.All',
  /** Of registrations alone; enterprise applications stay readable. */
  'Application.Read.All',
] as const;

export function shelf<T>(shelves: Map<string, Map<string, T>>, applicationId: string): Map<string, T> {
  const found = shelves.get(applicationId) ?? new Map<string, T>();
  shelves.set(applicationId, found);
  return found;
}

/**
 * Assigns a role, besides any others; again from now on where the principal holds it already. The default is the
 * application's first role; without `replicationMs` provisioning sees it at once.
 */
export function assign(
  state: State,
  application: Application,
  principalId: string,
  createdAt: number,
  appRoleId?: string,
  replicationMs = 0,
): Assignment {
  const roleId = appRoleId ?? application.appRoles[0]?.id ?? defaultAccessRoleId;
  const assigned = shelf(state.assignments, application.id);
  const held = assigned.get(principalId) ?? [];
  const same = held.filter((one) => one.appRoleId === roleId);
  const present = same.find(isThere);
  const assignment: Assignment = {
    // One that is made again gets another id, as in Entra.
    id: present?.id ?? stableKey('assignment', application.id, principalId, roleId, String(same.length)),
    principalId,
    appRoleId: roleId,
    createdAt,
    effectiveAt: createdAt + replicationMs,
    endsAt: null,
  };
  assigned.set(principalId, [...held.filter((one) => one !== present), assignment]);
  return assignment;
}

/** Removes an assignment; provisioning sees it until `endsAt`. False when there is none of this id. */
export function endAssignment(state: State, applicationId: string, assignmentId: string, endsAt: number): boolean {
  const assigned = shelf(state.assignments, applicationId);
  for (const [principalId, held] of assigned) {
    const ended = held.find((one) => one.id === assignmentId && isThere(one));
    if (ended === undefined) continue;
    assigned.set(
      principalId,
      held.map((one) => (one === ended ? { ...one, endsAt } : one)),
    );
    return true;
  }
  return false;
}

/** Whether it has not been removed. */
export const isThere = ({ endsAt }: Assignment): boolean => endsAt === null;

/** Whether provisioning sees it at this moment. */
export function isEffective({ effectiveAt, endsAt }: Assignment, at: number): boolean {
  return effectiveAt <= at && (endsAt === null || at < endsAt);
}

/** Creates or replaces a source object's account in the application. Its id never changes. */
export function keepAccount(
  state: State,
  applicationId: string,
  sourceId: string,
  account: Omit<Account, 'id'>,
): Account {
  const kept = { id: stableGuid('account', applicationId, sourceId), ...account };
  shelf(state.accounts, applicationId).set(sourceId, kept);
  return kept;
}
