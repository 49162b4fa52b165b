import type { Verb } from '../command.ts';
import en from '../languages/en/phrases.json' with { type: 'json' };
import { phraseList } from './word-lists.ts';

/** What people type for each command: one data file per language, with phrases separated by ` | `. */
export interface Phrases {
  /** Lowercase. The first is canonical: typos are measured against it. The longest match wins. */
  readonly spellings: readonly [string, ...string[]];
  /** Other spellings that may mean something else: what follows them is only offered. */
  readonly loose: readonly string[];
  /** Words that look like typos of the verb and mean something else, or the opposite. */
  readonly not: readonly string[];
  readonly questions: Readonly<Record<string, readonly string[]>>;
}

interface Data {
  readonly spellings: string;
  readonly loose?: string;
  readonly not?: string;
  readonly questions?: Readonly<Record<string, string>>;
}

const data: Readonly<Record<Verb, Data>> = en;

/** Every verb. Of two verbs that a line fits equally well, the earlier one is meant. */
export const verbs = Object.keys(en) as readonly Verb[];

export function phrasesOf(verb: Verb): Phrases {
  const { spellings, loose = '', not = '', questions = {} } = data[verb];
  const [canonical = verb, ...others] = phraseList(spellings);
  return {
    spellings: [canonical, ...others],
    loose: phraseList(loose),
    not: phraseList(not),
    questions: Object.fromEntries(Object.entries(questions).map(([name, text]) => [name, phraseList(text)])),
  };
}

/** A verb as people type it: `request access`. */
export function spellingOf(verb: Verb): string {
  return phrasesOf(verb).spellings[0];
}
