import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { cancelRequest, confirmRequest, rejectRemoval } from '../../src/requests/confirmation.ts';
import { forecastRequest } from '../../src/requests/forecast.ts';
import { hasWork, requestsInLine, requeueTasks } from '../../src/requests/queue.ts';
import { findHeldForSecondPerson } from '../../src/requests/removals.ts';
import type { Request } from '../../src/requests/request.ts';
import { finishTask, postponeTask, returnTask } from '../../src/requests/running.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { onClock } from './scene.ts';
import { ask, claim, claimAllNow, claimed, done, named, noLimits, storeParts } from './support.ts';

const hourMs = 3_600_000;

describe.each(engines)('holding requests on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
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

  describe('a held request', () => {
    it('is neither claimed nor waited for', async () => {
      await ask(store, named('bulk', 3), { lane: 'bulk', held: true });

      expect(await claim(store)).toEqual({ kind: 'idle' });
      expect(await hasWork(store)).toBe(false);
      expect(await requestsInLine(store, 10)).toEqual([]);
    });

    it('lets requests go first that come before its confirmation', async () => {
      const { id } = await ask(store, named('held', 2), { lane: 'bulk', held: true });
      await ask(store, named('early', 3), { lane: 'bulk' });
      await claimed(store);
      await clock.advance(1);

      await confirmRequest(store, id, 'alex');

      expect(await claimAllNow(store)).toEqual(['held 0', 'early 1', 'held 1', 'early 2']);
    });

    it('gets the ticket that it awaits from its confirmation, and no other gets one', async () => {
      const awaiting = await ask(store, named('bulk', 2), { lane: 'bulk', held: true, awaitsTicket: true });
      const ticket = { number: 'INC1', url: null };
      const ticketed = await ask(store, named('other', 2), { lane: 'bulk', held: true, ticket });

      await confirmRequest(store, awaiting.id, 'alex', {
        ticket: { number: 'CHG2', url: 'https://contoso.example/CHG2' },
      });
      await confirmRequest(store, ticketed.id, 'alex', { ticket: { number: 'CHG2', url: null } });

      const [first, second] = [await findRequest(database, awaiting.id), await findRequest(database, ticketed.id)];
      expect(first?.ticket).toEqual({ number: 'CHG2', url: 'https://contoso.example/CHG2' });
      expect(first).not.toHaveProperty('awaitsTicket');
      expect(second?.ticket).toEqual(ticket);
    });

    it('waits from the moment it is confirmed, once however often the button is clicked', async () => {
      const { id, revision } = await ask(store, named('bulk', 3), { lane: 'bulk', held: true });
      await clock.advance(60_000);

      const clicks = await Promise.all([1, 2, 3].map(() => confirmRequest(store, id, 'alex')));

      expect(clicks.map((click) => (click.kind === 'confirmed' ? click.tasks : click)).toSorted()).toEqual([0, 0, 3]);
      const confirmed = await findRequest(database, id);
      expect(confirmed?.revision).toBe(revision + 1);
      expect(confirmed?.tasks.map(({ state }) => state)).toEqual(
        Array(3).fill({ kind: 'waiting', dueAt: clock.now(), waitReason: null }),
      );
      expect(await recordsOf('confirmed')).toMatchObject([{ actorId: 'alex', requestId: id, details: { tasks: 3 } }]);
    });

    it('can be confirmed for an hour and no longer', async () => {
      const early = await ask(store, ['early'], { held: true });
      const late = await ask(store, ['late'], { held: true });
      await clock.advance(hourMs);
      const withinTheHour = await confirmRequest(store, early.id, 'alex');
      await clock.advance(1);

      const afterwards = await confirmRequest(store, late.id, 'alex');

      expect(withinTheHour).toEqual({ kind: 'confirmed', tasks: 1 });
      expect(afterwards).toEqual({ kind: 'expired' });
      expect(await statesOf(late)).toEqual(['held']);
    });

    it('can be confirmed by its second person for a day, and keeps who that was', async () => {
      const removal = { secondPerson: true, leaving: true } as const;
      const early = await ask(store, ['early'], { held: true, removal });
      const late = await ask(store, ['late'], { held: true, removal });
      await clock.advance(24 * hourMs);
      const withinTheDay = await confirmRequest(store, early.id, 'patti', { confirmedBy: 'Patti Fernandez' });
      await clock.advance(1);

      const afterwards = await confirmRequest(store, late.id, 'patti', { confirmedBy: 'Patti Fernandez' });

      expect([withinTheDay.kind, afterwards.kind]).toEqual(['confirmed', 'expired']);
      expect((await findRequest(database, early.id))?.removal).toEqual({
        ...removal,
        decision: { how: 'confirmed', by: 'Patti Fernandez' },
      });
      expect((await findRequest(database, late.id))?.removal).toEqual(removal);
    });

    it('is rejected by its second person as long as it is held, and not once it is confirmed', async () => {
      const removal = { secondPerson: true } as const;
      const rejected = await ask(store, ['one', 'two'], { held: true, removal });
      const confirmed = await ask(store, ['three'], { held: true, removal });
      await confirmRequest(store, confirmed.id, 'patti', { confirmedBy: 'Patti Fernandez' });
      const by = { id: 'lynne', name: 'Lynne Robbins' };

      const first = await rejectRemoval(store, rejected.id, by);
      const again = await rejectRemoval(store, rejected.id, by);
      const tooLate = await rejectRemoval(store, confirmed.id, by);

      expect([first, again, tooLate]).toEqual([true, false, false]);
      expect(await statesOf(rejected)).toEqual(['cancelled', 'cancelled']);
      expect(await statesOf(confirmed)).toEqual(['waiting']);
      expect((await findRequest(database, rejected.id))?.removal?.decision).toEqual({ how: 'rejected', by: by.name });
    });

    it('is found as waiting for its second person, oldest first, until it is decided or too old', async () => {
      const removal = { secondPerson: true } as const;
      const ids = async () => (await findHeldForSecondPerson(database, clock.now())).map(({ id }) => id);
      const old = await ask(store, ['old'], { held: true, removal });
      await clock.advance(1);
      const [one, two] = [
        await ask(store, ['one', 'other'], { held: true, removal }),
        await ask(store, ['two'], { held: true, removal }),
      ];
      await ask(store, ['three'], { held: true, removal: { secondPerson: false } });
      await ask(store, ['four'], { held: true });

      const atFirst = await ids();
      await confirmRequest(store, two.id, 'patti', { confirmedBy: 'Patti Fernandez' });
      await clock.advance(24 * hourMs);
      const later = await ids();

      expect([atFirst.slice(0, 1), atFirst.toSorted()]).toEqual([[old.id], [old.id, one.id, two.id].toSorted()]);
      expect(later).toEqual([one.id]);
    });

    it('takes a virtual time beyond four thousand million as any other', async () => {
      const { id } = await ask(store, named('bulk', 2), { lane: 'bulk', held: true });
      await forecastRequest(store, id);
      await database.query.updateTable('gates').set({ turns: '[0,5000000000]' }).execute();

      await confirmRequest(store, id, 'alex');

      expect(await claimAllNow(store)).toEqual(['bulk 0', 'bulk 1']);
    });

    it('cannot be confirmed when there is no such request', async () => {
      expect(await confirmRequest(store, 'NOBODY', 'alex')).toEqual({ kind: 'confirmed', tasks: 0 });
    });
  });

  describe('cancelling', () => {
    it('cancels what waits and leaves what was sent', async () => {
      const request = await ask(store, named('bulk', 5), { lane: 'bulk' });
      await finishTask(store, await claimed(store), done);
      await claimed(store);

      const cancellation = await cancelRequest(store, request.id, 'megan');

      expect(cancellation).toEqual({ cancelled: 3, alreadySent: 2 });
      expect(await statesOf(request)).toEqual(['done', 'running', 'cancelled', 'cancelled', 'cancelled']);
      const { tasks = [] } = (await findRequest(database, request.id)) ?? {};
      expect(tasks[4]?.state).toEqual({ kind: 'cancelled', at: clock.now(), by: 'megan' });
      expect(await claim(store)).toEqual({ kind: 'idle' });
    });

    it('cancels a request that was never confirmed, which then cannot be confirmed', async () => {
      const request = await ask(store, named('bulk', 2), { held: true });

      const cancellation = await cancelRequest(store, request.id, 'alex');

      expect(cancellation).toEqual({ cancelled: 2, alreadySent: 0 });
      expect(await confirmRequest(store, request.id, 'alex')).toEqual({ kind: 'confirmed', tasks: 0 });
      expect(await statesOf(request)).toEqual(['cancelled', 'cancelled']);
    });

    it('happens once however often the button is clicked, and is recorded', async () => {
      const { id, revision } = await ask(store, named('bulk', 3));

      const clicks = await Promise.all([1, 2, 3].map(() => cancelRequest(store, id, 'megan')));

      expect(clicks.map(({ cancelled }) => cancelled).toSorted()).toEqual([0, 0, 3]);
      expect((await findRequest(database, id))?.revision).toBe(revision + 1);
      expect(await recordsOf('cancelled')).toMatchObject([
        { actorId: 'megan', requestId: id, details: { tasks: 3, alreadySent: 0 } },
      ]);
    });

    it('says that everything was sent where there is nothing left to cancel', async () => {
      const request = await ask(store, ['isaiah', 'adele']);
      await claimAllNow(store);

      expect(await cancelRequest(store, request.id, 'alex')).toEqual({ cancelled: 0, alreadySent: 2 });
      expect(await statesOf(request)).toEqual(['done', 'done']);
    });

    it('leaves other requests alone', async () => {
      const other = await ask(store, ['isaiah']);
      const request = await ask(store, ['adele']);

      await cancelRequest(store, request.id, 'alex');

      expect(await statesOf(other)).toEqual(['waiting']);
    });

    it('and claiming at the same time never leave a task both sent and cancelled', async () => {
      const request = await ask(store, named('bulk', 10), { lane: 'bulk' });

      const [cancellation, ...claims] = await Promise.all([
        cancelRequest(store, request.id, 'alex'),
        ...Array.from({ length: 10 }, () => claim(store)),
      ]);

      const sent = claims.filter(({ kind }) => kind === 'claimed').length;
      const states = await statesOf(request);
      expect(states.filter((state) => state === 'running')).toHaveLength(sent);
      expect(cancellation.cancelled + sent).toBe(10);
    });

    it('cannot be undone by a retry', async () => {
      const request = await ask(store, ['isaiah']);
      await cancelRequest(store, request.id, 'alex');
      const ids = request.tasks.map(({ id }) => id);

      expect(await requeueTasks(store, request.id, ids, 'alex')).toBe(0);
    });

    it('keeps a running call from being sent again when it did not get through', async () => {
      const request = await ask(store, named('person', 2));
      const throttled = await claimed(store);
      const unsent = await claimed(store);
      await cancelRequest(store, request.id, 'megan');

      await postponeTask(store, throttled, { reason: 'throttled', delayMs: 0 });
      await returnTask(store, unsent);

      expect(await statesOf(request)).toEqual(['cancelled', 'cancelled']);
    });

    it('lets a call be repeated that may have got through', async () => {
      const request = await ask(store, ['isaiah']);
      const unanswered = await claimed(store);
      await cancelRequest(store, request.id, 'megan');

      await postponeTask(store, unanswered, { reason: 'noAnswer', delayMs: 0 });

      expect(await statesOf(request)).toEqual(['waiting']);
    });

    it('does not spoil a later retry where the call went through after all', async () => {
      const request = await ask(store, ['isaiah']);
      const running = await claimed(store);
      await cancelRequest(store, request.id, 'megan');
      await finishTask(store, running, done);
      const ids = request.tasks.map(({ id }) => id);
      await requeueTasks(store, request.id, ids, 'alex');

      await postponeTask(store, await claimed(store), { reason: 'throttled', delayMs: 0 });

      expect(await statesOf(request)).toEqual(['waiting']);
    });
  });

  async function statesOf({ id }: Request): Promise<string[]> {
    return (await findRequest(database, id))?.tasks.map(({ state }) => state.kind) ?? [];
  }

  async function recordsOf(kind: string) {
    return (await readAudit(database.query, 99)).filter((record) => record.kind === kind);
  }
});
