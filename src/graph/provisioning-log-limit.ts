import type { Clock } from '../clock.ts';

/**
 * Graph answers five reads of the reports per app and tenant in ten seconds, which the provisioning log is one of.
 * This keeps one process below that: each call gets the next moment at which the fifth call before it has left the
 * window. Nobody waits long for it, as a person in a chat does not either. Several replicas share Graph's five without
 * knowing of each other; then its 429 closes the door for a while, and nothing worse comes of it.
 * https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits
 */
export interface CallLimit {
  /** Resolves to true when the call may go out, and to false, at once, when that would take too long. */
  enter(): Promise<boolean>;
  /** Graph has said no: nobody goes out for this many milliseconds, or for a window if that is longer. */
  close(ms: number): void;
}

const mostInWindow = 5;
/** Graph's ten seconds, and half a second in which calls may overtake each other on their way. */
const windowMs = 10_500;
const mostPatienceMs = 2_000;

export function createCallLimit(clock: Clock): CallLimit {
  /** When the last five calls went out, or will. */
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
