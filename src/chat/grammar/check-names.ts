import { quoteName, writeName } from './names.ts';
import { isSelf, isSelfWord } from './pronouns.ts';
import { isStartWord } from './start-words.ts';
import { fold, phraseAt, splitWords, trimEdges, type Word } from './tokens.ts';
import { phraseSet, wordSet } from './word-lists.ts';

/** What the questions about apps and people share: the small words around a name, and how a name is written. */

/** Words before a name. */
const LEADING = wordSet('of for about on in with the user app');
/** Words after an app's name that say which aspect is meant. */
const APP_WORDS = wordSet('app application sync synchronization synchronisation provisioning job connector');
/** Words that begin no name of a person or app. */
const NO_NAMES = wordSet(`
  this that it them these those there here your my his her our their you he she we they i me out back again what why how
  when where who a an anyone someone nobody life yourself and nothing something anything
`);
const EVERYTHING = phraseSet(`
  all | everything | all apps | all the apps | apps | every app | all applications | overall | sync | the sync
  provisioning | the provisioning | everybody | everyone | all of them
`);
/** Other words with a meaning of their own in such a line. */
const FURTHER = wordSet(`
  since after page today yesterday last past as csv json excel file every export list lists channel chat if whether up
  over person people account access state status health queue history watches watching request requests is are exists
  wrong now healthy anymore failed failures failure errors
`);
const SPECIAL: ReadonlySet<string> = new Set([...LEADING, ...APP_WORDS, ...NO_NAMES, ...EVERYTHING, ...FURTHER]);
const REQUEST_ID = /^(?=.*\d)(?=.*[A-Z])[0-9A-HJKMNP-TV-Z]{6}$/;

export function withoutLeading(words: readonly Word[], leading: ReadonlySet<string> = LEADING): readonly Word[] {
  const start = words.findIndex((word) => !leading.has(fold(word)));
  return start < 0 ? [] : words.slice(start);
}

/** The words without trailing words of the set; at least one word remains. */
export function withoutTrailing(words: readonly Word[], trailing: ReadonlySet<string>): readonly Word[] {
  let end = words.length;
  while (end > 1 && trailing.has(fold(words[end - 1]))) end -= 1;
  return words.slice(0, end);
}

/** The words without one of these phrases at the end. */
export function withoutEnding(words: readonly Word[], phrases: readonly (readonly string[])[]): readonly Word[] {
  const longest = Math.max(...phrases.map((phrase) => phrase.length));
  for (let at = Math.max(0, words.length - longest); at < words.length; at += 1) {
    if (phraseAt(words, at, phrases) === words.length - at) return words.slice(0, at);
  }
  return words;
}

/** "isaiah" in "isaiah's access". */
export function withoutPossessive(words: readonly Word[]): readonly Word[] {
  const last = words.at(-1);
  if (last === undefined || last.quoted || !last.text.endsWith("'s")) return words;
  return [...words.slice(0, -1), { ...last, text: last.text.slice(0, -2) }];
}

/** Drops the last word of "the Salesforce sync", where the line is about synchronization anyway. */
export function withoutAppWords(words: readonly Word[]): readonly Word[] {
  return withoutTrailing(words, APP_WORDS);
}

/** The words of an app's name, without its lead-in and, after an article, the words that may follow the name. */
export function withoutArticle(words: readonly Word[]): readonly Word[] {
  const named = withoutLeading(words);
  const hasArticle = words.slice(0, words.length - named.length).some((word) => fold(word) === 'the');
  return hasArticle ? withoutAppWords(named) : named;
}

/** Whether the words mean all apps rather than one. */
export function isEverything(words: readonly Word[]): boolean {
  return EVERYTHING.has(words.map(fold).join(' '));
}

/** Whether the words name the speaker. */
export function isSpeaker(words: readonly Word[]): boolean {
  return words.length === 1 && isSelf(fold(words[0]));
}

/** Whether the words begin as no name does. */
export function isNoName(words: readonly Word[]): boolean {
  return NO_NAMES.has(fold(words[0]));
}

/** Whether a word looks like a request id as printed on cards. */
export function isRequestId(word: Word | undefined): boolean {
  return word !== undefined && !word.quoted && REQUEST_ID.test(trimEdges(word.text, '#(', ').,;:!?'));
}

/** Several unquoted words: the boundaries of a name are uncertain. */
export function isLoose(words: readonly Word[]): boolean {
  return words.length > 1 && words.every((word) => !word.quoted);
}

/** A name for one of these lines; quoted when in doubt. */
export function writeCheckName(name: string): string {
  if (isSelfWord(name)) return name;
  const isSpecial = (word: Word) => SPECIAL.has(fold(word)) || isStartWord(fold(word));
  const isDoubtful = splitWords(name).some(isSpecial) || REQUEST_ID.test(name) || /^\d+$/.test(name);
  return isDoubtful ? quoteName(name) : writeName(name);
}
