import type { Caller, Denial, Permission, Role } from './caller.ts';

/**
 * Who may do what, as data. Every decision about a person in Usher is a row of this table; `anyone` is every member
 * of an allowed tenant with an enabled account.
 */
export const policy = {
  'help.show': 'anyone',
  'self.show': 'anyone',
  'apps.list': ['viewer', 'requester', 'operator', 'cloudSyncOperator', 'approver'],
  'provision.run': ['operator', 'cloudSyncOperator'],
  'request.retry': ['operator', 'cloudSyncOperator'],
  'request.cancel': ['operator', 'cloudSyncOperator'],
} as const satisfies Record<Permission, readonly Role[] | 'anyone'>;

/**
 * Where a permission reaches only part of the ground: a Hybrid Identity Administrator may run cloud sync from Active
 * Directory, and no other job. https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export interface Ground {
  readonly cloudSync: boolean;
}

/** Null when the caller may; else why not. Without `ground` it answers whether there is any ground for it at all. */
export function deny(caller: Caller, permission: Permission, ground?: Ground): Denial | null {
  const allowed: readonly Role[] | 'anyone' = policy[permission];
  if (allowed === 'anyone') return null;
  const reaching = allowed.filter((role) => role !== 'cloudSyncOperator' || ground === undefined || ground.cloudSync);
  if (caller.roles.some((role) => reaching.includes(role))) return null;
  if (caller.roles.length === 0) return { reason: 'noRole' };
  return { reason: 'needsRole', permission, anyOf: reaching };
}

/** The roles that carry a permission; none where everybody may. */
export function rolesThatMay(permission: Permission): readonly Role[] {
  const allowed: readonly Role[] | 'anyone' = policy[permission];
  return allowed === 'anyone' ? [] : allowed;
}
