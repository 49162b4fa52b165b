import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** Checks docs/security.md against the tests: each claim of the table at its end names tests that exist. */
const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const [text = '', table = ''] = read('docs/security.md').split('\n## Which test holds what\n');
const rows = [...table.matchAll(/^\| \[[^\]]+\]\(#([\w-]+)\) \| (.+?) \| (.+) \|$/gm)].map(
  ([, chapter = '', claim = '', heldBy = '']) => ({ chapter, claim, heldBy }),
);

interface Named {
  readonly claim: string;
  readonly path: string;
  readonly name: string;
}

const named: readonly Named[] = rows.flatMap(({ claim, heldBy }) =>
  [...heldBy.matchAll(/\[[\w-]+\]\(\.\.\/(test\/[\w/-]+\.test\.ts)\): ((?:`[^`]+`(?:, )?)+)/g)].flatMap(
    ([, path = '', names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ claim, path, name })),
  ),
);

/** The names of the tests in a file, as they are written: behind `it(`, or behind the rows of an `it.each`. */
function testsIn(source: string): readonly string[] {
  const quoted = String.raw`\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\s*,\s*(?:async\s*)?\(`;
  return [...source.matchAll(new RegExp(String.raw`(?<![.\w])it\(${quoted}|\)\(${quoted}`, 'g'))].map(
    ([, one, two, three, four]) => (one ?? two ?? three ?? four ?? '').replaceAll(/\\(['"\\])/g, '$1'),
  );
}

const isThere = ({ path, name }: Named) => existsSync(new URL(path, root)) && testsIn(read(path)).includes(name);

/** The chapters that have text of their own, by GitHub's anchors; a chapter that only holds others has none. */
const chapters = [...text.matchAll(/^#{2,3} (.*)\n\n(?!#)/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-'),
);

describe('the table of docs/security.md', () => {
  it('is read whole: each row has a claim and tests', () => {
    const lines = table.split('\n').filter((line) => line.startsWith('| ['));

    expect(rows.length).toBeGreaterThan(50);
    expect(rows).toHaveLength(lines.length);
    expect(rows.filter(({ claim }) => !named.some((test) => test.claim === claim))).toEqual([]);
    // The test looks for every name in backticks, and loses none on the way.
    const written = rows.flatMap(({ heldBy }) => [...heldBy.matchAll(/`[^`]+`/g)]);
    expect(named).toHaveLength(written.length);
  });

  it('names tests that exist, by the names that they have', () => {
    expect(named.filter((test) => !isThere(test))).toEqual([]);
  });

  it('recognizes a test that has another name, is skipped, or does not exist', () => {
    const source = "it('is one', () => {});\nit.skip('is skipped', () => {});\nit.each([1])('is %i', (_n) => {});";

    expect(testsIn(source)).toEqual(['is one', 'is %i']);
    expect(isThere({ claim: '', path: 'test/docs.test.ts', name: 'is nothing' })).toBe(false);
    expect(isThere({ claim: '', path: 'test/nothing.test.ts', name: 'is nothing' })).toBe(false);
  });

  it('has a claim of every chapter', () => {
    const held = new Set(rows.map(({ chapter }) => chapter));

    expect(chapters.length).toBeGreaterThan(12);
    expect(chapters.filter((chapter) => !held.has(chapter))).toEqual([]);
    expect([...held].filter((chapter) => !chapters.includes(chapter))).toEqual([]);
  });
});
