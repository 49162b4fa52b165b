import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';

/**
 * Looks after what another process began and did not end: turns without an answer, cards that do not show the latest,
 * and requests that have none. Each process draws what it changes itself, so a card that is behind at two looks in a row
 * has lost its painter. A request may also have lost its card in a process that lives: the database took the request and
 * was gone before it could say so.
 */
export interface LeftBehind {
  /** Ends with the signal it was given; resolves when the last look is over. */
  readonly ended: Promise<void>;
}

export interface LeftBehindParts {
  /** Takes up the turns that are nobody's any more. */
  readonly resume: () => Promise<void>;
  /** The live cards that do not show the latest. */
  readonly findUndrawn: () => Promise<readonly string[]>;
  readonly touch: (liveId: string) => void;
  /** The requests that should have a card by now, and have none. */
  readonly findUnposted: () => Promise<readonly string[]>;
  readonly post: (liveId: string) => Promise<unknown>;
  /** Forgets what is of no use any more. */
  readonly prune: () => Promise<void>;
  readonly clock: Clock;
  readonly ending: AbortSignal;
  readonly log: Log;
  readonly everyMs?: number;
}

const defaultEveryMs = 5_000;
/** A card that cannot be brought to its latest is its painter's care for so long; one that Teams refuses can wait. */
const touchAgainMs = 10 * 60_000;
const pruneEveryMs = 3_600_000;

export function lookAfterLeftBehind(parts: LeftBehindParts): LeftBehind {
  const { clock, ending, log, everyMs = defaultEveryMs } = parts;
  let behind = new Set<string>();
  const touchedAt = new Map<string, number>();
  let pruneAt = clock.monotonic();

  async function look(): Promise<void> {
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
    if (now < pruneAt) return;
    pruneAt = now + pruneEveryMs;
    await parts.prune();
  }

  async function loop(): Promise<void> {
    for (;;) {
      await clock.sleep(everyMs, ending);
      if (ending.aborted) return;
      await look().catch((error: unknown) =>
        log.warn({ error, code: 'left_behind_unread' }, 'what other processes left could not be looked for'),
      );
    }
  }

  return { ended: loop() };
}
