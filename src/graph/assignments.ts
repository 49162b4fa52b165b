import pMap from 'p-map';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Fetched, fetched, type GraphTrouble, mapped } from './answer.ts';
import { belongsToMicrosoft, chooseRole, roleBearerFields, roleBearerSchema } from './app-roles.ts';
import { createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import { graphPath, nullableText } from './odata.ts';
import { readAll, readOne, readWhole } from './read.ts';

/**
 * Reads who is assigned to an app, assigns people, and takes their own assignments away. An assignment puts a person
 * into the scope of provisioning. https://learn.microsoft.com/graph/api/resources/approleassignment
 *
 * The list of a person's assignments holds those of their groups too, and deleting one of these takes the app from the
 * whole group. So `unassign` takes a `DirectAssignment` alone, which only a list makes, and before it deletes anything
 * it reads the list again: Graph itself has to say that the assignment is this person's own.
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
  /**
   * All assignments of a person, to this app or to all apps, uncached. One that was just made or removed may be missing
   * or still there.
   */
  list(userId: string, servicePrincipalId?: string): Promise<Fetched<readonly PersonsAssignment[]>>;
  /**
   * Deletes one assignment of this person; the others, through groups too, stay. Never one to an app of Microsoft's. Safe
   * to repeat. Needs `AppRoleAssignment.ReadWrite.All`.
   */
  unassign(userId: string, assignment: DirectAssignment): Promise<UnassignResult>;
}

/** `via`: the person's own, or one of a group of which they are a direct member. */
export type PersonsAssignment = DirectAssignment | GroupAssignment;

export interface DirectAssignment extends AssignmentFacts {
  readonly via: 'direct';
  /** The person. */
  readonly principalId: string;
}

export interface GroupAssignment extends AssignmentFacts {
  readonly via: 'group';
  /** The group. */
  readonly principalId: string;
  readonly groupName: string | null;
}

interface AssignmentFacts {
  /** 43 characters, no GUID. */
  readonly id: string;
  readonly servicePrincipalId: string;
  readonly appName: string | null;
  readonly roleId: string;
  /** Null without a particular role, and where it could not be read. */
  readonly roleName: string | null;
}

export type Assigned =
  /** `through` is the name of the group that is assigned; null when the person is. */
  { readonly kind: 'assigned'; readonly through: string | null } | { readonly kind: 'missing' };

export type AssignResult =
  /** `id`: of the assignment; null where Graph did not tell. */
  | { readonly kind: 'assigned'; readonly id: string | null }
  | { readonly kind: 'already' }
  /** Retrying does not help. `code` is Graph's, or says what was wrong before the call. */
  | { readonly kind: 'refused'; readonly why: AssignRefusal; readonly code: string }
  /** Worth retrying later: a new person or app is not replicated everywhere yet. */
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

export type UnassignResult =
  | { readonly kind: 'done' }
  /** It is not there any more. */
  | { readonly kind: 'gone' }
  /** Retrying does not help. `code` is Graph's, or says what was wrong before the call. */
  | { readonly kind: 'refused'; readonly why: UnassignRefusal; readonly code: string }
  /** Worth retrying later. After some of them it may be done. */
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

/**
 * `notTheirs`: it is a group's, or another person's. `noSuchPerson`: Graph lists nothing of a person who is not in the
 * directory; in the recycle bin they keep their assignments.
 */
export type UnassignRefusal = 'microsoftApp' | 'notTheirs' | 'noSuchPerson' | 'permission' | 'other';

export type AssignRefusal = 'microsoftApp' | 'noSuchRole' | 'roleDisabled' | 'permission' | 'other';

const keepMs = 15_000;
const mostPages = 5;
/** For lists that have to be whole, 100 assignments a page. */
const mostPagesOfAll = 50;
/** Roles seldom change, and their names are only shown. */
const keepRolesMs = 30 * 60_000;
const roleReadsAtOnce = 4;

const assignmentSchema = z.object({
  principalId: z.string(),
  principalType: nullableText,
  principalDisplayName: nullableText,
});
const entrySchema = assignmentSchema.extend({
  id: z.string(),
  appRoleId: z.string(),
  resourceId: z.string(),
  resourceDisplayName: nullableText,
});
type Entry = z.infer<typeof entrySchema>;
const madeSchema = z.object({ id: z.string() });

export function createAssignments(parts: { readonly graph: GraphClient; readonly clock: Clock }): Assignments {
  const { graph } = parts;
  const known = createCache<Assigned>(parts.clock, keepMs);
  const keyOf = (servicePrincipalId: string, userId: string) => `${servicePrincipalId}/${userId}`.toLowerCase();
  const forget = (servicePrincipalId: string, userId: string) => known.forget(keyOf(servicePrincipalId, userId));
  const roles = createCache<ReadonlyMap<string, string | null>>(parts.clock, keepRolesMs);

  const listCall = (userId: string, servicePrincipalId: string | undefined) => ({
    path: `${graphPath('users', userId)}/appRoleAssignments`,
    // Without a count, Graph may leave out some of many assignments through groups.
    query: {
      ...(servicePrincipalId === undefined ? {} : { $filter: `resourceId eq ${servicePrincipalId}` }),
      $count: 'true',
    },
    eventual: true,
  });
  const readEntries = (userId: string, servicePrincipalId?: string) =>
    readWhole(graph, listCall(userId, servicePrincipalId), entrySchema, mostPagesOfAll);
  const readApp = (servicePrincipalId: string) =>
    readOne(
      graph,
      { path: graphPath('servicePrincipals', servicePrincipalId), query: { $select: roleBearerFields } },
      roleBearerSchema,
    );

  /** The list holds the assignments of the person's direct groups, not of groups that contain those. */
  async function read(servicePrincipalId: string, userId: string): Promise<Fetched<Assigned>> {
    const listing = await readAll(graph, listCall(userId, servicePrincipalId), assignmentSchema, mostPages);
    return mapped(listing, ({ items }) => {
      const [first] = items;
      if (first === undefined) return { kind: 'missing' };
      const isDirect = items.some(({ principalType }) => principalType?.toLowerCase() !== 'group');
      return { kind: 'assigned', through: isDirect ? null : (first.principalDisplayName ?? first.principalId) };
    });
  }

  async function assign(servicePrincipalId: string, userId: string, appRole: string): Promise<AssignResult> {
    // Uncached: the app's owner and roles decide what an approval grants.
    const app = await readApp(servicePrincipalId);
    if (!app.ok) return troubleOrRefusal(app.trouble);
    if (belongsToMicrosoft(app.value)) return { kind: 'refused', why: 'microsoftApp', code: 'microsoftApp' };
    const role = chooseRole(app.value.appRoles, appRole);
    if (role.kind !== 'one') return { kind: 'refused', ...roleRefusals[role.kind] };
    const body = { principalId: userId, resourceId: servicePrincipalId, appRoleId: role.id };
    const path = `${graphPath('servicePrincipals', servicePrincipalId)}/appRoleAssignedTo`;
    const answer = await graph.send({ method: 'POST', path, body });
    forget(servicePrincipalId, userId);
    if (answer.kind === 'ok') return { kind: 'assigned', id: madeSchema.safeParse(answer.body).data?.id ?? null };
    return isThereAlready(answer) ? { kind: 'already' } : troubleOrRefusal(answer);
  }

  /** By lower-case id. */
  const readRoleNames = (servicePrincipalId: string) =>
    roles.get(servicePrincipalId.toLowerCase(), async () =>
      mapped(
        await readApp(servicePrincipalId),
        ({ appRoles }) =>
          new Map(appRoles.map(({ id, displayName, value }) => [id.toLowerCase(), displayName ?? value])),
      ),
    );

  async function list(userId: string, servicePrincipalId?: string): Promise<Fetched<readonly PersonsAssignment[]>> {
    const entries = await readEntries(userId, servicePrincipalId);
    if (!entries.ok) return entries;
    const apps = [...new Set(entries.value.map(({ resourceId }) => resourceId))];
    const names = new Map(
      await pMap(apps, async (app) => [app, await readRoleNames(app)] as const, { concurrency: roleReadsAtOnce }),
    );
    return fetched(
      entries.value.map((entry): PersonsAssignment => {
        const ofApp = names.get(entry.resourceId);
        const facts: AssignmentFacts = {
          id: entry.id,
          servicePrincipalId: entry.resourceId,
          appName: entry.resourceDisplayName,
          roleId: entry.appRoleId,
          roleName: (ofApp?.ok === true ? ofApp.value.get(entry.appRoleId.toLowerCase()) : null) ?? null,
        };
        const { principalId } = entry;
        if (isOwn(entry, userId)) return { ...facts, via: 'direct', principalId };
        return { ...facts, via: 'group', principalId, groupName: entry.principalDisplayName };
      }),
    );
  }

  async function unassign(userId: string, assignment: DirectAssignment): Promise<UnassignResult> {
    const { id, servicePrincipalId, via, principalId } = assignment;
    if (via !== 'direct' || !sameId(principalId, userId)) return notTheirs;
    const app = await readApp(servicePrincipalId);
    if (!app.ok) return isGone(app.trouble) ? { kind: 'gone' } : troubleOrRefusal(app.trouble);
    if (belongsToMicrosoft(app.value)) return { kind: 'refused', why: 'microsoftApp', code: 'microsoftApp' };
    const entries = await readEntries(userId, servicePrincipalId);
    if (!entries.ok) {
      const { trouble } = entries;
      return isGone(trouble) ? { kind: 'refused', why: 'noSuchPerson', code: trouble.code } : troubleOrRefusal(trouble);
    }
    const entry = entries.value.find((one) => one.id === id);
    if (entry === undefined) return { kind: 'gone' };
    if (!isOwn(entry, userId) || !sameId(entry.resourceId, servicePrincipalId)) return notTheirs;
    const path = `${graphPath('servicePrincipals', servicePrincipalId)}/appRoleAssignedTo${graphPath(id)}`;
    const answer = await graph.send({ method: 'DELETE', path });
    forget(servicePrincipalId, userId);
    if (answer.kind === 'ok') return { kind: 'done' };
    return isGone(answer) ? { kind: 'gone' } : troubleOrRefusal(answer);
  }

  return {
    find: (servicePrincipalId, userId) =>
      known.get(keyOf(servicePrincipalId, userId), () => read(servicePrincipalId, userId)),
    forget,
    assign,
    list,
    unassign,
  };
}

const notTheirs = { kind: 'refused', why: 'notTheirs', code: 'notTheirs' } as const;

const sameId = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whatever Graph does not call a user, this one, counts as a group. */
function isOwn({ principalType, principalId }: Entry, userId: string): boolean {
  return principalType?.toLowerCase() === 'user' && sameId(principalId, userId);
}

const isGone = (trouble: GraphTrouble): trouble is Extract<GraphTrouble, { kind: 'refused' }> =>
  trouble.kind === 'refused' && trouble.status === 404;

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
function troubleOrRefusal(
  trouble: GraphTrouble,
):
  | { readonly kind: 'refused'; readonly why: 'permission' | 'other'; readonly code: string }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble } {
  if (trouble.kind !== 'refused' || (trouble.status !== 403 && trouble.status !== 400))
    return { kind: 'trouble', trouble };
  return { kind: 'refused', why: trouble.status === 403 ? 'permission' : 'other', code: trouble.code };
}
