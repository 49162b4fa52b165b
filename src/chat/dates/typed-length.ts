import type { DateTime, DurationLikeObject } from 'luxon';

/** How a language writes a length of time from today: "daqui a 2 semanas", "两周后", "há 3 dias". */
export interface LengthWords {
  /** "now" and the like, as the whole text. */
  readonly atOnce: RegExp;
  /** As the whole text; groups 1 and 2 are the count and the unit. */
  readonly ahead: RegExp;
  /** As `ahead`. */
  readonly ago: RegExp;
  lengthOf(count: string, unit: string): DurationLikeObject;
}

/**
 * The day that a text names by its distance from today, as `YYYY-MM-DD`; null for any other text.
 *
 * @param direction lengths into the past are read where it is `nearest`
 */
export function dayAtLength(
  { atOnce, ahead, ago, lengthOf }: LengthWords,
  text: string,
  today: DateTime,
  direction: 'ahead' | 'nearest',
): string | null {
  if (atOnce.test(text)) return isoDay(today);
  const [, countAhead, unitAhead = ''] = ahead.exec(text) ?? [];
  if (countAhead !== undefined) return isoDay(today.plus(lengthOf(countAhead, unitAhead)));
  const [, countAgo, unitAgo = ''] = direction === 'ahead' ? [] : (ago.exec(text) ?? []);
  return countAgo === undefined ? null : isoDay(today.minus(lengthOf(countAgo, unitAgo)));
}

export const isoDay = (day: DateTime): string => day.toFormat('yyyy-MM-dd');

/**
 * The next day of this number in its month which is this weekday, or the last one, as `YYYY-MM-DD`: "vendredi 18". Null
 * where none is near, so that one of the two is a mistake.
 *
 * @param weekday 1 for Monday
 */
export function weekdayOfMonth(weekday: number, day: number, today: DateTime, isAhead: boolean): string | null {
  const months = NEAR_MONTHS.map((count) => today.startOf('month').plus({ months: isAhead ? count : -count }));
  const days = months.filter(({ daysInMonth }) => day >= 1 && day <= (daysInMonth ?? 0)).map((one) => one.set({ day }));
  const found = days.find((one) => one.weekday === weekday && (isAhead ? one >= today : one <= today));
  return found === undefined ? null : isoDay(found);
}

const NEAR_MONTHS = [0, 1, 2];
