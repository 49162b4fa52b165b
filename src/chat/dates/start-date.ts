import type { ParsedResult } from 'chrono-node';
import type { DateTime } from 'luxon';
import type { Reader } from '../../requests/request.ts';
import { endPlace, isLength } from '../grammar/end-words.ts';
import { joinWords, splitWords } from '../grammar/words.ts';
import { spanIn } from './calendars.ts';
import {
  around,
  dayIn,
  isMisnamed,
  longestDate,
  nameOneDay,
  readIsoDate,
  searchDates,
  standsAlone,
  startOfDay,
  todayOf,
  withoutEdges,
} from './typed-dates.ts';

/**
 * A date that somebody typed, as the day on which something starts. It looks ahead: "1 December" is the next one. A text
 * that could mean two days is never decided here, and neither is one that names none ("next week").
 */
export type StartDate =
  /**
   * `day`: the start of that day in the reader's zone, in ms since 1970. `rest`: the text around the date; it may be a
   * reason only where `isReason`. `hasTime`: a time of day was named, which no start keeps.
   */
  | ({ readonly kind: 'date'; readonly startsAt: number } & Around)
  | ({ readonly kind: 'today' } & Around)
  | { readonly kind: 'past'; readonly startsAt: number }
  /** More than a year ahead. */
  | { readonly kind: 'tooFar'; readonly startsAt: number }
  | { readonly kind: 'unclear' }
  /** More than one day, or the length of a stay; `stay`: where it is a start with an end, or an end alone. */
  | { readonly kind: 'several'; readonly stay: Stay | null };

interface Around {
  readonly rest: string;
  readonly isReason: boolean;
  readonly hasTime: boolean;
}

/** As typed, or as `YYYY-MM-DD`. */
export interface Stay {
  readonly start: string | null;
  readonly end: string;
}

const atOnce = /^(?:now|asap|immediately|at once|right away|right now|straight away|as soon as possible)$/i;

const nothingAround: Around = { rest: '', isReason: false, hasTime: false };
/** A day that is a deadline: something starts before it, and it is not said when. */
const deadline = /^(?:within|binnen|inom|entro|dentro de|sous)\b/i;
/** What leads in a date is no longer: "à partir du". */
const longestLeadIn = 15;
/** What follows a date is a reason behind a mark, or where it tells of those concerned; a number may be of the date. */
const reasonBehind =
  /^\s*(?:[,;:.–—-]\s*\D*|(?:because|as|since|so|he|she|they|we|i|it|this|his|her|their|our)(?:'[a-z]+)?\s\D*)$/i;

/**
 * Reads a date as people of the reader's locale write it, or as in English.
 *
 * @param now ms since 1970
 */
export function readStartDate(text: string, reader: Reader, now: number): StartDate {
  const typed = text.trim();
  if (typed === '' || typed.length > longestDate) return { kind: 'unclear' };
  const today = todayOf(reader, now);
  if (atOnce.test(withoutEdges(typed))) return { kind: 'today', ...nothingAround };

  const iso = readIsoDate(typed, today);
  if (iso !== null) return judge(iso, nothingAround, today);
  if (deadline.test(typed) || (spanIn(withoutEdges(typed), reader.locale)?.count ?? -1) >= 0)
    return { kind: 'unclear' };
  const stay = readStay(typed);
  if (stay !== null) return { kind: 'several', stay };
  const { text: read, results: found } = searchDates(typed, reader.locale, today, 'ahead');
  const [first] = found;
  if (first === undefined || !found.every((result) => standsAlone(read, result))) return { kind: 'unclear' };
  if (!nameOneDay(found)) return { kind: 'several', stay: found.length === 1 ? rangeOf(first) : null };

  const day = dayIn(first, today);
  if (isMisnamed(first, day) || (spanIn(first.text, reader.locale)?.count ?? -1) >= 0) return { kind: 'unclear' };
  const rest = around(read, found);
  const behind = read.slice(first.index + first.text.length);
  const isReason = withoutEdges(read.slice(0, first.index)).length <= longestLeadIn && reasonBehind.test(behind);
  return judge(day, { rest, isReason, hasTime: found.some(namesTime) }, today);
}

/** A start and an end, a length, or an end alone; null where nothing ends. */
function readStay(typed: string): Stay | null {
  if (isLength(typed)) return { start: null, end: typed };
  const words = splitWords(typed);
  const place = endPlace(words);
  if (place === null) return null;
  const around = joinWords([...words.slice(0, place.from), ...words.slice(place.to)]);
  return { start: place.start ?? (withoutEdges(around) || null), end: place.text };
}

function rangeOf({ start, end }: ParsedResult): Stay | null {
  const dayOfParts = (parts: ParsedResult['start']) =>
    ['year', 'month', 'day'].map((part) => String(parts.get(part as 'year') ?? 0).padStart(2, '0')).join('-');
  return end === null || end === undefined ? null : { start: dayOfParts(start), end: dayOfParts(end) };
}

/** Days are read at noon; another hour was named, if only by "morning". */
function namesTime({ start }: ParsedResult): boolean {
  return start.isCertain('hour') || start.get('hour') !== 12;
}

/** The day that it is for the reader, as `YYYY-MM-DD`. */
export function dayOf(now: number, reader: Reader): string {
  return todayOf(reader, now).toFormat('yyyy-MM-dd');
}

function judge(day: DateTime, around: Around, today: DateTime): StartDate {
  if (!day.isValid) return { kind: 'unclear' };
  const start = startOfDay(day);
  const startsAt = start.toMillis();
  if (startsAt === today.toMillis()) return { kind: 'today', ...around };
  if (startsAt < today.toMillis()) return { kind: 'past', startsAt };
  return start > today.plus({ years: 1 }) ? { kind: 'tooFar', startsAt } : { kind: 'date', startsAt, ...around };
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
  if (ending.test(reason) || endPlace(splitWords(reason)) !== null) return null;
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
