import type { LogRead, ProvisioningLog } from '../../../graph/provisioning-log.ts';
import type { LogEntry } from '../../../graph/provisioning-log-entry.ts';
import type { Synchronization } from '../../../graph/synchronization.ts';
import type { Log } from '../../../log.ts';
import { insertMessages } from '../../../outbox/message-store.ts';
import type { FailedPerson, FailuresDetails } from './announcement-details.ts';
import { announcement, watchReference } from './announcements.ts';
import { quietNow } from './quiet-hours.ts';
import { lockRound } from './round.ts';
import { toWatch, type Watch, type Watched, watchedId } from './watch-row.ts';
import type { WatchParts } from './watches.ts';

/**
 * The people whom an app's job could not provision, as the provisioning log tells. Each watch stores until when it has
 * read the log. What is read next begins there, and ends so long ago that the log has it; so each failure is told once,
 * by one card an hour. In quiet hours nothing is read, and the first card after them is about all of them.
 */
export interface FailuresParts {
  readonly store: WatchParts;
  /** The failures after one moment, up to and including another; null where the app has no job. */
  readonly readFailures: (appId: string, after: number, until: number) => Promise<LogRead | null>;
  readonly log: Log;
}

/** The log lags by some minutes. */
export const LOG_LAG_MS = 15 * 60_000;
/** After a card, and where there was nothing to tell. */
const pauseMs = { card: 60 * 60_000, nothing: 15 * 60_000 };
/** The log reaches no further back for many tenants. */
const longestMs = 7 * 24 * 60 * 60_000;
export const MOST_PEOPLE = 15;

/** Reads the log for each watch that is due; true when a card was queued. Call it while making the round. */
export async function lookForFailures(parts: FailuresParts, owner: string): Promise<boolean> {
  const { store, log } = parts;
  const { database, clock } = store;
  const now = clock.now();
  const rows = await database.query
    .selectFrom('watches')
    .selectAll()
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .execute();
  if (rows.length === 0) return false;
  const quiet = await quietNow(database.query, now);
  let isTold = false;
  for (const row of rows) {
    const until = now - LOG_LAG_MS;
    const watch = toWatch(row);
    if (watch.watched.kind !== 'failures' || quiet.has(row.key) || row.read_until === null || row.read_until >= until)
      continue;
    const { app } = watch.watched;
    const after = Math.max(row.read_until, now - longestMs);
    const read = await parts.readFailures(app.id, after, until);
    if (read !== null && read.kind !== 'read') {
      const details = { appId: app.id, code: 'watched_log_unread', why: read.why };
      log.warn(details, 'the provisioning log of a watched app could not be read');
      const later = database.query.updateTable('watches').set({ due_at: now + pauseMs.nothing });
      await later.where('key', '=', row.key).where('app_id', '=', row.app_id).execute();
      continue;
    }
    const entries = read?.entries ?? [];
    const window = { until, isComplete: read?.complete ?? true };
    if (await noteFailures(store, owner, { ...watch, watched: watch.watched }, window, entries)) isTold = true;
  }
  return isTold;
}

/** Stores until when the log was read and queues the card: both, or neither where another process has done so. */
async function noteFailures(
  { database, clock }: WatchParts,
  owner: string,
  watch: Watch & { readonly watched: Extract<Watched, { kind: 'failures' }> },
  { until, isComplete }: { readonly until: number; readonly isComplete: boolean },
  entries: readonly LogEntry[],
): Promise<boolean> {
  const id = watchedId(watch.watched);
  return database.transact(async (transaction) => {
    if ((await lockRound({ database, clock }, transaction)).lease_owner !== owner) return false;
    const at = clock.now();
    const noted = await transaction
      .updateTable('watches')
      .set({ read_until: until, due_at: at + (entries.length === 0 ? pauseMs.nothing : pauseMs.card) })
      .where('key', '=', watch.key)
      .where('app_id', '=', id)
      .returning('key')
      .executeTakeFirst();
    if (noted === undefined || entries.length === 0) return false;
    const people = onePerPerson(entries);
    const details: FailuresDetails = {
      kind: 'failures',
      app: watch.watched.app,
      people: people.slice(0, MOST_PEOPLE),
      count: people.length,
      isComplete,
      since: Math.min(...people.map(({ first }) => first)),
      at,
    };
    await insertMessages(
      transaction,
      [announcement(watchReference(id, watch.key), watch, JSON.stringify(details), at)],
      at,
    );
    return true;
  });
}

/** The last failure of each: the service repeats a failing try at every run. */
function onePerPerson(entries: readonly LogEntry[]): readonly (FailedPerson & { readonly first: number })[] {
  const byPerson = Map.groupBy(entries, ({ id, objectIds: [source] }) => source ?? id);
  return [...byPerson.values()].flatMap((same) => {
    const [last] = same;
    if (last === undefined) return [];
    const { objectIds, outcome, at } = last;
    return [{ objectIds, outcome, at: at ?? 0, times: same.length, first: same.at(-1)?.at ?? at ?? 0 }];
  });
}

/** Reads the failures of an app's job for people; null where it has none. */
export function failuresReader(
  { findStatus }: Pick<Synchronization, 'findStatus'>,
  { readFailures }: Pick<ProvisioningLog, 'readFailures'>,
): FailuresParts['readFailures'] {
  return async (appId, after, until) => {
    const job = await findStatus(appId);
    if (!job.ok) return { kind: 'unread', why: 'away' };
    return job.value.kind === 'none' ? null : readFailures(job.value.status.id, after, until);
  };
}
