/**
 * The only source of time. `now` is for people and records; `monotonic` never jumps, so the rate gate counts with it: a
 * wall clock that jumps twelve seconds ahead would otherwise grant a second window of calls.
 */
export interface Clock {
  /** Milliseconds since 1970, by the wall clock. */
  now(): number;
  /** Milliseconds that never go backwards and never jump, on the same scale as `now` when the process started. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts, whichever is first. It never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};
