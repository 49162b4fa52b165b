import { describe, expect, it } from '@jest/globals';
import { type CallLimit, createCallLimit } from '../../src/graph/provisioning-log-limit.ts';
import { createTestClock } from '../support/clock.ts';

async function enterTimes(limit: CallLimit, times: number): Promise<readonly boolean[]> {
  return Promise.all(Array.from({ length: times }, () => limit.enter()));
}

describe('the limit on reading the provisioning log', () => {
  it('lets five calls out at once, and refuses the sixth instead of delaying it', async () => {
    const limit = createCallLimit(createTestClock());

    expect(await enterTimes(limit, 6)).toEqual([true, true, true, true, true, false]);
  });

  it('delays a call for two seconds at most, and then lets it out', async () => {
    const clock = createTestClock();
    const limit = createCallLimit(clock);
    await enterTimes(limit, 5);
    await clock.advance(8_499);
    const tooEarly = await limit.enter();
    await clock.advance(1);
    let out = false;
    const entering = limit.enter().then((entered) => {
      out = entered;
    });

    await clock.advance(1_999);
    const before = out;
    await clock.advance(1);
    await entering;

    expect(tooEarly).toBe(false);
    expect(before).toBe(false);
    expect(out).toBe(true);
  });

  it('never lets more than five out in any ten seconds, however they come', async () => {
    const clock = createTestClock();
    const limit = createCallLimit(clock);
    const out: number[] = [];
    const entering: Promise<void>[] = [];

    for (let turn = 0; turn < 300; turn += 1) {
      const enter = async () => {
        if (await limit.enter()) out.push(clock.monotonic());
      };
      entering.push(enter());
      await clock.advance((turn * 37) % 400);
    }
    await clock.advance(5_000);
    await Promise.all(entering);

    const spans = out.slice(5).map((at, index) => at - (out[index] ?? 0));
    expect(out.length).toBeGreaterThan(20);
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(10_500);
  });

  it.each([
    ['for a window where Graph names no time', 0, 8_500],
    ['for as long as Graph says', 30_000, 28_000],
  ])('closes %s', async (_how, asked, waitMs) => {
    const clock = createTestClock();
    const limit = createCallLimit(clock);

    limit.close(asked);
    await clock.advance(waitMs - 1);
    const before = await limit.enter();
    await clock.advance(2_001);
    const after = await limit.enter();

    expect(before).toBe(false);
    expect(after).toBe(true);
  });
});
