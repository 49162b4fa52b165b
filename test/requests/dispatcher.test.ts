import { afterEach, describe, expect, it } from '@jest/globals';

import type { Database } from '../../src/db/database.ts';
import type { ProvisioningService } from '../../src/requests/attempt.ts';
import type { Request, Task } from '../../src/requests/request.ts';
import { accessSource } from '../../src/requests/store.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTestClock } from '../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { doneTask, drive, openScene, quickClock, type Scene, type SceneOptions, stepMs } from './scene.ts';
import { claimed, documentedLimits } from './support.ts';

/** A real second lasts fifty: ten seconds pass in a fifth of a second. */
const speed = 50;
const limits = { limit: 5, windowMs: 10_000, guardMs: 5_000 };
const onDemand = /provisionOnDemand$/;

describe('the dispatcher', () => {
  const place = useTestDatabase(sqliteEngine);
  let scene: Scene;

  afterEach(() => scene.close());

  async function open(more: Partial<SceneOptions> = {}): Promise<Scene> {
    scene = await openScene({ place, clock: quickClock(speed), limits, ...more });
    return scene;
  }

  it('runs twenty tasks without a single 429, five in a window', async () => {
    const clock = createTestClock();
    await open({ clock, limits: documentedLimits });
    const request = await scene.ask(20);

    scene.start();
    await drive(scene, clock);

    const { calls, throttled, arrivals } = scene.sandbox.stats();
    expect([calls, throttled]).toEqual([20, 0]);
    const tasks = await scene.tasksOf(request);
    expect(tasks.map(({ state }) => state.kind === 'done' && state.outcome.kind)).toEqual(Array(20).fill('created'));
    // And not slower than it must be: the last five leave after three windows and their guards.
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeLessThan(31_500 + 10 * stepMs);
  });

  it('holds no more than five calls that have not been sent, however many the gate lets start', async () => {
    await open({ limits: { limit: 50, windowMs: 10_000, guardMs: 5_000 } });
    const begun: (() => void)[] = [];
    let isHeld = true;
    const holding: ProvisioningService = {
      ...scene.graph,
      async provisionOnDemand(call, signal, onSend) {
        if (isHeld) await new Promise<void>((resolve) => begun.push(resolve));
        return scene.graph.provisionOnDemand(call, signal, onSend);
      },
    };
    const request = await scene.ask(12);

    scene.start({ graph: holding });
    await eventually(() => begun.length >= 5);
    const atFirst = (await scene.tasksOf(request)).filter(({ state }) => state.kind === 'running').length;
    begun[0]?.();
    await eventually(() => begun.length >= 6);
    const afterOne = begun.length;
    // On a busy machine a call may be too late for its grant by now, and is claimed anew.
    isHeld = false;
    for (const send of begun) send();
    await scene.settled();

    expect([atFirst, afterOne]).toEqual([5, 6]);
    expect(scene.sandbox.stats().calls).toBe(12);
  });

  it('closes the gate for all tasks when the server counts more strictly, and still finishes all', async () => {
    // By itself the gate would let all calls go at once, repeats as well, so a pause can only come of a refusal.
    await open({ limits: { ...limits, limit: 1_000 }, sandbox: { limit: 3 } });
    const request = await scene.ask(8);

    scene.start();
    await scene.settled();

    const { calls, throttled, arrivals } = scene.sandbox.stats();
    expect(calls).toBe(8);
    expect(throttled).toBeGreaterThan(0);
    const tasks = await scene.tasksOf(request);
    expect(tasks.every(({ state }) => state.kind === 'done' && state.outcome.kind === 'created')).toBe(true);
    // Calls that left before the first 429 still arrive; no other call leaves until the window has passed.
    const pauses = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? 0));
    expect(Math.max(...pauses)).toBeGreaterThan(10_000);
  });

  it('sends nothing for a whole window after a 429 without a wait', async () => {
    await open();
    scene.sandbox.failNext(onDemand, { kind: 'status', status: 429 });
    const request = await scene.ask([people.isaiah.id]);

    scene.start();
    await scene.settled();

    const [first = 0, second = 0] = scene.sandbox.stats().arrivals;
    expect(second - first).toBeGreaterThan(10_000);
    expect(await doneTask(scene, request)).toMatchObject({
      attempts: 2,
      throttles: 1,
      state: { outcome: { kind: 'created' } },
    });
  });

  it('waits for Microsoft to see an assignment, longer each time, and then says that it was not seen', async () => {
    const clock = createTestClock();
    await open({ clock, limits: documentedLimits });
    const { diego } = people;
    const subject = { id: diego.id, type: 'User', name: diego.displayName, label: null };
    const request = await scene.ask([], apps.salesforce, { tasks: [{ subject, members: [], awaitsAssignment: true }] });

    scene.start({ assignmentDelaysMs: [1_000, 3_000] });
    await drive(scene, clock);

    expect(await doneTask(scene, request)).toMatchObject({ attempts: 3, state: { outcome: { kind: 'notInScope' } } });
    const [first = 0, second = 0, third = 0] = scene.sandbox.stats().arrivals;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect(third - second).toBeGreaterThanOrEqual(3_000);
  });

  const passing: [string, Fault, string][] = [
    ['503', { kind: 'status', status: 503 }, 'created'],
    ['503 with Retry-After', { kind: 'status', status: 503, headers: { 'Retry-After': '7' } }, 'created'],
    ['504', { kind: 'status', status: 504 }, 'created'],
    ['504 behind which the work was done', { kind: 'status', status: 504, workDone: true }, 'inSync'],
    ['broken connection', { kind: 'reset' }, 'created'],
    ['broken connection behind which the work was done', { kind: 'reset', workDone: true }, 'inSync'],
    ['silence', { kind: 'silence' }, 'created'],
  ];

  it.each(passing)('asks again after a %s', async (_what, fault, outcome) => {
    await open(fault.kind === 'silence' ? { onDemandTimeoutMs: 200 } : {});
    scene.sandbox.failNext(onDemand, fault);
    const request = await scene.ask([people.isaiah.id]);

    scene.start();
    await scene.settled();

    expect(await doneTask(scene, request)).toMatchObject({ attempts: 2, state: { outcome: { kind: outcome } } });
  });

  it.each([
    ['a page of HTML', { kind: 'html' }],
    ['half an answer', { kind: 'truncated' }],
    ['an empty answer', { kind: 'empty' }],
  ] as [string, Fault][])('reads %s neither as a success nor as a reason to ask again', async (_what, fault) => {
    await open();
    scene.sandbox.failNext(onDemand, fault);
    const request = await scene.ask([people.isaiah.id]);

    scene.start();
    await scene.settled();

    const outcome = { kind: 'unknown', why: 'unreadable' };
    expect(await doneTask(scene, request)).toMatchObject({ attempts: 1, state: { outcome } });
  });

  it('ends as unknown after a second call without an answer', async () => {
    await open();
    for (let time = 0; time < 2; time += 1) scene.sandbox.failNext(onDemand, { kind: 'reset' });
    const request = await scene.ask([people.isaiah.id]);

    scene.start();
    await scene.settled();

    const outcome = { kind: 'unknown', why: 'connectionLost' };
    expect(await doneTask(scene, request)).toMatchObject({ attempts: 2, state: { outcome } });
  });

  it('reads the rule anew when the job does not know it any more, and goes on without a pause', async () => {
    await open({ clock: createTestClock() });
    const request = await scene.ask([people.isaiah.id], apps.salesforce, { ruleId: 'rule of last week' });

    scene.start();
    await scene.settled();

    const rule = apps.salesforce.job?.rules[0]?.id;
    expect(await doneTask(scene, request)).toMatchObject({
      attempts: 2,
      ruleId: rule,
      state: { outcome: { kind: 'created' } },
    });
  });

  it.each([
    ['a quarantined job', {}],
    ['a job that was paused in quarantine', { health: 'paused', pausedFrom: 'quarantined' }],
  ] as const)('distinguishes %s from a missing permission', async (_what, changes) => {
    await open();
    scene.sandbox.tenant.changeJob(apps.zscaler.id, changes);
    const request = await scene.ask([people.isaiah.id], apps.zscaler);

    scene.start();
    await scene.settled();

    const outcome = { kind: 'refused', status: 401, cause: 'quarantined' };
    expect(await doneTask(scene, request)).toMatchObject({ attempts: 1, state: { outcome } });
  });

  it('keeps the ids for support, which the server knows too', async () => {
    await open();
    const request = await scene.ask([people.isaiah.id]);

    scene.start();
    await scene.settled();

    const { state } = await doneTask(scene, request);
    expect(state.clientRequestId).toBe(scene.sandbox.requests.at(-1)?.clientRequestId);
    expect(state.graphRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('resumes at once the tasks of a process that died', async () => {
    await open();
    const request = await scene.ask([people.isaiah.id]);
    await claimed(scene.store, 'a process that died', 3_600_000);

    scene.start();
    await scene.settled();

    expect(await doneTask(scene, request)).toMatchObject({ attempts: 2, state: { outcome: { kind: 'created' } } });
  });

  it('does not sleep through a wake that comes while it claims', async () => {
    // The clock does not advance here: a dispatcher that sleeps never wakes.
    let duringClaim: (() => Promise<void>) | undefined;
    const wrap = (database: Database): Database => ({
      ...database,
      // The look of a claim that finds nothing.
      query: new Proxy(database.query, {
        get(query, name) {
          const own: unknown = Reflect.get(query, name, query);
          if (name === 'executeQuery') return look(query);
          return typeof own === 'function' ? own.bind(query) : own;
        },
      }),
    });
    const look = (query: Database['query']) => async (asked: Parameters<Database['query']['executeQuery']>[0]) => {
      const result = await query.executeQuery(asked);
      const hook = duringClaim;
      duringClaim = undefined;
      await hook?.();
      return result;
    };
    await open({ clock: createTestClock(), wrap });
    const asked = Promise.withResolvers<Request>();
    duringClaim = async () => {
      asked.resolve(await scene.ask([people.isaiah.id]));
      dispatcher.wake();
    };
    const dispatcher = scene.start();

    const request = await asked.promise;
    await scene.settled();

    expect((await doneTask(scene, request)).state.outcome.kind).toBe('created');
  });

  it('starts a request at once when it is woken for it', async () => {
    const clock = createTestClock();
    await open({ clock });
    const dispatcher = scene.start();
    await clock.advance(1);
    expect(clock.pending()).toBe(1);
    const request = await scene.ask([people.isaiah.id]);

    dispatcher.wake();
    await scene.settled();

    expect((await doneTask(scene, request)).state.startedAt).toBe(clock.now());
  });

  it('keeps an outcome until the database takes it, and does not ask Graph a second time', async () => {
    let failures = 0;
    const wrap = (database: Database): Database => ({
      ...database,
      async transact(work) {
        if (failures > 0) {
          failures -= 1;
          throw new Error('the database is away');
        }
        return database.transact(work);
      },
    });
    await open({ wrap });
    const request = await scene.ask([people.isaiah.id]);
    const graph: ProvisioningService = {
      ...scene.graph,
      async provisionOnDemand(call, signal, onSend) {
        const answer = await scene.graph.provisionOnDemand(call, signal, onSend);
        failures = 3;
        return answer;
      },
    };

    scene.start({ graph });
    await scene.settled();

    expect((await doneTask(scene, request)).state.outcome.kind).toBe('created');
    expect(scene.sandbox.stats().arrivals).toHaveLength(1);
    expect(scene.logged).toContain('not_settled');
  });

  it('goes on claiming after the database was away', async () => {
    let failures = 2;
    const wrap = (database: Database): Database => ({
      ...database,
      async transact(work) {
        if (failures > 0) {
          failures -= 1;
          throw new Error('the database is away');
        }
        return database.transact(work);
      },
    });
    failures = 0;
    await open({ wrap });
    const request = await scene.ask([people.isaiah.id]);
    failures = 2;

    scene.start();
    await scene.settled();

    expect((await doneTask(scene, request)).state.outcome.kind).toBe('created');
    expect(scene.logged.filter((code) => code === 'claim_failed')).toHaveLength(2);
  });

  it('gives up on an attempt that throws every time', async () => {
    await open();
    const request = await scene.ask([people.isaiah.id]);
    const provisionOnDemand = () => Promise.reject(new Error('a fault of our own'));

    scene.start({ graph: { ...scene.graph, provisionOnDemand } });
    await scene.settled();

    const outcome = { kind: 'unknown', why: 'unreadable' };
    expect(await doneTask(scene, request)).toMatchObject({ attempts: 3, state: { outcome } });
  });

  it('survives a listener that throws', async () => {
    await open();
    const request = await scene.ask(2);
    const changed = () => {
      throw new Error('no listener');
    };

    scene.start({ changed });
    await scene.settled();

    expect((await scene.tasksOf(request)).every(({ state }) => state.kind === 'done')).toBe(true);
  });

  it('says of each change whether it may concern an access request', async () => {
    await open();
    const typed = await scene.ask([people.isaiah.id]);
    const approved = await scene.ask([people.adele.id], undefined, { source: `${accessSource}R7K3MQ` });
    const told = new Map<string, boolean[]>();

    scene.start({ changed: (id, ofAccess) => void told.set(id, [...(told.get(id) ?? []), ofAccess]) });
    await scene.settled();

    // It has started; its end is told right after.
    expect(told.get(typed.id)?.[0]).toBe(false);
    expect(told.get(approved.id)?.[0]).toBe(true);
  });

  it('announces each change once it is stored', async () => {
    await open();
    const request = await scene.ask([people.isaiah.id]);
    const seen: Promise<readonly Task[]>[] = [];

    scene.start({ changed: () => void seen.push(scene.tasksOf(request)) });
    await scene.settled();

    const states = (await Promise.all(seen)).map(([task]) => task?.state.kind);
    expect([states[0], states.at(-1)]).toEqual(['running', 'done']);
  });
});
