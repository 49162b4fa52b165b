import type { Chrono, ParsedResult } from 'chrono-node';
import { DateTime, IANAZone } from 'luxon';
import type { Reader } from '../../requests/request.ts';
import { mannerOf } from './calendars.ts';

/**
 * A date that somebody typed, as the day on which something starts. It looks ahead: "1 December" is the next one. A text
 * that could mean two days is never decided here, and neither is one that names none ("next week").
 */
export type StartDate =
  /** `startsAt`: the start of that day in the reader's zone, in ms since 1970. `rest`: the text around the date. */
  | { readonly kind: 'date'; readonly startsAt: number; readonly rest: string }
  | { readonly kind: 'today'; readonly rest: string }
  | { readonly kind: 'past'; readonly startsAt: number }
  /** More than a year ahead. */
  | { readonly kind: 'tooFar'; readonly startsAt: number }
  | { readonly kind: 'unclear' }
  /** More than one day, or the length of a stay. */
  | { readonly kind: 'several' };

/** No date is longer; the readers of dates take their time over long texts. In UTF-16 units. */
const longestDate = 120;
const atOnce = /^(?:now|asap|immediately|at once|right away|right now|straight away|as soon as possible)$/i;
const isoDate = /^(\d{4})-(\d{2})-(\d{2})$/;
/** `1.12.`, which the reader of German knows with a year only. */
const dottedDay = /(?<![\d.])(\d{1,2})\.(0?[1-9]|1[0-2])\.?(?![\d.])/g;
const edges = /^[\s.,;:!?()]+|[\s.,;:!?()]+$/g;

/**
 * Reads a date as people of the reader's locale write it, or as in English.
 *
 * @param now ms since 1970
 */
export function readStartDate(text: string, reader: Reader, now: number): StartDate {
  const typed = text.trim();
  if (typed === '' || typed.length > longestDate) return { kind: 'unclear' };
  const today = startOfDay(clockOf(reader, now));
  const { zone } = today;
  if (atOnce.test(typed.replace(edges, ''))) return { kind: 'today', rest: '' };

  const iso = isoDate.exec(typed);
  if (iso !== null) {
    const [year, month, day] = iso.slice(1).map(Number);
    return judge(DateTime.fromObject({ year, month, day }, { zone }), '', today);
  }
  const found = search(typed, reader.locale, today);
  const [first] = found;
  if (first === undefined) return { kind: 'unclear' };
  const days = new Set(found.map(namedDay));
  if (days.size > 1 || found.some(({ end }) => end !== null && end !== undefined)) return { kind: 'several' };

  const { start } = first;
  const day = DateTime.fromObject(
    { year: start.get('year') ?? 0, month: start.get('month') ?? 0, day: start.get('day') ?? 0 },
    { zone },
  );
  // "Monday 1 December" of a year in which that is a Tuesday: one of the two is a mistake.
  const misnamed = start.isCertain('weekday') && start.get('weekday') !== day.weekday % 7;
  if (misnamed || mannerOf(reader.locale).vague.has(first.text.toLowerCase())) return { kind: 'unclear' };
  return judge(day, around(typed, found), today);
}

/** The day that it is for the reader, as `YYYY-MM-DD`. */
export function dayOf(now: number, reader: Reader): string {
  return clockOf(reader, now).toFormat('yyyy-MM-dd');
}

/** A zone that nobody knows reads as UTC. */
function clockOf({ timeZone }: Reader, now: number): DateTime {
  return DateTime.fromMillis(now, { zone: IANAZone.isValidZone(timeZone) ? timeZone : 'UTC' });
}

function judge(day: DateTime, rest: string, today: DateTime): StartDate {
  if (!day.isValid) return { kind: 'unclear' };
  const start = startOfDay(day);
  const startsAt = start.toMillis();
  if (startsAt === today.toMillis()) return { kind: 'today', rest };
  if (startsAt < today.toMillis()) return { kind: 'past', startsAt };
  return start > today.plus({ years: 1 }) ? { kind: 'tooFar', startsAt } : { kind: 'date', startsAt, rest };
}

/** The first moment of a day: not midnight where the clock is put forward then, and the earlier of two midnights. */
function startOfDay(day: DateTime): DateTime {
  const start = day.startOf('day');
  return start.getPossibleOffsets()[0] ?? start;
}

/** What the reader's language or English finds, whichever makes more of the text. */
function search(text: string, locale: string, today: DateTime): readonly ParsedResult[] {
  const { calendars, monthFirst } = mannerOf(locale);
  const plain = monthFirst
    ? text
    : text.replace(dottedDay, (whole, day, month) => `${day}/${month}`.padEnd(whole.length));
  let best: readonly ParsedResult[] = [];
  let most = 0;
  for (const calendar of calendars) {
    const results = resultsOf(calendar, plain, today);
    const covered = results.reduce((sum, result) => sum + result.text.length, 0);
    if (covered > most) {
      best = results;
      most = covered;
    }
  }
  return best;
}

function resultsOf(calendar: Chrono, text: string, today: DateTime): ParsedResult[] {
  const results = resultsFrom(calendar, text, today);
  if (results.length > 0 || !text.includes('29')) return results;
  // In a year without that day the reader of dates finds nothing in "29 February"; the next such day is meant.
  const years = Array.from({ length: 8 }, (_, index) => today.set({ month: 1, day: 1 }).plus({ years: index + 1 }));
  const leapYear = years.find((year) => year.isInLeapYear);
  return leapYear === undefined ? [] : resultsFrom(calendar, text, leapYear);
}

function resultsFrom(calendar: Chrono, text: string, today: DateTime): ParsedResult[] {
  // Noon of the reader's day on a clock without daylight saving: only the day is read, and none of its neighbours.
  const instant = new Date(Date.UTC(today.year, today.month - 1, today.day, 12));
  return calendar
    .parse(text, { instant, timezone: 0 }, { forwardDate: true })
    .filter(({ start }) => start.isCertain('day') || start.isCertain('weekday') || start.isCertain('month'));
}

function namedDay({ start }: ParsedResult): string {
  return [start.get('year'), start.get('month'), start.get('day')].join('-');
}

function around(text: string, results: readonly ParsedResult[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { index, text: date } of results) {
    pieces.push(text.slice(from, index));
    from = index + date.length;
  }
  pieces.push(text.slice(from));
  return pieces
    .map((piece) => piece.replace(edges, ''))
    .filter((piece) => piece !== '' && !/^(?:on|from|the|le|la|am|ab|den|el)$/i.test(piece))
    .join(' ');
}

/** Words behind which a reason may tell when something starts; those of the second group are part of the date. */
const leadIns =
  /(?<=\s)(?:(?:starting|beginning|effective)(?: on| from)?|as of|on|from)\s+|(?<=\s)(?=(?:in|next|tomorrow)(?:\s|[.!]?$))/gi;
/** A reason with one of these tells when something ends. */
const ending =
  /\b(?:end(?:s|ed|ing)?|leav(?:e|es|ing)|left|expir(?:es?|ed|ing)|until|till?|before|due|deadline|stops?)\b/i;

/**
 * The date at the end of a reason: "he joins Sales on 1 December". Null when there is none ahead within a year, or when
 * it may be the date of an end.
 */
export function findTrailingDate(
  reason: string,
  reader: Reader,
  now: number,
): { readonly reason: string; readonly startText: string } | null {
  if (ending.test(reason)) return null;
  const from = Math.max(0, reason.length - longestDate);
  for (const match of reason.slice(from).matchAll(leadIns)) {
    const at = from + match.index;
    const startText = reason.slice(at + match[0].length).replace(edges, '');
    const date = readStartDate(startText, reader, now);
    const before = reason.slice(0, at).replace(edges, '');
    if (date.kind === 'date' && date.rest === '' && before !== '') return { reason: before, startText };
  }
  return null;
}
