import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Insertable } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import type { AccessRequestRow, EntitlementRow, RepairRow } from '../../src/db/schema.ts';
import { emptyReport, type Outcome } from '../../src/graph/outcome.ts';
import { createLog } from '../../src/log.ts';
import { findMessage, insertMessages } from '../../src/outbox/message-store.ts';
import { takeOut } from '../../src/requests/archive/archive.ts';
import { together, unpack } from '../../src/requests/archive/packing.ts';
import { writeAudit } from '../../src/requests/audit-log.ts';
import { heldForSecondPersonMs } from '../../src/requests/confirmation.ts';
import { type PrunedTable, pruneRequests, requestsAtOnce, tasksAtOnce } from '../../src/requests/expired.ts';
import { reportDays } from '../../src/requests/lean.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import { startRetention } from '../../src/requests/retention.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { sealNext } from '../../src/seals/chain.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { ask, named, storeParts, type Wish } from './support.ts';

const hour = 3_600_000;
const day = 24 * hour;
const keptFor = 400;
/** The least that `RETENTION_DAYS` can be. */
const leastDays = 1;

const full = {
  kind: 'created',
  report: {
    ...emptyReport,
    steps: [
      { type: 'export', name: 'EntryExportAdd', status: 'success', description: 'created', details: { id: '1' } },
    ],
    changes: [{ attribute: 'displayName', oldValue: null, newValue: 'Isaiah Langer' }],
    changeId: 'change',
  },
} satisfies Outcome;

describe.each(engines)('what is past its time on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;
  let observed: [PrunedTable, number][];
  let approvers: readonly string[];

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
    store = storeParts(database, clock);
  });
  beforeEach(async () => {
    await place.empty();
    [observed, approvers] = [[], []];
  });

  /** A finished request, with its card. */
  async function finished(people: readonly string[] = ['isaiah'], wish: Wish = {}): Promise<string> {
    const { id } = await ask(store, people, wish);
    const now = clock.now();
    await database.query
      .updateTable('tasks')
      .set({ state: 'done', started_at: now, finished_at: now, outcome: '{"kind":"unknown","why":"timeout"}' })
      .set({ outcome_kind: 'unknown' })
      .where('request_id', '=', id)
      .execute();
    await database.query
      .updateTable('messages')
      .set({ due_at: null, posting: 0 })
      .where('reference', '=', id)
      .execute();
    return id;
  }

  async function access(id: string, more: Partial<Insertable<AccessRequestRow>> = {}): Promise<string> {
    const now = clock.now();
    await database.query
      .insertInto('access_requests')
      .values({
        ...{ id, source: id, requested_by_id: 'megan', requested_by_name: 'Megan Bowen', subject_id: 'isaiah' },
        ...{ subject_name: 'Isaiah Langer', subject_label: null, app_id: 'salesforce', app_name: 'Salesforce' },
        ...{ conversation: 'conversation', locale: 'en-US', time_zone: 'UTC', revision: 1, created_at: now },
        ...{ asked_as: 'request', expires_at: now, remind_at: now, state: 'denied', ended_at: now, ...more },
      })
      .execute();
    const card = {
      id: `card-${id}`,
      kind: 'access',
      reference: id,
      conversation: 'c',
      reader: { locale: 'en-US', timeZone: 'UTC' },
    } as const;
    await insertMessages(database.query, [{ ...card, dueAt: null }], now);
    await database.query.updateTable('messages').set({ due_at: null }).where('id', '=', card.id).execute();
    return id;
  }

  async function endOf(requestId: string, more: Partial<Insertable<EntitlementRow>>): Promise<void> {
    const task = await database.query
      .selectFrom('tasks')
      .selectAll()
      .where('request_id', '=', requestId)
      .executeTakeFirstOrThrow();
    await database.query
      .insertInto('entitlements')
      .values({
        ...{ task_id: task.id, request_id: requestId, subject_id: task.subject_id, subject_name: task.subject_name },
        ...{ app_id: task.app_id, app_name: task.app_name, ends_at: clock.now() + day, state: 'ended', ...more },
      })
      .execute();
  }

  async function repair(id: string, more: Partial<Insertable<RepairRow>> = {}): Promise<void> {
    await database.query
      .insertInto('repairs')
      .values({
        ...{ id, source: id, kind: 'pause', app_id: 'salesforce', app_name: 'Salesforce', job_id: 'job' },
        ...{ requested_by_id: 'alex', requested_by_name: 'Alex Wilber', conversation: 'c', locale: 'en-US' },
        ...{
          time_zone: 'UTC',
          needs_second_person: 0,
          state: 'ended',
          since: clock.now(),
          created_at: clock.now(),
          ...more,
        },
      })
      .execute();
  }

  /** Lets the day's work run to its end. */
  async function prune(days: { readonly requestDays?: number; readonly recordDays?: number } = {}): Promise<void> {
    const worker = startRetention({
      store,
      days: { requestDays: keptFor, recordDays: 2_555, ...days },
      isNeeded: async (id) => approvers.includes(id),
      observe: (table, rows) => observed.push([table, rows]),
      log: createLog('silent'),
    });
    const settled = worker.settled();
    let isSettled = false;
    void settled.then(() => {
      isSettled = true;
    });
    while (!isSettled) await clock.advance(100);
    await worker.stop();
  }

  const count = async (table: PrunedTable) =>
    Number(
      (
        await database.query
          .selectFrom(table)
          .select((row) => row.fn.countAll().as('rows'))
          .executeTakeFirstOrThrow()
      ).rows,
    );
  const archived = async () =>
    together(
      (await database.query.selectFrom('archived').select('content').execute()).map((row) => unpack(row.content)),
    );
  const left = async () =>
    [...(await database.query.selectFrom('requests').select('id').execute()), ...(await archived()).requests]
      .map(({ id }) => id)
      .toSorted();

  it('goes with all that is about it: tasks, cards, the access request, the end of access, a repair, the names', async () => {
    const id = await finished();
    await access('A23456', { state: 'finished', request_id: id });
    await endOf(id, { ends_at: clock.now() + day });
    await repair('P23456', { request_id: id });

    await clock.advance((keptFor + 1) * day);
    await prune();

    const tables = [
      'requests',
      'tasks',
      'access_requests',
      'messages',
      'entitlements',
      'repairs',
      'known_names',
    ] as const;
    for (const table of tables) {
      const names =
        table === 'known_names' ? database.query.selectFrom(table).select('id').where('kind', '!=', 'actor') : null;
      expect([table, names === null ? await count(table) : (await names.execute()).length]).toEqual([table, 0]);
    }
    expect(Object.fromEntries(observed)).toMatchObject({ requests: 1, tasks: 1, entitlements: 1, repairs: 1 });
    expect(await count('audit_log')).toBeGreaterThan(0);
  });

  it('is not what is younger', async () => {
    const id = await finished();
    await access('A23456');

    await clock.advance((keptFor - 1) * day);
    await prune();

    expect(await left()).toEqual([id]);
    expect([(await archived()).access_requests.length, (await archived()).messages.length]).toEqual([1, 2]);
  });

  it.each(['waiting', 'running'] as const)('is not a request of which a task is %s', async (state) => {
    const id = await finished(['isaiah', 'diego']);
    await database.query
      .updateTable('tasks')
      .set({ state, finished_at: null })
      .where('subject_id', '=', 'diego')
      .execute();

    await clock.advance((keptFor + 1) * day);
    await prune();

    expect([await left(), await count('tasks')]).toEqual([[id], 2]);
  });

  it('is not a request that was retried within the time', async () => {
    const id = await finished();
    await clock.advance(keptFor * day);
    const [task] = (await findRequest(database, id))?.tasks ?? [];
    await requeueTasks(store, id, [task?.id ?? ''], 'alex');

    await clock.advance(2 * day);
    await prune();

    expect([await left(), await count('tasks')]).toEqual([[id], 1]);
  });

  it('is a removal that was held only once it cannot be confirmed any more', async () => {
    await ask(store, ['isaiah'], { held: true, removal: { secondPerson: true } });
    await database.query.updateTable('messages').set({ due_at: null }).execute();

    await clock.advance(heldForSecondPersonMs - hour);
    await prune({ requestDays: leastDays });
    const kept = await left();
    await clock.advance(2 * day);
    await prune({ requestDays: leastDays });

    expect([kept.length, await left()]).toEqual([1, []]);
  });

  it.each(['active', 'ending', 'overdue'] as const)('is not access whose end is %s', async (state) => {
    const id = await finished();
    await endOf(id, { state, ends_at: clock.now() + 900 * day });

    await clock.advance((keptFor + 1) * day);
    await prune();

    expect([await left(), await count('entitlements')]).toEqual([[id], 1]);
  });

  it('is not the later request that gave the same access for good, until that end has come', async () => {
    const first = await finished();
    await endOf(first, { state: 'active', ends_at: clock.now() + 900 * day });
    const forGood = await finished();
    const other = await finished(['diego']);

    await clock.advance((keptFor + 1) * day);
    await prune();
    const kept = await left();
    await database.query.updateTable('entitlements').set({ state: 'ended', ended_as: 'extended' }).execute();
    await clock.advance(day);
    await prune();

    expect(kept).toEqual([first, forGood].toSorted());
    expect([await left(), kept.includes(other)]).toEqual([[], false]);
  });

  it('is neither access nor its removal, until that removal is past its time too', async () => {
    const given = await finished();
    await clock.advance(300 * day);
    const removal = await finished(['isaiah'], { removal: { secondPerson: false, atEnd: true } });
    await endOf(given, { state: 'ended', ended_as: 'verified', removal_id: removal });

    await clock.advance(101 * day);
    await prune();
    const kept = await left();
    await clock.advance(300 * day);
    await prune();
    const after = await left();

    expect([kept, after]).toEqual([[given, removal].toSorted(), []]);
  });

  it.each(['pending', 'approved', 'started'] as const)(
    'is not an access request that is %s, nor any other of its line',
    async (state) => {
      const joint = { joint_id: 'J23456', joint_group: 'J23456-1' };
      await access('A23456', { ...joint, state, ended_at: null });
      await access('B23456', { ...joint, state: 'finished', request_id: await finished() });
      await access('C23456');

      await clock.advance((keptFor + 1) * day);
      await prune();

      const stored = await database.query.selectFrom('access_requests').select('id').orderBy('id').execute();
      expect(stored.map(({ id }) => id)).toEqual(['A23456', 'B23456']);
      expect([await count('requests'), await count('messages')]).toEqual([1, 3]);
    },
  );

  it('is not what a message is still to be sent about', async () => {
    const id = await finished();
    await database.query.updateTable('messages').set({ due_at: 1 }).execute();

    await clock.advance((keptFor + 1) * day);
    await prune();

    expect(await left()).toEqual([id]);
  });

  it('is not a repair that has not ended, nor its request', async () => {
    const id = await finished();
    await repair('P23456', { request_id: id, state: 'paused' });

    await clock.advance((keptFor + 1) * day);
    await prune();

    expect([await left(), await count('repairs')]).toEqual([[id], 1]);
  });

  it('are texts about what is not stored any more, and none about what is', async () => {
    const reader = { locale: 'en-US', timeZone: 'UTC' };
    const id = await finished();
    await database.query.updateTable('tasks').set({ state: 'waiting', finished_at: null }).execute();
    const text = { conversation: 'c', reader, dueAt: clock.now() };
    await insertMessages(
      database.query,
      [
        { ...text, id: 'told', kind: 'announcement', reference: 'salesforce|c' },
        { ...text, id: 'kept', kind: 'endNote', reference: id },
        { ...text, id: 'due', kind: 'announcement', reference: 'salesforce|c' },
      ],
      clock.now(),
    );
    await database.query.updateTable('messages').set({ due_at: null }).where('id', '!=', 'due').execute();

    await clock.advance((keptFor + 1) * day);
    await prune();

    const stored = await database.query
      .selectFrom('messages')
      .select('id')
      .where('kind', '!=', 'request')
      .orderBy('id')
      .execute();
    expect(stored.map((row) => row.id)).toEqual(['due', 'kept']);
  });

  it('are people who have not written, unless they approve or a request is about them', async () => {
    const id = await finished(['diego']);
    await database.query
      .updateTable('tasks')
      .set({ state: 'waiting', finished_at: null })
      .where('request_id', '=', id)
      .execute();
    const seenAt = clock.now();
    for (const one of ['alex', 'diego', 'patti', 'former'])
      await database.query
        .insertInto('known_people')
        .values({ person_id: one, conversation: 'c', locale: 'en-US', time_zone: 'UTC', seen_at: seenAt })
        .execute();
    approvers = ['patti'];

    await clock.advance((keptFor + 1) * day);
    await prune();

    const stored = await database.query.selectFrom('known_people').select('person_id').orderBy('person_id').execute();
    expect(stored.map(({ person_id }) => person_id)).toEqual(['alex', 'diego', 'patti']);
  });

  it('are entries of the audit log by a time of their own', async () => {
    const entry = { actorId: 'alex', kind: 'asked', requestId: null, details: {} } as const;
    await writeAudit(database.query, { ...entry, at: clock.now() });
    await clock.advance(1_000 * day);
    await writeAudit(database.query, { ...entry, at: clock.now() });

    await sealNext(database, 10);

    await prune({ recordDays: 999 });

    expect(await count('audit_log')).toBe(1);
  });

  it('goes in small batches, whatever the number of requests and the length of a list', async () => {
    for (let made = 0; made < requestsAtOnce + 5; made += 1) await finished([`person ${made}`]);
    const list = await finished(named('bulk', 2 * tasksAtOnce + 10));

    await clock.advance((keptFor + 1) * day);
    await prune();

    const of = (table: PrunedTable) => observed.flatMap(([name, rows]) => (name === table ? [rows] : []));
    expect([await left(), await count('tasks'), await findRequest(database, list)]).toEqual([[], 0, null]);
    expect(Math.max(...of('tasks'))).toBe(tasksAtOnce);
    expect(Math.max(...of('requests'))).toBeLessThanOrEqual(requestsAtOnce);
    expect(of('tasks').reduce((sum, rows) => sum + rows, 0)).toBe(requestsAtOnce + 5 + 2 * tasksAtOnce + 10);
  });

  it('passes by what is kept, however much of that is older', async () => {
    for (let made = 0; made < requestsAtOnce + 5; made += 1)
      await endOf(await finished([`person ${made}`]), { state: 'active', ends_at: clock.now() + 900 * day });
    await clock.advance(1);
    const last = await finished(['diego']);

    await clock.advance((keptFor + 1) * day);
    await prune();

    expect([await count('requests'), (await left()).includes(last)]).toEqual([requestsAtOnce + 5, false]);
  });

  it('is looked for once a day, by one process', async () => {
    await prune();
    const id = await finished();

    await clock.advance(12 * hour);
    await prune({ requestDays: -1 });
    const kept = await left();
    await clock.advance(12 * hour);
    await prune({ requestDays: -1 });

    expect([kept, await left()]).toEqual([[id], []]);
  });

  it('is left alone by a batch that begins while it is taken up again', async () => {
    const id = await finished();
    await clock.advance((keptFor + 1) * day);
    const [task] = (await findRequest(database, id))?.tasks ?? [];

    await Promise.all([
      requeueTasks(store, id, [task?.id ?? ''], 'alex'),
      pruneRequests(store, clock.now() - keptFor * day, null),
    ]);

    const found = await findRequest(database, id);
    expect([null, 1]).toContain(found === null ? null : found.tasks.length);
    expect(await count('tasks')).toBe(found === null ? 0 : 1);
  });

  it('is a report after a month, of which the verdict and the ids stay, and the request and its card share an address', async () => {
    const ids = [await finished(['isaiah']), await finished(['diego'])];
    const [made] = [(await findRequest(database, ids[0] ?? ''))?.conversation];
    await database.query
      .updateTable('tasks')
      .set({ outcome: JSON.stringify(full), outcome_kind: 'created' })
      .execute();

    await clock.advance((reportDays - 1) * day);
    await prune();
    const before = (await findRequest(database, ids[0] ?? ''))?.tasks[0]?.state;
    await clock.advance(2 * day);
    await prune();

    await takeOut(store, ids);
    const [one, card] = [await findRequest(database, ids[0] ?? ''), await findMessage(database, ids[1] ?? '')];
    const stored = await database.query.selectFrom('messages').select('conversation').execute();
    expect(before).toMatchObject({ outcome: full });
    expect(one?.tasks[0]?.state).toMatchObject({
      outcome: { kind: 'created', report: { ...full.report, steps: [], changes: [] } },
    });
    expect([one?.conversation, card?.conversation]).toEqual([made, made]);
    expect([await count('places'), stored]).toEqual([1, [{ conversation: '' }, { conversation: '' }]]);
  });

  it('is no report of a task that waits again, and no address of a request whose access ends', async () => {
    const id = await finished();
    await endOf(id, { state: 'active', ends_at: clock.now() + 900 * day });
    await clock.advance(40 * day);
    const [task] = (await findRequest(database, id))?.tasks ?? [];
    await requeueTasks(store, id, [task?.id ?? ''], 'alex');
    await prune();

    const row = await database.query.selectFrom('tasks').select('is_lean').executeTakeFirstOrThrow();
    const kept = await database.query
      .selectFrom('requests')
      .select(['conversation', 'source'])
      .executeTakeFirstOrThrow();
    expect([row.is_lean, await count('places'), kept.source.length > id.length]).toEqual([0, 0, true]);
  });

  it('is an address once its last request is gone', async () => {
    await finished();
    await clock.advance(40 * day);
    await prune();
    const made = await count('places');

    await clock.advance(keptFor * day);
    await prune();

    expect([made, await count('requests'), await count('places')]).toEqual([1, 0, 0]);
  });
});
