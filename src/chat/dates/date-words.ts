import { GERMANIC } from './words/germanic.ts';
import { OTHERS } from './words/others.ts';
import { ROMANCE } from './words/romance.ts';

/**
 * The words by which a line says when something begins and how long it lasts, for each language whose dates are read
 * (`calendars.ts`), besides the names of months and weekdays, which `Intl` knows. In small letters; accents make no
 * difference. A further language is one more block.
 */
export interface DateWords {
  /** In front of the day on which something begins. */
  readonly begin: readonly string[];
  /** In front of a day that is over. */
  readonly since?: readonly string[];
  /** In front of the day on which something ends. */
  readonly end: readonly string[];
  /** The same, behind the day. */
  readonly endBehind?: readonly string[];
  /** In front of a length of time. */
  readonly during: readonly string[];
  /** The same, behind the length. */
  readonly duringBehind?: readonly string[];
  /** In front of a length that lies between now and the start: "in two weeks". */
  readonly ahead: readonly string[];
  /** They may stand in front of a day or a length: articles, "next", "about", "the rest of". */
  readonly fillers: readonly string[];
  readonly units: Readonly<Record<LengthUnit, readonly string[]>>;
  /** Lengths in one word, which need no number. */
  readonly lengths?: readonly string[];
  /** One, two, three and so on; several words for one number are parted by spaces. */
  readonly counts: readonly string[];
  /** Yesterday, today and tomorrow. */
  readonly near: readonly string[];
  /** Days farther away that are named by their distance from today; `chrono-node` takes a part of some for the whole. */
  readonly days: Readonly<Record<string, number>>;
}

export type LengthUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export const DATE_WORDS = { ...GERMANIC, ...ROMANCE, ...OTHERS };

/** Every language's. */
export const ALL_DATE_WORDS: readonly DateWords[] = Object.values(DATE_WORDS);
