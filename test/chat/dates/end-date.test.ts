import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { readEndDate } from '../../../src/chat/dates/end-date.ts';

/** A Wednesday. */
const NOW = '2026-11-18T12:00';
const london = { locale: 'en-GB', timeZone: 'Europe/London' };

interface Given {
  readonly reader?: { readonly locale: string; readonly timeZone: string };
  readonly now?: string;
  readonly start?: string;
}

/** `2027-03-31` for the end of that day, `2027-03-31 18:00` for a moment, else what keeps it from being one. */
function read(text: string, { reader = london, now = NOW, start }: Given = {}): string {
  const zone = reader.timeZone;
  const at = (iso: string) => DateTime.fromISO(iso, { zone }).toMillis();
  const found = readEndDate(text, reader, at(now), start === undefined ? null : at(start));
  if (!('endsAt' in found)) return found.kind;
  const end = DateTime.fromMillis(found.endsAt, { zone });
  const isWhole = end.plus(1).hasSame(end, 'day') === false;
  const said = isWhole && !found.hasTime ? end.toISODate() : end.toFormat('yyyy-MM-dd HH:mm');
  return found.kind === 'at' ? String(said) : `${found.kind} ${said}`;
}

describe('the end of a line', () => {
  it.each([
    ['31 March', '2027-03-31'],
    ['31 March 2027', '2027-03-31'],
    ['2027-03-31', '2027-03-31'],
    ['31/12', '2026-12-31'],
    ['Friday', '2026-11-20'],
    ['wednesday', '2026-11-18'],
    ['today', '2026-11-18'],
    ['tonight', '2026-11-18'],
    ['friday evening', '2026-11-20'],
    ['tomorrow', '2026-11-19'],
    ['the day after tomorrow', '2026-11-20'],
    ['two weeks from now', '2026-12-02'],
    ['18 November', '2026-11-18'],
    ['17 November', '2027-11-17'],
    ['31 March 2029', '2029-03-31'],
    ['29 February', '2028-02-29'],
    ['the end of March', '2027-03-31'],
    ['the end of February', '2027-02-28'],
    ['the end of the year', '2026-12-31'],
    ['the end of next month', '2026-12-31'],
    ['the end of the week', '2026-11-22'],
    ['end of day', '2026-11-18'],
    ['EOD', '2026-11-18'],
    ['eoy', '2026-12-31'],
  ])('“%s” is the whole of that day: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['18:00', '2026-11-18 18:00'],
    ['10:00', '2026-11-19 10:00'],
    ['6pm', '2026-11-18 18:00'],
    ['6 p.m.', '2026-11-18 18:00'],
    ['17.30', '2026-11-18 17:30'],
    ['noon', '2026-11-19 12:00'],
    ['tomorrow 18:00', '2026-11-19 18:00'],
    ['18:00 tomorrow', '2026-11-19 18:00'],
    ['friday at 5pm', '2026-11-20 17:00'],
    ['5pm on Friday', '2026-11-20 17:00'],
    ['31 March 2027 17:30', '2027-03-31 17:30'],
    ['18 November 14:00', '2026-11-18 14:00'],
    ['wednesday 14:00', '2026-11-18 14:00'],
    ['wednesday 10:00', '2026-11-25 10:00'],
    ['5pm UTC', '2026-11-18 17:00'],
    ['17:00 CET', '2026-11-18 16:00'],
    ['midnight', '2026-11-18'],
    ['friday midnight', '2026-11-20'],
    ['24:00', '2026-11-18'],
  ])('“%s” has a time of day: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['3 months', '2027-02-18'],
    ['2 weeks', '2026-12-02'],
    ['90 days', '2027-02-16'],
    ['90d', '2027-02-16'],
    ['a day', '2026-11-19'],
    ['half a year', '2027-05-18'],
    ['a fortnight', '2026-12-02'],
    ['the rest of the year', '2026-12-31'],
    ['the rest of the week', '2026-11-22'],
    ['8 hours', '2026-11-18 20:00'],
    ['90 minutes', '2026-11-18 13:30'],
    ['half an hour', '2026-11-18 12:30'],
  ])('“%s” counts from now: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['3 months', '2026-12-01', '2027-02-28'],
    ['2 weeks', '2026-12-01', '2026-12-14'],
    ['a month', '2027-01-31', '2027-02-28'],
    ['a month', '2028-01-31', '2028-02-29'],
    ['8 hours', '2026-12-01', '2026-12-01 08:00'],
    ['31 March', '2026-12-01', '2027-03-31'],
    ['31 December', '2026-12-01', '2026-12-31'],
    ['15 January', '2026-12-15', '2027-01-15'],
    ['1 December', '2026-12-01', '2026-12-01'],
    ['Friday', '2026-11-23', '2026-11-27'],
    ['18:00', '2026-12-01', '2026-12-01 18:00'],
    ['the rest of the month', '2026-12-10', '2026-12-31'],
    ['2 December', '2026-12-05', 'beforeStart 2026-12-02'],
    ['28 February', '2027-03-01', 'beforeStart 2027-02-28'],
    ['yesterday', '2026-12-01', 'past 2026-11-17'],
    ['tomorrow', '2026-12-01', 'beforeStart 2026-11-19'],
    ['2026-11-30', '2026-12-01', 'beforeStart 2026-11-30'],
    ['30 November 2026', '2026-12-01', 'beforeStart 2026-11-30'],
  ])('“%s” belongs to a start on %s: %s', (text, start, expected) => {
    expect(read(text, { start })).toBe(expected);
  });

  it.each([
    ['yesterday', 'past 2026-11-17'],
    ['2026-11-17', 'past 2026-11-17'],
    ['17 November 2026', 'past 2026-11-17'],
    ['18 November 10:00', 'past 2026-11-18 10:00'],
    ['today 12:00', 'past 2026-11-18 12:00'],
    ['further notice', 'endless'],
    ['forever', 'endless'],
    ['for ever', 'endless'],
    ['permanently', 'endless'],
    ['Indefinitely', 'endless'],
  ])('“%s” is none that can be asked for: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ...[
      '',
      ' ',
      '.',
      'March',
      'march 2027',
      'next week',
      'next month',
      'christmas',
      '2027',
      '6',
      '1800',
      '25:00',
      '18:60',
    ],
    ...[
      '31 February',
      'tuesday 31 march',
      'tuesday 31 march 18:00',
      '2027-02-29',
      'tomorrow morning',
      'in 8 hours',
      '2-3 weeks',
      'a few days',
    ],
    ...['5 working days', 'a sprint', 'now', 'a while', 'the time being', '0 days', '30m', 'he leaves', 'his last day'],
    ...['the project ends on 31 March', 'the project ends on 31 March 2029', 'Friday or Monday', 'x'.repeat(2_000)],
  ])('“%s” is never guessed at', (text) => {
    expect(read(text)).toBe('unreadable');
  });

  it.each([
    ['de-DE', 'morgen 18 Uhr', '2026-11-19 18:00'],
    ['de-DE', '18 Uhr', '2026-11-18 18:00'],
    ['de-DE', 'Freitag', '2026-11-20'],
    ['de-DE', 'auf Weiteres', 'endless'],
    ['fr-FR', 'demain à 18h', '2026-11-19 18:00'],
    ['fr-FR', '18h30', '2026-11-18 18:30'],
    ['es-ES', 'mañana a las 18:00', '2026-11-19 18:00'],
    ['en-US', '12/1', '2026-12-01'],
    ['en-GB', '12/1', '2027-01-12'],
    ['ja-JP', '3月31日', '2027-03-31'],
  ])('is read as a reader of %s writes it: “%s” is %s', (locale, text, expected) => {
    expect(read(text, { reader: { locale, timeZone: 'UTC' } })).toBe(expected);
  });

  it.each([
    // At 23:30 in Auckland it is still the day before elsewhere.
    ['Pacific/Auckland', '2026-11-18T23:30', 'today', '2026-11-18'],
    ['America/Los_Angeles', '2026-11-18T00:15', 'tomorrow', '2026-11-19'],
    ['America/Los_Angeles', '2026-11-18T20:00', '18:00', '2026-11-19 18:00'],
    // The clock is put forward at 02:00 on 28 March 2027, and back at 03:00 on 31 October 2027.
    ['Europe/Berlin', '2027-03-27T20:00', '8 hours', '2027-03-28 05:00'],
    ['Europe/Berlin', '2027-03-27T20:00', '02:30', '2027-03-28 03:30'],
    ['Europe/Berlin', '2027-03-27T20:00', 'tomorrow', '2027-03-28'],
    ['Europe/Berlin', '2027-10-30T20:00', '8 hours', '2027-10-31 03:00'],
    ['Europe/Berlin', '2027-10-30T20:00', '18:00', '2027-10-31 18:00'],
    ['Europe/Berlin', '2027-10-30T20:00', 'tomorrow', '2027-10-31'],
    // Days whose midnight is missing, or comes twice.
    ['Africa/Cairo', '2026-04-22T12:00', 'tomorrow', '2026-04-23'],
    ['America/Havana', '2026-10-30T12:00', 'tomorrow', '2026-10-31'],
    ['Not/AZone', '2026-11-18T12:00', '18:00', '2026-11-18 18:00'],
  ])('goes by the clock of %s: at %s, “%s” is %s', (timeZone, now, text, expected) => {
    const zone = timeZone === 'Not/AZone' ? 'UTC' : timeZone;
    const reader = { locale: 'en-GB', timeZone };

    const found = readEndDate(text, reader, DateTime.fromISO(now, { zone }).toMillis());

    const shown = read(text, { reader: { ...reader, timeZone: zone }, now });
    expect(found.kind).toBe('at');
    expect(shown).toBe(expected);
  });

  it('keeps a length, which counts again from a later start', () => {
    const found = readEndDate('3 months', london, DateTime.fromISO(NOW).toMillis());

    expect(found).toMatchObject({ kind: 'at', hasTime: false, length: { count: 3, unit: 'month' } });
    expect(readEndDate('31 March', london, DateTime.fromISO(NOW).toMillis())).toMatchObject({ length: null });
  });
});

describe('an end in words of French, Portuguese or Chinese', () => {
  it.each([
    ['la fin du mois', 'fr-FR', '2026-11-30'],
    ['o fim do mês', 'pt-BR', '2026-11-30'],
    ['月底', 'zh-CN', '2026-11-30'],
  ])('is the last day of the span: %s', (typed, locale, day) => {
    const read = readEndDate(typed, { locale, timeZone: 'UTC' }, Date.UTC(2026, 10, 25, 10));

    expect(read).toEqual({ kind: 'at', endsAt: Date.parse(`${day}T23:59:59.999Z`), hasTime: false, length: null });
  });

  it.each(['15', 'vendredi en huit', 'décembre'])('is asked for where it is unclear: %s', (typed) => {
    const read = readEndDate(typed, { locale: 'fr-FR', timeZone: 'UTC' }, Date.UTC(2026, 10, 25, 10));

    expect(read).toEqual({ kind: 'unreadable' });
  });
});
