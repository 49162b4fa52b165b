import { phraseLength, plainWord, toPlainPhrases } from './plain-words.ts';
import { splitWords } from './tokens.ts';
import { phraseList } from './word-lists.ts';

/** What people write where something is not to end. */
const ENDLESS = toPlainPhrases(
  phraseList(`
    further notice | forever | ever | permanent | permanently | indefinite | indefinitely | eternity | unlimited
    an unlimited time | an indefinite time | an indefinite period | an unlimited period | open ended | open-ended | never
    the end of time | auf weiteres | unbefristet | dauerhaft | immer | nouvel ordre | toujours | nuevo aviso | siempre
    nuova comunicazione | sempre | segunda ordem | nader order | tills vidare | vidare
  `),
);
/** Those that need no word before them. */
const ALONE = toPlainPhrases(
  phraseList('forever | for ever | permanently | indefinitely | permanent | unbefristet | dauerhaft'),
);

/** Whether a text says that nothing ends. */
export function isEndless(text: string): boolean {
  const plain = splitWords(text).map(plainWord);
  return plain.length > 0 && [ENDLESS, ALONE].some((phrases) => phraseLength(plain, 0, phrases) === plain.length);
}

/** How many words at `at` say that nothing ends, and need no word before them to say so; 0 for none. */
export function endlessAt(plain: readonly string[], at: number): number {
  return phraseLength(plain, at, ALONE);
}
