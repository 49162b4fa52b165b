import { describe, expect, it } from '@jest/globals';
import { languageNamed, languageOf, localeIn, ownNameOf } from '../src/languages.ts';

describe('the language for a locale', () => {
  it.each([
    ['en-US', 'en'],
    ['fr', 'fr'],
    ['fr-CA', 'fr'],
    ['fr-u-ca-buddhist', 'fr'],
    ['FR-fr', 'fr'],
    ['pt', 'pt-BR'],
    ['pt-BR', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['pt-AO', 'pt-BR'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['zh-Hans-HK', 'zh-Hans'],
  ] as const)('of %s is %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });

  it.each([
    'zh-TW',
    'zh-HK',
    'zh-MO',
    'zh-Hant',
    'yue',
    'de-DE',
    'ar',
    'xx',
    '',
    'zh_CN',
    'not a locale',
    '__proto__',
    'f',
  ])('of "%s" is English', (locale) => {
    expect(languageOf(locale)).toBe('en');
  });

  it('is found the same after very many strange ones', () => {
    for (let at = 0; at < 3_000; at += 1) languageOf(`x-${at}`);

    expect(languageOf('fr-FR')).toBe('fr');
  });
});

describe('the locale of dates', () => {
  it.each([
    ['fr', 'fr-CA', 'fr-CA'],
    ['fr', 'en-US', 'fr'],
    ['fr', 'fr-u-ca-buddhist', 'fr'],
    ['en', 'en-GB', 'en-GB'],
    ['en', 'de-DE', 'en'],
    ['en', 'zh-TW', 'en'],
    ['en', 'no locale', 'en'],
    ['pt-BR', 'pt-PT', 'pt-PT'],
    ['zh-Hans', 'zh-CN', 'zh-CN'],
  ] as const)('is for %s and a Teams in %s: %s', (language, locale, expected) => {
    expect(localeIn(language, locale)).toBe(expected);
  });
});

describe('a language that a person names', () => {
  it.each([
    ['French', 'fr'],
    ['français', 'fr'],
    ['FRANCAIS', 'fr'],
    ['法语', 'fr'],
    ['francês', 'fr'],
    ['fr', 'fr'],
    ['Portuguese', 'pt-BR'],
    ['português', 'pt-BR'],
    ['Brazilian Portuguese', 'pt-BR'],
    ['pt-br', 'pt-BR'],
    ['chinois', 'zh-Hans'],
    ['中文', 'zh-Hans'],
    ['简体中文', 'zh-Hans'],
    ['Simplified Chinese', 'zh-Hans'],
    ['anglais', 'en'],
    ['英语', 'en'],
  ] as const)('“%s” is %s', (typed, language) => {
    expect(languageNamed(typed)).toBe(language);
  });

  it.each(['German', 'klingon', '', 'f', 'Traditional Chinese'])('“%s” is none', (typed) => {
    expect(languageNamed(typed)).toBeNull();
  });

  it('is called in its own words', () => {
    expect(ownNameOf('fr')).toBe('français');
    expect(ownNameOf('zh-Hans')).toBe('简体中文');
  });
});
