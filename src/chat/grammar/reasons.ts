import { CLOSING_WORDS } from './courtesy.ts';
import { quoteName } from './names.ts';
import { LEAD_INS, WEAK_LEAD_INS } from './reason-words.ts';
import { isPastDate } from './start-words.ts';
import { fold, joinWords, phraseAt, trimEdges, type Word } from './words.ts';

/**
 * Where the reason of a request begins: at a word like `because`, at `as` in front of "he" or "she", or, as a guess, at
 * such a word behind a comma or a full stop ("to Salesforce. He joins Sales").
 */
export interface ReasonPlace {
  /** The first of the words that lead in. */
  readonly at: number;
  /** How many words lead in. */
  readonly length: number;
  readonly guessed: boolean;
}

const WHO: ReadonlySet<string> = new Set([
  ...['he', 'she', 'they', 'we', 'i', 'it', 'this', 'his', 'her', 'their', 'our', "he's", "she's", "they're", "we're"],
]);
/** Words in front of a reason whose place is clear. */
const SKIPPED: ReadonlySet<string> = new Set(['because', 'reason']);
const MARKS_AT_THE_END = '.,;:!?)–—-';

/** A reason that begins with one of these would lose it. */
const FIRST_WORDS: ReadonlySet<string> = new Set([...SKIPPED, 'of']);
/** Null when no word leads a reason in. `mayGuess`: a "he" behind a comma does so, too. */
export function reasonPlace(words: readonly Word[], mayGuess = true): ReasonPlace | null {
  for (const [at, word] of words.entries()) {
    if (word.quoted) continue;
    const length = phraseAt(words, at, LEAD_INS);
    // "since Monday" tells no reason, but a day.
    if (length > 0 && !(fold(word) === 'since' && isPastDate(words, at))) return { at, length, guessed: false };
    const folded = fold(word);
    const followed = WHO.has(fold(words[at + 1]));
    if (WEAK_LEAD_INS.has(folded) && followed) return { at, length: 1, guessed: false };
    if (folded === 'reason' && (word.text.endsWith(':') || words[at + 1]?.quoted || words[at + 1]?.text === ':')) {
      return { at, length: 1, guessed: false };
    }
    if (mayGuess && at > 0 && WHO.has(folded) && (word.startsLine || endsWithMark(words[at - 1]))) {
      return { at, length: 0, guessed: true };
    }
  }
  return null;
}

/** What the words say; null when they say nothing. */
export function readReason(words: readonly Word[]): string | null {
  const start = words.findIndex((word) => word.quoted || !(SKIPPED.has(fold(word)) || isMark(word)));
  if (start < 0) return null;
  const said = joinWords(words.slice(start));
  return said.trim() === '' ? null : said;
}

/** The words up to a place, without the punctuation that parted them from what follows. */
export function withoutMarksAtTheEnd(words: readonly Word[]): readonly Word[] {
  let end = words.length;
  for (let last = words[end - 1]; last !== undefined && !last.quoted; last = words[end - 1]) {
    const text = trimEdges(last.text, '', MARKS_AT_THE_END);
    if (text !== '') return [...words.slice(0, end - 1), { ...last, text }];
    end -= 1;
  }
  return words.slice(0, end);
}

/** A reason with what leads it in, so that it reads well and is read back as the same. */
export function writeBecause(reason: string): string {
  return `because ${isThing(reason) ? 'of ' : ''}${writeReason(reason)}`;
}

/** "the audit", "his transfer": no sentence, where that is plain. */
function isThing(reason: string): boolean {
  const [first = '', ...rest] = reason.toLowerCase().split(' ');
  return DETERMINERS.has(first) && rest.length > 0 && rest.length < 3 && !rest.some((word) => VERB.test(word));
}

const DETERMINERS: ReadonlySet<string> = new Set([
  ...['the', 'a', 'an', 'this', 'that', 'these', 'those', 'his', 'her', 'their', 'our', 'my', 'its'],
]);
/** The last letters of what may be a verb. */
const VERB = /(?:[^s]s|ed)$|^(?:was|were|has|had|have|will|can|must|may|might|should|need|began|left|went|came|got)$/;

/** A reason at the end of a line: bare where that reads back as the same, in quotes otherwise. */
export function writeReason(reason: string): string {
  const words = reason.split(' ');
  const [first = '', last = ''] = [words[0], words.at(-1)].map((word) => word?.toLowerCase());
  const isBare = words.every((word) => /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+&'#-]*[\p{L}\p{M}\p{N}])?,?$/u.test(word));
  const isPlain = isBare && !last.endsWith(',') && !CLOSING_WORDS.has(last) && !FIRST_WORDS.has(first.replace(',', ''));
  return isPlain ? reason : quoteName(reason);
}

function endsWithMark(word: Word | undefined): boolean {
  return word !== undefined && (isMark(word) || (!word.quoted && /[.,;:!–—-]$/.test(word.text)));
}

function isMark(word: Word): boolean {
  return !word.quoted && /^[.,;:!–—-]+$/.test(word.text);
}
