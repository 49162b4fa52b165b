import type { Log } from '../log.ts';
import { packRecord } from '../seals/pack-record.ts';
import { pruneRecord } from '../seals/prune.ts';
import { startWorker, type Worker } from '../worker.ts';
import { archiveAccessRequests, archiveRequests, pruneArchived } from './archive/archive.ts';
import {
  type Batch,
  type Cursor,
  type Pruned,
  type PrunedTable,
  pruneAccessRequests,
  pruneNames,
  prunePeople,
  prunePlaces,
  pruneRepairs,
  pruneRequests,
  pruneTexts,
} from './expired.ts';
import { makeLean, reportDays } from './lean.ts';
import { pruneSpentIds } from './spent-ids.ts';
import type { StoreParts } from './store.ts';

/**
 * Deletes what is past its time: once a day, in one process, in small batches with pauses, so that requests go on
 * meanwhile. `expired.ts` decides what that is. A process that dies leaves the rest to the next day: each batch is one
 * transaction, and looks at the rows as they are.
 */
export interface RetentionParts {
  readonly store: StoreParts;
  /** For how many days finished requests, and the entries of the audit log, are kept. */
  readonly days: { readonly requestDays: number; readonly recordDays: number };
  /** Whether Usher has to be able to write to this person first, whenever they wrote last. */
  readonly isNeeded: (personId: string) => Promise<boolean>;
  /** For metrics; it must not throw. */
  readonly observe: (table: PrunedTable, rows: number) => void;
  readonly log: Log;
}

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;
/** What a start stirs up comes first. */
const firstAfterMs = 5 * 60_000;
/** Several times as long as a batch takes: the pause is for the people who ask for something. */
const pauseMs = 100;
const entriesAtOnce = 200;
const packedAfterDays = 30;
const round = 'retention';

export function startRetention({ store, days, isNeeded, observe, log }: RetentionParts): Worker {
  const { clock } = store;
  const beforeDays = (count: number) => clock.now() - count * dayMs;
  const ofRequests = [
    pruneRepairs,
    pruneAccessRequests,
    pruneRequests,
    pruneArchived,
    pruneTexts,
    prunePeople(isNeeded),
    pruneNames,
    prunePlaces,
  ].map((prune) => (after: Cursor | null) => prune(store, beforeDays(days.requestDays), after));
  const steps: readonly ((after: Cursor | null) => Promise<Batch>)[] = [
    ...ofRequests,
    (after) => archiveAccessRequests(store, beforeDays(reportDays), after),
    (after) => archiveRequests(store, beforeDays(reportDays), after),
    () => makeLean(store, beforeDays(reportDays)),
    () => pruneSpentIds(store, beforeDays(days.recordDays)),
    async () => ({ deleted: {}, next: (await packRecord(store.database, beforeDays(packedAfterDays))) ? [] : null }),
    async () => {
      const entries = await pruneRecord(store.database, beforeDays(days.recordDays), entriesAtOnce);
      return { deleted: { audit_log: entries }, next: entries < entriesAtOnce ? null : [] };
    },
  ];
  /** Where this process is in the day's work; null while there is none. */
  let place: { readonly step: number; readonly after: Cursor | null } | null = null;
  let total: Pruned = {};

  async function work(stopping: AbortSignal): Promise<number | null> {
    place ??= (await isDue(store)) ? { step: 0, after: null } : null;
    const prune = steps[place?.step ?? steps.length];
    if (place === null || prune === undefined) {
      place = null;
      return null;
    }
    const { deleted, next } = await prune(place.after);
    for (const [table, rows = 0] of Object.entries(deleted) as [PrunedTable, number | undefined][]) {
      if (rows === 0) continue;
      observe(table, rows);
      total = { ...total, [table]: (total[table] ?? 0) + rows };
    }
    place = next === null ? { step: place.step + 1, after: null } : { step: place.step, after: next };
    if (place.step < steps.length) {
      await clock.sleep(pauseMs, stopping);
      return 0;
    }
    if (Object.keys(total).length > 0) log.info({ deleted: total }, 'what was past its time has been deleted');
    [place, total] = [null, {}];
    return null;
  }

  return startWorker({
    name: 'retention',
    failed: { code: 'not_pruned', message: 'what is past its time could not be deleted', level: 'warn' },
    work,
    clock,
    log,
    maxIdleMs: hourMs,
    faultPauseMs: { first: 60_000, longest: hourMs },
    firstAfterMs,
    giveWay: store.giveWay,
  });
}

/** Whether the day's work is to be done, and by this process: no other one is told so within a day. */
async function isDue({ database, clock }: StoreParts): Promise<boolean> {
  const now = clock.now();
  const begun = await database.query
    .insertInto('rounds')
    .values({ name: round, due_at: now + dayMs })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ due_at: now + dayMs })
        // The second: the wall clock was set back.
        .where((row) => row.or([row('rounds.due_at', '<=', now), row('rounds.due_at', '>', now + dayMs)])),
    )
    .returning('name')
    .executeTakeFirst();
  return begun !== undefined;
}
