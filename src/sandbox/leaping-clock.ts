import { Duration } from 'luxon';
import { readTermLength } from '../access-ends.ts';
import { type Clock, systemClock } from '../clock.ts';

/** The machine's clock, which the demo or a test may put ahead: sleepers until then wake. */
export interface LeapingClock extends Clock {
  leap(ms: number): void;
}

export function createLeapingClock(): LeapingClock {
  let ahead = 0;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void; timer: NodeJS.Timeout }>();
  const monotonic = () => systemClock.monotonic() + ahead;
  return {
    now: () => systemClock.now() + ahead,
    monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const wake = () => {
          clearTimeout(sleeper.timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { until: monotonic() + ms, wake, timer: setTimeout(() => wake(), ms).unref() };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    leap(ms) {
      ahead += ms;
      for (const sleeper of [...sleepers]) {
        clearTimeout(sleeper.timer);
        sleeper.timer = setTimeout(sleeper.wake, Math.max(sleeper.until - monotonic(), 0)).unref();
      }
    },
  };
}

/** `8h` or `30d` in milliseconds, as `APPS_FILE` writes lengths; null for other texts. */
export function readLeap(text: string): number | null {
  const length = readTermLength(text);
  return length === null ? null : Duration.fromObject({ [`${length.unit}s`]: length.count }).toMillis();
}
