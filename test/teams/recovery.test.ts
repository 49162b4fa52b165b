import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../../src/log.ts';
import { startRecovery } from '../../src/teams/recovery.ts';
import type { Worker } from '../../src/worker.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';

const everyMs = 5_000;

let clock: TestClock;
let recovery: Worker;
let unshown: string[];
let done: string[];
beforeEach(() => {
  clock = createTestClock();
  unshown = [];
  done = [];
  recovery = startRecovery({
    resume: async () => {},
    findUnshown: async () => unshown,
    touch: (id) => void done.push(`touch ${id}`),
    prune: async () => {},
    clock,
    log: createLog('silent'),
    everyMs,
  });
});
afterEach(() => recovery.stop());

describe('a card that another process left out of date', () => {
  it('is drawn once it is out of date at two looks in a row', async () => {
    unshown = ['R1'];

    await clock.advance(everyMs);
    const first = [...done];
    await clock.advance(3 * everyMs);

    expect([first, done]).toEqual([[], ['touch R1']]);
  });

  it('is left alone where its card updater has caught up meanwhile', async () => {
    unshown = ['R1'];

    await clock.advance(everyMs);
    unshown = [];
    await clock.advance(everyMs);
    unshown = ['R1'];
    await clock.advance(everyMs);

    expect(done).toEqual([]);
  });
});
