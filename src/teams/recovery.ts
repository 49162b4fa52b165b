import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { GiveWay } from '../precedence.ts';
import { startWorker, type Worker } from '../worker.ts';

/**
 * The recovery loop: resumes unanswered turns of dead processes, and updates cards that do not show the latest revision.
 * Each process draws what it changes itself, so a card that is outdated at two checks in a row has lost its process.
 */
export interface RecoveryParts {
  /** Resumes the turns whose leases have expired. */
  readonly resume: () => Promise<void>;
  /** The messages that do not show the latest revision. */
  readonly findUnshown: () => Promise<readonly string[]>;
  readonly touch: (id: string) => void;
  /** Deletes what is no longer needed. */
  readonly prune: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs?: number;
  readonly giveWay?: GiveWay | undefined;
}

/** Its work is taken over within a minute of a process's death, and a lease is half of that. */
const defaultEveryMs = 10_000;
/** For so long the card updater retries an outdated card itself; a card that Teams refuses can wait. */
const touchAgainMs = 10 * 60_000;
const pruneEveryMs = 3_600_000;

export function startRecovery(parts: RecoveryParts): Worker {
  const { clock, log, everyMs = defaultEveryMs } = parts;
  let behind = new Set<string>();
  const touchedAt = new Map<string, number>();
  let pruneAt = clock.monotonic();

  async function look(): Promise<null> {
    await parts.resume();
    const now = clock.monotonic();
    const found = new Set(await parts.findUnshown());
    for (const [id, at] of touchedAt) if (at + touchAgainMs <= now) touchedAt.delete(id);
    for (const id of found) {
      if (!behind.has(id) || touchedAt.has(id)) continue;
      touchedAt.set(id, now);
      parts.touch(id);
    }
    behind = found;
    if (now < pruneAt) return null;
    pruneAt = now + pruneEveryMs;
    await parts.prune();
    return null;
  }

  return startWorker({
    name: 'recovery',
    failed: { code: 'leftovers_unread', message: 'what other processes left could not be looked for', level: 'warn' },
    work: look,
    clock,
    log,
    maxIdleMs: everyMs,
    faultPauseMs: { first: everyMs, longest: everyMs },
    firstAfterMs: everyMs,
    giveWay: parts.giveWay,
  });
}
