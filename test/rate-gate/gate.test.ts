import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  blockFor,
  earliestGrant,
  type ForecastStart,
  forecastGrants,
  type GateLimits,
  type GateState,
  grantAt,
  openGate,
  settleClock,
  slotsLeft,
  startedLate,
  type Waiting,
} from '../../src/rate-gate/gate.ts';
import { chooseLane, type Lane, laneNumbers, rememberLane } from '../../src/rate-gate/lanes.ts';

const limits: GateLimits = { limit: 5, windowMs: 10_000, guardMs: 500 };
const unguarded: GateLimits = { ...limits, guardMs: 0 };

/** Passes arrivals through the gate, first come first served, and returns when each starts. */
function runThrough(arrivals: readonly number[], given: GateLimits = unguarded, from: GateState = openGate) {
  let state = from;
  let clock = 0;
  const starts = arrivals.map((arrival) => {
    clock = earliestGrant(state, given, Math.max(clock, arrival));
    state = grantAt(state, given, clock);
    return clock;
  });
  return { starts, state };
}

/** The best that any legal schedule can do, without a gate: each start a window after the fifth before it. */
function optimum(arrivals: readonly number[], { limit, windowMs }: GateLimits): number[] {
  const starts: number[] = [];
  for (const [index, arrival] of arrivals.entries()) {
    starts.push(Math.max(arrival, starts[index - 1] ?? 0, (starts[index - limit] ?? -windowMs) + windowMs));
  }
  return starts;
}

/** The most starts that any stretch of `windowMs`, its end excluded, contains. */
function mostInAnyWindow(starts: readonly number[], windowMs: number): number {
  return Math.max(
    0,
    ...starts.map((first) => starts.filter((start) => start >= first && start < first + windowMs).length),
  );
}

const arrivals = fc
  .array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 120 })
  .map((times) => times.toSorted((one, other) => one - other));
const anyLimits = fc.record({
  limit: fc.integer({ min: 1, max: 9 }),
  windowMs: fc.integer({ min: 1, max: 30_000 }),
  guardMs: fc.constant(0),
});

describe('the rate gate', () => {
  it.each([
    [5, 0],
    [10, 10_000],
    [20, 30_000],
    [50, 90_000],
    [100, 190_000],
    [500, 990_000],
  ])('lets a burst of %i end with a start at the theoretical optimum, %i ms', (count, lastStart) => {
    const burst = Array.from({ length: count }, () => 0);

    const { starts } = runThrough(burst);

    expect(starts.at(-1)).toBe(lastStart);
    expect(mostInAnyWindow(starts, 10_000)).toBe(5);
  });

  it.each([
    [20, 31_500],
    [100, 199_500],
  ])('adds the guard to each window of a burst of %i', (count, lastStart) => {
    const burst = Array.from({ length: count }, () => 0);

    const { starts } = runThrough(burst, limits);

    expect(starts.at(-1)).toBe(lastStart);
    expect(mostInAnyWindow(starts, 10_500)).toBe(5);
  });

  it('holds where windows on the full ten seconds fail: one early, four late, then a crowd', () => {
    const straddle = [0, ...Array(4).fill(9_900), ...Array(20).fill(10_100)];

    const { starts } = runThrough(straddle);

    expect(starts.slice(0, 7)).toEqual([0, 9_900, 9_900, 9_900, 9_900, 10_100, 19_900]);
    expect(mostInAnyWindow(starts, 10_000)).toBe(5);
  });

  it('never lets more than the limit start in any window, whatever arrives when', () => {
    const property = fc.property(arrivals, anyLimits, (times, given) => {
      const { starts } = runThrough(times, given);

      expect(mostInAnyWindow(starts, given.windowMs)).toBeLessThanOrEqual(given.limit);
    });

    fc.assert(property);
  });

  it('starts every arrival as early as any legal schedule could', () => {
    const property = fc.property(arrivals, anyLimits, (times, given) => {
      const { starts } = runThrough(times, given);

      expect(starts).toEqual(optimum(times, given));
    });

    fc.assert(property);
  });

  it('keeps no more than the last grants', () => {
    const { state } = runThrough(Array.from({ length: 50 }, () => 0));

    expect(state.grants).toHaveLength(5);
  });

  it('keeps of a wide limit those that still count, and for as long again in case they left late', () => {
    const wide: GateLimits = { limit: 1_000, windowMs: 10_000, guardMs: 500 };

    const { state } = runThrough([0, 1_000, 1_001, 11_501, 22_000], wide);

    expect(state.grants).toEqual([1_001, 11_501, 22_000]);
    expect(slotsLeft(state, wide, 22_000)).toBe(998);
  });

  it('counts from a start that left late, however late that is told while it matters', () => {
    const state = grantAt(grantAt(openGate, limits, 0), limits, 10_600);

    const told = startedLate(state, 0, 5_000);

    expect(slotsLeft(told, limits, 10_600)).toBe(3);
  });

  it('applies the new limit when the configuration changes between two runs', () => {
    const { state } = runThrough([0, 0, 0, 0, 0]);

    expect(earliestGrant(state, { ...unguarded, limit: 3 }, 0)).toBe(10_000);
    expect(earliestGrant(state, { ...unguarded, limit: 6 }, 0)).toBe(0);
  });
});

describe('a gate that heard "too many"', () => {
  it('stays shut for as long as the server asks', () => {
    const state = blockFor(openGate, limits, 1_000, 60_000);

    expect(earliestGrant(state, limits, 1_000)).toBe(61_000);
  });

  it.each([null, 0, 1_000])('stays shut for a whole window and its guard when the server asks for %s', (asked) => {
    const state = blockFor(openGate, limits, 1_000, asked);

    expect(earliestGrant(state, limits, 1_000)).toBe(11_500);
  });

  it('is not opened earlier by a second, shorter answer', () => {
    const state = blockFor(blockFor(openGate, limits, 0, 60_000), limits, 10, null);

    expect(earliestGrant(state, limits, 10)).toBe(60_000);
  });

  it('lets the calls start again after the pause, still no more than the limit', () => {
    const { state } = runThrough([0, 0, 0, 0, 0]);

    const { starts } = runThrough(Array(10).fill(1), unguarded, blockFor(state, unguarded, 1, 30_000));

    expect(starts).toEqual([...Array(5).fill(30_001), ...Array(5).fill(40_001)]);
  });
});

describe('a gate whose clock was set back', () => {
  const { state } = runThrough([0, 0, 0, 0, 0].map(() => 3_600_000));

  it('counts the grants that seem to lie ahead as made just now', () => {
    const settled = settleClock(state, limits, 1_000);

    expect(settled.grants).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(earliestGrant(settled, limits, 1_000)).toBe(11_500);
  });

  it('opens once the settled state has been kept and a window has passed', () => {
    const settled = settleClock(state, limits, 1_000);

    const later = settleClock(settled, limits, 11_500);

    expect(earliestGrant(later, limits, 11_500)).toBe(11_500);
  });

  it('ignores a block that is further off than any server asks, as a mistake of the clock', () => {
    const blocked = blockFor(openGate, limits, 3_600_000, 60_000);

    const settled = settleClock(blocked, limits, 0);

    expect(earliestGrant(settled, limits, 0)).toBe(600_000);
  });

  it('keeps a long block that the server asked for, up to a day', () => {
    const blocked = blockFor(openGate, limits, 0, 1_200_000);
    const endless = blockFor(openGate, limits, 0, Number.POSITIVE_INFINITY);

    expect(earliestGrant(settleClock(blocked, limits, 1_000), limits, 1_000)).toBe(1_200_000);
    expect(earliestGrant(settleClock(endless, limits, 1_000), limits, 1_000)).toBe(86_400_000);
  });

  it('ignores even such a block where it was noted in the future', () => {
    const blocked = blockFor(openGate, limits, 3_600_000, 1_200_000);

    expect(earliestGrant(settleClock(blocked, limits, 0), limits, 0)).toBe(600_000);
  });

  it('forgets with the next grant that a block was long', () => {
    const blocked = blockFor(openGate, limits, 0, 1_200_000);

    const later = blockFor(grantAt(blocked, limits, 1_200_000), limits, 1_200_000, 60_000);

    expect(later.blockedFrom).toBeUndefined();
  });

  it('leaves a longer block alone where the window itself is longer', () => {
    const wide: GateLimits = { limit: 5, windowMs: 3_600_000, guardMs: 0 };
    const blocked = blockFor(openGate, wide, 0, null);

    expect(settleClock(blocked, wide, 0)).toBe(blocked);
  });

  it('has nothing to settle while the clock runs on', () => {
    expect(settleClock(state, limits, 3_600_001)).toBe(state);
  });
});

describe('the forecast', () => {
  const inOneLane = (dueAt: readonly number[]): Waiting[] => dueAt.map((due) => ({ dueAt: due, lane: 'bulk' }));

  it('gives the start of each waiting task, first to last', () => {
    const { state } = runThrough([0, 0, 0]);

    const starts = forecastGrants(state, limits, 2_000, inOneLane([0, 0, 0, 0]));

    expect(starts).toEqual([2_000, 2_000, 10_500, 10_500].map((startsAt, index) => ({ index, startsAt })));
  });

  it('lets due tasks pass while one at the head is not due', () => {
    const starts = forecastGrants(openGate, unguarded, 0, inOneLane([25_000, 0, 0, 0, 0, 0, 0]));

    expect(starts.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 0]);
    expect(starts.map(({ startsAt }) => startsAt)).toEqual([0, 0, 0, 0, 0, 10_000, 25_000]);
  });

  it('shares the starts between the lanes, whatever the order in the row', () => {
    const row: Waiting[] = [...Array(6).fill('bulk'), ...Array(3).fill('interactive')].map((lane) => ({
      dueAt: 0,
      lane,
    }));

    const starts = forecastGrants(openGate, unguarded, 0, row, [1, 1, 1, 1]);

    expect(starts.map(({ index }) => index)).toEqual([6, 7, 0, 1, 2, 8, 3, 4, 5]);
  });

  it('equals what then happens, whichever task is due when and in whichever lane', () => {
    const lane = fc.constantFrom<Lane>('interactive', 'bulk');
    const row = fc.array(fc.record({ dueAt: fc.integer({ min: 0, max: 60_000 }), lane }), { maxLength: 40 });
    const lanes = fc.array(fc.constantFrom(0, 1), { maxLength: 4 });
    const property = fc.property(arrivals, row, anyLimits, lanes, (times, waiting, given, before) => {
      const { state } = runThrough(times.slice(0, 10), given);

      const foretold = forecastGrants(state, given, 5_000, waiting, before);

      expect(foretold).toEqual(claimOneByOne(state, given, 5_000, waiting, before));
    });

    fc.assert(property);
  });
});

/** The behavior of a dispatcher that looks at every full millisecond at which anything can change. */
function claimOneByOne(
  from: GateState,
  given: GateLimits,
  now: number,
  row: readonly Waiting[],
  before: readonly number[],
): ForecastStart[] {
  const starts: ForecastStart[] = [];
  const waiting = new Set(row.keys());
  let [state, lanes] = [from, before];
  const dueAt = (index: number) => row[index]?.dueAt ?? 0;
  for (let time = now; waiting.size > 0; ) {
    const isOpen = earliestGrant(state, given, time) === time;
    const due = [...waiting].filter((index) => dueAt(index) <= time);
    const waits = (lane: Lane) => due.some((index) => row[index]?.lane === lane);
    const lane = chooseLane(lanes, { interactive: waits('interactive'), bulk: waits('bulk') });
    const next = due.find((index) => row[index]?.lane === lane);
    if (isOpen && next !== undefined && lane !== null) {
      waiting.delete(next);
      starts.push({ index: next, startsAt: time });
      state = grantAt(state, given, time);
      lanes = rememberLane(lanes, laneNumbers[lane]);
      continue;
    }
    const moments = [...[...waiting].map(dueAt), earliestGrant(state, given, time)];
    time = Math.min(...moments.filter((moment) => moment > time));
  }
  return starts;
}

describe('five hundred at once', () => {
  it('take no more than 1.06 times what the best legal schedule takes, the guard included', () => {
    const arrivals = Array.from({ length: 500 }, () => 0);

    const last = runThrough(arrivals, limits).starts.at(-1) ?? Number.POSITIVE_INFINITY;

    const best = optimum(arrivals, limits).at(-1) ?? 0;
    expect(best).toBe(990_000);
    expect(last / best).toBeLessThanOrEqual(1.06);
  });
});

describe('a start that leaves late', () => {
  it('moves the next window on by as much, and leaves earlier ones alone', () => {
    const state: GateState = { grants: [0, 10, 20, 30, 40], blockedUntil: 0 };

    const late = startedLate(state, 0, 700);

    expect(late.grants).toEqual([10, 20, 30, 40, 700]);
    expect(earliestGrant(late, limits, 100)).toBe(10_510);
    expect(earliestGrant(late, { ...limits, limit: 1 }, 100)).toBe(11_200);
  });

  it('leaves no window with more than the limit, however late each is', () => {
    const lateness = fc.array(fc.integer({ min: 0, max: 15_000 }), { minLength: 40, maxLength: 40 });
    const property = fc.property(arrivals, lateness, (times, lateMs) => {
      const given: GateLimits = { limit: 5, windowMs: 30_000, guardMs: 0 };
      const left: number[] = [];
      let state = openGate;
      let clock = 0;
      for (const [index, arrival] of times.entries()) {
        const late = lateMs[index % 40] ?? 0;
        clock = earliestGrant(state, given, Math.max(clock, arrival));
        state = startedLate(grantAt(state, given, clock), clock, late);
        left.push(clock + late);
      }

      expect(mostInAnyWindow(left, given.windowMs)).toBeLessThanOrEqual(given.limit);
    });

    fc.assert(property);
  });

  it('is forgotten like any other once its grant is', () => {
    const state: GateState = { grants: [10, 20], blockedUntil: 0 };

    expect(startedLate(state, 5, 700)).toBe(state);
  });
});

describe('the starts that are left', () => {
  it('are those that no window holds yet, the guard included, and none after a 429', () => {
    const { state } = runThrough([0, 0, 4_000], limits);

    expect([0, 10_499, 10_500, 14_500].map((now) => slotsLeft(state, limits, now))).toEqual([2, 2, 4, 5]);
    expect(slotsLeft(blockFor(state, limits, 14_500, null), limits, 24_999)).toBe(0);
    expect(slotsLeft(openGate, limits, 0)).toBe(5);
  });
});
