import { writeCheckName } from '../check-names.ts';
import { writeTimedName } from '../terms.ts';
import type { Term } from './cut-terms.ts';
import type { Lines } from './line-data.ts';
import { isLoneHan, lengthsAt, type Pattern, type Phrase } from './line-patterns.ts';
import { type Piece, textOf } from './pieces.ts';

/** What reading and writing share: the slots of a pattern, and the names in them. */

export const TERMS: readonly Term[] = ['start', 'end', 'ticket', 'reason'];
/** Slots with several names. */
export const LISTS: ReadonlySet<string> = new Set(['subjects', 'members']);
/** Slots with a text that is no name. */
export const TEXTS: ReadonlySet<string> = new Set(['start', 'end', 'since', 'reason']);
/** Slots whose text stands in no quotes. */
export const BARE: ReadonlySet<string> = new Set(['ref', 'page', 'ticket', 'from', 'to', 'said']);

/** The pattern of a line with just these slots, the first as it is the one to write; null where there is none. */
export function patternWith({ patternsOf }: Lines, key: string, slots: readonly string[]): Pattern | null {
  const wanted = new Set(slots);
  return (
    patternsOf
      .get(key)
      ?.find(
        (pattern) =>
          pattern.sure && pattern.slots.length === wanted.size && pattern.slots.every((slot) => wanted.has(slot)),
      ) ?? null
  );
}

/** A template with its slots filled. */
export const filled = (template: string, textIn: (slot: string) => string): string =>
  template.replace(/\{(\w+)\}/g, (_, slot: string) => textIn(slot)).replace(/\s+$/, '');

/** The words before the first slot. */
export const wordsBefore = ({ template }: Pattern): string => template.split('{', 1)[0]?.trim() ?? '';

/** Whether no word of the name has a meaning of its own in English. */
export const isPlainName = (name: string): boolean => writeTimedName(name) === name && writeCheckName(name) === name;

/** The names of a list: parted by commas, and by words such as "et". */
export function namesIn(pieces: readonly Piece[], and: readonly Phrase[]): readonly string[] {
  const names: Piece[][] = [[]];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at] as Piece;
    const [length = 0] = at === 0 ? [] : lengthsAt(pieces, at, and);
    if (length > 0 && at + length < pieces.length && !isInName(pieces, at, length, names.at(-1)?.length ?? 0)) {
      names.push([]);
      at += length - 1;
      continue;
    }
    names.at(-1)?.push(piece);
    if (/[,，、;；]/.test(piece.mark)) names.push([]);
  }
  return names.filter(({ length }) => length > 0).map(textOf);
}

/** "和" in "李和平" is no "and": what it would leave is one character. */
function isInName(pieces: readonly Piece[], at: number, length: number, before: number): boolean {
  const isEnd = at + length + 1 === pieces.length || pieces[at + length]?.mark !== '';
  return (before === 1 && isLoneHan(pieces, at - 1, at)) || (isEnd && isLoneHan(pieces, at + length, at + length + 1));
}
