import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createArrivals } from '../../../src/sandbox/graph/arrivals.ts';

const windowMs = 10_000;

function arrivalsAt(times: readonly number[], limit = 5) {
  let now = 0;
  const arrivals = createArrivals({ limit, windowMs, now: () => now });
  return times.map((time) => {
    now = time;
    return arrivals.admit();
  });
}

describe('the arrival limit', () => {
  it('admits five at once and refuses the sixth until the first leaves the window', () => {
    expect(arrivalsAt([0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0, 0, 0, 10_000]);
  });

  it('slides: one early call and four late ones still fill the window for the next', () => {
    const waits = arrivalsAt([0, 9_900, 9_901, 9_902, 9_903, 9_999, 10_000, 10_001]);

    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 0, 9_899]);
  });

  it('admits a call exactly one window after the call that filled it', () => {
    expect(arrivalsAt([0, 0, 0, 0, 0, 9_999, 10_000])).toEqual([0, 0, 0, 0, 0, 1, 0]);
  });

  it('does not let refused calls occupy the window', () => {
    const knocking = Array.from({ length: 99 }, (_, index) => 100 * (index + 1));

    const waits = arrivalsAt([0, 0, 0, 0, 0, ...knocking, 10_000]);

    expect(waits.at(-1)).toBe(0);
  });

  it('keeps every arrival, admitted or not', () => {
    let now = 0;
    const arrivals = createArrivals({ limit: 1, windowMs, now: () => now });
    for (now of [3, 4, 5]) arrivals.admit();

    expect(arrivals.all()).toEqual([3, 4, 5]);
  });

  it('never admits more than the limit into any window, and always admits a caller that waits as long as it was told', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4_000), { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (gaps, limit) => {
        let now = 0;
        const arrivals = createArrivals({ limit, windowMs, now: () => now });
        const admitted: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const waitMs = arrivals.admit();
          if (waitMs > 0) {
            now += waitMs;
            expect(arrivals.admit()).toBe(0);
          }
          admitted.push(now);
        }

        for (const [index, at] of admitted.entries()) {
          const earlier = admitted[index - limit];
          if (earlier !== undefined) expect(at - earlier).toBeGreaterThanOrEqual(windowMs);
        }
      }),
    );
  });
});
