import type { ParsedResult } from 'chrono-node';
import { DateTime } from 'luxon';
import { startOfDay } from '../../days.ts';
import type { Reader } from '../../requests/request.ts';
import { endPlace } from '../grammar/end-words.ts';
import { isLength } from '../grammar/lengths.ts';
import { phraseIn, phrasesOf } from '../grammar/plain-words.ts';
import { joinWords, splitWords } from '../grammar/tokens.ts';
import { spanIn } from './calendars.ts';
import { readSince } from './since-date.ts';
import {
  around,
  dayIn,
  isMisnamed,
  longestDate,
  nameOneDay,
  readIsoDate,
  searchDates,
  standsAlone,
  todayOf,
  withoutEdges,
} from './typed-dates.ts';

/**
 * A typed date as the day on which something starts. It looks ahead: "1 December" is the next one. A text that could
 * mean two days is never decided here, nor is one that names none ("next week").
 */
export type StartDate =
  /**
   * `startsAt`: the start of that day in the reader's zone, in ms since 1970. `rest`: the text around the date; it may
   * be a reason only where `isReason`. `hasTime`: a time of day was named, which Usher does not keep.
   */
  | ({ readonly kind: 'date'; readonly startsAt: number } & Around)
  | ({ readonly kind: 'today' } & Around)
  | ({ readonly kind: 'past'; readonly startsAt: number } & Around)
  /** More than a year ahead. */
  | ({ readonly kind: 'tooFar'; readonly startsAt: number } & Around)
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

const atOnce =
  /^(?:now|now on|effective immediately|with immediate effect|asap|immediately|at once|right away|right now|straight away|as soon as possible)$/i;

const nothingAround: Around = { rest: '', isReason: false, hasTime: false };
/** Marks a deadline: the start lies before it, at an unknown time. */
const deadline = /^(?:within|binnen|inom|entro|dentro de|sous)\b/i;
/** In characters; the longest words that introduce a date: "à partir du". */
const longestLeadIn = 15;
/**
 * The text after a date is a reason if punctuation or a word about the people concerned begins it; a number may belong
 * to the date.
 */
const reasonBehind =
  /^\s*(?:[,;:.–—-]\s*\D*|(?:because|as|since|so|he|she|they|we|i|it|this|his|her|their|our)(?:'[a-z]+)?\s\D*)$/i;

/** "vendredi en huit" is a week after Friday, of which the parser takes the Friday. */
const aWeekLater = /(?<!\p{L})en (?:huit|quinze)(?!\p{L})/iu;

/**
 * Reads a date as people of the reader's locale write it, or as in English.
 *
 * @param now ms since 1970
 */
export function readStartDate(text: string, reader: Reader, now: number): StartDate {
  const typed = text.trim();
  if (typed === '' || typed.length > longestDate || aWeekLater.test(typed)) return { kind: 'unclear' };
  const today = todayOf(reader, now);
  if (atOnce.test(withoutEdges(typed))) return { kind: 'today', ...nothingAround };

  const iso = readIsoDate(typed, today);
  if (iso !== null) return judge(iso, nothingAround, today);
  const past = afterSince(typed);
  if (past !== null) return readPast(past, reader, now);
  const shifted = readShifted(typed, reader, now, today);
  if (shifted !== null) return shifted;
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

/** "since Monday" is no future start. */
function readPast(text: string, reader: Reader, now: number): StartDate {
  const since = readSince(text, reader, now);
  if (since.kind !== 'since') return { kind: 'unclear' };
  const isToday = since.at === todayOf(reader, now).toMillis();
  return isToday ? { kind: 'today', ...nothingAround } : { kind: 'past', startsAt: since.at, ...nothingAround };
}

/** The text after "since" or "seit"; null without one of these. */
function afterSince(typed: string): string | null {
  const words = splitWords(typed);
  const length = phraseIn(words, 0, SINCE);
  return length === 0 ? null : joinWords(words.slice(length));
}

const SINCE = phrasesOf(({ since = [] }) => since);
const besideDay = /^(?:on )?(?:the )?day (after|before) (?!tomorrow\b|yesterday\b)(.+)$/i;
const lengthBehind = /^(.+?) (?:from|after) (.+)$/i;
const nearDays: Readonly<Record<string, number>> = { now: 0, today: 0, tomorrow: 1 };

/** A day by its distance from another one; null for other texts. Longer distances are read only from today. */
function readShifted(typed: string, reader: Reader, now: number, today: DateTime): StartDate | null {
  const [, side, day] = besideDay.exec(typed) ?? [];
  if (day !== undefined) {
    const found = readStartDate(day, reader, now);
    if (found.kind === 'today' && found.rest === '' && !found.hasTime)
      return judge(besides(today, side), nothingAround, today);
    if (found.kind !== 'date' || found.rest !== '' || found.hasTime) return { kind: 'unclear' };
    return judge(besides(today.plus({ days: daysTo(found.startsAt, today) }), side), nothingAround, today);
  }
  const [, length = '', from = ''] = lengthBehind.exec(withoutEdges(typed)) ?? [];
  if (length === '' || !isLength(length)) return null;
  const days = nearDays[from.toLowerCase()];
  // "two weeks from Monday" may be a stay that begins on Monday.
  if (days === undefined) return { kind: 'unclear' };
  const found = readStartDate(`in ${length}`, reader, now);
  if (found.kind !== 'date' || found.rest !== '' || found.hasTime) return { kind: 'unclear' };
  return judge(today.plus({ days: daysTo(found.startsAt, today) + days }), nothingAround, today);
}

function besides(day: DateTime, side: string | undefined): DateTime {
  return day.plus({ days: side?.toLowerCase() === 'before' ? -1 : 1 });
}

function daysTo(startsAt: number, today: DateTime): number {
  return Math.round(DateTime.fromMillis(startsAt, { zone: today.zone }).diff(today, 'days').days);
}

/** The first day of "next week" and the like, in ms since 1970; null for texts that name no future span. */
export function startOfNextSpan(text: string, reader: Reader, now: number): number | null {
  const typed = withoutEdges(text);
  const span = spanIn(typed, reader.locale) ?? spanIn(typed.replace(/^(?:the|la|le|el|il|a|o) /i, ''), reader.locale);
  if (span === null || span.count < 1) return null;
  const next = todayOf(reader, now).plus({ [`${span.unit}s`]: 1 });
  return startOfDay(next.startOf(span.unit)).toMillis();
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

/** Days are read at noon; another hour means that the text names a time, if only "morning". */
function namesTime({ start }: ParsedResult): boolean {
  return start.isCertain('hour') || start.get('hour') !== 12;
}

/** The reader's current day, as `YYYY-MM-DD`. */
export function dayOf(now: number, reader: Reader): string {
  return todayOf(reader, now).toFormat('yyyy-MM-dd');
}

function judge(day: DateTime, around: Around, today: DateTime): StartDate {
  if (!day.isValid) return { kind: 'unclear' };
  const start = startOfDay(day);
  const startsAt = start.toMillis();
  if (startsAt === today.toMillis()) return { kind: 'today', ...around };
  if (startsAt < today.toMillis()) return { kind: 'past', startsAt, ...around };
  return start > today.plus({ years: 1 })
    ? { kind: 'tooFar', startsAt, ...around }
    : { kind: 'date', startsAt, ...around };
}
