import type { Parsed } from '../command.ts';
import { isNear } from './closest.ts';
import { withoutCourtesy } from './courtesy.ts';
import { format } from './format.ts';
import type { Reading } from './rule.ts';
import { fold, splitWords, type Word } from './tokens.ts';
import { exactMatches, nearMatch } from './verbs.ts';

/** Longer messages are not parsed. In UTF-16 units; only lists are longer. */
export const DEFAULT_LIMIT = 4_000;
/** The same for a line that begins with "provision": fits five hundred people with their names. */
export const LIST_LIMIT = 64_000;
/**
 * The most words of a message: five hundred people, each with name, address and a dozen more words. Text between
 * blanks, commas and semicolons counts as one word. The limit keeps parsing from delaying other messages.
 */
export const WORD_LIMIT = 8_000;
/** The length inspected to tell whether a long message may be a list. */
const HEAD = 200;

/**
 * Parses a message as a command. It never throws, takes time linear in the length, and returns a `command` only for
 * what the words plainly say: every guess is a `didYouMean`.
 */
export function parse(text: string, options: { readonly limit?: number } = {}): Parsed {
  const line = text.trim();
  if (line === '') return { kind: 'empty' };
  const limit = options.limit ?? (mayBeList(line) ? LIST_LIMIT : DEFAULT_LIMIT);
  if (line.length > limit) return { kind: 'tooLong', length: line.length, limit };

  const count = line.length > WORD_LIMIT ? countWords(line) : 0;
  if (count > WORD_LIMIT) return { kind: 'tooManyWords', count, limit: WORD_LIMIT };

  const parsed = readLine(line);
  if (options.limit !== undefined || line.length <= DEFAULT_LIMIT || namesMany(parsed)) return parsed;
  return { kind: 'tooLong', length: line.length, limit: DEFAULT_LIMIT };
}

function readLine(line: string): Parsed {
  const words = withoutCourtesy(unwrapped(splitWords(line)));
  for (const match of exactMatches(words)) {
    const reading = match.read();
    if (reading !== null) return toParsed(reading);
  }
  const reading = nearMatch(words)?.read() ?? null;
  if (reading === null) return { kind: 'unclear' };
  return toParsed(reading.kind === 'command' ? { ...reading, kind: 'nearly' } : reading);
}

function countWords(line: string): number {
  return line.match(/[^\s,;]+/g)?.length ?? 0;
}

function mayBeList(line: string): boolean {
  if (line.length <= DEFAULT_LIMIT) return false;
  const [first] = withoutCourtesy(splitWords(line.slice(0, HEAD)));
  return isNear(fold(first), 'provision');
}

/** Whether a long line is a list, which may be long. */
function namesMany(parsed: Parsed): boolean {
  switch (parsed.kind) {
    case 'command':
      return parsed.command.verb === 'provisionList' || parsed.command.verb === 'provisionGroup';
    case 'incomplete':
      return parsed.verb === 'provisionList' || parsed.verb === 'provisionGroup';
    case 'didYouMean':
      return /^provision (?:users|group) /.test(parsed.suggestion);
    default:
      return false;
  }
}

/** A line copied together with the quotes around it. */
function unwrapped(words: Word[]): Word[] {
  const [only, second] = words;
  return only?.quoted && second === undefined ? splitWords(only.text) : words;
}

function toParsed(reading: Reading): Parsed {
  return reading.kind === 'nearly' ? { kind: 'didYouMean', suggestion: format(reading.command) } : reading;
}
