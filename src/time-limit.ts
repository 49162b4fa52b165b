import type { Clock } from './clock.ts';

/** A result that did not come in time. It has `ok` and `kind`, so that it can stand for the result of any read. */
export interface TooSlow {
  readonly ok: false;
  readonly kind: 'tooSlow';
}

/**
 * The result of the work, or `tooSlow` after `ms` milliseconds. The work itself goes on: through a cache, its later
 * result may serve the next caller.
 */
export async function withinMs<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T | TooSlow> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then((): TooSlow => ({ ok: false, kind: 'tooSlow' }));
  try {
    return await Promise.race([work, late]);
  } finally {
    // Without a reason Node makes an error with its stack, for each message several times.
    done.abort('done');
  }
}

/** Whether the result did not come in time. */
export function isTooSlow(result: unknown): result is TooSlow {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'tooSlow';
}
