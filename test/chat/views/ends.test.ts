import { describe, expect, it } from '@jest/globals';
import { createMessages } from '../../../src/chat/messages.ts';
import { sayEnd, sayEndTerms, sayLength } from '../../../src/chat/views/ends.ts';

const words = createMessages('en-US', 'Europe/Berlin');

describe('the words for ends', () => {
  it.each([
    [{ count: 1, unit: 'hour' }, '1 hour'],
    [{ count: 90, unit: 'minute' }, '90 minutes'],
    [{ count: 90, unit: 'day' }, '90 days'],
    [{ count: 2, unit: 'week' }, '2 weeks'],
    [{ count: 1.5, unit: 'month' }, '1.5 months'],
    [{ count: 1, unit: 'quarter' }, '1 quarter'],
    [{ count: 2, unit: 'year' }, '2 years'],
  ] as const)('name a length: %j', (length, expected) => {
    expect(sayLength(words, length)).toBe(expected);
  });

  it('name the day of an end by days, and the day, hour and time zone of one by the clock', () => {
    const endsAt = Date.parse('2027-03-31T21:59:59.999Z');

    expect(sayEnd(words, { endsAt, hasTime: false })).toBe('Wednesday, March 31, 2027');
    expect(sayEnd(words, { endsAt: Date.parse('2026-11-18T17:00:00Z'), hasTime: true })).toBe(
      'Nov 18, 2026, 18:00 GMT+1',
    );
  });

  it.each([
    [{}, null],
    [{ longest: '90d' }, 'Access for 90 days at most.'],
    [{ usual: '1m' }, 'Access for 1 month where the request names no end.'],
    [{ longest: '90d', usual: '8h' }, 'Access for 90 days at most, and for 8 hours where the request names no end.'],
  ])('name what the apps file says: %j', (terms, expected) => {
    expect(sayEndTerms(words, terms)).toBe(expected);
  });
});
