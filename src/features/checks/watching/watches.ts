import type { Access } from '../../../access/access.ts';
import { deny } from '../../../access/policy.ts';
import { type StillMay, stillMay } from '../../../access/still-may.ts';
import type { WatchedStatus } from '../../../chat/jobs/job-change.ts';
import type { Database } from '../../../db/database.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { StoreParts } from '../../../requests/store.ts';
import { enqueueAnnouncements, watchReference } from './announcements.ts';
import { hastenRound, lockRound } from './round.ts';
import { toWatch, type Watch } from './watch-row.ts';

export type WatchParts = Pick<StoreParts, 'database' | 'clock'>;

/**
 * Stores the watch. For a job known to be in quarantine a card is queued at once; a job that has not been read yet is
 * read as soon as the watcher is woken. False when the conversation watches the app already.
 */
export async function addWatch(parts: WatchParts, watch: Omit<Watch, 'addedAt'>): Promise<boolean> {
  const { database, clock } = parts;
  const { key, app, conversation, reader, addedBy } = watch;
  return database.transact(async (transaction) => {
    const at = clock.now();
    // A round that stores a quarantine now comes before or after, so exactly one of the two queues the card.
    await lockRound(parts, transaction);
    const added = await transaction
      .insertInto('watches')
      .values({
        key,
        app_id: app.id,
        app_name: app.name,
        conversation,
        locale: reader.locale,
        time_zone: reader.timeZone,
        added_by: addedBy,
        added_at: at,
      })
      .onConflict((conflict) => conflict.columns(['key', 'app_id']).doNothing())
      .returning('key')
      .executeTakeFirst();
    if (added === undefined) return false;
    const details = { place: key, watched: app.id };
    await writeAudit(transaction, { at, actorId: addedBy, kind: 'watchAdded', requestId: null, details });
    const job = await transaction
      .selectFrom('watched_jobs')
      .selectAll()
      .where('app_id', '=', app.id)
      .executeTakeFirst();
    if (job?.state === 'quarantined') {
      const status = JSON.parse(job.status) as WatchedStatus;
      await enqueueAnnouncements(transaction, [watch], { change: 'enteredQuarantine', status, at });
    }
    if (job === undefined) await hastenRound(transaction, at);
    return true;
  });
}

/** False when the conversation did not watch it. Cards queued for it about the app are not sent any more. */
export async function removeWatch(parts: WatchParts, key: string, appId: string, actorId: string): Promise<boolean> {
  const { database, clock } = parts;
  return database.transact(async (transaction) => {
    await lockRound(parts, transaction);
    const removed = await transaction
      .deleteFrom('watches')
      .where('key', '=', key)
      .where('app_id', '=', appId)
      .returning('key')
      .executeTakeFirst();
    if (removed === undefined) return false;
    await transaction
      .updateTable('messages')
      .set({ due_at: null })
      .where('kind', '=', 'announcement')
      .where('reference', '=', watchReference(appId, key))
      .where('due_at', 'is not', null)
      .execute();
    const watcher = await transaction
      .selectFrom('watches')
      .select('key')
      .where('app_id', '=', appId)
      .limit(1)
      .executeTakeFirst();
    // An unwatched job is not read, so what is stored about it would be outdated for the next watch.
    if (watcher === undefined) await transaction.deleteFrom('watched_jobs').where('app_id', '=', appId).execute();
    const details = { place: key, watched: appId };
    await writeAudit(transaction, { at: clock.now(), actorId, kind: 'watchRemoved', requestId: null, details });
    return true;
  });
}

/** Whether the person who added a watch may still watch; otherwise it does not count. */
export function mayWatch(access: Pick<Access, 'identify'>, { addedBy }: Pick<Watch, 'addedBy'>): Promise<StillMay> {
  return stillMay(access, addedBy, (caller) => deny(caller, 'watch.change') === null);
}

/** The watch of this conversation on this app; null where there is none. */
export async function findWatch({ query }: Database, key: string, appId: string): Promise<Watch | null> {
  const found = query.selectFrom('watches').selectAll().where('key', '=', key).where('app_id', '=', appId);
  const row = await found.executeTakeFirst();
  return row === undefined ? null : toWatch(row);
}

/** All watches, in the order in which they were added. */
export async function listAllWatches({ query }: Database): Promise<Watch[]> {
  const watches = query.selectFrom('watches').selectAll();
  return (await watches.orderBy('added_at').orderBy('key').orderBy('app_id').execute()).map(toWatch);
}

/** The watches of this conversation, by the apps' names. */
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
