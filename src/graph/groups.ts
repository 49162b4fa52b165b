import { z } from 'zod';
import { type Fetched, fetched } from './answer.ts';
import type { GraphClient } from './client.ts';
import { filterText, graphPath, searchTerm } from './odata.ts';
import { type Listing, readAll, readIfThere } from './read.ts';
import { type DirectoryUser, guid, mostCandidates, mostRead, nullableText, userFields, userSchema } from './user.ts';

export interface DirectoryGroup {
  readonly id: string;
  readonly displayName: string;
}

export type GroupMatch =
  | { readonly kind: 'one'; readonly group: DirectoryGroup }
  | { readonly kind: 'several'; readonly groups: readonly DirectoryGroup[]; readonly more: boolean }
  | { readonly kind: 'none' };

export type GroupMember =
  | { readonly kind: 'user'; readonly user: DirectoryUser }
  /** A nested group, a device, or something that is neither, such as a contact. */
  | { readonly kind: 'group' | 'device' | 'other'; readonly id: string; readonly name: string };

const groupSchema: z.ZodType<DirectoryGroup> = z
  .object({ id: z.string(), displayName: nullableText })
  .transform(({ id, displayName }) => ({ id, displayName: displayName ?? id }));
const groupFields = 'id,displayName';

/**
 * Which group a text means. Groups of exactly that name go before those that have its words in theirs, and are asked
 * for by themselves: behind many longer names a search might never come to them.
 */
export async function findGroups(graph: GraphClient, text: string): Promise<Fetched<GroupMatch>> {
  if (guid.test(text)) {
    const path = graphPath('groups', text);
    const group = await readIfThere(graph, { path, query: { $select: groupFields } }, groupSchema);
    if (!group.ok) return group;
    return fetched(group.value === null ? { kind: 'none' } : { kind: 'one', group: group.value });
  }
  const list = (query: Record<string, string>, eventual: boolean) => {
    const all = { ...query, $select: groupFields, $top: String(mostRead) };
    return readAll(graph, { path: '/groups', query: all, eventual }, groupSchema);
  };
  const exact = await list({ $filter: `displayName eq ${filterText(text)}` }, false);
  if (!exact.ok || exact.value.items.length > 0) return match(exact);
  // Graph searches by words; a text without any would find everything.
  if (!/[\p{L}\p{N}]/u.test(text)) return fetched({ kind: 'none' });
  return match(await list({ $search: searchTerm('displayName', text), $count: 'true' }, true));
}

function match(listing: Fetched<Listing<DirectoryGroup>>): Fetched<GroupMatch> {
  if (!listing.ok) return listing;
  const { items, complete } = listing.value;
  const [first] = items;
  if (first === undefined) return fetched({ kind: 'none' });
  if (items.length === 1) return fetched({ kind: 'one', group: first });
  const more = !complete || items.length > mostCandidates;
  return fetched({ kind: 'several', groups: items.slice(0, mostCandidates), more });
}

const namelessSchema = z.object({ '@odata.type': nullableText, id: z.string(), displayName: nullableText });

const memberSchema: z.ZodType<GroupMember> = z.unknown().transform((element, context): GroupMember => {
  const read = namelessSchema.safeParse(element);
  if (!read.success) {
    context.addIssue('a member without an id');
    return z.NEVER;
  }
  const { id, displayName, '@odata.type': type } = read.data;
  const name = displayName ?? id;
  switch (type?.toLowerCase()) {
    case '#microsoft.graph.user': {
      const user = userSchema.safeParse(element);
      // Graph tells nothing but the id of members that it may not show; a call can be made for them all the same.
      return {
        kind: 'user',
        user: user.success ? user.data : { ...unnamed, id, displayName: name, userPrincipalName: id },
      };
    }
    case '#microsoft.graph.group':
      return { kind: 'group', id, name };
    case '#microsoft.graph.device':
      return { kind: 'device', id, name };
    default:
      return { kind: 'other', id, name };
  }
});

const unnamed = { accountEnabled: null, userType: null, jobTitle: null, department: null } as const;

/** Two hundred calls' worth; whoever has more has a regular cycle for it. */
const mostMembers = 1_000;
/** Graph gives at most 999 in a page, but may give fewer. */
const mostPages = 12;

/** The direct members; an odd one is left out. */
export async function readMembers(graph: GraphClient, id: string): Promise<Fetched<Listing<GroupMember>>> {
  const call = { path: `${graphPath('groups', id)}/members`, query: { $select: userFields, $top: '999' } };
  const listing = await readAll(graph, call, memberSchema, mostPages);
  if (!listing.ok) return listing;
  const { items, complete } = listing.value;
  return fetched({ items: items.slice(0, mostMembers), complete: complete && items.length <= mostMembers });
}
