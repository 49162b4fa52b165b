import { z } from 'zod';
import { type Fetched, fetched, type GraphTrouble } from './answer.ts';
import type { GraphClient } from './client.ts';
import { filterText, graphPath, searchTerm } from './odata.ts';
import { type Listing, readAll, readIfThere, readOne } from './read.ts';

/** People and groups, as Entra tells them. */
export interface Directory {
  /** Whom somebody may have meant: an object id, a principal name or address, or a display name. */
  findUsers(text: string): Promise<Fetched<UserMatch>>;
  /** People whose name or address begins like this text: where to look for a near miss. */
  findSimilar(text: string): Promise<Fetched<readonly DirectoryUser[]>>;
  /** Null when there is nobody with this id. */
  getUser(id: string): Promise<Fetched<DirectoryUser | null>>;
  /** Which of these groups the user is in, nested groups included. */
  groupsAmong(userId: string, groupIds: readonly string[]): Promise<Fetched<readonly string[]>>;
  /** Template ids of the Entra directory roles that the user holds. */
  directoryRoles(userId: string): Promise<Fetched<readonly string[]>>;
  /** A group's name and a few of its people; null when there is no such group. */
  describeGroup(id: string, people: number): Promise<Fetched<GroupDescription | null>>;
}

export interface DirectoryUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly accountEnabled: boolean | null;
  readonly userType: string | null;
  readonly jobTitle: string | null;
  readonly department: string | null;
}

export type UserMatch =
  | { readonly kind: 'one'; readonly user: DirectoryUser }
  | { readonly kind: 'several'; readonly users: readonly DirectoryUser[]; readonly more: boolean }
  | { readonly kind: 'none' };

export interface GroupDescription {
  readonly name: string;
  readonly people: readonly string[];
}

const nullableText = z.string().nullable().default(null).catch(null);

const userSchema: z.ZodType<DirectoryUser> = z
  .object({
    id: z.string(),
    displayName: nullableText,
    userPrincipalName: z.string(),
    accountEnabled: z.boolean().nullable().default(null).catch(null),
    userType: nullableText,
    jobTitle: nullableText,
    department: nullableText,
  })
  .transform((user) => ({ ...user, displayName: user.displayName ?? user.userPrincipalName }));

const userFields = 'id,displayName,userPrincipalName,accountEnabled,userType,jobTitle,department';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** More candidates than a card can show; whoever meets them is asked to be more exact. */
const mostCandidates = 7;
/** Read well beyond what is shown, as the one of exactly that name may stand behind those that only begin so. */
const mostRead = 50;
/** Fingers slip in the middle and at the end of a name more than in its first two letters. */
const similarBeginning = 2;
/** `checkMemberGroups` takes no more ids in one call. */
const groupsPerCheck = 20;
/** Nobody is in ten thousand groups. */
const mostMembershipPages = 10;

export function createDirectory(graph: GraphClient): Directory {
  const getUser = (id: string) =>
    readIfThere(graph, { path: graphPath('users', id), query: { $select: userFields } }, userSchema);

  async function findUsers(text: string): Promise<Fetched<UserMatch>> {
    if (guid.test(text) || text.includes('@')) {
      const user = await getUser(text);
      if (!user.ok) return user;
      if (user.value !== null) return fetched({ kind: 'one', user: user.value });
      if (!text.includes('@')) return fetched({ kind: 'none' });
      return match(text, await list({ $filter: `mail eq ${filterText(text)}` }));
    }
    // Graph searches by words; a text without any would find everybody.
    if (!/[\p{L}\p{N}]/u.test(text)) return fetched({ kind: 'none' });
    const search = `${searchTerm('displayName', text)} OR ${searchTerm('mail', text)}`;
    return match(text, await list({ $search: search, $count: 'true' }, true));
  }

  const list = (query: Record<string, string>, eventual = false) =>
    readAll(
      graph,
      { path: '/users', query: { ...query, $select: userFields, $top: String(mostRead) }, eventual },
      userSchema,
    );

  async function findSimilar(text: string): Promise<Fetched<readonly DirectoryUser[]>> {
    const beginning = (/[\p{L}\p{N}]+/u.exec(text)?.[0] ?? '').slice(0, similarBeginning);
    if (beginning.length < similarBeginning) return fetched([]);
    const search = `${searchTerm('displayName', beginning)} OR ${searchTerm('mail', beginning)}`;
    const listing = await list({ $search: search, $count: 'true' }, true);
    return listing.ok ? fetched(listing.value.items) : listing;
  }

  async function groupsAmong(userId: string, groupIds: readonly string[]): Promise<Fetched<readonly string[]>> {
    const found: string[] = [];
    for (let start = 0; start < groupIds.length; start += groupsPerCheck) {
      const part = groupIds.slice(start, start + groupsPerCheck);
      const path = `${graphPath('users', userId)}/checkMemberGroups`;
      const answer = await readOne(
        graph,
        { method: 'POST', path, body: { groupIds: part } },
        z.object({ value: z.array(z.string()) }),
      );
      if (!answer.ok) return isAboutIds(answer.trouble) ? groupsListed(userId, groupIds) : answer;
      found.push(...answer.value.value.map((id) => id.toLowerCase()));
    }
    return fetched(found);
  }

  /** The long way round: one id that is no group, such as a role's template or a deleted group's, can spoil a check. */
  async function groupsListed(userId: string, groupIds: readonly string[]): Promise<Fetched<readonly string[]>> {
    const path = `${graphPath('users', userId)}/transitiveMemberOf`;
    const query = { $select: 'id', $top: '999' };
    const listing = await readAll(graph, { path, query }, z.object({ id: z.string() }), mostMembershipPages);
    if (!listing.ok) return listing;
    const memberOf = new Set(listing.value.items.map(({ id }) => id.toLowerCase()));
    return fetched(groupIds.filter((id) => memberOf.has(id)));
  }

  async function directoryRoles(userId: string): Promise<Fetched<readonly string[]>> {
    const path = `${graphPath('users', userId)}/transitiveMemberOf/microsoft.graph.directoryRole`;
    const roles = await readAll(
      graph,
      { path, query: { $select: 'id,roleTemplateId', $count: 'true' }, eventual: true },
      z.object({ roleTemplateId: z.string() }),
      5,
    );
    return roles.ok ? fetched(roles.value.items.map((role) => role.roleTemplateId.toLowerCase())) : roles;
  }

  async function describeGroup(id: string, people: number): Promise<Fetched<GroupDescription | null>> {
    const [group, members] = await Promise.all([
      readIfThere(graph, { path: graphPath('groups', id), query: { $select: 'id,displayName' } }, namedSchema),
      readAll(
        graph,
        {
          path: `${graphPath('groups', id)}/members/microsoft.graph.user`,
          query: { $select: 'id,displayName', $top: String(people), $count: 'true' },
          eventual: true,
        },
        namedSchema,
      ),
    ]);
    if (!group.ok || group.value === null) return group.ok ? fetched(null) : group;
    const names = members.ok ? members.value.items.slice(0, people).map((member) => member.displayName) : [];
    return fetched({ name: group.value.displayName, people: names });
  }

  return { findUsers, findSimilar, getUser, groupsAmong, directoryRoles, describeGroup };
}

function isAboutIds(trouble: GraphTrouble): boolean {
  return trouble.kind === 'refused' && (trouble.status === 400 || trouble.status === 404);
}

const namedSchema = z.object({ id: z.string(), displayName: z.string() });

/** One person of exactly that name beats others whose names merely begin with it. */
function match(text: string, listing: Fetched<Listing<DirectoryUser>>): Fetched<UserMatch> {
  if (!listing.ok) return listing;
  const { items, complete } = listing.value;
  const exact = items.filter((user) => user.displayName.toLowerCase() === text.toLowerCase());
  const users = exact.length > 0 ? exact : items;
  const [first] = users;
  if (first === undefined) return fetched({ kind: 'none' });
  if (users.length === 1) return fetched({ kind: 'one', user: first });
  return fetched({
    kind: 'several',
    users: users.slice(0, mostCandidates),
    more: !complete || users.length > mostCandidates,
  });
}
