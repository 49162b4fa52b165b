import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { GiveWay } from '../precedence.ts';
import { startWorker, type Worker } from '../worker.ts';
import { readHead, sealNext, sealStragglers } from './chain.ts';

/**
 * Seals the entries of the audit log soon after they were committed, and those of a version that sealed none, once. The
 * count and the hash so far go to the log once an hour, where they are beyond the reach of the database's users:
 * `npm run history -- --verify --kept COUNT:HASH` finds by them that the end was cut off.
 */
export type Sealer = Worker;

export interface SealerParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when entries have been sealed. */
  readonly sealed?: () => void;
  readonly giveWay?: GiveWay | undefined;
}

const most = 200;
/** Between two full batches, so that answers come first: SQLite runs in this thread. */
const breathMs = 50;
const idleMs = 60_000;
const hourMs = 3_600_000;

export function startSealer({ database, clock, log, sealed, giveWay }: SealerParts): Sealer {
  let told = 0;
  let hourlyAt = Number.NEGATIVE_INFINITY;
  let isHourly = false;

  async function work(): Promise<number> {
    if (clock.monotonic() >= hourlyAt) {
      // First, so that what an earlier process left keeps its place before what is written from now on.
      if ((await sealStragglers(database, most)) > 0) sealed?.();
      [hourlyAt, isHourly] = [clock.monotonic() + hourMs, true];
    }
    const count = await sealNext(database, most);
    if (count > 0) sealed?.();
    if (count === most) return breathMs;
    if (isHourly) await tell();
    isHourly = false;
    return idleMs;
  }

  async function tell(): Promise<void> {
    const { seq, hash } = await readHead(database.query);
    // A line each hour of a night in which nothing happened would tell nothing.
    if (seq > told) log.info({ code: 'audit_log_sealed', entries: seq, hash }, 'the audit log is sealed up to here');
    told = seq;
  }

  return startWorker({
    name: 'sealer',
    failed: { code: 'sealing_failed', message: 'the audit log could not be sealed; tried again' },
    work,
    clock,
    log,
    maxIdleMs: idleMs,
    faultPauseMs: { first: 1_000, longest: idleMs },
    giveWay,
  });
}
