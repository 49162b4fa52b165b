import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../src/clock.ts';
import { createTestClock } from './support/clock.ts';

describe('the system clock', () => {
  it('tells the time of day', () => {
    const before = Date.now();

    const now = systemClock.now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('counts monotonically, on the scale of the wall clock', () => {
    const first = systemClock.monotonic();
    const second = systemClock.monotonic();

    expect(second).toBeGreaterThanOrEqual(first);
    expect(Math.abs(first - Date.now())).toBeLessThan(60_000);
  });

  it('sleeps as long as the caller asked', async () => {
    const start = systemClock.monotonic();

    await systemClock.sleep(20);

    expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(18);
  });

  it.each([0, -5])('does not sleep %i milliseconds', async (ms) => {
    let slept = false;
    const sleep = systemClock.sleep(ms).then(() => {
      slept = true;
    });

    await Promise.resolve();
    await Promise.resolve();

    expect(slept).toBe(true);
    await sleep;
  });

  it('wakes when the signal aborts, without an error', async () => {
    const stop = new AbortController();
    const sleep = systemClock.sleep(600_000, stop.signal);

    stop.abort();

    await expect(sleep).resolves.toBeUndefined();
  });

  it('does not sleep at all when the signal has aborted before', async () => {
    await expect(systemClock.sleep(600_000, AbortSignal.abort())).resolves.toBeUndefined();
  });
});

describe('the test clock', () => {
  it('stands still until a test moves it', async () => {
    const clock = createTestClock(1000);
    let woken = false;
    void clock.sleep(50).then(() => {
      woken = true;
    });

    await clock.advance(49);
    const early = woken;
    await clock.advance(1);

    expect(early).toBe(false);
    expect(woken).toBe(true);
    expect([clock.now(), clock.monotonic()]).toEqual([1050, 1050]);
  });

  it('wakes sleepers in the order of their time, each at its own time', async () => {
    const clock = createTestClock(0);
    const seen: [string, number][] = [];
    void clock.sleep(30).then(() => seen.push(['late', clock.now()]));
    void clock
      .sleep(10)
      .then(() => clock.sleep(10))
      .then(() => seen.push(['twice', clock.now()]));

    await clock.advance(100);

    expect(seen).toEqual([
      ['twice', 20],
      ['late', 30],
    ]);
    expect(clock.now()).toBe(100);
  });

  it('counts its sleepers, and lets an aborted sleeper go', async () => {
    const clock = createTestClock();
    const stop = new AbortController();
    const sleep = clock.sleep(1000, stop.signal);
    const before = clock.pending();

    stop.abort();
    await sleep;

    expect(before).toBe(1);
    expect(clock.pending()).toBe(0);
  });

  it('steps the wall clock without touching the monotonic one', async () => {
    const clock = createTestClock(1000);

    clock.stepWallClock(12_000);

    expect([clock.now(), clock.monotonic()]).toEqual([13_000, 1000]);
  });
});
