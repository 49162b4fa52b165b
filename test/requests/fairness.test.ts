import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { confirmRequest } from '../../src/requests/confirmation.ts';
import { forecastRequest } from '../../src/requests/forecast.ts';
import { forecastQueue, requestsInLine } from '../../src/requests/queue.ts';
import { finishTask, postponeTask } from '../../src/requests/running.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { onClock } from './scene.ts';
import { ask, claim, claimAllNow, claimed, done, named, noLimits, storeParts } from './support.ts';

const bulk = { lane: 'bulk' } as const;

describe.each(engines)('lists and single requests together on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let clock: TestClock;
  let database: Database;
  /** The order alone. */
  let unlimited: StoreParts;
  /** As in a real tenant. */
  let strict: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    database = onClock(opened, clock);
    unlimited = storeParts(database, clock, noLimits);
    strict = storeParts(database, clock);
  });

  it('start a single request at the very next grant in the middle of five hundred', async () => {
    await ask(unlimited, named('bulk', 500), bulk);
    for (let before = 0; before < 7; before += 1) await serveNext(unlimited);
    await clock.advance(1);
    await ask(unlimited, ['one']);

    expect(await serveNext(unlimited)).toBe('one');
  });

  it('give a list three of five starts however many single requests come', async () => {
    await ask(unlimited, named('bulk', 40), bulk);
    const served: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      await clock.advance(1);
      await ask(unlimited, [`single ${round}`]);
      served.push(await serveNext(unlimited));
    }

    const ofBulk = served.filter((person) => person.startsWith('bulk'));

    expect(ofBulk).toEqual(named('bulk', 18));
  });

  it('let two lists alternate, the later one from when it comes', async () => {
    await ask(unlimited, named('first', 6), bulk);
    await serveNext(unlimited);
    await serveNext(unlimited);
    await clock.advance(1);
    await ask(unlimited, named('second', 4), bulk);

    const served = await claimAllNow(unlimited);

    expect(served).toEqual([
      'second 0',
      'first 2',
      'second 1',
      'first 3',
      'second 2',
      'first 4',
      'second 3',
      'first 5',
    ]);
  });

  it('give everything to a lane while the other has no task that is due', async () => {
    await ask(unlimited, ['one']);
    await postponeTask(unlimited, await claimed(unlimited), { reason: 'noAnswer', delayMs: 5_000 });
    await ask(unlimited, named('bulk', 3), bulk);

    expect(await claimAllNow(unlimited)).toEqual(named('bulk', 3));
  });

  it('name the requests at the head of both lanes', async () => {
    const single = await ask(unlimited, ['one']);
    const list = await ask(unlimited, named('bulk', 3), bulk);

    expect(await requestsInLine(unlimited, 2)).toEqual([single.id, list.id]);
  });

  it('start when the forecast said, with both lanes waiting', async () => {
    await ask(strict, named('before', 3), bulk);
    await claimAllNow(strict);
    await clock.advance(2_000);
    await ask(strict, named('list', 9), bulk);
    await ask(strict, named('other list', 4), bulk);
    for (const person of named('single', 6)) await ask(strict, [person]);
    await postponeTask(strict, await claimed(strict), { reason: 'serviceUnavailable', delayMs: 20_000 });
    const foretold = await forecastQueue(strict);

    const happened = await watchStarts(60_000);

    expect(happened.size).toBe(19);
    expect(foretold).toEqual(happened);
  });

  it('have a forecast for the first and the last call of a list', async () => {
    await ask(strict, named('before', 4), bulk);
    const { id } = await ask(strict, named('list', 6), bulk);
    const foretold = await forecastRequest(strict, id);
    const { tasks = [] } = (await findRequest(database, id)) ?? {};

    const happened = await watchStarts(60_000);

    const starts = tasks.map((task) => happened.get(task.id)?.startsAt ?? 0);
    expect(foretold).toEqual({ tasks: 6, startsAt: Math.min(...starts), lastStartsAt: Math.max(...starts) });
  });

  it('have a forecast for a held list, as if it were confirmed now', async () => {
    await ask(strict, named('before', 7), bulk);
    await claimed(strict);
    await ask(strict, ['single']);
    const { id } = await ask(strict, named('list', 8), { ...bulk, held: true });
    await clock.advance(1);
    const whileHeld = await forecastRequest(strict, id);

    await confirmRequest(strict, id, 'alex');

    expect(whileHeld).toMatchObject({ tasks: 8 });
    expect(await forecastRequest(strict, id)).toEqual(whileHeld);
  });

  it('have no forecast for a request without waiting tasks', async () => {
    const { id } = await ask(unlimited, ['one']);
    await claimAllNow(unlimited);

    expect(await forecastRequest(unlimited, id)).toBeNull();
  });

  async function serveNext(store: StoreParts): Promise<string> {
    const next = await claimed(store);
    await finishTask(store, next, done);
    return next.task.subject.id;
  }

  /** Lets time pass and claims what may start: position and start of each, as `forecastQueue` words them. */
  async function watchStarts(ms: number) {
    const starts = new Map<string, { position: number; startsAt: number }>();
    const end = clock.now() + ms;
    while (clock.now() < end) {
      const made = await claim(strict);
      if (made.kind === 'claimed') {
        starts.set(made.claimed.task.id, { position: starts.size + 1, startsAt: clock.now() });
        await finishTask(strict, made.claimed, done);
      } else {
        const pauseMs = made.kind === 'later' ? made.inMs : ms;
        await clock.advance(Math.min(pauseMs, end - clock.now()));
      }
    }
    return starts;
  }
});
