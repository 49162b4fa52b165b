import { afterEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/db/database.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { arrived, doneTask, openScene, quickClock, type Scene } from './scene.ts';

/** A real second lasts fifty: ten seconds pass in a fifth of a second. */
const speed = 50;
const limits = { limit: 5, windowMs: 10_000, guardMs: 5_000 };
const onDemand = /provisionOnDemand$/;

describe('a dispatcher that stops', () => {
  const place = useTestDatabase(sqliteEngine);
  let scene: Scene;

  afterEach(() => scene.close());

  async function open(): Promise<Scene> {
    scene = await openScene({ place, clock: quickClock(speed), limits });
    return scene;
  }

  it('lets the running call end and claims nothing new', async () => {
    await open();
    scene.sandbox.failNext(onDemand, { kind: 'slow', ms: 5_000 });
    const request = await scene.ask([people.isaiah.id]);
    const dispatcher = scene.start();
    await arrived(scene, onDemand);

    const stopped = dispatcher.stop(60_000);
    const late = await scene.ask([people.adele.id]);
    dispatcher.wake();
    await stopped;

    expect((await doneTask(scene, request)).state.outcome.kind).toBe('created');
    expect((await scene.tasksOf(late))[0]).toMatchObject({ attempts: 0, state: { kind: 'waiting' } });
    expect(scene.sandbox.stats().arrivals).toHaveLength(1);
  });

  it('puts back a task that does not end in time, for the next process to resume', async () => {
    await open();
    scene.sandbox.failNext(onDemand, { kind: 'silence' });
    const request = await scene.ask([people.isaiah.id]);
    const dispatcher = scene.start();
    await arrived(scene, onDemand);

    await dispatcher.stop(100);

    const [task] = await scene.tasksOf(request);
    expect(task?.state).toMatchObject({ kind: 'waiting', waitReason: 'interrupted' });
    scene.start();
    await scene.settled();
    expect((await doneTask(scene, request)).state.outcome.kind).toBe('created');
  });

  it('does not wait for a look-up that hangs', async () => {
    await open();
    const request = await scene.ask([people.isaiah.id], apps.zscaler);
    const looking = Promise.withResolvers<void>();
    const isQuarantined = () => {
      looking.resolve();
      return new Promise<boolean>(() => undefined);
    };
    const dispatcher = scene.start({ graph: { ...scene.graph, isQuarantined } });
    await looking.promise;

    await dispatcher.stop(100);

    expect((await scene.tasksOf(request))[0]?.state).toMatchObject({ kind: 'waiting', waitReason: 'interrupted' });
  });

  it('puts back a task whose claim was under way, without sending its call; the grant stays spent', async () => {
    let claimed: PromiseWithResolvers<void> | null = null;
    const goOn = Promise.withResolvers<void>();
    const wrap = (database: Database): Database => ({
      ...database,
      async transact(work) {
        const result = await database.transact(work);
        claimed?.resolve();
        if (claimed !== null) await goOn.promise;
        return result;
      },
    });
    scene = await openScene({ place, clock: quickClock(speed), limits, wrap });
    const request = await scene.ask([people.isaiah.id]);
    claimed = Promise.withResolvers<void>();
    const dispatcher = scene.start();
    await claimed.promise;

    const stopped = dispatcher.stop(60_000);
    goOn.resolve();
    await stopped;

    expect((await scene.tasksOf(request))[0]).toMatchObject({
      attempts: 0,
      state: { kind: 'waiting', waitReason: null },
    });
    expect(scene.sandbox.stats().arrivals).toHaveLength(0);
    const gate = await scene.store.database.query.selectFrom('gates').select('grants').executeTakeFirstOrThrow();
    expect(JSON.parse(gate.grants)).toHaveLength(1);
  });

  it('has nothing to wait for when nothing runs', async () => {
    await open();
    const dispatcher = scene.start();

    await expect(dispatcher.stop(1_000_000)).resolves.toBeUndefined();
  });
});
