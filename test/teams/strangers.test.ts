import { describe, expect, it } from '@jest/globals';
import { createLog } from '../../src/log.ts';
import { createStrangers, type Stranger, type TurnedAwaySum } from '../../src/teams/strangers.ts';
import { createTestClock } from '../support/clock.ts';

const minute = 60_000;
const tenant = (number: number) => `5eed0000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function start() {
  const clock = createTestClock();
  const recorded: TurnedAwaySum[] = [];
  const trouble = { isAway: false };
  const strangers = createStrangers({
    record: async (sum) => {
      if (trouble.isAway) throw new Error('the database is away');
      recorded.push(sum);
    },
    clock,
    log: createLog('silent'),
  });
  const take = (change: Partial<Stranger> = {}) =>
    strangers.take({ tenantId: tenant(1), actorId: tenant(77), conversation: 'a', why: 'tenant', ...change });
  return { clock, recorded, trouble, strangers, take };
}

describe('callers who are turned away', () => {
  it('leave one entry a minute and tenant, with a count', async () => {
    const { clock, recorded, take } = start();

    for (let second = 0; second < 180; second += 1) {
      for (let more = 0; more < 100; more += 1) await take();
      await clock.advance(1_000);
    }

    expect(recorded.map(({ count }) => count)).toEqual([1, 5_999, 6_000, 6_000]);
  });

  it('are answered once a minute each, and a few of a tenant', async () => {
    const { clock, take } = start();
    const actors = [1, 1, 2, 3, 4, 5].map((number) => ({ actorId: tenant(number) }));

    const first = await Promise.all(actors.map(take));
    await clock.advance(minute);
    const second = await Promise.all(actors.map(take));

    expect(first).toEqual([true, false, true, true, false, false]);
    expect(second).toEqual(first);
  });

  it('without an id are distinguished by their conversation', async () => {
    const { take } = start();

    const answers = [
      await take({ actorId: '', conversation: 'a' }),
      await take({ actorId: '', conversation: 'a' }),
      await take({ actorId: '', conversation: 'b' }),
    ];

    expect(answers).toEqual([true, false, true]);
  });

  it('are named in the entry when they are one person, and each reason is there once', async () => {
    const { clock, recorded, take } = start();

    await take();
    for (const why of ['service', 'tenant', 'service'] as const) await take({ why });
    await clock.advance(minute);
    await take({ actorId: tenant(78) });
    await take();
    await clock.advance(minute);

    expect(recorded.slice(1)).toEqual([
      { tenantId: tenant(1), actorId: tenant(77), reasons: ['service', 'tenant'], count: 3 },
      { tenantId: tenant(1), actorId: '', reasons: ['tenant'], count: 2 },
    ]);
  });

  it('of more tenants than a few are counted as one, and so are those without a tenant', async () => {
    const { clock, recorded, take } = start();

    const answers: boolean[] = [];
    for (let number = 0; number < 1_000; number += 1)
      answers.push(await take({ tenantId: tenant(number), actorId: tenant(number) }));
    for (const tenantId of ['', 'x'.repeat(100_000)]) await take({ tenantId });
    const pending = clock.pending();
    await clock.advance(minute);

    expect(answers.filter(Boolean)).toHaveLength(23);
    expect(pending).toBe(21);
    expect(recorded.length).toBe(22);
    expect(recorded.reduce((sum, { count }) => sum + count, 0)).toBe(1_002);
  });

  it('are forgotten after a quiet minute', async () => {
    const { clock, recorded, take } = start();

    await take();
    await clock.advance(minute);
    const pending = clock.pending();
    await take();

    expect(pending).toBe(0);
    expect(recorded.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('are recorded later where the database is unavailable, and at the end what was only counted', async () => {
    const { clock, recorded, trouble, strangers, take } = start();

    trouble.isAway = true;
    await take();
    await take();
    await clock.advance(minute);
    trouble.isAway = false;
    await take();
    await strangers.stop();

    expect(recorded.map(({ count }) => count)).toEqual([3]);
    expect(clock.pending()).toBe(0);
  });
});
