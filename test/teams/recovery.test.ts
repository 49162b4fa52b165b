import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { markAway } from '../../src/db/away.ts';
import { createLog } from '../../src/log.ts';
import { startRecovery } from '../../src/teams/recovery.ts';
import type { Worker } from '../../src/worker.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';

const everyMs = 5_000;

let clock: TestClock;
let recovery: Worker;
let undrawn: string[];
let unposted: string[];
let done: string[];
let codes: unknown[];
let postTroubles: unknown[];
beforeEach(() => {
  clock = createTestClock();
  undrawn = [];
  unposted = [];
  done = [];
  codes = [];
  postTroubles = [];
  recovery = startRecovery({
    resume: async () => {},
    findUndrawn: async () => undrawn,
    touch: (liveId) => void done.push(`touch ${liveId}`),
    findUnposted: async () => unposted,
    async post(liveId) {
      done.push(`post ${liveId}`);
      const trouble = postTroubles.shift();
      if (trouble !== undefined) throw trouble;
    },
    prune: async () => {},
    clock,
    log: createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) }),
    everyMs,
  });
});
afterEach(() => recovery.stop());

describe('a card that another process left out of date', () => {
  it('is drawn once it is out of date at two looks in a row', async () => {
    undrawn = ['R1'];

    await clock.advance(everyMs);
    const first = [...done];
    await clock.advance(3 * everyMs);

    expect([first, done]).toEqual([[], ['touch R1']]);
  });

  it('is left alone where its card updater has caught up meanwhile', async () => {
    undrawn = ['R1'];

    await clock.advance(everyMs);
    undrawn = [];
    await clock.advance(everyMs);
    undrawn = ['R1'];
    await clock.advance(everyMs);

    expect(done).toEqual([]);
  });

  it('is posted where the request has lost its card, once', async () => {
    unposted = ['R1'];

    await clock.advance(everyMs);
    unposted = [];
    await clock.advance(everyMs);

    expect(done).toEqual(['post R1']);
  });

  it('waits ten minutes where Teams refuses it, and keeps no other card waiting', async () => {
    unposted = ['R1', 'R2'];
    postTroubles = [new Error('no'), new Error('no')];

    await clock.advance(everyMs);
    const first = [...done];
    await clock.advance(10 * 60_000);

    expect(first).toEqual(['post R1', 'post R2']);
    expect(done).toEqual([...first, ...first]);
    expect(codes).toEqual(['card_not_posted', 'card_not_posted']);
  });

  it('is posted at the next look where the database went away again', async () => {
    unposted = ['R1'];
    postTroubles = [markAway(new Error('the connection broke'))];

    await clock.advance(2 * everyMs);

    expect(done).toEqual(['post R1', 'post R1']);
  });
});
