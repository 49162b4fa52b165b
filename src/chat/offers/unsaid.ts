import { isNear } from '../grammar/closest.ts';
import { withoutAccents } from '../grammar/translating/pieces.ts';
import { wordSet } from '../grammar/word-lists.ts';
import { type Token, wordsOf } from './app-mentions.ts';
import { bareWord, isAround, remainderOf } from './person-words.ts';

/** List entries that stand for a person: one that is left out is reported like a name. */
const OBJECTS = wordSet('me myself him her them us you everyone everybody anyone someone all others team it');
const JOINS = wordSet('and or nor & plus');
/** They determine the meaning of the next word. */
const LEADING = wordSet('for until till from through by with as in on since not no without');
/** A shorter word is similar to too many names. */
const SHORTEST_NEAR = 4;

/**
 * The words of a typed line that are in none of the texts, as typed: they would be dropped silently. Small words
 * without meaning of their own, of English or among the `small` ones of the reader's language, and typos of words in the texts, do not count.
 */
export function unsaidIn(line: string, texts: readonly string[], small: ReadonlySet<string>): readonly string[] {
  const known = new Set(texts.flatMap(wordsOf));
  const long = [...known].filter((word) => word.length >= SHORTEST_NEAR);
  const words = [...line.matchAll(/\S+/g)].map(
    ({ 0: text, index }): Token => ({ text, from: index, to: index + text.length }),
  );
  const isKnown = (token: string) =>
    known.has(token) ||
    small.has(withoutAccents(token)) ||
    (token.length >= SHORTEST_NEAR && long.some((word) => isNear(token, word)));
  const isSaid = (word: Token, at: number) => {
    const tokens = wordsOf(word.text);
    if (tokens.every((token) => isKnown(token) || (token === 's' && tokens.length > 1))) return true;
    if (isAround(bareWord(word.text))) return !(OBJECTS.has(bareWord(word.text)) && isListed(words, at));
    // "sales force"
    const joined = (one: Token | undefined, other: Token | undefined) =>
      bareWord(one?.text ?? '') + bareWord(other?.text ?? '');
    return known.has(joined(words[at - 1], word)) || known.has(joined(word, words[at + 1]));
  };
  const runs: Token[] = [];
  let wasUnsaid = false;
  for (const [at, word] of words.entries()) {
    const isUnsaid = !isSaid(word, at);
    const last = runs.at(-1);
    if (isUnsaid && wasUnsaid && last !== undefined) runs[runs.length - 1] = { ...last, to: word.to };
    else if (isUnsaid) {
      const before = words[at - 1];
      runs.push(before !== undefined && LEADING.has(bareWord(before.text)) ? { ...word, from: before.from } : word);
    }
    wasUnsaid = isUnsaid;
  }
  return runs.map(({ from, to }) => leftOf(line.slice(from, to))).filter((text) => text !== '');
}

/** Drops courtesy, but keeps "me" in a list of people. */
function leftOf(text: string): string {
  return OBJECTS.has(bareWord(text)) ? bareWord(text) : remainderOf(text);
}

function isListed(words: readonly Token[], at: number): boolean {
  const [before, own, after] = [words[at - 1]?.text ?? '', words[at]?.text ?? '', words[at + 1]?.text ?? ''];
  return JOINS.has(before.toLowerCase()) || /[,;]$/.test(before) || JOINS.has(after.toLowerCase()) || /[,;]$/.test(own);
}

/** Whether each of the words stands in one of the texts, whole: the texts are the names of one request. */
export function namesAll(said: readonly string[], texts: readonly (string | null | undefined)[]): boolean {
  const own = new Set(wordsOf(texts.join(' ')));
  return wordsOf(said.join(' ')).every((word) => NAMELESS.has(word) || own.has(word));
}

/** "the salesforce one", "isaiah's request" */
const NAMELESS = wordSet('s the one ones request requests for of to access');

/** Whether another text contains the words of a text, whole and in their order. */
export function standsIn(text: string, other: string): boolean {
  const spaced = (one: string) => ` ${wordsOf(one).join(' ')} `;
  return spaced(other).includes(spaced(text));
}
