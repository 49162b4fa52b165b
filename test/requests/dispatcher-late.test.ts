import { afterEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/db/database.ts';
import type { ProvisioningService } from '../../src/requests/attempt.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTestClock } from '../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { doneTask, drive, openScene, quickClock, type Scene, type SceneOptions } from './scene.ts';

/** A real second lasts fifty: ten seconds pass in a fifth of a second. */
const speed = 50;
const limits = { limit: 5, windowMs: 10_000, guardMs: 5_000 };

describe('a call that leaves late', () => {
  const place = useTestDatabase(sqliteEngine);
  let scene: Scene;

  afterEach(() => scene.close());

  async function open(more: Partial<SceneOptions> = {}): Promise<Scene> {
    scene = await openScene({ place, clock: quickClock(speed), limits, ...more });
    return scene;
  }

  it('is not sent on a grant that has grown old, but takes a new one', async () => {
    const clock = createTestClock();
    let stall = 0;
    const wrap = (database: Database): Database => ({
      ...database,
      async transact(work) {
        const result = await database.transact(work);
        // The process stands still between the claim and the call, once.
        if (stall > 0) await clock.advance(stall);
        stall = 0;
        return result;
      },
    });
    await open({ clock, wrap });
    const request = await scene.ask([people.isaiah.id]);
    stall = (limits.windowMs + limits.guardMs) / 2 + 1;
    const late = clock.now() + stall;

    scene.start();
    await scene.settled();

    const task = await doneTask(scene, request);
    expect(task).toMatchObject({ attempts: 1, state: { startedAt: late, outcome: { kind: 'created' } } });
    expect(scene.logged).toEqual(['late']);
    expect(scene.sandbox.stats().arrivals).toHaveLength(1);
  });

  it('is stopped just before it is sent, where the process stood still while it got its token', async () => {
    const clock = createTestClock();
    await open({ clock });
    const request = await scene.ask([people.isaiah.id]);
    let isFirst = true;
    const slowToken: ProvisioningService = {
      ...scene.graph,
      async provisionOnDemand(call, signal, onSend) {
        if (isFirst) await clock.advance((limits.windowMs + limits.guardMs) / 2 + 1);
        isFirst = false;
        return scene.graph.provisionOnDemand(call, signal, onSend);
      },
    };

    scene.start({ graph: slowToken });
    await scene.settled();

    expect(await doneTask(scene, request)).toMatchObject({ attempts: 1, state: { outcome: { kind: 'created' } } });
    expect(scene.logged).toEqual(['late']);
    expect(scene.sandbox.stats().arrivals).toHaveLength(1);
  });

  it('counts from when it was sent, not from when it was granted', async () => {
    const clock = createTestClock();
    await open({ clock, limits: { limit: 1, windowMs: 10_000, guardMs: 0 } });
    await scene.ask(2);
    let isFirst = true;
    const slowToken: ProvisioningService = {
      ...scene.graph,
      async provisionOnDemand(call, signal, onSend) {
        if (isFirst) await clock.advance(4_000);
        isFirst = false;
        return scene.graph.provisionOnDemand(call, signal, onSend);
      },
    };

    scene.start({ graph: slowToken });
    await drive(scene, clock);

    const { throttled, arrivals } = scene.sandbox.stats();
    expect(throttled).toBe(0);
    expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  it('counts so too where the connection breaks just when that is noted', async () => {
    const clock = createTestClock();
    const noteAgainMs = 10;
    let breaks = false;
    const wrap = (database: Database): Database => ({
      ...database,
      transact(work) {
        if (!breaks) return database.transact(work);
        breaks = false;
        void clock.advance(noteAgainMs);
        return Promise.reject(new Error('the connection broke'));
      },
    });
    await open({ clock, wrap, limits: { limit: 1, windowMs: 10_000, guardMs: 200 } });
    await scene.ask(2);
    let isFirst = true;
    const slowToken: ProvisioningService = {
      ...scene.graph,
      async provisionOnDemand(call, signal, onSend) {
        if (!isFirst) return scene.graph.provisionOnDemand(call, signal, onSend);
        isFirst = false;
        // Not so late that the gate would have to know first.
        await clock.advance(100);
        return scene.graph.provisionOnDemand(call, signal, () => {
          breaks = true;
          onSend();
        });
      },
    };

    scene.start({ graph: slowToken });
    await drive(scene, clock);

    const { arrivals } = scene.sandbox.stats();
    expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(10_200);
    expect(scene.logged).toEqual(['lateness_not_noted']);
  });

  it('is noted at the gate first where it would leave later than the guard makes good', async () => {
    const clock = createTestClock();
    const noteAgainMs = 250;
    let breaks = 0;
    const arrivedWhenTold: number[] = [];
    const wrap = (database: Database): Database => ({
      ...database,
      transact(work) {
        if (breaks === 0) return database.transact(work);
        breaks -= 1;
        arrivedWhenTold.push(scene.sandbox.stats().arrivals.length);
        void clock.advance(noteAgainMs);
        return Promise.reject(new Error('the connection broke'));
      },
    });
    await open({ clock, wrap });
    const request = await scene.ask([people.isaiah.id]);
    let isFirst = true;
    const slowToken: ProvisioningService = {
      ...scene.graph,
      async provisionOnDemand(call, signal, onSend) {
        if (isFirst) {
          await clock.advance(limits.guardMs);
          breaks = 3;
        }
        isFirst = false;
        return scene.graph.provisionOnDemand(call, signal, onSend);
      },
    };

    scene.start({ graph: slowToken });
    await drive(scene, clock);

    expect(arrivedWhenTold).toEqual([0, 0, 0]);
    expect(await doneTask(scene, request)).toMatchObject({ attempts: 1, state: { outcome: { kind: 'created' } } });
    expect(scene.sandbox.stats().arrivals).toHaveLength(1);
  });
});
