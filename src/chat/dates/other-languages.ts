import { languageOf, languages } from '../../languages.ts';
import type { Reader } from '../../requests/request.ts';
import type { Command, Verb } from '../command.ts';
import { readEndDate } from './end-date.ts';
import { readSince } from './since-date.ts';
import { dayOf, readStartDate } from './start-date.ts';
import { todayOf } from './typed-dates.ts';

/** A typed date as `YYYY-MM-DD`; null where it is no whole day, `unclear` where the language does not read it. */
type ReadDay = (typed: string, reader: Reader, now: number) => string | null | 'unclear';

const readers: Readonly<Record<'start' | 'end' | 'since', ReadDay>> = {
  start(typed, reader, now) {
    const read = readStartDate(typed, reader, now);
    if (read.kind === 'unclear') return 'unclear';
    const isDay = read.kind !== 'several' && read.rest === '' && !read.hasTime;
    return isDay ? dayOf(read.kind === 'today' ? now : read.startsAt, reader) : null;
  },
  end(typed, reader, now) {
    const read = readEndDate(typed, reader, now);
    if (read.kind === 'unreadable') return 'unclear';
    return 'endsAt' in read && !read.hasTime ? dayOf(read.endsAt, reader) : null;
  },
  since(typed, reader, now) {
    const read = readSince(typed, reader, now);
    if (read.kind === 'unclear') return 'unclear';
    return read.kind === 'since' && todayOf(reader, read.at).toMillis() === read.at ? dayOf(read.at, reader) : null;
  },
};

/** These happen at once, and say so whatever the day is. */
const WITHOUT_DAYS: ReadonlySet<Verb> = new Set(['remove', 'offboard']);

/** `days`: as typed, and as `YYYY-MM-DD`. */
export interface OfOtherLanguages {
  readonly command: Command;
  readonly days: ReadonlyMap<string, string>;
}

/**
 * A command whose days the reader's language does not read, and another one of Usher's does: "until 31 mars" of a
 * reader of English. It has those days as `YYYY-MM-DD`; null where there are none, or where two languages read different
 * days. What comes of it is a guess.
 *
 * @param now ms since 1970
 */
export function withDaysOfOtherLanguages(command: Command, reader: Reader, now: number): OfOtherLanguages | null {
  if (WITHOUT_DAYS.has(command.verb)) return null;
  const others = languages.filter((language) => language !== languageOf(reader.locale));
  const days = new Map<string, string>();
  const dayFor = (name: keyof typeof readers, typed: string): string | null => {
    if (readers[name](typed, reader, now) !== 'unclear') return null;
    const read = others.map((locale) => readers[name](typed, { ...reader, locale }, now));
    const [day = null, second] = new Set(read.filter((one) => one !== 'unclear'));
    if (day === null || second !== undefined) return null;
    days.set(typed, day);
    return day;
  };
  const known = <T extends object>(part: T): T => ({
    ...part,
    ...Object.fromEntries(
      Object.entries(part).flatMap(([name, typed]) => {
        const day = name in readers && typeof typed === 'string' ? dayFor(name as keyof typeof readers, typed) : null;
        return day === null ? [] : [[name, day]];
      }),
    ),
  });
  const own = known(command);
  const whole = 'term' in own && own.term !== undefined ? { ...own, term: known(own.term) } : own;
  return days.size === 0 ? null : { command: whole, days };
}
