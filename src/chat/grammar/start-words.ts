import { DATE_WORDS } from '../dates/date-words.ts';
import { CALENDAR_NAMES, MONTH_NAMES, WEEKDAY_NAMES } from './calendar-names.ts';
import { lengthBefore } from './lengths.ts';
import { isPlain, quoteName } from './names.ts';
import { phraseIn, phrasesOf, plainWord, toPlainPhrases } from './plain-words.ts';
import { REASON_WORDS } from './reason-words.ts';
import { SEPARATORS } from './separators.ts';
import { fold, joinWords, phraseAt, splitWords, toPhrases, trimEdges, type Word } from './tokens.ts';
import { phraseList, wordSet } from './word-lists.ts';

/**
 * Where a line says when something starts. Only the form of the words counts here: the day they name depends on the
 * reader, and `chat/dates` finds it. A date begins after its lead-in ("on", "starting"), and continues to the next
 * separator; without a lead-in only a plain date at the very end counts.
 */
export interface StartPlace {
  /** The words from `from` to `to` are the date with its lead-in. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Words after a lead-in that look like no date ("starting at Easter"): the line must make sense without them. */
  readonly odd: boolean;
  /** The line gives it as a deadline, and may mean one. */
  readonly deadline: boolean;
}

/** Anything after one of these is a start. */
const STRONG_LEAD_INS = toPhrases(`
  starting | starting on | starting from | starting as of | starting at | start on | start date | start date is
  with start date | as of | as from | effective | effective from | effective on | effective as of | with effect from
  beginning | beginning on | beginning from
`);
/** After these, only words that look like a date are one. */
const WEAK_LEAD_INS = wordSet('on from by before in start starts');
/** Not starts in the strict sense, but treated as starts. */
const DEADLINES = wordSet('by before');
/** The same as the weak ones, in every language. */
const BEGINS = phrasesOf(({ begin }) => begin);
/** Before a past day. */
const SINCE = phrasesOf(({ since = [] }) => since);
/** These mean a day later than the one that follows them. */
const AFTER = toPlainPhrases(
  phraseList(`
    after | any time after | nach | apres | despues de | despues del | depois de | depois do | dopo | dopo il | efter
    после | після | setelah | sau
  `),
);
/** Words before "after" or "before" that move the day: "the day after". */
const DAY_BESIDE = wordSet('day week month morning evening night weekend');
/** "the day after the first of December", "two weeks from Monday". */
const SHIFTS = wordSet('after before from following');
/** A start begins only at these words. */
const LEADING: ReadonlySet<string> = new Set([
  ...[...BEGINS.keys(), ...SINCE.keys(), ...AFTER.keys(), ...WEAK_LEAD_INS, 'at'],
  ...STRONG_LEAD_INS.map(([first = '']) => first),
]);
/** "demain", "übermorgen", "depois de amanhã". */
const NAMED_DAYS = phrasesOf(({ near, days }) => [...near, ...Object.keys(days)]);
const ENGLISH_DAYS = toPlainPhrases(Object.keys(DATE_WORDS.en.days));
/** Articles and the like before a day, which never name one themselves. */
const DAY_ARTICLES = wordSet("le el il den dem der de o dia het la l' ngay tanggal at");
const OF = wordSet('of de del di thang month');

const CASUAL = wordSet('today tomorrow tonight now asap immediately');
const NEXT = wordSet('next this coming following');
const UNITS = wordSet('minutes hour hours day days week weeks month months year years fortnight');
/** Words allowed next to the day after "since". */
const PAST_WORDS = wordSet('the last past this ago yesterday of start beginning');
const COUNT = /^(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|couple|few)$/;
const ORDINAL =
  /^(?:(?:twenty-|thirty-)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|ten?th|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)$/;
const DAY = /^(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|e|º|ª|\.)?$/;
const WHOLE_DATE = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./-])\d{1,2}\1(?:\d{2}|\d{4}))$/;
const NUMERIC = /^\d{1,2}[./]\d{1,2}$|^\d{1,4}[年月日년월일]/;
const YEAR = /^20\d\d$/;
const AT_ONCE = toPhrases('as soon as possible | right away | right now | at once | immediately | straight away');
const CLOCK = '(?:\\d{1,2}[:.]\\d{2}(?::\\d{2})?(?: ?[ap]\\.?m\\.?)?|\\d{1,2} ?[ap]\\.?m\\.?|\\d{1,2}h(?:\\d{2})?)';
const TIME = new RegExp(
  `^(?:(?:at|@|um|à|a las|a la|às|alle|kl|kl\\.|klo|om|в|о|by|,) )?(?:${CLOCK}|noon|midday|midnight|lunchtime|\\d{1,2} (?:uhr|o'clock|uur|h|heures))(?: (?:utc|gmt|cet|cest|est|edt|pst|pdt|bst|uhr|sharp))?$|^at \\d{1,2}$|^(?:in the )?(?:morning|afternoon|evening)$`,
);
const LONGEST_TIME = 4;
const LONGEST_TRAILING = 8;

/** A name with one of these words must be quoted. */
export function isStartWord(word: string): boolean {
  return START_WORDS.has(word) || CALENDAR_NAMES.has(word) || CASUAL.has(word) || WHOLE_DATE.test(word);
}

const START_WORDS: ReadonlySet<string> = new Set([
  ...[...STRONG_LEAD_INS, ...AT_ONCE].map(([first = '']) => first),
  ...WEAK_LEAD_INS,
  ...NEXT,
]);

/** The first place that names a time; null when none does. */
export function startPlace(words: readonly Word[]): StartPlace | null {
  for (const at of words.keys()) {
    const lead = leadIn(words, at);
    if (lead === null) continue;
    const first = at + lead.length;
    const before = lead.odd ? 0 : shiftBefore(words, at);
    if (before > 0) {
      const to = endOfDate(words, at);
      const text = textOf(words.slice(at - before, to));
      const from = at - before - leadBefore(words, at - before);
      if (text !== null) return { from, to, text, odd: false, deadline: false };
    }
    const to = words[first]?.quoted ? first + 1 : endOfDate(words, first);
    // "at 9am on Monday"
    const time = at > 1 ? timeAtEnd(words.slice(Math.max(1, at - LONGEST_TIME), at)) : 0;
    const text = textOf([...words.slice(at - time, at), ...words.slice(lead.belongs ? at : first, to)]);
    if (text !== null) return { from: at - time, to, text, odd: lead.odd, deadline: DEADLINES.has(fold(words[at])) };
  }
  return null;
}

/** How many words before "after" or "from" move the day that follows: "the day", "two weeks"; 0 for none. */
function shiftBefore(words: readonly Word[], at: number): number {
  if (!SHIFTS.has(fold(words[at]))) return 0;
  if (DAY_BESIDE.has(fold(words[at - 1]))) {
    const hasArticle = ['the', 'a', 'one'].includes(fold(words[at - 2]));
    if (hasArticle) return 2;
    if (at > 2 && fold(words[at]) !== 'from') return 1;
  }
  return lengthBefore(words.map(plainWord), at);
}

/** How many of the last words before `at` are a lead-in, as in "on the day after". */
function leadBefore(words: readonly Word[], at: number): number {
  const found = [3, 2, 1].find(
    (length) =>
      at - length > 0 &&
      (phraseAt(words.slice(0, at), at - length, STRONG_LEAD_INS) === length ||
        beginsAt(words, at - length, true) === length),
  );
  return found ?? (WEAK_LEAD_INS.has(fold(words[at - 1])) && fold(words[at - 1]) !== 'in' ? 1 : 0);
}

/** Whether "since" introduces a day and nothing else: up to the end or to another part of the line. */
export function isPastDate(words: readonly Word[], at: number): boolean {
  const behind = words.slice(at + 1);
  const next = behind.findIndex((word) => SEPARATORS.has(fold(word)) || REASON_WORDS.has(fold(word)));
  const said = next < 0 ? behind : behind.slice(0, next);
  const isNamed = said.some((word) => isDatePart(word, 'any') || UNITS.has(fold(word)) || fold(word) === 'yesterday');
  return isNamed && said.every((word) => isDatePart(word, 'any') || PAST_WORDS.has(fold(word)) || isCounted(word));
}

function isCounted(word: Word): boolean {
  return !word.quoted && (COUNT.test(fold(word)) || UNITS.has(fold(word)));
}

/** How many words at the end are a date without a lead-in; 0 for none. */
export function trailingStart(words: readonly Word[]): number {
  for (let length = Math.min(LONGEST_TRAILING, words.length - 1); length > 0; length -= 1) {
    if (!isPlainDate(words.slice(words.length - length))) continue;
    // "a week tomorrow"
    return length + lengthBefore(words.map(plainWord), words.length - length);
  }
  return 0;
}

/** Whether the words give one of several names its own time: "salesforce now and github". */
export function holdsOwnTime(words: readonly Word[]): boolean {
  return words.some(
    (word, at) =>
      !word.quoted &&
      CASUAL.has(fold(word)) &&
      at > 0 &&
      (/[,;]$/.test(word.text) || ['and', 'or', '&', '+'].includes(words[at + 1]?.text.toLowerCase() ?? '')),
  );
}

/** A date for a line, with its lead-in. `isPlainly`: the text holds nothing but a start. */
export function writeStart(start: string, isPlainly: boolean): string {
  const words = start.split(' ');
  const parts = splitWords(start);
  if (isPlainly && phraseIn(parts, 0, NAMED_DAYS) === parts.length) return `starting ${start}`;
  const isBare = words.every((word) => isPlain(word) && !REASON_WORDS.has(word.toLowerCase()));
  if (!isBare || !isPlainly) return `starting ${quoteName(start)}`;
  if (!looksLikeDate(parts, 0)) return `starting ${quoteName(start)}`;
  const isRelated = CASUAL.has(fold(parts[0])) || phraseIn(parts, 0, NAMED_DAYS) > 0;
  return `${isRelated ? 'starting' : 'on'} ${start}`;
}

interface LeadIn {
  readonly length: number;
  /** `in` belongs to "in two weeks". */
  readonly belongs: boolean;
  readonly odd: boolean;
}

function leadIn(words: readonly Word[], at: number): LeadIn | null {
  if (!LEADING.has(plainWord(words[at]))) return null;
  const strong = phraseAt(words, at, STRONG_LEAD_INS);
  if (strong > 0) {
    const next = words[at + strong];
    const isDate = next?.quoted || looksLikeDate(words, at + strong);
    if (next === undefined || (!isDate && SEPARATORS.has(fold(next)))) return null;
    return { length: strong, belongs: false, odd: !isDate };
  }
  const folded = fold(words[at]);
  if (folded === 'at')
    return isTimeOnly(words, at) && !isDatePart(words[at - 1], 'any') ? { length: 1, belongs: true, odd: true } : null;
  if (!WEAK_LEAD_INS.has(folded)) {
    const past = phraseIn(words, at, SINCE);
    if (past > 0) return looksPast(words, at + past) ? { length: past, belongs: true, odd: false } : null;
    const after = phraseIn(words, at, AFTER);
    if (after > 0 && phraseIn(words, at, NAMED_DAYS) === 0 && looksLikeDate(words, at + after))
      return { length: after, belongs: true, odd: false };
    const length = beginsAt(words, at);
    return length > 0 ? { length, belongs: false, odd: false } : null;
  }
  const isDate =
    folded === 'in' ? isRelative(words, at) || isDatePart(words[at + 1], 'month') : looksLikeDate(words, at + 1);
  return isDate ? { length: 1, belongs: isRelative(words, at), odd: false } : null;
}

function looksPast(words: readonly Word[], at: number): boolean {
  if (looksLikeDate(words, at)) return true;
  const next = fold(words[at]);
  return (
    next === 'yesterday' || isPastDate(words, at - 1) || (DAY_ARTICLES.has(next) && isDatePart(words[at + 1], 'any'))
  );
}

/**
 * How many words at `at` introduce a day on which something begins, in any language; 0 for none. Words that look like a
 * day must follow, unless `isBare`.
 */
export function beginsAt(words: readonly Word[], at: number, isBare = false): number {
  if (at < 0) return 0;
  const length = phraseIn(words, at, BEGINS);
  if (length === 0 || isDatePart(words[at - 1], 'day')) return 0;
  if (isBare) return length;
  return looksLikeDate(words, at + length) && !isTimeOnly(words, at + length) ? length : 0;
}

/** "31", "1st", "31.": a day whose month is named elsewhere. */
export function isBareDay(word: Word | undefined): boolean {
  return word !== undefined && !word.quoted && DAY.test(fold(word));
}

/** Whether a word may be this part of a date. */
export function isDatePart(word: Word | undefined, part: 'day' | 'month' | 'any'): boolean {
  if (word === undefined || word.quoted) return false;
  const folded = fold(word);
  if (part === 'month') return MONTH_NAMES.has(folded);
  if (part === 'day') return DAY.test(folded);
  const isName = CALENDAR_NAMES.has(folded) || CASUAL.has(folded) || OF.has(folded) || YEAR.test(folded);
  return (
    isName || DAY.test(folded) || WHOLE_DATE.test(folded) || NUMERIC.test(folded) || NAMED_DAYS.has(plainWord(word))
  );
}

/** A date continues to the next separator; "to" between two dates is none. */
function endOfDate(words: readonly Word[], first: number): number {
  let end = first + 1;
  // "in two weeks" begins with a word that is a separator elsewhere.
  while (end < words.length && !endsDate(words, end)) end += 1;
  return end;
}

function endsDate(words: readonly Word[], at: number): boolean {
  const folded = fold(words[at]);
  if (folded === 'to') return !looksLikeDate(words, at + 1);
  return (SEPARATORS.has(folded) && !isRelative(words, at)) || folded === 'access';
}

/** Whether the words at a position may begin a date. */
export function looksLikeDate(words: readonly Word[], at: number): boolean {
  const word = words[at];
  if (word === undefined) return false;
  if (word.quoted) {
    const inside = splitWords(word.text).map((part) => ({ ...part, quoted: false }));
    return looksLikeDate(inside, 0);
  }
  const [first, second] = [fold(word), fold(words[at + 1])];
  if (WHOLE_DATE.test(first) || NUMERIC.test(first) || CALENDAR_NAMES.has(first) || CASUAL.has(first)) return true;
  if (phraseIn(words, at, NAMED_DAYS) > 0) return true;
  if (DAY.test(first)) return /\D/.test(first) || OF.has(plainWord(words[at + 1])) || MONTH_NAMES.has(second);
  if (DAY_ARTICLES.has(plainWord(word)) && looksLikeDay(words, at + 1)) return true;
  if (first === 'the' || first === 'le') return DAY.test(second) || ORDINAL.test(second);
  if (NEXT.has(first)) return CALENDAR_NAMES.has(second) || UNITS.has(second);
  return isRelative(words, at) || (ORDINAL.test(first) && (second === 'of' || MONTH_NAMES.has(second)));
}

function looksLikeDay(words: readonly Word[], at: number): boolean {
  const [first, second] = [fold(words[at]), fold(words[at + 1])];
  if (words[at]?.quoted || DAY_ARTICLES.has(first)) return false;
  if (WHOLE_DATE.test(first) || NUMERIC.test(first) || CALENDAR_NAMES.has(first)) return true;
  return DAY.test(first) && (OF.has(plainWord(words[at + 1])) || MONTH_NAMES.has(second));
}

/** "in two weeks", "in a couple of days". */
function isRelative(words: readonly Word[], at: number): boolean {
  if (fold(words[at]) !== 'in' || !COUNT.test(fold(words[at + 1]))) return false;
  return [2, 3, 4].some((offset) => UNITS.has(fold(words[at + offset])));
}

/** An unambiguous date: "tomorrow", "next Monday", "1 December", "Mon, Dec 1, 2026", "2026-12-01". */
function isPlainDate(words: readonly Word[]): boolean {
  if (words.some((word) => word.quoted)) return false;
  const time = timeAtEnd(words);
  if (time > 0 && time < words.length) return isPlainDate(words.slice(0, -time));
  const [first = '', second = '', third = '', ...more] = words.map(fold);
  const leading = [1, 2, 3].find((length) => length < words.length && timeAtEnd(words.slice(0, length)) === length);
  if (leading !== undefined && !DAY.test(first)) return isPlainDate(words.slice(leading));
  if (phraseAt(words, 0, AT_ONCE) === words.length) return true;
  if (phraseIn(words, 0, ENGLISH_DAYS) === words.length) return true;
  // "tomorrow week", "Monday fortnight": a week after that day.
  const isWeekLater = words.length === 2 && ['week', 'fortnight'].includes(second);
  if (isWeekLater) return first === 'today' || first === 'tomorrow' || WEEKDAY_NAMES.has(first);
  if (words.length === 1) return first === 'today' || first === 'tomorrow' || WHOLE_DATE.test(first);
  if (WEEKDAY_NAMES.has(first)) return isPlainDate(words.slice(1));
  if (NEXT.has(first)) return words.length === 2 && (CALENDAR_NAMES.has(second) || UNITS.has(second));
  const isDay = DAY.test(first) && MONTH_NAMES.has(second);
  const isMonthAndDay = MONTH_NAMES.has(first) && DAY.test(second);
  return (isDay || isMonthAndDay) && (words.length === 2 || (YEAR.test(third) && more.length === 0));
}

/** Whether a name ends like a time of day, which would be read with the date after it. */
export function endsInTime(words: readonly Word[]): boolean {
  return timeAtEnd(words) > 0;
}

/** How many words at the end are a time of day: "at 9am", "14:00", "at noon", "9 Uhr", "in the morning". */
function timeAtEnd(words: readonly Word[]): number {
  for (let length = Math.min(LONGEST_TIME, words.length); length > 0; length -= 1) {
    if (TIME.test(words.slice(-length).map(timeWord).join(' '))) return length;
  }
  return 0;
}

function isTimeOnly(words: readonly Word[], at: number): boolean {
  const length = words.length - at;
  return length > 0 && length <= LONGEST_TIME && timeAtEnd(words) >= length && fold(words[at]) === 'at';
}

function timeWord(word: Word): string {
  return word.quoted ? '-' : trimEdges(word.text.toLowerCase(), '(', ',;)');
}

/** The name of a month or a weekday. */
export function isCalendarWord(word: Word | undefined): boolean {
  return CALENDAR_NAMES.has(fold(word));
}

/** Some words of a line as they were typed; null for nothing but punctuation. */
export function textOf(words: readonly Word[]): string | null {
  const whole = joinWords(words);
  const text = words.some((word) => word.quoted) ? whole : trimEdges(whole, '([', ')],;:');
  return text.trim() === '' ? null : text;
}
