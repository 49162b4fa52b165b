import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import en from '../../src/chat/languages/en/messages.json' with { type: 'json' };

const folder = new URL('../../src/', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

/** Keys that the code builds, as patterns: "grants.${kind}.title". */
const patterns = [...sources.matchAll(/`((?:[\w.]|\$\{[^{}]*\})*\$\{[^{}]*\}(?:[\w.]|\$\{[^{}]*\})*)`/g)].map(
  ([, key = '']) => new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{[^{}]*\}/g, '[^.]+')}$`),
);

/** Named as a whole, or built with the member of a union; an outcome's headline and next steps are named together. */
function isSaid(key: string): boolean {
  // A permission has a dot in its own name.
  const whole = key.replace(/^(permission\.\w+)\./, '$1_');
  const names = [whole, whole.replace(/\.(?:happened|next|ask)$/, '')];
  return names.some(
    (name) =>
      sources.includes(`'${name}'`) ||
      patterns.some((pattern) => /^\^\w+\\\./.test(pattern.source) && pattern.test(name)),
  );
}

describe('the English catalogue', () => {
  it('has no message that the code never uses', () => {
    const unused = Object.keys(en).filter((key) => !isSaid(key));

    expect(unused).toEqual([]);
  });

  it.each(Object.entries(en))('can be read as ICU: %s', (_, text) => {
    const parts = () => new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst();

    expect(parts).not.toThrow();
  });

  it('uses the typographic quotes that no ICU parser takes for an escape', () => {
    const quoted = Object.entries(en).filter(([, text]) => /'[{}#|]/.test(text));

    expect(quoted).toEqual([]);
  });
});
