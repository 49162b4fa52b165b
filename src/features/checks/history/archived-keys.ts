import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { Schema } from '../../../db/schema.ts';
import { lineKinds, markOf } from '../../../requests/archive/lines.ts';
import type { Cursor } from './history-entry.ts';
import { inOrder, type Key, type Keys, noOlderThan, olderThan, type Sought } from './keys.ts';

/** The same lines of the history among the archived requests, of both kinds or of one. */
export function archivedKeys(
  query: Kysely<Schema>,
  sought: Sought,
  accessSince: number | null,
  kind: Key['kind'] | null = null,
): Keys {
  const { requestedById, notRequestedByIds = [], appId, isFurther, ticket, subjectIds, among } = sought;
  const isThroughCalls = subjectIds !== undefined || isFurther === true;
  const kinds = kind === null ? [lineKinds.provisioning, lineKinds.access] : [lineKinds[kind]];
  const lines = query.selectFrom('archived_lines').select(['at', 'id']).where('kind', 'in', kinds);
  // Literally, as the indices have it. A request with several calls about a person is one line.
  let found = isThroughCalls ? lines.distinct() : lines.where(sql<boolean>`is_first = 1`);
  if (requestedById !== undefined) found = found.where('requested_by', '=', markOf(requestedById));
  for (const id of notRequestedByIds) found = found.where('requested_by', '!=', markOf(id));
  if (appId !== undefined) found = found.where('app', '=', markOf(appId));
  if (isFurther === true) found = found.where(sql<boolean>`is_further = 1`);
  if (ticket !== undefined) found = found.where('ticket', '=', ticket);
  if (subjectIds !== undefined) found = found.where('subject', 'in', subjectIds.map(markOf));
  if (among === 'failed') found = found.where('has_failed', '=', 1);
  if (among === 'open') found = found.where('is_open', '=', 1);
  if (accessSince !== null && among !== 'failed')
    found = found.where((line) => line.or([line('access_at', 'is', null), line('access_at', '<', accessSince)]));
  if (sought.since !== undefined) found = found.where('at', '>=', sought.since);
  if (sought.after !== undefined) found = found.where(olderThan('at', 'id', sought.after));
  if (sought.upTo !== undefined) found = found.where(noOlderThan('at', 'id', sought.upTo));
  return found as unknown as Keys;
}

export async function findArchivedKeys(
  { query }: Database,
  sought: Sought,
  limit: number,
  accessSince: number | null,
  kind: Key['kind'] | null = null,
): Promise<Key[]> {
  const keys: readonly Cursor[] = await inOrder(archivedKeys(query, sought, accessSince, kind), limit).execute();
  if (keys.length === 0) return [];
  if (kind !== null) return keys.map((key) => ({ ...key, kind }));
  const rows = await query
    .selectFrom('archived_lines')
    .select('id')
    .distinct()
    .where('kind', '=', lineKinds.access)
    .where(
      'id',
      'in',
      keys.map(({ id }) => id),
    )
    .execute();
  const access = new Set(rows.map(({ id }) => id));
  return keys.map((key): Key => ({ ...key, kind: access.has(key.id) ? 'access' : 'provisioning' }));
}
