import { describe, expect, it } from '@jest/globals';
import { createSharedClock } from '../../src/db/shared-clock.ts';
import { createTestClock } from '../support/clock.ts';

const noon = Date.UTC(2026, 0, 5, 12);
const minute = 60_000;

describe('the clock that processes share', () => {
  it('is the machine’s own until the database has answered with its time', () => {
    const machine = createTestClock(noon);
    const { clock } = createSharedClock(machine);

    expect(clock.now()).toBe(noon);
  });

  it('follows the database, however wrong the machine is', async () => {
    const machine = createTestClock(noon);
    machine.stepWallClock(10 * minute);
    const { clock, correct } = createSharedClock(machine);

    correct(machine.monotonic(), noon + 0.4);
    await machine.advance(minute);
    machine.stepWallClock(-60 * minute);

    expect(clock.now()).toBe(noon + minute);
  });

  it('takes the middle of the wait for the time at which the database read its clock', async () => {
    const machine = createTestClock(noon);
    const { clock, correct } = createSharedClock(machine);
    const askedAt = machine.monotonic();
    await machine.advance(200);

    correct(askedAt, noon + 100);

    expect(clock.now()).toBe(noon + 200);
  });

  it('ignores an answer that waited while the process stood still', async () => {
    const machine = createTestClock(noon);
    const { clock, correct } = createSharedClock(machine);
    correct(machine.monotonic(), noon);
    const askedAt = machine.monotonic();
    await machine.advance(minute);

    correct(askedAt, noon);

    expect(clock.now()).toBe(noon + minute);
  });
});
