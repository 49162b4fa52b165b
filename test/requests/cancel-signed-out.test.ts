import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProvisioningService } from '../../src/requests/attempt.ts';
import { cancelSignedOut } from '../../src/requests/cancel-signed-out.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import { postponeTask } from '../../src/requests/running.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { openScene, quickClock, type Scene } from './scene.ts';
import { ask, claimed } from './support.ts';

const limits = { limit: 5, windowMs: 10_000, guardMs: 500 };
const { isaiah, adele } = people;

describe('a task of a person who is not signed in', () => {
  const place = useTestDatabase(sqliteEngine);
  let scene: Scene;
  /** The owner of the token of each call. */
  const calls: string[] = [];
  const present = new Set<string>();
  const serviceFor = (requestedById: string): ProvisioningService | null =>
    present.has(requestedById)
      ? {
          ...scene.graph,
          provisionOnDemand(...call) {
            calls.push(requestedById);
            return scene.graph.provisionOnDemand(...call);
          },
        }
      : null;
  const requesters = { serviceFor, present: () => [...present] };
  const outcomesOf = async (request: Parameters<Scene['tasksOf']>[0]) =>
    (await scene.tasksOf(request)).map(({ state }) => (state.kind === 'done' ? state.outcome : state.kind));

  afterEach(async () => {
    await scene.close();
    calls.length = 0;
    present.clear();
  });

  async function open(): Promise<Scene> {
    scene = await openScene({ place, clock: quickClock(50), limits });
    return scene;
  }

  it('ends at once and without a grant, while another person’s task goes on by their own permission', async () => {
    await open();
    present.add('alex');
    const gone = await scene.ask(30, undefined, { requestedBy: { id: 'megan', name: 'Megan Bowen' } });
    const there = await scene.ask([isaiah.id]);
    const changed: string[] = [];

    scene.start({ requesters, changed: (id) => void changed.push(id) });
    await scene.settled();

    const outcome = { kind: 'refused', code: 'SignInGone', cause: 'signInGone' };
    expect(await outcomesOf(gone)).toEqual(Array(30).fill(expect.objectContaining(outcome)));
    expect(await outcomesOf(there)).toEqual([expect.objectContaining({ kind: 'created' })]);
    expect(new Set(calls)).toEqual(new Set(['alex']));
    expect(scene.sandbox.stats().calls).toBe(1);
    expect(changed).toContain(gone.id);
    const records = await readAudit(scene.store.database.query, 100);
    expect(records.filter(({ kind }) => kind === 'sent')).toHaveLength(1);
    const ended = { kind: 'finished', actorId: 'megan', details: { outcome: 'refused', reason: 'signInGone' } };
    expect(records.filter(({ requestId }) => requestId === gone.id)[0]).toMatchObject(ended);
  });

  it('runs when its requester has signed in and asks again', async () => {
    await open();
    const request = await scene.ask([isaiah.id]);
    const dispatcher = scene.start({ requesters });
    await scene.settled();
    const before = await outcomesOf(request);

    present.add('alex');
    const [task] = await scene.tasksOf(request);
    await requeueTasks(scene.store, request.id, [task?.id ?? ''], 'alex');
    dispatcher.wake();
    await scene.settled();

    expect(before).toEqual([expect.objectContaining({ code: 'SignInGone' })]);
    expect(await outcomesOf(request)).toEqual([expect.objectContaining({ kind: 'created' })]);
    expect(new Set(calls)).toEqual(new Set(['alex']));
    expect(scene.sandbox.stats().calls).toBe(1);
  });

  it('is sent by no other person’s permission when the sign-in ends between the claim and the call', async () => {
    await open();
    const request = await scene.ask([isaiah.id]);

    scene.start({ requesters: { serviceFor, present: () => ['alex'] } });
    await scene.settled();

    expect(await outcomesOf(request)).toEqual([expect.objectContaining({ code: 'SignInGone' })]);
    expect(scene.sandbox.stats().calls).toBe(0);
  });

  it('ends as unknown, not as unsent, where an earlier call of it may have arrived', async () => {
    await open();
    await ask(scene.store, [isaiah.id]);
    await ask(scene.store, [adele.id]);
    const [first, second] = [await claimed(scene.store), await claimed(scene.store)];
    await postponeTask(scene.store, first, { reason: 'interrupted', delayMs: 0 });
    await postponeTask(scene.store, second, { reason: 'throttled', delayMs: 0 });

    const ended = await cancelSignedOut(scene.store, []);

    expect(ended).toHaveLength(2);
    const rows = await scene.store.database.query.selectFrom('tasks').select(['subject_id', 'outcome_kind']).execute();
    expect(Object.fromEntries(rows.map((row) => [row.subject_id, row.outcome_kind]))).toEqual({
      [first.task.subject.id]: 'unknown',
      [second.task.subject.id]: 'refused',
    });
    expect(await cancelSignedOut(scene.store, [])).toEqual([]);
  });
});
