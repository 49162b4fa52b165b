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

/** @param granted null where no token could be obtained. */
export function permissionChecks(needs: readonly Need[], granted: () => Promise<Granted | null>): readonly Check[] {
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
