import type { Clock } from './clock.ts';

/** The people who wrote last have their answers by then. */
const calmMs = 20;
/** However many write, nothing is put off for longer. */
const longestMs = 200;

/**
 * Puts work off until it has not been asked for in a moment: what follows an answer would otherwise compete with it, and
 * with the next person's. Asked for many times meanwhile, it runs once.
 */
export function afterAnswers(clock: Clock, work: () => void): () => void {
  let askedAt = 0;
  let isWaiting = false;

  async function wait(): Promise<void> {
    isWaiting = true;
    const latest = clock.monotonic() + longestMs;
    for (let pauseMs = calmMs; pauseMs > 0; pauseMs = Math.min(askedAt + calmMs, latest) - clock.monotonic())
      await clock.sleep(pauseMs);
    isWaiting = false;
    work();
  }

  return () => {
    askedAt = clock.monotonic();
    if (!isWaiting) void wait();
  };
}
