import type { Parsed } from '../command.ts';
import { withoutCourtesy } from './courtesy.ts';
import { format } from './format.ts';
import type { Reading } from './rules.ts';
import { exactMatches, nearMatch } from './verbs.ts';
import { splitWords, type Word } from './words.ts';

/** Longer messages are not read. In UTF-16 units; a hundred addresses fit. */
export const DEFAULT_LIMIT = 4000;

/**
 * Reads a message as a command. It never throws, takes time linear in the length, and only ever returns a `command`
 * for what the words plainly say: everything guessed is a `didYouMean`.
 */
export function parse(text: string, { limit = DEFAULT_LIMIT }: { readonly limit?: number } = {}): Parsed {
  const line = text.trim();
  if (line === '') return { kind: 'empty' };
  if (line.length > limit) return { kind: 'tooLong', length: line.length, limit };

  const words = withoutCourtesy(unwrapped(splitWords(line)));
  for (const match of exactMatches(words)) {
    const reading = match.read();
    if (reading !== null) return toParsed(reading);
  }
  const reading = nearMatch(words)?.read() ?? null;
  if (reading === null) return { kind: 'unclear' };
  return toParsed(reading.kind === 'command' ? { ...reading, kind: 'nearly' } : reading);
}

/** A line copied together with the quotes around it. */
function unwrapped(words: Word[]): Word[] {
  const [only, second] = words;
  return only?.quoted && second === undefined ? splitWords(only.text) : words;
}

function toParsed(reading: Reading): Parsed {
  return reading.kind === 'nearly' ? { kind: 'didYouMean', suggestion: format(reading.command) } : reading;
}
