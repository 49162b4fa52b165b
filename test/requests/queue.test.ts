import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import type { Outcome } from '../../src/graph/outcome.ts';
import { readGate } from '../../src/rate-gate/gate-row.ts';
import {
  claimTask,
  forecastQueue,
  hasWork,
  noteLateStart,
  requestsInLine,
  requeueTasks,
} from '../../src/requests/queue.ts';
import { finishTask, noteSent, postponeTask } from '../../src/requests/running.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { onClock } from './scene.ts';
import { ask, claim, claimAllNow, claimed, documentedLimits, done, named, noLimits, storeParts } from './support.ts';

const notInScope: Outcome = {
  kind: 'notInScope',
  failedChecks: ['assigned'],
  report: {
    steps: [],
    changes: [],
    changeId: null,
    subjectLabel: null,
    sourceSystem: null,
    targetSystem: null,
    targetId: null,
  },
};

describe.each(engines)('the queue on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
  /** Without a limit to speak of, for the tests of the order alone. */
  let store: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    database = onClock(opened, clock);
    store = storeParts(database, clock, noLimits);
  });

  describe('a claim', () => {
    it('returns the task, its lease and all that its call needs', async () => {
      const request = await ask(store, ['isaiah']);

      const { task, lease, requestedById } = await claimed(store, 'this process', 30_000);

      expect(task).toMatchObject({ requestId: request.id, attempts: 1, throttles: 0, jobId: 'job', ruleId: 'rule' });
      expect(task.state).toEqual({ kind: 'running', startedAt: clock.now(), lease });
      expect([requestedById, task.app.id]).toEqual(['alex', 'salesforce']);
    });

    it('takes its grant and its task together, or neither', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, named('person', 6));

      const first = await claimAllNow(strict);
      const sixth = await claim(strict);

      expect(first).toHaveLength(5);
      expect(sixth).toEqual({ kind: 'later', inMs: 10_500 });
      expect(await grants()).toHaveLength(5);
    });

    it('spends no grant when nothing waits', async () => {
      const strict = storeParts(database, clock);

      expect(await claim(strict)).toEqual({ kind: 'idle' });

      await ask(strict, named('person', 5));
      expect(await claimAllNow(strict)).toHaveLength(5);
    });

    it('is undone as a whole when a part of it cannot be written', async () => {
      const strict = storeParts(database, clock);
      const request = await ask(strict, ['isaiah']);
      await database.query.schema.alterTable('requests').renameTo('requests_away').execute();

      const failed = claim(strict);

      await expect(failed).rejects.toThrow();
      await database.query.schema.alterTable('requests_away').renameTo('requests').execute();
      expect((await findRequest(database, request.id))?.tasks[0]?.state.kind).toBe('waiting');
      expect(await grants()).toEqual([]);
    });

    it('is recorded under the name of the requester once its call may leave, and only once', async () => {
      const request = await ask(store, ['isaiah']);
      const mine = await claimed(store);
      const before = await readAudit(database.query, 9);

      await noteSent(store, mine);
      await noteSent(store, mine);

      expect(before.map(({ kind }) => kind)).toEqual(['asked']);
      expect(await readAudit(database.query, 9)).toHaveLength(2);
      const [latest] = await readAudit(database.query, 1);
      expect(latest).toMatchObject({ kind: 'sent', actorId: 'alex', requestId: request.id });
      expect(latest?.details).toEqual({ subject: 'isaiah', app: 'salesforce', attempt: 1 });
    });

    it('counts as a change of the request', async () => {
      const { id, revision } = await ask(store, ['isaiah']);

      await claimed(store);

      expect((await findRequest(database, id))?.revision).toBe(revision + 1);
    });

    it('finds no task while none is due, and returns when one is', async () => {
      await ask(store, ['isaiah']);
      await postponeTask(store, await claimed(store), { reason: 'noAnswer', delayMs: 5_000 });

      const early = await claim(store);
      await clock.advance(5_000);
      const due = await claim(store);

      expect(early).toEqual({ kind: 'later', inMs: 5_000 });
      expect(due.kind).toBe('claimed');
    });

    it('gives a call half of window and guard to leave', async () => {
      await ask(store, ['isaiah']);

      const { grant } = await claimed(storeParts(database, clock, documentedLimits));

      expect(grant.sendBefore).toBe(clock.monotonic() + 5_250);
    });

    it('that leaves late delays the start a window after it, by just as much', async () => {
      const tight = storeParts(database, clock, { limit: 1, windowMs: 10_000, guardMs: 500 });
      await ask(tight, ['isaiah', 'adele']);
      const { grant } = await claimed(tight);
      const gateNow = () => database.transact((transaction) => readGate(tight, transaction));
      await clock.advance(20);

      await noteLateStart(tight, grant, 20);

      expect((await gateNow()).state.grants).toEqual([grant.at + 20]);
    });
  });

  describe('a gate', () => {
    it('opens again a window after the clock was set back, and not when the old time comes round', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, named('person', 6));
      await claimAllNow(strict);
      const setBack = createTestClock(clock.monotonic() - 3_600_000);
      const afterwards = storeParts(onClock(database, setBack), setBack);
      // Due as before: the test is about the gate, and not about the wall clock of the task.
      await database.query.updateTable('tasks').set({ due_at: 0 }).execute();

      const atOnce = await claimTask(afterwards, { owner: 'this process', until: 0 });
      await setBack.advance(10_500);
      const later = await claim(afterwards);

      expect(atOnce).toMatchObject({ kind: 'later' });
      expect(later.kind).toBe('claimed');
    });

    it('opens again ten minutes after a clock gone mad has closed it for years', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, ['isaiah']);
      await forecastQueue(strict);
      await database.query
        .updateTable('gates')
        .set({ blocked_until: clock.now() * 2 })
        .execute();

      const shut = await claim(strict);
      await clock.advance(600_000);
      const open = await claim(strict);

      expect(shut).toEqual({ kind: 'later', inMs: 600_000 });
      expect(open.kind).toBe('claimed');
    });
  });

  describe('a retry', () => {
    it('puts finished tasks back, once however often the button is clicked', async () => {
      const request = await ask(store, ['isaiah', 'adele']);
      await claimAllNow(store);
      const ids = request.tasks.map((task) => task.id);

      const clicks = await Promise.all([1, 2, 3].map(() => requeueTasks(store, request.id, ids, 'megan')));

      expect(clicks.toSorted()).toEqual([0, 0, 2]);
      const { tasks = [] } = (await findRequest(database, request.id)) ?? {};
      expect(tasks.map((task) => task.state)).toEqual(
        Array(2).fill({ kind: 'waiting', dueAt: clock.now(), waitReason: 'retried' }),
      );
      expect((await readAudit(database.query, 99)).filter(({ kind }) => kind === 'retried')).toHaveLength(1);
    });

    it('starts counting attempts anew', async () => {
      const request = await ask(store, ['isaiah']);
      await claimAllNow(store);

      await requeueTasks(store, request.id, [request.tasks[0]?.id ?? ''], 'megan');

      expect((await claimed(store)).task.attempts).toBe(1);
    });

    it.each([
      ['in vain', { ...done, outcome: notInScope }, false],
      ['and ended otherwise', done, true],
    ])('waits again for an assignment only where it has not done so %s', async (_how, end, awaitsAssignment) => {
      const subject = { id: 'diego', type: 'User', name: 'Diego', label: null };
      const request = await ask(store, [], { tasks: [{ subject, members: [], awaitsAssignment: true }] });
      await postponeTask(store, await claimed(store), { reason: 'assignmentUnseen', delayMs: 0 });
      await finishTask(store, await claimed(store), end);

      await requeueTasks(store, request.id, [request.tasks[0]?.id ?? ''], 'megan');

      const [task] = (await findRequest(database, request.id))?.tasks ?? [];
      expect(task).toMatchObject({ attempts: 0, assignmentMisses: 0, awaitsAssignment });
    });

    it('leaves running and waiting tasks and those of other requests alone', async () => {
      const running = await ask(store, ['isaiah', 'adele']);
      await claimed(store);
      const other = await ask(store, ['patti']);
      const ids = [...running.tasks, ...other.tasks].map((task) => task.id);

      expect(await requeueTasks(store, running.id, ids, 'megan')).toBe(0);
      expect(await requeueTasks(store, running.id, [], 'megan')).toBe(0);
      expect((await findRequest(database, running.id))?.tasks.map(({ state }) => state.kind)).toEqual([
        'running',
        'waiting',
      ]);
    });

    it('of many tasks takes turns with requests that come meanwhile', async () => {
      const many = await ask(store, named('many', 4));
      await claimAllNow(store);
      await requeueTasks(
        store,
        many.id,
        many.tasks.map(({ id }) => id),
        'megan',
      );
      await clock.advance(1);
      await ask(store, ['one']);

      const served = await claimAllNow(store);

      expect(served.slice(0, 2)).toEqual(['many 0', 'one']);
    });

    it('of a bulk request stays bulk, but a single task of it goes to the interactive lane', async () => {
      const bulk = await ask(store, named('bulk', 3), { lane: 'bulk' });
      await claimAllNow(store);
      const [first, second, third] = bulk.tasks.map(({ id }) => id);
      await requeueTasks(store, bulk.id, [first ?? '', second ?? ''], 'megan');
      await requeueTasks(store, bulk.id, [third ?? ''], 'megan');
      await clock.advance(1);
      await ask(store, ['one']);

      expect(await claimAllNow(store)).toEqual(['bulk 2', 'one', 'bulk 0', 'bulk 1']);
    });
  });

  it('reports whether work is left', async () => {
    const before = await hasWork(store);
    await ask(store, ['isaiah']);
    const waiting = await hasWork(store);
    const running = await claimed(store);
    const during = await hasWork(store);
    await finishTask(store, running, done);

    expect([before, waiting, during, await hasWork(store)]).toEqual([false, true, true, false]);
  });

  it('names the requests at the head of the queue, each once', async () => {
    const many = await ask(store, named('many', 3));
    await clock.advance(1);
    const one = await ask(store, ['one']);

    expect(await requestsInLine(store, 3)).toEqual([many.id, one.id]);
  });

  async function grants(): Promise<unknown[]> {
    const rows = await database.query.selectFrom('gates').select('grants').execute();
    return rows.flatMap((row) => JSON.parse(row.grants) as unknown[]);
  }
});
