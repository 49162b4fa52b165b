import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../src/db/database.ts';
import { findMessage, insertMessages } from '../../../src/outbox/message-store.ts';
import { archiveRequests, pruneArchived, takeOut } from '../../../src/requests/archive/archive.ts';
import { isInArchive, readArchived } from '../../../src/requests/archive/looking.ts';
import { requestsAtOnce, tasksAtOnce } from '../../../src/requests/expired.ts';
import { requeueTasks } from '../../../src/requests/queue.ts';
import { unusedId } from '../../../src/requests/request-id.ts';
import { createRequest, findRequest, type StoreParts } from '../../../src/requests/store.ts';
import { seedAccess, seedRequest } from '../../features/checks/history/support.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { engines, useTestDatabase } from '../../support/databases.ts';
import { ask, claimAllNow, claimed, named, noLimits, storeParts, wanted } from '../support.ts';
import { archiveAll, finishSeeded, rowsOfAll, seedEnd } from './support.ts';

const day = 24 * 3_600_000;

describe.each(engines)('the archive on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
    store = storeParts(database, clock, noLimits);
  });
  beforeEach(() => place.empty());

  /** Finished, with cards that are posted. */
  async function finished(people: readonly string[] = ['isaiah'], conversation = 'a chat'): Promise<string> {
    const { id } = await ask(store, people, { conversation });
    await claimAllNow(store);
    await database.query
      .updateTable('messages')
      .set({ due_at: null, posting: 0, activity_id: `card of ${id}` })
      .where('id', '=', id)
      .execute();
    return id;
  }
  const archiveOld = () => archiveAll(store, clock.now() + 1);
  const count = async (table: 'requests' | 'tasks' | 'archived' | 'archived_lines') =>
    (await database.query.selectFrom(table).selectAll().execute()).length;

  it('gives back every row as it was, with all that belongs to it, when one of it is named', async () => {
    await seedRequest(database, 'R23456', {
      at: 1,
      tasks: [
        { subject: 'isaiah', app: 'salesforce' },
        { subject: 'adele', app: 'servicenow' },
      ],
    });
    await seedRequest(database, 'R33456', { at: 2 });
    await seedEnd(database, 'R23456', { ended_as: 'verified', removal_id: 'R33456' });
    for (const id of ['A23456', 'A33456'])
      await seedAccess(database, id, { at: 1, state: 'finished', decidedBy: 'patti', requestId: 'R23456' });
    await database.query
      .updateTable('access_requests')
      .set({ joint_id: 'J234567', joint_group: 'J234567G', ended_at: 1 })
      .execute();
    const card = {
      kind: 'access',
      reference: 'J234567G',
      conversation: '{"chat":1}',
      reader: { locale: 'de-DE', timeZone: 'UTC' },
    } as const;
    await insertMessages(database.query, [{ ...card, id: 'card', dueAt: null }], 1);
    await database.query.updateTable('messages').set({ due_at: null }).execute();
    await database.query.updateTable('requests').set({ source: 'R33456' }).where('id', '=', 'R33456').execute();
    await finishSeeded(database);
    const before = await rowsOfAll(database);
    const named = ['R23456', 'A33456', 'J234567', 'J234567G', 'R33456'];
    const all: unknown[] = [];

    for (const id of named) {
      await archiveOld();
      await archiveOld();
      all.push(await count('requests'));
      await takeOut(store, [id]);
      const places = (await database.query.selectFrom('places').selectAll().execute()).map(({ id }) => id);
      const rows = await rowsOfAll(database);
      const placed = rows.requests?.map((row) => ({
        ...(row as object),
        conversation: 'conversation',
        place_id: null,
      }));
      all.push({ ...rows, requests: placed }, places.length, await count('archived_lines'));
    }

    expect(all).toEqual(named.flatMap(() => [0, before, 1, 0]));
  });

  it('lets a failed request be retried, and its card be edited, like one that never was there', async () => {
    const id = await finished();
    await archiveOld();

    await takeOut(store, [id]);
    const request = await findRequest(database, id);
    const requeued = await requeueTasks(store, id, request?.tasks.map((task) => task.id) ?? [], 'alex');
    const { task } = await claimed(store);
    await archiveOld();

    expect([request?.conversation, (await findMessage(database, id))?.conversation]).toEqual(['a chat', 'a chat']);
    expect([requeued, task.subject.id, await count('archived')]).toEqual([1, 'isaiah', 0]);
  });

  it('takes nothing out for an id that it does not have', async () => {
    await finished();
    await archiveOld();

    await takeOut(store, ['ZZZZZZ']);

    expect([await count('requests'), await count('archived')]).toEqual([0, 1]);
  });

  it('takes small batches, and leaves long lists where they are', async () => {
    for (let made = 0; made < requestsAtOnce + 1; made += 1) await finished();
    const long = await finished(named('person', tasksAtOnce + 1));
    for (const half of ['one', 'other']) await finished(named(half, tasksAtOnce - 10));

    const batches = await archiveOld();

    const left = await database.query.selectFrom('requests').select('id').execute();
    expect(left).toEqual([{ id: long }]);
    // One that finds no access request; then forty requests, one and a list, and a list.
    expect(batches).toBe(4);
    expect(await count('archived')).toBe(requestsAtOnce + 3);
  });

  it('takes a request whole or not at all', async () => {
    await finished();
    const before = await rowsOfAll(database);
    const failing: StoreParts = {
      ...store,
      database: {
        ...database,
        transact: (work) =>
          database.transact(async (transaction) => {
            await work(transaction);
            throw new Error('killed before the commit');
          }),
      },
    };

    await expect(archiveRequests(failing, clock.now() + 1, null)).rejects.toThrow('killed');
    const after = await rowsOfAll(database);
    await archiveOld();
    const [{ id } = { id: '' }] = await database.query.selectFrom('archived_lines').select('id').execute();
    await expect(takeOut(failing, [id])).rejects.toThrow('killed');

    expect(after).toEqual(before);
    expect([await count('requests'), await count('archived'), await count('archived_lines')]).toEqual([0, 1, 1]);
  });

  it('loses what is past its time, keeps the people of the rest, and gives no id again', async () => {
    const old = await finished(['isaiah']);
    await clock.advance(10 * day);
    await finished(['adele']);
    await archiveOld();
    const before = clock.now() - day;

    await pruneArchived(store, before, null);

    expect((await readArchived(database.query, [old])).requests).toEqual([]);
    expect([await count('archived'), await count('archived_lines')]).toEqual([1, 1]);
    expect([await isInArchive(database.query, 'isaiah'), await isInArchive(database.query, 'adele')]).toEqual([
      false,
      true,
    ]);
    await database.query.deleteFrom('audit_log').execute();
    const ids = [old, 'FRESH2'];
    expect(await database.transact((transaction) => unusedId(transaction, () => ids.shift() ?? ''))).toBe('FRESH2');
  });

  it('gives no id of an archived request to another', async () => {
    const id = await finished();
    await archiveOld();
    await database.query.deleteFrom('audit_log').execute();
    const ids = [id, 'FRESH2'];

    const made = await createRequest(store, wanted());
    const drawn = await database.transact((transaction) => unusedId(transaction, () => ids.shift() ?? ''));

    expect([made.id === id, drawn]).toEqual([false, 'FRESH2']);
  });
});
