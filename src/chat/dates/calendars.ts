import type { Chrono } from 'chrono-node';
import type { DateTime } from 'luxon';
import { lazily } from '../../lazily.ts';
import { withChineseDays } from './chinese-days.ts';
import { DATE_WORDS } from './date-words.ts';
import { withFrenchDays } from './french-days.ts';
import { withPortugueseDays } from './portuguese-days.ts';

const chrono = lazily<typeof import('chrono-node')>('chrono-node');

/** The languages whose dates Usher reads, besides English. */
const languages = ['ar', 'de', 'es', 'fi', 'fr', 'id', 'it', 'ja', 'nl', 'pt', 'ru', 'sv', 'uk', 'vi', 'zh'] as const;

/** How a locale writes dates. */
export interface DateManner {
  /** The reader's own language first, then English. */
  readonly calendars: readonly Chrono[];
  /** `12/1` is the first of December, as in the United States. */
  readonly monthFirst: boolean;
  /** "next week", "this month" and the like, which name no day. In lowercase. */
  readonly spans: ReadonlyMap<string, Span>;
  readonly namedDays: NamedDays;
  /** Puts the days that no parser knows into words that one knows. */
  readonly rewrite: Rewrite;
}

type Rewrite = (typed: string, today: DateTime, direction: 'ahead' | 'nearest') => string;

const rewrites: Partial<Record<(typeof languages)[number], Rewrite>> = {
  fr: withFrenchDays,
  pt: withPortugueseDays,
  zh: withChineseDays,
};

/** Days such as "après-demain", in the reader's language and in English. */
export interface NamedDays {
  readonly pattern: RegExp;
  /** The number of days from today. */
  offsetOf(name: string): number;
}

/** A week, a month, a quarter or a year: the last one (-1), this one (0) or the next. */
export interface Span {
  readonly unit: 'week' | 'month' | 'quarter' | 'year';
  readonly count: -1 | 0 | 1;
}

const manners = new Map<string, DateManner>();
/** More than one tenant has; a full cache is cleared. */
const mostManners = 200;

/** @param locale BCP 47; an unknown one reads as `en-US` */
export function mannerOf(locale: string): DateManner {
  const known = manners.get(locale);
  if (known !== undefined) return known;
  if (manners.size >= mostManners) manners.clear();
  const manner = isLocale(locale) ? readManner(locale) : mannerOf('en-US');
  manners.set(locale, manner);
  return manner;
}

function readManner(locale: string): DateManner {
  const { language } = new Intl.Locale(locale);
  const order = new Intl.DateTimeFormat(locale, { month: 'numeric', day: 'numeric' })
    .formatToParts(0)
    .map((part) => part.type);
  const monthFirst = order.indexOf('month') < order.indexOf('day');
  const { en, ...others } = chrono();
  const known = languages.find((name) => name === language);
  const own = known === undefined ? undefined : others[known].casual;
  const english = monthFirst ? en.casual : en.GB;
  return {
    calendars: own === undefined ? [english] : [own, english],
    monthFirst,
    spans: new Map([...spansIn('en'), ...spansIn(locale)]),
    namedDays: namedDaysIn(known ?? 'en'),
    rewrite: (known === undefined ? undefined : rewrites[known]) ?? ((typed) => typed),
  };
}

function namedDaysIn(language: (typeof languages)[number] | 'en'): NamedDays {
  const offsets = new Map<string, number>(
    [DATE_WORDS.en, DATE_WORDS[language]].flatMap(({ days }) => Object.entries(days)),
  );
  const names = [...offsets.keys()].sort((a, b) => b.length - a.length).map((name) => name.replaceAll("'", "['’]"));
  // Chinese and Japanese put no spaces between words.
  const parted = names.filter((name) => !/[\p{scx=Han}\p{scx=Hira}]/u.test(name));
  const glued = names.filter((name) => !parted.includes(name));
  const patterns = [
    ...(glued.length === 0 ? [] : [`(?:${glued.join('|')})`]),
    `(?<![\\p{L}\\p{N}'’-])(?:${parted.join('|')})(?![\\p{L}\\p{N}'’-])`,
  ];
  return { pattern: new RegExp(patterns.join('|'), 'giu'), offsetOf: (name) => offsets.get(foldSpan(name)) ?? 0 };
}

/** The span that a text names, in words of the locale or of English; null for other texts. */
export function spanIn(text: string, locale: string): Span | null {
  return mannerOf(locale).spans.get(foldSpan(text)) ?? null;
}

function spansIn(locale: string): [string, Span][] {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const units = ['week', 'month', 'quarter', 'year'] as const;
  const counts = [-1, 0, 1] as const;
  return units.flatMap((unit) =>
    counts.map((count): [string, Span] => [foldSpan(relative.format(count, unit)), { unit, count }]),
  );
}

function foldSpan(text: string): string {
  return text.toLowerCase().replaceAll('’', "'");
}

function isLocale(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length > 0;
  } catch {
    return false;
  }
}
