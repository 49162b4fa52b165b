import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { type QuietHours, quietUntil } from '../../../../src/features/checks/watching/quiet-hours.ts';

const night: QuietHours = { begins: 22 * 60, ends: 7 * 60, timeZone: 'Europe/Berlin' };
const at = (iso: string) => DateTime.fromISO(iso).toMillis();
const untilAt = (hours: QuietHours, iso: string) => {
  const until = quietUntil(hours, at(iso));
  return until === null ? null : DateTime.fromMillis(until, { zone: 'utc' }).toISO({ suppressMilliseconds: true });
};

describe('quiet hours', () => {
  it.each([
    ['2026-11-27T20:59:59Z', null],
    ['2026-11-27T21:00:00Z', '2026-11-28T06:00:00Z'],
    ['2026-11-28T05:59:59Z', '2026-11-28T06:00:00Z'],
    ['2026-11-28T06:00:00Z', null],
  ])('over midnight at %s end at %s', (now, until) => {
    expect(untilAt(night, now)).toBe(until);
  });

  it.each([
    ['2026-11-27T11:30:00Z', '2026-11-27T12:00:00Z'],
    ['2026-11-27T12:00:00Z', null],
    ['2026-11-27T23:30:00Z', null],
  ])('within a day at %s end at %s', (now, until) => {
    expect(untilAt({ ...night, begins: 12 * 60, ends: 13 * 60 }, now)).toBe(until);
  });

  it.each([
    ['the clock is put forward', '2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z'],
    ['the clock is put back', '2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'],
  ])('end by the clock in a night in which %s', (_, now, until) => {
    expect(untilAt(night, now)).toBe(until);
  });

  it('end an hour later where the clock skips their end', () => {
    expect(untilAt({ ...night, ends: 2 * 60 + 30 }, '2026-03-28T23:00:00Z')).toBe('2026-03-29T01:30:00Z');
  });

  it('go by UTC in a zone that is unknown', () => {
    expect(untilAt({ ...night, timeZone: 'Nowhere' }, '2026-11-27T22:00:00Z')).toBe('2026-11-28T07:00:00Z');
  });
});
