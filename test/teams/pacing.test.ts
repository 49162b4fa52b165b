import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPacing } from '../../src/teams/pacing.ts';

const second = 1_000;
const hour = 3_600_000;

/** The most sends in any window of this length that slides over the times. */
function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + windowMs).length));
}

/** Teams' own limits for one bot in one conversation. */
function expectWithinLimits(times: readonly number[]): void {
  expect(mostWithin(times, second)).toBeLessThanOrEqual(7);
  expect(mostWithin(times, 2 * second)).toBeLessThanOrEqual(8);
  expect(mostWithin(times, 30 * second)).toBeLessThanOrEqual(60);
}

describe('pacing', () => {
  it('lets the first few go at once', () => {
    const pacing = createPacing();

    const times = [1, 2, 3, 4, 5, 6].map(() => pacing.take('a', 5_000));

    expect(times).toEqual([5_000, 5_000, 5_000, 5_000, 5_000, 5_000]);
  });

  it('never lets more messages go than Teams accepts, whenever they are wanted', () => {
    const pauses = fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 200 });

    fc.assert(
      fc.property(pauses, (waits) => {
        const pacing = createPacing();
        let now = 1_000_000;
        const times = waits.map((wait) => {
          now += wait;
          return pacing.take('a', now);
        });

        expectWithinLimits(times);
        expect(times.every((at, index) => at >= (times[index - 1] ?? 0))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves room for one answer that does not wait, in any second', () => {
    const pacing = createPacing();
    const taken = Array.from({ length: 40 }, () => pacing.take('a', 1_000_000));

    const answered = 1_000_500;
    pacing.sent('a', answered);

    expectWithinLimits([...taken, answered].toSorted((one, other) => one - other));
  });

  it('counts messages that did not wait', () => {
    const pacing = createPacing();
    for (let sent = 0; sent < 6; sent += 1) pacing.sent('a', 5_000);

    expect(pacing.take('a', 5_000)).toBeGreaterThanOrEqual(6_000);
  });

  it('keeps to the limit of an hour', () => {
    const pacing = createPacing();
    const times = Array.from({ length: 1_900 }, () => pacing.take('a', 0));

    expect(mostWithin(times.slice(0, 1_791), hour)).toBeLessThanOrEqual(1_800);
    expect((times[1_790] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(hour);
  });

  it('does not delay one conversation for another', () => {
    const pacing = createPacing();
    for (let taken = 0; taken < 50; taken += 1) pacing.take('a', 5_000);

    expect(pacing.take('b', 5_000)).toBe(5_000);
  });

  it('forgets conversations that have been quiet for an hour', () => {
    const pacing = createPacing();
    for (let index = 0; index < 500; index += 1) pacing.sent(`quiet ${index}`, index);

    pacing.sent('a', 2 * hour);

    expect(pacing.size()).toBe(1);
  });
});
