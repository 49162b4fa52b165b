import { endlessAt } from './endless.ts';
import {
  CJK_LENGTH,
  countedAt,
  FILLERS,
  isCount,
  isLength,
  isLengthStart,
  isNextSpan,
  lengthAt,
  MOST_FILLERS,
  vagueAt,
} from './lengths.ts';
import { isPlain } from './names.ts';
import { phraseLength, phrasesOf, plainWord, wordsOf } from './plain-words.ts';
import { REASON_WORDS } from './reason-words.ts';
import { SEPARATORS } from './separators.ts';
import { beginsAt, isBareDay, isDatePart, looksLikeDate, textOf } from './start-words.ts';
import { fold, joinWords, splitWords, trimEdges, type Word } from './tokens.ts';
import { phraseSet, wordSet } from './word-lists.ts';

/**
 * Where a line says when something ends: a day after "until" or "bis", a length after "for" or "pendant", a range ("1
 * to 31 December"). Only the form of the words counts here, in every language whose dates Usher reads; `chat/dates`
 * finds the day they name, which depends on the reader.
 */
export interface EndPlace {
  /** The words from `from` to `to` are the end with its lead-in. */
  readonly from: number;
  readonly to: number;
  /** The day or the length, as typed. */
  readonly text: string;
  /** The first day of a range, where the same words hold it. */
  readonly start: string | null;
  /** A name is unlikely to hold these words. Otherwise the line must make sense without them. */
  readonly sure: boolean;
}

const ENDS = phrasesOf(({ end }) => end);
const BEHIND_DAY = phrasesOf(({ endBehind = [] }) => endBehind);
const DURING = phrasesOf(({ during }) => during);
const BEHIND_LENGTH = phrasesOf(({ duringBehind = [] }) => duringBehind);
/** A length after one of these is no stay. */
const AHEAD = wordsOf(({ ahead, since = [] }) => [...ahead, ...since]);
/** The last word before a day that may be the whole of a stay. */
const FOR = wordSet(`
  for during throughout fur wahrend pour pendant durant por para durante per voor gedurende на untuk
`);
const BETWEEN = wordSet('between zwischen entre tra fra tussen mellan между між antara giua بين');
const AND = wordSet('and und et y e en och и і та dan va ja و &');
/** An end begins or is marked only at these words, besides dates and lengths themselves. */
const LEADING: ReadonlySet<string> = new Set([
  ...[ENDS, DURING, BEHIND_DAY, BEHIND_LENGTH].flatMap((phrases) => [...phrases.keys()]),
  'to',
  ...BETWEEN,
]);
/** Anything after one of these is an end. */
const STRONG = phraseSet('until | up until');
/** The same, unless it is a name: "Till Lindemann". */
const STRONG_UNLESS_NAMES = phraseSet(`
  till | up till | til | 'til | bis | bis zum | jusqu'au | jusqu'a | jusqu'en | jusque | hasta | ate | hasta el | ate o
  fino | fino a | fino al | fino alla | tot | tot aan | до | hingga | sampai
`);
/** They introduce the day of an event after "until": "until his last day on Friday". */
const ON = wordSet('on am le el il op em den pada');
/** "the end of March" is a day, and no end of access. */
const MERE_ENDS = wordSet('end ends');
/** "fino all'11 gennaio". */
const ELIDED_DAY = /^(?:all|l)'\d/;
/** Other names with one of these must be quoted. */
const ARTICLES = wordSet('a an the');
const LONGEST_LENGTH = 8;
const LONGEST_DAY = 5;
const LONGEST_WORD = 40;

const CJK_DAY =
  /\d{1,4}[年月日号號/.-]|^[今明后後昨]|^来[週月年]|[月年週周]末|あさって|周[一二三四五六日]|[月火水木金土日]曜/;
const CJK_RANGE = /^(?:从|從|自)?(.+?)(?:から|到|至|~|〜|～)(.+?)(?:までに?|迄|为止|為止|止)?$/;
const CJK_UNTIL = /^(?:直到|直至|截至|截止到?|到|至)(.+?)(?:为止|為止|止)?$/;
const CJK_BEHIND = /^(.+?)(?:までに?|迄|为止|為止|之前|止)$/;
/** "1-31 December", "1/12-31/12". */
const GLUED_DAYS = /^(\d{1,2})(?:st|nd|rd|th|er|\.)?[-–—](\d{1,2}(?:st|nd|rd|th|er|\.)?)$/;

/** The first place that says when something ends; null when none does. */
export function endPlace(words: readonly Word[]): EndPlace | null {
  const plain = words.map(plainWord);
  for (const at of words.keys()) {
    if (!mayEnd(words, plain, at)) continue;
    const place = endAt(words, plain, at);
    if (place !== null) return withStart(words, behindName(words, plain, place) ?? place);
  }
  return null;
}

/** "to Until Labs until Friday": a capital behind "until" may begin a name, if another "until" has a date. */
function behindName(words: readonly Word[], plain: readonly string[], { from, sure }: EndPlace): EndPlace | null {
  const next = words[from + 1];
  if (sure || !STRONG.has(plain[from] ?? '') || next === undefined || isSmall(next)) return null;
  const last = plain.findLastIndex((word, at) => at > from && (STRONG.has(word) || STRONG_UNLESS_NAMES.has(word)));
  const later = last < 0 ? null : endAt(words, plain, last);
  return later?.sure === true ? later : null;
}

/** Whether a word may introduce an end without a date; a name that holds it must be quoted. */
export function isEndWord(word: string): boolean {
  return STRONG.has(word) || STRONG_UNLESS_NAMES.has(word);
}

/** The last such place. */
function lastEndPlace(words: readonly Word[]): EndPlace | null {
  const plain = words.map(plainWord);
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const place = endAt(words, plain, at);
    if (place !== null) return withStart(words, place);
  }
  return null;
}

/** The end at the end of a reason ("she covers for isaiah until 31 march"); null where there is none. */
export function endAtTheEnd(words: readonly Word[]): EndPlace | null {
  const place = lastEndPlace(words);
  if (place === null || place.from === 0 || place.to < words.length) return null;
  // "his contract ends on 31 March" is about something else.
  return /^(?:and$|end|expir|finish|terminat|remove|revoke)/.test(plainWord(words[place.from])) ? null : place;
}

/** An end that stands alone, with or without its lead-in: "until 31 March", "3 months"; null for no text. */
export function endAlone(text: string): string | null {
  return text === '' ? null : (endPlace(splitWords(`x ${text}`))?.text ?? text);
}

/** An end for a line, with its lead-in. */
export function writeEnd(end: string): { readonly leadIn: 'for' | 'until'; readonly isBare: boolean } {
  const words = splitWords(end);
  const leadIn = isLength(end) ? 'for' : 'until';
  const place = endPlace(splitWords(`x ${leadIn} ${end}`));
  const isPlainly = words.every(({ text }) => {
    const isOfAnEnd = isPlain(text) || ARTICLES.has(text.toLowerCase()) || /^\d{1,2}:\d{2}$/.test(text);
    return isOfAnEnd && !REASON_WORDS.has(text.toLowerCase());
  });
  const isBare =
    isPlainly && place?.from === 1 && place.to === words.length + 2 && place.text === end && place.start === null;
  return { leadIn, isBare };
}

/** A cheap check first, as a list may be long. */
function mayEnd(words: readonly Word[], plain: readonly string[], at: number): boolean {
  if (words.length - at <= LONGEST_LENGTH || LEADING.has(plain[at] ?? '')) return true;
  return /[\d\u0080-\uffff]|^[-–—~]$/.test(words[at]?.text ?? '');
}

function endAt(words: readonly Word[], plain: readonly string[], at: number): EndPlace | null {
  const word = words[at];
  if (word === undefined || word.quoted) return null;
  const inLine =
    between(words, plain, at) ?? behindLeadIn(words, plain, at) ?? inOneWord(words, at) ?? inRange(words, at);
  return inLine ?? behindDay(words, plain, at) ?? endless(words, plain, at) ?? bareLength(words, plain, at);
}

/** "to ServiceNow permanently", "permanent access". */
function endless(words: readonly Word[], plain: readonly string[], at: number): EndPlace | null {
  const length = endlessAt(plain, at);
  const next = plain[at + length] ?? 'access';
  const isApart = SEPARATORS.has(next) || next === 'access';
  return length > 0 && isApart && (at > 0 || words.length > length) ? place(words, at, at, at + length, false) : null;
}

function behindLeadIn(words: readonly Word[], plain: readonly string[], at: number): EndPlace | null {
  const during = phraseLength(plain, at, DURING);
  if (during > 0) {
    const first = at + during;
    const length = lengthAt(plain, first);
    const counted = plain.slice(first, first + length).some((part) => isCount(part) || /\d/.test(part));
    const found = length > 0 ? place(words, at, first, first + length, counted) : null;
    // "for next week": from then on, or only then.
    const isSpan = FOR.has(plain[first - 1] ?? '') && isNextSpan(plain.slice(first, first + length));
    if (found !== null) return isSpan ? { ...found, start: found.text } : found;
    // "for now", "for the time being": no known length.
    const vague = at > 0 && FOR.has(plain[first - 1] ?? '') ? vagueLength(words, plain, first) : 0;
    if (vague > 0) return place(words, at, first, first + vague, false);
    // "for tomorrow", "for December": from then on, or only then.
    if (at > 0 && FOR.has(plain[first - 1] ?? '') && looksLikeDate(words, first) && !words[first]?.quoted) {
      const to = endOfEnd(words, first);
      const text = textOf(words.slice(first, to));
      return text === null ? null : { from: at, to, text, start: text, sure: false };
    }
  }
  const end = phraseLength(plain, at, ENDS);
  if (end === 0) return null;
  const first = at + end;
  const next = words[first];
  if (next === undefined) return null;
  const phrase = plain.slice(at, first).join(' ');
  const isStrong = STRONG.has(phrase) || (STRONG_UNLESS_NAMES.has(phrase) && isSmall(next));
  if (next.quoted) return isStrong || looksLikeDate(words, first) ? place(words, at, first, first + 1, isStrong) : null;
  const length = lengthAt(plain, first);
  const isDate =
    looksLikeDate(words, first) ||
    ELIDED_DAY.test(plain[first] ?? '') ||
    (length > 0 && !MERE_ENDS.has(phrase)) ||
    (!MERE_ENDS.has(phrase) && looksLikeDate(words, skipFillers(plain, first)));
  if (!isDate && (!isStrong || SEPARATORS.has(fold(next)))) return null;
  const to = isDate ? endOfEnd(words, first) : endOfClause(words, at, first);
  return place(words, at, first, Math.max(first + length, to), isDate);
}

/** "for now", but not "for now on". */
function vagueLength(words: readonly Word[], plain: readonly string[], first: number): number {
  if (plain[first] === 'now' && !words[first]?.quoted) return plain[first + 1] === 'on' ? 0 : 1;
  return vagueAt(plain, first);
}

/** Whether a word begins an event and no name. */
function isSmall({ text }: Word): boolean {
  return (
    /^[^\p{Lu}\p{Lt}]/u.test(text) || /^(?:Easter|Christmas|Weihnachten|Ostern|Noël|Pâques|Natal|Navidad)/.test(text)
  );
}

function place(words: readonly Word[], from: number, first: number, to: number, sure: boolean): EndPlace | null {
  const text = textOf(words.slice(first, to));
  return text === null ? null : { from, to, text, start: null, sure };
}

function skipFillers(plain: readonly string[], first: number): number {
  let at = first;
  while (at - first < MOST_FILLERS && FILLERS.has(plain[at] ?? '')) at += 1;
  return at;
}

/** An end continues to the next word that separates parts of a line, or that introduces a start. */
function endOfEnd(words: readonly Word[], first: number): number {
  let end = first + 1;
  while (end < words.length) {
    const folded = fold(words[end]);
    if (SEPARATORS.has(folded) || folded === 'access' || words[end]?.startsLine || words[end]?.afterTab) break;
    if (beginsAt(words, end) > 0) break;
    if (/[,;，；]$/.test(words[end - 1]?.text ?? '') && !isDatePart(words[end], 'any')) break;
    end += 1;
  }
  return end;
}

/** "until he moves to Sales on Monday": as far as the words may belong to the clause. */
function endOfClause(words: readonly Word[], at: number, first: number): number {
  const seen = new Set(words.slice(0, at).map(fold));
  const isNotice = fold(words[first]) === 'further' || fold(words[first + 1]) === 'notice';
  let end = first + 1;
  while (end < words.length) {
    const word = words[end];
    const folded = fold(word);
    const isSaid = seen.has(folded) || (folded === 'in' && seen.has('to')) || (folded === 'to' && seen.has('in'));
    if ((SEPARATORS.has(folded) && !isSaid) || folded === 'access' || word?.startsLine || word?.afterTab) break;
    if (beginsAt(words, end) > 0 && (isNotice || !ON.has(folded))) break;
    end += 1;
  }
  return end;
}

function inOneWord(words: readonly Word[], at: number): EndPlace | null {
  const typed = words[at]?.text ?? '';
  if (typed.length > LONGEST_WORD) return null;
  const text = trimEdges(typed, '(（', ')）,，.。;；');
  const days = GLUED_DAYS.exec(text);
  if (days !== null && isDatePart(words[at + 1], 'month')) {
    const to = endOfEnd(words, at);
    const rest = textOf(words.slice(at + 1, to)) ?? '';
    return {
      from: at,
      to,
      text: `${days[2]} ${rest}`,
      start: `${days[1]}${days[2]?.endsWith('.') ? '.' : ''} ${rest}`,
      sure: true,
    };
  }
  if (!/[^\p{ASCII}]/u.test(text)) return null;
  const [, from = '', until = ''] = CJK_RANGE.exec(text) ?? [];
  if (CJK_DAY.test(from) && CJK_DAY.test(until)) return { from: at, to: at + 1, text: until, start: from, sure: true };
  const [, day = ''] = CJK_UNTIL.exec(text) ?? CJK_BEHIND.exec(text) ?? [];
  if (CJK_DAY.test(day)) return { from: at, to: at + 1, text: day, start: null, sure: true };
  return CJK_LENGTH.test(text) && at > 0 ? { from: at, to: at + 1, text, start: null, sure: true } : null;
}

/** "between 1 and 31 December". */
function between(words: readonly Word[], plain: readonly string[], at: number): EndPlace | null {
  if (!BETWEEN.has(plain[at] ?? '') || !(looksLikeDate(words, at + 1) || isBareDay(words[at + 1]))) return null;
  const last = plain.slice(at + 2, at + 2 + LONGEST_DAY).findIndex((word) => AND.has(word));
  const and = at + 2 + last;
  if (last < 0 || !looksLikeDate(words, and + 1)) return null;
  const found = place(words, at, and + 1, endOfEnd(words, and + 1), true);
  const first = textOf(words.slice(at + 1, and));
  const isBare = last === 0 && isBareDay(words[at + 1]);
  const rest = isBare ? joinWords(splitWords(found?.text ?? '').slice(1)) : '';
  return found === null ? null : { ...found, start: `${first} ${rest}`.trim() };
}

/** "1 to 31 December", "1 December - 31 March": between two dates the word separates nothing else. */
function inRange(words: readonly Word[], at: number): EndPlace | null {
  const word = words[at];
  if (at === 0 || !(fold(word) === 'to' || /^[-–—~]$/.test(word?.text ?? ''))) return null;
  const isBehindDate = isDatePart(words[at - 1], 'any') && !words[at - 1]?.quoted;
  if (!isBehindDate || !looksLikeDate(words, at + 1) || words[at + 1]?.quoted) return null;
  return place(words, at, at + 1, endOfEnd(words, at + 1), false);
}

/** "31. maaliskuuta asti": the word follows the day. */
function behindDay(words: readonly Word[], plain: readonly string[], at: number): EndPlace | null {
  const behind = phraseLength(plain, at, BEHIND_DAY);
  const long = phraseLength(plain, at, BEHIND_LENGTH);
  for (let first = Math.max(0, at - LONGEST_DAY); (behind > 0 || long > 0) && first < at; first += 1) {
    const isDate =
      behind > 0 && looksLikeDate(words, first) && words.slice(first, at).every((part) => isDatePart(part, 'any'));
    const isLength = lengthAt(plain, first) === at - first;
    const text = isDate || isLength ? textOf(words.slice(first, at)) : null;
    if (text !== null) return { from: first, to: at + Math.max(behind, long), text, start: null, sure: true };
  }
  return null;
}

/** "to ServiceNow 2 weeks", "to ServiceNow (2 weeks)". */
function bareLength(words: readonly Word[], plain: readonly string[], at: number): EndPlace | null {
  if (
    at === 0 ||
    words.length - at > LONGEST_LENGTH ||
    !isLengthStart(plain[at] ?? '') ||
    AHEAD.has(plain[at - 1] ?? '')
  )
    return null;
  const length = countedAt(plain, at);
  let first = at;
  while (at - first < MOST_FILLERS && first > 1 && FILLERS.has(plain[first - 1] ?? '')) first -= 1;
  if (AHEAD.has(plain[first - 1] ?? '')) return null;
  return length > 0 && at + length === words.length ? place(words, first, first, words.length, false) : null;
}

/** "from 1 until 31 December": the first day takes its month from the last. */
function withStart(words: readonly Word[], found: EndPlace): EndPlace {
  const day = words[found.from - 1];
  if (found.start !== null || !isBareDay(day) || isDatePart(words[found.from - 2], 'month')) return found;
  const [first, ...rest] = splitWords(found.text);
  if (!isBareDay(first) || rest.length === 0) return found;
  const start = `${trimEdges(day?.text ?? '', '(', '),;:')} ${joinWords(rest)}`;
  const from = found.from - 1;
  const leadIn = [3, 2, 1].find((length) => beginsAt(words, from - length, true) === length) ?? 0;
  return { ...found, from: from - leadIn, start };
}
