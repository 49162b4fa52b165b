import { describe, expect, it } from '@jest/globals';
import { type Fetched, fetched, troubled } from '../../src/graph/answer.ts';
import { createCache } from '../../src/graph/cache.ts';
import { createTestClock } from '../support/clock.ts';

const trouble = troubled({
  kind: 'noAnswer',
  why: 'timeout',
  trace: { clientRequestId: 'c', requestId: null, date: null },
});

/** A load that counts how often it was asked, and brings that number. */
function counting() {
  let loads = 0;
  return {
    load: async (): Promise<Fetched<number>> => {
      loads += 1;
      return fetched(loads);
    },
    loads: () => loads,
  };
}

describe('the cache', () => {
  it('keeps a value for its time, and not a moment longer', async () => {
    const clock = createTestClock();
    const cache = createCache<number>(clock, 1000);
    const { load } = counting();

    const first = await cache.get('a', load);
    await clock.advance(999);
    const second = await cache.get('a', load);
    await clock.advance(1);
    const third = await cache.get('a', load);

    expect([first, second, third]).toEqual([fetched(1), fetched(1), fetched(2)]);
  });

  it('measures the time that passes, not the wall clock', async () => {
    const clock = createTestClock();
    const cache = createCache<number>(clock, 1000);
    const { load, loads } = counting();

    await cache.get('a', load);
    clock.stepWallClock(5000);
    await cache.get('a', load);

    expect(loads()).toBe(1);
  });

  it('stores each key separately', async () => {
    const cache = createCache<number>(createTestClock(), 1000);
    const { load } = counting();

    const answers = [await cache.get('a', load), await cache.get('b', load), await cache.get('a', load)];

    expect(answers).toEqual([fetched(1), fetched(2), fetched(1)]);
  });

  it('lets concurrent callers share one load', async () => {
    const cache = createCache<number>(createTestClock(), 1000);
    const { load, loads } = counting();

    const answers = await Promise.all([cache.get('a', load), cache.get('a', load)]);

    expect(answers).toEqual([fetched(1), fetched(1)]);
    expect(loads()).toBe(1);
  });

  it('never caches an error', async () => {
    const cache = createCache<number>(createTestClock(), 1000);
    const { load } = counting();

    const first = await cache.get('a', async () => trouble);
    const second = await cache.get('a', load);

    expect(first).toEqual(trouble);
    expect(second).toEqual(fetched(1));
  });

  it('never caches an exception', async () => {
    const cache = createCache<number>(createTestClock(), 1000);
    const { load } = counting();

    await expect(cache.get('a', () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');

    expect(await cache.get('a', load)).toEqual(fetched(1));
  });

  it('forgets on demand, and then an older load does not come back', async () => {
    const cache = createCache<number>(createTestClock(), 1000);
    const slow = Promise.withResolvers<Fetched<number>>();
    const older = cache.get('a', () => slow.promise);

    cache.forget('a');
    const newer = await cache.get('a', async () => fetched(2));
    slow.resolve(trouble);
    await older;

    expect(newer).toEqual(fetched(2));
    expect(await cache.get('a', async () => fetched(3))).toEqual(fetched(2));
  });

  it('holds no more than its limit, and drops the oldest first', async () => {
    const cache = createCache<number>(createTestClock(), 1000, 2);
    const { load } = counting();

    for (const key of ['a', 'b', 'c']) await cache.get(key, load);

    expect(await cache.get('c', load)).toEqual(fetched(3));
    expect(await cache.get('b', load)).toEqual(fetched(2));
    expect(await cache.get('a', load)).toEqual(fetched(4));
  });

  it('renews a value in the background, once, and only where that brings one', async () => {
    const clock = createTestClock();
    const cache = createCache<number>(clock, 1000);
    const { load, loads } = counting();
    const { promise, resolve } = Promise.withResolvers<Fetched<number>>();

    await cache.get('a', load);
    cache.renew('a', load, 500);
    await clock.advance(500);
    cache.renew('a', () => promise, 500);
    cache.renew('a', load, 500);
    const meanwhile = await cache.get('a', load);
    resolve(fetched(9));
    await clock.advance(0);
    const renewed = await cache.get('a', load);
    await clock.advance(900);
    const kept = await cache.get('a', load);
    cache.renew('a', async () => trouble, 500);
    await clock.advance(100);
    const anew = await cache.get('a', load);

    expect([meanwhile, renewed, kept, anew]).toEqual([fetched(1), fetched(9), fetched(9), fetched(2)]);
    expect(loads()).toBe(2);
  });
});
