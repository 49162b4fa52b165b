import { earliestGrant, type GateLimits } from '../rate-gate/gate.ts';

/**
 * How fast a bot may send and edit in one conversation: 7 in a second, 8 in two, 60 in thirty, 1,800 in an hour.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
 *
 * One send of each short window is reserved for a first answer, which must not wait.
 */
const limits: readonly GateLimits[] = [
  { limit: 6, windowMs: 1_000, guardMs: 100 },
  { limit: 7, windowMs: 2_000, guardMs: 100 },
  { limit: 58, windowMs: 30_000, guardMs: 500 },
  { limit: 1_790, windowMs: 3_600_000, guardMs: 1_000 },
];
const longestMemory = 1_790;
const rememberMs = 3_601_000;

/** The send times of conversations, on the monotonic clock. */
export interface Pacing {
  /** Counts a send that happens now, regardless of the limits: a first answer does not wait. */
  sent(conversation: string, now: number): void;
  /** Reserves the next free time, `now` or later, and returns it. */
  take(conversation: string, now: number): number;
  /** How many conversations are remembered. */
  size(): number;
}

export function createPacing(): Pacing {
  /** In the order of their last send, so that the next to be forgotten come first. */
  const sends = new Map<string, readonly number[]>();

  const note = (conversation: string, at: number, now: number) => {
    const kept = (sends.get(conversation) ?? []).filter((earlier) => earlier > now - rememberMs);
    sends.delete(conversation);
    sends.set(conversation, [...kept, at].toSorted((one, other) => one - other).slice(-longestMemory));
    for (const [oldest, times] of sends) {
      if ((times.at(-1) ?? 0) > now - rememberMs) break;
      sends.delete(oldest);
    }
  };

  return {
    sent: (conversation, now) => note(conversation, now, now),
    take(conversation, now) {
      const grants = sends.get(conversation) ?? [];
      const at = Math.max(...limits.map((limit) => earliestGrant({ grants, blockedUntil: 0 }, limit, now)));
      note(conversation, at, now);
      return at;
    },
    size: () => sends.size,
  };
}
