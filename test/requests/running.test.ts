import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import type { Dialect } from '../../src/db/dialect.ts';
import type { Report } from '../../src/graph/outcome.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import { recoverTasks } from '../../src/requests/crashed.ts';
import { findRequestOverview } from '../../src/requests/overview.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import type { Task } from '../../src/requests/request.ts';
import { finishTask, noteSent, postponeTask, renewLease, returnTask } from '../../src/requests/running.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { onClock } from './scene.ts';
import { ask, claim, claimed, done, named, noLimits, storeParts } from './support.ts';

const emptyReport: Report = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};

describe.each(engines)('a running task on $name', (engine) => {
  const { name } = engine;
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
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

  async function taskOf(requestId: string): Promise<Task> {
    const task = (await findRequest(database, requestId))?.tasks[0];
    if (task === undefined) throw new Error('no task');
    return task;
  }

  async function kinds(): Promise<string[]> {
    return (await readAudit(database.query, 99)).map(({ kind }) => kind).toReversed();
  }

  describe('that ends', () => {
    it('keeps the outcome, its times and the ids for support', async () => {
      const { id, revision } = await ask(store, ['isaiah']);
      const mine = await claimed(store);
      const startedAt = clock.now();
      await clock.advance(1_400);

      const kept = await finishTask(store, mine, done);

      expect(kept).toBe(true);
      expect((await taskOf(id)).state).toEqual({ kind: 'done', startedAt, finishedAt: clock.now(), ...done });
      expect((await findRequest(database, id))?.revision).toBe(revision + 2);
    });

    it('closes the gate when its last answer was "too many"', async () => {
      await ask(store, ['isaiah', 'adele']);

      await finishTask(store, await claimed(store), { ...done, closesGate: { retryAfterMs: 60_000 } });

      expect((await claim(store)).kind).toBe('later');
    });

    it('is recorded once, by kind of outcome', async () => {
      await ask(store, ['isaiah']);
      const mine = await claimed(store);

      const results = [await finishTask(store, mine, done), await finishTask(store, mine, done)];

      expect(results).toEqual([true, false]);
      expect(await kinds()).toEqual(['asked', 'sent', 'finished']);
      const [latest] = await readAudit(database.query, 1);
      expect(latest).toMatchObject({
        actorId: 'alex',
        details: { subject: 'isaiah', outcome: 'unknown', graphRequestId: 'graph-1' },
      });
    });

    it('is not done when its record cannot be written', async () => {
      const { id } = await ask(store, ['isaiah']);
      const mine = await claimed(store);
      await database.query.schema.alterTable('audit_log').renameTo('audit_log_away').execute();

      await expect(finishTask(store, mine, done)).rejects.toThrow();

      await database.query.schema.alterTable('audit_log_away').renameTo('audit_log').execute();
      expect((await taskOf(id)).state.kind).toBe('running');
    });
  });

  describe('that waits again', () => {
    it('stores why and from when, and keeps the count of its attempts', async () => {
      const { id } = await ask(store, ['isaiah']);

      await postponeTask(store, await claimed(store), { reason: 'serviceUnavailable', delayMs: 5_000 });

      expect(await taskOf(id)).toMatchObject({
        attempts: 1,
        throttles: 0,
        state: { kind: 'waiting', dueAt: clock.now() + 5_000, waitReason: 'serviceUnavailable' },
      });
      expect(await kinds()).toEqual(['asked', 'sent', 'waitsAgain']);
    });

    it('takes the new rule along', async () => {
      const { id } = await ask(store, ['isaiah']);

      await postponeTask(store, await claimed(store), { reason: 'ruleChanged', delayMs: 0, ruleId: 'new rule' });

      expect((await taskOf(id)).ruleId).toBe('new rule');
      expect((await claimed(store)).task.ruleId).toBe('new rule');
    });

    it('closes the gate for all tasks when the server said "too many", and counts that separately', async () => {
      const { id } = await ask(store, ['isaiah']);
      await clock.advance(1);
      await ask(store, ['adele']);
      const mine = await claimed(store);

      await postponeTask(store, mine, { reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs: 60_000 } });

      const shut = await claim(store);
      expect(shut.kind).toBe('later');
      expect(shut.kind === 'later' && shut.inMs).toBeGreaterThan(55_000);
      expect(await taskOf(id)).toMatchObject({ attempts: 1, throttles: 1 });
    });

    it('counts separately how often its assignment was not seen', async () => {
      const subject = { id: 'diego', type: 'User', name: 'Diego', label: null };
      const tasks = [{ subject, members: [], awaitsAssignment: true }];
      const { id } = await ask(store, [], { tasks });
      for (const reason of ['assignmentUnseen', 'noAnswer', 'assignmentUnseen'] as const)
        await postponeTask(store, await claimed(store), { reason, delayMs: 0 });

      expect(await taskOf(id)).toMatchObject({
        awaitsAssignment: true,
        attempts: 3,
        throttles: 0,
        assignmentMisses: 2,
      });
    });

    it.each(['throttled', 'assignmentUnseen'] as const)(
      'is not sent again after a call that did nothing (%s) when it was cancelled meanwhile',
      async (reason) => {
        const { id } = await ask(store, ['isaiah']);
        const call = await claimed(store);
        await cancelRequest(store, id, 'megan');

        await postponeTask(store, call, { reason, delayMs: 0 });

        expect((await taskOf(id)).state).toMatchObject({ kind: 'cancelled', by: 'megan' });
      },
    );

    it('goes back as if it had never been claimed when its call did not leave', async () => {
      const { id } = await ask(store, ['isaiah']);
      await postponeTask(store, await claimed(store), { reason: 'noAnswer', delayMs: 0 });
      const before = await taskOf(id);

      const returned = await returnTask(store, await claimed(store));

      expect(returned).toBe(true);
      expect(await taskOf(id)).toEqual(before);
    });
  });

  describe('whose lease is lost', () => {
    it.each([
      ['another process', 'another process'],
      ['the same process', 'this process'],
    ])('to %s changes nothing when its old call ends', async (_who, owner) => {
      const { id } = await ask(store, ['isaiah']);
      const old = await claimed(store, 'this process', 30_000);
      await clock.advance(30_001);
      await recoverTasks(store, 'another process');
      const current = await claimed(store, owner);
      const before = await taskOf(id);

      const writes = [
        await finishTask(store, old, done),
        await postponeTask(store, old, { reason: 'noAnswer', delayMs: 0 }),
        await returnTask(store, old),
        await renewLease(store, old, clock.now() + 1),
      ];

      expect(writes).toEqual([false, false, false, false]);
      expect(await taskOf(id)).toEqual(before);
      expect(await finishTask(store, current, done)).toBe(true);
      expect(await kinds()).toEqual(['asked', 'sent', 'waitsAgain', 'sent', 'finished']);
    });

    it('is recorded as sent, with an unknown end, before it is sent again', async () => {
      await ask(store, ['isaiah', 'adele']);
      const [noted, unnoted] = [await claimed(store), await claimed(store)];
      await noteSent(store, noted);

      await clock.advance(30_001);
      await recoverTasks(store, 'another process');

      const entries = (await readAudit(database.query, 9)).map(({ kind, details }) => ({ kind, ...details }));
      const {
        subject: { id: subject },
        app: { id: app },
      } = unnoted.task;
      const end = 'unknown';
      expect(entries).toContainEqual({ kind: 'sent', subject: noted.task.subject.id, app, attempt: 1 });
      expect(entries).toContainEqual({ kind: 'sent', subject, app, attempt: 1, end });
      expect(entries).toContainEqual({ kind: 'waitsAgain', subject, app, attempt: 1, reason: 'interrupted', end });
      expect(entries.filter(({ kind }) => kind === 'sent')).toHaveLength(2);
    });

    it('still informs the gate that the server said "too many"', async () => {
      await ask(store, ['isaiah']);
      const old = await claimed(store, 'this process', 30_000);
      await clock.advance(30_001);
      await recoverTasks(store, 'another process');

      await postponeTask(store, old, { reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs: 60_000 } });

      expect((await claim(store)).kind).toBe('later');
    });
  });

  describe('whose process is gone', () => {
    it('is put back when the lease has run out, and not before', async () => {
      const { id } = await ask(store, ['isaiah']);
      await claimed(store, 'this process', 30_000);

      const early = await recoverTasks(store, 'this process');
      await clock.advance(30_001);
      const late = await recoverTasks(store, 'this process');

      expect([early, late]).toEqual([[], [id]]);
      expect((await taskOf(id)).state).toEqual({ kind: 'waiting', dueAt: clock.now(), waitReason: 'interrupted' });
      expect((await claimed(store)).task.attempts).toBe(2);
    });

    it('is left alone while the lease is renewed', async () => {
      await ask(store, ['isaiah']);
      const mine = await claimed(store, 'this process', 30_000);
      await clock.advance(20_000);

      const renewed = await renewLease(store, mine, clock.now() + 30_000);
      await clock.advance(20_000);

      expect(renewed).toBe(true);
      expect(await recoverTasks(store, 'another process', [])).toEqual(name === 'SQLite' ? [mine.task.requestId] : []);
    });

    it('does not live on by the renewal of another task of its process', async () => {
      const forgotten = await ask(store, ['isaiah']);
      await claimed(store, 'this process', 30_000);
      await ask(store, ['adele']);
      const other = await claimed(store, 'this process', 30_000);
      await clock.advance(20_000);
      await renewLease(store, other, clock.now() + 30_000);
      await clock.advance(10_001);

      expect(await recoverTasks(store, 'this process')).toEqual([forgotten.id]);
    });

    it('is put back at once where only one process can own the database', async () => {
      const { id } = await ask(store, ['isaiah']);
      await claimed(store, 'the process before', 30_000);

      const recovered = await recoverTasks(store, 'this process');

      expect(recovered).toEqual(name === 'SQLite' ? [id] : []);
    });

    it('is distinguished from a running one, however far the wall clock jumps', async () => {
      const { id } = await ask(store, ['isaiah', 'adele']);
      const inHand = await claimed(store, 'this process', 30_000);
      await claimed(store, 'this process', 30_000);
      clock.stepWallClock(3_600_000);

      const recovered = await recoverTasks(store, 'this process', [inHand.task.id]);

      expect(recovered).toEqual([id]);
      const states = (await findRequest(database, id))?.tasks.map(({ state }) => state.kind);
      expect(states).toEqual(['running', 'waiting']);
    });

    it('is left to its process for a while after the clock has jumped, where there may be others', async () => {
      const { id } = await ask(store, ['isaiah']);
      await claimed(store, 'a process that lives', 30_000);
      clock.stepWallClock(86_400_000);

      const recovered = await recoverTasks(store, 'this process', [], () => false);

      expect(recovered).toEqual(name === 'SQLite' ? [id] : []);
    });

    it('is left to a process that has leased it by a clock that this one does not know of yet', async () => {
      await ask(store, ['isaiah']);
      const theirs = await claimed(store, 'a process that lives', 30_000);
      await renewLease(store, theirs, clock.now() + 3_600_000);
      const { dialect } = database;
      const gateNow: Dialect['gateNow'] = (db) => {
        clock.stepWallClock(3_600_000 - 30_000);
        return dialect.gateNow(db);
      };

      const recovered = await recoverTasks(
        { ...store, database: { ...database, dialect: { ...dialect, singleProcess: false, gateNow } } },
        'this process',
      );

      expect(recovered).toEqual([]);
    });

    it('is put back although its lease ends in hours, as the clock has been set back since', async () => {
      const { id } = await ask(store, ['isaiah']);
      await claimed(store, 'gone', 30_000);
      clock.stepWallClock(-3_600_000);

      expect(await recoverTasks(store, 'this process')).toEqual([id]);
    });

    it('ends as unknown when it has killed a third process, and what ran beside it gets a try of its own', async () => {
      const { id } = await ask(store, ['isaiah', 'adele', 'megan']);
      const dueIn: (readonly number[])[] = [];
      for (let death = 0; death < 3; death += 1) {
        for (let count = 0; count < 3; count += 1) await claimed(store, 'gone', 1_000);
        await clock.advance(1_001);
        await recoverTasks(store, 'this process');
        const rows = await database.query.selectFrom('tasks').select('due_at').orderBy('position').execute();
        dueIn.push(rows.map(({ due_at }) => due_at - clock.now()).toSorted((one, other) => one - other));
        await clock.advance(60_000);
      }

      const tasks = (await findRequest(database, id))?.tasks ?? [];
      expect(dueIn.slice(0, 2)).toEqual([
        [0, 0, 0],
        [0, 20_000, 40_000],
      ]);
      expect(tasks.map(({ state }) => state)).toEqual(
        Array(3).fill(expect.objectContaining({ kind: 'done', outcome: { kind: 'unknown', why: 'interrupted' } })),
      );
      const finished = (await readAudit(database.query, 50)).filter(({ kind }) => kind === 'finished');
      expect(finished).toHaveLength(3);
    });

    it('is put back once, however many processes look for it', async () => {
      const { id, revision } = await ask(store, named('person', 6));
      for (let count = 0; count < 6; count += 1) await claimed(store, 'gone', 30_000);
      await clock.advance(30_001);

      const found = await Promise.all(named('process', 8).map((owner) => recoverTasks(store, owner)));

      expect(found.flat().every((found) => found === id)).toBe(true);
      const after = await findRequest(database, id);
      expect(after?.revision).toBe(revision + 12);
      expect(after?.tasks.every(({ state }) => state.kind === 'waiting')).toBe(true);
    });
  });

  describe('of which an attempt had an unknown end', () => {
    it.each(['noAnswer', 'serviceUnavailable', 'interrupted'] as const)(
      'keeps that in mind at its next claim: %s',
      async (reason) => {
        await ask(store, ['isaiah']);

        await postponeTask(store, await claimed(store), { reason, delayMs: 0 });
        await postponeTask(store, await claimed(store), { reason: 'throttled', delayMs: 0 });

        expect((await claimed(store)).task.perhaps).toBeTruthy();
      },
    );

    it.each(['throttled', 'unreachable', 'tokenRefused', 'inProgress', 'ruleChanged', 'assignmentUnseen'] as const)(
      'is not one that did nothing: %s',
      async (reason) => {
        await ask(store, ['isaiah']);

        await postponeTask(store, await claimed(store), { reason, delayMs: 0 });

        expect((await claimed(store)).task.perhaps).toBeNull();
      },
    );

    it('is not one that stopped before its call had left', async () => {
      await ask(store, ['isaiah']);

      await postponeTask(store, await claimed(store), { reason: 'interrupted', delayMs: 0, unsent: true });

      expect((await claimed(store)).task.perhaps).toBeNull();
    });

    it('is one whose process died', async () => {
      await ask(store, ['isaiah']);
      await claimed(store, 'a process that dies', 1_000);
      await clock.advance(1_001);

      await recoverTasks(store, 'this process');

      expect((await claimed(store)).task.perhaps).toBe('interrupted');
    });

    it('stays one at a retry by a person, until it is known what was done', async () => {
      const { id } = await ask(store, ['isaiah']);
      await finishTask(store, await claimed(store), done);
      await requeueTasks(store, id, [(await taskOf(id)).id], 'megan');

      const again = await claimed(store);
      await finishTask(store, again, { ...done, outcome: { kind: 'inSync', report: emptyReport } });

      expect(again.task.perhaps).toBe('timeout');
      expect((await taskOf(id)).perhaps).toBeNull();
    });

    it('counts apart among those that were cancelled', async () => {
      const { id } = await ask(store, ['isaiah', 'adele']);
      await postponeTask(store, await claimed(store), { reason: 'noAnswer', delayMs: 0 });

      await cancelRequest(store, id, 'megan');

      expect(await findRequestOverview(database, id)).toMatchObject({ states: { cancelled: 2 }, perhaps: 1 });
    });
  });

  it('keeps every kind of outcome as it was', async () => {
    const { id } = await ask(store, ['isaiah']);
    const outcome = {
      kind: 'refused',
      status: 403,
      code: 'No',
      message: 'said "no"\u0000\n',
      cause: 'permission',
    } as const;

    await finishTask(store, await claimed(store), { outcome, graphRequestId: null, clientRequestId: null });

    const { state } = await taskOf(id);
    expect(state).toMatchObject({ outcome });
  });
});
