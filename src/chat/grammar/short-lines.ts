import type { Command } from '../command.ts';
import type { Reading, Rule } from './rule.ts';
import { fold, type Word } from './tokens.ts';

/**
 * The rule of a command that is a whole line. With up to `most` more words it is only offered, with more it is another
 * line; `unquoted`: so it is with a quoted name.
 */
export function wholeLine<C extends Command>(
  command: C,
  line: string,
  most: number,
  quotes: 'quoted' | 'unquoted' = 'quoted',
): Rule<C> {
  return {
    read(words) {
      const isOther = words.length > most || (quotes === 'unquoted' && words.some((word) => fold(word) === ''));
      return isOther ? null : { kind: words.length === 0 ? 'command' : 'nearly', command };
    },
    write: () => line,
  };
}

/** The reference that a list prints on each row, so that a line can name the row: eight hexadecimal digits. */
export function readRef(verb: 'removeApprovalChannel' | 'removeWatch', words: readonly Word[]): Reading | null {
  const [only, ...more] = words;
  const ref = fold(only);
  return more.length === 0 && /^[0-9a-f]{8}$/.test(ref) ? { kind: 'command', command: { verb, ref } } : null;
}

/** "2", "page 2" or nothing after the verb. */
export function pageAlone(words: readonly Word[]): number | null {
  const { page, rest } = cutPage(words);
  return rest.length === 0 ? page : null;
}

export function cutPage(words: readonly Word[]): { readonly page: number; readonly rest: readonly Word[] } {
  const number = pageIn(words.at(-1));
  const isPage = words.length === 1 || fold(words.at(-2)) === 'page';
  if (number === null || !isPage) return { page: 1, rest: words };
  return { page: number, rest: words.slice(0, -2) };
}

function pageIn(word: Word | undefined): number | null {
  const folded = fold(word);
  return /^[1-9]\d{0,5}$/.test(folded) ? Number(folded) : null;
}
