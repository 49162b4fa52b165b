import type { Messages } from '../messages.ts';

const MINUTE = 60_000;

/** "12 min", "1 h 5 min": a length in whole minutes; below one in seconds. */
export function lengthOf(words: Messages, ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 1) return words.plain('list.length.seconds', { seconds: Math.max(1, Math.round(ms / 1_000)) });
  return words.plain('list.length', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
