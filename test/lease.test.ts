import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepLease, type LeaseParts, underLease } from '../src/lease.ts';
import { createLog } from '../src/log.ts';
import { createTestClock, type TestClock } from './support/clock.ts';

const leaseMs = 30_000;

let clock: TestClock;
let renewedTo: number[];
let answers: (boolean | Error)[];
let logged: unknown[];
let parts: LeaseParts;

beforeEach(() => {
  clock = createTestClock();
  [renewedTo, answers, logged] = [[], [], []];
  parts = {
    leaseMs,
    async renew(until) {
      renewedTo.push(until - clock.now());
      const answer = answers.shift() ?? true;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    clock,
    log: createLog('info', { write: (line) => void logged.push(JSON.parse(line)) }),
    details: { taskId: 'T1' },
  };
});

describe('a lease', () => {
  it('is renewed at each third of its length while the work runs, and not afterwards', async () => {
    const working = underLease(parts, () => clock.sleep(leaseMs + 1_000));

    await clock.advance(leaseMs + 1_000);
    await working;
    await clock.advance(2 * leaseMs);

    expect(renewedTo).toEqual([leaseMs, leaseMs, leaseMs]);
  });

  it('is no longer renewed when the work fails, whose error is passed on', async () => {
    const working = underLease(parts, async () => {
      throw new Error('the work failed');
    });

    await expect(working).rejects.toThrow('the work failed');
    await clock.advance(leaseMs);

    expect(renewedTo).toEqual([]);
  });

  it('is renewed again after a renewal that failed, which is logged with what it is about', async () => {
    answers = [new Error('the database is away')];
    const working = underLease(parts, () => clock.sleep(leaseMs * 0.9));

    await clock.advance(leaseMs * 0.9);
    await working;

    expect(renewedTo).toHaveLength(2);
    expect(logged).toMatchObject([{ code: 'lease_not_renewed', taskId: 'T1' }]);
  });

  it('is let go when there is nothing to renew any more', async () => {
    answers = [false];

    const keeping = keepLease(parts, new AbortController().signal);
    await clock.advance(leaseMs / 3);
    await keeping;
    await clock.advance(leaseMs);

    expect(renewedTo).toHaveLength(1);
  });
});
