import { DateTime, type DurationLikeObject } from 'luxon';
import { z } from 'zod';
import { startOfDay, zoneOr } from './days.ts';

/**
 * When access ends, and how long an app or a kit lets it last. All of it is calendar arithmetic in the time zone of the
 * person who asked: a day without a time of day means the end of that day there, so that "until Friday" is never over
 * while it is still Friday for that person.
 */
export interface AccessEnd {
  /** The last moment, in ms since 1970; of an end by days the last one of that day. */
  readonly endsAt: number;
  /** A time of day was named, or a length in hours or minutes. */
  readonly hasTime: boolean;
  /** How long access lasts, if the line said so: it then counts from the start, whenever that comes. */
  readonly length: LengthOfTime | null;
}

const units = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

export interface LengthOfTime {
  /** Above 0, and not always whole. */
  readonly count: number;
  readonly unit: (typeof units)[number];
}

/** What an entry of `APPS_FILE` says about ends: lengths such as `90d`. */
export interface EndTerms {
  /** No access lasts longer. A request that names no end gets this one where there is no usual one. */
  readonly longest?: string | undefined;
  /** The length of access where a request names no end. */
  readonly usual?: string | undefined;
}

/** Where a request starts, as far as is known: its day, its approval, or now. */
export interface AccessStart {
  /** In ms since 1970. */
  readonly startsAt: number;
  /** Of the person who asks; an unknown one reads as UTC. */
  readonly timeZone: string;
}

/** The end to ask for, or why none can be asked for. */
export type EndWithin =
  /** Neither the line nor the terms name an end. */
  | { readonly kind: 'endless' }
  /** `isUsual`: the terms name it, and not the line. */
  | { readonly kind: 'end'; readonly end: AccessEnd; readonly isUsual: boolean }
  /** `latest`: the end that would be allowed. */
  | { readonly kind: 'tooLong'; readonly longest: LengthOfTime; readonly latest: AccessEnd }
  | { readonly kind: 'beforeStart' };

/**
 * The end of access that starts at `startsAt` and lasts this long. By hours and minutes that is a moment; by days and
 * more it is the end of a day: two weeks from 1 December are over at the end of 14 December, two weeks from now at the
 * end of the day two weeks ahead. A month from 31 January is February, whole.
 */
export function endAfter(length: LengthOfTime, { startsAt, timeZone }: AccessStart): AccessEnd {
  const start = DateTime.fromMillis(startsAt, { zone: zoneOr(timeZone) });
  const duration = durationOf(length);
  const end = start.plus(duration);
  if (isByTheClock(length)) return { endsAt: end.toMillis(), hasTime: true, length };
  const isWhole = startsAt === startOfDay(start).toMillis() && Object.values(duration).every(Number.isInteger);
  // In a month that has too few days, Luxon takes the last one for the day of the start.
  const isShort = 'months' in duration && end.day < start.day;
  const last = isWhole && !isShort ? end.minus({ days: 1 }) : end;
  return { endsAt: last.endOf('day').toMillis(), hasTime: false, length };
}

function isByTheClock({ unit }: LengthOfTime): boolean {
  return unit === 'minute' || unit === 'hour';
}

/** Half a year is six months and no number of days. */
function durationOf({ count, unit }: LengthOfTime): DurationLikeObject {
  if (unit === 'year') return { months: count * 12 };
  return unit === 'quarter' ? { months: count * 3 } : { [`${unit}s`]: count };
}

/**
 * The end for what these entries allow, of apps and of the kit by whose name they are asked for: the shortest of their
 * longest and of their usual lengths. A length that was asked for counts from the start given here, so that an end is
 * judged anew with the same line once the start is known.
 */
export function endWithin(terms: readonly EndTerms[], start: AccessStart, asked: AccessEnd | null): EndWithin {
  const bound = earliest(
    terms.map(({ longest }) => longest),
    start,
  );
  const usual = earliest(
    terms.flatMap((term) => [term.usual, term.longest]),
    start,
  );
  if (asked === null) return usual === null ? { kind: 'endless' } : { kind: 'end', end: usual, isUsual: true };
  const end = asked.length === null ? asked : endAfter(asked.length, start);
  if (end.endsAt <= start.startsAt) return { kind: 'beforeStart' };
  if (bound !== null && end.endsAt > bound.endsAt) return { kind: 'tooLong', longest: bound.length, latest: bound };
  return { kind: 'end', end, isUsual: false };
}

function earliest(lengths: readonly (string | undefined)[], start: AccessStart) {
  const ends = lengths.flatMap((text) => {
    const length = text === undefined ? null : readTermLength(text);
    return length === null ? [] : [{ ...endAfter(length, start), length }];
  });
  return ends.toSorted((one, other) => one.endsAt - other.endsAt)[0] ?? null;
}

const letters: Readonly<Record<string, LengthOfTime['unit']>> = {
  h: 'hour',
  d: 'day',
  w: 'week',
  m: 'month',
  y: 'year',
};

/** `90d` as a length; null for other texts. */
export function readTermLength(text: string): LengthOfTime | null {
  const [, count = '', letter = ''] = /^([1-9]\d{0,3})([hdwmy])$/.exec(text) ?? [];
  const unit = letters[letter];
  return unit === undefined ? null : { count: Number(count), unit };
}

const termLength = z
  .string()
  .refine(
    (text) => readTermLength(text) !== null,
    'is no length: write a whole number and h, d, w, m or y, such as "90d"',
  )
  .optional();

/** The fields of an entry in `APPS_FILE` that are about ends. */
export const endFields = { longest: termLength, usual: termLength };

/** Whether the usual length of an entry is above its longest. */
export function isUsualTooLong({ longest, usual }: EndTerms): boolean {
  return longest !== undefined && usual !== undefined && hoursOf(usual) > hoursOf(longest);
}

/** On average, since months differ. */
const hoursIn = { minute: 1 / 60, hour: 1, day: 24, week: 168, month: 730.485, quarter: 2191.455, year: 8765.82 };

function hoursOf(text: string): number {
  const length = readTermLength(text);
  return length === null ? 0 : length.count * hoursIn[length.unit];
}
