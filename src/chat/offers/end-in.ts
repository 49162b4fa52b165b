import type { Reader } from '../../requests/request.ts';
import { readEndDate } from '../dates/end-date.ts';
import { withoutCourtesy } from '../grammar/courtesy.ts';
import { endPlace } from '../grammar/end-words.ts';
import { joinWords, splitWords } from '../grammar/tokens.ts';

/** When a line says that something ends, and the words that say so. */
export interface EndIn {
  /** As typed. */
  readonly end: string;
  readonly said: string;
}

/** "isaiah needs salesforce until friday"; null where no such words name an end to come. */
export function endIn(line: string, reader: Reader, now: number): EndIn | null {
  if (WAITING.test(line)) return null;
  const all = splitWords(line);
  const words = withoutCourtesy(all);
  const place = endPlace(words);
  if (place === null || place.start !== null || readEndDate(place.text, reader, now).kind !== 'at') return null;
  const skipped = words[0] === undefined ? 0 : all.indexOf(words[0]);
  // "until Friday please": what is behind the last word is courtesy.
  const to = place.to === words.length ? all.length : skipped + place.to;
  return { end: place.text, said: joinWords(all.slice(skipped + place.from, to)) };
}

/** A length in such a line lies behind: "he has been waiting for 2 weeks". */
const WAITING = /\b(?:been|wait(?:s|ing|ed)|already|tried|trying|(?:for|in) (?:the )?(?:last|past)|ago|since)\b/i;
