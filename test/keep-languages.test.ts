import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hashOf, runLanguages, type Texts, translations } from '../manifest/keep-languages.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-languages-'));
  write('en', 'messages.json', { a: 'One', b: 'Two' });
  for (const tag of translations) {
    write(tag, 'messages.json', { a: 'Un', b: 'Deux' });
    write(tag, 'sources.json', { a: hashOf('One'), b: hashOf('Two') });
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(tag: string, name: string, texts: Texts) {
  mkdirSync(join(folder, tag), { recursive: true });
  writeFileSync(join(folder, tag, name), JSON.stringify(texts));
}

const sourcesOf = (tag: string) => JSON.parse(readFileSync(join(folder, tag, 'sources.json'), 'utf8'));

describe('npm run languages', () => {
  it('says that nothing is amiss', () => {
    const { text, code } = runLanguages(folder, []);

    expect(text).toBe(translations.map((tag) => `${tag}: 0 missing, 0 extra, 0 stale\n`).join(''));
    expect(code).toBe(0);
  });

  it('names what is missing, extra and stale, a translation of an unknown text, too', () => {
    write('en', 'messages.json', { a: 'One!', b: 'Two', c: 'Three', d: 'Four' });
    write('fr', 'messages.json', { a: 'Un', b: 'Deux', c: 'Trois', z: 'Rien' });

    const { text, code } = runLanguages(folder, []);

    expect(text).toContain('fr: 1 missing, 1 extra, 2 stale\n  missing  d\n  extra    z\n  stale    a\n  stale    c\n');
    expect(code).toBe(1);
  });

  it('notes the keys that a person has brought up to date, and no other', () => {
    write('en', 'messages.json', { a: 'One!', b: 'Two!' });

    const { text, code } = runLanguages(folder, ['--write', 'fr', 'a']);

    expect(text).toBe('fr: 0 missing, 0 extra, 1 stale\n  stale    b\n');
    expect(code).toBe(1);
    expect(sourcesOf('fr')).toEqual({ a: hashOf('One!'), b: hashOf('Two') });
    expect(sourcesOf('pt-BR')).toEqual({ a: hashOf('One'), b: hashOf('Two') });
  });

  it('notes all keys where none is named, in the order of English, and drops those that English has no more', () => {
    write('en', 'messages.json', { b: 'Two!', a: 'One', c: 'Three' });
    write('fr', 'sources.json', { a: hashOf('One'), gone: '12345678' });

    runLanguages(folder, ['--write', 'fr']);

    expect(Object.entries(sourcesOf('fr'))).toEqual([
      ['b', hashOf('Two!')],
      ['a', hashOf('One')],
    ]);
  });

  it('drops the hash of a message that is gone, by its key', () => {
    write('fr', 'sources.json', { a: hashOf('One'), b: hashOf('Two'), gone: '12345678' });

    const before = runLanguages(folder, []);
    const after = runLanguages(folder, ['--write', 'fr', 'gone']);

    expect(before.text).toContain('fr: 0 missing, 1 extra, 0 stale\n  extra    gone\n');
    expect(after).toEqual({ text: 'fr: 0 missing, 0 extra, 0 stale\n', code: 0 });
  });

  it.each([
    ['a language that is none of ours', ['--write', 'de'], 'No translation is called de: fr, pt-BR, zh-Hans.\n'],
    ['English', ['--write', 'en'], 'No translation is called en: fr, pt-BR, zh-Hans.\n'],
    ['a key without a translation', ['--write', 'fr', 'a', 'x'], 'Not translated: x. Nothing was noted.\n'],
    ['an unknown option', ['--wirte', 'fr'], 'npm run languages '],
    ['no language', ['--write'], 'npm run languages '],
  ])('refuses %s, and writes nothing', (_what, args, said) => {
    write('en', 'messages.json', { a: 'One!', b: 'Two' });

    const { text, code } = runLanguages(folder, args);

    expect(text.slice(0, said.length)).toBe(said);
    expect(code).toBe(1);
    expect(sourcesOf('fr')).toEqual({ a: hashOf('One'), b: hashOf('Two') });
  });
});
