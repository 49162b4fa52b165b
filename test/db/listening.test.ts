import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { type Listening, type Topic, topics } from '../../src/db/listening.ts';
import { enqueueAccessCards } from '../../src/features/approvals/access-requests/access-cards.ts';
import { act } from '../../src/features/approvals/access-requests/store.ts';
import { createLog } from '../../src/log.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import { recoverTasks } from '../../src/requests/crashed.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import { finishTask, postponeTask, renewLease } from '../../src/requests/running.ts';
import { accessParts, approve, askAccess, deny, megan, reader } from '../features/approvals/access-requests/support.ts';
import { ask, claimed, done, noLimits, storeParts } from '../requests/support.ts';
import { postgresEngine, sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { administer } from '../support/postgres/administer.ts';

describe('another process on PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);
  let one: Database;
  let other: Database;
  let listening: Listening;
  let heard: Topic[];
  let codes: unknown[];

  beforeAll(async () => {
    [one, other] = [await place.open(systemClock), await place.open(systemClock)];
  });
  beforeEach(async () => {
    await place.empty();
    [heard, codes] = [[], []];
    const log = createLog('warn', { write: (line) => void codes.push(JSON.parse(line).code) });
    listening = other.dialect.listen({ woken: (topic) => void heard.push(topic), clock: systemClock, log });
    await eventually(() => heard.length === topics.length);
    heard.length = 0;
  });
  afterEach(() => listening.stop());

  /**
   * The marks that the process hears of some work, and of nothing else: a mark that no work leaves comes after them on
   * the same connection.
   */
  async function heardOf(work: () => Promise<unknown>): Promise<Topic[]> {
    heard.length = 0;
    await work();
    await marked();
    return heard.slice(0, -mark.length);
  }

  const mark: readonly Topic[] = ['outbox', 'tasks', 'access'];

  async function marked(): Promise<void> {
    await administer(url(), mark.map((topic) => `notify usher, '${topic}'`).join(';'));
    await eventually(() => heard.slice(-mark.length).join() === mark.join());
  }

  function url(): string {
    if (place.config.kind !== 'postgres') throw new Error('this place is on PostgreSQL');
    return place.config.url.reveal();
  }

  it('hears once of a stored request, however many tasks it has', async () => {
    const store = storeParts(one, systemClock, noLimits);
    const people = Array.from({ length: 300 }, (_, index) => `person ${index}`);

    expect(await heardOf(() => ask(store, people))).toEqual(['tasks']);
  });

  it('hears of a task when it waits again, and not while it runs', async () => {
    const store = storeParts(one, systemClock, noLimits);
    const { id } = await ask(store, ['isaiah', 'adele']);
    await marked();
    const first = await claimed(store);
    const second = await claimed(store, 'a process that died', -1);

    const working = await heardOf(async () => {
      await renewLease(store, first, systemClock.now() + 60_000);
      await finishTask(store, first, done);
    });
    const recovering = await heardOf(() => recoverTasks(store, 'this process'));
    const again = await claimed(store);
    const late = await heardOf(() => postponeTask(store, again, { reason: 'interrupted', delayMs: 0 }));
    const cancelling = await heardOf(() => cancelRequest(store, id, 'megan'));
    const retrying = await heardOf(() => requeueTasks(store, id, [first.task.id], 'megan'));

    expect(second.task.id).not.toBe(first.task.id);
    expect({ working, recovering, late, cancelling, retrying }).toEqual({
      working: [],
      recovering: ['tasks'],
      late: ['tasks'],
      cancelling: [],
      retrying: ['tasks'],
    });
  });

  it('hears of an access request, its decision, and its outbox messages', async () => {
    const parts = accessParts(one, systemClock);
    const asking = await heardOf(() => askAccess(parts));
    const { id } = await askAccess(parts, {
      source: 'another',
      subject: { ...megan, type: 'User', label: null } as never,
    });
    await marked();

    const deciding = await heardOf(() => act(parts, id, approve));
    const { id: denied } = await askAccess(parts, { subject: { id: 'adele', name: 'Adele', label: null } });
    await marked();
    const denying = await heardOf(() => act(parts, denied, deny));
    const card = {
      accessRequestId: id,
      source: 'card',
      conversation: 'chat',
      reader,
      audience: 'approvers' as const,
    };
    const copying = await heardOf(() =>
      one.transact((transaction) => enqueueAccessCards(transaction, [card], systemClock.now())),
    );

    expect(asking).toEqual(['access']);
    // The notice of an approval waits until it is known whether the request starts.
    expect(deciding).toEqual(['access']);
    expect(denying).toEqual(['outbox']);
    expect(copying).toEqual(['outbox']);
  });

  it('hears nothing of what was rolled back', async () => {
    const undone = await heardOf(() =>
      one
        .transact(async (transaction) => {
          await transaction.insertInto('turns').values({ id: 'a', received_at: 0 }).execute();
          throw new Error('in the middle');
        })
        .catch(() => undefined),
    );

    expect(undone).toEqual([]);
  });

  it('looks for all work again when its connection was cut', async () => {
    await administer(
      url(),
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query like 'listen%'`,
    );

    await eventually(() => topics.every((topic) => heard.includes(topic)));
    const afterwards = await heardOf(() => ask(storeParts(one, systemClock, noLimits), ['isaiah']));

    expect(afterwards).toEqual(['tasks']);
  });
});

describe('a database that belongs to one process', () => {
  it('listens to no other process', async () => {
    const place = await sqliteEngine.createTestDatabase();
    const database = await place.open(systemClock);
    const heard: Topic[] = [];

    const listening = database.dialect.listen({
      woken: (topic) => void heard.push(topic),
      clock: systemClock,
      log: createLog('silent'),
    });
    await ask(storeParts(database, systemClock, noLimits), ['isaiah']);
    listening.stop();

    expect(heard).toEqual([]);
    await place.drop();
  });
});
