import pMap from 'p-map';
import type { z } from 'zod';
import { type Fetched, fetched, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { filterText } from './odata.ts';
import { readAll } from './read.ts';
import { addressedUserSchema, type DirectoryUser, userFields } from './user.ts';

/**
 * Many people by their addresses. Graph takes fifteen comparisons in one filter, so a list of five hundred takes some
 * seventy reads: by principal name, which is nearly always the address, and by mail, as one user's mail address may be
 * another's principal name. https://learn.microsoft.com/graph/aad-advanced-queries
 */
const comparisonsPerFilter = 15;
/** Concurrent, but few enough that Graph does not throttle. */
const readsAtOnce = 6;

/**
 * An address as Graph is queried for it: with straight apostrophes, where a phone types curly ones, and no invisible
 * characters.
 */
export function addressOf(typed: string): string {
  return typed
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[‘’‛]/g, "'")
    .trim();
}

/** Whether two addresses are the same, ignoring case. */
export function isSameAddress(one: string, other: string): boolean {
  return addressOf(one).toLowerCase() === addressOf(other).toLowerCase();
}

type Addressed = z.infer<typeof addressedUserSchema>;

export async function findByAddress(
  graph: GraphClient,
  addresses: readonly string[],
): Promise<Fetched<ReadonlyMap<string, DirectoryUser>>> {
  const wanted = [...new Set(addresses.map((address) => addressOf(address).toLowerCase()))];
  const byName = await whereEqual(graph, 'userPrincipalName', wanted);
  if (!byName.ok) return byName;
  const byMail = await whereEqual(graph, 'mail', wanted);
  if (!byMail.ok) return byMail;
  const found = new Map<string, DirectoryUser>();
  const shared = new Set<string>();
  const isTheirs = (address: string, { mail: _, ...user }: Addressed) => {
    const other = found.get(address);
    if (other !== undefined && other.id !== user.id) shared.add(address);
    found.set(address, user);
  };
  for (const user of byName.value) isTheirs(user.userPrincipalName.toLowerCase(), user);
  for (const user of byMail.value) isTheirs(user.mail?.toLowerCase() ?? '', user);
  // An address that two people share identifies neither.
  for (const address of shared) found.delete(address);
  return fetched(found);
}

type AddressProperty = 'userPrincipalName' | 'mail';

async function whereEqual(
  graph: GraphClient,
  property: AddressProperty,
  values: readonly string[],
): Promise<Fetched<readonly Addressed[]>> {
  const reads = Math.ceil(values.length / comparisonsPerFilter);
  const parts = Array.from({ length: reads }, (_, index) =>
    values.slice(index * comparisonsPerFilter, (index + 1) * comparisonsPerFilter),
  );
  const answers = await pMap(parts, (part) => askFor(graph, property, part), { concurrency: readsAtOnce });
  const users: Addressed[] = [];
  for (const answer of answers) {
    if (!answer.ok) return answer;
    users.push(...answer.value);
  }
  return fetched(users);
}

async function askFor(
  graph: GraphClient,
  property: AddressProperty,
  values: readonly string[],
): Promise<Fetched<readonly Addressed[]>> {
  const query = {
    $filter: values.map((value) => `${property} eq ${filterText(value)}`).join(' or '),
    $select: `${userFields},mail`,
    $top: '999',
  };
  const listing = await readAll(graph, { path: '/users', query }, addressedUserSchema);
  if (listing.ok) return fetched(listing.value.items);
  const { trouble } = listing;
  if (trouble.kind !== 'refused' || trouble.status !== 400) return listing;
  // Graph rejected a value that cannot be an address; the others are still queried.
  if (values.length === 1) return fetched([]);
  const half = Math.ceil(values.length / 2);
  const first = await askFor(graph, property, values.slice(0, half));
  if (!first.ok) return first;
  return mapped(await askFor(graph, property, values.slice(half)), (others) => [...first.value, ...others]);
}
