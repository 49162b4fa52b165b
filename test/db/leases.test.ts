import { describe, expect, it } from '@jest/globals';
import { createSteadiness } from '../../src/db/leases.ts';
import { createTestClock } from '../support/clock.ts';

describe('the steadiness of a clock', () => {
  it.each([86_400_000, -3_600_000, 10_000])('is lost for the length of a lease after a jump of %d ms', async (ms) => {
    const clock = createTestClock();
    const isSteady = createSteadiness(clock, 30_000);
    const before = isSteady();

    clock.stepWallClock(ms);
    const looks = [isSteady()];
    for (const passed of [29_999, 1]) {
      await clock.advance(passed);
      looks.push(isSteady());
    }

    expect([before, ...looks]).toEqual([true, false, false, true]);
  });

  it('stays where time merely passes, however long, or where the clock is corrected by little', async () => {
    const clock = createTestClock();
    const isSteady = createSteadiness(clock, 30_000);

    await clock.advance(86_400_000);
    const afterADay = isSteady();
    clock.stepWallClock(9_000);

    expect([afterADay, isSteady()]).toEqual([true, true]);
  });
});
