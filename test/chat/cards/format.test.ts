import { describe, expect, it } from '@jest/globals';
import { formatDay, formatMoment, formatTime } from '../../../src/chat/cards/format.ts';

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
