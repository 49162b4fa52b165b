import { assertNever } from '../../assert-never.ts';
import type { Reader } from '../../requests/request.ts';
import { isLength } from '../grammar/lengths.ts';
import { isDatePart } from '../grammar/start-words.ts';
import { splitWords } from '../grammar/tokens.ts';
import { readStartDate } from './start-date.ts';

/** The parsed end of a line. Usher does not end access; a card says so. */
export type EndDate =
  /** `endsOn`: a moment of that day in the reader's zone, in ms since 1970. `hasTime`: an hour was named as well. */
  | { readonly kind: 'day'; readonly endsOn: number; readonly hasTime: boolean }
  | { readonly kind: 'length' }
  | { readonly kind: 'unclear' };

/**
 * Reads the day or the length that `cutEnd` has found.
 *
 * @param now ms since 1970
 * @param startsAt the start of the same line, in ms since 1970; "from Monday to Friday" is the Friday after that Monday
 */
export function readEndDate(text: string, reader: Reader, now: number, startsAt: number | null = null): EndDate {
  const end = readEnd(text, reader, now);
  const isBefore = end.kind === 'day' && startsAt !== null && end.endsOn < startsAt;
  return isBefore ? readEnd(text, reader, startsAt) : end;
}

function readEnd(text: string, reader: Reader, now: number): EndDate {
  if (isLength(text)) return { kind: 'length' };
  // The month's first day or its last: the caller has to say.
  if (isMonthOnly(text)) return { kind: 'unclear' };
  const date = readStartDate(text, reader, now);
  switch (date.kind) {
    case 'today':
    case 'date': {
      // "the project ends on 31 March" mentions a day, but access may end on another one.
      if (date.rest !== '') return { kind: 'unclear' };
      return { kind: 'day', endsOn: date.kind === 'today' ? now : date.startsAt, hasTime: date.hasTime };
    }
    case 'tooFar':
      return { kind: 'day', endsOn: date.startsAt, hasTime: false };
    // "his last day" is read as yesterday.
    case 'past':
    case 'unclear':
    case 'several':
      return { kind: 'unclear' };
    default:
      return assertNever(date, 'date');
  }
}

function isMonthOnly(text: string): boolean {
  const words = splitWords(text).filter((word) => !/^(?:20\d\d|de|of|the)$/i.test(word.text));
  return words.length === 1 && isDatePart(words[0], 'month');
}
