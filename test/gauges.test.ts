import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { noteSeenJobs } from '../src/chat/jobs/seen-jobs.ts';
import { systemClock } from '../src/clock.ts';
import type { Database } from '../src/db/database.ts';
import { act } from '../src/features/approvals/access-requests/store.ts';
import { readGauges } from '../src/gauges.ts';
import { finishTask, postponeTask } from '../src/requests/running.ts';
import type { StoreParts } from '../src/requests/store.ts';
import { accessParts, askAccess, deny } from './features/approvals/access-requests/support.ts';
import { onClock } from './requests/scene.ts';
import { ask, claimed, documentedLimits, done, storeParts } from './requests/support.ts';
import { createTestClock, type TestClock } from './support/clock.ts';
import { engines, useTestDatabase } from './support/databases.ts';

describe.each(engines)('the gauges on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let clock: TestClock;
  let store: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    store = storeParts(onClock(opened, clock), clock, documentedLimits);
  });

  const countOf = async (state: string, lane: string) =>
    (await readGauges(store)).tasks.find((entry) => entry.state === state && entry.lane === lane)?.count;

  it('show an empty database as zeros, not as missing series', async () => {
    expect(await readGauges(store)).toEqual({
      gate: { isBlocked: false, slotsLeft: 5 },
      tasks: ['held', 'waiting', 'running'].flatMap((state) =>
        ['interactive', 'bulk'].map((lane) => ({ state, lane, count: 0 })),
      ),
      accessRequests: ['pending', 'approved', 'started'].map((state) => ({ state, count: 0 })),
      jobs: [],
      overdueAccess: 0,
      sealedEntries: 0,
      streams: [],
    });
  });

  it('count tasks by state and lane, and finished ones no more', async () => {
    await ask(store, ['isaiah', 'adele']);
    await ask(store, ['grady', 'nestor', 'diego'], { lane: 'bulk' });
    await ask(store, ['lee'], { lane: 'bulk', held: true });
    await finishTask(store, await claimed(store), done);
    await claimed(store);

    expect(await countOf('waiting', 'bulk')).toBe(3);
    expect(await countOf('running', 'interactive')).toBe(1);
    expect(await countOf('waiting', 'interactive')).toBe(0);
    expect(await countOf('held', 'bulk')).toBe(1);
  });

  it('count access requests as long as they can still change', async () => {
    const parts = accessParts(onClock(opened, clock), clock);
    await askAccess(parts);
    const second = await askAccess(parts, { app: { id: 'github', name: 'GitHub Enterprise' } });
    await act(parts, second.id, deny);

    expect((await readGauges(store)).accessRequests).toEqual([
      { state: 'pending', count: 1 },
      { state: 'approved', count: 0 },
      { state: 'started', count: 0 },
    ]);
  });

  it('show which apps were seen in quarantine, as the worst of those that share a name', async () => {
    const seen = (id: string, name: string, isQuarantined: boolean | null) => ({ app: { id, name }, isQuarantined });
    await noteSeenJobs(store, [seen('1', 'Payroll', true), seen('2', 'Payroll', false), seen('3', 'Box', false)]);
    const both = (await readGauges(store)).jobs;
    await noteSeenJobs(store, [seen('1', 'Payroll', false), seen('3', 'Box', null)]);
    const mended = (await readGauges(store)).jobs;
    await noteSeenJobs(store, [seen('2', 'Payroll', true)]);
    await clock.advance(3_600_000);

    const unseen = (await readGauges(store)).jobs;

    expect(both).toEqual([
      { app: 'Payroll', isQuarantined: true },
      { app: 'Box', isQuarantined: false },
    ]);
    expect(mended).toEqual([{ app: 'Payroll', isQuarantined: false }]);
    expect(unseen).toEqual([]);
  });

  it('accept any number of apps', async () => {
    const jobs = Array.from({ length: 1_200 }, (_, index) => ({
      app: { id: `id ${index}`, name: `App ${index}` },
      isQuarantined: index === 1_100,
    }));

    await noteSeenJobs(store, jobs);

    const told = (await readGauges(store)).jobs;
    expect(told).toHaveLength(1_200);
    expect(told[0]).toEqual({ app: 'App 1100', isQuarantined: true });
  });

  it('show the starts that are left of a window, and that a 429 closes the gate', async () => {
    await ask(store, ['isaiah', 'adele']);
    const first = await claimed(store);
    const afterOne = await readGauges(store);
    await postponeTask(store, first, { reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs: 20_000 } });
    const closed = await readGauges(store);
    await clock.advance(20_000);
    const open = await readGauges(store);

    expect(afterOne.gate).toEqual({ isBlocked: false, slotsLeft: 4 });
    expect(closed.gate).toEqual({ isBlocked: true, slotsLeft: 0 });
    expect(open.gate).toEqual({ isBlocked: false, slotsLeft: 5 });
  });
});
