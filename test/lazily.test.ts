import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { lazily } from '../src/lazily.ts';

it('loads a package at its first use, and once', () => {
  const luxon = lazily<typeof import('luxon')>('luxon');

  const { DateTime } = luxon();

  expect(DateTime.fromMillis(0, { zone: 'utc' }).toISODate()).toBe('1970-01-01');
  expect(luxon()).toBe(luxon());
});

it('reports a missing package at its first use, and not before', () => {
  const missing = lazily<unknown>('a-package-that-nobody-has');

  expect(() => missing()).toThrow('a-package-that-nobody-has');
});

it('has the same package name in its type and in its argument, wherever it is used', () => {
  const root = new URL('../src/', import.meta.url);
  const texts = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'lazily.ts')
    .map((path) => readFileSync(new URL(path, root), 'utf8'));

  const uses = texts.flatMap((text) => [...text.matchAll(/= lazily<typeof import\('([^']+)'\)>\('([^']+)'\)/g)]);

  expect(uses.length).toBeGreaterThan(2);
  expect(uses.map(([, type]) => type)).toEqual(uses.map(([, , name]) => name));
  expect(uses.length).toBe(texts.flatMap((text) => [...text.matchAll(/= lazily</g)]).length);
});
