import { type DateTime, IANAZone } from 'luxon';

/** Days as a person's clock has them. */

/** An unknown time zone counts as UTC. */
export function zoneOr(timeZone: string): string {
  return IANAZone.isValidZone(timeZone) ? timeZone : 'UTC';
}

/** The first moment of a day: not midnight where the clock is put forward then, and the earlier of two midnights. */
export function startOfDay(day: DateTime): DateTime {
  const start = day.startOf('day');
  return start.getPossibleOffsets()[0] ?? start;
}
