import { ALL_DATE_WORDS } from '../dates/date-words.ts';
import type { DateWords } from '../dates/words/shape.ts';
import { fold, type Word } from './tokens.ts';
import { wordList } from './word-lists.ts';

/** Phrases by their first word, longest first; each is a list of plain words. */
export type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** A word in the form in which all languages are compared: lowercase, without accents and surrounding punctuation. */
export function plainWord(word: Word | undefined): string {
  return plainText(fold(word));
}

/** The same for a text. */
export function plainText(text: string): string {
  if (/^[a-z0-9]*$/.test(text)) return text;
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[’‘]/g, "'");
}

/** Phrases of every language whose dates Usher reads. */
export function phrasesOf(pick: (language: DateWords) => readonly string[]): Phrases {
  return toPlainPhrases(ALL_DATE_WORDS.flatMap(pick));
}

export function toPlainPhrases(phrases: readonly string[]): Phrases {
  const plain = [...new Set(phrases)].map((phrase) => phrase.split(' ').map(plainText));
  const longestFirst = plain.toSorted((a, b) => b.length - a.length);
  return Map.groupBy(longestFirst, ([first = '']) => first);
}

/** The word count of the longest of these phrases at `at`; 0 for none. */
export function phraseLength(plain: readonly string[], at: number, phrases: Phrases): number {
  const fitting = phrases.get(plain[at] ?? '');
  return fitting?.find((phrase) => phrase.every((part, index) => plain[at + index] === part))?.length ?? 0;
}

/** The same for words as typed. */
export function phraseIn(words: readonly Word[], at: number, phrases: Phrases): number {
  const fitting = phrases.get(plainWord(words[at]));
  return fitting?.find((phrase) => phrase.every((part, index) => plainWord(words[at + index]) === part))?.length ?? 0;
}

/** The single words of such phrases. */
export function wordsOf(pick: (language: DateWords) => readonly string[]): ReadonlySet<string> {
  return new Set(wordList(ALL_DATE_WORDS.flatMap(pick).join(' ')).map(plainText));
}
