import type { ParsedResult } from 'chrono-node';
import { DateTime, FixedOffsetZone } from 'luxon';
import { type AccessEnd, endAfter } from '../../access-ends.ts';
import { assertNever } from '../../assert-never.ts';
import type { Reader } from '../../requests/request.ts';
import { isEndless } from '../grammar/endless.ts';
import { isLength } from '../grammar/lengths.ts';
import { phraseLength, plainText, plainWord, toPlainPhrases } from '../grammar/plain-words.ts';
import { isDatePart } from '../grammar/start-words.ts';
import { splitWords } from '../grammar/tokens.ts';
import { ALL_DATE_WORDS } from './date-words.ts';
import { endOfFrenchMonth } from './french-days.ts';
import { readLength } from './length.ts';
import { readStartDate } from './start-date.ts';
import {
  around,
  dayIn,
  isMisnamed,
  longestDate,
  nameOneDay,
  searchDates,
  standsAlone,
  todayOf,
  withoutEdges,
} from './typed-dates.ts';

/**
 * The end that a line states, as a moment. A day without a time of day ends with that day in the reader's zone, whatever
 * word precedes it: "until", "through" and "to" 31 March all include the 31st. A time of day without a day is the next
 * such time. A length counts from the start, or from now.
 */
export type EndDate =
  | ({ readonly kind: 'at' } & AccessEnd)
  /** It has passed. */
  | ({ readonly kind: 'past' } & Moment)
  | ({ readonly kind: 'beforeStart' } & Moment)
  /** "until further notice", "forever". */
  | { readonly kind: 'endless' }
  /** No day, no length, or one that may be two: "until March", "for 2-3 weeks". */
  | { readonly kind: 'unreadable' };

/** As in `AccessEnd`. */
type Moment = Pick<AccessEnd, 'endsAt' | 'hasTime'>;

/** "friday midnight" is the end of Friday. */
const midnight = /(?:^|\s)(?:at )?(?:midnight|24:00)(?= |$)/i;
const endOfSpan = /^(?:the )?(?:end|last day) of (?:(?:the|this) )?(next |coming )?(day|week|month|quarter|year)$/i;
/** "end of day", and the same in other languages, without accents. */
const shortEnds: Readonly<Record<string, 'day' | 'week' | 'month' | 'year'>> = {
  eod: 'day',
  cob: 'day',
  eow: 'week',
  eom: 'month',
  eoy: 'year',
  'fin du mois': 'month',
  'la fin du mois': 'month',
  'fin de la semaine': 'week',
  'la fin de la semaine': 'week',
  "fin de l'annee": 'year',
  "la fin de l'annee": 'year',
  'fim do mes': 'month',
  'o fim do mes': 'month',
  'fim da semana': 'week',
  'o fim da semana': 'week',
  'fim do ano': 'year',
  'fim do dia': 'day',
  'o fim do dia': 'day',
  'final do dia': 'day',
  'o final do dia': 'day',
  'final da semana': 'week',
  'o final da semana': 'week',
  'final do mes': 'month',
  'o final do mes': 'month',
  'final do ano': 'year',
  'o final do ano': 'year',
  'o fim do ano': 'year',
  月底: 'month',
  本月底: 'month',
  年底: 'year',
};
/**
 * "From Monday to Friday" goes on to the next such day. One that comes only in another year was hardly meant: "from 5
 * December until 2 December".
 */
const mostNextMs = 45 * 24 * 60 * 60_000;
/** "tonight" and "friday evening" are read as an hour from here on, and mean the rest of the day. */
const evening = 18;
/** Days that are counted from today whatever the start of the access is. */
const NEAR = toPlainPhrases(['now', ...ALL_DATE_WORDS.flatMap(({ near, days }) => [...near, ...Object.keys(days)])]);

/**
 * Reads the day or the length that `cutEnd` has found.
 *
 * @param now ms since 1970
 * @param startsAt the start of the same line, in ms since 1970; "from Monday to Friday" is the Friday after that Monday
 */
export function readEndDate(text: string, reader: Reader, now: number, startsAt: number | null = null): EndDate {
  const typed = withoutEdges(text.trim().replace(/(?<=[ap])\.m\.?$/i, 'm'));
  // "until the 15th" is no time of day.
  if (typed === '' || typed.length > longestDate || /^\d{1,2}$/.test(typed)) return { kind: 'unreadable' };
  if (isEndless(typed)) return { kind: 'endless' };
  const start = { startsAt: startsAt ?? now, timeZone: reader.timeZone };
  const length = readLength(typed);
  if (length?.kind === 'length') return { kind: 'at', ...endAfter(length.length, start) };
  if (length?.kind === 'rest') {
    const end = DateTime.fromMillis(start.startsAt, { zone: todayOf(reader, now).zone }).endOf(length.unit);
    return { kind: 'at', endsAt: end.toMillis(), hasTime: end < end.endOf('day'), length: null };
  }
  if (isLength(typed)) return { kind: 'unreadable' };
  const moment = readMoment(typed, reader, now);
  if (moment === null) return { kind: 'unreadable' };
  if (moment.endsAt <= now) return { kind: 'past', ...moment };
  if (moment.endsAt > start.startsAt) return { kind: 'at', ...moment, length: null };
  const plain = splitWords(typed).map(plainWord);
  const isNear = plain.some((_, at) => phraseLength(plain, at, NEAR) > 0);
  const later = isNear ? null : readMoment(typed, reader, start.startsAt);
  const isNext = later !== null && later.endsAt > start.startsAt && later.endsAt - start.startsAt <= mostNextMs;
  if (!isNext) return { kind: 'beforeStart', ...moment };
  return { kind: 'at', ...later, length: null };
}

function readMoment(typed: string, reader: Reader, now: number): Moment | null {
  const today = todayOf(reader, now);
  const [, isNext, unit] = endOfSpan.exec(typed) ?? [];
  const span = (unit?.toLowerCase() as 'day' | undefined) ?? shortEnds[plainText(typed)];
  if (span !== undefined) {
    return wholeDay(today.plus(isNext === undefined ? {} : { [`${span}s`]: 1 }).endOf(span));
  }
  const day = withoutEdges(typed.replace(midnight, ''));
  if (day === '') return wholeDay(today);
  const endOfMonth = endOfFrenchMonth(day, today);
  if (endOfMonth !== null) return wholeDay(endOfMonth);
  // The month's first day or its last: the caller has to say.
  if (isMonthOnly(day)) return null;
  return readDayAndTime(day, reader, today) ?? readDay(day, reader, now) ?? readTimeAlone(day, reader, now, today);
}

const wholeDay = (day: DateTime): Moment => ({ endsAt: day.endOf('day').toMillis(), hasTime: false });

/** "6pm tomorrow", "5pm UTC on Friday"; null for a text without a day and a time. */
function readDayAndTime(typed: string, reader: Reader, today: DateTime): Moment | null {
  const result = timeIn(typed, reader, today);
  if (result === null) return null;
  const { start } = result;
  const named = dayIn(result, today);
  if (isMisnamed(result, named)) return null;
  // The parser looks ahead from noon, and takes a day whose hour is before it for a later one.
  const isToday = !start.isCertain('year') && named.minus({ years: 1 }).hasSame(today, 'day');
  return { endsAt: momentOn(isToday ? today : named, result), hasTime: true };
}

/** "18:00": of today, or of tomorrow. */
function readTimeAlone(typed: string, reader: Reader, now: number, today: DateTime): Moment | null {
  const result = /[\d\p{L}]/u.test(typed) ? timeIn(`${today.toFormat('yyyy-MM-dd')} ${typed}`, reader, today) : null;
  if (result === null) return null;
  const first = momentOn(today, result);
  return { endsAt: first > now ? first : momentOn(today.plus({ days: 1 }), result), hasTime: true };
}

/** The one date of the whole text, which names an hour. */
function timeIn(text: string, { locale }: Reader, today: DateTime): ParsedResult | null {
  const { text: read, results } = searchDates(text, locale, today, 'ahead');
  const [result] = results;
  if (result === undefined || !nameOneDay(results) || !results.every((one) => standsAlone(read, one))) return null;
  // "in 8 hours" would be counted from noon.
  const isCounted = [...result.start.tags()].some((tag) => /relativeDateAndTime/i.test(tag));
  return result.start.isCertain('hour') && !isCounted && around(read, results) === '' ? result : null;
}

/** By the reader's clock, unless the text names another one. */
function momentOn(day: DateTime, { start }: ParsedResult): number {
  const offset = start.isCertain('timezoneOffset') ? start.get('timezoneOffset') : null;
  const { year, month, day: number, zone } = day;
  const time = { hour: start.get('hour') ?? 0, minute: start.get('minute') ?? 0 };
  const own = offset === null ? zone : FixedOffsetZone.instance(offset);
  return DateTime.fromObject({ year, month, day: number, ...time }, { zone: own }).toMillis();
}

function readDay(typed: string, reader: Reader, now: number): Moment | null {
  const date = readStartDate(typed, reader, now);
  switch (date.kind) {
    case 'today':
    case 'date':
    case 'past':
    case 'tooFar': {
      // "the project ends on 31 March" mentions a day, but access may end on another one.
      if (date.rest !== '' || (date.hasTime && !isEvening(typed, reader, now))) return null;
      const day = DateTime.fromMillis(date.kind === 'today' ? now : date.startsAt, { zone: todayOf(reader, now).zone });
      return wholeDay(day);
    }
    case 'unclear':
    case 'several':
      return null;
    default:
      return assertNever(date, 'date');
  }
}

function isEvening(typed: string, reader: Reader, now: number): boolean {
  const { results } = searchDates(typed, reader.locale, todayOf(reader, now), 'ahead');
  return results.every(({ start }) => !start.isCertain('hour') && (start.get('hour') ?? 0) >= evening);
}

function isMonthOnly(text: string): boolean {
  const words = splitWords(text).filter((word) => !/^(?:20\d\d|de|of|the)$/i.test(word.text));
  return words.length === 1 && isDatePart(words[0], 'month');
}
