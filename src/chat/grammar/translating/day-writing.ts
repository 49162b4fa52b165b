import { joining } from '../../languages/joining.ts';
import type { Lines } from './line-data.ts';

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
/** A Monday. */
const AN_EPOCH = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

/** A day or a length of one of Usher's own lines ("31 March", "next monday", "8 hours") in a language; null for others. */
export function englishDay(text: string, { language, data: { days = {}, write } }: Lines): string | null {
  const lower = text.toLowerCase();
  const [, number, monthName = '', year] = /^(\d{1,2}) ([a-z]+)(?: (20\d\d))?$/.exec(lower) ?? [];
  const month = MONTHS.indexOf(monthName);
  if (number !== undefined && month >= 0) {
    const format = new Intl.DateTimeFormat(language, {
      day: 'numeric',
      month: 'long',
      ...(year === undefined ? {} : { year: 'numeric' as const }),
      timeZone: 'UTC',
    });
    const said = format.format(Date.UTC(Number(year ?? 2028), month, Number(number)));
    const { first } = joining[language];
    return first === null || number !== '1' ? said : said.replace(/^1(?!\d)/, first);
  }
  const [, next, dayName = ''] = /^(next )?([a-z]+)$/.exec(lower) ?? [];
  const weekday = WEEKDAYS.indexOf(dayName);
  if (weekday >= 0) {
    const said = new Intl.DateTimeFormat(language, {
      weekday: days.weekday === 'short' ? 'short' : 'long',
      timeZone: 'UTC',
    }).format(AN_EPOCH + weekday * DAY_MS);
    return days[lower] ?? (next === undefined ? said : (days.next ?? '{day}').replace('{day}', said));
  }
  if (['today', 'tomorrow', 'yesterday'].includes(lower)) return days[lower] ?? null;
  const [, count, unit = ''] = /^(\d{1,3}) (minutes?|hours?|days?|weeks?|months?|years?)$/.exec(lower) ?? [];
  const own = days[unit];
  return count === undefined || own === undefined || write === undefined
    ? null
    : `${count}${joining[language].space}${own}`;
}

/** Whether the text names a day of a month, which some languages introduce by an article. */
export const isDayOfMonth = (text: string): boolean => /^\d{1,2} [A-Z][a-z]+(?: 20\d\d)?$/.test(text);
