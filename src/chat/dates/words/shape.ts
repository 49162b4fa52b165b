export type UnitOfTime = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/**
 * The words that say when something begins and how long it lasts, for each language whose dates Usher reads
 * (`calendars.ts`), besides the names of months and weekdays, which `Intl` knows. In lowercase; accents make no
 * difference. A new language is one more block.
 */
export interface DateWords {
  /** Before the day on which something begins. */
  readonly begin: readonly string[];
  /** Before a past day. */
  readonly since?: readonly string[];
  /** Before the day on which something ends. */
  readonly end: readonly string[];
  /** The same, after the day. */
  readonly endBehind?: readonly string[];
  /** Before a length of time. */
  readonly during: readonly string[];
  /** The same, after the length. */
  readonly duringBehind?: readonly string[];
  /** Before a length that lies between now and the start: "in two weeks". */
  readonly ahead: readonly string[];
  /** Words that may precede a day or a length: articles, "next", "about", "the rest of". */
  readonly fillers: readonly string[];
  readonly units: Readonly<Record<UnitOfTime, readonly string[]>>;
  /** Units of which Usher does not know how long they are: "sprint". */
  readonly otherUnits?: readonly string[];
  /** One-word lengths, which need no number: how many of their unit they are. */
  readonly lengths?: Readonly<Record<string, number>>;
  /** One, two, three and so on; several words for one number are separated by spaces. */
  readonly counts: readonly string[];
  /** Other numbers; null for words that name no certain one. */
  readonly otherCounts?: Readonly<Record<string, number | null>>;
  /** Yesterday, today and tomorrow. */
  readonly near: readonly string[];
  /** Other days named by their distance from today; `chrono-node` takes a part of some for the whole. */
  readonly days: Readonly<Record<string, number>>;
}
