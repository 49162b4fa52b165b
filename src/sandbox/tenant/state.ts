import { type Application, defaultAccessRoleId } from './applications.ts';
import type { Attributes } from './attributes.ts';
import { stableGuid } from './identity.ts';
import type { Person } from './people.ts';
import type { AuditRecord } from './provisioning/audit-record.ts';

/** An account or a group in a target application, as the last provisioning left it. */
export interface Account {
  readonly id: string;
  readonly active: boolean;
  readonly attributes: Attributes;
}

/** An application role that a person or group holds. It also makes a person "assigned". */
export interface Assignment {
  readonly id: string;
  readonly principalId: string;
  readonly appRoleId: string;
  readonly createdAt: number;
  /** When provisioning first sees it, in ms since 1970. */
  readonly effectiveAt: number;
}

/** The changing state of a tenant. Maps are keyed by application id, then by the source object's id. */
export interface State {
  readonly people: Map<string, Person>;
  readonly assignments: Map<string, Map<string, Assignment>>;
  readonly accounts: Map<string, Map<string, Account>>;
  /** `<application id> <person id>` where another account in the application has the person's name. */
  readonly conflicts: Set<string>;
  readonly directoryRoles: Map<string, Set<string>>;
  readonly audit: AuditRecord[];
}

export function shelf<T>(shelves: Map<string, Map<string, T>>, applicationId: string): Map<string, T> {
  const found = shelves.get(applicationId) ?? new Map<string, T>();
  shelves.set(applicationId, found);
  return found;
}

/**
 * Assigns, or changes the role of an existing assignment. The default is the application's first role; without
 * `replicationMs` provisioning sees it at once.
 */
export function assign(
  state: State,
  application: Application,
  principalId: string,
  createdAt: number,
  appRoleId?: string,
  replicationMs = 0,
): Assignment {
  const assignment: Assignment = {
    id: stableGuid('assignment', application.id, principalId),
    principalId,
    appRoleId: appRoleId ?? application.appRoles[0]?.id ?? defaultAccessRoleId,
    createdAt,
    effectiveAt: createdAt + replicationMs,
  };
  shelf(state.assignments, application.id).set(principalId, assignment);
  return assignment;
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
