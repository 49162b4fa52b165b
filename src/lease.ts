import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/**
 * A lease is the time-limited right of one process to work on a row (`db/leases.ts`). The process renews it at a third
 * of its length, so that one renewal may fail; when the process dies, the lease expires and another one takes over.
 */
export interface LeaseParts {
  readonly leaseMs: number;
  /** Renews it; `until` is its new end by the wall clock. False when there is nothing to renew any more. */
  readonly renew: (until: number) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  /** What is leased, for the log: ids alone. */
  readonly details: Readonly<Record<string, string>>;
}

/** Does the work, and renews its lease meanwhile. */
export async function underLease<T>(parts: LeaseParts, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const keeping = keepLease(parts, done.signal);
  try {
    return await work();
  } finally {
    done.abort('done');
    await keeping;
  }
}

/** Renews a lease until the signal aborts, or there is nothing to renew any more. */
export async function keepLease({ leaseMs, renew, clock, log, details }: LeaseParts, done: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(leaseMs / 3, done);
    if (done.aborted) return;
    try {
      if ((await renew(clock.now() + leaseMs)) === false) return;
    } catch (error) {
      log.warn({ error, code: 'lease_not_renewed', ...details }, 'a lease was not renewed');
    }
  }
}
