import type { Transaction } from 'kysely';
import type { Access } from '../../../access/access.ts';
import type { StillMay } from '../../../access/still-may.ts';
import type { WatchedStatus } from '../../../chat/jobs/job-change.ts';
import { mayWatchStill } from '../../../chat/watching-places.ts';
import type { Database } from '../../../db/database.ts';
import type { Schema } from '../../../db/schema.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { StoreParts } from '../../../requests/store.ts';
import { enqueueAnnouncements, watchReference } from './announcements.ts';
import { hastenRound, lockRound } from './round.ts';
import { ALL, toWatch, type Watch, type Watched, watchedId } from './watch-row.ts';

export type WatchParts = Pick<StoreParts, 'database' | 'clock' | 'giveWay'>;

/**
 * Stores the watch. For a job known to be in quarantine a card is queued at once; a job that has not been read yet is
 * read as soon as the watcher is woken. False when the conversation watches it already.
 */
export async function addWatch(parts: WatchParts, watch: Omit<Watch, 'addedAt'>): Promise<boolean> {
  const { database, clock } = parts;
  const { key, watched, conversation, reader, addedBy } = watch;
  return database.transact(async (transaction) => {
    const at = clock.now();
    // A round that stores a quarantine now comes before or after, so exactly one of the two queues the card.
    await lockRound(parts, transaction);
    const added = await transaction
      .insertInto('watches')
      .values({
        key,
        app_id: watchedId(watched),
        app_name: watched.kind === 'all' ? '' : watched.app.name,
        conversation,
        locale: reader.locale,
        time_zone: reader.timeZone,
        added_by: addedBy,
        added_at: at,
        // What failed before is not reported.
        ...(watched.kind === 'failures' ? { read_until: at, due_at: at } : {}),
      })
      .onConflict((conflict) => conflict.columns(['key', 'app_id']).doNothing())
      .returning('key')
      .executeTakeFirst();
    if (added === undefined) return false;
    const details = { place: key, watched: watchedId(watched) };
    await writeAudit(transaction, { at, actorId: addedBy, kind: 'watchAdded', requestId: null, details });
    if (await tellKnown(transaction, watch, at)) await hastenRound(transaction, at);
    return true;
  });
}

/** Queues what is known about the watched jobs already; true where a job has not been read yet. */
async function tellKnown(
  transaction: Transaction<Schema>,
  watch: Omit<Watch, 'addedAt'>,
  at: number,
): Promise<boolean> {
  const { watched, key } = watch;
  if (watched.kind === 'failures') return false;
  const jobs = transaction.selectFrom('watched_jobs').selectAll();
  const known = await (watched.kind === 'all' ? jobs : jobs.where('app_id', '=', watched.app.id)).execute();
  const names = watched.kind === 'all' ? await appNames(transaction) : new Map([[watched.app.id, watched.app.name]]);
  const own = await transaction.selectFrom('watches').select('app_id').where('key', '=', key).execute();
  for (const { app_id: id, state, status } of known) {
    const isTold = watched.kind === 'all' && own.some(({ app_id }) => app_id === id);
    if (state !== 'quarantined' || isTold) continue;
    const app = { id, name: names.get(id) ?? id };
    const change = { app, change: 'enteredQuarantine', status: JSON.parse(status) as WatchedStatus, at } as const;
    await enqueueAnnouncements(transaction, [watch], change);
  }
  return watched.kind === 'all' || known.length === 0;
}

/** The names of apps as they were last seen, or watched. */
async function appNames(transaction: Transaction<Schema>): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction
    .selectFrom('watches')
    .select(['app_id', 'app_name'])
    .unionAll(transaction.selectFrom('seen_jobs').select(['app_id', 'app_name']))
    .execute();
  return new Map(rows.map(({ app_id, app_name }) => [app_id, app_name]));
}

/** False when the conversation did not watch it. Cards queued for it about the app are not sent any more. */
export async function removeWatch(parts: WatchParts, key: string, watched: Watched, actorId: string): Promise<boolean> {
  const { database, clock } = parts;
  const id = watchedId(watched);
  return database.transact(async (transaction) => {
    await lockRound(parts, transaction);
    const removed = await transaction
      .deleteFrom('watches')
      .where('key', '=', key)
      .where('app_id', '=', id)
      .returning('key')
      .executeTakeFirst();
    if (removed === undefined) return false;
    await transaction
      .updateTable('messages')
      .set({ due_at: null })
      .where('kind', '=', 'announcement')
      .where('reference', '=', watchReference(id, key))
      .where('due_at', 'is not', null)
      .execute();
    await forgetUnwatched(transaction);
    const details = { place: key, watched: id };
    await writeAudit(transaction, { at: clock.now(), actorId, kind: 'watchRemoved', requestId: null, details });
    return true;
  });
}

/** A job that is not read any more: what is stored about it would be outdated for the next watch. */
async function forgetUnwatched(transaction: Transaction<Schema>): Promise<void> {
  const watched = () => transaction.selectFrom('watches').select('app_id');
  await transaction
    .deleteFrom('watched_jobs')
    .where('app_id', 'not in', watched())
    .where(({ not, exists }) => not(exists(watched().where('app_id', '=', ALL))))
    .execute();
}

/** Whether the person who added a watch may still watch; otherwise it does not count. */
export function mayWatch(
  access: Pick<Access, 'identify'>,
  { addedBy, watched }: Pick<Watch, 'addedBy' | 'watched'>,
): Promise<StillMay> {
  return mayWatchStill(access, { by: addedBy, ofAllApps: watched.kind === 'all' });
}

/** This watch of the conversation, by what is watched; null where there is none. */
export async function findWatch({ query }: Database, key: string, watched: string): Promise<Watch | null> {
  const found = query.selectFrom('watches').selectAll().where('key', '=', key).where('app_id', '=', watched);
  const row = await found.executeTakeFirst();
  return row === undefined ? null : toWatch(row);
}

/** All watches, in the order in which they were added. */
export async function listAllWatches({ query }: Database): Promise<Watch[]> {
  const watches = query.selectFrom('watches').selectAll();
  return (await watches.orderBy('added_at').orderBy('key').orderBy('app_id').execute()).map(toWatch);
}

/** The watches of this conversation: that on all apps first, then by the apps' names. */
export async function listWatches({ query }: Database, key: string): Promise<Watch[]> {
  const rows = await query
    .selectFrom('watches')
    .selectAll()
    .where('key', '=', key)
    .orderBy('app_name')
    .orderBy('app_id')
    .execute();
  return rows.map(toWatch);
}
