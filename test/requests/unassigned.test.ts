import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/db/database.ts';
import type { Outcome, Report, ScopingCheck } from '../../src/graph/outcome.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import type { Request } from '../../src/requests/request.ts';
import { finishTask } from '../../src/requests/running.ts';
import { accessSource, findRequest, type StoreParts } from '../../src/requests/store.ts';
import { assignAndRequeue, findUnassigned } from '../../src/requests/unassigned.ts';
import { createTestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { ask, claimed, noLimits, person, storeParts, timedOut, type Wish } from './support.ts';

const report: Report = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};
const outOfScope = (...failedChecks: readonly ScopingCheck[]): Outcome => ({
  kind: 'notInScope',
  failedChecks,
  report,
});
const refused = (code: string, message = ''): Outcome => ({
  kind: 'refused',
  status: 403,
  code,
  message,
  cause: 'permission',
});
const roles = new Map([['salesforce', 'User']]);

describe.each(engines)('people who are not assigned, on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let store: StoreParts;
  const clock = createTestClock();

  beforeAll(async () => {
    database = await place.open(clock);
    store = storeParts(database, clock, noLimits);
  });
  beforeEach(() => place.empty());

  /** A request whose calls end so, one after the other. */
  async function ended(outcomes: readonly Outcome[], more: Wish = {}): Promise<Request> {
    const request = await ask(
      store,
      outcomes.map((_, index) => `person ${index}`),
      more,
    );
    for (const outcome of outcomes) {
      await clock.advance(10);
      const task = await claimed(store);
      await finishTask(store, task, { outcome, graphRequestId: null, clientRequestId: null });
    }
    return request;
  }
  const found = async ({ id }: Request) => (await findUnassigned(database, id)).map(({ subjectId }) => subjectId);
  const tasksOf = async ({ id }: Request) => (await findRequest(database, id))?.tasks ?? [];

  it('are those whose call said so first, also after an attempt whose end is unknown', async () => {
    const lastTold: Outcome = {
      kind: 'unknown',
      why: 'timeout',
      last: { kind: 'notInScope', failedChecks: ['assigned', 'entitled'], report },
    };
    const request = await ended([
      outOfScope('assigned'),
      lastTold,
      outOfScope('active', 'assigned'),
      outOfScope('scopingFilter'),
      timedOut,
      refused('Denied', '"failedChecks":["assigned"] "cause":"assignment'),
    ]);

    expect(await found(request)).toEqual(['person 0', 'person 1']);
  });

  it('are none where Usher has just assigned them, or an access request waits for that itself', async () => {
    const tasks = [{ subject: person('diego'), members: [], awaitsAssignment: true }];
    const assigned = await ended([outOfScope('assigned')], { tasks });
    const approved = await ended([outOfScope('assigned')], { source: 'access|R7K3MQ' });

    expect([await found(assigned), await found(approved)]).toEqual([[], []]);
  });

  it('go back in line with the assignment before their calls, on the word of the person who clicked', async () => {
    const request = await ended([outOfScope('assigned'), outOfScope('scopingFilter'), outOfScope('assigned')]);

    const count = await assignAndRequeue(store, request.id, roles, 'patti');

    expect(count).toBe(2);
    const tasks = await tasksOf(request);
    expect(tasks.map(({ state }) => state.kind)).toEqual(['waiting', 'done', 'waiting']);
    expect(tasks[0]).toMatchObject({ attempts: 0, assignment: { kind: 'assign', appRole: 'User', step: 'wanted' } });
    const [entry] = await readAudit(database.query, 1);
    expect(entry).toMatchObject({ kind: 'assignmentOrdered', actorId: 'patti', requestId: request.id });
    expect(entry?.details).toEqual({ tasks: [tasks[0]?.id, tasks[2]?.id] });
  });

  it('are only those of a stretch where one is named', async () => {
    const request = await ended(Array.from({ length: 4 }, () => outOfScope('assigned')));
    const stretch = { from: 1, to: 3 };

    const before = await findUnassigned(database, request.id, stretch);
    const count = await assignAndRequeue(store, request.id, roles, 'patti', stretch);

    expect(before.map(({ subjectId }) => subjectId)).toEqual(['person 1', 'person 2']);
    expect(count).toBe(2);
    expect(await found(request)).toEqual(['person 0', 'person 3']);
  });

  it('go back once, however often the button is pressed', async () => {
    const request = await ended([outOfScope('assigned')]);

    const counts = await Promise.all([1, 2, 3].map(() => assignAndRequeue(store, request.id, roles, 'patti')));

    expect(counts.toSorted()).toEqual([0, 0, 1]);
  });

  it('stay as they are in an app for which no role is named', async () => {
    const request = await ended([outOfScope('assigned')]);

    expect(await assignAndRequeue(store, request.id, new Map([['github', 'User']]), 'patti')).toBe(0);

    expect((await tasksOf(request))[0]).toMatchObject({ state: { kind: 'done' }, assignment: { kind: 'none' } });
  });

  it('lose the assignment before their calls by a retry, which repeats the call alone', async () => {
    const request = await ended([outOfScope('assigned')]);
    await assignAndRequeue(store, request.id, roles, 'patti');
    const [task] = await tasksOf(request);
    await database.query.updateTable('tasks').set({ state: 'done', assigning: 'refused' }).execute();

    await requeueTasks(store, request.id, [task?.id ?? ''], 'patti');

    expect((await tasksOf(request))[0]).toMatchObject({ state: { kind: 'waiting' }, assignment: { kind: 'none' } });
    expect((await claimed(store)).task.id).toBe(task?.id);
  });

  it.each([
    ['refused', 'wanted'],
    ['unanswered', 'unanswered'],
    ['made', 'made'],
  ] as const)(
    'keep the assignment of an access request, whose approval holds for it as well: %s',
    async (before, after) => {
      const tasks = [{ subject: person('diego'), members: [], assignRole: 'User' }];
      const request = await ask(store, [], { tasks, source: `${accessSource}K3M7QA` });
      const [task] = await tasksOf(request);
      await database.query.updateTable('tasks').set({ state: 'done', assigning: before }).execute();

      await requeueTasks(store, request.id, [task?.id ?? ''], 'patti');

      expect((await tasksOf(request))[0]?.assignment).toEqual({ kind: 'assign', appRole: 'User', step: after });
    },
  );
});
