/**
 * The service's side of the rate limit: at most `limit` on-demand calls in any `windowMs`, by a sliding log.
 *
 * A call is dated when its headers arrive, before its body is read or anything is looked up, so a wrong call costs as
 * much as a right one. It is admitted when fewer than `limit` admitted calls lie within the `windowMs` before it; two
 * calls exactly `windowMs` apart do not share a window.
 *
 * A refused call also counts as an arrival and shows in `arrivals`, so that a test can see a client retry. But only
 * admitted calls occupy the window. Counting refused ones as well would be the stricter reading of "retries count
 * against the quota", and would lock out forever a client that retries faster than the window empties. As it is,
 * `Retry-After` names the moment when the oldest admitted call leaves the window: a single call after that is admitted,
 * an earlier one is refused again.
 */
export interface Arrivals {
  /** Dates one arrival. Zero when it is admitted, otherwise how many ms to wait. */
  admit(): number;
  /** All arrivals, admitted or not, in ms on the server's monotonic clock. */
  all(): readonly number[];
  reset(): void;
}

export interface ArrivalLimit {
  readonly limit: number;
  readonly windowMs: number;
  /** Milliseconds that never go backwards. */
  readonly now: () => number;
}

export function createArrivals({ limit, windowMs, now }: ArrivalLimit): Arrivals {
  let arrivals: number[] = [];
  let admitted: number[] = [];
  return {
    admit: () => {
      const at = now();
      arrivals.push(at);
      admitted = admitted.filter((earlier) => at - earlier < windowMs);
      const oldest = admitted[0];
      if (oldest !== undefined && admitted.length >= limit) return oldest + windowMs - at;
      admitted.push(at);
      return 0;
    },
    all: () => [...arrivals],
    reset: () => {
      arrivals = [];
      admitted = [];
    },
  };
}
