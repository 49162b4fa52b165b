import { describe, expect, it } from '@jest/globals';
import { readSince } from '../../../src/chat/dates/since-date.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
const london = { locale: 'en-GB', timeZone: 'Europe/London' };

/** The reading with its moment as ISO time, since milliseconds in a failed assertion are unreadable. */
function read(text: string, reader = london, now = NOW): string {
  const found = readSince(text, reader, now);
  return found.kind === 'since' ? new Date(found.at).toISOString() : found.kind;
}

describe('the day with which a report begins', () => {
  it.each([
    ['monday', '2026-11-16'],
    ['on Monday', '2026-11-16'],
    ['Wednesday', '2026-11-18'],
    ['friday', '2026-11-13'],
    ['last friday', '2026-11-13'],
    ['last Wednesday', '2026-11-11'],
    ['1 November', '2026-11-01'],
    ['the 1st of November', '2026-11-01'],
    ['18 November', '2026-11-18'],
    ['19 November', '2025-11-19'],
    ['1 December', '2025-12-01'],
    ['1 March', '2026-03-01'],
    ['Tuesday, 3 November', '2026-11-03'],
    ['29 February', '2024-02-29'],
    ['November', '2026-11-01'],
    ['the start of december', '2025-12-01'],
    ['November 2025', '2025-11-01'],
    ['today', '2026-11-18'],
    ['this morning', '2026-11-18'],
    ['yesterday', '2026-11-17'],
    ['3 days ago', '2026-11-15'],
    ['the last 3 days', '2026-11-15'],
    ['a week ago', '2026-11-11'],
    ['this week', '2026-11-16'],
    ['last week', '2026-11-09'],
    ['the last week', '2026-11-09'],
    ['this month', '2026-11-01'],
    ['last year', '2025-01-01'],
    ['2026-11-01', '2026-11-01'],
    ['2026-11-01T10:00', '2026-11-01'],
    ['1.11.', '2026-11-01'],
  ])('is read from %s', (text, day) => {
    expect(read(text)).toBe(`${day}T00:00:00.000Z`);
  });

  it.each([
    ['2 hours', '2026-11-18T10:00'],
    ['2 hours ago', '2026-11-18T10:00'],
    ['the last 90 minutes', '2026-11-18T10:30'],
    ['an hour', '2026-11-18T11:00'],
    ['half an hour', '2026-11-18T11:30'],
    ['02:00', '2026-11-18T02:00'],
    ['2 am', '2026-11-18T02:00'],
    ['12 am', '2026-11-18T00:00'],
    ['18:00', '2026-11-17T18:00'],
    ['yesterday 18:00', '2026-11-17T18:00'],
    ['yesterday at 6 p.m.', '2026-11-17T18:00'],
    ['monday 9:15', '2026-11-16T09:15'],
    ['1 November, 08:00', '2026-11-01T08:00'],
    ['2026-11-01 22:30', '2026-11-01T22:30'],
  ])('is the time read from %s', (text, time) => {
    expect(read(text)).toBe(`${time}:00.000Z`);
  });

  it('is a time of the reader’s own day', () => {
    const inTokyo = { locale: 'en-US', timeZone: 'Asia/Tokyo' };

    expect(read('9pm', inTokyo)).toBe('2026-11-18T12:00:00.000Z');
    expect(read('10pm', inTokyo)).toBe('2026-11-17T13:00:00.000Z');
  });

  it.each([
    ...['tomorrow', 'next Monday', 'next friday', 'this Friday', 'in 3 days', 'next week', 'next month'],
    ...['2026-11-19', 'December 2026', '1 January 2027'],
  ])('is not in the future: %s', (text) => {
    expect(read(text)).toBe('future');
  });

  it.each([
    ...['25:00', '12:75', '13 pm', 'monday or 9:00'],
    ...['', ' ', 'soon', 'Easter', '365', '2026-02-30', '31 November', 'Monday 3 November', 'x'.repeat(121), '\ud800'],
    ...['1 or 2 November', '1 - 5 November', 'Monday and Friday', 'monday last week', 'Monday for adele'],
  ])('is not read from %j', (text) => {
    expect(read(text)).toBe('unclear');
  });

  it('is the same on a Monday as on any other day', () => {
    const monday = Date.parse('2026-11-16T12:00:00Z');

    expect(read('monday', london, monday)).toBe('2026-11-16T00:00:00.000Z');
    expect(read('last monday', london, monday)).toBe('2026-11-09T00:00:00.000Z');
    expect(read('sunday', london, monday)).toBe('2026-11-15T00:00:00.000Z');
    expect(read('last week', london, monday)).toBe('2026-11-09T00:00:00.000Z');
  });
});

describe('the reader’s locale', () => {
  it.each([
    ['en-US', '1/11', '2026-01-11'],
    ['en-GB', '1/11', '2026-11-01'],
    ['de', 'Montag', '2026-11-16'],
    ['de', 'am Freitag', '2026-11-13'],
    ['de', 'letzte Woche', '2026-11-09'],
    ['de', '1. Dezember', '2025-12-01'],
    ['de', 'vor 3 Tagen', '2026-11-15'],
    ['de', 'last week', '2026-11-09'],
    ['fr', 'vendredi', '2026-11-13'],
    ['fr', 'hier', '2026-11-17'],
    ['fr', 'la semaine dernière', '2026-11-09'],
    ['fr', "l'année dernière", '2025-01-01'],
    ['sv', 'förra veckan', '2026-11-09'],
    ['ja', '先週', '2026-11-09'],
    ['no such locale', 'monday', '2026-11-16'],
  ])('%s reads %s as %s', (locale, text, day) => {
    expect(read(text, { locale, timeZone: 'UTC' })).toBe(`${day}T00:00:00.000Z`);
  });

  it.each([
    ['de', 'nächsten Freitag'],
    ['de', 'nächste Woche'],
    ['fr', 'vendredi prochain'],
  ])('%s reads %s as a day in the future', (locale, text) => {
    expect(read(text, { locale, timeZone: 'UTC' })).toBe('future');
  });
});

describe('the reader’s zone', () => {
  it.each([
    ['Pacific/Kiritimati', 'today', '2026-11-18T10:00:00.000Z'],
    ['Asia/Kolkata', '1 November', '2026-10-31T18:30:00.000Z'],
    ['America/Los_Angeles', '1 November', '2026-11-01T07:00:00.000Z'],
    ['America/Los_Angeles', '2 November', '2026-11-02T08:00:00.000Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['Neither/Nor', 'yesterday', '2026-11-17T00:00:00.000Z'],
  ])('%s begins its %s at %s', (timeZone, text, at) => {
    expect(read(text, { locale: 'en-GB', timeZone })).toBe(at);
  });
});
