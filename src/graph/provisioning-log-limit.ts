import type { Clock } from '../clock.ts';

/**
 * Graph allows five reads of reports, which include the provisioning log, per app and tenant in ten seconds. This keeps
 * one process below that: each call gets the next moment at which the fifth call before it has left the window. It
 * never delays a call for long, as a person in a chat waits for it. Replicas share Graph's five without coordination;
 * Graph then answers 429, this process pauses for a while, and nothing worse happens.
 * https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits
 */
export interface CallLimit {
  /** Resolves to true when the call may be sent, and at once to false when that would take too long. */
  enter(): Promise<boolean>;
  /** After a 429 of Graph's: sends no call for this many milliseconds, or for a window if that is longer. */
  close(ms: number): void;
}

const mostInWindow = 5;
/** Graph's ten seconds, plus half a second in which calls may overtake each other on the network. */
const windowMs = 10_500;
const mostPatienceMs = 2_000;

export function createCallLimit(clock: Clock): CallLimit {
  /** When the last five calls were sent, or will be. */
  let granted: readonly number[] = [];
  let closedUntil = 0;
  return {
    async enter() {
      const now = clock.monotonic();
      const before = granted.length < mostInWindow ? 0 : (granted[0] ?? 0) + windowMs;
      const at = Math.max(now, before, closedUntil);
      if (at - now > mostPatienceMs) return false;
      granted = [...granted, at].slice(-mostInWindow);
      if (at > now) await clock.sleep(at - now);
      return true;
    },
    close(ms) {
      closedUntil = Math.max(closedUntil, clock.monotonic() + Math.max(ms, windowMs));
    },
  };
}
