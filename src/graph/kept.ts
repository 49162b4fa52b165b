import type { Clock } from '../clock.ts';

const keepMs = 5_000;
/** A failure is checked once more without a wait, as it may be over; then it is cached as well. */
const mostAsked = 2;

/**
 * A check whose answer is cached, so that frequent callers cost nothing: a good one for five seconds; and never more
 * than two checks run within five seconds, whatever their answers. Concurrent callers share one check.
 */
export function kept(ask: () => Promise<boolean>, clock: Pick<Clock, 'monotonic'>): () => Promise<boolean> {
  let latest: Promise<boolean> | null = null;
  let isPending = false;
  let isGood = false;
  let asked: readonly number[] = [];
  return () => {
    const now = clock.monotonic();
    asked = asked.filter((at) => at > now - keepMs);
    const mayAsk = isGood ? asked.length === 0 : asked.length < mostAsked;
    if (latest !== null && (isPending || !mayAsk)) return latest;
    asked = [...asked, now];
    isPending = true;
    isGood = false;
    latest = ask()
      .then((answer) => {
        isGood = answer;
        return answer;
      })
      .finally(() => {
        isPending = false;
      });
    return latest;
  };
}
