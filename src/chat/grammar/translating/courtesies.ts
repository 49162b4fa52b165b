import type { Language } from '../../../languages.ts';
import { type Lines, linesIn, piecesIn } from './line-data.ts';
import { lengthsAt } from './line-patterns.ts';
import type { Piece } from './pieces.ts';

/** The line without its courtesies, and without what is neither letter nor number at its ends. */
export function withoutCourtesy(
  typed: readonly Piece[],
  { opening, closing, against }: Pick<Lines, 'opening' | 'closing' | 'against'>,
): readonly Piece[] {
  // A capital behind the end of a sentence begins no name: "Aprova R7K3MQ? Obrigado".
  const isFirst = (at: number) => typed[at]?.exact === 'usher' || /[.!?]/.test(typed[at - 1]?.mark ?? '');
  const all = typed.map((piece, at) => (isFirst(at) ? { ...piece, text: piece.text.toLowerCase() } : piece));
  let [from, to] = [0, all.length];
  const isDecoration = (piece: Piece | undefined) =>
    piece !== undefined && !piece.quoted && !/[\p{L}\p{N}?？]/u.test(piece.text);
  // "Pas maintenant" is no "at once".
  const isClosing = (at: number, length: number) =>
    at > from &&
    lengthsAt(all.slice(0, to), at, closing).includes(length) &&
    lengthsAt(all.slice(0, at), at - 1, against).length === 0;
  for (let moved = true; moved && from < to; ) {
    const [opens = 0] = lengthsAt(all.slice(0, to), from, opening);
    const closes = [5, 4, 3, 2, 1].find((length) => isClosing(to - length, length)) ?? 0;
    if (opens > 0 && from + opens < to) from += opens;
    else if (closes > 0) to -= closes;
    else if (isDecoration(all[from])) from += 1;
    else if (isDecoration(all[to - 1])) to -= 1;
    else moved = false;
  }
  return typed.slice(from, to);
}

/** Whether a line thanks or says goodbye, as the first line of a signature does. */
export function startsWithThanks(line: string, language: Language): boolean {
  const lines = linesIn(language);
  return lengthsAt(piecesIn(line, lines), 0, lines.closing).length > 0;
}
