import type { Clock } from '../clock.ts';

/** A part that did not come in time. It has `ok` and `kind`, so that it fits beside whatever a read brings. */
export interface TooSlow {
  readonly ok: false;
  readonly kind: 'tooSlow';
}

/**
 * What the work brings, or `tooSlow` after `ms` milliseconds. The work itself goes on: what it brings later may serve
 * whoever asks next, by way of a cache.
 */
export async function withinMs<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T | TooSlow> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then((): TooSlow => ({ ok: false, kind: 'tooSlow' }));
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
