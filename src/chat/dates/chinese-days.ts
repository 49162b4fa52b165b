import type { DateTime } from 'luxon';
import { dayAtLength, isoDay } from './typed-length.ts';

const ONES = '一二三四五六七八九';
const DIGITS = `${ONES}十`;
/** To a hundred. Two digits beside each other are "two or three", and no number. */
const HAN_NUMBER = `[${ONES}]?十[${ONES}]?|一百|[两兩${ONES}]`;
const NUMBER = `\\d{1,3}|${HAN_NUMBER}`;
const MONTH = `\\d{1,2}|十[一二]?|[${ONES}]`;
const WEEK = '周|週|星期|礼拜|禮拜';
/** The last, this or the next one; twice, the one after. */
const SIDE = '上{1,2}|下{1,2}|[本这這当當]';
const YEARS: Readonly<Record<string, number>> = { 前: -2, 去: -1, 今: 0, 本: 0, 明: 1, 后: 2, 後: 2 };
/** A year of two digits is one of these, from today's: "26/12/31", and not the 26th. */
const NEAR_YEARS = { before: 1, after: 3 };

const AT_ONCE = /^(?:尽快|盡快|马上|馬上|立刻|立即|即刻|现在|現在|即日)$/u;
const YEAR_AND_MONTH = new RegExp(`([前去今本明后後])年(?=(?:${MONTH})月)`, 'gu');
const SHORT_YEAR = /(?<![\d年])(\d{2})年(?=\d{1,2}月)/gu;
const SHORT_DATE = /(?<![\d./-])(\d{2})([./-])(\d{1,2})\2(\d{1,2})(?![\d./-])/u;
/** "3.31" is a day, and no time of day. */
const DOTTED = /(?<![\d.:/-])(\d{1,2})\.(\d{1,2})(?![\d.:/-])/gu;
/** "365 12月1日": the number belongs to what precedes the day. */
const NUMBER_AND_DAY = /\d\s+\d{1,2}月/u;
const HALF_DAY = /半[天日]/u;
/** "两三天后" is two days or three. */
const TWO_COUNTS = new RegExp(`[两兩${ONES}]{2}[个個]?(?:${WEEK}|[天月年小分])`, 'u');
const END_OF_YEAR = /(?:(\d{4}|[去今本明])年?)?年[底末]/gu;
const END_OF_SOME_MONTH = new RegExp(`(?:(\\d{4})年)?(?<![\\d${DIGITS}])(${MONTH})月份?[底末]`, 'gu');
const END_OF_MONTH = new RegExp(`(${SIDE})?[个個]?月[底末]`, 'gu');
const DAY_OF_SOME_MONTH = new RegExp(`(${SIDE})[个個]?月(${NUMBER})[号號日]`, 'gu');
const DAY_OF_MONTH = new RegExp(`(?<![月年\\d${DIGITS}])(${NUMBER})[号號]`, 'gu');
/** "下个周五" is this week's or the next one's. */
const OF_TWO_WEEKS = new RegExp(`[上下][个個](?:${WEEK})[一二三四五六日天]`, 'gu');
const WEEKDAY = new RegExp(`(${SIDE})?(?:${WEEK})([一二三四五六日天])`, 'gu');
const LENGTH = `(${NUMBER}|半)([个個]月|[个個]?(?:${WEEK})|天|日|年)`;
const AHEAD = new RegExp(`^${LENGTH}(?:之|以)?[后後]$`, 'u');
const AGO = new RegExp(`^(?:最近|过去|過去|近)?${LENGTH}(?:(?:之|以)?[前内內]|以?[来來])?$`, 'u');
const MONTH_OF_YEAR = new RegExp(`(\\d{4})年(${MONTH})月份?(?![\\d${DIGITS}])`, 'u');
const MONTH_ALONE = new RegExp(`(?<![\\d年${DIGITS}])(\\d{1,2}|[${DIGITS}]{1,2})月份?(?![\\d${DIGITS}])`, 'gu');

const PART_OF_DAY = '凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜';
/** "今晚8点" is "今天晚上8点". */
const DAY_AND_PART = new RegExp(`([今明])([早晚])上?(?=\\d|[两兩${DIGITS}])`, 'gu');
/** "下午5点半", "17点30分", "下午5:30". */
const CLOCK = new RegExp(
  `(${PART_OF_DAY})?(?<!\\d)(?:(${HAN_NUMBER}|\\d{1,2})[点點](?:(半|整|钟|鐘)|([一三])刻|(\\d{1,2})分?)?|(?<=午|上|晨|夜)(\\d{1,2}):(\\d{2}))`,
  'gu',
);
/** The one at which the named day begins, or the one at which it ends. */
const MIDNIGHT = /[零〇][点點]|[午半子]夜/u;
const NOON = /中午(?![\d:])/gu;
const NEAR_DAYS = /[今明][天日]/gu;
/** The hours of each part of a day, as people count them: 12 at night is the end of that day or its start. */
const HOURS: Readonly<Record<string, readonly (readonly [first: number, last: number, more: number])[]>> = {
  凌晨: [[1, 5, 0]],
  清晨: [[4, 8, 0]],
  早上: [[5, 11, 0]],
  早晨: [[5, 11, 0]],
  上午: [[6, 11, 0]],
  中午: [
    [11, 12, 0],
    [1, 2, 12],
  ],
  下午: [
    [1, 7, 12],
    [13, 19, 0],
  ],
  傍晚: [
    [5, 7, 12],
    [17, 19, 0],
  ],
  晚上: [
    [5, 11, 12],
    [17, 23, 0],
  ],
  '': [[13, 23, 0]],
};

/**
 * A text in which the days that date parsers do not know in Chinese stand as `YYYY-MM-DD`: "下个月1号", "两周后", "月底",
 * "最近7天", and its times of day as `HH:MM`. The week begins on Monday. A month alone names no day to start on; it lists
 * from its first. Empty where parsers would read a day or an hour that is not meant: "晚上12点", "半天后".
 *
 * @param direction where "1号" and "周一" are looked for
 */
export function withChineseDays(typed: string, today: DateTime, direction: 'ahead' | 'nearest'): string {
  const text = withFullYears(typed.normalize('NFKC').trim(), today);
  if (text === null || [HALF_DAY, TWO_COUNTS, MIDNIGHT, NUMBER_AND_DAY].some((vague) => vague.test(text))) return '';
  const atLength = dayAtLength({ atOnce: AT_ONCE, ahead: AHEAD, ago: AGO, lengthOf }, text, today, direction);
  if (atLength !== null) return atLength;
  const timed = withClocks(text, today);
  if (timed === null) return '';
  const isAhead = direction === 'ahead';
  const dated = timed
    .replace(DOTTED, (whole, month: string, day: string) => (Number(month) > 12 ? whole : `${month}月${day}日`))
    .replace(YEAR_AND_MONTH, (_, year: string) => `${today.year + (YEARS[year] ?? 0)}年`)
    .replace(END_OF_YEAR, (_, year = '今') =>
      isoDay(today.set({ month: 12, day: 31, year: Number(year) || today.year + (YEARS[year] ?? 0) })),
    )
    .replace(END_OF_SOME_MONTH, (whole, year: string | undefined, month: string) => {
      const number = numberIn(month);
      if (number < 1 || number > 12) return whole;
      const isOver = isAhead ? number < today.month : number > today.month;
      const near = today.year + (isOver ? (isAhead ? 1 : -1) : 0);
      return isoDay(today.set({ day: 1, month: number, year: Number(year ?? near) }).endOf('month'));
    });
  if (isAhead && MONTH_OF_YEAR.test(dated)) return '';
  return dated
    .replace(MONTH_OF_YEAR, (_, year: string, month: string) => `${year}年${numberIn(month)}月1日`)
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

/** The year comes first: "26/12/31", "27年3月31日". Null where the numbers may stand in another order. */
function withFullYears(text: string, today: DateTime): string | null {
  const century = today.year - (today.year % 100);
  const long = text.replace(SHORT_YEAR, (_, year: string) => `${century + Number(year)}年`);
  const [whole = '', first, , second, third] = SHORT_DATE.exec(long) ?? [];
  if (first === undefined) return long;
  const [year, month, day] = [century + Number(first), Number(second), Number(third)];
  const isNear = year >= today.year - NEAR_YEARS.before && year <= today.year + NEAR_YEARS.after;
  // "12/31/26" can only be written as in the United States.
  if (!isNear) return Number(first) <= 12 && month > 12 ? long : null;
  const meant = today.set({ year, month: 1, day: 1 }).set({ month });
  return month < 1 || month > 12 || day < 1 || day > (meant.daysInMonth ?? 0)
    ? null
    : long.replace(whole, isoDay(meant.set({ day })));
}

/** "明天下午5点" as "2026-11-26 17:00"; null for an hour that may be another one. */
function withClocks(text: string, today: DateTime): string | null {
  let isUnclear = false;
  let isTimed = false;
  const timed = text
    .replace(DAY_AND_PART, (_, day: string, part: string) => `${day}天${part}上`)
    .replace(CLOCK, (_, part = '', hour, more, quarters, minutes, plainHour, plainMinutes) => {
      const minute =
        more === '半' ? 30 : quarters === undefined ? (minutes ?? plainMinutes ?? 0) : numberIn(quarters) * 15;
      const typed = numberIn(hour ?? plainHour);
      const found = HOURS[part]?.find(([first, last]) => typed >= first && typed <= last);
      isTimed = true;
      if (found === undefined || minute > 59) isUnclear = true;
      return ` ${String(typed + (found?.[2] ?? 0)).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    })
    .replace(NOON, () => {
      isTimed = true;
      return ' 12:00';
    });
  if (isUnclear) return null;
  return !isTimed
    ? text
    : timed.replace(NEAR_DAYS, (day) => isoDay(today.plus({ days: day.startsWith('明') ? 1 : 0 }))).trim();
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

/** "15", "两", "十五", "九十", "一百"; NaN for what is no number to a hundred, such as "两三". */
export function numberIn(number: string): number {
  if (/^\d+$/.test(number)) return Number(number);
  if (number === '一百') return 100;
  const [, tens, ones] =
    new RegExp(`^(?:([${ONES}]?)十)?([${ONES}]?)$`, 'u').exec(number.replace(/^[两兩]$/, '二')) ?? [];
  if (ones === undefined || number === '') return Number.NaN;
  const digit = (text: string) => ONES.indexOf(text) + 1;
  return (tens === undefined ? 0 : (tens === '' ? 1 : digit(tens)) * 10) + (ones === '' ? 0 : digit(ones));
}
