import { describe, expect, it } from '@jest/globals';
import { formatAgo, formatDay, formatMoment, formatTime } from '../../../src/chat/cards/format.ts';

const AT = Date.UTC(2026, 2, 2, 13, 3, 27);
const HOUR = 3_600_000;

describe('a time on a card', () => {
  it.each([
    ['en-US', 'Europe/Berlin', '14:03:27'],
    ['de-DE', 'Asia/Kolkata', '18:33:27'],
    ['en-GB', 'America/Los_Angeles', '05:03:27'],
  ])('is on the clock of the reader, %s in %s', (locale, timeZone, shown) => {
    expect(formatTime(AT, AT, { locale, timeZone })).toBe(shown);
  });

  it('carries the date when it is another day for the reader', () => {
    const reader = { locale: 'en-US', timeZone: 'Europe/Berlin' };

    expect(formatTime(AT, AT + 10 * HOUR, reader)).toBe('Mar 2, 2026, 14:03:27');
    expect(formatTime(AT, AT + 9 * HOUR, reader)).toBe('14:03:27');
  });

  it('keeps a valid time zone when the locale is nonsense, and the other way around', () => {
    expect(formatTime(AT, AT, { locale: '$$', timeZone: 'Europe/Berlin' })).toBe('14:03:27');
    expect(formatTime(AT, AT + 24 * HOUR, { locale: 'de-DE', timeZone: 'Mars/Base' })).toBe('2. März 2026, 13:03:27');
  });

  it('is shown to the minute, and with the zone on another day, where the zone may lie far off', () => {
    const reader = { locale: 'en-US', timeZone: 'UTC' };

    expect(formatMoment(AT, AT + HOUR, reader)).toBe('13:03');
    expect(formatMoment(AT, AT + 24 * HOUR, reader)).toBe('Mar 2, 2026, 13:03 UTC');
  });

  it.each([
    [-20, '20 hours ago'],
    [-48, '2 days ago'],
    [-71, '2 days ago'],
    [-13.5, '13 hours ago'],
    [-24 * 21, '3 weeks ago'],
    [-24 * 91, '3 months ago'],
    [-24 * 800, '2 years ago'],
    [24 * 3, 'in 3 days'],
    [1, null],
  ])('is told with how far away it is when it is on another day: %d hours', (hours, said) => {
    expect(formatAgo(AT + hours * HOUR, AT, { locale: 'en-US', timeZone: 'UTC' })).toBe(said);
  });

  it('is told in minutes just after midnight, and not at all when it is now', () => {
    const [midnight, reader] = [Date.UTC(2026, 2, 3), { locale: 'en-US', timeZone: 'UTC' }];

    expect(formatAgo(midnight - 10 * 60_000, midnight + 10 * 60_000, reader)).toBe('20 minutes ago');
    expect(formatAgo(midnight - 1_000, midnight, reader)).toBeNull();
  });

  it('is a whole day where the day is meant', () => {
    const midnight = Date.UTC(2026, 10, 30, 23);

    expect(formatDay(midnight, { locale: 'en-US', timeZone: 'Europe/Berlin' })).toBe('Tuesday, December 1, 2026');
    expect(formatDay(midnight, { locale: 'de-DE', timeZone: 'UTC' })).toBe('Montag, 30. November 2026');
    expect(formatDay(Number.NaN, { locale: 'en', timeZone: 'UTC' })).toBe('—');
  });

  it('shows a dash for a value that is no time', () => {
    expect(formatTime(Number.NaN, AT, { locale: 'en', timeZone: 'UTC' })).toBe('—');
  });
});
