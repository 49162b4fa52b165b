import { phraseList, wordList } from './word-lists.ts';

/**
 * A chat line as words. Quotes of any country and keyboard hold a name together, and their content is kept exactly:
 * `"Lee to Gu"`, `„Lee Gu“`, `'Data for Good'`, `` `Salesforce` ``. A double quote opens at the start of a word and is
 * closed by the next double quote of any shape, since autocorrect mixes them; doubled (`""`) it stands for itself. A
 * single quote closes only at the end of a word, so that O'Brien stays one person. An unclosed quote is ignored. A
 * failed search is never repeated: the time is linear in the text.
 */
export interface Word {
  readonly text: string;
  /** A quoted word is always part of a name, never a verb, a separator or a courtesy. */
  readonly quoted: boolean;
  /** The first word after a line break, or of the text. */
  readonly startsLine: boolean;
  /** A tab precedes it: the next cell of a row copied from a spreadsheet. */
  readonly afterTab: boolean;
}

/** Every shape of a typed double quote. */
export const DOUBLE_QUOTES = '"“”„‟«»＂';
const SINGLE_QUOTES = "'‘’‚‛`´";
const AFTER_A_CLOSING_QUOTE = '.,;:!?)';
const LIST_MARKS = ',;';
/** No word of a command is longer; comparing longer ones would only cost time. */
const LONGEST_COMMAND_WORD = 40;

export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  let startsLine = true;
  let afterTab = false;
  let at = 0;
  let doubleCanClose = true;
  let singleCanClose = true;
  while (at < text.length) {
    const character = text.charAt(at);
    if (isSpace(character)) {
      if (character === '\n') startsLine = true;
      if (character === '\t') afterTab = true;
      at += 1;
      continue;
    }

    let quote: { text: string; end: number } | null = null;
    if (doubleCanClose && DOUBLE_QUOTES.includes(character)) {
      quote = readDoubleQuoted(text, at + 1);
      doubleCanClose = quote !== null;
    } else if (singleCanClose && SINGLE_QUOTES.includes(character)) {
      quote = readSingleQuoted(text, at + 1);
      singleCanClose = quote !== null;
    }

    if (quote !== null) {
      words.push({ text: quote.text, quoted: true, startsLine, afterTab });
      at = quote.end;
    } else {
      const end = endOfWord(text, at);
      const bare = trimEdges(text.slice(at, end), DOUBLE_QUOTES, DOUBLE_QUOTES).replace(/[‘’‛]/g, "'");
      if (bare !== '') words.push({ text: bare, quoted: false, startsLine, afterTab });
      at = end;
    }
    startsLine = false;
    afterTab = false;
  }
  return words;
}

/** The words as a name, separated by single spaces. */
export function joinWords(words: readonly Word[]): string {
  return words.map((word) => word.text).join(' ');
}

/**
 * A word as compared with the words of commands: lowercase, without surrounding punctuation. Empty for a word that
 * cannot be one.
 */
export function fold(word: Word | undefined): string {
  if (word === undefined || word.quoted || word.text.length > LONGEST_COMMAND_WORD) return '';
  // Nearly every word, by a much faster path.
  if (/^[a-zA-Z0-9]+$/.test(word.text)) return word.text.toLowerCase();
  const known = foldedWords.get(word);
  if (known !== undefined) return known;
  const folded = foldText(word.text);
  foldedWords.set(word, folded);
  return folded;
}

/** A line is parsed in many ways, each of which folds every word. */
const foldedWords = new WeakMap<Word, string>();

function foldText(text: string): string {
  if (/^\?+$/.test(text)) return '?';
  return text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

/** The word count of the longest of these phrases at `at`; 0 for none. A phrase is a list of folded words. */
export function phraseAt(words: readonly Word[], at: number, phrases: readonly (readonly string[])[]): number {
  const first = fold(words[at]);
  let longest = 0;
  for (const phrase of phrases) {
    const [beginning, ...others] = phrase;
    if (beginning !== first || phrase.length <= longest) continue;
    if (others.every((part, index) => fold(words[at + 1 + index]) === part)) longest = phrase.length;
  }
  return longest;
}

/** The phrases of a text for `phraseAt`, written as in `phraseList`. */
export function toPhrases(text: string): readonly (readonly string[])[] {
  return phraseList(text).map(wordList);
}

/** Trims single characters from both ends; a regular expression anchored at the end would take quadratic time. */
export function trimEdges(text: string, leading: string, trailing: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && leading.includes(text.charAt(start))) start += 1;
  while (end > start && trailing.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function readDoubleQuoted(text: string, start: number): { text: string; end: number } | null {
  let content = '';
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (!DOUBLE_QUOTES.includes(character)) continue;
    content += text.slice(from, at);
    if (text.charAt(at + 1) !== character) return { text: content, end: at + 1 };
    content += character;
    at += 1;
    from = at + 1;
  }
  return null;
}

function readSingleQuoted(text: string, start: number): { text: string; end: number } | null {
  for (let at = start; at < text.length; at += 1) {
    if (!SINGLE_QUOTES.includes(text.charAt(at))) continue;
    const next = text.charAt(at + 1);
    if (next === '' || isSpace(next) || AFTER_A_CLOSING_QUOTE.includes(next)) {
      return { text: text.slice(start, at), end: at + 1 };
    }
  }
  return null;
}

function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isSpace(text.charAt(end))) {
    end += 1;
    // `adele,"Gu, Lee"`: after a list separator a quote opens as at the start of a word.
    if (LIST_MARKS.includes(text.charAt(end - 1)) && DOUBLE_QUOTES.includes(text.charAt(end))) break;
  }
  return end;
}

function isSpace(character: string): boolean {
  return character.trim() === '';
}
