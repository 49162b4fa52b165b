import { z } from 'zod';
import { type Fetched, fetched, mapped } from './answer.ts';
import type { GraphCall, GraphClient } from './client.ts';
import { graphPath, nullableText } from './odata.ts';
import { isAbsence, readIfThere, readWhole } from './read.ts';
import { type DirectoryUser, guid, userFields, userSchema } from './user.ts';

export const namedPersonSchema = z
  .object({ id: z.string().toLowerCase(), displayName: nullableText })
  .transform(({ id, displayName }) => ({ id, name: displayName ?? '' }));
/** A person by object id, in lower case, and display name, which may be empty. */
export type NamedPerson = Readonly<z.infer<typeof namedPersonSchema>>;

const idSchema = z.object({ id: z.string().toLowerCase() });
const memberSchema = z.object({ '@odata.type': nullableText, id: z.string().toLowerCase() });
/** Graph gives at most 999 in a page, but may give fewer. */
const pageOfIds = { $select: 'id', $top: '999' };
const mostPages = 100;

/** Null for a person without one. https://learn.microsoft.com/graph/api/user-list-manager */
export async function managerOf(graph: GraphClient, userId: string): Promise<Fetched<NamedPerson | null>> {
  const call = { path: `${graphPath('users', userId)}/manager`, query: { $select: 'id,displayName' } };
  return readIfThere(graph, call, namedPersonSchema);
}

/** All of them, or trouble. https://learn.microsoft.com/graph/api/user-list-directreports */
export async function reportsOf(graph: GraphClient, userId: string): Promise<Fetched<readonly string[]>> {
  const call = { path: `${graphPath('users', userId)}/directReports`, query: pageOfIds };
  return mapped(await listIfThere(graph, call, idSchema), (reports) => reports?.map(({ id }) => id) ?? []);
}

/** The people that an id stands for: of a group, a person or a directory role's template; see `Directory.membersOf`. */
export async function membersOf(graph: GraphClient, id: string): Promise<Fetched<readonly string[]>> {
  if (!guid.test(id)) return fetched([]);
  const inGroup = await groupPeople(graph, id);
  if (!inGroup.ok || inGroup.value !== null) return mapped(inGroup, (people) => people ?? []);
  // A person before a role: reading roles needs a permission of its own, and a person's id must resolve without it.
  const person = await readIfThere(graph, { path: graphPath('users', id), query: { $select: 'id' } }, idSchema);
  if (!person.ok || person.value !== null) return mapped(person, () => [id.toLowerCase()]);
  return roleHolders(graph, id);
}

/** Null when there is no such group. https://learn.microsoft.com/graph/api/group-list-transitivemembers */
async function groupPeople(graph: GraphClient, id: string): Promise<Fetched<readonly string[] | null>> {
  const path = `${graphPath('groups', id)}/transitiveMembers/microsoft.graph.user`;
  // The cast is an advanced query, which requires a count.
  const call = { path, query: { ...pageOfIds, $count: 'true' }, eventual: true };
  return mapped(await listIfThere(graph, call, idSchema), (people) => people?.map((one) => one.id) ?? null);
}

/**
 * A role that was never assigned is not activated, and then Graph does not find it.
 * https://learn.microsoft.com/graph/api/directoryrole-list-members
 */
async function roleHolders(graph: GraphClient, templateId: string): Promise<Fetched<readonly string[]>> {
  const path = `/directoryRoles(roleTemplateId='${templateId}')/members`;
  const holders = await listIfThere(graph, { path, query: { $select: 'id' } }, memberSchema);
  if (!holders.ok) return holders;
  const found: string[] = [];
  for (const { id, '@odata.type': type } of holders.value ?? []) {
    const kind = type?.toLowerCase();
    if (kind === '#microsoft.graph.user') found.push(id);
    // Apps can hold roles as well, but they make no decisions in Usher.
    if (kind !== '#microsoft.graph.group') continue;
    // Members of a group that holds the role hold it too.
    const people = await groupPeople(graph, id);
    if (!people.ok) return people;
    found.push(...(people.value ?? []));
  }
  return fetched([...new Set(found)]);
}

/** What an id of the configuration stands for, with its people. */
export interface Included {
  /** `none`: neither a group nor a person, and no directory role that anyone holds. */
  readonly kind: 'group' | 'person' | 'role' | 'none';
  /** The group's; null for all else. */
  readonly name: string | null;
  readonly people: readonly DirectoryUser[];
}

/** The people whom an id of the configuration includes, by name; all of them, or trouble. As `membersOf`. */
export async function includedBy(graph: GraphClient, id: string): Promise<Fetched<Included>> {
  const group = await readIfThere(
    graph,
    { path: graphPath('groups', id), query: { $select: 'id,displayName' } },
    namedPersonSchema,
  );
  if (!group.ok) return group;
  if (group.value !== null) {
    const path = `${graphPath('groups', id)}/transitiveMembers/microsoft.graph.user`;
    const query = { $select: userFields, $top: '999', $count: 'true' };
    const people = await readWhole(graph, { path, query, eventual: true }, userSchema, mostPages);
    return mapped(people, (all) => ({ kind: 'group', name: group.value?.name ?? null, people: all }));
  }
  const user = await readUser(graph, id);
  if (!user.ok) return user;
  if (user.value !== null) return fetched({ kind: 'person', name: null, people: [user.value] });
  const holders = await roleHolders(graph, id);
  if (!holders.ok) return holders;
  const people: DirectoryUser[] = [];
  for (const holder of holders.value) {
    const found = await readUser(graph, holder);
    if (!found.ok) return found;
    if (found.value !== null) people.push(found.value);
  }
  return fetched({ kind: people.length === 0 ? 'none' : 'role', name: null, people });
}

const readUser = (graph: GraphClient, id: string) =>
  readIfThere(graph, { path: graphPath('users', id), query: { $select: userFields } }, userSchema);

async function listIfThere<T>(
  graph: GraphClient,
  call: GraphCall,
  schema: z.ZodType<T>,
): Promise<Fetched<readonly T[] | null>> {
  const listing = await readWhole(graph, call, schema, mostPages);
  return !listing.ok && isAbsence(listing.trouble) ? fetched(null) : listing;
}
