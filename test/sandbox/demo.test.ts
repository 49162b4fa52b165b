import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('the demo says that it is starting before it loads anything of its own', () => {
  const source = readFileSync('src/sandbox/demo.ts', 'utf8');

  const imported = [...source.matchAll(/^import .*from '([^']+)';$/gm)].map(([, name = '']) => name);
  const [said, loaded] = [source.indexOf('process.stderr.write('), source.indexOf('await import(')];

  expect(imported.filter((name) => !name.startsWith('node:'))).toEqual([]);
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThan(loaded);
});
