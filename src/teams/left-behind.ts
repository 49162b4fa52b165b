import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/**
 * Looks after what another process began and did not end: turns without an answer, and cards that do not show the
 * latest. Each process draws what it changes itself, so a card that is behind at two looks in a row has lost its
 * painter. Where one process owns the database there is nothing to be found after the start.
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
  /** Forgets what is of no use any more. */
  readonly prune: () => Promise<void>;
  readonly clock: Clock;
  readonly ending: AbortSignal;
  readonly log: Log;
  readonly everyMs?: number;
}

const defaultEveryMs = 5_000;
/** A card that cannot be brought to its latest is its painter's care for so long. */
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
