import type { Reading } from './rule.ts';
import { fold, type Word } from './tokens.ts';

/** The reference that a list prints on each row, so that a line can name the row: eight hexadecimal digits. */
export function readRef(verb: 'removeApprovalPlace' | 'removeWatch', words: readonly Word[]): Reading | null {
  const [only, ...more] = words;
  const ref = fold(only);
  return more.length === 0 && /^[0-9a-f]{8}$/.test(ref) ? { kind: 'command', command: { verb, ref } } : null;
}
