import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { lacksOf, readTexts, type Texts, translations } from '../../manifest/keep-languages.ts';
import {
  doesNotParse,
  type Findings,
  isEnglish,
  lacksTerms,
  misspelled,
  saysNever,
  shapeDiffers,
  type Terms,
} from '../support/language-rules.ts';

const folder = fileURLToPath(new URL('../../src/chat/languages/', import.meta.url));
const english = readTexts(folder, 'en', 'messages.json');

const read = translations.map((language) => ({
  language,
  texts: readTexts(folder, language, 'messages.json'),
  sources: readTexts(folder, language, 'sources.json'),
  terms: readTexts<Terms>(folder, language, 'terms.json'),
}));

/** What a rule finds, by key, among the messages that English has, too. */
function broken(texts: Texts, rule: (key: string, source: string, text: string) => Findings): readonly string[] {
  return Object.entries(texts).flatMap(([key, text]) => {
    const source = english[key];
    return source === undefined ? [] : rule(key, source, text).map((found) => `${key} ${found}`);
  });
}

describe('the glossaries', () => {
  it('have the same terms in each language, and exceptions for messages that there are', () => {
    const [first, ...others] = read.map(({ terms }) => Object.keys(terms.terms));
    const excepted = read.flatMap(({ terms }) =>
      Object.values(terms.terms).flatMap(({ except }) => Object.keys(except ?? {})),
    );

    expect(first?.length).toBeGreaterThan(40);
    for (const other of others) expect(other).toEqual(first);
    expect(excepted.filter((key) => english[key] === undefined)).toEqual([]);
  });
});

describe.each(read)('the catalogue $language', ({ language, texts, sources, terms }) => {
  it('has a translation of each message, made of its present English text, and no other', () => {
    const { missing, extra, stale } = lacksOf(english, texts, sources);

    // `npm run languages` lists all of them.
    expect({ missing: missing.slice(0, 10), extra, stale }).toEqual({ missing: [], extra: [], stale: [] });
  });

  it('can be read as ICU', () => {
    expect(broken(texts, (_key, _source, text) => doesNotParse(text, language))).toEqual([]);
  });

  it('has the values and the choices of English, and the plurals of its language', () => {
    expect(broken(texts, (_key, source, text) => shapeDiffers(source, text, language))).toEqual([]);
  });

  it('is spelled as its language is', () => {
    expect(broken(texts, (_key, source, text) => misspelled(source, text, language))).toEqual([]);
  });

  it('says no word that its language never says', () => {
    expect(broken(texts, (_key, _source, text) => saysNever(text, language, terms))).toEqual([]);
  });

  it('says the terms of the glossary', () => {
    expect(broken(texts, (key, source, text) => lacksTerms(key, source, text, language, terms))).toEqual([]);
  });

  it('has no English left over', () => {
    expect(broken(texts, (_key, source, text) => isEnglish(source, text, language, terms))).toEqual([]);
  });
});
