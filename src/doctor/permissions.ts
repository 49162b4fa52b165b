import { z } from 'zod';
import type { AppEntry } from '../apps-file.ts';
import { type CloudName, clouds } from '../clouds.ts';
import { payloadOf } from '../graph/delegated-sessions.ts';
import { words } from './doctor-messages.ts';
import { type Check, good, skipped, wrong } from './run-checks.ts';

/** A Graph application permission that an enabled feature needs. */
export interface Need {
  readonly name: string;
  readonly feature: string;
  /** Other permissions that include it. */
  readonly coveredBy: readonly string[];
  /** Usher works without it, but for this. */
  readonly without?: string;
}

/** What a token allows. `opaque`: it is not a JWT that names roles, so nothing is known. */
export type Granted =
  | { readonly kind: 'none' }
  | { readonly kind: 'opaque' }
  | { readonly kind: 'roles'; readonly roles: readonly string[] };

const directory = ['Directory.Read.All', 'Directory.ReadWrite.All'];

/** What this configuration needs, each with the reason; `docs/setup.md` has the same table. */
export function neededPermissions(cloud: CloudName, entries: readonly AppEntry[]): readonly Need[] {
  const { for: features } = words.permission;
  const need = (name: string, feature: string, ...coveredBy: readonly string[]): Need => ({ name, feature, coveredBy });
  const groups = ['GroupMember.ReadWrite.All', 'Group.Read.All', 'Group.ReadWrite.All'];
  const roles = ['RoleManagement.Read.All', 'RoleManagement.ReadWrite.Directory'];
  return [
    need('Synchronization.ReadWrite.All', features.provision),
    need('Application.Read.All', features.applications, 'Application.ReadWrite.All', ...directory),
    need('User.Read.All', features.people, 'User.ReadWrite.All', ...directory),
    need('GroupMember.Read.All', features.groups, ...groups, ...directory),
    need('RoleManagement.Read.Directory', features.roles, ...roles, ...directory),
    // A permission to assign includes reading the assignments.
    ...(entries.some((entry) => entry.assign !== null)
      ? [need(assignPermission, features.assign)]
      : [
          need('Directory.Read.All', features.assigned, 'Directory.ReadWrite.All', assignPermission),
          { ...need(assignPermission, features.remove), without: words.permission.removesByHand },
        ]),
    ...(clouds[cloud].hasProvisioningLog ? [need(logPermission, features.log, otherLogPermission)] : []),
  ];
}

const assignPermission = 'AppRoleAssignment.ReadWrite.All';
const logPermission = 'AuditLog.Read.All';
const otherLogPermission = 'ProvisioningLog.Read.All';

/** By which registrations ask for them: https://learn.microsoft.com/graph/permissions-reference */
const permissionIds: Readonly<Record<string, string>> = {
  'Synchronization.ReadWrite.All': '9b50c33d-700f-43b1-b2eb-87e89b703581',
  'Application.Read.All': '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  'User.Read.All': 'df021288-bdef-4463-88db-98f22de89214',
  'GroupMember.Read.All': '98830695-27a2-44f7-8c18-0c3ebc9698f6',
  'RoleManagement.Read.Directory': '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
  'Directory.Read.All': '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  [assignPermission]: '06b708a9-e830-4db3-a914-8e69da51d44f',
  [logPermission]: 'b0afded3-3588-46d8-8b3d-9842eff778da',
};

/** The permission that serves a need, or null. */
export function servedBy(need: Need, roles: readonly string[]): string | null {
  if (roles.includes(need.name)) return need.name;
  return need.coveredBy.find((name) => roles.includes(name)) ?? null;
}

/** What a token grants that no need asks for. A permission that replaces a missing one counts as needed. */
function surplusPermissions(needs: readonly Need[], roles: readonly string[]): readonly string[] {
  const used = new Set(needs.flatMap((need) => [need.name, servedBy(need, roles) ?? need.name]));
  // Microsoft's pages disagree on which of the two the log needs, so either is accepted.
  if (used.has(logPermission)) used.add(otherLogPermission);
  return roles.filter((role) => !used.has(role));
}

const claimsSchema = z.object({ roles: z.array(z.string()).default([]) });

/** The `roles` of a token. It is not verified: it comes straight from the login, and no decision relies on it. */
export function grantedBy(token: string | null): Granted {
  if (token === null) return { kind: 'none' };
  const claims = claimsSchema.safeParse(payloadOf(token));
  return claims.success ? { kind: 'roles', roles: claims.data.roles } : { kind: 'opaque' };
}

/**
 * @param granted null where no token could be obtained.
 * @param isRequested whether the registration asks for the permission of this id, which then lacks consent alone
 */
export function permissionChecks(
  needs: readonly Need[],
  granted: () => Promise<Granted | null>,
  isRequested: (permissionId: string) => Promise<boolean>,
): readonly Check[] {
  const unknown = (found: Granted | null) => {
    if (found === null) return skipped(words.graphToken.missing);
    return skipped(found.kind === 'none' ? words.permission.none : words.permission.opaque);
  };
  const each = needs.map((need) => ({
    id: `permission:${need.name}`,
    title: words.permission.title(need.name),
    async run() {
      const found = await granted();
      if (found?.kind !== 'roles') return unknown(found);
      const served = servedBy(need, found.roles);
      if (served === null && need.without !== undefined) return skipped(need.without);
      const id = permissionIds[need.name];
      if (served === null && id !== undefined && (await isRequested(id)))
        return wrong(words.permission.unconsented(need.feature), words.permission.consentFix);
      if (served === null) return wrong(words.permission.wrong(need.feature), words.permission.fix(need.name));
      return good(served === need.name ? words.permission.good : words.permission.covered(served));
    },
  }));
  const surplus = {
    id: 'surplus',
    title: words.surplus.title,
    async run() {
      const found = await granted();
      if (found?.kind !== 'roles') return unknown(found);
      const names = surplusPermissions(needs, found.roles);
      if (names.length === 0) return good(words.surplus.good);
      return wrong(words.surplus.wrong(names), words.surplus.fix(names));
    },
  };
  return [...each, surplus];
}
