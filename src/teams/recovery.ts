import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';
import { startWorker, type Worker } from '../worker.ts';

/**
 * The recovery loop: resumes unanswered turns of dead processes, updates cards that do not show the latest revision,
 * and posts missing cards of requests. Each process draws what it changes itself, so a card that is outdated at two
 * checks in a row has lost its process. A living process may also leave a request without a card: the database stored
 * the request and failed before it could confirm.
 */
export interface RecoveryParts {
  /** Resumes the turns whose leases have expired. */
  readonly resume: () => Promise<void>;
  /** The live cards that do not show the latest revision. */
  readonly findUndrawn: () => Promise<readonly string[]>;
  readonly touch: (liveId: string) => void;
  /** The requests whose card should have been posted by now. */
  readonly findUnposted: () => Promise<readonly string[]>;
  readonly post: (liveId: string) => Promise<unknown>;
  /** Deletes what is no longer needed. */
  readonly prune: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs?: number;
}

const defaultEveryMs = 5_000;
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
    const found = new Set(await parts.findUndrawn());
    for (const [liveId, at] of touchedAt) if (at + touchAgainMs <= now) touchedAt.delete(liveId);
    for (const liveId of found) {
      if (!behind.has(liveId) || touchedAt.has(liveId)) continue;
      touchedAt.set(liveId, now);
      parts.touch(liveId);
    }
    behind = found;
    for (const liveId of await parts.findUnposted()) {
      if (touchedAt.has(liveId)) continue;
      touchedAt.set(liveId, now);
      await parts.post(liveId).catch((error: unknown) => {
        if (isDatabaseFault(error)) touchedAt.delete(liveId);
        log.warn({ error, code: 'card_not_posted', liveId }, 'the card that a request has lost could not be posted');
      });
    }
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
  });
}
