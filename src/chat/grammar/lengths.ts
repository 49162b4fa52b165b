import { phraseLength, plainWord, toPlainPhrases, wordsOf } from './plain-words.ts';
import { splitWords } from './tokens.ts';
import { phraseList, wordSet } from './word-lists.ts';

/**
 * Recognizes lengths of time ("2 weeks", "1.5 years", "the rest of the year") by the form of their words, in every
 * language.
 */

export const FILLERS = wordsOf(({ fillers }) => fillers);
const UNITS = wordsOf(({ units, otherUnits = [] }) => [...Object.values(units).flat(), ...otherUnits]);
const LENGTHS = wordsOf(({ lengths = {} }) => Object.keys(lengths));
const COUNTS = wordsOf(({ counts, otherCounts = {} }) => [...counts, ...Object.keys(otherCounts)]);
/** "the end of the year" is a day, not a length. */
const AT_THE_END = wordSet('end ende fin final finales fim fine eind einde slutet конца кінця akhir cuoi');
/** "1.5", "1,5", "2½", "1/2". */
const DECIMAL = '\\d{1,3}(?:[.,]\\d{1,2})?[½¼¾]?|[½¼¾]';
const NUMBER = new RegExp(`^(?:${DECIMAL}|[1-9]/[2-9])$`);
const GLUED_LENGTH = new RegExp(
  `^(?:${DECIMAL})[- ]?(?:d|w|m|mo|y|h|hrs?|hours?|days?|wks?|weeks?|mths?|months?|yrs?|years?)$`,
);
const HYPHENATED = new RegExp(`^(\\p{L}+|${DECIMAL})-(\\p{L}+)$`, 'u');
export const JOINTS = wordSet('or to and bis oder ou o');
/** After the unit: "un an et demi", "um ano e meio", "a year and a half". */
export const HALVES = wordSet('half demi demie medio media meio meia mezzo mezza halb halbe halbes halben');
const HALF_ANDS = wordSet('and et y e und en');
export const MOST_FILLERS = 5;
/** "a couple of", "one and a half". */
const MOST_COUNT_WORDS = 4;
/** "next week": a calendar span, which may or may not be a start. */
const NEXT = wordSet(`
  next coming following nachste nachsten nachstes kommende kommenden kommendes prochaine prochain proxima proximo
  prossima prossimo volgende komende nasta
`);
const VAGUE = toPlainPhrases(
  phraseList(`
    the time being | time being | the moment | the present | a while | a little while | a short while | a bit
    a little bit | some time | a short time | a limited time | the foreseeable future | the interim | the meantime
    the duration
  `),
);
/** "la semaine prochaine". */
const NEXT_BEHIND = wordSet('prochaine prochain prossima prossimo proxima proximo');
const ARTICLES = wordSet('la le el il a o l de het');

/** Chinese and Japanese put no spaces between the words of a date. */
const CJK_NUMBER = '(?:\\d{1,3}|[一二两兩三四五六七八九十半]+)';
export const CJK_LENGTH = new RegExp(
  `^(?:为期|為期|持续|持續|期限)?${CJK_NUMBER}(?:分钟|分鐘|小时|小時|個小時|个小时|時間|天|日間|周間?|週間?|个?星期|個星期|个?礼拜|個?禮拜|(?:个|個|か|ヶ|カ|ケ|ヵ)月間?|年間?|个?季度)(?:之?[内內]|以[内內]|だけ|限定)?$`,
);
/** Whether a text is a length of time and nothing else. */
export function isLength(text: string): boolean {
  const words = splitWords(text);
  const plain = words.map(plainWord);
  if (words.length === 0 || plain.some((word) => AT_THE_END.has(word)) || isNextSpan(plain) || isDayOfNext(plain))
    return false;
  return [lengthAt(plain, 0), vagueAt(plain, 0)].includes(words.length) || plain.join(' ') === 'now';
}

/** "next week", "la semaine prochaine". */
export function isNextSpan(words: readonly string[]): boolean {
  const plain = ARTICLES.has(words[0] ?? '') ? words.slice(1) : words;
  const [one = '', other = ''] = plain;
  return plain.length === 2 && ((NEXT.has(one) && UNITS.has(other)) || (UNITS.has(one) && NEXT.has(other)));
}

/** "5 do próximo mês": the day of that number, and not a count of months. */
function isDayOfNext(words: readonly string[]): boolean {
  return words.some(
    (word, at) =>
      at > 1 && NEXT_BEHIND.has(word) && UNITS.has(words[at + 1] ?? '') && /^\d{1,2}$/.test(words[at - 2] ?? ''),
  );
}

/** How many words at `at` name a time with an unknown end ("the time being", "a while"); 0 for none. */
export function vagueAt(plain: readonly string[], at: number): number {
  return phraseLength(plain, at, VAGUE);
}

/** How many words before `at` are a length of time; 0 for none. */
export function lengthBefore(plain: readonly string[], at: number): number {
  for (let first = Math.max(1, at - MOST_FILLERS); first < at; first += 1) {
    if (
      lengthAt(plain, first) === at - first &&
      plain.slice(first, at).some((word) => isCount(word) || /\d/.test(word))
    )
      return at - first;
  }
  return 0;
}

/** How many words at `at` are a length of time ("about two weeks", "the rest of the year"); 0 for none. */
export function lengthAt(plain: readonly string[], at: number): number {
  if (LENGTHS.has(plain[at] ?? '')) return 1;
  let first = at;
  while (first - at < MOST_FILLERS && FILLERS.has(plain[first] ?? '') && !isCount(plain[first])) first += 1;
  // "the next two weeks", "a further two weeks": the last ambiguous word counts as a number where one is needed.
  for (let start = at; start <= first; start += 1) {
    const counted = countedAt(plain, start);
    if (counted > 0) return start - at + counted;
  }
  let end = at;
  while (end - at < MOST_FILLERS && (FILLERS.has(plain[end] ?? '') || isCount(plain[end]))) end += 1;
  return end > at && UNITS.has(plain[end] ?? '') ? withOnly(plain, end + 1) - at : 0;
}

export function countedAt(plain: readonly string[], at: number): number {
  const word = plain[at] ?? '';
  if (GLUED_LENGTH.test(word) || CJK_LENGTH.test(word)) return withOnly(plain, at + 1) - at;
  const [, count = '', unit = ''] = HYPHENATED.exec(word) ?? [];
  if (isCount(count) && UNITS.has(unit)) return withOnly(plain, at + 1) - at;
  if (!isCount(word)) return 0;
  for (let end = at + 1; end <= at + MOST_COUNT_WORDS + 1; end += 1) {
    const next = plain[end] ?? '-';
    if (UNITS.has(next)) return withOnly(plain, end + 1) - at;
    if (!(isCount(next) || FILLERS.has(next) || JOINTS.has(next))) return 0;
  }
  return 0;
}

function withOnly(plain: readonly string[], unitEnd: number): number {
  const end = withHalf(plain, unitEnd) + (NEXT_BEHIND.has(plain[unitEnd] ?? '') ? 1 : 0);
  return ['only', 'max', 'maximum', 'long'].includes(plain[end] ?? '') ? end + 1 : end;
}

function withHalf(plain: readonly string[], end: number): number {
  if (!HALF_ANDS.has(plain[end] ?? '')) return end;
  const half = plain[end + 1] === 'a' ? end + 2 : end + 1;
  return HALVES.has(plain[half] ?? '') ? half + 1 : end;
}

export function isCount(word: string | undefined): boolean {
  return word !== undefined && (NUMBER.test(word) || COUNTS.has(word) || /^\d{1,3}[-–]\d{1,3}$/.test(word));
}

export function isLengthStart(word: string): boolean {
  return isCount(word) || GLUED_LENGTH.test(word) || HYPHENATED.test(word);
}
