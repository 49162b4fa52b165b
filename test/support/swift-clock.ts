import { type Clock, systemClock } from '../../src/clock.ts';

/**
 * The machine's clock, but `factor` times as fast, for a test of pauses that are longer than a test may be. Processes
 * with the same origin (milliseconds since 1970) agree on the time.
 */
export function createSwiftClock(factor: number, origin: number): Clock {
  const swift = (time: number) => origin + (time - origin) * factor;
  return {
    now: () => Math.round(swift(systemClock.now())),
    monotonic: () => swift(systemClock.monotonic()),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
