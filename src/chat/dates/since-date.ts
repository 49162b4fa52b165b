import type { ParsedResult } from 'chrono-node';
import { DateTime } from 'luxon';
import { startOfDay } from '../../days.ts';
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
  todayOf,
  withoutEdges,
} from './typed-dates.ts';

/**
 * A typed date as the day from which to list, or the time. It looks back: "1 December" is the last one, "Monday" is
 * today on a Monday, and "18:00" is yesterday's in the morning.
 */
export type SinceDate =
  /** `at`: that time, or the start of that day in the reader's zone; in ms since 1970. */
  { readonly kind: 'since'; readonly at: number } | { readonly kind: 'future' } | { readonly kind: 'unclear' };

const span = /^(?:the )?(?:last |past )?(\d{1,4}|an?|one|half an) ?(minutes?|mins?|hours?|hrs?|h)(?: ago)?$/i;
/** A time, with or without a day before it. "1.12" is a day. */
const time = /^(?:(\S.*?),? )??(?:at )?(\d{1,2})(?::(\d{2}))? ?([ap]\.?m\.?)?$/i;
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
  const [, count, unit] = span.exec(typed) ?? [];
  if (count !== undefined && unit !== undefined) return { kind: 'since', at: now - lengthOf(count, unit) };
  return readTime(typed, reader, now, day) ?? readDay(typed, reader, day);
}

function lengthOf(count: string, unit: string): number {
  const length = /^m/i.test(unit) ? minuteMs : hourMs;
  return /^half/i.test(count) ? length / 2 : length * (Number(count) || 1);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** "02:00", "yesterday 6 pm"; null for a text without a time of day. */
function readTime(typed: string, reader: Reader, now: number, today: DateTime): SinceDate | null {
  const [, named, hours, minutes, half] = time.exec(typed) ?? [];
  if (hours === undefined || (minutes === undefined && half === undefined)) return null;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/^p/i.test(half) ? 12 : 0);
  const minute = Number(minutes ?? 0);
  if (hour > 23 || minute > 59 || (half !== undefined && Number(hours) > 12)) return { kind: 'unclear' };
  const ofDay = named === undefined ? null : readDay(named, reader, today);
  if (ofDay !== null && ofDay.kind !== 'since') return ofDay;
  const day = ofDay === null ? today : DateTime.fromMillis(ofDay.at, { zone: today.zone });
  const at = day.set({ hour, minute }).toMillis();
  if (at <= now) return { kind: 'since', at };
  return ofDay === null
    ? { kind: 'since', at: day.minus({ days: 1 }).set({ hour, minute }).toMillis() }
    : { kind: 'future' };
}

function readDay(typed: string, reader: Reader, day: DateTime): SinceDate {
  if (atOnce.test(typed)) return judge(day, day);

  const iso = readIsoDate(typed, day);
  if (iso !== null) return judge(iso, day);
  const words = typed.replace(beginning, '');
  const named = spanIn(words, reader.locale) ?? spanIn(words.replace(article, ''), reader.locale);
  if (named !== null) return judge(startOfSpan(named, day), day);

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
