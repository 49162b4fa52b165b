import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StillMay } from '../../src/access/still-may.ts';
import type { Database } from '../../src/db/database.ts';
import { fetched, type GraphTrouble } from '../../src/graph/answer.ts';
import type { AssignResult, PersonsAssignment, UnassignResult } from '../../src/graph/assignments.ts';
import type { RemovalLeft } from '../../src/graph/outcome/refusal.ts';
import { createLog } from '../../src/log.ts';
import { type AssignerParts, startAssigner } from '../../src/requests/assigner.ts';
import { beginAssigning, claimAssignments } from '../../src/requests/assignment-steps.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import { forecastRequest } from '../../src/requests/forecast.ts';
import { forecastQueue, requeueTasks } from '../../src/requests/queue.ts';
import { assignmentLeft, type Request, type Task } from '../../src/requests/request.ts';
import { accessSource, findRequest, type StoreParts } from '../../src/requests/store.ts';
import type { Worker } from '../../src/worker.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { ask, claim, claimAllNow, claimed, person, storeParts } from './support.ts';

const minute = 60_000;
const trouble: GraphTrouble = {
  kind: 'noAnswer',
  why: 'timeout',
  trace: { clientRequestId: 'client', requestId: null, date: null },
};

const facts = { servicePrincipalId: 'salesforce', appName: 'Salesforce', roleId: 'user', roleName: 'User' };
const own = (id: string): PersonsAssignment => ({ ...facts, id, via: 'direct', principalId: 'diego' });
const ofGroup: PersonsAssignment = { ...facts, id: 'group’s', via: 'group', principalId: 'sales', groupName: 'Sales' };

describe.each(engines)('an assignment before a call on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;
  let assigner: Worker | null;
  let left: RemovalLeft | null;
  /** What Entra holds, what it answers to the next attempts, and what it was asked. */
  let isAssigned: boolean;
  let answers: AssignResult[];
  let asked: string[];
  /** The person's assignments in Entra, and the answers to the next deletions. */
  let listed: readonly PersonsAssignment[];
  let deletions: UnassignResult[];
  /** Graph does not tell the person's assignments. */
  let untold: boolean;
  /** Of each change that it told, whether it was of a request that carries out an access request. */
  let heard: boolean[];
  let standing: StillMay;
  let duringCall: () => Promise<void>;
  let beforeAnswer: () => Promise<void>;
  /** What a cache says of the person, until it forgets them. */
  let cached: boolean | null;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
    store = storeParts(database, clock);
  });
  beforeEach(async () => {
    await place.empty();
    isAssigned = false;
    answers = [];
    asked = [];
    listed = [own('one'), own('two'), ofGroup];
    deletions = [];
    untold = false;
    heard = [];
    standing = 'may';
    left = null;
    duringCall = async () => undefined;
    beforeAnswer = async () => undefined;
    cached = null;
    assigner = null;
  });
  afterEach(() => assigner?.stop());

  const assignments: AssignerParts['assignments'] = {
    list: async () => {
      await beforeAnswer();
      return untold ? { ok: false, trouble } : fetched(listed);
    },
    async unassign(_userId, { id }) {
      asked.push(id);
      await duringCall();
      const answer = deletions.shift() ?? { kind: 'done' };
      if (answer.kind === 'done') listed = listed.filter((one) => one.id !== id);
      return answer;
    },
    forget: () => {
      cached = null;
    },
    async find() {
      await beforeAnswer();
      return fetched((cached ?? isAssigned) ? { kind: 'assigned', through: null } : { kind: 'missing' });
    },
    async assign(app, subject, appRole) {
      asked.push(`${subject} → ${appRole} of ${app}`);
      await duringCall();
      const answer = answers.shift() ?? { kind: 'assigned', id: 'made' };
      if (answer.kind === 'assigned') isAssigned = true;
      return answer;
    },
  };

  async function run(): Promise<void> {
    assigner ??= startAssigner({
      store,
      assignments,
      authority: { of: async () => standing },
      whyLeft: async () => left,
      changed: (_, ofAccess) => heard.push(ofAccess),
      log: createLog('silent'),
    });
    await assigner.settled();
  }

  async function later(ms: number): Promise<void> {
    await clock.advance(ms);
    await run();
  }

  const wantsRole = (...people: readonly string[]): Promise<Request> =>
    ask(store, [], { tasks: people.map((id) => ({ subject: person(id), members: [], assignRole: 'User' })) });
  const taskOf = async ({ id }: Request): Promise<Task> => {
    const [task] = (await findRequest(database, id))?.tasks ?? [];
    if (task === undefined) throw new Error('the task is gone');
    return task;
  };
  const stepOf = async (request: Request) => {
    const { assignment } = await taskOf(request);
    return assignment.kind === 'none' ? null : assignment.step;
  };
  const recorded = async () =>
    (await readAudit(database.query, 100))
      .filter(({ kind }) => kind === 'assigned')
      .map(({ details }) => details.step)
      .toReversed();

  it('keeps its task out of line, so that it takes no grant and moves no other back', async () => {
    const wanting = await wantsRole('diego');
    const other = await ask(store, [], {
      tasks: [
        { subject: person('isaiah'), members: [] },
        { subject: person('grady'), members: [], assignRole: 'User' },
      ],
    });

    const foreseen = await forecastQueue(store);
    const foreseenAll = (await forecastRequest(store, other.id))?.tasks;
    const next = await claimed(store);

    expect(next.task.requestId).toBe(other.id);
    expect(await claim(store)).toEqual({ kind: 'idle' });
    expect([...foreseen.keys()]).toEqual([other.tasks[0]?.id]);
    expect([foreseenAll, await forecastRequest(store, wanting.id)]).toEqual([1, null]);
  });

  it('puts its task in line when it is made, whose call then waits for Graph to notice', async () => {
    const request = await wantsRole('diego');

    await run();

    expect(asked).toEqual(['diego → User of salesforce']);
    expect(await taskOf(request)).toMatchObject({ awaitsAssignment: true, state: { kind: 'waiting' } });
    expect((await claimed(store)).task.requestId).toBe(request.id);
    expect(await recorded()).toEqual(['begun', 'made']);
  });

  it('is noted as begun before Entra is asked', async () => {
    const request = await wantsRole('diego');
    let during: unknown = null;
    duringCall = async () => {
      during = await stepOf(request);
    };

    await run();

    expect([during, await stepOf(request)]).toEqual(['begun', 'made']);
  });

  it('is not made for a person who is assigned already, whom Usher does not say it has assigned', async () => {
    isAssigned = true;
    cached = false;
    const request = await wantsRole('diego');

    await run();

    expect(asked).toEqual([]);
    expect([await stepOf(request), assignmentLeft(await taskOf(request))]).toEqual(['found', 'none']);
    expect((await claimed(store)).task.awaitsAssignment).toBe(true);
  });

  it('is not Usher’s where another one was made right before its first call', async () => {
    const request = await wantsRole('diego');
    answers = [{ kind: 'already' }];

    await run();

    expect(await stepOf(request)).toBe('found');
    const { assignment_id: id } = await database.query
      .selectFrom('tasks')
      .select('assignment_id')
      .executeTakeFirstOrThrow();
    expect(id).toBeNull();
  });

  it('is repeated after a minute and then at growing pauses while Graph gives no clear answer', async () => {
    answers = [
      { kind: 'trouble', trouble },
      { kind: 'trouble', trouble },
      { kind: 'trouble', trouble },
    ];
    const request = await wantsRole('diego');
    const start = clock.now();
    const dueIn = async () => {
      const { state } = await taskOf(request);
      return state.kind === 'waiting' ? state.dueAt - start : null;
    };

    await run();
    const first = [await stepOf(request), await dueIn()];
    await later(minute);
    const second = await dueIn();
    await later(minute);
    const third = await dueIn();
    await later(2 * minute);

    expect(first).toEqual(['unanswered', minute]);
    expect([second, third]).toEqual([2 * minute, 4 * minute]);
    expect([await stepOf(request), asked.length]).toEqual(['made', 4]);
    expect(await recorded()).toEqual(['begun', 'unanswered', 'made']);
  });

  it('ends its task when Graph has given no clear answer for a day', async () => {
    answers = Array.from({ length: 100 }, () => ({ kind: 'trouble', trouble }));
    const request = await wantsRole('diego');

    await run();
    for (let hours = 0; hours < 25; hours += 1) await later(60 * minute);

    const task = await taskOf(request);
    expect(task.state).toMatchObject({ kind: 'done', outcome: { kind: 'refused', cause: 'assignmentUnanswered' } });
    expect(assignmentLeft(task)).toBe('perhaps');
  });

  it('ends its task alone when Entra refuses it, with the code', async () => {
    answers = [{ kind: 'refused', why: 'permission', code: 'Authorization_RequestDenied' }];
    const request = await wantsRole('diego', 'grady');

    await run();

    const tasks = (await findRequest(database, request.id))?.tasks ?? [];
    expect(tasks.map(({ state }) => state.kind).toSorted()).toEqual(['done', 'waiting']);
    expect(tasks.find(({ state }) => state.kind === 'done')?.state).toMatchObject({
      outcome: { kind: 'refused', cause: 'assignmentRefused', code: 'Authorization_RequestDenied' },
    });
    expect((await recorded()).toSorted()).toEqual(['begun', 'begun', 'made', 'refused']);
  });

  it.each([
    ['a line', 'conversation|1', false],
    ['an access request', `${accessSource}K3M7QA`, true],
  ])('tells of a change, and what the request carries out: %s', async (_what, source, ofAccess) => {
    await ask(store, [], { source, tasks: [{ subject: person('diego'), members: [], assignRole: 'User' }] });

    await run();

    expect(heard).toEqual([ofAccess]);
  });

  it('is not sent for a task that was canceled before', async () => {
    const request = await wantsRole('diego');
    await cancelRequest(store, request.id, 'alex');

    await run();

    expect([asked, await recorded()]).toEqual([[], []]);
  });

  it('is not sent for a task that is canceled while Usher looks whether the person is assigned', async () => {
    const request = await wantsRole('diego');
    beforeAnswer = async () => {
      await cancelRequest(store, request.id, 'alex');
    };

    await run();

    expect([asked, await stepOf(request), await recorded()]).toEqual([[], 'wanted', []]);
  });

  it('may have been made for a task that is canceled meanwhile, until the answer tells', async () => {
    const request = await wantsRole('diego');
    let meanwhile: Task | null = null;
    duringCall = async () => {
      await cancelRequest(store, request.id, 'alex');
      meanwhile = await taskOf(request);
    };

    await run();

    expect(meanwhile).toMatchObject({ state: { kind: 'cancelled' }, assignment: { step: 'begun' } });
    const after = await taskOf(request);
    expect([after.state.kind, assignmentLeft(after)]).toEqual(['cancelled', 'made']);
    expect(await claim(store)).toEqual({ kind: 'idle' });
  });

  it.each([
    { what: 'finds what a process did that died before the answer', isDone: true, calls: 0 },
    { what: 'is made once where that process died before the call was sent', isDone: false, calls: 1 },
  ])('$what', async ({ isDone, calls }) => {
    const request = await wantsRole('diego');
    const until = clock.now() + 30_000;
    const [left] = await claimAssignments(store, { owner: 'a process that dies', until }, 4, true);
    if (left === undefined) throw new Error('nothing was claimed');
    await beginAssigning(store, left);
    isAssigned = isDone;

    await later(40_000);

    expect(asked).toHaveLength(calls);
    expect(await stepOf(request)).toBe('made');
    expect(await recorded()).toEqual(['begun', 'made']);
  });

  it('belongs to one process at a time', async () => {
    await wantsRole('diego');
    const claimAs = (owner: string) => claimAssignments(store, { owner, until: clock.now() + 30_000 }, 4, true);

    const both = [await claimAs('one'), await claimAs('one')];

    expect(both.map(({ length }) => length)).toEqual([1, 0]);
  });

  it.each(['mayNot', 'unread'] as const)(
    'is not made where the person who ordered it %s order it any more',
    async (now) => {
      standing = now;
      const request = await wantsRole('diego');

      await run();

      expect(asked).toEqual([]);
      expect((await taskOf(request)).state).toMatchObject({ kind: 'done', outcome: { cause: 'ordererMayNot' } });
    },
  );

  it('waits while Graph does not tell whether that person still may', async () => {
    standing = 'unknown';
    const request = await wantsRole('diego');
    await run();
    const before = [asked.length, await stepOf(request)];

    standing = 'may';
    await later(minute);

    expect([before, asked.length, await stepOf(request)]).toEqual([[0, 'wanted'], 1, 'made']);
  });

  describe('that is deleted', () => {
    const removes = (only: readonly string[] | null = null): Promise<Request> =>
      ask(store, [], {
        tasks: [{ subject: person('diego'), members: [], unassign: { only, roles: [], through: [] } }],
      });
    const records = async () =>
      (await readAudit(database.query, 100))
        .filter(({ kind }) => kind === 'unassigned')
        .map(({ details }) => details)
        .toReversed();

    it('is every one of the person’s own, and none of a group, which the task names; then its call waits for Graph', async () => {
      const request = await removes();

      await run();

      expect(asked).toEqual(['one', 'two']);
      expect(await taskOf(request)).toMatchObject({
        assignment: { kind: 'unassign', only: null, through: ['Sales'], step: 'made' },
        awaitsAssignment: true,
      });
      expect((await claimed(store)).task.requestId).toBe(request.id);
      expect(await records()).toMatchObject([
        { step: 'begun', assignments: ['one', 'two'], subject: 'diego' },
        { step: 'made', assignments: ['one', 'two'], subject: 'diego' },
      ]);
    });

    it('is the named one alone, and the task tells that another of the person’s own stays', async () => {
      const request = await removes(['one']);

      await run();

      expect(asked).toEqual(['one']);
      expect(await taskOf(request)).toMatchObject({ assignment: { only: ['one'], through: ['Sales'], others: true } });
    });

    it('waits for a provisioning of the same person to the same app that is under way', async () => {
      await ask(store, ['diego']);
      const request = await removes();
      await run();
      const before = [[...asked], await stepOf(request)];

      await claimAllNow(store);
      await later(minute);

      expect(before).toEqual([[], 'wanted']);
      expect([asked, await stepOf(request)]).toEqual([['one', 'two'], 'made']);
    });

    it('makes an assignment of the same person to the same app wait, once it has begun', async () => {
      deletions = [{ kind: 'trouble', trouble }];
      await removes();
      await run();
      const request = await wantsRole('diego');

      await run();
      const meanwhile = await stepOf(request);
      await later(minute);
      await database.query.updateTable('tasks').set({ state: 'cancelled' }).where('unassign', 'is not', null).execute();
      await later(minute);

      expect(meanwhile).toBe('wanted');
      expect(await stepOf(request)).toBe('made');
    });

    it('is only the named one where the request names it', async () => {
      await removes(['two']);

      await run();

      expect(asked).toEqual(['two']);
    });

    it('is none where the person has none of their own, for which Usher claims no credit', async () => {
      listed = [ofGroup];
      const request = await removes();

      await run();

      expect([asked, await stepOf(request)]).toEqual([[], 'found']);
    });

    it('is deleted once, and the others after it, when Graph did not answer in the middle', async () => {
      deletions = [{ kind: 'done' }, { kind: 'trouble', trouble }];
      const request = await removes();

      await run();
      const between = await stepOf(request);
      await later(minute);

      expect([between, await stepOf(request)]).toEqual(['unanswered', 'made']);
      expect(asked).toEqual(['one', 'two', 'two']);
    });

    it('counts as deleted where it is gone', async () => {
      deletions = [{ kind: 'gone' }, { kind: 'gone' }];
      const request = await removes();

      await run();

      expect(await stepOf(request)).toBe('made');
    });

    it('ends the task, with the code, where Entra refuses', async () => {
      deletions = [{ kind: 'refused', why: 'permission', code: 'Authorization_RequestDenied' }];
      const request = await removes();

      await run();

      expect((await taskOf(request)).state).toMatchObject({
        outcome: { kind: 'refused', cause: 'unassignRefused', code: 'Authorization_RequestDenied' },
      });
    });

    it.each(['deletionsHeld', 'accountOff', 'deletedInEntra'] as const)(
      'is left alone, with the reason: %s',
      async (why) => {
        left = why;
        const request = await removes();

        await run();

        expect([asked, await stepOf(request), await recorded()]).toEqual([[], 'wanted', []]);
        expect((await taskOf(request)).state).toMatchObject({
          outcome: { kind: 'refused', cause: 'removalLeft', code: why },
        });
      },
    );
    describe('by hand', () => {
      const byHand = (only: readonly string[] | null = null): Promise<Request> =>
        ask(store, [], {
          tasks: [
            { subject: person('diego'), members: [], unassign: { only, roles: [], through: [] }, assigning: 'byHand' },
          ],
        });

      it('is looked for at growing pauses for an hour, and nothing is deleted', async () => {
        const request = await byHand();
        const looks: number[] = [];
        beforeAnswer = async () => void looks.push(clock.now() - start);
        const start = clock.now();

        await run();
        for (let passed = 0; passed < 70 * minute; passed += minute / 2) await later(minute / 2);

        expect(looks.map((ms) => ms / minute)).toEqual([0, 0.5, 1, 2, 4, 8, 16, 32, 60]);
        expect(asked).toEqual([]);
        expect(await taskOf(request)).toMatchObject({
          assignment: { step: 'byHand', through: ['Sales'] },
          state: { kind: 'done', outcome: { kind: 'refused', cause: 'stillAssigned', code: 'StillAssigned' } },
        });
        expect(await claim(store)).toMatchObject({ kind: 'idle' });
      });

      it('is not said to be there still where Graph did not tell after an hour', async () => {
        const request = await byHand();
        untold = true;

        for (const passed of [0, 61]) await later(passed * minute);

        expect((await taskOf(request)).state).toMatchObject({ outcome: { code: 'AssignmentsUnread' } });
      });

      it.each([
        ['all of the person', null],
        ['one of them', ['one']],
      ])('lets the call be made, which waits for Graph, once nothing assigns the person: %s', async (_, only) => {
        const request = await byHand(only);
        listed = [own('two')];
        await run();
        const before = await stepOf(request);
        listed = [];

        await later(minute);

        expect([before, await stepOf(request)]).toEqual(['byHand', 'found']);
        expect((await claimed(store)).task).toMatchObject({ requestId: request.id, awaitsAssignment: true });
      });

      it('is looked for again at a retry, and never deleted', async () => {
        const request = await byHand();
        for (const passed of [0, 61]) await later(passed * minute);

        await requeueTasks(store, request.id, [(await taskOf(request)).id], 'alex');
        await run();

        expect([asked, await stepOf(request), (await taskOf(request)).state.kind]).toEqual([[], 'byHand', 'waiting']);
      });
    });

    it('is not deleted for a task that is canceled while Usher looks for it', async () => {
      const request = await removes();
      beforeAnswer = async () => void (await cancelRequest(store, request.id, 'alex'));

      await run();

      expect([asked, await stepOf(request)]).toEqual([[], 'wanted']);
    });
  });
});
