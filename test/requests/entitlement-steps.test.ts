import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../src/db/database.ts';
import { ordererMayNot } from '../../src/graph/outcome/refusal.ts';
import { emptyReport, type Outcome } from '../../src/graph/outcome.ts';
import { cancelRequest, confirmRequest } from '../../src/requests/confirmation.ts';
import { type Entitlement, noteMade, reminderOf, tellingOf } from '../../src/requests/entitlement.ts';
import {
  claimEntitlements,
  endByHand,
  endNow,
  nextEntitlementAt,
  settleRemovals,
  stepOn,
  tryAgain,
} from '../../src/requests/entitlement-steps.ts';
import { findEntitlements, presentAccess } from '../../src/requests/find-entitlements.ts';
import { endRemoved } from '../../src/requests/later-requests.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import type { Request, Task } from '../../src/requests/request.ts';
import { finishTask } from '../../src/requests/running.ts';
import { accessSource, findRequest, type StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { readAudit } from '../support/read-audit.ts';
import { ask, claimed, person, storeParts } from './support.ts';

const hour = 60 * 60_000;
const day = 24 * hour;
const removed: Outcome = { kind: 'removed', how: 'disabled', report: emptyReport };
const notRemoved = (why: 'accountAlive' | 'syncsAll'): Outcome => ({ kind: 'notRemoved', why, report: emptyReport });
const megan = { id: 'megan', name: 'Megan Bowen' };
const alex = { id: 'alex', name: 'Alex Wilber' };
const created: Outcome = { kind: 'created', report: emptyReport };

describe('when the end of access is announced', () => {
  it.each([
    [8 * hour, 7 * hour],
    [20 * hour, 18 * hour],
    [100 * day, 90 * day],
    [365 * day, 351 * day],
    [2 * hour, hour],
    [hour, null],
    [hour / 2, null],
  ])('of %i ms is after %s', (lasts, after) => {
    expect(reminderOf(1_000, 1_000 + lasts)).toBe(after === null ? null : 1_000 + after);
  });
});

describe.each(engines)('access that ends on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;
  let told: string[];

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
    store = storeParts(database, clock);
  });
  beforeEach(async () => {
    await place.empty();
    told = [];
  });

  const announce: Parameters<typeof stepOn>[2] = async (_transaction, { news }) => {
    told.push(news ?? '');
  };
  /** Diego gets Salesforce for eight hours; `madeId`: the assignment that Usher made for it. */
  async function give(madeId: string | null, outcome: Outcome | null = created, lasts = 8 * hour): Promise<Request> {
    const ends = { endsAt: clock.now() + lasts, isTimed: true };
    const request = await ask(store, [], { tasks: [{ subject: person('diego'), members: [], ends }] });
    const done =
      outcome === null
        ? {}
        : ({
            state: 'done',
            started_at: 1,
            finished_at: 1,
            outcome_kind: outcome.kind,
            outcome: JSON.stringify(outcome),
          } as const);
    await database.query
      .updateTable('tasks')
      .set({ assignment_id: madeId, ...(madeId === null ? {} : { assign_role: 'User', assigning: 'made' }), ...done })
      .where('request_id', '=', request.id)
      .execute();
    return request;
  }
  const rowOf = ({ id }: Request) =>
    database.query.selectFrom('entitlements').selectAll().where('request_id', '=', id).executeTakeFirstOrThrow();
  const one = async (request: Request): Promise<Entitlement> => {
    const [found] = await findEntitlements(database, request.id);
    if (found === undefined) throw new Error('there is no entitlement');
    return found;
  };
  const step = async (request: Request) => stepOn(store, await rowOf(request), announce);
  const settle = () => settleRemovals(store, 10, announce);
  async function endRemoval(request: Request, outcome: Outcome): Promise<void> {
    const { removal_id } = await rowOf(request);
    await database.query
      .updateTable('tasks')
      .set({
        state: 'done',
        started_at: 1,
        finished_at: 1,
        outcome_kind: outcome.kind,
        outcome: JSON.stringify(outcome),
      })
      .where('request_id', '=', removal_id ?? '')
      .execute();
  }
  /** The access whose removal left the account alive. */
  async function overdue(): Promise<Request> {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    await endRemoval(request, notRemoved('accountAlive'));
    await settle();
    return request;
  }
  const removals = () =>
    database.query.selectFrom('tasks').select(['id', 'state']).where('unassign', 'is not', null).execute();
  const removalTasks = async () => (await removals()).map(({ id }) => id);
  const removalStates = async () => (await removals()).map(({ state }) => state);

  it('is announced once, and then begins to end, by a request that deletes what Usher assigned and nothing else', async () => {
    const request = await give('made');

    await clock.advance(7.1 * hour);
    await step(request);
    await step(request);
    const before = await one(request);
    await clock.advance(hour);
    await step(request);

    expect([before.state.kind, told]).toEqual(['active', ['reminder', 'begun']]);
    const { state, removalId } = await one(request);
    expect(state).toEqual({ kind: 'ending' });
    const [task] = (await findRequest(database, removalId ?? ''))?.tasks ?? [];
    expect(task).toMatchObject({ subject: { id: 'diego' }, assignment: { kind: 'unassign', only: ['made'] } });
  });

  it.each([
    ['that Usher made', 'made', true],
    ['that Usher did not make', null, false],
  ])('is announced with whether Usher takes the assignment away: one %s', async (_what, madeId, takes) => {
    const request = await give(madeId);

    await clock.advance(7.1 * hour);
    const reminder = await step(request);

    expect(reminder).toMatchObject({ news: 'reminder', entitlement: { inherits: takes } });
  });

  it('begins to end once, however many processes see that it is due', async () => {
    const request = await give('made');
    await clock.advance(9 * hour);
    const row = await rowOf(request);

    await Promise.all(Array.from({ length: 10 }, () => stepOn(store, row, announce)));

    const removals = await database.query.selectFrom('requests').select('id').where('purpose', '=', 'end').execute();
    expect(removals).toHaveLength(1);
    expect(told).toEqual(['begun']);
  });

  it('is leased by one process at a time', async () => {
    await give('made');
    await clock.advance(9 * hour);
    const claim = (owner: string) => claimEntitlements(store, { owner, until: clock.now() + 30_000 }, 4, true);

    const claims = [await claim('one'), await claim(engine.name === 'SQLite' ? 'one' : 'other')];

    expect(claims.map((rows) => rows.length)).toEqual(engine.name === 'SQLite' ? [1, 0] : [1, 0]);
  });

  it.each<[string, Outcome, object, number | null]>([
    ['ended, where the answer proves it', removed, { kind: 'ended', as: 'verified' }, null],
    [
      'overdue, and tried again, where the account is alive',
      notRemoved('accountAlive'),
      { kind: 'overdue', why: 'accountAlive' },
      15 * 60_000,
    ],
    ['overdue for good, where no call can tell', notRemoved('syncsAll'), { kind: 'overdue', why: 'syncsAll' }, day],
    [
      'overdue, where the call failed',
      { kind: 'failed', code: '', reason: null, recommendedAction: null, report: emptyReport },
      { kind: 'overdue', why: 'failed' },
      15 * 60_000,
    ],
    [
      'overdue, where the app is in quarantine',
      { kind: 'refused', status: 401, code: '', message: '', cause: 'quarantined' },
      { kind: 'overdue', why: 'refused.quarantined' },
      15 * 60_000,
    ],
  ])('is %s', async (_what, outcome, state, pauseMs) => {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    await endRemoval(request, outcome);

    await settle();
    await settle();

    expect((await one(request)).state).toEqual(state);
    expect(await nextEntitlementAt(store)).toBe(pauseMs === null ? null : clock.now() + pauseMs);
    expect(told).toEqual(['begun', outcome.kind === 'removed' ? 'verified' : 'overdue']);
  });

  it('is tried again at growing pauses', async () => {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    const pauses: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      await endRemoval(request, notRemoved('accountAlive'));
      await settle();
      const dueAt = (await nextEntitlementAt(store)) ?? 0;
      pauses.push(dueAt - clock.now());
      await clock.advance(dueAt - clock.now());
      await tryAgain(store, await rowOf(request));
    }

    expect(pauses.map((ms) => ms / 60_000)).toEqual([15, 60, 240, 1_440, 1_440]);
  });

  it('stays overdue where the process dies before its removal is in line again', async () => {
    const request = await overdue();
    const died = new Error('the process died');
    const dying: StoreParts = {
      ...store,
      database: {
        ...database,
        transact: (work) =>
          database.transact(async (transaction) => {
            await work(transaction);
            throw died;
          }),
      },
    };
    const before = await rowOf(request);

    await expect(tryAgain(dying, before)).rejects.toBe(died);

    expect(await rowOf(request)).toEqual(before);
    expect(await removalStates()).toEqual(['done']);
  });

  it('is told to have ended where a person has its removal tried again', async () => {
    const request = await overdue();
    const { removalId } = await one(request);

    await requeueTasks(store, removalId ?? '', await removalTasks(), 'alex');
    const { state, tries } = await one(request);
    await endRemoval(request, removed);
    await settle();

    expect([state.kind, tries]).toEqual(['ending', 2]);
    expect((await one(request)).state).toEqual({ kind: 'ended', as: 'verified' });
    expect(told).toEqual(['begun', 'overdue', 'verified']);
  });

  it('is not told to be overdue by a process that read the end of its removal before it was tried again', async () => {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    await endRemoval(request, notRemoved('accountAlive'));
    const slow: StoreParts = {
      ...store,
      database: {
        ...database,
        async transact(work) {
          await settle();
          await tryAgain(store, await rowOf(request));
          return database.transact(work);
        },
      },
    };

    const steps = await settleRemovals(slow, 10, announce);

    expect(steps).toEqual([]);
    expect((await one(request)).state).toEqual({ kind: 'ending' });
    expect(await removalStates()).toEqual(['waiting']);
  });

  it('is not tried again where no call can tell, and told after a day and then every week', async () => {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    await endRemoval(request, notRemoved('syncsAll'));
    await settle();
    const tellings: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      tellings.push(tellingOf(await one(request)));
      await clock.advance(n === 0 ? day : 7 * day);
      await step(request);
    }

    expect(tellings).toEqual([1, 2, 3, 4]);
    expect(told).toEqual(['begun', ...Array(5).fill('overdue')]);
    expect(await nextEntitlementAt(store)).toBe(clock.now() + 7 * day);
    expect((await one(request)).state).toEqual({ kind: 'overdue', why: 'syncsAll' });
  });

  it('is told at the first try, a day later, and then once a week, however often it is tried', () => {
    const tellings = Array.from({ length: 19 }, (_, n) =>
      tellingOf({ tries: n + 1, state: { kind: 'overdue', why: 'failed' } }),
    );

    expect(tellings).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3]);
  });

  it('is only overdue where Usher has assigned nothing, and nothing is deleted', async () => {
    const request = await give(null);
    await clock.advance(9 * hour);

    await step(request);

    expect((await one(request)).state).toEqual({ kind: 'overdue', why: 'notAssignedByUsher' });
    expect([await nextEntitlementAt(store), told]).toEqual([clock.now() + day, ['overdue']]);
  });

  it('is not given any more where its call still waits, and was never given where it was refused', async () => {
    const waiting = await give(null, null);
    await clock.advance(9 * hour);

    await step(waiting);
    await step(waiting);

    expect((await one(waiting)).state).toEqual({ kind: 'ended', as: 'neverGiven' });
    expect((await findRequest(database, waiting.id))?.tasks[0]?.state.kind).toBe('cancelled');
    expect(told).toEqual([]);
  });

  it('is extended by a later request, which takes over what Usher assigned', async () => {
    const first = await give('made');
    const second = await give(null, created, 20 * hour);

    await clock.advance(9 * hour);
    await step(first);
    const meanwhile = await one(first);
    await clock.advance(12 * hour);
    await step(second);

    expect(meanwhile.state).toEqual({ kind: 'ended', as: 'extended' });
    const [task] = (await findRequest(database, (await one(second)).removalId ?? ''))?.tasks ?? [];
    expect(task?.assignment).toMatchObject({ only: ['made'] });
  });

  it.each<['cancelled' | 'done', object]>([
    ['cancelled', { kind: 'ended', as: 'neverGiven' }],
    ['done', { kind: 'ended', as: 'neverGiven' }],
  ])(
    'ends at its own time after all where the later request is %s without having given anything',
    async (state, later) => {
      const first = await give('made');
      const second = await give(null, null, 20 * hour);
      const mayNot = { outcome_kind: 'refused', outcome: JSON.stringify(ordererMayNot) } as const;
      await database.query
        .updateTable('tasks')
        .set({ state, cancelled_by: 'alex', finished_at: 1, started_at: 1, ...(state === 'done' ? mayNot : {}) })
        .where('request_id', '=', second.id)
        .execute();
      const due = [];

      await clock.advance(8 * hour);
      due.push((await nextEntitlementAt(store)) ?? 0);
      await step(second);
      due.push((await nextEntitlementAt(store)) ?? 0);
      await step(first);

      expect(due).toEqual([clock.now(), clock.now()]);
      expect((await one(second)).state).toEqual(later);
      expect((await one(first)).state).toEqual({ kind: 'ending' });
      expect(told).toEqual(['begun']);
    },
  );

  it('is told at the later end where the later request has given nothing, and Usher knows no assignment of its own', async () => {
    const first = await give(null);
    const second = await give(
      null,
      { kind: 'failed', ...{ code: '', reason: null, recommendedAction: null, report: emptyReport } },
      20 * hour,
    );

    await clock.advance(20 * hour);
    await step(second);
    await step(first);

    expect([(await one(second)).state, (await one(first)).state, told]).toEqual([
      { kind: 'ended', as: 'neverGiven' },
      { kind: 'overdue', why: 'notAssignedByUsher' },
      ['overdue'],
    ]);
  });

  it('is put off by a request that asks first only once that is confirmed', async () => {
    const first = await give('made');
    const ends = { endsAt: clock.now() + 20 * hour, isTimed: true };
    const asked = { tasks: [{ subject: person('diego'), members: [], ends }], held: true };
    const held = await ask(store, [], asked);
    const before = [(await one(first)).state, await findEntitlements(database, held.id)];

    await confirmRequest(store, held.id, 'alex');

    expect(before).toEqual([{ kind: 'active' }, []]);
    expect([(await one(first)).state, (await one(held)).endsAt]).toEqual([
      { kind: 'ended', as: 'extended' },
      ends.endsAt,
    ]);
  });

  it('is looked at when the earlier end comes, without a word to people, and then announced in its own time', async () => {
    await give('made');
    const second = await give(null, created, 20 * hour);

    await clock.advance(8 * hour);
    await step(second);
    const quiet = [...told];
    await clock.advance(10.1 * hour);
    await step(second);

    expect([quiet, told]).toEqual([[], ['reminder']]);
  });

  it.each([
    ['an approval', accessSource, { kind: 'ended', as: 'extended' }],
    ['an operator', 'teams|', { kind: 'ending' }],
  ])('goes on or not where %s has given it without an end since', async (_who, source, state) => {
    const first = await give('made');
    await clock.advance(hour);
    await ask(store, [], { source: `${source}later`, tasks: [{ subject: person('diego'), members: [] }] });

    await clock.advance(8 * hour);
    await step(first);

    expect((await one(first)).state).toEqual(state);
  });

  it('is over once a removal of the same person from the same app is proven, and not before', async () => {
    const request = await give('made');
    const remove = async (outcome: Outcome) => {
      await ask(store, [], { tasks: [{ subject: person('diego'), members: [] }] });
      await finishTask(store, await claimed(store), { outcome, graphRequestId: null, clientRequestId: 'client' });
    };

    await remove(notRemoved('accountAlive'));
    const before = (await one(request)).state;
    await remove(removed);

    expect([before, (await one(request)).state]).toEqual([{ kind: 'active' }, { kind: 'ended', as: 'verified' }]);
    expect(await nextEntitlementAt(store)).toBeNull();
    const [last] = (await readAudit(database.query, 100)).filter(({ kind }) => kind === 'accessEnd');
    expect(last?.details).toMatchObject({ step: 'verified', subject: 'diego', app: 'salesforce' });
  });

  it('is not over at a proven removal while a request is under way that gives the access anew', async () => {
    await give(null, null);
    const later = await give(null, created, 20 * hour);
    const [task] = (await findRequest(database, later.id))?.tasks ?? [];

    await database.transact((transaction) => endRemoved(transaction, task as Task, clock.now()));

    expect((await one(later)).state).toEqual({ kind: 'active' });
  });

  it.each([
    ['Usher’s own', 'made', true],
    ['not Usher’s', null, false],
  ])(
    'is known as what a person has at present, with the latest end and whether the assignment is %s',
    async (_whose, madeId, isUshers) => {
      const who = { personId: 'diego', appId: 'salesforce' };
      const before = await presentAccess(database, who);
      await give(madeId);
      const endsAt = clock.now() + 20 * hour;
      await give(null, created, 20 * hour);

      const present = await presentAccess(database, who);

      expect([before, present]).toEqual([null, { endsAt, isTimed: true, isUshers }]);
    },
  );

  it('is called off by a later request that comes before anything is deleted', async () => {
    const first = await give('made');
    await clock.advance(9 * hour);
    await step(first);
    const { removalId } = await one(first);

    const second = await give(null, created, 20 * hour);
    await clock.advance(21 * hour);
    await step(second);

    expect((await one(first)).state).toEqual({ kind: 'ended', as: 'extended' });
    expect((await findRequest(database, removalId ?? ''))?.tasks[0]?.state.kind).toBe('cancelled');
    const [task] = (await findRequest(database, (await one(second)).removalId ?? ''))?.tasks ?? [];
    expect(task?.assignment).toMatchObject({ only: ['made'] });
  });

  it('takes away what Usher assigns late: for a request that is extended by then, or after its end', async () => {
    const late = async (request: Request) => {
      const [task] = (await findRequest(database, request.id))?.tasks ?? [];
      await database.transact((transaction) => noteMade(transaction, task as Task, 'late', clock.now()));
    };
    const removes = async (request: Request) => {
      const [task] = (await findRequest(database, (await one(request)).removalId ?? ''))?.tasks ?? [];
      return task?.assignment;
    };
    const first = await give(null, null);
    const second = await give(null, created, 20 * hour);
    await late(first);
    await clock.advance(21 * hour);
    await step(second);
    const ofExtended = await removes(second);
    await place.empty();
    const alone = await give(null);
    await clock.advance(9 * hour);
    await step(alone);
    const before = (await one(alone)).state;

    await late(alone);
    await step(alone);

    expect(before).toEqual({ kind: 'overdue', why: 'notAssignedByUsher' });
    for (const assignment of [ofExtended, await removes(alone)]) expect(assignment).toMatchObject({ only: ['late'] });
  });

  it('is tried again by another removal where its own was canceled', async () => {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    const { removalId: canceled } = await one(request);
    await cancelRequest(store, canceled ?? '', 'alex');
    await settle();
    const { state } = await one(request);

    await clock.advance(hour);
    await tryAgain(store, await rowOf(request));
    await step(request);

    expect(state).toEqual({ kind: 'overdue', why: 'other' });
    const { removalId, state: after } = await one(request);
    expect(after).toEqual({ kind: 'ending' });
    expect(removalId).not.toBe(canceled);
  });

  it('stays due where it is overdue, also for a process that still takes it for one that is not', async () => {
    const request = await give('made');
    await clock.advance(9 * hour);
    await step(request);
    await endRemoval(request, notRemoved('accountAlive'));
    await settle();
    await clock.advance(hour);

    await step(request);

    expect(await nextEntitlementAt(store)).toBeLessThanOrEqual(clock.now());
    expect(await tryAgain(store, await rowOf(request))).toBe(true);
  });

  it('ends when a person says so, though its reminder is written at that moment', async () => {
    const request = await give('made');
    await clock.advance(7.1 * hour);
    const row = await rowOf(request);

    // The reminder's step has to wait for the person's, or the other way round.
    await Promise.all(
      Array.from({ length: 5 }, async (_, n) =>
        n === 0 ? endNow(store, await one(request), megan) : stepOn(store, row, announce),
      ),
    );
    await step(request);

    expect((await one(request)).state).toEqual({ kind: 'ending' });
  });

  it('ends before its time, or is noted as done by hand, on the word of a person, whom the record names', async () => {
    const request = await give('made');
    const early = [
      await endByHand(store, await one(request), alex, announce),
      await endNow(store, await one(request), megan),
    ];
    await step(request);
    await endRemoval(request, notRemoved('syncsAll'));
    await settle();
    const late = [
      await endNow(store, await one(request), megan),
      await endByHand(store, await one(request), alex, announce),
    ];

    expect([early, late]).toEqual([
      [false, true],
      [false, true],
    ]);
    const { ends } = (await findRequest(database, request.id))?.tasks[0] ?? {};
    expect(ends).toMatchObject({ state: { kind: 'ended', as: 'byHand' }, endedBy: 'Alex Wilber', inherits: false });
    const steps = (await readAudit(database.query, 100)).filter(({ kind }) => kind === 'accessEnd').toReversed();
    expect(steps.map(({ actorId, details }) => [actorId, details.step])).toEqual([
      ['megan', 'endedEarly'],
      ['', 'begun'],
      ['', 'overdue'],
      ['alex', 'byHand'],
    ]);
  });

  it('claims no end that no answer proves, deletes nothing that Usher did not make, and begins once, in any order of things', async () => {
    const acts = fc.constantFrom(
      'hours',
      'step',
      'settle',
      'again',
      'removed',
      'alive',
      'everybody',
      'endNow',
      'byHand',
      'extend',
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(acts, { maxLength: 14 }), async (isMade, script) => {
        await place.empty();
        const request = await give(isMade ? 'made' : null);
        let last: Outcome | null = null;
        for (const act of script) {
          const entitlement = await one(request);
          if (act === 'hours') await clock.advance(5 * hour);
          if (act === 'step') await step(request);
          if (act === 'settle') await settle();
          if (act === 'again') await tryAgain(store, await rowOf(request));
          if (act === 'endNow') await endNow(store, entitlement, megan);
          if (act === 'byHand') await endByHand(store, entitlement, alex, announce);
          if (act === 'extend') await give(null, created, 20 * hour);
          if (act === 'removed' || act === 'alive' || act === 'everybody') {
            const outcome = act === 'removed' ? removed : notRemoved(act === 'alive' ? 'accountAlive' : 'syncsAll');
            if (entitlement.state.kind === 'ending') last = outcome;
            await endRemoval(request, outcome);
          }
        }
        await settle();

        const { state } = await one(request);
        const removals = await database.query
          .selectFrom('tasks')
          .select('unassign')
          .where('unassign', 'is not', null)
          .execute();
        if (state.kind === 'ended' && state.as === 'verified') expect(last).toEqual(removed);
        expect(removals.length).toBeLessThanOrEqual(isMade ? 1 : 0);
        for (const { unassign } of removals) expect(JSON.parse(unassign ?? '')).toMatchObject({ only: ['made'] });
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
