import { plainText } from './safe-text.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FALLBACK = { locale: 'en', timeZone: 'UTC' };
/** Enough for the locales and time zones of one tenant; a full cache is cleared. */
const MOST_FORMATS = 200;

interface TimeFormats {
  readonly day: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
  readonly dateAndTime: Intl.DateTimeFormat;
  readonly minute: Intl.DateTimeFormat;
  readonly dateAndMinute: Intl.DateTimeFormat;
  readonly wholeDay: Intl.DateTimeFormat;
  readonly ago: Intl.RelativeTimeFormat;
}

/** A reader's locale (BCP 47) and time zone (IANA name). */
export interface Clockface {
  readonly locale: string;
  readonly timeZone: string;
  /** How the first day of a month is written, where a bare 1 is wrong: `1er`. */
  readonly first?: string | null;
}

const formats = new Map<string, TimeFormats>();

/**
 * A moment on the reader's clock: `14:03:27`, preceded by the date when `now` is another day there. Always 24 hours,
 * since a forgotten am or pm costs half a day. `at` and `now` in milliseconds since 1970; an unknown locale or zone
 * reads as English and UTC.
 */
export function formatTime(at: number, now: number, reader: Clockface): string {
  const formats = timeFormats(reader.locale, reader.timeZone);
  return format(at, now, { ...formats, today: formats.time, otherDay: formats.dateAndTime }, reader);
}

/** The same to the minute, with the time zone wherever there is a date: `Nov 19, 2026, 00:00 UTC`. */
export function formatMoment(at: number, now: number, reader: Clockface): string {
  const formats = timeFormats(reader.locale, reader.timeZone);
  return format(at, now, { ...formats, today: formats.minute, otherDay: formats.dateAndMinute }, reader);
}

/** The reader's day of a moment, in full: `Tuesday, December 1, 2026`. */
export function formatDay(at: number, reader: Clockface): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return '—';
  return plainText(write(timeFormats(reader.locale, reader.timeZone).wholeDay, moment, reader));
}

/** The units of a distance, each for as long as it is the one that people would use. */
const DISTANCES = [
  ['minute', MINUTE, HOUR],
  ['hour', HOUR, DAY],
  ['day', DAY, 14 * DAY],
  ['week', 7 * DAY, 60 * DAY],
  ['month', 30.44 * DAY, 730 * DAY],
  ['year', 365.25 * DAY, Number.POSITIVE_INFINITY],
] as const;

/** How far a moment on another day is away: `2 days ago`, `in 3 weeks`; null for one on the reader's today. */
export function formatAgo(at: number, now: number, reader: Clockface): string | null {
  const { day, ago } = timeFormats(reader.locale, reader.timeZone);
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime()) || day.format(moment) === day.format(new Date(now))) return null;
  const distance = at - now;
  const [unit, length] = DISTANCES.find(([, , below]) => Math.abs(distance) < below) ?? DISTANCES[0];
  // Whole hours and days that have passed, as a reader counts them; a third month is near enough to three.
  const count = unit === 'week' || unit === 'month' ? Math.round(distance / length) : Math.trunc(distance / length);
  return count === 0 ? null : plainText(ago.format(count, unit));
}

type DayFormats = Readonly<Record<'day' | 'today' | 'otherDay', Intl.DateTimeFormat>>;

function format(at: number, now: number, { day, today, otherDay }: DayFormats, reader: Clockface): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return '—';

  const sameDay = day.format(moment) === day.format(new Date(now));
  return plainText(write(sameDay ? today : otherDay, moment, reader));
}

/** Intl writes "mardi 1 décembre" where French has "1er". */
function write(format: Intl.DateTimeFormat, moment: Date, { first = null }: Clockface): string {
  if (first === null) return format.format(moment);
  const parts = format.formatToParts(moment);
  const isNamed = parts.some(({ type, value }) => type === 'month' && /\p{L}/u.test(value));
  return parts.map(({ type, value }) => (isNamed && type === 'day' && value === '1' ? first : value)).join('');
}

/** A length of time in parts that are read at a glance; the catalogue words the parts. */
export type DurationParts =
  | { readonly unit: 'tenths'; readonly seconds: number }
  | { readonly unit: 'seconds'; readonly seconds: number }
  | { readonly unit: 'minutes'; readonly minutes: number; readonly seconds: number }
  | { readonly unit: 'hours'; readonly hours: number; readonly minutes: number };

/** Splits milliseconds: tenths below ten seconds, whole seconds below a minute, then minutes, then hours. */
export function durationParts(ms: number): DurationParts {
  const length = Number.isFinite(ms) ? Math.max(0, ms) : 0;
  // Compared after rounding, or 59.96 s would read as "60 s".
  const seconds = Math.round(length / SECOND);
  if (length < 9_950) return { unit: 'tenths', seconds: Math.round(length / 100) / 10 };
  if (seconds * SECOND < MINUTE) return { unit: 'seconds', seconds };
  if (seconds * SECOND < HOUR) return { unit: 'minutes', minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  const minutes = Math.round(length / MINUTE);
  return { unit: 'hours', hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}

function timeFormats(locale: string, timeZone: string): TimeFormats {
  const key = `${locale}\n${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;

  const made = makeFormats(locale, timeZone);
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(key, made);
  return made;
}

function makeFormats(locale: string, timeZone: string): TimeFormats {
  const minute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = { ...minute, second: '2-digit' } as const;
  const date = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  try {
    return {
      day: new Intl.DateTimeFormat(locale, { ...date, timeZone }),
      time: new Intl.DateTimeFormat(locale, { ...clock, timeZone }),
      dateAndTime: new Intl.DateTimeFormat(locale, { ...date, ...clock, timeZone }),
      minute: new Intl.DateTimeFormat(locale, { ...minute, timeZone }),
      dateAndMinute: new Intl.DateTimeFormat(locale, { ...date, ...minute, timeZoneName: 'short', timeZone }),
      wholeDay: new Intl.DateTimeFormat(locale, { ...date, weekday: 'long', month: 'long', timeZone }),
      ago: new Intl.RelativeTimeFormat(locale),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Teams passes on what the client says. If one of the two is wrong, the other is still used.
    const zone = isKnown(() => new Intl.DateTimeFormat('en', { timeZone })) ? timeZone : FALLBACK.timeZone;
    const language = isKnown(() => new Intl.DateTimeFormat(locale)) ? locale : FALLBACK.locale;
    return makeFormats(language, zone);
  }
}

function isKnown(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
