import { DOUBLE_QUOTES, splitWords } from '../tokens.ts';

/**
 * A typed line as the pieces of which its language makes words: words where spaces part them, with "l’" and "d’" apart
 * from what follows, and every Chinese character by itself, since nothing else tells where a Chinese word ends. What is
 * quoted stays one piece. The time is linear.
 */
export interface Piece {
  /** As typed, without the punctuation behind it. */
  readonly text: string;
  /** In lowercase, full-width letters and digits as plain ones; empty for what is quoted, which is always a name. */
  readonly exact: string;
  /** The same without accents. */
  readonly plain: string;
  readonly quoted: boolean;
  /** No space precedes it. */
  readonly glued: boolean;
  /** The punctuation behind it. */
  readonly mark: string;
}

export const HAN = /\p{Script=Han}/u;
const FULL_MARKS = '，。、；：！？…';
const MARKS = `.,;:!?${FULL_MARKS}`;
const HAS_PARTS = new RegExp(`[\\p{Script=Han}${FULL_MARKS}]`, 'u');
const PARTS = new RegExp(`\\p{Script=Han}|[${FULL_MARKS}]+|[^\\p{Script=Han}${FULL_MARKS}]+`, 'gu');

/** @param elided the words that lose their vowel before another: `l d qu` */
export function piecesOf(text: string, elided: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  const add = (part: string, glued: boolean) => {
    let end = part.length;
    while (end > 0 && MARKS.includes(part.charAt(end - 1))) end -= 1;
    const [bare, mark] = [part.slice(0, end), part.slice(end)];
    const last = pieces.at(-1);
    if (bare !== '') pieces.push({ ...piece(bare), glued, mark });
    else if (last !== undefined) pieces[pieces.length - 1] = { ...last, mark: last.mark + mark };
  };
  for (const word of splitWords(withQuotesApart(text))) {
    if (word.quoted) {
      pieces.push({ text: word.text, exact: '', plain: '', quoted: true, glued: false, mark: '' });
      continue;
    }
    if (HAS_PARTS.test(word.text)) {
      for (const [at, [part]] of [...word.text.matchAll(PARTS)].entries()) add(part, at > 0);
      continue;
    }
    const at = word.text.indexOf("'");
    if (at > 0 && at < word.text.length - 1 && elided.has(word.text.slice(0, at).toLowerCase())) {
      add(word.text.slice(0, at + 1), false);
      add(word.text.slice(at + 1), true);
    } else add(word.text, false);
  }
  return pieces;
}

function piece(text: string): Pick<Piece, 'text' | 'exact' | 'plain' | 'quoted'> {
  const exact = text.normalize('NFKC').toLowerCase();
  return { text, exact, plain: withoutAccents(exact), quoted: false };
}

export function withoutAccents(text: string): string {
  return /^[a-z0-9']*$/.test(text)
    ? text
    : text
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .normalize('NFC');
}

/** Whether nothing parts one Chinese character from the next. */
export const areGlued = (one: Piece | undefined, next: Piece | undefined): boolean =>
  HAN.test(one?.text ?? '') && HAN.test(next?.text ?? '') && one?.mark === '' && next?.glued === true;

/** Some pieces as they were typed, without the punctuation behind the last. */
export function textOf(pieces: readonly Piece[]): string {
  return pieces
    .map(({ text, mark }, at) => {
      const next = pieces[at + 1];
      return next === undefined ? text : `${text}${mark}${next.glued ? '' : ' '}`;
    })
    .join('');
}

/**
 * The line with a space around each quotation: Chinese writes none, and a quote opens only at the start of a word. The
 * space that French writes inside « » is no part of the name.
 */
function withQuotesApart(text: string): string {
  let out = '';
  let at = 0;
  // The end of `out`, which is slow to look at while it grows.
  let before = ' ';
  while (at < text.length) {
    const open = text.charAt(at);
    const close = CLOSING[open] ?? (DOUBLE_QUOTES.includes(open) ? DOUBLE_QUOTES : undefined);
    const end = close === undefined || !STARTS_QUOTE.test(before) ? -1 : endOfQuote(text, at + 1, close);
    if (end < 0) {
      out += open;
      before = open;
      at += 1;
      continue;
    }
    const inside = text.slice(at + 1, end);
    const name = open === '«' ? inside.trim() : inside;
    out += `${/\s/.test(before) ? '' : ' '}${CORNERS.includes(open) ? `“${name}”` : `${open}${name}${text.charAt(end)}`}`;
    at = end + 1;
    before = HAN.test(text.charAt(at)) ? ' ' : CORNERS.includes(open) ? '”' : text.charAt(end);
    if (before === ' ') out += ' ';
  }
  return out;
}

/** A quote that is doubled stands for itself. */
function endOfQuote(text: string, from: number, close: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (!close.includes(text.charAt(at))) continue;
    if (text.charAt(at + 1) !== text.charAt(at)) return at;
    at += 1;
  }
  return -1;
}

const CORNERS = '「『';
const CLOSING: Readonly<Record<string, string>> = { '「': '」', '『': '』' };
/** What a quote may open behind. */
const STARTS_QUOTE = new RegExp(`[\\s\\p{Script=Han}${FULL_MARKS},;]`, 'u');
