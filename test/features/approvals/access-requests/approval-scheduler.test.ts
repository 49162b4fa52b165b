import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import {
  type ApprovalScheduler,
  type DueActions,
  type Routing,
  type StartVerdict,
  startApprovalScheduler,
} from '../../../../src/features/approvals/access-requests/approval-scheduler.ts';
import { act, findAccessRequest } from '../../../../src/features/approvals/access-requests/store.ts';
import { createLog } from '../../../../src/log.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { cancelRequest } from '../../../../src/requests/confirmation.ts';
import { finishTask } from '../../../../src/requests/running.ts';
import { claimed, done, named, wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  accessParts,
  approve,
  approved,
  askAccess,
  cancel,
  dayMs,
  kindsOf,
  reader,
  stateOf,
  takeDue,
  takeNotices,
} from './support.ts';

const outOfScope = {
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
} as const;
const hourMs = 60 * 60_000;
const minuteMs = 60_000;
const desk = { key: 'desk', conversation: 'desk', reader };
const board = { key: 'board', conversation: 'board', reader };
const ready: StartVerdict = { kind: 'ready', request: wanted() };

describe.each(engines)('the approval scheduler on $name', (engine) => {
  const { name } = engine;
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: AccessParts;
  let stops: (() => Promise<void>)[];
  let logged: string[];

  beforeAll(async () => {
    database = await place.open(createTestClock());
  });
  beforeEach(async () => {
    await place.empty();
    // A Friday.
    clock = createTestClock(Date.UTC(2026, 0, 9, 9));
    parts = accessParts(database, clock);
    stops = [];
    logged = [];
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
  });

  interface Stage {
    readonly scheduler: ApprovalScheduler;
    /** Ids in the order in which the scheduler ran an action for them. */
    readonly routed: string[];
    readonly started: string[];
    readonly changed: string[];
  }

  function open(actions: Partial<DueActions> = {}, on: AccessParts = parts): Stage {
    const [routed, started, changed] = [[], [], []] as [string[], string[], string[]];
    const scheduler = startApprovalScheduler({
      parts: on,
      actions: {
        async route(accessRequest) {
          routed.push(accessRequest.id);
          return actions.route?.(accessRequest) ?? { kind: 'routed', to: [desk, board] };
        },
        async start(accessRequest) {
          started.push(accessRequest.id);
          return actions.start?.(accessRequest) ?? ready;
        },
        async end(accessRequest) {
          return actions.end?.(accessRequest) ?? { kind: 'finish' };
        },
      },
      changed: (id) => changed.push(id),
      log: createLog('warn', { write: (line) => void logged.push((JSON.parse(line) as { code: string }).code) }),
      // The scheduler looks when an action falls due and when it is woken, and not in between.
      pollMs: 30 * dayMs,
    });
    stops.push(scheduler.stop);
    return { scheduler, routed, started, changed };
  }

  async function later(stage: Stage, ms: number): Promise<void> {
    await clock.advance(ms);
    await stage.scheduler.settled();
  }

  const requestsStored = async () => (await database.query.selectFrom('requests').select('id').execute()).length;

  it('shows a request once in each conversation where an approver decides', async () => {
    const { id } = await askAccess(parts);

    const stage = open();
    await stage.scheduler.settled();
    await later(stage, hourMs);

    expect(stage.routed).toEqual([id]);
    const cards = await takeDue(parts);
    expect(cards.map(({ conversation }) => conversation).toSorted()).toEqual(['board', 'desk']);
    expect(cards).toMatchObject(
      Array(2).fill({ kind: 'access', reference: id, audience: 'approvers', activityId: null, isInterrupted: false }),
    );
    expect(await findAccessRequest(database, id)).toMatchObject({ routed: true, revision: 2 });
    expect(await kindsOf(parts)).toEqual(['accessAsked']);
    expect(stage.changed).toEqual([id]);
  });

  it('shows no approver a request that was decided while it looked for them', async () => {
    const { id } = await askAccess(parts);
    const found = Promise.withResolvers<Routing>();
    const stage = open({ route: () => found.promise });
    await eventually(() => stage.routed.length === 1);

    await act(parts, id, cancel);
    found.resolve({ kind: 'routed', to: [desk] });
    await stage.scheduler.settled();

    expect(await takeDue(parts)).toEqual([]);
    expect(await kindsOf(parts)).toEqual(['accessAsked', 'accessCancelled']);
    expect(await findAccessRequest(database, id)).toMatchObject({ revision: 2, state: { kind: 'cancelled' } });
  });

  it('tells the requester when no approver can be shown the request, and lets it wait', async () => {
    const { id } = await askAccess(parts);

    const stage = open({ route: async () => ({ kind: 'routed', to: [] }) });
    await stage.scheduler.settled();

    expect(await takeNotices(parts)).toEqual(['megan chat: nobodyReached']);
    expect(await stateOf(parts, id)).toBe('pending');
  });

  it('asks again for the approvers when they are unknown now', async () => {
    const { id } = await askAccess(parts);
    const stage = open({
      route: async () =>
        stage.routed.length === 1 ? { kind: 'later', delayMs: minuteMs } : { kind: 'routed', to: [] },
    });
    await stage.scheduler.settled();

    await later(stage, minuteMs - 1);
    const early = [...stage.routed];
    await later(stage, 1);

    expect([early, stage.routed]).toEqual([[id], [id, id]]);
  });

  it('reminds once, after a working day, and expires after a week', async () => {
    const { id } = await askAccess(parts);
    const stage = open();
    await stage.scheduler.settled();

    await later(stage, 3 * dayMs - 1);
    const early = await takeNotices(parts);
    await later(stage, 1);
    const onMonday = await takeNotices(parts);
    await later(stage, 4 * dayMs - 1);
    const before = await takeNotices(parts);
    await later(stage, 1);
    const after = await takeNotices(parts);

    expect([early, before]).toEqual([[], []]);
    expect(onMonday.toSorted()).toEqual(['board: reminder', 'desk: reminder']);
    expect(after.toSorted()).toEqual(['megan chat: expired']);
    expect(await stateOf(parts, id)).toBe('expired');
    expect((await kindsOf(parts)).slice(1)).toEqual(['accessReminded', 'accessExpired']);
    expect(stage.changed).toEqual([id, id, id]);
  });

  it('does not remind of a request that is decided', async () => {
    const { id } = await askAccess(parts, { startsAt: clock.now() + 5 * dayMs });
    const stage = open();
    await stage.scheduler.settled();
    await act(parts, id, approve);
    await takeNotices(parts);

    await later(stage, 4 * dayMs);

    expect(await takeNotices(parts)).toEqual([]);
    expect(stage.started).toEqual([]);
  });

  it('starts at once what is approved, and points it to its provisioning request', async () => {
    const { id } = await approved(parts);

    const stage = open();
    await stage.scheduler.settled();

    expect(stage.started).toEqual([id]);
    const { state } = (await findAccessRequest(database, id)) ?? {};
    const [request] = await database.query.selectFrom('requests').select('id').execute();
    expect(state).toMatchObject({ kind: 'started', requestId: request?.id });
    expect(stage.changed).toEqual([id]);
  });

  it('starts on its day, once, though all processes were restarted meanwhile', async () => {
    const { id } = await approved(parts, { startsAt: clock.now() + 3 * dayMs });
    const reopened = async () => accessParts(await place.open(clock), clock);
    const first = open({}, await reopened());
    await first.scheduler.settled();
    await first.scheduler.stop();

    await clock.advance(3 * dayMs - 1);
    const early = open({}, await reopened());
    await early.scheduler.settled();
    await early.scheduler.stop();
    await clock.advance(dayMs);
    const late = open({}, await reopened());
    await late.scheduler.settled();
    await late.scheduler.stop();
    const again = open({}, await reopened());
    await later(again, dayMs);

    expect([first, early, late, again].map(({ started }) => started)).toEqual([[], [], [id], []]);
    expect(await requestsStored()).toBe(1);
  });

  it('expires, once, what fell due while no process ran', async () => {
    const { id } = await askAccess(parts);
    await clock.advance(8 * dayMs);

    const stage = open({}, accessParts(await place.open(clock), clock));
    await stage.scheduler.settled();
    const again = open({}, accessParts(await place.open(clock), clock));
    await again.scheduler.settled();

    expect(await stateOf(parts, id)).toBe('expired');
    expect(stage.routed).toEqual([]);
    expect(await kindsOf(parts)).toEqual(['accessAsked', 'accessExpired']);
  });

  it('starts once when its process dies in the middle of it', async () => {
    const { id } = await approved(parts);
    const resumed = Promise.withResolvers<StartVerdict>();
    // Its clock stands still, so it does not renew its lease.
    const frozen = accessParts(await place.open(clock), createTestClock(clock.now()));
    const dying = open({ start: () => resumed.promise }, frozen);
    await eventually(() => dying.started.length === 1);

    const other = open();
    await other.scheduler.settled();
    const early = other.started.length;
    await later(other, 31_000);
    resumed.resolve(ready);
    await dying.scheduler.settled();

    // One process alone owns SQLite: every lease that is not its own belongs to a dead process.
    expect(early).toBe(name === 'SQLite' ? 1 : 0);
    expect(other.started).toEqual([id]);
    expect(await requestsStored()).toBe(1);
    expect((await kindsOf(parts)).filter((kind) => kind === 'accessStarted')).toHaveLength(1);
  });

  it('puts off, for longer each time, a request that killed three processes, and goes on with the others', async () => {
    const { id } = await approved(parts);
    const leftByADeadOne = { lease_owner: 'dead', lease_until: 0 };
    await database.query
      .updateTable('access_requests')
      .set({ ...leftByADeadOne, crashes: 2 })
      .execute();
    const other = await approved(parts, { subject: { id: 'adele', name: 'Adele Vance', label: null } });

    const stage = open();
    await stage.scheduler.settled();
    const pauses: number[] = [];
    for (let death = 0; death < 2; death += 1) {
      const row = await database.query
        .selectFrom('access_requests')
        .select('due_at')
        .where('id', '=', id)
        .executeTakeFirst();
      pauses.push((row?.due_at ?? 0) - clock.now());
      await database.query
        .updateTable('access_requests')
        .set({ ...leftByADeadOne, due_at: 0 })
        .where('id', '=', id)
        .execute();
      await stage.scheduler.settled();
    }

    const whilePutOff = [...stage.started];
    await later(stage, 61_000);

    expect(whilePutOff).toEqual([other.id]);
    expect(stage.started).toEqual([other.id, id]);
    expect(pauses).toEqual([15_000, 30_000]);
    expect(logged).toEqual(['due_action_put_off', 'due_action_put_off', 'due_action_put_off']);
  });

  it('keeps nothing of a start during which the request was cancelled', async () => {
    const { id } = await approved(parts);
    const asked = Promise.withResolvers<StartVerdict>();
    const stage = open({ start: () => asked.promise });
    await eventually(() => stage.started.length === 1);

    await act(parts, id, cancel);
    asked.resolve(ready);
    await stage.scheduler.settled();

    expect(await stateOf(parts, id)).toBe('cancelled');
    expect(await requestsStored()).toBe(0);
  });

  it('says what delays the start, tries again, and starts when the cause has passed', async () => {
    const { id } = await approved(parts);
    const stage = open({
      start: async () =>
        stage.started.length < 3 ? { kind: 'later', heldUp: 'quarantine', delayMs: 15 * minuteMs } : ready,
    });
    await stage.scheduler.settled();
    const held = await findAccessRequest(database, id);

    await later(stage, 15 * minuteMs);
    const still = await findAccessRequest(database, id);
    await later(stage, 15 * minuteMs);

    expect(held).toMatchObject({ heldUp: 'quarantine', revision: 3, state: { kind: 'approved' } });
    expect(still).toEqual(held);
    expect(await findAccessRequest(database, id)).toMatchObject({ heldUp: null, state: { kind: 'started' } });
    expect(stage.changed).toEqual([id, id]);
  });

  it.each([
    ['quarantine', 'quarantined'],
    ['graphAway', 'graphAway'],
  ] as const)('gives up after a day of %s, not before', async (heldUp, why) => {
    const { id } = await approved(parts);
    await takeNotices(parts);
    const stage = open({ start: async () => ({ kind: 'later', heldUp, delayMs: 10 * hourMs }) });
    await stage.scheduler.settled();

    for (const hours of [10, 10]) await later(stage, hours * hourMs);
    await later(stage, 4 * hourMs - 1);
    const before = await stateOf(parts, id);
    await later(stage, 1);

    expect(before).toBe('approved');
    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'lapsed', why });
    expect((await takeNotices(parts)).toSorted()).toEqual(['alex chat: lapsed', 'megan chat: lapsed']);
  });

  it('gives up, at the end of its time and not before, a person who is not assigned, and looks once more then', async () => {
    const { id } = await approved(parts);
    const stage = open({
      start: async () =>
        stage.started.length === 1 ? ready : { kind: 'later', heldUp: 'assignment', delayMs: 7 * hourMs },
      end: async () => ({ kind: 'await', heldUp: 'assignment', until: friday + 30 * hourMs, delayMs: hourMs }),
    });
    const friday = clock.now();
    await stage.scheduler.settled();
    await finishTask(parts, await claimed(parts), { ...done, outcome: outOfScope });
    await stage.scheduler.settled();
    await takeNotices(parts);

    await later(stage, 30 * hourMs - 1);
    const before = await stateOf(parts, id);
    await later(stage, 1);

    expect(before).toBe('approved');
    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'lapsed', why: 'notAssigned' });
    expect((await takeNotices(parts)).toSorted()).toEqual(['alex chat: lapsed', 'megan chat: lapsed']);
  });

  it('does not count a wait for the assignment as a day of quarantine', async () => {
    const { id } = await approved(parts);
    const stage = open({
      start: async () => {
        if (stage.started.length === 1) return ready;
        const heldUp = clock.now() < friday + 20 * hourMs ? 'assignment' : 'quarantine';
        return { kind: 'later', heldUp, delayMs: hourMs };
      },
      end: async () => ({ kind: 'await', heldUp: 'assignment', until: friday + dayMs, delayMs: hourMs }),
    });
    const friday = clock.now();
    await stage.scheduler.settled();
    await finishTask(parts, await claimed(parts), { ...done, outcome: outOfScope });
    await stage.scheduler.settled();

    for (let hours = 0; hours < 30; hours += 1) await later(stage, hourMs);
    const after30Hours = await stateOf(parts, id);
    for (let hours = 0; hours < 15; hours += 1) await later(stage, hourMs);

    expect(after30Hours).toBe('approved');
    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'lapsed', why: 'quarantined' });
  });

  it('judges an unknown end as such where the last attempt was told "not in scope"', async () => {
    const { id } = await approved(parts);
    const stage = open({
      end: async () => ({ kind: 'await', heldUp: 'assignment', until: clock.now() + dayMs, delayMs: hourMs }),
    });
    await stage.scheduler.settled();

    await finishTask(parts, await claimed(parts), {
      ...done,
      outcome: { kind: 'unknown', why: 'gatewayTimeout', last: outOfScope },
    });
    await stage.scheduler.settled();

    expect(await findAccessRequest(database, id)).toMatchObject({ state: { kind: 'approved' }, heldUp: 'assignment' });
  });

  it('reminds and starts while Graph does not answer about what has ended', async () => {
    const silent = Promise.withResolvers<never>();
    silent.promise.catch(() => undefined);
    const { id: ended } = await approved(parts);
    const judged: string[] = [];
    const stage = open({
      end: (accessRequest) => {
        judged.push(accessRequest.id);
        return silent.promise;
      },
    });
    await stage.scheduler.settled();
    await finishTask(parts, await claimed(parts), { ...done, outcome: outOfScope });
    stage.scheduler.wake();
    await eventually(() => judged.includes(ended));

    const { id } = await approved(parts, { subject: { id: 'adele', name: 'Adele Vance', label: null } });
    stage.scheduler.wake();

    await eventually(async () => (await stateOf(parts, id)) === 'started');
    expect(await stateOf(parts, ended)).toBe('started');
    silent.reject(new Error('nothing came'));
  });

  it('ends what cannot be judged as its provisioning ended, and logs it', async () => {
    const { id } = await approved(parts);
    const stage = open({ end: () => Promise.reject(new Error('a fault of our own')) });
    await stage.scheduler.settled();

    await finishTask(parts, await claimed(parts), { ...done, outcome: outOfScope });
    await stage.scheduler.settled();

    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'finished', outcome: 'notInScope' });
    expect(logged).toEqual(['end_unjudged']);
  });

  it('lets lapse a request that may not start any more', async () => {
    const { id } = await approved(parts);

    const stage = open({ start: async () => ({ kind: 'lapsed', why: 'askerMayNot' }) });
    await stage.scheduler.settled();

    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'lapsed', why: 'askerMayNot' });
    expect(stage.changed).toEqual([id]);
  });

  it.each([
    ['result', async (on: AccessParts) => void (await finishTask(on, await claimed(on), done)), 'unknown'],
    [
      'cancellation',
      async (on: AccessParts) => {
        const { id } = await on.database.query.selectFrom('requests').select('id').executeTakeFirstOrThrow();
        await cancelRequest(on, id, 'megan');
      },
      'cancelled',
    ],
  ])('copies the %s of the provisioning request', async (_what, end, outcome) => {
    const { id } = await approved(parts);
    const stage = open();
    await stage.scheduler.settled();
    await takeNotices(parts);
    const before = await stateOf(parts, id);

    await end(parts);
    await stage.scheduler.settled();

    expect(before).toBe('started');
    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'finished', outcome });
    expect((await takeNotices(parts)).toSorted()).toEqual(['alex chat: result', 'megan chat: result']);
    expect(stage.changed).toEqual([id, id]);
  });

  it('goes on with the other requests when an action throws, and comes back to it', async () => {
    const people = named('person', 6).map((person) => ({ id: person, name: person, label: null }));
    for (const subject of people) await askAccess(parts, { subject });
    const stage = open({
      async route({ subject }) {
        if (subject.id === 'person 0' && clock.now() === start) throw new Error('a fault of our own');
        return { kind: 'routed', to: [] };
      },
    });
    const start = clock.now();
    await stage.scheduler.settled();
    const early = stage.changed.length;

    await later(stage, minuteMs);

    expect([early, stage.changed.length]).toEqual([5, 6]);
    expect(logged).toEqual(['due_action_failed']);
  });

  it('counts a start that throws as one that is delayed', async () => {
    const { id } = await approved(parts);

    const stage = open({ start: () => Promise.reject(new Error('a fault of our own')) });
    await stage.scheduler.settled();

    expect(await findAccessRequest(database, id)).toMatchObject({ heldUp: 'graphAway', state: { kind: 'approved' } });
    expect(logged).toEqual(['start_failed']);
  });

  it('notices by itself what falls due, without being woken', async () => {
    const { id } = await approved(parts, { startsAt: clock.now() + dayMs });
    const stage = open();
    await stage.scheduler.settled();
    // Its two loops go to sleep only now, one of them for a day.
    await eventually(() => clock.pending() === 2);

    await clock.advance(dayMs);

    await eventually(async () => (await stateOf(parts, id)) === 'started');
    expect(stage.started).toEqual([id]);
  });
});
