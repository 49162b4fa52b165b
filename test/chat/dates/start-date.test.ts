import { describe, expect, it } from '@jest/globals';
import { dayOf, readStartDate } from '../../../src/chat/dates/start-date.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
const london = { locale: 'en-GB', timeZone: 'Europe/London' };

/** The reading with its moment as ISO time, since milliseconds in a failed assertion are unreadable. */
function read(text: string, reader = london, now = NOW): string {
  const found = readStartDate(text, reader, now);
  return 'startsAt' in found ? `${found.kind} ${new Date(found.startsAt).toISOString()}` : found.kind;
}

describe('a start date', () => {
  it.each([
    ['1 December', 'date 2026-12-01T00:00:00.000Z'],
    ['December 1st', 'date 2026-12-01T00:00:00.000Z'],
    ['the first of December', 'date 2026-12-01T00:00:00.000Z'],
    ['1 Dec 2026', 'date 2026-12-01T00:00:00.000Z'],
    ['Tuesday, 1 December', 'date 2026-12-01T00:00:00.000Z'],
    ['2026-12-01', 'date 2026-12-01T00:00:00.000Z'],
    ['1 December at 9 am', 'date 2026-12-01T00:00:00.000Z'],
    ['1.12.', 'date 2026-12-01T00:00:00.000Z'],
    ['December', 'date 2026-12-01T00:00:00.000Z'],
    ['next Monday', 'date 2026-11-23T00:00:00.000Z'],
    ['Friday', 'date 2026-11-20T00:00:00.000Z'],
    ['tomorrow', 'date 2026-11-19T00:00:00.000Z'],
    ['in two weeks', 'date 2026-12-02T00:00:00.000Z'],
    ['in a month', 'date 2026-12-18T00:00:00.000Z'],
    ['2 January', 'date 2027-01-02T00:00:00.000Z'],
    ['18 November 2027', 'date 2027-11-18T00:00:00.000Z'],
  ])('is read from %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['the day after tomorrow', 'date 2026-11-20T00:00:00.000Z'],
    ['the day after 1 December', 'date 2026-12-02T00:00:00.000Z'],
    ['on the day before 1 December', 'date 2026-11-30T00:00:00.000Z'],
    ['the day after today', 'date 2026-11-19T00:00:00.000Z'],
    ['a week from today', 'date 2026-11-25T00:00:00.000Z'],
    ['two weeks from now', 'date 2026-12-02T00:00:00.000Z'],
    ['a week from tomorrow', 'date 2026-11-26T00:00:00.000Z'],
    // The text may mean a stay that begins on Monday.
    ['two weeks from Monday', 'unclear'],
    ['2 weeks after 1 December', 'unclear'],
  ])('may be given as a distance: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['since Monday', 'past 2026-11-16T00:00:00.000Z'],
    ['since 1 December', 'past 2025-12-01T00:00:00.000Z'],
    ['since yesterday', 'past 2026-11-17T00:00:00.000Z'],
    ['since last week', 'past 2026-11-09T00:00:00.000Z'],
    ['since today', 'today'],
    ['since tomorrow', 'unclear'],
  ])('is not read behind “since”: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    'today',
    'Today!',
    'now',
    'now on',
    'effective immediately',
    'asap',
    'as soon as possible',
    '18 November 2026',
    '2026-11-18',
    'tonight',
  ])('is today for %s', (text) => {
    expect(read(text)).toBe('today');
  });

  it.each([
    ['yesterday', 'past 2026-11-17T00:00:00.000Z'],
    ['1 March 2020', 'past 2020-03-01T00:00:00.000Z'],
    ['2026-11-17', 'past 2026-11-17T00:00:00.000Z'],
    ['two weeks ago', 'past 2026-11-04T00:00:00.000Z'],
    ['19 November 2027', 'tooFar 2027-11-19T00:00:00.000Z'],
    ['2031-01-01', 'tooFar 2031-01-01T00:00:00.000Z'],
    ['29 February', 'tooFar 2028-02-29T00:00:00.000Z'],
  ])('may be out of range: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ...['', ' ', 'soon', 'Christmas', 'at 5 pm', '30 February', '2026-02-30', '31 November', '365', '👍', '\ud800'],
    ...['next week', 'Next month', 'this year', 'Monday 1 December', 'x'.repeat(121), '1 December '.repeat(20)],
  ])('is not read from %j', (text) => {
    expect(read(text)).toBe('unclear');
  });

  it.each(['1 December or 2 December', '1 December to 31 March', '1 - 5 December', 'Monday or Tuesday'])(
    'is not chosen among several: %s',
    (text) => {
      expect(read(text)).toBe('several');
    },
  );

  it('is separated from the words around it', () => {
    expect(readStartDate('on 1 December, he joins Sales', london, NOW)).toMatchObject({ rest: 'he joins Sales' });
    expect(readStartDate('1 December.', london, NOW)).toMatchObject({ rest: '' });
  });

  it('may be the leap day where that is within range', () => {
    const inJune = Date.parse('2027-06-01T12:00:00Z');

    expect(read('29 February', london, inJune)).toBe('date 2028-02-29T00:00:00.000Z');
    expect(read('29 February 2028', london, inJune)).toBe('date 2028-02-29T00:00:00.000Z');
    expect(read('2027-02-29', london)).toBe('unclear');
  });
});

describe('the reader’s locale', () => {
  it.each([
    ['en-US', '1/12', '2027-01-12'],
    ['en-GB', '1/12', '2026-12-01'],
    ['en-AU', '1/12/2026', '2026-12-01'],
    ['de', '1/12', '2026-12-01'],
    ['fr-FR', '1/12', '2026-12-01'],
    ['nb-NO', '1/12', '2026-12-01'],
    ['en-US', '12/1/2026', '2026-12-01'],
    ['no such locale', '12/1/2026', '2026-12-01'],
    ['de-DE', 'am 1. Dezember', '2026-12-01'],
    ['de', '1.12.', '2026-12-01'],
    ['de', '1.12', '2026-12-01'],
    ['de', 'nächsten Montag', '2026-11-23'],
    ['de', 'in zwei Wochen', '2026-12-02'],
    ['de', 'morgen', '2026-11-19'],
    ['de', '1 December', '2026-12-01'],
    ['de', 'next Monday', '2026-11-23'],
    ['fr', 'le 1er décembre', '2026-12-01'],
    ['fr', 'lundi prochain', '2026-11-23'],
    ['fr', 'dans deux semaines', '2026-12-02'],
    ['fr', 'tomorrow', '2026-11-19'],
    ['ja', '12月1日', '2026-12-01'],
  ])('%s reads %s as %s', (locale, text, day) => {
    expect(read(text, { locale, timeZone: 'UTC' })).toBe(`date ${day}T00:00:00.000Z`);
  });

  it.each([
    ['de', 'nächste Woche'],
    ['de', 'Next week'],
    ['fr', 'la semaine prochaine'],
  ])('%s reads no day in %s', (locale, text) => {
    expect(read(text, { locale, timeZone: 'UTC' })).toBe('unclear');
  });
});

describe('the reader’s zone', () => {
  it.each([
    ['Pacific/Kiritimati', '1 December', '2026-11-30T10:00:00.000Z'],
    ['Asia/Kolkata', '1 December', '2026-11-30T18:30:00.000Z'],
    ['America/Los_Angeles', '2026-12-01', '2026-12-01T08:00:00.000Z'],
    ['Pacific/Pago_Pago', '1 December', '2026-12-01T11:00:00.000Z'],
    ['Neither/Nor', '1 December', '2026-12-01T00:00:00.000Z'],
  ])('%s begins its %s at %s', (timeZone, text, startsAt) => {
    expect(read(text, { locale: 'en', timeZone })).toBe(`date ${startsAt}`);
  });

  it.each([
    ['Pacific/Kiritimati', '2026-11-18T09:59:00Z', '2026-11-18', '2026-11-18T10:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-18T10:00:00Z', '2026-11-19', '2026-11-19T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-18T10:59:00Z', '2026-11-17', '2026-11-18T11:00:00.000Z'],
    ['America/New_York', '2026-11-19T04:59:00Z', '2026-11-18', '2026-11-19T05:00:00.000Z'],
  ])('%s at %s is on %s, and tomorrow is the day after', (timeZone, now, today, tomorrow) => {
    const reader = { locale: 'en', timeZone };

    expect(dayOf(Date.parse(now), reader)).toBe(today);
    expect(read(today, reader, Date.parse(now))).toBe('today');
    expect(read('tomorrow', reader, Date.parse(now))).toBe(`date ${tomorrow}`);
  });

  it.each([
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', '2018-10-20T12:00:00Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', '2026-04-01T12:00:00Z'],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z', '2026-03-01T12:00:00Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', '2026-10-01T12:00:00Z'],
  ])('%s has its daylight saving change: %s begins at %s', (timeZone, text, startsAt, now) => {
    expect(read(text, { locale: 'en-GB', timeZone }, Date.parse(now))).toBe(`date ${startsAt}`);
  });
});

it('asks which Friday “vendredi en huit” is, of which the parser knows only the Friday', () => {
  const read = readStartDate('vendredi en huit', { locale: 'fr-FR', timeZone: 'UTC' }, Date.UTC(2026, 10, 25, 10));

  expect(read).toEqual({ kind: 'unclear' });
});
