import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { readEndDate } from '../../../src/chat/dates/end-date.ts';
import { readSince } from '../../../src/chat/dates/since-date.ts';
import { readStartDate } from '../../../src/chat/dates/start-date.ts';

const reader = { locale: 'zh-CN', timeZone: 'Asia/Shanghai' };
/** A Wednesday. */
const now = DateTime.fromISO('2026-11-25T12:00', { zone: reader.timeZone }).toMillis();
const dayOf = (at: number) => DateTime.fromMillis(at, { zone: reader.timeZone }).toISODate();

describe('a start in Chinese', () => {
  it.each([
    ['后天', '2026-11-27'],
    ['大后天', '2026-11-28'],
    ['两周后', '2026-12-09'],
    ['3天之后', '2026-11-28'],
    ['半年后', '2027-05-25'],
    ['1号', '2026-12-01'],
    ['二十五号', '2026-11-25'],
    ['下个月1号', '2026-12-01'],
    ['下月1日', '2026-12-01'],
    ['本月30号', '2026-11-30'],
    ['月底', '2026-11-30'],
    ['下个月底', '2026-12-31'],
    ['年底', '2026-12-31'],
    ['１２月１日', '2026-12-01'],
    ['明年3月1日', '2027-03-01'],
    ['周一', '2026-11-30'],
    ['下周一', '2026-11-30'],
    ['下周日', '2026-12-06'],
    ['下下周一', '2026-12-07'],
    ['本周日', '2026-11-29'],
    ['三十天后', '2026-12-25'],
    ['九十天后', '2027-02-23'],
    ['12月底', '2026-12-31'],
    ['明年3月底', '2027-03-31'],
    ['明年年底', '2027-12-31'],
    ['26/12/1', '2026-12-01'],
    ['27-3-31', '2027-03-31'],
    ['27年3月31日', '2027-03-31'],
    ['3.31', '2027-03-31'],
    ['2027.3.31', '2027-03-31'],
    ['尽快', '2026-11-25'],
  ])('%s is %s', (typed, day) => {
    const read = readStartDate(typed, reader, now);

    expect('startsAt' in read ? dayOf(read.startsAt) : read.kind === 'today' && dayOf(now)).toBe(day);
  });

  it.each([
    ...['下周', '下个月', '12月', '下个周五', '下个星期五', '2月30号', '12月1日前', '国庆节', '明天前', '周五前'],
    ...['明年1月', '2027年3月', '两三天后', '半天后', '31/12/26', '26/13/1', '365 12月1日'],
  ])('%s names no certain day', (typed) => {
    const read = readStartDate(typed, reader, now);

    expect(read.kind).toBe('unclear');
  });
});

describe('an end in Chinese', () => {
  it.each([
    ['3月31日', '2027-03-31'],
    ['月底', '2026-11-30'],
    ['两周', '2026-12-09'],
    ['半年', '2027-05-25'],
    ['3个月', '2027-02-25'],
    ['30分钟', '2026-11-25'],
  ])('%s is %s', (typed, day) => {
    const read = readEndDate(typed, reader, now);

    expect(read.kind === 'at' && dayOf(read.endsAt)).toBe(day);
  });

  it.each([
    ['27.3.31', '2027-03-31T23:59'],
    ['26/12/31', '2026-12-31T23:59'],
    ['12/31/26', '2026-12-31T23:59'],
    ['十二月二十一日', '2026-12-21T23:59'],
    ['3月底', '2027-03-31T23:59'],
    ['年底', '2026-12-31T23:59'],
    ['今晚', '2026-11-25T23:59'],
    ['下午5点', '2026-11-25T17:00'],
    ['下午五点半', '2026-11-25T17:30'],
    ['下午5:30', '2026-11-25T17:30'],
    ['下午5点一刻', '2026-11-25T17:15'],
    ['17点', '2026-11-25T17:00'],
    ['今晚8点', '2026-11-25T20:00'],
    ['明早9点', '2026-11-26T09:00'],
    ['明天中午', '2026-11-26T12:00'],
    ['中午1点', '2026-11-25T13:00'],
    ['凌晨2点', '2026-11-26T02:00'],
    ['周五下午5点', '2026-11-27T17:00'],
    ['12月1日下午5点', '2026-12-01T17:00'],
  ])('%s is %s', (typed, time) => {
    const read = readEndDate(typed, reader, now);

    expect(
      read.kind === 'at' && DateTime.fromMillis(read.endsAt, { zone: reader.timeZone }).toISO()?.slice(0, 16),
    ).toBe(time);
  });

  it.each([
    ...['晚上12点', '今天晚上12点', '零点', '0点', '24点', '半夜', '早上12点', '晚上1点', '5点', '下午5点到6点'],
    ...[
      '三天前',
      '12月1日前',
      '本周五之前',
      '2027年3月',
      '明年三月',
      '两三个月',
      '半天',
      '一百天',
      '３０天',
      '31/12/26',
    ],
  ])('%s is no certain end', (typed) => {
    const read = readEndDate(typed, reader, now);

    expect(read.kind).toBe('unreadable');
  });

  it('in ten working days is not computed', () => {
    const read = readEndDate('10个工作日', reader, now);

    expect(read.kind).toBe('unreadable');
  });
});

describe('a day to list from in Chinese', () => {
  it.each([
    ['3天前', '2026-11-22'],
    ['最近7天', '2026-11-18'],
    ['两周', '2026-11-11'],
    ['半个月', '2026-11-10'],
    ['周一', '2026-11-23'],
    ['上周日', '2026-11-22'],
    ['1号', '2026-11-01'],
    ['11月', '2026-11-01'],
    ['2026年3月', '2026-03-01'],
    ['三十天', '2026-10-26'],
    ['去年11月1日', '2025-11-01'],
  ])('%s is %s', (typed, day) => {
    const read = readSince(typed, reader, now);

    expect(read.kind === 'since' && dayOf(read.at)).toBe(day);
  });
});
