import { type Clock, systemClock } from '../../src/clock.ts';

/**
 * A clock that a test moves by hand. Sleepers wake in the order of their time, each at exactly its time, so that a loop
 * which sleeps again and again runs as it would over that stretch.
 */
export interface TestClock extends Clock {
  /** Moves time on, wakes the sleepers that are due, and lets what they started settle before it resolves. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone, as a correction by a time server does; `monotonic` and sleepers do not notice. */
  stepWallClock(ms: number): void;
  /** How many sleepers wait. */
  pending(): number;
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** @param startAt milliseconds since 1970 */
export function createTestClock(startAt: number = Date.UTC(2026, 0, 5, 9, 0, 0)): TestClock {
  let time = startAt;
  let wallOffset = 0;
  const sleepers = new Set<Sleeper>();

  const nextDue = (until: number): Sleeper | undefined =>
    [...sleepers].filter(({ wakeAt }) => wakeAt <= until).toSorted((one, other) => one.wakeAt - other.wakeAt)[0];

  return {
    now: () => time + wallOffset,
    monotonic: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { wakeAt: time + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    async advance(ms) {
      const until = time + ms;
      await settled();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        time = Math.max(time, due.wakeAt);
        due.wake();
        await settled();
      }
      time = until;
      await settled();
    },
    stepWallClock(ms) {
      wallOffset += ms;
    },
    pending: () => sleepers.size,
  };
}

/** Lets promises, and input or output that is already there, have their turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * The machine's clock, which a test can put ahead. Real timers go on, so loops look again by themselves. It goes ahead
 * alone, over all tests of a file: the end of an earlier Usher would wait where a clock goes back.
 */
export interface LeapingClock extends Clock {
  leap(ms: number): void;
}

export function createLeapingClock(): LeapingClock {
  let aheadMs = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + aheadMs,
    monotonic: () => systemClock.monotonic() + aheadMs,
    leap(ms) {
      aheadMs += ms;
    },
  };
}
