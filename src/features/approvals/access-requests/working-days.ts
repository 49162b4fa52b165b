import { DateTime } from 'luxon';

/**
 * The same time of day so many working days (Monday to Friday) later, in this time zone.
 *
 * @param from milliseconds since 1970
 * @param timeZone IANA name; an unknown one counts as UTC
 */
export function addWorkingDays(from: number, days: number, timeZone: string): number {
  const local = DateTime.fromMillis(from, { zone: timeZone });
  const start = local.isValid ? local : DateTime.fromMillis(from, { zone: 'utc' });
  let calendarDays = 0;
  for (let left = days; left > 0; ) {
    calendarDays += 1;
    if (start.plus({ days: calendarDays }).weekday <= 5) left -= 1;
  }
  return start.plus({ days: calendarDays }).toMillis();
}
