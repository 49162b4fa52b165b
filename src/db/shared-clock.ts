import type { Clock } from '../clock.ts';

/**
 * One wall clock for all processes that share a database: the database's. Leases and due times are compared by other
 * processes than the one that wrote them, and machines do not agree on the time; one that is ten minutes fast would
 * otherwise take every task from under the others.
 *
 * Between two answers of the database the time goes on by the monotonic clock, which nobody sets.
 */
export interface SharedClock {
  readonly clock: Clock;
  /** The database told this time, in answer to a question asked at `askedAt` on the monotonic clock. */
  correct(askedAt: number, told: number): void;
}

/** An answer that took longer may come from a process that stood still, and tells little. */
const longestAnswerMs = 500;

export function createSharedClock(machine: Clock): SharedClock {
  let offset: number | null = null;
  return {
    clock: {
      now: () => (offset === null ? machine.now() : Math.round(machine.monotonic() + offset)),
      monotonic: () => machine.monotonic(),
      sleep: (ms, signal) => machine.sleep(ms, signal),
    },
    correct(askedAt, told) {
      const answeredAt = machine.monotonic();
      if (offset !== null && answeredAt - askedAt > longestAnswerMs) return;
      offset = told - (askedAt + answeredAt) / 2;
    },
  };
}
