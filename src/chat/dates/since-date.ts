import type { ParsedResult } from 'chrono-node';
import type { DateTime } from 'luxon';
import type { Reader } from '../../requests/request.ts';
import { type Span, spanIn } from './calendars.ts';
import {
  around,
  dayIn,
  isMisnamed,
  longestDate,
  nameOneDay,
  readIsoDate,
  searchDates,
  startOfDay,
  todayOf,
  withoutEdges,
} from './typed-dates.ts';

/**
 * A typed date as the day from which to list. It looks back: "1 December" is the last one, and "Monday" is today on a
 * Monday.
 */
export type SinceDate =
  /** `at`: the start of that day in the reader's zone, in ms since 1970. */
  { readonly kind: 'since'; readonly at: number } | { readonly kind: 'future' } | { readonly kind: 'unclear' };

const atOnce = /^(?:now|this (?:morning|afternoon|evening)|tonight)$/i;
/** "the start of October": listing from a day begins there anyway. */
const beginning = /^(?:the )?(?:start|beginning) of (?=\S)/i;
const article = /^(?:the|this past) /i;
/** Weekdays with one of these lie ahead, even if a past one is as near. */
const ahead = /\b(?:next|coming|upcoming|this)\b/i;
/** A plain weekday is at most this many days away, on either side. */
const nearestWeekday = 3;
/** The longest gap between two 29 Februaries. */
const mostYears = 8;

/**
 * Reads a date as people of the reader's locale write it, or as in English.
 *
 * @param now ms since 1970
 */
export function readSince(text: string, reader: Reader, now: number): SinceDate {
  const typed = withoutEdges(text.trim());
  if (typed === '' || typed.length > longestDate) return { kind: 'unclear' };
  const day = todayOf(reader, now);
  if (atOnce.test(typed)) return judge(day, day);

  const iso = readIsoDate(typed, day);
  if (iso !== null) return judge(iso, day);
  const words = typed.replace(beginning, '');
  const span = spanIn(words, reader.locale) ?? spanIn(words.replace(article, ''), reader.locale);
  if (span !== null) return judge(startOfSpan(span, day), day);

  const { text: read, results: found } = searchDates(words, reader.locale, day, 'nearest');
  const [first] = found;
  if (first === undefined || !nameOneDay(found) || around(read, found) !== '') return { kind: 'unclear' };
  // "Monday last week" would be read as this week's.
  if (isWeekday(first) && words.split(/\s+/).length > 2) return { kind: 'unclear' };
  const meant = lookBack(first, day);
  return meant === null ? { kind: 'unclear' } : judge(meant, day);
}

function judge(meant: DateTime, day: DateTime): SinceDate {
  if (!meant.isValid) return { kind: 'unclear' };
  const at = startOfDay(meant).toMillis();
  return at > day.toMillis() ? { kind: 'future' } : { kind: 'since', at };
}

function startOfSpan({ unit, count }: Span, day: DateTime): DateTime {
  return day.plus(count === 0 ? {} : { [`${unit}s`]: count }).startOf(unit);
}

/** The latest day that a text without a year or a date can mean; null when two of its words contradict each other. */
function lookBack(result: ParsedResult, day: DateTime): DateTime | null {
  const { start, text } = result;
  const named = dayIn(result, day);
  if (start.isCertain('year')) return start.isCertain('day') && isMisnamed(result, named) ? null : named;
  if (isWeekday(result)) {
    const isPlain = named <= day.plus({ days: nearestWeekday }) && !ahead.test(text);
    return named > day && isPlain ? named.minus({ weeks: 1 }) : named;
  }
  const years = Array.from({ length: mostYears + 1 }, (_, ago) => dayInYear(result, day, day.year - ago));
  const last = years.find((candidate) => candidate.isValid && candidate <= day);
  return last === undefined || isMisnamed(result, last) ? null : last;
}

function dayInYear(result: ParsedResult, day: DateTime, year: number): DateTime {
  const { start } = result;
  const first = day.set({ year, month: 1, day: 1 });
  const month = first.set({ month: start.get('month') ?? 0 });
  const number = start.get('day') ?? 0;
  return number > (month.daysInMonth ?? 0) ? dayIn(result, day) : month.set({ day: number });
}

function isWeekday({ start }: ParsedResult): boolean {
  return start.isCertain('weekday') && !start.isCertain('day');
}
