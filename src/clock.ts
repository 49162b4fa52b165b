/**
 * The only source of time. `now` is what people and records see; `monotonic` never steps and is what the rate
 * gate counts with: a wall clock that jumps twelve seconds ahead would otherwise hand out a second helping of calls.
 */
export interface Clock {
  /** Milliseconds since 1970, as the wall clock tells it. */
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
