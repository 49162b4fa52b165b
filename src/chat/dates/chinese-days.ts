import type { DateTime } from 'luxon';
import { dayAtLength, isoDay } from './typed-length.ts';

const DIGITS = '一二三四五六七八九十';
const NUMBER = `\\d{1,3}|[两兩${DIGITS}]{1,3}`;
const WEEK = '周|週|星期|礼拜|禮拜';
/** The last, this or the next one; twice, the one after. */
const SIDE = '上{1,2}|下{1,2}|[本这這当當]';
const YEARS: Readonly<Record<string, number>> = { 前: -2, 去: -1, 今: 0, 本: 0, 明: 1, 后: 2, 後: 2 };

const AT_ONCE = /^(?:尽快|盡快|马上|馬上|立刻|立即|即刻|现在|現在|即日)$/u;
const YEAR_AND_MONTH = new RegExp(`([前去今本明后後])年(?=[\\d${DIGITS}]{1,3}月)`, 'gu');
const END_OF_YEAR = /([去今本明])?年[底末]/gu;
const END_OF_MONTH = new RegExp(`(${SIDE})?[个個]?月[底末]`, 'gu');
const DAY_OF_SOME_MONTH = new RegExp(`(${SIDE})[个個]?月(${NUMBER})[号號日]`, 'gu');
const DAY_OF_MONTH = new RegExp(`(?<![月年\\d${DIGITS}])(${NUMBER})[号號]`, 'gu');
/** "下个周五" is this week's or the next one's. */
const OF_TWO_WEEKS = new RegExp(`[上下][个個](?:${WEEK})[一二三四五六日天]`, 'gu');
const WEEKDAY = new RegExp(`(${SIDE})?(?:${WEEK})([一二三四五六日天])`, 'gu');
const LENGTH = `(${NUMBER}|半)([个個]月|[个個]?(?:${WEEK})|天|日|年)`;
const AHEAD = new RegExp(`^${LENGTH}(?:之|以)?[后後]$`, 'u');
const AGO = new RegExp(`^(?:最近|过去|過去|近)?${LENGTH}(?:(?:之|以)?[前内內]|以?[来來])?$`, 'u');
const MONTH_ALONE = new RegExp(`(?<![\\d年${DIGITS}])(\\d{1,2}|[${DIGITS}]{1,2})月份?(?![\\d${DIGITS}])`, 'gu');

/**
 * A text in which the days that date parsers do not know in Chinese stand as `YYYY-MM-DD`: "下个月1号", "两周后", "月底",
 * "最近7天". The week begins on Monday. A month alone names no day to start on; it lists from its first.
 *
 * @param direction where "1号" and "周一" are looked for
 */
export function withChineseDays(typed: string, today: DateTime, direction: 'ahead' | 'nearest'): string {
  const text = typed.normalize('NFKC').trim();
  const atLength = dayAtLength({ atOnce: AT_ONCE, ahead: AHEAD, ago: AGO, lengthOf }, text, today, direction);
  if (atLength !== null) return atLength;
  const isAhead = direction === 'ahead';
  return text
    .replace(YEAR_AND_MONTH, (_, year: string) => `${today.year + (YEARS[year] ?? 0)}年`)
    .replace(END_OF_YEAR, (_, year?: string) => isoDay(today.plus({ years: YEARS[year ?? '今'] ?? 0 }).endOf('year')))
    .replace(END_OF_MONTH, (_, side?: string) => isoDay(today.plus({ months: stepsOf(side) }).endOf('month')))
    .replace(DAY_OF_SOME_MONTH, (whole, side: string, number: string) =>
      dayIn(today.plus({ months: stepsOf(side) }), number, whole),
    )
    .replace(DAY_OF_MONTH, (whole, number: string) => {
      const isOver = isAhead ? numberIn(number) < today.day : numberIn(number) > today.day;
      return dayIn(isOver ? today.plus({ months: isAhead ? 1 : -1 }) : today, number, whole);
    })
    .replace(OF_TWO_WEEKS, '')
    .replace(WEEKDAY, (_, side: string | undefined, name: string) => {
      const days = '一二三四五六日'.indexOf(name.replace('天', '日'));
      const day = today.startOf('week').plus({ weeks: stepsOf(side), days });
      const isOver = side === undefined && (isAhead ? day < today : day > today);
      return isoDay(isOver ? day.plus({ weeks: isAhead ? 1 : -1 }) : day);
    })
    .replace(MONTH_ALONE, (_, month: string) => (isAhead ? '' : `${month}月1日`));
}

/** Its words again where the month has no such day. */
function dayIn(month: DateTime, number: string, words: string): string {
  const day = numberIn(number);
  return day < 1 || day > (month.daysInMonth ?? 0) ? words : isoDay(month.set({ day }));
}

/** "下" is 1, "上上" is -2, "本" is 0. */
function stepsOf(side = ''): number {
  const step = side.startsWith('下') ? 1 : side.startsWith('上') ? -1 : 0;
  return step * side.length;
}

function lengthOf(count: string, unit: string): Readonly<Record<string, number>> {
  const name = /月/u.test(unit) ? 'months' : /年/u.test(unit) ? 'years' : /[天日]/u.test(unit) ? 'days' : 'weeks';
  if (count !== '半') return { [name]: numberIn(count) };
  return name === 'years' ? { months: 6 } : { days: name === 'months' ? 15 : name === 'weeks' ? 4 : 1 };
}

/** "15", "两", "十五", "三十一". */
function numberIn(number: string): number {
  if (/^\d/.test(number)) return Number(number);
  const plain = number.replace(/[两兩]/g, '二');
  const [tens = '', ones] = plain.split('十');
  const digit = (text: string) => DIGITS.indexOf(text) + 1;
  return ones === undefined ? digit(plain) : (tens === '' ? 1 : digit(tens)) * 10 + (ones === '' ? 0 : digit(ones));
}
