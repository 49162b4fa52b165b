import { onceFor } from '../../../once-for.ts';
import { wordList } from '../word-lists.ts';
import { HAN, type Piece, piecesOf, withoutAccents } from './pieces.ts';

/**
 * One way to say a line: words, and the slots between them. Written as `approvisionner {subject} dans {app}`; `[in]` is
 * one of a class of words, `( {page})` may be left out, `<terms>` stands for a group of such parts. Alternatives are
 * separated by `|`; the first is the one that Usher writes.
 */
export interface Pattern {
  /** The line's verb, with what makes it a line of its own: `repair.lift`. */
  readonly key: string;
  /** What it says is done. Otherwise it is only offered. */
  readonly sure: boolean;
  readonly items: readonly Item[];
  readonly slots: readonly string[];
  /** The text to write, with the first word of each class. */
  readonly template: string;
}

/** `comma`: the piece before it has one behind it. */
type Item = { readonly phrases: readonly Phrase[] } | { readonly slot: string } | { readonly comma: true };
/** Words as spelled, each also without its accents. */
export type Phrase = readonly { readonly exact: string; readonly plain: string }[];

export interface Notation {
  readonly words: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
  readonly elided: ReadonlySet<string>;
}

/** What stands in the slots of a line that a pattern fits. */
export interface Match {
  readonly pattern: Pattern;
  readonly slots: ReadonlyMap<string, readonly Piece[]>;
  /** How many pieces the pattern accounts for by its words: more is better. */
  readonly said: number;
}

/** These hold exactly one piece, of this form. */
const ONE_PIECE: Readonly<Record<string, RegExp>> = {
  requestId: /^#?(?=.*\d|[A-Z]+$)[0-9A-Za-z]{4,12}$/,
  ref: /^[0-9A-Fa-f]{8}$/,
  page: /^[1-9]\d{0,5}$/,
  ticket: /\d/,
  from: /^\d{1,2}(?:[:.h]\d{0,2})?$/,
  to: /^\d{1,2}(?:[:.h]\d{0,2})?$/,
};
/** These hold any text. */
const FREE: ReadonlySet<string> = new Set(['reason', 'said', 'since', 'start', 'end']);
/** Chinese characters that are a whole word. */
const PRONOUN = /^[我你您他她它谁]$/u;
/** No line means more cuts than these. */
const MOST_CUTS = 6;

/** Phrases separated by `|`. */
export function phrasesIn(text: string, elided: ReadonlySet<string>): readonly Phrase[] {
  return splitAlternatives(text).map((phrase) => toPhrase(phrase, elided));
}

export function toPatterns(key: string, text: string, sure: boolean, notation: Notation): Pattern[] {
  return splitAlternatives(text).flatMap((alternative) => {
    const whole = alternative.replace(/<(\w+)>/g, (_, name: string) => notation.groups[name] ?? '');
    return expanded(whole).map((flat) => toPattern(key, flat, sure, notation));
  });
}

/** The patterns whose words are all among the pieces: most are not, and need no closer look. */
export function fittingWords(patterns: readonly Pattern[], pieces: readonly Piece[]): readonly Pattern[] {
  const typed = new Set(pieces.filter(({ quoted }) => !quoted).map(({ exact }) => exact));
  const isThere = (phrase: Phrase) => phrase.every(({ exact, plain }) => typed.has(exact) || typed.has(plain));
  return patterns.filter(({ items }) => items.every((item) => !('phrases' in item) || item.phrases.some(isThere)));
}

/** Every way in which the pattern fits all the pieces. */
export function matchesOf(pattern: Pattern, pieces: readonly Piece[]): Match[] {
  const found: Match[] = [];
  const { items } = pattern;
  const walk = (index: number, at: number, slots: ReadonlyMap<string, readonly Piece[]>, said: number): void => {
    const item = items[index];
    if (item === undefined) {
      if (at === pieces.length) found.push({ pattern, slots, said });
      return;
    }
    if (!('slot' in item)) {
      for (const length of fitsAt(pieces, at, item)) walk(index + 1, at + length, slots, said + length);
      return;
    }
    const fill = (end: number) => {
      if (!FREE.has(item.slot) && isLoneHan(pieces, at, end)) return;
      walk(index + 1, end, new Map([...slots, [item.slot, pieces.slice(at, end)]]), said);
    };
    const form = ONE_PIECE[item.slot];
    if (form !== undefined) {
      const own = pieces[at];
      // A quoted id is one in a line that says so, and a name elsewhere.
      const isOwn = own?.quoted !== true || (item.slot === 'requestId' && pattern.sure);
      if (own !== undefined && isOwn && form.test(own.text.normalize('NFKC'))) fill(at + 1);
      return;
    }
    const next = items[index + 1];
    if (next === undefined) {
      if (at < pieces.length) fill(pieces.length);
      return;
    }
    let cuts = 0;
    for (let end = at + 1; end < pieces.length && cuts < MOST_CUTS; end += 1) {
      if ('slot' in next || fitsAt(pieces, end, next).length === 0) continue;
      cuts += 1;
      fill(end);
    }
  };
  walk(0, 0, new Map(), 0);
  return found;
}

/**
 * Whether the pieces are one Chinese character out of a longer text, which is no name: "美" in "美的状态", "李" in
 * "李明天离职".
 */
export function isLoneHan(pieces: readonly Piece[], from: number, to: number): boolean {
  const [own, next] = [pieces[from], pieces[to]];
  if (to - from !== 1 || own === undefined || own.quoted || !HAN.test(own.text) || PRONOUN.test(own.text)) return false;
  return (own.glued && from > 0 && pieces[from - 1]?.mark === '') || (own.mark === '' && next?.glued === true);
}

function fitsAt(pieces: readonly Piece[], at: number, item: Exclude<Item, { slot: string }>): readonly number[] {
  if ('phrases' in item) return lengthsAt(pieces, at, item.phrases);
  return /[,，、;；]/.test(pieces[at - 1]?.mark ?? '') ? [0] : [];
}

/** How many pieces at `at` are one of the phrases: each possible length, the longest first. */
export function lengthsAt(pieces: readonly Piece[], at: number, phrases: readonly Phrase[]): readonly number[] {
  const lengths = new Set<number>();
  for (const phrase of byFirstWord(phrases).get(pieces[at]?.exact ?? '') ?? []) {
    if (phrase.every((word, index) => isTyped(pieces[at + index], word, at + index))) lengths.add(phrase.length);
  }
  return [...lengths].sort((one, other) => other - one);
}

/** The phrases by their first words, since each piece of a line is looked for in many phrases. */
const byFirstWord = onceFor((phrases: readonly Phrase[]): ReadonlyMap<string, readonly Phrase[]> => {
  const spelled = phrases.flatMap((phrase) =>
    [...new Set([phrase[0]?.exact, phrase[0]?.plain])].map((first) => ({ first, phrase })),
  );
  const grouped = Map.groupBy(spelled, ({ first }) => first ?? '');
  return new Map([...grouped].map(([first, group]) => [first, group.map(({ phrase }) => phrase)]));
});

/**
 * Accents may be missing, but none may be added: "approuvé" tells what was done, and "approuve" has it done. A capital
 * inside the line begins a name: "De La Tour".
 */
function isTyped(piece: Piece | undefined, word: Phrase[number], at: number): boolean {
  if (piece === undefined || piece.quoted || piece.exact === '') return false;
  if (piece.exact !== word.exact && piece.exact !== word.plain) return false;
  return at === 0 || !/^\p{Lu}\p{Ll}*'?$/u.test(piece.text);
}

function toPattern(key: string, flat: string, sure: boolean, { words, elided }: Notation): Pattern {
  const parts = [...flat.matchAll(/\{(\w+)\}|\[(\w+)\]|[^{[]+/g)];
  const items = parts.flatMap(([text, slot, name]): Item[] => {
    if (slot !== undefined) return [{ slot }];
    if (name !== undefined) return [{ phrases: phrasesIn(words[name] ?? name, elided) }];
    if (text.trim() === ',') return [{ comma: true }];
    return text.trim() === '' ? [] : [{ phrases: [toPhrase(text, elided)] }];
  });
  return {
    key,
    sure,
    items,
    slots: items.flatMap((item) => ('slot' in item ? [item.slot] : [])),
    template: flat.replace(/\[(\w+)\]/g, (_, name: string) => splitAlternatives(words[name] ?? name)[0] ?? name).trim(),
  };
}

function toPhrase(text: string, elided: ReadonlySet<string>): Phrase {
  return piecesOf(text, elided).map(({ exact }) => ({ exact, plain: withoutAccents(exact) }));
}

/** With and without each part in brackets, the shortest first. */
function expanded(text: string): string[] {
  const open = text.indexOf('(');
  if (open < 0) return [text];
  const close = text.indexOf(')', open);
  const [before, inside, behind] = [text.slice(0, open), text.slice(open + 1, close), text.slice(close + 1)];
  return expanded(behind).flatMap((rest) => [before + rest, before + inside + rest]);
}

function splitAlternatives(text: string): string[] {
  return text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The words that a language elides: `l d qu`. */
export const elidedWords = (text: string): ReadonlySet<string> => new Set(wordList(text));
