import type { Reading } from './rules.ts';
import { fold, type Word } from './words.ts';

/** What a list prints for each of its rows, so that a line can name one: eight hexadecimal digits. */
export function readRef(verb: 'removeApprovalPlace' | 'removeWatch', words: readonly Word[]): Reading | null {
  const [only, ...more] = words;
  const ref = fold(only);
  return more.length === 0 && /^[0-9a-f]{8}$/.test(ref) ? { kind: 'command', command: { verb, ref } } : null;
}
