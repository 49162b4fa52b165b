import { describe, expect, it } from '@jest/globals';
import { withinMs } from '../src/time-limit.ts';
import { createTestClock } from './support/clock.ts';

describe('a time limit', () => {
  it('passes on what comes in time, and leaves no sleeper behind', async () => {
    const clock = createTestClock();

    const read = await withinMs(Promise.resolve('here'), 1000, clock);

    expect(read).toBe('here');
    expect(clock.pending()).toBe(0);
  });

  it('reports the timeout at the moment it is over, though the work goes on', async () => {
    const clock = createTestClock();
    const work = Promise.withResolvers<string>();
    let told: unknown = 'nothing yet';
    const reading = withinMs(work.promise, 1000, clock).then((read) => {
      told = read;
    });

    await clock.advance(999);
    const before = told;
    await clock.advance(1);
    await reading;
    work.reject(new Error('later, without effect'));

    expect(before).toBe('nothing yet');
    expect(told).toEqual({ ok: false, kind: 'tooSlow' });
  });

  it('fails when the work fails in time', async () => {
    const clock = createTestClock();

    await expect(withinMs(Promise.reject(new Error('bug')), 1000, clock)).rejects.toThrow('bug');
    expect(clock.pending()).toBe(0);
  });
});
