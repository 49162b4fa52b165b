import { type AccessEnd, type EndTerms, type LengthOfTime, readTermLength } from '../../access-ends.ts';
import type { Messages } from '../messages.ts';

/** When access ends, in words. */

/** The day of an end, or its moment where it has a time of day; in a time zone (IANA name), or else the reader's. */
export function sayEnd(
  words: Messages,
  { endsAt, hasTime }: Pick<AccessEnd, 'endsAt' | 'hasTime'>,
  now: number,
): string {
  return hasTime ? words.moment(endsAt, now) : words.day(endsAt);
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
