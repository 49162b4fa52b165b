import type { Caller, Denial, Permission, Role } from './caller.ts';

const everyRole = ['viewer', 'requester', 'operator', 'cloudSyncOperator', 'approver', 'appApprover'] as const;

/**
 * Who may do what, as data. Every permission decision is a row of this table; `anyone` is every member of an allowed
 * tenant with an enabled account.
 */
export const policy = {
  'help.show': 'anyone',
  'self.show': 'anyone',
  'apps.list': everyRole,
  'provision.run': ['operator', 'cloudSyncOperator'],
  'request.retry': ['operator', 'cloudSyncOperator'],
  'request.cancel': ['operator', 'cloudSyncOperator'],
  'request.assign': ['operator'],
  'removal.run': ['operator'],
  'removal.confirm': ['operator', 'approver', 'appApprover'],
  'repair.run': ['operator', 'cloudSyncOperator'],
  'repair.confirm': ['operator', 'cloudSyncOperator', 'approver', 'appApprover'],
  'access.request': ['requester', 'operator'],
  'access.decide': ['approver', 'appApprover'],
  'access.cancel': ['operator'],
  'status.show': everyRole,
  'check.run': everyRole,
  'queue.show': everyRole,
  'history.show': everyRole,
  'others.show': ['viewer', 'operator', 'cloudSyncOperator', 'approver', 'appApprover'],
  'history.export': ['operator', 'approver'],
  'access.review': ['operator'],
  'watch.change': ['viewer', 'operator', 'approver'],
  'places.manage': ['operator', 'approver'],
  'watches.manage': ['operator'],
} as const satisfies Record<Permission, readonly Role[] | 'anyone'>;

/**
 * What a permission applies to, where a role covers only part of it: a Hybrid Identity Administrator may run cloud sync
 * from Active Directory, and no other job.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export interface Ground {
  readonly cloudSync: boolean;
}

/** Null when the caller may; else why not. Without `ground`: whether the caller may for any job at all. */
export function deny(caller: Caller, permission: Permission, ground?: Ground): Denial | null {
  const allowed: readonly Role[] | 'anyone' = policy[permission];
  if (allowed === 'anyone') return null;
  const reaching = allowed.filter((role) => role !== 'cloudSyncOperator' || ground === undefined || ground.cloudSync);
  if (caller.roles.some((role) => reaching.includes(role))) return null;
  if (caller.rolesUnread === true) return { reason: 'rolesUnread' };
  if (caller.roles.length === 0) return { reason: 'noRole' };
  // Before the ground is known, naming a role that covers only part of it would not help the caller.
  const helping = ground === undefined ? allowed.filter((role) => role !== 'cloudSyncOperator') : reaching;
  return { reason: 'needsRole', permission, anyOf: leastFirst(helping) };
}

/** The roles that grant a permission, the least powerful first; none where `anyone` has it. */
export function rolesThatMay(permission: Permission): readonly Role[] {
  const allowed: readonly Role[] | 'anyone' = policy[permission];
  return allowed === 'anyone' ? [] : leastFirst(allowed);
}

/** The same in the order of the table. */
export function rolesAllowing(permission: Permission): readonly Role[] {
  const allowed: readonly Role[] | 'anyone' = policy[permission];
  return allowed === 'anyone' ? [] : allowed;
}

/** Whether a role grants a permission, for some jobs at least. */
export function carries(role: Role, permission: Permission): boolean {
  const allowed: readonly Role[] | 'anyone' = policy[permission];
  return allowed === 'anyone' || allowed.includes(role);
}

function leastFirst(roles: readonly Role[]): readonly Role[] {
  return roles.toSorted((one, other) => weightOf(one) - weightOf(other));
}

/** How powerful a role is: rows of the table, and half a step less where it covers only part of the ground. */
function weightOf(role: Role): number {
  const rows = Object.entries(policy).filter(
    // `others.show` only widens what is seen, so it does not make a role more powerful.
    ([permission, allowed]: readonly [string, readonly Role[] | 'anyone']) =>
      permission !== 'others.show' && allowed.includes(role),
  ).length;
  return role === 'cloudSyncOperator' ? rows - 0.5 : rows;
}
