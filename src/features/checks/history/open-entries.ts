import type { Database } from '../../../db/database.ts';
import type { HistoryEntry } from './history-entry.ts';
import { inOrder, type Key, newestFirst } from './keys.ts';
import { readEntries } from './read-entries.ts';

/** Access requests that wait for a decision, their day or their end. */
const openAccess = ['pending', 'approved', 'started'] as const;
const openTasks = ['held', 'waiting', 'running'] as const;

/**
 * A person's own requests that have not ended, newest first: the first `shown` of them, and how many there are, counted
 * to `most`. A provisioning request that carries out an access request is one with it.
 */
export async function findOpenEntries(
  database: Database,
  requestedById: string,
  { shown, most }: { readonly shown: number; readonly most: number },
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly count: number }> {
  const { query } = database;
  const access = query
    .selectFrom('access_requests')
    .select(['created_at as at', 'id'])
    .where('requested_by_id', '=', requestedById)
    .where('state', 'in', openAccess);
  // There are few open tasks, however long the history is.
  const provisioning = query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select(['requests.created_at as at', 'requests.id as id'])
    .distinct()
    .where('tasks.state', 'in', openTasks)
    .where('requests.requested_by_id', '=', requestedById)
    .where('requests.access_at', 'is', null);
  const [ofAccess, ofProvisioning] = await Promise.all([
    inOrder(access, most).execute(),
    inOrder(provisioning, most).execute(),
  ]);
  const keys = [
    ...ofAccess.map((key): Key => ({ kind: 'access', ...key })),
    ...ofProvisioning.map((key): Key => ({ kind: 'provisioning', ...key })),
  ].toSorted(newestFirst);
  return { entries: await readEntries(database, keys.slice(0, shown)), count: Math.min(keys.length, most) };
}
