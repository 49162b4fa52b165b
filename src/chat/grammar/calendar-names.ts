import { wordList } from './word-lists.ts';

/** The names of months and weekdays in the languages whose dates Usher reads, in lowercase. */

const LANGUAGES = wordList('en ar ar-SY de es fi fr id it nl pt ru sv uk');
const WEEKDAYS = namesOf({ weekday: 'long' });
// Some languages inflect the month after a day.
const MONTHS = [...namesOf({ month: 'long' }), ...namesOf({ day: 'numeric', month: 'long' })];
const SHORT_WEEKDAYS = wordList('mon tue tues wed thu thur thurs fri sat sun');
const SHORT_MONTHS = wordList('jan feb mar apr jun jul aug sep sept oct nov dec');
export const MONTH_NAMES: ReadonlySet<string> = new Set([...MONTHS, ...SHORT_MONTHS]);
export const WEEKDAY_NAMES: ReadonlySet<string> = new Set([...WEEKDAYS, ...SHORT_WEEKDAYS]);
export const CALENDAR_NAMES: ReadonlySet<string> = new Set([...MONTH_NAMES, ...WEEKDAY_NAMES]);

/** The names in all these languages, in lowercase; one word each. */
function namesOf(options: Intl.DateTimeFormatOptions): string[] {
  const wanted = options.month === undefined ? 'weekday' : 'month';
  // A day of every month, and a whole week.
  const days = [
    ...Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, 1)),
    ...Array.from({ length: 7 }, (_, day) => Date.UTC(2026, 0, 1 + day)),
  ];
  return LANGUAGES.flatMap((language) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
    const parts = days.flatMap((day) => format.formatToParts(day).filter(({ type }) => type === wanted));
    return parts.map(({ value }) => value.toLowerCase());
  });
}
