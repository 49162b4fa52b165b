import { afterEach, describe, expect, it } from '@jest/globals';
import { createTestClock } from '../support/clock.ts';
import { postgresEngine, useTestDatabase } from '../support/databases.ts';
import { drive, onClock, openScene, quickClock, type Scene, stepMs } from './scene.ts';
import { claimed, documentedLimits, storeParts } from './support.ts';

/** Two processes, each with a connection pool of its own, between one PostgreSQL and one Graph. */
describe('two dispatchers on one PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);
  let scene: Scene;

  afterEach(() => scene.close());

  it('run twenty tasks, each once, without a single 429', async () => {
    const clock = createTestClock();
    scene = await openScene({ place, clock, limits: documentedLimits });
    const other = storeParts(onClock(await place.open(clock), clock), clock, documentedLimits);
    const request = await scene.ask(20);

    scene.start();
    scene.start({ store: other });
    await drive(scene, clock);

    const { calls, throttled, arrivals } = scene.sandbox.stats();
    expect([calls, throttled]).toEqual([20, 0]);
    const tasks = await scene.tasksOf(request);
    expect(tasks.every((task) => task.state.kind === 'done' && task.attempts === 1)).toBe(true);
    // Neither knows of the other's tasks, so either may sleep for a while on an empty queue; neither does here.
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeLessThan(31_500 + 10 * stepMs);
  });

  it('leave a call alone that takes longer than its lease, as long as its process lives', async () => {
    // A second for the lease, of which a busy machine may take a good half before it is missed.
    const clock = quickClock(15);
    scene = await openScene({ place, clock, limits: { ...documentedLimits, guardMs: 5_000 } });
    const other = storeParts(onClock(await place.open(clock), clock), clock, scene.store.gate.limits);
    scene.sandbox.failNext(/provisionOnDemand$/, { kind: 'slow', ms: 20_000 });
    const request = await scene.ask(1);

    scene.start({ leaseMs: 15_000 });
    scene.start({ store: other, leaseMs: 15_000 });
    await scene.settled();

    expect((await scene.tasksOf(request))[0]).toMatchObject({ attempts: 1, state: { outcome: { kind: 'created' } } });
    expect(scene.sandbox.stats().arrivals).toHaveLength(1);
  });

  it('resume a task whose process died, once its lease has run out', async () => {
    const clock = quickClock(50);
    scene = await openScene({ place, clock, limits: { ...documentedLimits, guardMs: 5_000 } });
    const request = await scene.ask(1);
    const claimedAt = clock.now();
    await claimed(scene.store, 'a process that died', 15_000);

    scene.start();
    await scene.settled();

    const [task] = await scene.tasksOf(request);
    expect(task).toMatchObject({ attempts: 2, state: { kind: 'done', outcome: { kind: 'created' } } });
    expect(task?.state.kind === 'done' && task.state.startedAt - claimedAt).toBeGreaterThan(14_900);
  });
});
