import { CLOSING_WORDS } from './courtesy.ts';
import { takesBack } from './negations.ts';
import { isSelfWord } from './pronouns.ts';
import { SEPARATORS } from './separators.ts';
import { DOUBLE_QUOTES, joinWords, trimEdges, type Word } from './tokens.ts';
import { wordSet } from './word-lists.ts';

/** Words before a subject or a help topic that say what follows, and are not part of it. */
export const LEADING_WORDS = wordSet('user the me with about on using for command');

/** Words that separate the names of a list. */
export const CONJUNCTIONS = wordSet('and');

/** Typos of the word "group" that are no person's name. */
export const GROUP_MISTYPED = wordSet('groups gruop gorup grup goup groop grop groupe gropu rgoup grpup');

const SPECIAL_WORDS = [SEPARATORS, CLOSING_WORDS, LEADING_WORDS, CONJUNCTIONS, GROUP_MISTYPED];

/** The name that the words spell; null for an empty one, e.g. `""`. */
export function readName(words: readonly Word[]): string | null {
  const whole = joinWords(words);
  const name = words.some((word) => word.quoted) ? whole : trimEdges(whole, '<@,;:', '>,;:');
  return name.trim() === '' ? null : name;
}

/**
 * A name for a canonical line: bare where that reads back as the same name, otherwise in straight double quotes. Quoted
 * when in doubt.
 */
export function writeName(name: string): string {
  // In quotes it would be read as a name, and no longer mean the speaker.
  if (isSelfWord(name)) return name;
  const parts = name.split(' ');
  const isBare = !takesBack(name) && parts.every(isPlain) && (parts.length === 1 || !name.includes('@'));
  return isBare ? name : quoteName(name);
}

/** The name of an app, or of several with commas or "and" between them, which need no quotes for these. */
export function writeApps(text: string, write: (name: string) => string): string {
  const marks = text.split(/(, (?:and )?| and )/);
  const areBare = marks.every((name, index) => index % 2 === 1 || (name !== '' && write(name) === name));
  return areBare ? text : write(text);
}

/** A name in straight double quotes, with its own quotes doubled. */
export function quoteName(name: string): string {
  return `"${name.replace(new RegExp(`[${DOUBLE_QUOTES}]`, 'g'), '$&$&')}"`;
}

/** Whether a line may hold the word without quotes. */
export function isPlain(word: string): boolean {
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+&'#-]*[\p{L}\p{M}\p{N}])?$/u.test(word)) return false;
  const lower = word.toLowerCase();
  return SPECIAL_WORDS.every((special) => !special.has(lower));
}
