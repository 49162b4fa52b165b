import { CLOSING_WORDS } from './courtesy.ts';
import { takesBack } from './negations.ts';
import { isSelf } from './pronouns.ts';
import { SEPARATORS } from './separators.ts';
import { DOUBLE_QUOTES, joinWords, trimEdges, type Word } from './words.ts';

/** Words in front of a subject or a help topic that say what kind of thing follows, and are not part of it. */
export const LEADING_WORDS: ReadonlySet<string> = new Set([
  ...['user', 'the', 'me', 'with', 'about', 'on', 'using', 'for', 'command'],
]);

/** Words that part the names of a list. */
export const CONJUNCTIONS: ReadonlySet<string> = new Set(['and']);

/** Slips for the word "group", which no person is called. */
export const GROUP_MISTYPED: ReadonlySet<string> = new Set([
  ...['groups', 'gruop', 'gorup', 'grup', 'goup', 'groop', 'grop', 'groupe', 'gropu', 'rgoup', 'grpup'],
]);

const SPECIAL_WORDS = [SEPARATORS, CLOSING_WORDS, LEADING_WORDS, CONJUNCTIONS, GROUP_MISTYPED];

/** What the words name; null when they name nothing, e.g. `""`. */
export function readName(words: readonly Word[]): string | null {
  const whole = joinWords(words);
  const name = words.some((word) => word.quoted) ? whole : trimEdges(whole, '<@,;:', '>,;:');
  return name.trim() === '' ? null : name;
}

/**
 * A name as it stands in a canonical line: bare where that reads back as the same name, in straight double quotes
 * otherwise. In doubt it is quoted.
 */
export function writeName(name: string): string {
  // In quotes it would be a name, and mean another person than the speaker.
  if (isSelf(name)) return name;
  const parts = name.split(' ');
  if (takesBack(name)) return quoteName(name);
  if (parts.every(isPlain) && (parts.length === 1 || !name.includes('@'))) return name;
  return quoteName(name);
}

/** A name in straight double quotes, with the quotes in it doubled. */
export function quoteName(name: string): string {
  let quoted = '';
  for (const character of name) quoted += DOUBLE_QUOTES.includes(character) ? character + character : character;
  return `"${quoted}"`;
}

/** Whether a word may stand in a line without quotes. */
export function isPlain(word: string): boolean {
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+&'#-]*[\p{L}\p{M}\p{N}])?$/u.test(word)) return false;
  const lower = word.toLowerCase();
  return SPECIAL_WORDS.every((special) => !special.has(lower));
}
