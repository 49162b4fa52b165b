import type { DateTime } from 'luxon';
import type { Reader } from '../../requests/request.ts';
import { spanIn } from './calendars.ts';
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

const atOnce = /^(?:now|asap|immediately|at once|right away|right now|straight away|as soon as possible)$/i;

/**
 * Reads a date as people of the reader's locale write it, or as in English.
 *
 * @param now ms since 1970
 */
export function readStartDate(text: string, reader: Reader, now: number): StartDate {
  const typed = text.trim();
  if (typed === '' || typed.length > longestDate) return { kind: 'unclear' };
  const today = todayOf(reader, now);
  if (atOnce.test(withoutEdges(typed))) return { kind: 'today', rest: '' };

  const iso = readIsoDate(typed, today);
  if (iso !== null) return judge(iso, '', today);
  const found = searchDates(typed, reader.locale, today, 'ahead');
  const [first] = found;
  if (first === undefined) return { kind: 'unclear' };
  if (!nameOneDay(found)) return { kind: 'several' };

  const day = dayIn(first, today);
  if (isMisnamed(first, day) || (spanIn(first.text, reader.locale)?.count ?? -1) >= 0) return { kind: 'unclear' };
  return judge(day, around(typed, found), today);
}

/** The day that it is for the reader, as `YYYY-MM-DD`. */
export function dayOf(now: number, reader: Reader): string {
  return todayOf(reader, now).toFormat('yyyy-MM-dd');
}

function judge(day: DateTime, rest: string, today: DateTime): StartDate {
  if (!day.isValid) return { kind: 'unclear' };
  const start = startOfDay(day);
  const startsAt = start.toMillis();
  if (startsAt === today.toMillis()) return { kind: 'today', rest };
  if (startsAt < today.toMillis()) return { kind: 'past', startsAt };
  return start > today.plus({ years: 1 }) ? { kind: 'tooFar', startsAt } : { kind: 'date', startsAt, rest };
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
    const startText = withoutEdges(reason.slice(at + match[0].length));
    const date = readStartDate(startText, reader, now);
    const before = withoutEdges(reason.slice(0, at));
    if (date.kind === 'date' && date.rest === '' && before !== '') return { reason: before, startText };
  }
  return null;
}
