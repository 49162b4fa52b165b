import { z } from 'zod';
import { type Fetched, fetched, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { filterText, graphPath, nullableText, orNull, searchTerm } from './odata.ts';
import { type Listing, readAll, readIfThere, readOne } from './read.ts';
import { type DirectoryUser, guid, mostCandidates, mostRead, userFields, userSchema } from './user.ts';

export interface DirectoryGroup {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly mail: string | null;
  readonly kind: GroupKind;
  /** Whether a rule determines its members. */
  readonly isDynamic: boolean;
  /** ISO 8601; null when Graph does not tell. */
  readonly createdAt: string | null;
}

export type GroupKind = 'security' | 'microsoft365' | 'mailSecurity' | 'distribution' | 'unknown';

export type GroupMatch =
  | { readonly kind: 'one'; readonly group: DirectoryGroup }
  | { readonly kind: 'several'; readonly groups: readonly DirectoryGroup[]; readonly more: boolean }
  | { readonly kind: 'none' };

export type GroupMember =
  | { readonly kind: 'user'; readonly user: DirectoryUser }
  /** A nested group, a device, or something that is neither, such as a contact. */
  | { readonly kind: 'group' | 'device' | 'other'; readonly id: string; readonly name: string };

const nullableTruth = orNull(z.boolean());
const groupSchema: z.ZodType<DirectoryGroup> = z
  .object({
    id: z.string(),
    displayName: nullableText,
    description: nullableText,
    mail: nullableText,
    createdDateTime: nullableText,
    groupTypes: z.array(z.string()).catch([]),
    mailEnabled: nullableTruth,
    securityEnabled: nullableTruth,
  })
  .transform(({ createdDateTime, groupTypes, mailEnabled, securityEnabled, ...group }) => {
    const isOf = (type: string) => groupTypes.some((one) => one.toLowerCase() === type);
    return {
      ...group,
      displayName: group.displayName ?? group.id,
      kind: isOf('unified') ? 'microsoft365' : kindOf(mailEnabled, securityEnabled),
      isDynamic: isOf('dynamicmembership'),
      createdAt: createdDateTime,
    };
  });
const groupFields = 'id,displayName,description,mail,createdDateTime,groupTypes,mailEnabled,securityEnabled';

/** https://learn.microsoft.com/graph/api/resources/groups-overview#group-types-in-microsoft-entra-id-and-microsoft-graph */
function kindOf(mailEnabled: boolean | null, securityEnabled: boolean | null): GroupKind {
  if (mailEnabled === null || securityEnabled === null) return 'unknown';
  if (securityEnabled) return mailEnabled ? 'mailSecurity' : 'security';
  return mailEnabled ? 'distribution' : 'unknown';
}

/**
 * The group that a text means. Groups with exactly that name come before those that contain its words, and are
 * requested separately: a search might list them after too many longer names.
 */
export async function findGroups(graph: GraphClient, text: string): Promise<Fetched<GroupMatch>> {
  if (guid.test(text)) {
    const path = graphPath('groups', text);
    const found = await readIfThere(graph, { path, query: { $select: groupFields } }, groupSchema);
    return mapped(found, (group) => (group === null ? { kind: 'none' } : { kind: 'one', group }));
  }
  const list = (query: Record<string, string>, eventual: boolean) => {
    const all = { ...query, $select: groupFields, $top: String(mostRead) };
    return readAll(graph, { path: '/groups', query: all, eventual }, groupSchema);
  };
  const exact = await list({ $filter: `displayName eq ${filterText(text)}` }, false);
  if (!exact.ok || exact.value.items.length > 0) return mapped(exact, match);
  // Graph searches by words; a text without any would find everything.
  if (!/[\p{L}\p{N}]/u.test(text)) return fetched({ kind: 'none' });
  return mapped(await list({ $search: searchTerm('displayName', text), $count: 'true' }, true), match);
}

function match({ items, complete }: Listing<DirectoryGroup>): GroupMatch {
  const [first] = items;
  if (first === undefined) return { kind: 'none' };
  if (items.length === 1) return { kind: 'one', group: first };
  const more = !complete || items.length > mostCandidates;
  return { kind: 'several', groups: items.slice(0, mostCandidates), more };
}

const memberFields = { '@odata.type': nullableText, id: z.string(), displayName: nullableText };
const memberSchema = z.looseObject(memberFields).transform((element): GroupMember => {
  const { id, displayName, '@odata.type': type } = element;
  const name = displayName ?? id;
  const isOf = (kind: string) => type?.toLowerCase() === `#microsoft.graph.${kind}`;
  if (!isOf('user')) return { kind: (['group', 'device'] as const).find(isOf) ?? 'other', id, name };
  const { data: user } = userSchema.safeParse(element);
  // Graph gives only the id of members that it may not show; Usher can make calls for them all the same.
  return { kind: 'user', user: user ?? { ...unnamed, id, displayName: name, userPrincipalName: id } };
});

const unnamed = { accountEnabled: null, userType: null, jobTitle: null, department: null } as const;

/** A thousand calls' worth, more than half an hour; a larger group has the job's regular cycle. */
export const mostMembers = 5_000;
/** Graph gives at most 999 in a page, but may give fewer. */
const mostPages = 60;

/** How many direct members a group has, of whatever kind; null when Graph does not tell. */
export async function countMembers(graph: GraphClient, id: string): Promise<Fetched<number | null>> {
  const query = { $select: 'id', $top: '1', $count: 'true' };
  const call = { path: `${graphPath('groups', id)}/members`, query, eventual: true };
  return mapped(await readOne(graph, call, countSchema), (counted) => counted['@odata.count']);
}

const countSchema = z.object({ '@odata.count': orNull(z.number()) });

/** The direct members, `mostMembers` at most; an unreadable one is left out. */
export async function readMembers(graph: GraphClient, id: string): Promise<Fetched<Listing<GroupMember>>> {
  const call = { path: `${graphPath('groups', id)}/members`, query: { $select: userFields, $top: '999' } };
  return mapped(await readAll(graph, call, memberSchema, mostPages), ({ items, complete }) => ({
    items: items.slice(0, mostMembers),
    complete: complete && items.length <= mostMembers,
  }));
}
