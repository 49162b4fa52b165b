import type { Messages } from '../messages.ts';

const MINUTE = 60_000;
const MINUTES_A_DAY = 24 * 60;

/** "12 min", "1 h 5 min", "7 days": a length in whole minutes; below one in seconds. */
export function lengthOf(words: Messages, ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 1) return words.plain('list.length.seconds', { seconds: Math.max(1, Math.round(ms / 1_000)) });
  if (minutes % MINUTES_A_DAY === 0) return words.plain('list.length.days', { days: minutes / MINUTES_A_DAY });
  return words.plain('list.length', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
