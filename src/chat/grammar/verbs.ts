import type { Verb } from '../command.ts';
import { isNear, typingDistance } from './closest.ts';
import { phrasesOf } from './phrases.ts';
import { offered, type Reading } from './rule.ts';
import { rules } from './rules.ts';
import { fold, phraseAt, splitWords, type Word } from './tokens.ts';

/** A rule whose spelling begins the line, and the words after it. */
export interface Match {
  readonly verb: Verb;
  read(): Reading | null;
}

interface Spelling {
  readonly verb: Verb;
  readonly phrase: readonly string[];
  /** For the canonical spelling, the words that are no typo of it. */
  readonly not: readonly string[] | null;
  read(words: readonly Word[]): Reading | null;
}

/** Every verb, in the order of the table. */
export const verbs: readonly Verb[] = Object.keys(rules).filter((key): key is Verb => key in rules);

const spellings: readonly Spelling[] = verbs.flatMap(spellingsOf).sort((a, b) => b.phrase.length - a.phrase.length);

/** The most words that a verb may be split into, as in `who am i`. */
const MOST_VERB_WORDS = 3;

/** The rules that match the line exactly, longest spelling first. */
export function exactMatches(words: readonly Word[]): Match[] {
  return spellings
    .filter(({ phrase }) => phraseAt(words, 0, [phrase]) > 0)
    .map((spelling) => match(spelling, words, spelling.phrase.length));
}

/**
 * The rule whose verb was probably mistyped: at most two typos and fewer than half of the word. A space may be extra or
 * missing (`who ami`, `pro vision`).
 */
export function nearMatch(words: readonly Word[]): Match | null {
  let best: Match | null = null;
  let fewestSlips = Number.POSITIVE_INFINITY;
  const beginnings = joinedBeginnings(words);
  // In this order, among equally near readings the longest spelling wins, then the one that leaves more words.
  for (const spelling of spellings) {
    const { phrase, not } = spelling;
    if (not === null) continue;
    const whole = phrase.join('');
    for (const [index, typed] of beginnings.entries()) {
      if (!isNear(typed, whole) || not.includes(typed)) continue;
      const slips = typingDistance(typed, whole);
      if (slips >= fewestSlips) continue;
      best = match(spelling, words, index + 1);
      fewestSlips = slips;
    }
  }
  return best;
}

/** The first word, the first two joined, and so on, up to the length of a verb. */
function joinedBeginnings(words: readonly Word[]): string[] {
  const beginnings: string[] = [];
  for (const word of words.slice(0, MOST_VERB_WORDS)) {
    if (fold(word) === '') break;
    beginnings.push((beginnings.at(-1) ?? '') + fold(word));
  }
  return beginnings;
}

/** A verb as people type it: `request access`. */
export function spellingOf(verb: Verb): string {
  return phrasesOf(verb).spellings[0];
}

/** The verb that a help topic means, including typos; null for other topics. */
export function verbNamed(topic: string): Verb | null {
  const words = splitWords(topic);
  const named = verbs.find((verb) => verb.toLowerCase() === topic.trim().toLowerCase());
  return named ?? (exactMatches(words)[0] ?? nearMatch(words))?.verb ?? null;
}

function match({ verb, read }: Spelling, words: readonly Word[], length: number): Match {
  return { verb, read: () => read(words.slice(length)) };
}

function spellingsOf(verb: Verb): Spelling[] {
  const { questions = {}, read, readLoose = read } = rules[verb];
  const { spellings, loose, not, questions: asked } = phrasesOf(verb);
  const toSpelling = (text: string, reader: Spelling['read'], typos: Spelling['not'] = null): Spelling => ({
    verb,
    phrase: text.split(' '),
    not: typos,
    read: reader,
  });
  return [
    ...spellings.map((text, index) => toSpelling(text, read, index === 0 ? not : null)),
    ...loose.map((text) => toSpelling(text, (words) => offered(readLoose(words)))),
    ...Object.entries(questions).flatMap(([name, reader]) =>
      (asked[name] ?? []).map((text) => toSpelling(text, reader)),
    ),
  ];
}
