import { describe, expect, it } from '@jest/globals';
import { DATE_WORDS } from '../../../src/chat/dates/date-words.ts';
import { readLength } from '../../../src/chat/dates/length.ts';

function read(text: string): string | null {
  const found = readLength(text);
  if (found === null) return null;
  return found.kind === 'rest' ? `rest ${found.unit}` : `${found.length.count} ${found.length.unit}`;
}

describe('a length of time', () => {
  it.each([
    ['3 months', '3 month'],
    ['a month', '1 month'],
    ['an hour', '1 hour'],
    ['half an hour', '0.5 hour'],
    ['half a year', '0.5 year'],
    ['one and a half months', '1.5 month'],
    ['a year and a half', '1.5 year'],
    ['1.5 years', '1.5 year'],
    ['1,5 Jahre', '1.5 year'],
    ['2½ weeks', '2.5 week'],
    ['1 1/2 years', '1.5 year'],
    ['two (2) weeks', '2 week'],
    ['a couple of days', '2 day'],
    ['a hundred days', '100 day'],
    ['thirty days', '30 day'],
    ['a fortnight', '2 week'],
    ['the next two weeks', '2 week'],
    ['another 2 weeks', '2 week'],
    ['one week only', '1 week'],
    ['90d', '90 day'],
    ['8h', '8 hour'],
    ['two-week', '2 week'],
    ['a quarter', '1 quarter'],
    ['the rest of the year', 'rest year'],
    ['anderthalb Jahre', '1.5 year'],
    ['ein halbes Jahr', '0.5 year'],
    ['un an', '1 year'],
    ['un an et demi', '1.5 year'],
    ['un año y medio', '1.5 year'],
    ['два месяца', '2 month'],
    ['viikoksi', '1 week'],
    ['أسبوعين', '2 week'],
    ['năm năm', '5 year'],
    ['2週間', '2 week'],
    ['两周', '2 week'],
    ['半年', '0.5 year'],
    ['十天', '10 day'],
    ['十五天', '15 day'],
    ['二十四小时', '24 hour'],
    ['三十天', '30 day'],
    ['九十天', '90 day'],
    ['九十分钟', '90 minute'],
    ['九十九周', '99 week'],
    ['十二个月', '12 month'],
    ['两个小时', '2 hour'],
    ['一个季度', '1 quarter'],
    ['半小时', '0.5 hour'],
  ])('“%s” is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ...['2-3 weeks', 'two or three weeks', 'a few days', 'several weeks', '5 working days', '10 business days'],
    ...[
      'at least 2 weeks',
      'a sprint',
      'the weekend',
      'the whole month',
      'next week',
      '0 days',
      '30m',
      'now',
      'a while',
    ],
    ...['tomorrow', '31 March', '', 'twenty one days'],
    ...[
      '两三个月',
      '七八个月',
      '三四周',
      '两三小时',
      '一两天',
      '一百二十天',
      '一季度',
      '3季度',
      '半天',
      '一年半',
      '十来天',
    ],
  ])('“%s” is none of one certain value', (text) => {
    expect(readLength(text)).toBeNull();
  });

  const units = Object.entries(DATE_WORDS).flatMap(([language, words]) =>
    Object.entries(words.units).flatMap(([unit, names]) => names.map((name) => [language, name, unit] as const)),
  );

  it.each(units)('is counted in %s by “%s”', (_, name, unit) => {
    expect(read(`3 ${name}`)).toBe(`3 ${unit}`);
  });

  const counts = Object.entries(DATE_WORDS).flatMap(([language, { counts: words, units: ofLanguage }]) =>
    words.flatMap((same, index) =>
      same.split(' ').map((word) => [language, `${word} ${ofLanguage.week[0]}`, index + 1] as const),
    ),
  );

  it.each(counts)('is counted in %s by a word: “%s”', (_, text, count) => {
    expect(read(text)).toBe(`${count} week`);
  });
});
