import { describe, expect, it } from '@jest/globals';
import { kept } from '../../src/graph/kept.ts';
import { createTestClock } from '../support/clock.ts';

function start(answers: (asked: number) => Promise<boolean>) {
  const clock = createTestClock();
  const asked = { count: 0 };
  const check = kept(() => {
    asked.count += 1;
    return answers(asked.count);
  }, clock);
  return { clock, asked, check };
}

describe('a cached check', () => {
  it('runs once in five seconds, however many callers ask', async () => {
    const { clock, asked, check } = start(async () => true);

    const counts: number[] = [];
    for (let second = 0; second < 10; second += 1) {
      for (let more = 0; more < 200; more += 1) await check();
      counts.push(asked.count);
      await clock.advance(1_000);
    }

    expect(counts).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  });

  it('that fails runs once more at once, and then is cached too', async () => {
    const { clock, asked, check } = start(async (count) => count === 3);

    const first = [await check(), await check(), await check(), await check()];
    const early = asked.count;
    await clock.advance(5_000);

    expect(first).toEqual([false, false, false, false]);
    expect(early).toBe(2);
    expect(await check()).toBe(true);
  });

  it('that throws counts as failed', async () => {
    const { asked, check } = start((count) => (count === 1 ? Promise.reject(new Error('x')) : Promise.resolve(true)));

    await expect(check()).rejects.toThrow('x');

    expect(await check()).toBe(true);
    expect(asked.count).toBe(2);
  });

  it('is shared by callers who ask while it runs', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { asked, check } = start(() => promise);

    const answers = Promise.all([check(), check(), check()]);
    resolve(true);

    expect(await answers).toEqual([true, true, true]);
    expect(asked.count).toBe(1);
  });
});
