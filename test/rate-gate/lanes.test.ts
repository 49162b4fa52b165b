import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseLane, laneNumbers, rememberLane } from '../../src/rate-gate/lanes.ts';

const both = { interactive: true, bulk: true };
const { interactive, bulk } = laneNumbers;

/** The lanes of so many grants in a row while both lanes wait. */
function grantsAfter(lanes: readonly number[], count: number): string {
  let before = lanes;
  return Array.from({ length: count }, () => {
    const lane = chooseLane(before, both) ?? 'bulk';
    before = rememberLane(before, laneNumbers[lane]);
    return lane === 'bulk' ? 'b' : 'i';
  }).join('');
}

describe('two lanes that wait', () => {
  it('give the very next start to a single request that comes while only lists run', () => {
    expect(chooseLane([bulk, bulk, bulk, bulk], both)).toBe('interactive');
  });

  it('give two of five to single requests and three to lists', () => {
    expect(grantsAfter([], 15)).toBe('iibbbiibbbiibbb');
  });

  it('let a list in at once where single requests had all grants', () => {
    expect(grantsAfter([interactive, interactive, interactive, interactive], 5)).toBe('bbbii');
  });

  it('share any five starts in a row like that, whatever went before, once both have waited for a while', () => {
    const history = fc.array(fc.constantFrom(interactive, bulk), { maxLength: 4 });
    const property = fc.property(history, (lanes) => {
      const grants = grantsAfter(lanes, 40).slice(4);

      for (let from = 0; from + 5 <= grants.length; from += 1) {
        expect(grants.slice(from, from + 5).replaceAll('b', '')).toBe('ii');
      }
    });

    fc.assert(property);
  });

  it('never make a single request wait for more than three lists, nor a list for more than two single requests', () => {
    const history = fc.array(fc.constantFrom(interactive, bulk), { maxLength: 4 });
    const property = fc.property(history, (lanes) => {
      const grants = grantsAfter(lanes, 30);

      expect(grants).not.toContain('bbbb');
      expect(grants).not.toContain('iii');
    });

    fc.assert(property);
  });
});

describe('a lane that waits alone', () => {
  it('gets every grant', () => {
    expect(chooseLane([interactive, interactive], { interactive: true, bulk: false })).toBe('interactive');
    expect(chooseLane([bulk, bulk, bulk, bulk], { interactive: false, bulk: true })).toBe('bulk');
  });

  it('does not exist where no task waits', () => {
    expect(chooseLane([], { interactive: false, bulk: false })).toBeNull();
  });
});
