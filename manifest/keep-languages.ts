import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { languages, sourceLanguage } from '../src/languages.ts';

/**
 * Keeps the translations true to the English texts. Beside the `messages.json` of each language, `sources.json` holds
 * for each key a hash of the English text that was translated: once the English text changes, its translation is stale
 * until a person has brought it up to date and says so, by `npm run languages -- --write TAG KEY`.
 */
export type Texts = Readonly<Record<string, string>>;

export interface Lacks {
  /** English keys without a translation. */
  readonly missing: readonly string[];
  /** Keys that English does not have any more, of a translation or of a hash. */
  readonly extra: readonly string[];
  /** Translated from another English text, or from an unknown one. */
  readonly stale: readonly string[];
}

export const translations = languages.filter((language) => language !== sourceLanguage);

/** Short, since it only has to tell an old text from the present one. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

export function lacksOf(english: Texts, translated: Texts, sources: Texts): Lacks {
  const keys = Object.keys(english);
  return {
    missing: keys.filter((key) => translated[key] === undefined),
    extra: [...new Set([...Object.keys(translated), ...Object.keys(sources)])].filter((key) => !(key in english)),
    stale: keys.filter((key) => translated[key] !== undefined && sources[key] !== hashOf(english[key] ?? '')),
  };
}

/**
 * The hashes after a person has brought these keys up to date (all, where none is named): in the order of English, for
 * what is translated, without what English does not have any more.
 */
export function sourcesAfter(english: Texts, translated: Texts, sources: Texts, keys: readonly string[]): Texts {
  const isNoted = (key: string) => keys.length === 0 || keys.includes(key);
  return Object.fromEntries(
    Object.keys(english)
      .filter((key) => translated[key] !== undefined)
      .map((key) => [key, isNoted(key) ? hashOf(english[key] ?? '') : (sources[key] ?? '')])
      .filter(([, hash]) => hash !== ''),
  );
}

/** A file of a language, e.g. `messages.json`. */
export const readTexts = <T = Texts>(folder: string, language: string, name: string): T =>
  JSON.parse(readFileSync(join(folder, language, name), 'utf8')) as T;

const usage = `npm run languages                          what is missing, extra or stale in each language
npm run languages -- --write TAG [KEY…]    notes that these texts are up to date, all where none is named
`;

interface Said {
  readonly text: string;
  readonly code: 0 | 1;
}

/** `npm run languages`, on the folder of the languages. */
export function runLanguages(folder: string, args: readonly string[]): Said {
  if (args.length === 0) return report(folder);
  const [option, tag = '', ...keys] = args;
  if (option !== '--write' || tag === '') return { text: usage, code: 1 };
  if (!translations.some((known) => known === tag))
    return { text: `No translation is called ${tag}: ${translations.join(', ')}.\n`, code: 1 };

  const [english, translated, sources] = readAll(folder, tag);
  // A key that is gone from both is named to drop its hash.
  const isKnown = (key: string) => (key in english ? key in translated : key in sources && !(key in translated));
  const unknown = keys.filter((key) => !isKnown(key));
  if (unknown.length > 0) return { text: `Not translated: ${unknown.join(', ')}. Nothing was noted.\n`, code: 1 };
  const noted = sourcesAfter(english, translated, sources, keys);
  writeFileSync(join(folder, tag, 'sources.json'), `${JSON.stringify(noted, null, 2)}\n`);
  return report(folder, [tag]);
}

function report(folder: string, tags: readonly string[] = translations): Said {
  const lines = tags.flatMap((tag) => {
    const { missing, extra, stale } = lacksOf(...readAll(folder, tag));
    return [
      `${tag}: ${missing.length} missing, ${extra.length} extra, ${stale.length} stale`,
      ...missing.map((key) => `  missing  ${key}`),
      ...extra.map((key) => `  extra    ${key}`),
      ...stale.map((key) => `  stale    ${key}`),
    ];
  });
  return { text: `${lines.join('\n')}\n`, code: lines.length === tags.length ? 0 : 1 };
}

const readAll = (folder: string, tag: string): [Texts, Texts, Texts] => [
  readTexts(folder, sourceLanguage, 'messages.json'),
  readTexts(folder, tag, 'messages.json'),
  readTexts(folder, tag, 'sources.json'),
];
