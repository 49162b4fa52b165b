import { afterEach, describe, expect, it } from '@jest/globals';
import type { DispatcherObserver, FinishedTask } from '../../src/requests/dispatcher.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { openScene, quickClock, type Scene } from './scene.ts';

const limits = { limit: 5, windowMs: 10_000, guardMs: 5_000 };

describe('the observer of the dispatcher', () => {
  const place = useTestDatabase(sqliteEngine);
  let scene: Scene;
  let heard: (string | FinishedTask)[];
  const observe: DispatcherObserver = {
    granted: () => void heard.push('granted'),
    throttled: () => void heard.push('throttled'),
    taskFinished: (task) => void heard.push(task),
  };

  afterEach(() => scene.close());

  it('hears of each grant and each 429, and of a task once it is at its end', async () => {
    heard = [];
    scene = await openScene({ place, clock: quickClock(50), limits });
    scene.sandbox.failNext(/provisionOnDemand$/, { kind: 'status', status: 429 });
    await scene.ask([people.isaiah.id]);

    scene.start({ observe });
    await scene.settled();

    const [task] = heard.splice(-1);
    // On a busy machine a start may come too late and take a grant of its own once more.
    expect(heard.filter((word) => word !== 'granted')).toEqual(['throttled']);
    expect([heard.at(0), heard.at(-1)]).toEqual(['granted', 'granted']);
    expect(task).toMatchObject({ outcomeKind: 'created', app: 'Salesforce', ranSeconds: expect.any(Number) });
    // The gate was closed for a whole window, and that counts as waiting too.
    expect((task as FinishedTask).waitedSeconds).toBeGreaterThanOrEqual(10);
    expect((task as FinishedTask).ranSeconds).toBeGreaterThanOrEqual(0);
  });
});
