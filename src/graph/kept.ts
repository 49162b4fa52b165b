import type { Clock } from '../clock.ts';

const keepMs = 5_000;
/** A failure is looked at once more without a wait, as it may be over; then it is kept as well. */
const mostAsked = 2;

/**
 * A check whose answer is kept for some seconds, so that asking often costs nothing: a good one for five, and whatever
 * the answers are no more than two are asked for within five. Those who ask while one is on its way share it.
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
