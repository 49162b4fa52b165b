import { describe, expect, it } from '@jest/globals';
import { createLog } from '../../src/log.ts';
import { createRefusals, type RefusalSum } from '../../src/requests/refusal-limit.ts';
import { createTestClock } from '../support/clock.ts';

const hour = 3_600_000;

function start(perHour = 3) {
  const clock = createTestClock();
  const recorded: RefusalSum[] = [];
  const trouble = { isAway: false };
  const refusals = createRefusals({
    record: async (sum) => {
      if (trouble.isAway) throw new Error('the database is away');
      recorded.push(sum);
    },
    clock,
    log: createLog('silent'),
    perHour,
  });
  const takeMany = (actorId: string, times: number, code = 'provision.run') =>
    Array.from({ length: times }, () => refusals.take(actorId, code)).filter((isTaken) => isTaken).length;
  return { clock, recorded, trouble, refusals, takeMany };
}

describe('the refusals of a person', () => {
  it('get so many entries within an hour, and one with the count of the others after it', async () => {
    const { clock, recorded, takeMany } = start();

    const first = takeMany('johanna', 5_000);
    const other = takeMany('adele', 2);
    takeMany('johanna', 1, 'removal.run');
    await clock.advance(hour);
    const later = takeMany('johanna', 5);

    expect([first, other, later]).toEqual([3, 2, 3]);
    expect(recorded).toEqual([{ actorId: 'johanna', count: 4_998, codes: ['provision.run', 'removal.run'] }]);
  });

  it('are counted to the end when Usher stops within the hour', async () => {
    const { recorded, refusals, takeMany } = start();
    takeMany('johanna', 10);

    await refusals.stop();

    expect(recorded).toEqual([{ actorId: 'johanna', count: 7, codes: ['provision.run'] }]);
  });

  it('are counted further while the database does not take the count', async () => {
    const { clock, recorded, trouble, takeMany } = start();
    takeMany('johanna', 10);

    trouble.isAway = true;
    await clock.advance(hour);
    trouble.isAway = false;
    await clock.advance(hour);

    expect(recorded).toEqual([{ actorId: 'johanna', count: 7, codes: ['provision.run'] }]);
  });

  it('share one count beyond a thousand people, so that many accounts fill the record no more than one', async () => {
    const { recorded, refusals, takeMany } = start(1);
    for (let person = 0; person < 1_000; person += 1) takeMany(`person ${person}`, 1);

    const entries = Array.from({ length: 500 }, (_, more) => takeMany(`further ${more}`, 1)).filter((some) => some > 0);
    await refusals.stop();

    expect(entries.length).toBeLessThanOrEqual(1);
    expect(recorded).toEqual([{ actorId: '', count: 500 - entries.length, codes: ['provision.run'] }]);
  });
});
