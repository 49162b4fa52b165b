import { describe, expect, it } from '@jest/globals';
import { isSelf, noNameIn } from '../../../src/chat/grammar/pronouns.ts';

const isNoName = (text: string, locale: string) => noNameIn(text, locale) !== null;

describe('a word that names no person', () => {
  it.each([
    ...['all', 'Everyone', 'everybody', 'them', 'her', 'him', 'us', 'it', 'new', 'both', 'some', 'this', 'that', 'you'],
    ...['someone', 'nobody', 'team', 'it!', 'all of them', 'the new one', 'these people', 'no one'],
  ])('is known in English, whatever the reader’s language: %s', (text) => {
    expect(isNoName(text, 'en-US')).toBe(true);
    expect(isNoName(text, 'ja-JP')).toBe(true);
  });

  it.each([
    ...[
      'الكل',
      'alle',
      'ihnen',
      'todos',
      'kaikki',
      'tous',
      'semua',
      'tutti',
      '全員',
      'みんな',
      'iedereen',
      'todos eles',
    ],
    ...['всех', 'им', 'alla andra', 'всім', 'mọi người', 'tất cả', '所有人', '他们'],
  ])('is known in each language whose dates are read: %s', (text) => {
    expect(isNoName(text, text === 'alla andra' ? 'sv-SE' : 'en-US')).toBe(true);
  });

  it.each([
    ['ella', 'es-ES'],
    ['tim', 'id-ID'],
    ['das', 'de-DE'],
    ['yang', 'id-ID'],
  ])('that is a name elsewhere is such a word only in its own language: %s', (text, own) => {
    expect(isNoName(text, own)).toBe(true);
    expect(isNoName(text, 'en-US')).toBe(false);
  });

  it.each(['adele', 'allan', 'May', 'will', 'Bill To', 'new york', 'her majesty', 'Newton', 'Isaiah', '', '!'])(
    'is not %s',
    (text) => {
      expect(isNoName(text, 'en-US')).toBe(false);
    },
  );
});

describe('a word that names no person, and is a name in another language', () => {
  it.each<[string, string, 'own' | 'foreign' | null]>([
    ['elke', 'en-US', 'foreign'],
    ['elke', 'nl-NL', 'own'],
    ['saya', 'de-DE', 'foreign'],
    ['saya', 'id-ID', 'own'],
    ['boss', 'nl-NL', 'own'],
    ['more', 'en-US', 'own'],
    ['elke more', 'en-US', 'foreign'],
    ['adele', 'en-US', null],
  ])('is decided by the reader’s language: %s (%s)', (text, locale, kind) => {
    expect(noNameIn(text, locale)).toBe(kind);
  });
});

describe('the speaker', () => {
  it('is meant by me and myself, and by no other word', () => {
    expect(['me', 'Myself', ' me ', 'mei', 'me too', ''].map(isSelf)).toEqual([true, true, true, false, false, false]);
  });
});
