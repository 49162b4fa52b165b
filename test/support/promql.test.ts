import { describe, expect, it } from '@jest/globals';
import { readExposition } from './exposition.ts';
import { fires, readQuery, type Scrape } from './promql.ts';

const minute = 60_000;
const scrapes = (...texts: string[]): readonly Scrape[] =>
  texts.map((text, index) => ({
    at: index * minute,
    samples: readExposition(`${text}\n`).flatMap(({ samples }) => samples),
  }));
const askedOf = (query: string, ...texts: string[]) => readQuery(query)(scrapes(...texts), (texts.length - 1) * minute);

describe('the small Prometheus of the tests', () => {
  it.each([
    ['a{x="1"}', [{ labels: { x: '1' }, value: 3 }]],
    ['a{x!="1"}', [{ labels: { x: '2' }, value: 5 }]],
    ['a{x=~"1|3"}', [{ labels: { x: '1' }, value: 3 }]],
    ['sum(a)', [{ labels: {}, value: 8 }]],
    ['max by (x) (a) > 4', [{ labels: { x: '2' }, value: 5 }]],
    ['sum(a) / sum(a{x="1"} offset 1m)', [{ labels: {}, value: 8 }]],
    ['sum(a) > 7 and sum(a) > 8', []],
    ['absent(a == 3)', []],
    ['absent(a == 4)', [{ labels: {}, value: 1 }]],
    // The second series falls, as its process has started anew.
    ['sum(increase(a[5m]))', [{ labels: {}, value: 7 }]],
    ['sum(increase(a[1m]))', []],
    ['sum(a) / sum(nothing)', []],
  ])('answers %s', (query, expected) => {
    expect(askedOf(query, 'a{x="1"} 1\na{x="2"} 9', 'a{x="1"} 3\na{x="2"} 5')).toEqual(expected);
  });

  it.each(['a +', 'topk(1, a)', 'a{x=y}', 'a or b'])('does not read %s', (query) => {
    expect(() => readQuery(query)).toThrow();
  });

  it('fires once a rule has held for its time without a break', () => {
    const rule = { name: 'A', expression: 'a > 1', forMs: 2 * minute };

    expect(fires(rule, scrapes('a 2', 'a 2'))).toBe(false);
    expect(fires(rule, scrapes('a 2', 'a 2', 'a 2'))).toBe(true);
    expect(fires(rule, scrapes('a 2', 'a 1', 'a 2'))).toBe(false);
    expect(fires(rule, scrapes('a 2', 'a 2', 'a 2', 'a 1'))).toBe(false);
  });
});
