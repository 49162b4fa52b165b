import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Fetched, type GraphTrouble, mapped } from './answer.ts';
import { belongsToMicrosoft, chooseRole, roleBearerFields, roleBearerSchema } from './app-roles.ts';
import { createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import { graphPath, nullableText } from './odata.ts';
import { readAll, readOne } from './read.ts';

/**
 * Reads who is assigned to an app, and assigns people. An assignment puts a person into the scope of provisioning.
 * https://learn.microsoft.com/graph/api/resources/approleassignment
 */
export interface Assignments {
  /** Whether a person is assigned; cached for 15 seconds. */
  find(servicePrincipalId: string, userId: string): Promise<Fetched<Assigned>>;
  /** The next `find` asks Graph. */
  forget(servicePrincipalId: string, userId: string): void;
  /**
   * Gives a person the app role with this display name or value, ignoring case; without a particular role where the app
   * declares none. Never a role of one of Microsoft's own apps. Safe to repeat. Needs
   * `AppRoleAssignment.ReadWrite.All`.
   */
  assign(servicePrincipalId: string, userId: string, appRole: string): Promise<AssignResult>;
}

export type Assigned =
  /** `through` is the name of the group that is assigned; null when the person is. */
  { readonly kind: 'assigned'; readonly through: string | null } | { readonly kind: 'missing' };

export type AssignResult =
  | { readonly kind: 'assigned' | 'already' }
  /** Retrying does not help. `code` is Graph's, or says what was wrong before the call. */
  | { readonly kind: 'refused'; readonly why: AssignRefusal; readonly code: string }
  /** Worth retrying later: a new person or app is not replicated everywhere yet. */
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

export type AssignRefusal = 'microsoftApp' | 'noSuchRole' | 'roleDisabled' | 'permission' | 'other';

const keepMs = 15_000;
const mostPages = 5;

const assignmentSchema = z.object({
  principalId: z.string(),
  principalType: nullableText,
  principalDisplayName: nullableText,
});

export function createAssignments(parts: { readonly graph: GraphClient; readonly clock: Clock }): Assignments {
  const { graph } = parts;
  const known = createCache<Assigned>(parts.clock, keepMs);
  const keyOf = (servicePrincipalId: string, userId: string) => `${servicePrincipalId}/${userId}`.toLowerCase();
  const forget = (servicePrincipalId: string, userId: string) => known.forget(keyOf(servicePrincipalId, userId));

  /** The list holds the assignments of the person's direct groups, not of groups that contain those. */
  async function read(servicePrincipalId: string, userId: string): Promise<Fetched<Assigned>> {
    const path = `${graphPath('users', userId)}/appRoleAssignments`;
    // Without a count, Graph may leave out some of many assignments through groups.
    const query = { $filter: `resourceId eq ${servicePrincipalId}`, $count: 'true' };
    const listing = await readAll(graph, { path, query, eventual: true }, assignmentSchema, mostPages);
    return mapped(listing, ({ items }) => {
      const [first] = items;
      if (first === undefined) return { kind: 'missing' };
      const isDirect = items.some(({ principalType }) => principalType?.toLowerCase() !== 'group');
      return { kind: 'assigned', through: isDirect ? null : (first.principalDisplayName ?? first.principalId) };
    });
  }

  async function assign(servicePrincipalId: string, userId: string, appRole: string): Promise<AssignResult> {
    const path = graphPath('servicePrincipals', servicePrincipalId);
    // Uncached: the app's owner and roles decide what an approval grants.
    const app = await readOne(graph, { path, query: { $select: roleBearerFields } }, roleBearerSchema);
    if (!app.ok) return troubleOrRefusal(app.trouble);
    if (belongsToMicrosoft(app.value)) return { kind: 'refused', why: 'microsoftApp', code: 'microsoftApp' };
    const role = chooseRole(app.value.appRoles, appRole);
    if (role.kind !== 'one') return { kind: 'refused', ...roleRefusals[role.kind] };
    const body = { principalId: userId, resourceId: servicePrincipalId, appRoleId: role.id };
    const answer = await graph.send({ method: 'POST', path: `${path}/appRoleAssignedTo`, body });
    forget(servicePrincipalId, userId);
    if (answer.kind === 'ok') return { kind: 'assigned' };
    return isThereAlready(answer) ? { kind: 'already' } : troubleOrRefusal(answer);
  }

  return {
    find: (servicePrincipalId, userId) =>
      known.get(keyOf(servicePrincipalId, userId), () => read(servicePrincipalId, userId)),
    forget,
    assign,
  };
}

const roleRefusals = {
  none: { why: 'noSuchRole', code: 'noSuchRole' },
  disabled: { why: 'roleDisabled', code: 'roleDisabled' },
  ambiguous: { why: 'other', code: 'ambiguousRole' },
} as const;

/** By its message, against Graph's own advice: the code is the same as for any other bad request. */
function isThereAlready(trouble: GraphTrouble): boolean {
  return trouble.kind === 'refused' && trouble.status === 400 && /\balready exists\b/i.test(trouble.message);
}

/**
 * A bad request stays one, and so does a missing permission until an admin acts. All else may pass: Graph answers 404
 * for objects that are not replicated yet, and 409 for two writes at once.
 */
function troubleOrRefusal(trouble: GraphTrouble): AssignResult {
  if (trouble.kind !== 'refused' || (trouble.status !== 403 && trouble.status !== 400))
    return { kind: 'trouble', trouble };
  return { kind: 'refused', why: trouble.status === 403 ? 'permission' : 'other', code: trouble.code };
}
