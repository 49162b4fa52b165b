import type { Trace } from './answer.ts';

/** The permissions by path; the first match counts. `docs/setup.md` explains what each permission is for. */
const permissions: readonly (readonly [RegExp, string])[] = [
  [/\/synchronization\b/, 'Synchronization.ReadWrite.All'],
  [/^(?:POST|DELETE) .*\/appRoleAssignedTo\b/, 'AppRoleAssignment.ReadWrite.All'],
  [/\/appRoleAssign/, 'Directory.Read.All'],
  [/\/auditLogs\//, 'AuditLog.Read.All'],
  [/directoryRole/i, 'RoleManagement.Read.Directory'],
  [/\/servicePrincipals/, 'Application.Read.All'],
  [/\/(checkMemberGroups|transitiveMemberOf)\b|\/groups\b/, 'GroupMember.Read.All'],
  [/\/users\b|\/deletedItems\b/i, 'User.Read.All'],
];

/** The application permission that a call needs; null where the call is not known. */
export function permissionFor({ method = 'GET', endpoint }: Trace): string | null {
  if (endpoint === undefined) return null;
  return permissions.find(([pattern]) => pattern.test(`${method} ${endpoint}`))?.[1] ?? null;
}
