import type { Reader } from '../../requests/request.ts';
import { dayOf, readStartDate } from '../dates/start-date.ts';

/** The day on which a line says that something starts, and the words that say so. */
export interface StartIn {
  /** `YYYY-MM-DD`. */
  readonly start: string;
  readonly said: string;
}

/** "isaiah starts monday, can he have salesforce", "from 14 dec"; null where no such words name one day to come. */
export function startIn(line: string, reader: Reader, now: number): StartIn | null {
  for (const { 0: phrase, 1: rest = '' } of line.matchAll(LEADING)) {
    const words = rest.trim().split(/\s+/);
    for (let count = words.length; count > 0; count -= 1) {
      const text = words
        .slice(0, count)
        .join(' ')
        .replace(/[.,;:!?)]+$/, '');
      const read = readStartDate(text, reader, now);
      if (read.kind !== 'date' || read.rest !== '') continue;
      return { start: dayOf(read.startsAt, reader), said: `${phrase.slice(0, phrase.length - rest.length)}${text}` };
    }
  }
  return null;
}

/** As many words as a date has at most: "Monday, the 14th of December". */
const LEADING =
  /(?<![\p{L}\p{N}])(?<!\b(?:joined|started|began|left)\s)(?:from|as of|on|(?:start|starts|starting|begin|begins|beginning|join|joins|joining)(?: on| from)?)\s+((?:\S+\s*){1,5})/giu;
