import { CLOSING_WORDS } from './courtesy.ts';
import { quoteName } from './names.ts';
import { LEAD_INS, WEAK_LEAD_INS } from './reason-words.ts';
import { isPastDate } from './start-words.ts';
import { fold, joinWords, phraseAt, trimEdges, type Word } from './tokens.ts';
import { wordSet } from './word-lists.ts';

/**
 * Where the reason of a request begins: at a word like `because`, at `as` before "he" or "she", or, as a guess, at such
 * a pronoun after a comma or a full stop ("to Salesforce. He joins Sales").
 */
export interface ReasonPlace {
  /** The first word of the lead-in. */
  readonly at: number;
  /** The number of words in the lead-in. */
  readonly length: number;
  readonly guessed: boolean;
}

const WHO = wordSet("he she they we i it this his her their our he's she's they're we're");
/** Words before a reason whose place is clear. */
const SKIPPED = wordSet('because reason');
const MARKS_AT_THE_END = '.,;:!?)–—-';

/** A reason that begins with one of these would lose it. */
const FIRST_WORDS: ReadonlySet<string> = new Set([...SKIPPED, 'of']);
/** Null when no word introduces a reason. `mayGuess`: a "he" after a comma does, too. */
export function reasonPlace(words: readonly Word[], mayGuess = true): ReasonPlace | null {
  for (const [at, word] of words.entries()) {
    if (word.quoted) continue;
    const length = phraseAt(words, at, LEAD_INS);
    // "since Monday" states a day, not a reason.
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

/** The text of the reason; null when it is empty. */
export function readReason(words: readonly Word[]): string | null {
  const start = words.findIndex((word) => word.quoted || !(SKIPPED.has(fold(word)) || isMark(word)));
  if (start < 0) return null;
  const said = joinWords(words.slice(start));
  return said.trim() === '' ? null : said;
}

/** The words of a reason, without the bracket that its lead-in opens: "(because he joins Sales)". */
export function withoutItsBracket(tail: readonly Word[], leadIn: Word | undefined): readonly Word[] {
  const last = tail.at(-1);
  if (last === undefined || last.quoted || !leadIn?.text.startsWith('(') || !last.text.endsWith(')')) return tail;
  return [...tail.slice(0, -1), { ...last, text: last.text.slice(0, -1) }];
}

/** The words up to a place, without the punctuation that separated them from the next. */
export function withoutMarksAtTheEnd(words: readonly Word[]): readonly Word[] {
  let end = words.length;
  for (let last = words[end - 1]; last !== undefined && !last.quoted; last = words[end - 1]) {
    const text = trimEdges(last.text, '', MARKS_AT_THE_END);
    if (text !== '') return [...words.slice(0, end - 1), { ...last, text }];
    end -= 1;
  }
  return words.slice(0, end);
}

/** A reason with a lead-in, in good style and read back as the same. */
export function writeBecause(reason: string): string {
  return `because ${isThing(reason) ? 'of ' : ''}${writeReason(reason)}`;
}

/** "the audit", "his transfer": plainly no sentence. */
function isThing(reason: string): boolean {
  const [first = '', ...rest] = reason.toLowerCase().split(' ');
  return DETERMINERS.has(first) && rest.length > 0 && rest.length < 3 && !rest.some((word) => VERB.test(word));
}

const DETERMINERS = wordSet('the a an this that these those his her their our my its');
/** Endings of possible verbs. */
const VERB = /(?:[^s]s|ed)$|^(?:was|were|has|had|have|will|can|must|may|might|should|need|began|left|went|came|got)$/;

/** A reason at the end of a line: bare where that reads back as the same, otherwise in quotes. */
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
