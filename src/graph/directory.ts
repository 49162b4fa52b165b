import { z } from 'zod';
import { type Fetched, fetched, type GraphTrouble, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { type DeletedUser, findDeletedUsers } from './deleted-users.ts';
import { countMembers, findGroups, type GroupMatch, type GroupMember, readMembers } from './groups.ts';
import {
  type Included,
  includedBy,
  managerOf,
  membersOf,
  type NamedPerson,
  namedPersonSchema,
  reportsOf,
} from './members.ts';
import { filterText, graphPath, nullableText, orNull, pageSchema, readable, searchTerm, userPath } from './odata.ts';
import { type Listing, readAll, readIfThere, readOne, readWhole } from './read.ts';
import {
  type DirectoryUser,
  guid,
  mostRead,
  type NamedUser,
  namedUserFields,
  namedUserSchema,
  type UserMatch,
  userFields,
  userSchema,
  withoutNames,
} from './user.ts';
import { addressOf, findByAddress, isSameAddress } from './user-addresses.ts';
import { foldName, isNamed, matchByName } from './user-names.ts';

export type { DeletedUser } from './deleted-users.ts';
export type { DirectoryGroup, GroupMatch, GroupMember } from './groups.ts';
export type { Included, NamedPerson } from './members.ts';
export type { DirectoryUser } from './user.ts';

/** People and groups in Entra. */
export interface Directory {
  /**
   * The person that a text means: an object id, a principal name or mail address, a mail nickname, or a name. A single
   * user is certain: Graph's result has been compared with the typed text. See `matchByName` for names.
   */
  findUsers(text: string): Promise<Fetched<UserMatch>>;
  /**
   * Users whose name or address begins like this text: the candidates for a near miss. Those with exactly this name,
   * apart from accents, come first and are `named`.
   */
  findSimilar(text: string): Promise<Fetched<readonly (DirectoryUser & { readonly named: boolean })[]>>;
  /**
   * The users with one of these principal names or mail addresses, by address in lower case. A missing address belongs
   * to no user, or several users share it as their mail address: ask `findUsers`.
   */
  findUsersByAddress(addresses: readonly string[]): Promise<Fetched<ReadonlyMap<string, DirectoryUser>>>;
  /** The deleted people whom this text names exactly, while Entra keeps them. */
  findDeleted(text: string): Promise<Fetched<readonly DeletedUser[]>>;
  /** The group that a text means: an object id or a display name. */
  findGroups(text: string): Promise<Fetched<GroupMatch>>;
  /** A group's direct members, the first five thousand; `complete` tells whether that was all. */
  groupMembers(id: string): Promise<Fetched<Listing<GroupMember>>>;
  /** How many direct members a group has, of whatever kind; null when Graph does not tell. */
  countMembers(groupId: string): Promise<Fetched<number | null>>;
  /** Null when no user has this id. */
  getUser(id: string): Promise<Fetched<DirectoryUser | null>>;
  /** Which of these groups the user is in, nested groups included. */
  groupsAmong(userId: string, groupIds: readonly string[]): Promise<Fetched<readonly string[]>>;
  /** Template ids of the Entra directory roles that the user holds; `unnamedRole` for one that Graph does not name. */
  directoryRoles(userId: string): Promise<Fetched<readonly string[]>>;
  /** Null for a person who has no manager, or does not exist. */
  managerOf(userId: string): Promise<Fetched<NamedPerson | null>>;
  /** The object ids of a person's direct reports, in lower case; none for a person who does not exist. */
  reportsOf(userId: string): Promise<Fetched<readonly string[]>>;
  /**
   * Ids, in lower case, of all people in a group, nested groups included, or in the directory role of this template; of
   * the person alone where the id is a person's; none for any other id. All of them, or trouble.
   */
  membersOf(id: string): Promise<Fetched<readonly string[]>>;
  /** What an id of the configuration stands for, and the people whom it includes; see `membersOf`. */
  includedBy(id: string): Promise<Fetched<Included>>;
  /** A group's name and a few of its members; null when there is no such group. */
  describeGroup(id: string, people: number): Promise<Fetched<GroupDescription | null>>;
}

/** Stands for a role of which Graph withholds the template: Usher lacks the permission to read roles. */
export const unnamedRole = '';

export interface GroupDescription {
  readonly name: string;
  readonly people: readonly NamedPerson[];
  /** How many people are direct members; null when Graph does not tell. */
  readonly count: number | null;
}

/** People mistype the middle and the end of a name more than its first two letters. */
const similarBeginning = 2;
/** No name or address is longer, so Graph need not be asked. */
const longestName = 320;
/** `checkMemberGroups` takes no more ids in one call. */
const groupsPerCheck = 20;
/** No person is in ten thousand groups. */
const mostMembershipPages = 10;

export function createDirectory(graph: GraphClient): Directory {
  const getUser = (id: string) =>
    readIfThere(graph, { path: userPath(id), query: { $select: userFields } }, userSchema);

  async function findUsers(text: string): Promise<Fetched<UserMatch>> {
    if (text.length > longestName) return fetched({ kind: 'none' });
    if (guid.test(text)) {
      return mapped(await getUser(text), (user) =>
        user?.id.toLowerCase() === text.toLowerCase() ? { kind: 'one', user } : { kind: 'none' },
      );
    }
    return text.includes('@') ? findByAnyAddress(addressOf(text)) : findByName(foldName(text));
  }

  /**
   * The user with this principal name or mail address. Where it is one user's principal name and another's mail
   * address, both are offered, and so is a user whom Graph finds by yet another address. The filter goes by an index,
   * which may not know a new user yet: where it finds no principal name, the name itself is asked for as well.
   */
  async function findByAnyAddress(address: string): Promise<Fetched<UserMatch>> {
    const keys = ['userPrincipalName', 'mail'];
    const listing = await list({ $filter: keys.map((key) => `${key} eq ${filterText(address)}`).join(' or ') });
    if (!listing.ok) return listing;
    const isNamed = ({ userPrincipalName }: DirectoryUser) => isSameAddress(userPrincipalName, address);
    const byMail = listing.value.items.filter(({ mail }) => mail !== null && isSameAddress(mail, address));
    const listed = listing.value.items.filter(isNamed).map(withoutNames);
    const direct = listed.length > 0 ? fetched(null) : await getUser(address);
    if (!direct.ok) return direct;
    const named = direct.value !== null && isNamed(direct.value) ? [direct.value] : listed;
    const found = new Map([...named, ...byMail.map(withoutNames)].map((one) => [one.id, one]));
    const [only] = found.values();
    if (only !== undefined && found.size === 1) return fetched({ kind: 'one', user: only });
    const users = found.size > 0 ? [...found.values()] : direct.value === null ? [] : [direct.value];
    return fetched(users.length === 0 ? { kind: 'none' } : { kind: 'several', users, more: false });
  }

  /**
   * Searches names by their words. The user with exactly this name might come after too many, and is requested
   * separately.
   */
  async function findByName(name: string): Promise<Fetched<UserMatch>> {
    // Graph searches by words; a text without any would find all people.
    if (!/[\p{L}\p{N}]/u.test(name)) return fetched({ kind: 'none' });
    const exact = ['displayName', 'mailNickname', 'givenName', 'surname'].map((key) => `${key} eq ${filterText(name)}`);
    const sameUser = `startswith(userPrincipalName,${filterText(`${name}@`)})`;
    const [byWords, byWhole] = await Promise.all([
      searchByWords(name),
      list({ $filter: [...exact, ...(name.includes(' ') ? [] : [sameUser])].join(' or ') }),
    ]);
    if (!byWords.ok) return byWords;
    if (!byWhole.ok) return byWhole;
    const users = new Map([...byWhole.value.items, ...byWords.value.items].map((user) => [user.id, user]));
    const match = matchByName(name, [...users.values()], byWords.value.complete && byWhole.value.complete);
    return match.kind === 'none' && name.includes(' ') ? findUnaccented(name) : fetched(match);
  }

  /** "sean o'brien" for "Seán O'Brien": Graph's search by words does not find that. */
  async function findUnaccented(name: string): Promise<Fetched<UserMatch>> {
    return mapped(await listBeginning(name), ({ items, complete }) => {
      const match = matchByName(name, items, complete);
      return match.kind === 'one' ? match : { kind: 'none' };
    });
  }

  const list = (query: Record<string, string>, eventual = false): Promise<Fetched<Listing<NamedUser>>> =>
    readAll(
      graph,
      { path: '/users', query: { ...query, $select: namedUserFields, $top: String(mostRead) }, eventual },
      namedUserSchema,
    );

  const searchByWords = (text: string) =>
    list({ $search: `${searchTerm('displayName', text)} OR ${searchTerm('mail', text)}`, $count: 'true' }, true);

  async function findSimilar(text: string): ReturnType<Directory['findSimilar']> {
    return mapped(await listBeginning(text), ({ items }) => {
      const users = items.map((user) => ({ ...withoutNames(user), named: isNamed(text, user) }));
      return [...users.filter(({ named }) => named), ...users.filter(({ named }) => !named)];
    });
  }

  /** The users whose name or address begins like this text. */
  async function listBeginning(text: string): Promise<Fetched<Listing<NamedUser>>> {
    const beginning = (/[\p{L}\p{N}]+/u.exec(text)?.[0] ?? '').slice(0, similarBeginning);
    if (beginning.length < similarBeginning) return fetched({ items: [], complete: true });
    return searchByWords(beginning);
  }

  async function groupsAmong(userId: string, groupIds: readonly string[]): Promise<Fetched<readonly string[]>> {
    const found: string[] = [];
    for (let start = 0; start < groupIds.length; start += groupsPerCheck) {
      const body = { groupIds: groupIds.slice(start, start + groupsPerCheck) };
      const path = `${graphPath('users', userId)}/checkMemberGroups`;
      const answer = await readOne(graph, { method: 'POST', path, body }, z.object({ value: z.array(z.string()) }));
      if (!answer.ok) return isAboutIds(answer.trouble) ? groupsListed(userId, groupIds) : answer;
      found.push(...answer.value.value.map((id) => id.toLowerCase()));
    }
    return fetched(found);
  }

  /** The slow way: one id that is not a group's, such as a role template's or a deleted group's, can spoil a check. */
  async function groupsListed(userId: string, groupIds: readonly string[]): Promise<Fetched<readonly string[]>> {
    const path = `${graphPath('users', userId)}/transitiveMemberOf`;
    const query = { $select: 'id', $top: '999' };
    const read = await readWhole(graph, { path, query }, z.object({ id: z.string() }), mostMembershipPages);
    return mapped(read, (memberships) => {
      const memberOf = new Set(memberships.map(({ id }) => id.toLowerCase()));
      return groupIds.filter((id) => memberOf.has(id));
    });
  }

  async function directoryRoles(userId: string): Promise<Fetched<readonly string[]>> {
    const path = `${graphPath('users', userId)}/transitiveMemberOf/microsoft.graph.directoryRole`;
    const call = { path, query: { $select: 'id,roleTemplateId', $count: 'true' }, eventual: true };
    // Without the permission to read roles, their properties are null or missing.
    const schema = z.looseObject({ roleTemplateId: nullableText }).catch({ roleTemplateId: null });
    return mapped(await readWhole(graph, call, schema, 5), (roles) =>
      roles.map(({ roleTemplateId }) => roleTemplateId?.toLowerCase() ?? unnamedRole),
    );
  }

  async function describeGroup(id: string, people: number): Promise<Fetched<GroupDescription | null>> {
    const path = graphPath('groups', id);
    const query = { $select: 'id,displayName', $top: String(people), $count: 'true' };
    const [described, members] = await Promise.all([
      readIfThere(graph, { path, query: { $select: 'id,displayName' } }, namedPersonSchema),
      readOne(graph, { path: `${path}/members/microsoft.graph.user`, query, eventual: true }, membersPageSchema),
    ]);
    const named = members.ok ? readable(members.value.value, namedPersonSchema).slice(0, people) : [];
    const count = members.ok ? members.value['@odata.count'] : null;
    return mapped(described, (group) => (group === null ? null : { name: group.name, people: named, count }));
  }

  return {
    findUsers,
    findSimilar,
    findUsersByAddress: (addresses) => findByAddress(graph, addresses),
    findDeleted: async (text) => (text.length > longestName ? fetched([]) : findDeletedUsers(graph, text)),
    findGroups: (text) => findGroups(graph, text),
    groupMembers: (id) => readMembers(graph, id),
    countMembers: (id) => countMembers(graph, id),
    getUser,
    groupsAmong,
    directoryRoles,
    managerOf: (userId) => managerOf(graph, userId),
    reportsOf: (userId) => reportsOf(graph, userId),
    membersOf: (id) => membersOf(graph, id),
    includedBy: (id) => includedBy(graph, id),
    describeGroup,
  };
}

function isAboutIds(trouble: GraphTrouble): boolean {
  return trouble.kind === 'refused' && (trouble.status === 400 || trouble.status === 404);
}

const membersPageSchema = pageSchema.extend({ '@odata.count': orNull(z.number()) });
