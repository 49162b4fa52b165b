import { type AccessEnd, type EndTerms, type LengthOfTime, readTermLength } from '../../access-ends.ts';
import type { Messages } from '../messages.ts';

/** When access ends, in words. */

/** So long ago that no end is on its day. */
const ANOTHER_DAY = 0;

/**
 * The day of an end, or its moment where it has a time of day; in a time zone (IANA name), or else the reader's. A moment
 * is always said with its day and its time zone: a card about an end is read days after it was drawn.
 */
export function sayEnd(
  words: Messages,
  { endsAt, hasTime }: Pick<AccessEnd, 'endsAt' | 'hasTime'>,
  timeZone?: string,
): string {
  return hasTime ? words.moment(endsAt, ANOTHER_DAY) : words.day(endsAt, timeZone);
}

/** "90 days"; plain. */
export function sayLength(words: Messages, { count, unit }: LengthOfTime): string {
  return words.plain('end.length', { count, unit });
}

/** What `APPS_FILE` says about ends, as a sentence of a card; null for nothing. */
export function sayEndTerms(words: Messages, { longest, usual }: EndTerms): string | null {
  const [most, normal] = [longest, usual].map((text) => {
    const length = text === undefined ? null : readTermLength(text);
    return length === null ? '' : sayLength(words, length);
  });
  if (!most && !normal) return null;
  const which = most && normal ? 'both' : most ? 'longest' : 'usual';
  return words.card('end.terms', { which, longest: most ?? '', usual: normal ?? '' });
}
