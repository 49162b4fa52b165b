import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { type AccessEnd, endAfter, endFields, endWithin, isUsualTooLong, readTermLength } from '../src/access-ends.ts';
import { propertyRuns } from './support/property-runs.ts';

const SEED = 20261127;
const at = (iso: string, zone = 'UTC') => DateTime.fromISO(iso, { zone }).toMillis();
const say = ({ endsAt }: AccessEnd, zone = 'UTC') =>
  DateTime.fromMillis(endsAt, { zone }).toFormat('yyyy-MM-dd HH:mm:ss.SSS');

/** `2026-12-01 2w` in a zone. */
function endOf(start: string, length: string, timeZone = 'UTC'): string {
  const read = readTermLength(length);
  if (read === null) throw new Error(`${length} is no length`);
  return say(endAfter(read, { startsAt: at(start, timeZone), timeZone }), timeZone);
}

describe('the end of access after a length', () => {
  it.each([
    // From the start of a day: the last of so many whole days.
    ['2026-12-01', '1d', '2026-12-01 23:59:59.999'],
    ['2026-12-01', '2w', '2026-12-14 23:59:59.999'],
    ['2026-12-01', '3m', '2027-02-28 23:59:59.999'],
    ['2026-12-01', '1y', '2027-11-30 23:59:59.999'],
    // From any other moment: the end of the day so far ahead, so that nothing is cut off.
    ['2026-12-01T14:00', '1d', '2026-12-02 23:59:59.999'],
    ['2026-12-01T14:00', '2w', '2026-12-15 23:59:59.999'],
    ['2026-12-01T23:59', '3m', '2027-03-01 23:59:59.999'],
    // By the clock.
    ['2026-12-01T14:00', '8h', '2026-12-01 22:00:00.000'],
    ['2026-12-01T20:00', '8h', '2026-12-02 04:00:00.000'],
    // Ends of months.
    ['2027-01-31', '1m', '2027-02-28 23:59:59.999'],
    ['2027-01-31T09:00', '1m', '2027-02-28 23:59:59.999'],
    ['2027-01-30', '1m', '2027-02-28 23:59:59.999'],
    ['2027-01-28', '1m', '2027-02-27 23:59:59.999'],
    ['2026-08-31', '3m', '2026-11-30 23:59:59.999'],
    ['2026-11-30', '3m', '2027-02-28 23:59:59.999'],
    // Leap days.
    ['2028-01-31', '1m', '2028-02-29 23:59:59.999'],
    ['2028-01-29', '1m', '2028-02-28 23:59:59.999'],
    ['2028-02-29', '1y', '2029-02-28 23:59:59.999'],
    ['2028-02-29T10:00', '1y', '2029-02-28 23:59:59.999'],
    ['2028-02-29', '4y', '2032-02-28 23:59:59.999'],
    ['2027-03-01', '1y', '2028-02-29 23:59:59.999'],
    ['2028-02-01', '29d', '2028-02-29 23:59:59.999'],
  ])('from %s for %s is %s', (start, length, expected) => {
    expect(endOf(start, length)).toBe(expected);
  });

  it.each([
    // The clock is put forward on 28 March 2027 and back on 31 October 2027.
    ['Europe/Berlin', '2027-03-27T20:00', '8h', '2027-03-28 05:00:00.000'],
    ['Europe/Berlin', '2027-10-30T20:00', '8h', '2027-10-31 03:00:00.000'],
    ['Europe/Berlin', '2027-03-27T20:00', '1d', '2027-03-28 23:59:59.999'],
    ['Europe/Berlin', '2027-03-28', '1d', '2027-03-28 23:59:59.999'],
    ['Europe/Berlin', '2027-10-31', '1w', '2027-11-06 23:59:59.999'],
    ['America/New_York', '2027-03-13T22:00', '8h', '2027-03-14 07:00:00.000'],
    // A day that begins at 01:00, and one whose midnight comes twice.
    ['Africa/Cairo', '2026-04-24T01:00', '2w', '2026-05-07 23:59:59.999'],
    ['Africa/Cairo', '2026-04-23', '1d', '2026-04-23 23:59:59.999'],
    ['America/Havana', '2026-10-31', '1d', '2026-10-31 23:59:59.999'],
    ['America/Havana', '2026-11-01T00:00-04:00', '1d', '2026-11-01 23:59:59.999'],
    // A day that Samoa never had.
    ['Pacific/Apia', '2011-12-29T09:00', '2d', '2011-12-31 23:59:59.999'],
    ['Pacific/Auckland', '2026-12-31T18:00', '1d', '2027-01-01 23:59:59.999'],
  ])('is the clock’s in %s: from %s for %s is %s', (zone, start, length, expected) => {
    expect(endOf(start, length, zone)).toBe(expected);
  });

  const zones = ['UTC', 'Europe/Berlin', 'America/Havana', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Kolkata'];
  const lengths = fc.record({
    count: fc.integer({ min: 1, max: 400 }),
    unit: fc.constantFrom('hour', 'day', 'week', 'month', 'year'),
  } as const);
  const starts = fc.record({
    startsAt: fc.integer({ min: at('2024-01-01'), max: at('2033-01-01') }),
    timeZone: fc.constantFrom(...zones),
  });

  it('is never sooner than the start and the length, and never more than a day later', () => {
    fc.assert(
      fc.property(lengths, starts, (length, start) => {
        const { endsAt, hasTime } = endAfter(length, start);
        const begin = DateTime.fromMillis(start.startsAt, { zone: start.timeZone });
        const whole = begin.plus({ [`${length.unit}s`]: length.count }).toMillis();

        expect(hasTime).toBe(length.unit === 'hour');
        // From the first moment of a day on, the last whole day is over one millisecond sooner.
        expect(endsAt).toBeGreaterThanOrEqual(whole - 1);
        expect(endsAt - whole).toBeLessThan(25 * 3_600_000);
      }),
      { seed: SEED, numRuns: propertyRuns(1_000) },
    );
  });

  it('by days is the last moment of a day', () => {
    fc.assert(
      fc.property(lengths, starts, (length, start) => {
        fc.pre(length.unit !== 'hour');
        const end = DateTime.fromMillis(endAfter(length, start).endsAt, { zone: start.timeZone });

        expect(end.plus(1).hasSame(end, 'day')).toBe(false);
      }),
      { seed: SEED, numRuns: propertyRuns(1_000) },
    );
  });
});

describe('the end within the terms of apps and kits', () => {
  const start = { startsAt: at('2026-12-01'), timeZone: 'UTC' };
  const until = (iso: string): AccessEnd => ({
    endsAt: at(iso) + 24 * 3_600_000 - 1,
    hasTime: false,
    length: null,
  });
  const lasting = (text: string): AccessEnd => {
    const length = readTermLength(text);
    if (length === null) throw new Error(`${text} is no length`);
    return endAfter(length, start);
  };
  const said = (...args: Parameters<typeof endWithin>) => {
    const within = endWithin(...args);
    if (within.kind === 'end') return `${within.isUsual ? 'usual' : 'asked'} ${say(within.end).slice(0, 16)}`;
    return within.kind === 'tooLong' ? `tooLong ${say(within.latest).slice(0, 16)}` : within.kind;
  };

  it('is what was asked for, or none, where nothing is said', () => {
    expect(said([], start, null)).toBe('endless');
    expect(said([{}], start, null)).toBe('endless');
    expect(said([{}], start, until('2027-03-31'))).toBe('asked 2027-03-31 23:59');
  });

  it('is the usual one where the line names none, or the longest without a usual one', () => {
    expect(said([{ usual: '30d' }], start, null)).toBe('usual 2026-12-30 23:59');
    expect(said([{ longest: '90d', usual: '30d' }], start, null)).toBe('usual 2026-12-30 23:59');
    expect(said([{ longest: '8h' }], start, null)).toBe('usual 2026-12-01 08:00');
  });

  it('may be longer than the usual one, up to the longest', () => {
    expect(said([{ longest: '90d', usual: '30d' }], start, until('2027-02-28'))).toBe('asked 2027-02-28 23:59');
    expect(said([{ longest: '90d', usual: '30d' }], start, until('2027-03-01'))).toBe('tooLong 2027-02-28 23:59');
    expect(said([{ longest: '90d' }], start, lasting('90d'))).toBe('asked 2027-02-28 23:59');
    expect(said([{ longest: '90d' }], start, lasting('91d'))).toBe('tooLong 2027-02-28 23:59');
    expect(said([{ usual: '30d' }], start, lasting('5y'))).toBe('asked 2031-11-30 23:59');
  });

  it('is bound by the strictest of several apps, and of the kit', () => {
    const terms = [{ longest: '1y', usual: '2m' }, {}, { longest: '90d' }, { usual: '6w' }];

    expect(said(terms, start, null)).toBe('usual 2027-01-11 23:59');
    expect(said(terms, start, lasting('4m'))).toBe('tooLong 2027-02-28 23:59');
  });

  it('names the longest length that was in the way', () => {
    expect(endWithin([{ longest: '1y' }, { longest: '12w' }], start, lasting('6m'))).toMatchObject({
      kind: 'tooLong',
      longest: { count: 12, unit: 'week' },
    });
  });

  it('counts a length from the start that it is given, however long the approval took', () => {
    const asked = lasting('2w');
    const later = { ...start, startsAt: at('2026-12-20T15:00') };

    expect(said([{ longest: '2w' }], later, asked)).toBe('asked 2027-01-03 23:59');
  });

  it('is none before the start', () => {
    expect(said([], start, until('2026-11-30'))).toBe('beforeStart');
    expect(said([], { ...start, startsAt: at('2026-12-03T10:00') }, { ...until('2026-12-02'), hasTime: true })).toBe(
      'beforeStart',
    );
  });

  it('never lets access last longer than any of the entries', () => {
    const length = fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom('h', 'd', 'w', 'm', 'y'))
      .map(([count, letter]) => `${count}${letter}`);
    const term = fc.record({
      longest: fc.option(length, { nil: undefined }),
      usual: fc.option(length, { nil: undefined }),
    });

    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), fc.option(length), (terms, asked) => {
        const within = endWithin(terms, start, asked === null ? null : lasting(asked));

        const bounds = terms.flatMap(({ longest }) => (longest === undefined ? [] : [lasting(longest).endsAt]));
        const endsAt = within.kind === 'end' ? within.end.endsAt : Number.POSITIVE_INFINITY;
        if (within.kind === 'end') for (const bound of bounds) expect(endsAt).toBeLessThanOrEqual(bound);
        if (within.kind === 'endless') expect(bounds).toEqual([]);
      }),
      { seed: SEED, numRuns: propertyRuns(1_000) },
    );
  });
});

describe('a length of the apps file', () => {
  it.each(['8h', '90d', '12w', '3m', '1y', '9999d'])('may be %s', (text) => {
    expect(endFields.longest.safeParse(text).success).toBe(true);
  });

  it.each(['0d', '-1d', '1.5m', '90', 'd', '90 d', '90D', '90min', '10000d', '', '3q', 90])('may not be %s', (text) => {
    expect(endFields.usual.safeParse(text).success).toBe(false);
  });

  it.each([
    ['30d', '90d', false],
    ['90d', '90d', false],
    ['91d', '90d', true],
    ['12m', '1y', false],
    ['1y', '12m', false],
    ['31d', '1m', true],
    ['5w', '1m', true],
    ['25h', '1d', true],
  ])('%s as the usual one of at most %s: too long is %s', (usual, longest, expected) => {
    expect(isUsualTooLong({ usual, longest })).toBe(expected);
  });

  it('is not compared where one is missing', () => {
    expect(isUsualTooLong({ usual: '1y' })).toBe(false);
    expect(isUsualTooLong({ longest: '1h' })).toBe(false);
  });
});
