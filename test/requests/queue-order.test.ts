import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { forecastQueue } from '../../src/requests/queue.ts';
import { finishTask, postponeTask } from '../../src/requests/running.ts';
import type { StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { onClock } from './scene.ts';
import { ask, claim, claimAllNow, claimed, done, named, noLimits, storeParts } from './support.ts';

describe.each(engines)('the waiting tasks on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
  /** Without a limit to speak of, for the tests of the order alone. */
  let store: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    database = onClock(opened, clock);
    store = storeParts(database, clock, noLimits);
  });

  describe('the order', () => {
    it('is first come, first served for single requests', async () => {
      for (const person of ['one', 'two', 'three', 'four']) {
        await ask(store, [person]);
        await clock.advance(1);
      }

      expect(await claimAllNow(store)).toEqual(['one', 'two', 'three', 'four']);
    });

    it('serves interactive before bulk', async () => {
      await ask(store, named('bulk', 2), { lane: 'bulk' });
      await clock.advance(1);
      await ask(store, ['somebody']);

      expect(await claimAllNow(store)).toEqual(['somebody', 'bulk 0', 'bulk 1']);
    });

    it('alternates between requests for many people', async () => {
      await ask(store, named('first', 3));
      await clock.advance(1);
      await ask(store, named('second', 3));

      expect(await claimAllNow(store)).toEqual(['first 0', 'second 0', 'first 1', 'second 1', 'first 2', 'second 2']);
    });

    it('lets one person in between the many of an earlier request', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, named('many', 12));
      const before = await claimAllNow(strict);
      await clock.advance(1);
      await ask(strict, ['one']);
      await clock.advance(10_500);

      const after = await claimAllNow(strict);

      expect(before).toEqual(named('many', 5));
      expect(after[0]).toBe('one');
    });

    it('lets no request starve, however many come later', async () => {
      await ask(store, named('many', 3));
      const served: string[] = [];
      for (const person of named('later', 20)) {
        await clock.advance(1);
        await ask(store, [person]);
        const next = await claimed(store);
        await finishTask(store, next, done);
        served.push(next.task.subject.id);
      }

      const places = named('many', 3).map((person) => served.indexOf(person));

      expect(places).toEqual([0, 6, 12]);
    });

    it('keeps the position of a task that has to wait again', async () => {
      await ask(store, ['first']);
      await clock.advance(1);
      await ask(store, ['second']);
      await postponeTask(store, await claimed(store), { reason: 'throttled', delayMs: 0 });

      expect(await claimAllNow(store)).toEqual(['first', 'second']);
    });
  });

  describe('the forecast', () => {
    it('gives position and start of every task, which then come true', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, named('early', 3));
      await claimAllNow(strict);
      await clock.advance(2_000);
      await ask(strict, named('many', 9));
      await clock.advance(1);
      await ask(strict, ['one']);
      await ask(strict, named('bulk', 4), { lane: 'bulk' });
      const foretold = await forecastQueue(strict);

      const happened = await watchStarts(strict, 40_000);

      expect(happened.size).toBe(14);
      expect(foretold).toEqual(happened);
    });

    it('holds with tasks that are not due yet', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, named('person', 8));
      await postponeTask(strict, await claimed(strict), { reason: 'noAnswer', delayMs: 5_000 });
      await postponeTask(strict, await claimed(strict), { reason: 'serviceUnavailable', delayMs: 20_000 });
      const foretold = await forecastQueue(strict);

      const happened = await watchStarts(strict, 60_000);

      expect(foretold).toEqual(happened);
    });

    it('holds behind a closed gate', async () => {
      const strict = storeParts(database, clock);
      await ask(strict, named('person', 7));
      await postponeTask(strict, await claimed(strict), {
        reason: 'throttled',
        delayMs: 0,
        closesGate: { retryAfterMs: 30_000 },
      });
      const foretold = await forecastQueue(strict);

      const happened = await watchStarts(strict, 60_000);

      expect(foretold).toEqual(happened);
      expect(foretold.get([...foretold.keys()][0] ?? '')?.startsAt).toBe(clock.now() - 60_000 + 30_000);
    });

    it('returns no more than the caller asks for', async () => {
      await ask(store, named('person', 8));

      expect((await forecastQueue(store, 3)).size).toBe(3);
    });
  });

  /** Lets time pass and claims what may start: position and start of each, as `forecastQueue` words them. */
  async function watchStarts(strict: StoreParts, ms: number) {
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
