import type { Trace } from './answer.ts';

/** Of the paths that Usher calls, the first that fits; `docs/setup.md` tells what each permission is for. */
const permissions: readonly (readonly [RegExp, string])[] = [
  [/\/synchronization\b/, 'Synchronization.ReadWrite.All'],
  [/^POST .*\/appRoleAssignedTo$/, 'AppRoleAssignment.ReadWrite.All'],
  [/\/appRoleAssign/, 'Directory.Read.All'],
  [/\/auditLogs\//, 'AuditLog.Read.All'],
  [/directoryRole/i, 'RoleManagement.Read.Directory'],
  [/\/servicePrincipals/, 'Application.Read.All'],
  [/\/(checkMemberGroups|transitiveMemberOf)\b|\/groups\b/, 'GroupMember.Read.All'],
  [/\/users\b/, 'User.Read.All'],
];

/** The application permission that a call takes; null where the call is not known. */
export function permissionFor({ method = 'GET', endpoint }: Trace): string | null {
  if (endpoint === undefined) return null;
  return permissions.find(([pattern]) => pattern.test(`${method} ${endpoint}`))?.[1] ?? null;
}
