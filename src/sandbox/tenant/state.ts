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

/** Who holds which role of an application. Also what makes a person "assigned". */
export interface Assignment {
  readonly id: string;
  readonly principalId: string;
  readonly appRoleId: string;
  readonly createdAt: number;
  /** From when on provisioning sees it, in ms since 1970. */
  readonly effectiveAt: number;
}

/** What changes in a tenant. Shelves are keyed by application id, then by the source object's id. */
export interface State {
  readonly people: Map<string, Person>;
  readonly assignments: Map<string, Map<string, Assignment>>;
  readonly accounts: Map<string, Map<string, Account>>;
  /** `<application id> <person id>` where another account in the application holds the person's name. */
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
 * Assigns, or changes the role of an assignment that exists. Without a role it is the application's first; without
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

/** Creates or replaces what the application holds for a source object. The id stays the same throughout. */
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
