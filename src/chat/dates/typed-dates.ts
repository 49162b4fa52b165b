import type { Chrono, ParsedResult } from 'chrono-node';
import { DateTime } from 'luxon';
import { startOfDay, zoneOr } from '../../days.ts';
import type { Reader } from '../../requests/request.ts';
import { trimEdges } from '../grammar/tokens.ts';
import { mannerOf } from './calendars.ts';

/** No date is longer, and date parsers are slow on long texts. In UTF-16 units. */
export const longestDate = 120;
/** `1.12.`, which the German parser knows only with a year. */
const dottedDay = /(?<![\d.])(\d{1,2})\.(0?[1-9]|1[0-2])\.?(?![\d.])/g;
const isoDate = /^(\d{4})-(\d{2})-(\d{2})$/;
/** In languages without spaces, these words introduce a start where a space would be. */
const gluedBefore = /(?:^|[\s,，、。(（])(?:从|從|自)?$/u;
const gluedBehind = /^(?:から|より|以降|に|起|开始|開始|以来|以來)?(?:$|[\s,，、。)）])/u;
/** A month and a number: "Feb 31" means no year, but a day that does not exist. */
const noSuchDay = /\p{L}\.?,?\s+\d{2}$/u;
/** In messages all kinds of white space have become one, and list files hold no dates. */
const edges = '.,;:!?() \t\n\r\u00a0\u202f\u3000';

/** The direction in which an ambiguous day is looked for. */
export type Direction = 'ahead' | 'nearest';

/** The reader's current day; an unknown zone reads as UTC. `now` in ms since 1970. */
export function todayOf({ timeZone }: Reader, now: number): DateTime {
  return startOfDay(DateTime.fromMillis(now, { zone: zoneOr(timeZone) }));
}

/** `2026-12-01` as a day, which may not exist; null for other formats. */
export function readIsoDate(text: string, { zone }: DateTime): DateTime | null {
  const found = isoDate.exec(text);
  if (found === null) return null;
  const [year, month, day] = found.slice(1).map(Number);
  return DateTime.fromObject({ year, month, day }, { zone });
}

/** The dates in a text; their positions refer to `text`, which may differ from what was typed. */
export interface FoundDates {
  readonly text: string;
  readonly results: readonly ParsedResult[];
}

/** The dates that the reader's language or English finds, whichever matches more of the text. */
export function searchDates(typed: string, locale: string, today: DateTime, direction: Direction): FoundDates {
  const { calendars, monthFirst, namedDays, rewrite } = mannerOf(locale);
  const text = rewrite(typed, today, direction)
    .normalize('NFC')
    .replace(namedDays.pattern, (name) => today.plus({ days: namedDays.offsetOf(name) }).toFormat('yyyy-MM-dd'));
  const plain = monthFirst
    ? text
    : text.replace(dottedDay, (whole, day, month) => `${day}/${month}`.padEnd(whole.length));
  let best: readonly ParsedResult[] = [];
  let most = 0;
  for (const calendar of calendars) {
    const results = resultsOf(calendar, plain, today, direction);
    const covered = results.reduce((sum, result) => sum + result.text.length, 0);
    if (covered > most) {
      best = results;
      most = covered;
    }
  }
  return { text, results: best };
}

/** Whether no letter or digit touches a date: "demain" in "après-demain" is another day. */
export function standsAlone(text: string, { index, text: date }: ParsedResult): boolean {
  const before = text.slice(0, index);
  const after = text.slice(index + date.length);
  const isPart = /[\p{L}\p{M}\p{N}][-‐‑]?$/u.test(before) || /^[-‐‑]?[\p{L}\p{M}\p{N}]/u.test(after);
  return !isPart || (gluedBefore.test(before) && gluedBehind.test(after));
}

/** Whether the results name one day, and no length of time. */
export function nameOneDay(results: readonly ParsedResult[]): boolean {
  return new Set(results.map(namedDay)).size === 1 && results.every(({ end }) => end === null || end === undefined);
}

/** The day of a result, as its text names it. */
export function dayIn({ start }: ParsedResult, { zone }: DateTime): DateTime {
  return DateTime.fromObject(
    { year: start.get('year') ?? 0, month: start.get('month') ?? 0, day: start.get('day') ?? 0 },
    { zone },
  );
}

/** "Monday 1 December" in a year in which that is a Tuesday: one of the two is a mistake. */
export function isMisnamed({ start }: ParsedResult, day: DateTime): boolean {
  return start.isCertain('weekday') && start.get('weekday') !== day.weekday % 7;
}

/** The words around the dates, without those that only introduce a date. */
export function around(text: string, results: readonly ParsedResult[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { index, text: date } of results) {
    pieces.push(text.slice(from, index));
    from = index + date.length;
  }
  pieces.push(text.slice(from));
  return pieces
    .map((piece) => withoutEdges(piece.replace(gluedBehind, '')))
    .filter(
      (piece) =>
        piece !== '' &&
        !/^(?:on|from|the|le|la|am|ab|den|dem|el|il|du|dès|dal|op|vanaf|desde|em|с|з|从|從|自|từ|mulai)$/i.test(piece),
    )
    .join(' ');
}

/** A text without the punctuation around it. */
export function withoutEdges(text: string): string {
  return trimEdges(text, edges, edges);
}

function resultsOf(calendar: Chrono, text: string, today: DateTime, direction: Direction): ParsedResult[] {
  const read = resultsFrom(calendar, text, today, direction);
  // "Dec 31" parses as a year where the day comes first, though it can only mean a day.
  const [american] = mannerOf('en-US').calendars;
  const results =
    read.length === 0 && noSuchDay.test(text) && american !== undefined
      ? resultsFrom(american, text, today, direction)
      : read;
  if (results.length > 0 || !text.includes('29')) return results;
  // In a year without that day the parser finds nothing in "29 February"; the next such day is meant.
  const years = Array.from({ length: 8 }, (_, index) => today.set({ month: 1, day: 1 }).plus({ years: index + 1 }));
  const leapYear = years.find((year) => year.isInLeapYear);
  return leapYear === undefined ? [] : resultsFrom(calendar, text, leapYear, direction);
}

function resultsFrom(calendar: Chrono, text: string, today: DateTime, direction: Direction): ParsedResult[] {
  // Noon of the reader's day without daylight saving, so that the result is never a neighboring day.
  const instant = new Date(Date.UTC(today.year, today.month - 1, today.day, 12));
  return calendar
    .parse(text, { instant, timezone: 0 }, { forwardDate: direction === 'ahead' })
    .filter(({ start, text: date }) => start.isCertain('day') || !start.isCertain('year') || !noSuchDay.test(date))
    .filter(({ start }) => start.isCertain('day') || start.isCertain('weekday') || start.isCertain('month'));
}

function namedDay({ start }: ParsedResult): string {
  return [start.get('year'), start.get('month'), start.get('day')].join('-');
}
