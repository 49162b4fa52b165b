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
    ['尽快', '2026-11-25'],
  ])('%s is %s', (typed, day) => {
    const read = readStartDate(typed, reader, now);

    expect('startsAt' in read ? dayOf(read.startsAt) : read.kind === 'today' && dayOf(now)).toBe(day);
  });

  it.each(['下周', '下个月', '12月', '下个周五', '下个星期五', '2月30号', '12月1日前', '国庆节'])(
    '%s names no certain day',
    (typed) => {
      const read = readStartDate(typed, reader, now);

      expect(read.kind).toBe('unclear');
    },
  );
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
    ['去年11月1日', '2025-11-01'],
  ])('%s is %s', (typed, day) => {
    const read = readSince(typed, reader, now);

    expect(read.kind === 'since' && dayOf(read.at)).toBe(day);
  });
});
