import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readGauges } from '../../src/gauges.ts';
import type { Outcome } from '../../src/graph/outcome.ts';
import { readGate, writeGate } from '../../src/rate-gate/gate-row.ts';
import type { AuditEntry } from '../../src/requests/audit-log.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import { forecastQueue, requeueTasks } from '../../src/requests/queue.ts';
import type { Request } from '../../src/requests/request.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { readAudit } from '../support/read-audit.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { drive, driveFor, openScene, type Scene, type SceneOptions } from './scene.ts';
import { documentedLimits } from './support.ts';

const second = 1_000;
const day = 24 * 60 * 60_000;
const onDemand = /provisionOnDemand$/;

describe.each(engines)('an unreachable Graph, on $name', (engine) => {
  const place = useTestDatabase(engine);
  let scene: Scene;
  let relay: Relay;
  let clock: TestClock;

  beforeEach(async () => {
    relay = await startRelay();
    clock = createTestClock();
  });
  afterEach(async () => {
    await scene.close();
    await relay.end();
  });

  async function open(more: Partial<SceneOptions> = {}): Promise<void> {
    scene = await openScene({ place, clock, limits: documentedLimits, relay, ...more });
  }

  async function recordsOf(kind: AuditEntry['kind']): Promise<readonly AuditEntry[]> {
    return (await readAudit(scene.store.database.query, 10_000)).filter((entry) => entry.kind === kind);
  }

  async function endsOf(request: Request): Promise<readonly (Outcome['kind'] | null)[]> {
    const tasks = await scene.tasksOf(request);
    return tasks.map(({ state }) => (state.kind === 'done' ? state.outcome.kind : null));
  }

  const created = (count: number) => Array<string>(count).fill('created');
  const faultNow = async () =>
    (await scene.store.database.transact((transaction) => readGate(scene.store, transaction))).health.fault;

  /** As if the fault, and the tasks that wait because of it, had begun so much earlier. */
  async function makeOlder(ms: number): Promise<void> {
    const { database, gate } = scene.store;
    await database.transact(async (transaction) => {
      const { health, ...stored } = await readGate(scene.store, transaction);
      const fault = health.fault === null ? null : { ...health.fault, closedAt: health.fault.closedAt - ms };
      await writeGate(transaction, gate.scope, { ...stored, health: { ...health, fault } });
      await transaction
        .updateTable('tasks')
        .set((task) => ({ enqueued_at: task('enqueued_at', '-', ms) }))
        .execute();
    });
  }

  it('keeps thirty tasks in line while its port is closed, and each runs once afterwards, none sent in vain', async () => {
    await open();
    const request = await scene.ask(30);
    await relay.close();

    scene.start();
    await driveFor(scene, clock, 40_000, second);
    const duringIt = { fault: await faultNow(), sent: await recordsOf('sent') };
    // The probe that is on its way counts until its connection is refused.
    await eventually(async () =>
      (await scene.tasksOf(request)).every(({ attempts, perhaps }) => attempts === 0 && perhaps === null),
    );
    await relay.open();
    await drive(scene, clock);

    expect(duringIt.fault).toMatchObject({ cause: 'unreachable', code: 'ECONNREFUSED' });
    expect(duringIt.sent).toEqual([]);
    expect(await endsOf(request)).toEqual(created(30));
    expect(scene.sandbox.stats()).toMatchObject({ calls: 30, throttled: 0 });
    expect(await recordsOf('sent')).toHaveLength(30);
    expect((await scene.tasksOf(request)).every(({ attempts }) => attempts === 1)).toBe(true);
    expect(await faultNow()).toBeNull();
  });

  it('is probed ever more rarely, with one task at a time, and less than twice a minute in the end', async () => {
    let asked: number[] = [];
    await open({
      token: async () => {
        asked.push(clock.monotonic());
        throw Object.assign(new Error('getaddrinfo ENOTFOUND login.microsoftonline.com'), { code: 'ENOTFOUND' });
      },
    });
    await scene.ask(30);
    asked = [];

    scene.start();
    await driveFor(scene, clock, 600_000, second);

    const later = asked.filter((at) => at > (asked[0] ?? 0) + 300_000);
    expect(asked.length).toBeLessThan(30);
    expect(later.length).toBeGreaterThanOrEqual(4);
    expect(later.length).toBeLessThanOrEqual(7);
  });

  it.each([
    ['reached', Object.assign(new Error('no name'), { code: 'ENOTFOUND' }), 'ENOTFOUND'],
    [
      'persuaded',
      new Error('invalid_client: AADSTS7000222: The provided client secret keys have expired.'),
      'AADSTS7000222',
    ],
    ['persuaded yet', new Error('invalid_client: AADSTS7000215: Invalid client secret provided.'), 'AADSTS7000215'],
  ])('keeps all tasks in line while the login cannot be %s, and the gate says why', async (_what, trouble, code) => {
    let isWell = false;
    await open({
      token: async () => {
        if (isWell) return 'token';
        throw trouble;
      },
    });
    const request = await scene.ask(30);

    scene.start();
    await driveFor(scene, clock, 40_000, second);
    const places = [...(await forecastQueue(scene.store)).values()];
    const { gate } = await readGauges(scene.store);
    isWell = true;
    await drive(scene, clock);

    expect(places).toHaveLength(30);
    for (const { fault } of places) expect(fault).toMatchObject({ cause: 'noToken', code });
    expect(gate).toMatchObject({ fault: 'noToken', slotsLeft: 0 });
    expect(await endsOf(request)).toEqual(created(30));
    expect(scene.sandbox.stats()).toMatchObject({ calls: 30, throttled: 0 });
    expect(await recordsOf('sent')).toHaveLength(30);
  });

  it.each<Fault>([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 504 },
    { kind: 'reset' },
  ])('uses up no task while it answers call after call with %j', async (fault) => {
    await open();
    const request = await scene.ask(3);
    // More faults than the tries of three tasks.
    for (let count = 0; count < 14; count += 1) scene.sandbox.failNext(onDemand, fault);

    scene.start();
    await drive(scene, clock);

    expect(await endsOf(request)).toEqual(created(3));
    const { arrivals, throttled } = scene.sandbox.stats();
    expect([arrivals.length, throttled]).toEqual([17, 0]);
    expect(await recordsOf('sent')).toHaveLength(17);
  });

  it('passes through all these faults in a row, with calls under way, and each task ends once', async () => {
    let isWell = true;
    await open({
      token: async () => {
        if (isWell) return 'token';
        throw new Error('AADSTS7000222');
      },
    });
    const request = await scene.ask(30);

    scene.start();
    await driveFor(scene, clock, 5_000, second);
    await relay.close();
    await driveFor(scene, clock, 30_000, second);
    isWell = false;
    await relay.open();
    await driveFor(scene, clock, 60_000, second);
    for (let count = 0; count < 10; count += 1) scene.sandbox.failNext(onDemand, { kind: 'status', status: 502 });
    isWell = true;
    await drive(scene, clock);

    expect(await endsOf(request)).toEqual(created(30));
    expect(await recordsOf('finished')).toHaveLength(30);
    const { arrivals, throttled } = scene.sandbox.stats();
    expect(throttled).toBe(0);
    expect(arrivals.length).toBeLessThanOrEqual((await recordsOf('sent')).length);
  });

  it('is probed by one of several replicas, and the gate opens for all', async () => {
    await open();
    const request = await scene.ask(30);
    await relay.close();

    // One SQLite file belongs to one process.
    const replicas = engine.name === 'PostgreSQL' ? 3 : 1;
    for (let replica = 0; replica < replicas; replica += 1) scene.start();
    await driveFor(scene, clock, 120_000, second);
    const failures = (await faultNow())?.failures ?? 0;
    await relay.open();
    await drive(scene, clock);

    // Doubling from a second to a minute: each probe counts once, whichever replica sends it.
    expect(failures).toBeGreaterThan(4);
    expect(failures).toBeLessThan(12);
    expect(await endsOf(request)).toEqual(created(30));
    expect(scene.sandbox.stats()).toMatchObject({ calls: 30, throttled: 0 });
  });

  it('ends what has waited for a day as not sent, and a retry starts it again', async () => {
    await open();
    const request = await scene.ask(3);
    await relay.close();

    scene.start();
    await driveFor(scene, clock, 60_000, second);
    const before = await endsOf(request);
    await makeOlder(day);
    await drive(scene, clock);
    const tasks = await scene.tasksOf(request);
    const ids = tasks.map(({ id }) => id);
    await relay.open();
    await requeueTasks(scene.store, request.id, ids, 'alex');
    await drive(scene, clock);

    expect(before).toEqual([null, null, null]);
    expect(tasks.map(({ state }) => state.kind === 'done' && state.outcome)).toMatchObject(
      Array(3).fill({ kind: 'refused', status: 0, code: 'ECONNREFUSED', cause: 'serviceUnavailable' }),
    );
    expect(await endsOf(request)).toEqual(created(3));
    expect(await recordsOf('sent')).toHaveLength(3);
  });

  it('lets waiting tasks be cancelled, also the one that is the probe', async () => {
    await open();
    const request = await scene.ask(5);
    await relay.close();

    scene.start();
    await driveFor(scene, clock, 20_000, second);
    await cancelRequest(scene.store, request.id, 'alex');
    await drive(scene, clock);

    expect((await scene.tasksOf(request)).map(({ state }) => state.kind)).toEqual(Array(5).fill('cancelled'));
    expect(await recordsOf('sent')).toEqual([]);
  });
});
