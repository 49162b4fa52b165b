import type { LengthOfTime } from '../../access-ends.ts';
import { CJK_LENGTH, HALVES, isCount, isLength, isLengthStart, JOINTS } from '../grammar/lengths.ts';
import { plainText, plainWord } from '../grammar/plain-words.ts';
import { splitWords } from '../grammar/tokens.ts';
import { wordSet } from '../grammar/word-lists.ts';
import { numberIn } from './chinese-days.ts';
import { ALL_DATE_WORDS } from './date-words.ts';
import type { UnitOfTime } from './words/shape.ts';

/**
 * What a length of time says, in every language whose dates Usher reads: "2 weeks", "anderthalb Jahre", "2週間". A
 * length that may be two, or whose unit has no certain length, is never decided here.
 */
export type TypedLength =
  | { readonly kind: 'length'; readonly length: LengthOfTime }
  /** "the rest of the year". */
  | { readonly kind: 'rest'; readonly unit: UnitOfTime };

const UNITS = new Map<string, LengthOfTime>(
  ALL_DATE_WORDS.flatMap(({ units }) =>
    Object.entries(units).flatMap(([unit, words]) =>
      words.map((word) => [plainText(word), { count: 1, unit: unit as UnitOfTime }] as const),
    ),
  ),
);
for (const word of ['fortnight', 'fortnights']) UNITS.set(word, { count: 2, unit: 'week' });
UNITS.set('quinzaine', { count: 15, unit: 'day' });
const COUNTS = new Map<string, number | null>(
  ALL_DATE_WORDS.flatMap(({ counts, otherCounts = {} }) => [
    ...counts.flatMap((words, index) => words.split(' ').map((word) => [plainText(word), index + 1] as const)),
    ...Object.entries(otherCounts).map(([word, count]) => [plainText(word), count] as const),
  ]),
);
/** One word: a count and a unit. */
const LENGTHS = new Map<string, number>(
  ALL_DATE_WORDS.flatMap(({ lengths = {} }) =>
    Object.entries(lengths).map(([word, count]) => [plainText(word), count] as const),
  ),
);
/** "5 working days" are more than five, by a calendar that Usher does not know. */
const WORKING = wordSet('business working workdays');
const REST = wordSet('rest remainder remaining resto reste restlichen остаток решту sisa resten');
const LEAST = wordSet('least');
/** "半天" is a morning or an afternoon, and half a week no number of days. */
const HALF_UNITS: ReadonlySet<string> = new Set(['year', 'month', 'hour', 'minute']);
const CJK_UNITS: readonly (readonly [RegExp, UnitOfTime])[] = [
  [/[时時]/, 'hour'],
  [/分/, 'minute'],
  [/[周週]|星期|[礼禮]拜/, 'week'],
  [/季/, 'quarter'],
  [/月/, 'month'],
  [/年/, 'year'],
  [/[天日]/, 'day'],
];

/** "Prolonge de 15 jours" adds to an end, from which nothing here counts. */
const MORE_IN_FRENCH =
  /^(?:de |d['’])(?:\d|une? |deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze|vingt|trente).*(?:jours?|semaines?|mois|trimestres?|ans?|années?)$/iu;

/** Null for a text that is no length, or none of one certain value ("2-3 weeks", "a few days", "30m"). */
export function readLength(text: string): TypedLength | null {
  if (!isLength(text) || MORE_IN_FRENCH.test(text.trim())) return null;
  const plain = splitWords(text).map(plainWord);
  if (plain.some((word) => WORKING.has(word) || LEAST.has(word))) return null;
  const words = plain.flatMap(partsOf);
  // "an" is a French year.
  const isUnit = (word: string, at: number) =>
    UNITS.has(word) &&
    (at > 0 || LENGTHS.has(word)) &&
    !(COUNTS.has(word) && words.slice(at + 1).some((next) => UNITS.has(next)));
  const at = words.findIndex(isUnit);
  const unit = UNITS.get(words[at] ?? '');
  if (unit === undefined) return null;
  const before = words.slice(0, at);
  const counts = before.filter((word) => isCount(word) || HALVES.has(word) || JOINTS.has(word));
  if (before.some((word) => REST.has(word))) return { kind: 'rest', unit: unit.unit };
  const base = at === 0 ? (LENGTHS.get(words[0] ?? '') ?? null) : countOf(counts);
  const isHalfMore = words.slice(at + 1).some((word) => HALVES.has(word));
  if (base === null || base <= 0) return null;
  const count = (base + (isHalfMore ? 0.5 : 0)) * unit.count;
  return { kind: 'length', length: { count, unit: unit.unit } };
}

/** "90d", "two-week" and "2週間" as two words. */
function partsOf(word: string): readonly string[] {
  if (CJK_LENGTH.test(word)) {
    const unit = CJK_UNITS.find(([mark]) => mark.test(word))?.[1] ?? '';
    // "一季度" is the first quarter, and "一个季度" a length.
    const isNamed = unit === 'quarter' && !/[个個]/.test(word);
    const typed = /\d+|[一二两兩三四五六七八九十半]+/.exec(word)?.[0] ?? '';
    const isHalf = typed === '半' && HALF_UNITS.has(unit);
    const count = isHalf ? '½' : String(numberIn(typed));
    if (isNamed || count === 'NaN') return [word];
    return [count, unit];
  }
  const [, digits, letters, unit = ''] = /^(?:(\d[\d.,]*[½¼¾]?|[½¼¾])-?|(\p{L}+)-)(\p{L}+)$/u.exec(word) ?? [];
  const count = digits ?? letters ?? '';
  return isLengthStart(word) && UNITS.has(unit) && (isCount(count) || COUNTS.has(count)) ? [count, unit] : [word];
}

/** Null for none, and for counts that contradict each other: "two or three". */
function countOf(words: readonly string[]): number | null {
  const isHalf = words.some((word) => HALVES.has(word));
  const others = words.filter((word) => !HALVES.has(word));
  // "one and a half": the joint belongs to the half, and so does the article behind it.
  const joint = others.findIndex((word) => JOINTS.has(word));
  if (joint >= 0 && !isHalf) return null;
  const whole = joint < 0 ? others : others.slice(0, joint);
  const values = whole.map(numberOf);
  if (values.includes(null)) return null;
  // "a couple", "half an hour"
  const isArticle = (index: number) =>
    values[index] === 1 && !/\d/.test(whole[index] ?? '') && (index < whole.length - 1 || (isHalf && joint < 0));
  const [first = 0, second = first, ...more] = values.filter((_, index) => !isArticle(index)) as number[];
  // "two (2) weeks", "1 1/2 years"
  const sum = second < 1 && second !== first ? first + second : first;
  return more.length > 0 || (second >= 1 && second !== first) ? null : sum + (isHalf ? 0.5 : 0);
}

function numberOf(word: string): number | null {
  const known = COUNTS.get(word);
  if (known !== undefined) return known;
  const [, over = '', under = ''] = /^([1-9])\/([2-9])$/.exec(word) ?? [];
  if (under !== '') return Number(over) / Number(under);
  const [, whole = '', part = ''] = /^(\d{0,3}(?:[.,]\d{1,2})?)([½¼¾]?)$/.exec(word) ?? [];
  if (whole === '' && part === '') return null;
  return Number(whole.replace(',', '.')) + ({ '½': 0.5, '¼': 0.25, '¾': 0.75 }[part] ?? 0);
}
