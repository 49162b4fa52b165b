import { z } from 'zod';
import { type Fetched, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { filterText, nullableText } from './odata.ts';
import { readAll } from './read.ts';
import { moment } from './stored-job.ts';
import { guid } from './user.ts';
import { addressOf, isSameAddress } from './user-addresses.ts';
import { foldName } from './user-names.ts';

/** A person whom Entra keeps for 30 days after the deletion. Names and addresses as they were before. */
export interface DeletedUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  /** Milliseconds since 1970; null when Graph does not say. */
  readonly deletedAt: number | null;
}

const deletedSchema = z.object({
  id: z.string(),
  displayName: nullableText,
  userPrincipalName: z.string(),
  mail: nullableText,
  deletedDateTime: nullableText,
});

/**
 * The deleted people whom a text means exactly: an object id, a principal name or mail address, or a name. A deletion
 * puts the object id before the principal name. https://learn.microsoft.com/graph/api/directory-deleteditems-list
 */
export async function findDeletedUsers(graph: GraphClient, text: string): Promise<Fetched<readonly DeletedUser[]>> {
  const address = text.includes('@') ? addressOf(text) : null;
  const query = {
    $filter: filterFor(text, address),
    $select: 'id,displayName,userPrincipalName,mail,deletedDateTime',
    // Graph compares the end of a text only in an advanced query, which counts.
    $count: 'true',
  };
  const call = { path: '/directory/deletedItems/microsoft.graph.user', query, eventual: true };
  return mapped(await readAll(graph, call, deletedSchema), ({ items }) =>
    items.flatMap(({ mail, deletedDateTime, ...user }) => {
      const prefix = user.id.replaceAll('-', '').toLowerCase();
      const userPrincipalName = user.userPrincipalName.toLowerCase().startsWith(prefix)
        ? user.userPrincipalName.slice(prefix.length)
        : user.userPrincipalName;
      const isMeant = address === null || [userPrincipalName, mail].some((one) => isSameAddress(one ?? '', address));
      const displayName = user.displayName ?? userPrincipalName;
      return isMeant ? [{ id: user.id, displayName, userPrincipalName, deletedAt: moment(deletedDateTime) }] : [];
    }),
  );
}

function filterFor(text: string, address: string | null): string {
  if (guid.test(text)) return `id eq ${filterText(text)}`;
  if (address !== null) return `mail eq ${filterText(address)} or endswith(userPrincipalName,${filterText(address)})`;
  const name = filterText(foldName(text));
  return ['displayName', 'mailNickname', 'givenName', 'surname'].map((key) => `${key} eq ${name}`).join(' or ');
}
