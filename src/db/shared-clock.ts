import type { Clock } from '../clock.ts';

/**
 * One wall clock for all processes that share a database: the database's. Leases and due times are compared by
 * processes other than the one that wrote them, and machines disagree on the time: one that is ten minutes fast would
 * otherwise take over every task of the others.
 *
 * Between two answers of the database the time goes on by the monotonic clock, which is never set.
 */
export interface SharedClock {
  readonly clock: Clock;
  /** The database reported this time, in answer to a query sent at `askedAt` on the monotonic clock. */
  correct(askedAt: number, told: number): void;
}

/** A slower answer, for example when this process hung, is not precise enough. */
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
