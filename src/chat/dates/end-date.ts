import type { Reader } from '../../requests/request.ts';
import { isLength } from '../grammar/end-words.ts';
import { isDatePart } from '../grammar/start-words.ts';
import { splitWords } from '../grammar/words.ts';
import { readStartDate } from './start-date.ts';

/** What a line says of the end, as it was read. Nothing acts on it yet; a card tells it. */
export type EndDate =
  /** `endsOn`: a moment of that day in the reader's zone, in ms since 1970. */
  { readonly kind: 'day'; readonly endsOn: number } | { readonly kind: 'length' } | { readonly kind: 'unclear' };

/**
 * Reads the day or the length that `cutEnd` has found.
 *
 * @param now ms since 1970
 */
export function readEndDate(text: string, reader: Reader, now: number): EndDate {
  if (isLength(text)) return { kind: 'length' };
  // Its first day or its last: that is for people to say.
  if (isMonthOnly(text)) return { kind: 'unclear' };
  const date = readStartDate(text, reader, now);
  switch (date.kind) {
    case 'today':
      return { kind: 'day', endsOn: now };
    case 'date':
    case 'past':
    case 'tooFar':
      return { kind: 'day', endsOn: date.startsAt };
    case 'unclear':
    case 'several':
      return { kind: 'unclear' };
    default: {
      const never: never = date;
      throw new Error(`unexpected date ${JSON.stringify(never)}`);
    }
  }
}

function isMonthOnly(text: string): boolean {
  const words = splitWords(text).filter((word) => !/^(?:20\d\d|de|of|the)$/i.test(word.text));
  return words.length === 1 && isDatePart(words[0], 'month');
}
