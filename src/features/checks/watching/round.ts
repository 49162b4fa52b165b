import type { Kysely, Selectable, Transaction } from 'kysely';
import { changeBetween, type WatchedStatus, watchedStateOf } from '../../../chat/jobs/job-change.ts';
import { quarantinedApps } from '../../../chat/jobs/seen-jobs.ts';
import { longestLeaseMs } from '../../../db/leases.ts';
import type { RoundRow, Schema } from '../../../db/schema.ts';
import type { Lease } from '../../../requests/request.ts';
import type { StoreParts } from '../../../requests/store.ts';
import { enqueueAnnouncements, foldDueNews } from './announcements.ts';
import { ALL, failuresAppId, toWatch, type Watch } from './watch-row.ts';

/**
 * The round that reads all watched jobs, and those in quarantine. The database stores when it is due, and which process
 * makes it. Every change to what is watched, or to what is known about it, locks the round's one row, so these changes
 * are serialized; and a process that has lost the round meanwhile does not store what it read, as that may be outdated.
 */
type RoundParts = Pick<StoreParts, 'database' | 'clock'>;

const round = 'watching';

/** Locks the round's row, where other processes could read it too, and returns it. */
export async function lockRound(
  { database }: RoundParts,
  transaction: Transaction<Schema>,
): Promise<Selectable<RoundRow>> {
  await transaction
    .insertInto('rounds')
    .values({ name: round, due_at: 0 })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const found = transaction.selectFrom('rounds').selectAll().where('name', '=', round);
  return (database.dialect.lockRows ? found.forUpdate() : found).executeTakeFirstOrThrow();
}

export type RoundClaim =
  | {
      readonly kind: 'claimed';
      /** The apps that are watched by name, and those in quarantine. */
      readonly appIds: readonly string[];
      /** Where a conversation watches all apps: those whose job ran or was in quarantine when it was last read. */
      readonly ofAll: readonly string[] | null;
    }
  /** No round before then, in milliseconds from now; `hasNews`: some that were held back are due. */
  | { readonly kind: 'later'; readonly inMs: number; readonly hasNews: boolean };

/** Leases the round, if it is due and no other process makes it. Mostly it is not, and one statement tells. */
export async function claimRound(parts: RoundParts, lease: Lease, everyMs: number): Promise<RoundClaim> {
  const { database, clock } = parts;
  const found = await database.query
    .selectNoFrom((none) => [
      none.selectFrom('rounds').select('due_at').where('name', '=', round).as('dueAt'),
      none.selectFrom('watches').select('app_id').limit(1).as('watched'),
      none.selectFrom('seen_jobs').select('app_id').where('quarantined', '=', 1).limit(1).as('quarantined'),
      none
        .selectFrom('held_news')
        .select((select) => select.fn.min('due_at').as('at'))
        .as('newsAt'),
    ])
    .executeTakeFirstOrThrow();
  const hasNews = found.newsAt !== null && found.newsAt <= clock.now();
  const later = (inMs: number): RoundClaim => ({ kind: 'later', inMs, hasNews });
  if (found.watched === null && found.quarantined === null) return later(everyMs);
  const pauseMs = (found.dueAt ?? 0) - clock.now();
  if (pauseMs > 0 && pauseMs <= everyMs) return later(pauseMs);
  return database.transact(async (transaction): Promise<RoundClaim> => {
    const row = await lockRound(parts, transaction);
    const now = clock.now();
    if (isHeld(parts, row, lease.owner)) return later(Math.max((row.lease_until ?? 0) - now, 1));
    const inMs = row.due_at - now;
    // A wall clock that was set back must not make the pause longer.
    if (inMs > 0 && inMs <= everyMs) return later(inMs);
    const watched = await transaction.selectFrom('watches').select('app_id').distinct().orderBy('app_id').execute();
    const seen = await quarantinedApps({ query: transaction });
    const ids = watched.map(({ app_id }) => app_id);
    const byName = ids.filter((id) => id !== ALL && failuresAppId(id) === null);
    const appIds = [...new Set([...byName, ...seen])];
    if (ids.length + seen.length === 0) {
      await transaction
        .updateTable('rounds')
        .set({ due_at: now + everyMs })
        .where('name', '=', round)
        .execute();
      return later(everyMs);
    }
    await transaction
      .updateTable('rounds')
      .set({ lease_owner: lease.owner, lease_until: lease.until, due_at: now + everyMs })
      .where('name', '=', round)
      .execute();
    return { kind: 'claimed', appIds, ofAll: ids.includes(ALL) ? await appsWithJobs(transaction) : null };
  });
}

/** Whether another process makes the round now. */
function isHeld({ database, clock }: RoundParts, row: Selectable<RoundRow>, owner: string): boolean {
  const now = clock.now();
  return (
    row.lease_owner !== null &&
    row.lease_owner !== owner &&
    // Where one process owns the database, the owner of any other lease is gone.
    !database.dialect.singleProcess &&
    (row.lease_until ?? 0) > now &&
    (row.lease_until ?? 0) <= now + longestLeaseMs
  );
}

async function appsWithJobs(transaction: Transaction<Schema>): Promise<string[]> {
  const rows = await transaction.selectFrom('watched_jobs').select('app_id').where('state', '!=', 'stopped').execute();
  return rows.map(({ app_id }) => app_id);
}

/**
 * Queues a card a conversation for the news that are due there: those of a round once it is over, others at the end of
 * quiet hours. True when a card was queued.
 */
export async function tellDueNews(parts: RoundParts, owner: string): Promise<boolean> {
  const { database, clock } = parts;
  return database.transact(async (transaction) => {
    // The process that makes a round tells its news together at the end.
    if (isHeld(parts, await lockRound(parts, transaction), owner)) return false;
    return foldDueNews(transaction, clock.now());
  });
}

/** Makes the next round due, as there is an app that has not been read yet. Call it with the round's row locked. */
export async function hastenRound(transaction: Transaction<Schema>, at: number): Promise<void> {
  await transaction.updateTable('rounds').set({ due_at: at }).where('name', '=', round).execute();
}

/** Renews the lease until then, unless it is lost. */
export async function renewRound({ database }: RoundParts, { owner, until }: Lease): Promise<void> {
  await database.query
    .updateTable('rounds')
    .set({ lease_until: until })
    .where('name', '=', round)
    .where('lease_owner', '=', owner)
    .execute();
}

/** Releases the lease, if still held. The next round's due time is stored already. */
export async function releaseRound({ database }: RoundParts, owner: string): Promise<void> {
  await database.query
    .updateTable('rounds')
    .set({ lease_owner: null, lease_until: null })
    .where('name', '=', round)
    .where('lease_owner', '=', owner)
    .execute();
}

/**
 * Stores a job's status, and queues a card for every conversation that watches it if the change is news: both or
 * neither. True when a card was queued; a process that has lost the round stores nothing.
 *
 * @param app with its name, where the round knows it; a watch on the app has it as well
 */
export async function noteStatus(
  parts: RoundParts,
  owner: string,
  { id, name }: { readonly id: string; readonly name: string | null },
  status: WatchedStatus,
): Promise<boolean> {
  const { database, clock } = parts;
  const state = watchedStateOf(status);
  if (state === null) return false;
  return database.transact(async (transaction) => {
    if ((await lockRound(parts, transaction)).lease_owner !== owner) return false;
    const known = await transaction
      .selectFrom('watched_jobs')
      .select('state')
      .where('app_id', '=', id)
      .executeTakeFirst();
    const rows = await transaction
      .selectFrom('watches')
      .selectAll()
      .where('app_id', 'in', [id, ALL])
      .orderBy('key')
      .execute();
    const watches = oncePerConversation(rows.map(toWatch));
    if (watches.length === 0 || known?.state === state) return false;
    const at = clock.now();
    const columns = { state, status: JSON.stringify(status), since: at };
    await transaction
      .insertInto('watched_jobs')
      .values({ app_id: id, ...columns })
      .onConflict((conflict) => conflict.column('app_id').doUpdateSet(columns))
      .execute();
    const change = changeBetween(known?.state ?? null, state);
    if (change === null) return false;
    const app = { id, name: name ?? (await watchedName(transaction, watches, id)) };
    await enqueueAnnouncements(transaction, watches, { app, change, status, at });
    return true;
  });
}

/** A conversation that watches the app by its name as well is told once, by a card of its own. */
function oncePerConversation(watches: readonly Watch[]): Watch[] {
  const byName = watches.filter(({ watched }) => watched.kind === 'sync');
  const keys = new Set(byName.map(({ key }) => key));
  return [...byName, ...watches.filter(({ watched, key }) => watched.kind === 'all' && !keys.has(key))];
}

/** The name of an app that some of these watches are on: as it was when the watch was added, or as last seen. */
export async function watchedName(query: Kysely<Schema>, watches: readonly Watch[], id: string): Promise<string> {
  const [named] = watches.flatMap(({ watched }) => (watched.kind === 'all' ? [] : [watched.app.name]));
  if (named !== undefined) return named;
  const seen = query.selectFrom('seen_jobs').select('app_name').where('app_id', '=', id);
  return (await seen.executeTakeFirst())?.app_name ?? id;
}
