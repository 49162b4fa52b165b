import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { type Topic, topics } from '../../src/db/listening.ts';
import {
  approversCards,
  hasReaders,
  keyOfRoute,
  openAccessCard,
  routeSource,
} from '../../src/features/approvals/access-requests/access-cards.ts';
import { enqueueNotices } from '../../src/features/approvals/access-requests/notices.ts';
import { removeWatch } from '../../src/features/checks/watching/watches.ts';
import { createLog } from '../../src/log.ts';
import type { Message } from '../../src/outbox/message.ts';
import { claimDue, findMessage, findPosted, findUnshown, insertMessages } from '../../src/outbox/message-store.ts';
import type { AccessParts } from '../../src/requests/access-parts.ts';
import { accessParts } from '../features/approvals/access-requests/support.ts';
import { engineStartMs, engines, type TestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { accessRequest, asOf, firstDay, type SeparateSchema, told } from './earlier.ts';

const now = systemClock.now();
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const reader = { locale: 'de-DE', timeZone: 'Europe/Berlin' };
const place = { locale: 'de-DE', time_zone: 'Europe/Berlin' };
const { asker_id: _id, asker_name: _name, ...request } = firstDay;
const alex = { requested_by_id: 'alex', requested_by_name: 'Alex Wilber' };
const details = JSON.stringify({ app: { id: 'zscaler', name: 'Zscaler' }, change: 'stopped', status: 'none', at: 1 });

/** Fills the tables in which messages were kept. Whatever is `stale` shows less than its latest revision. */
async function fill(earlier: Parameters<Parameters<typeof asOf<SeparateSchema>>[2]>[0]): Promise<void> {
  const of = (id: string, drawn_revision: number, created_at: number, card_id: string | null) => ({
    ...{ ...request, ...alex, ...place },
    ...{ id, source: id, conversation: `chat of ${id}`, revision: 3, drawn_revision, created_at, card_id },
  });
  await earlier
    .insertInto('requests')
    .values([
      of('SHOWN', 3, now - 10 * hourMs, 'card of SHOWN'),
      of('STALE', 2, now - 9 * hourMs, 'card of STALE'),
      of('LOST', 0, now - 5 * minuteMs, null),
      of('HOURSAGO', 0, now - 23 * hourMs, null),
      of('LONGAGO', 0, now - 25 * hourMs, null),
      of('CARRIED', 0, now - minuteMs, null),
    ])
    .execute();
  const access = { ...accessRequest, ...alex, revision: 2 };
  await earlier
    .insertInto('access_requests')
    .values([
      { ...access, id: 'STARTED', source: 'started', state: 'started', request_id: 'CARRIED', awaiting_since: 1 },
      { ...access, id: 'PENDING', source: 'pending', state: 'pending', request_id: null },
    ])
    .execute();
  interface More {
    readonly card_id?: string;
    readonly drawn_revision?: number;
    readonly due_at?: number;
  }
  const card = (id: string, more: More) => ({
    ...{ ...told, ...place, id, access_request_id: 'STARTED', source: id, conversation: `chat of ${id}` },
    ...{ audience: 'approvers' as const, card_id: null, drawn_revision: 0, due_at: null, failures: 0, gone: 0 },
    ...{ created_at: now - hourMs, ...more },
  });
  await earlier
    .insertInto('access_cards')
    .values([
      { ...card('copy-shown', { card_id: 'card of copy-shown', drawn_revision: 5 }), audience: 'requester' },
      card('copy-stale', { card_id: 'card of copy-stale', drawn_revision: 4 }),
      { ...card('copy-due', { due_at: now + minuteMs }), failures: 2, source: routeSource('STARTED', 'desk') },
      { ...card('copy-refused', {}), gone: 1, failures: 20 },
      card('copy-given-up', {}),
      { ...card('copy-withdrawn', { card_id: 'card of copy-withdrawn', drawn_revision: 5 }), gone: 2 },
      { ...card('copy-pending', { card_id: 'card of copy-pending', drawn_revision: 2 }), access_request_id: 'PENDING' },
    ])
    .execute();
  const notice = { ...told, ...place, access_request_id: 'STARTED', failures: 0, created_at: now - hourMs };
  await earlier
    .insertInto('notices')
    .values([
      { ...notice, kind: 'waits', conversation: 'megan chat', due_at: null },
      { ...notice, kind: 'result', conversation: 'alex chat', due_at: now - 2, failures: 1 },
    ])
    .execute();
  const announcement = {
    ...told,
    ...place,
    created_at: now - hourMs,
    kind: 'jobChanged',
    app_id: 'zscaler',
    details,
    failures: 0,
  };
  await earlier
    .insertInto('announcements')
    .values([
      { ...announcement, key: 'desk', conversation: 'desk chat', due_at: null },
      { ...announcement, key: 'a|board', conversation: 'board chat', due_at: now - 1, failures: 3 },
    ])
    .execute();
  const watch = { key: 'a|board', app_id: 'zscaler', app_name: 'Zscaler', added_by: 'alex', added_at: 1 };
  await earlier
    .insertInto('watches')
    .values({ ...watch, ...place, conversation: 'board chat' })
    .execute();
  await earlier.insertInto('card_edits').values({ id: 'STALE', owner: 'a process of then', until: now }).execute();
}

/** As `fill` stored it: posted, up to date, and nothing more to do. */
const kept: Omit<Message, 'id' | 'kind' | 'reference' | 'conversation'> = {
  ...{ source: null, reader, audience: null, details: null, activityId: null, revision: 0, shownRevision: 0 },
  ...{
    dueAt: null,
    failures: 0,
    gone: 'no',
    isInterrupted: false,
    leftOpen: 'nothing',
    hasEarlierCard: false,
    told: null,
  },
  // Kept as it was; the other columns tell the rows apart.
  createdAt: expect.any(Number) as unknown as number,
};

describe.each(engines)('the messages of a database from before they had one table on $name', (engine) => {
  const isSqlite = engine.name === 'SQLite';
  let holder: TestDatabase;
  let database: Database;
  let parts: AccessParts;

  beforeAll(async () => {
    holder = await engine.createTestDatabase();
    await asOf<SeparateSchema>(holder, '023-words', fill);
    database = await holder.open(systemClock);
    parts = accessParts(database, systemClock);
  }, engineStartMs);
  afterAll(() => holder.drop());

  const unshown = async () => (await findUnshown(database, 100)).toSorted();
  const stored = (id: string) => findMessage(database, id);

  it('have the cards of requests, each as it was', async () => {
    const card = (id: string) =>
      ({ ...kept, id, kind: 'request', reference: id, conversation: `chat of ${id}`, revision: 3 }) as const;

    expect(await stored('SHOWN')).toEqual({ ...card('SHOWN'), activityId: 'card of SHOWN', shownRevision: 3 });
    expect(await stored('STALE')).toEqual({ ...card('STALE'), activityId: 'card of STALE', shownRevision: 2 });
    // It may have been posted without being noted.
    expect(await stored('LOST')).toEqual({ ...card('LOST'), hasEarlierCard: true, dueAt: expect.any(Number) });
    expect(await stored('HOURSAGO')).toEqual({ ...card('HOURSAGO'), hasEarlierCard: true, dueAt: expect.any(Number) });
    expect(await stored('LONGAGO')).toEqual({ ...card('LONGAGO'), shownRevision: 3 });
    expect((await findPosted(database, 'card of STALE'))?.id).toBe('STALE');
  });

  it('have no card of a request that carries out an access request', async () => {
    expect(await stored('CARRIED')).toBeNull();
  });

  it('have the cards of access requests, each as it was', async () => {
    const card = (id: string, revision = 5) => {
      const about = { kind: 'access', reference: 'STARTED', conversation: `chat of ${id}` } as const;
      return { ...kept, ...about, id, source: id, audience: 'approvers', revision } as const;
    };
    const posted = (id: string) => ({ ...card(id), activityId: `card of ${id}` });

    expect(await stored('copy-shown')).toEqual({ ...posted('copy-shown'), audience: 'requester', shownRevision: 5 });
    expect(await stored('copy-stale')).toEqual({ ...posted('copy-stale'), shownRevision: 4 });
    expect(await stored('copy-due')).toMatchObject({
      failures: 2,
      dueAt: now + minuteMs,
      gone: 'no',
      activityId: null,
    });
    expect(await stored('copy-refused')).toMatchObject({
      failures: 20,
      dueAt: null,
      gone: 'refused',
      activityId: null,
    });
    expect(await stored('copy-withdrawn')).toEqual({
      ...posted('copy-withdrawn'),
      ...{ shownRevision: 5, gone: 'withdrawn' },
    });
    expect(await stored('copy-pending')).toMatchObject({ reference: 'PENDING', revision: 2, shownRevision: 2 });
  });

  it('have no readers where a card was given up before it was posted, and none are out of date for them', async () => {
    const cards = await approversCards(database.query, 'STARTED');

    expect(
      cards
        .filter(hasReaders)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['copy-due', 'copy-stale']);
    expect(await unshown()).not.toContain('copy-given-up');
  });

  it('are found by what caused them, so that no card is made twice', async () => {
    const wanted = { accessRequestId: 'STARTED', conversation: 'chat', reader, audience: 'approvers' } as const;

    const found = await openAccessCard(parts, { ...wanted, source: routeSource('STARTED', 'desk') });

    const due = await stored('copy-due');
    expect(found).toBe('copy-due');
    expect(due === null ? null : keyOfRoute(due)).toBe('desk');
  });

  it('have the notices and the announcements, sent and unsent', async () => {
    const of = async (kind: 'notice' | 'announcement') => {
      const rows = database.query.selectFrom('messages').select('id').where('kind', '=', kind).orderBy('id');
      return Promise.all((await rows.execute()).map(({ id }) => stored(id)));
    };

    const notice = { ...kept, id: expect.stringMatching(/^notice-\d+$/), kind: 'notice', reference: 'STARTED' };
    expect(await of('notice')).toEqual([
      { ...notice, conversation: 'megan chat', details: 'waits' },
      { ...notice, conversation: 'alex chat', details: 'result', dueAt: now - 2, failures: 1 },
    ]);
    const announcement = { ...kept, id: expect.stringMatching(/^announcement-\d+$/), kind: 'announcement', details };
    expect(await of('announcement')).toEqual([
      { ...announcement, conversation: 'desk chat', reference: 'zscaler|desk' },
      { ...announcement, conversation: 'board chat', reference: 'zscaler|a|board', dueAt: now - 1, failures: 3 },
    ]);
  });

  it('that did not show the latest then are still found as out of date', async () => {
    expect(await unshown()).toEqual(['STALE', 'copy-stale']);
  });

  it('that waited are handed out, the lost cards of the last day among them', async () => {
    const handedOut = await claimDue(database, systemClock.now(), 100);

    expect(handedOut.map(({ conversation }) => conversation)).toEqual([
      'chat of HOURSAGO',
      'board chat',
      'alex chat',
      'chat of LOST',
    ]);
    expect(handedOut.filter(({ isInterrupted }) => isInterrupted)).toEqual([]);
  });

  it('keep a notice from being repeated', async () => {
    const count = async () => (await database.query.selectFrom('messages').select('id').execute()).length;
    const before = await count();
    const awaits = { kind: 'await', heldUp: 'assignment', until: now, delayMs: 1 } as const;
    const tell = (id: string) =>
      database.transact(async (transaction) => {
        const row = transaction.selectFrom('access_requests').selectAll().where('id', '=', id);
        await enqueueNotices(parts, transaction, await row.executeTakeFirstOrThrow(), awaits);
      });

    await tell('STARTED');
    const repeated = await count();
    await tell('PENDING');

    expect([repeated - before, (await count()) - before]).toEqual([0, 1]);
  });

  it('of a watch are taken back with it', async () => {
    const [message] = await database.query
      .selectFrom('messages')
      .select('id')
      .where('reference', '=', 'zscaler|a|board')
      .execute();

    await removeWatch(parts, 'a|board', { kind: 'sync', app: { id: 'zscaler', name: 'Zscaler' } }, 'alex');

    expect(await stored(message?.id ?? '')).toMatchObject({ dueAt: null });
  });

  it('are out of date from the next change on, which the database notices by itself', async () => {
    const before = await unshown();
    const { query } = database;

    await query.updateTable('requests').set({ revision: 4 }).where('id', '=', 'SHOWN').execute();
    await query.updateTable('access_requests').set({ revision: 3 }).where('id', '=', 'PENDING').execute();
    const one = await unshown();
    await query.updateTable('requests').set({ revision: 5 }).where('id', '=', 'CARRIED').execute();

    expect([before, one]).toEqual([
      ['STALE', 'copy-stale'],
      ['SHOWN', 'STALE', 'copy-pending', 'copy-stale'],
    ]);
    expect(await unshown()).toEqual(['SHOWN', 'STALE', 'copy-pending', 'copy-shown', 'copy-stale', 'copy-withdrawn']);
    const revisions = ['SHOWN', 'copy-pending', 'copy-shown', 'copy-due'].map(
      async (id) => (await stored(id))?.revision,
    );
    expect(await Promise.all(revisions)).toEqual([4, 3, 7, 7]);
    // A text is never out of date.
    expect(await query.selectFrom('messages').select('latest_revision').where('kind', '=', 'notice').execute()).toEqual(
      Array(3).fill({ latest_revision: null }),
    );
  });

  it('learn of the provisioning request when their access request starts', async () => {
    await database.query.updateTable('requests').set({ revision: 9 }).where('id', '=', 'STALE').execute();
    const before = await stored('copy-pending');

    await database.query
      .updateTable('access_requests')
      .set({ request_id: 'STALE' })
      .where('id', '=', 'PENDING')
      .execute();

    expect((await stored('copy-pending'))?.revision).toBe((before?.revision ?? 0) + 9);
  });

  it('know the latest revision of a card that is stored from now on', async () => {
    const card = { kind: 'access', reference: 'PENDING', conversation: 'chat', reader, dueAt: null } as const;

    await insertMessages(database.query, [{ ...card, id: 'copy-new' }], now);

    expect((await stored('copy-new'))?.revision).toBe((await stored('copy-pending'))?.revision);
  });

  it('are in one table alone', async () => {
    const tables = await database.dialect.tables(database.query as never);
    const { rows } = await sql<Readonly<Record<string, unknown>>>`select * from requests limit 1`.execute(
      database.query,
    );

    expect(tables).toContain('messages');
    for (const gone of ['access_cards', 'notices', 'announcements', 'card_edits']) expect(tables).not.toContain(gone);
    expect(Object.keys(rows[0] ?? {})).toContain('revision');
    for (const gone of ['card_id', 'drawn_revision']) expect(Object.keys(rows[0] ?? {})).not.toContain(gone);
    const names = isSqlite
      ? sql<{ name: string }>`select name from sqlite_schema where type in ('trigger', 'index')`
      : sql<{ name: string }>`select tgname as name from pg_trigger union select proname from pg_proc
          where proname like 'usher%' union select indexname from pg_indexes where schemaname = 'public'`;
    const leftOver = (await names.execute(database.query)).rows.filter(({ name }) =>
      /access_cards|notices|announcements|usher_cards|undrawn|requests_card/.test(name),
    );
    expect(leftOver).toEqual([]);
  });

  it('are announced to other processes, those that are due and no others', async () => {
    const heard: Topic[] = [];
    const other = await holder.open(systemClock);
    const log = createLog('silent');
    const listening = other.dialect.listen({ woken: (topic) => void heard.push(topic), clock: systemClock, log });
    const text = { kind: 'notice', reference: 'STARTED', conversation: 'chat', reader } as const;
    const put = (id: string, dueAt: number | null) => insertMessages(database.query, [{ ...text, id, dueAt }], now);
    if (!isSqlite) await eventually(() => heard.length === topics.length);
    heard.length = 0;

    await put('answered', null);
    await put('later', now + minuteMs);
    // Comes after them, as the connection is one: what wakes the others for nothing would stand before it.
    await database.query.updateTable('access_requests').set({ due_at: 1 }).where('id', '=', 'PENDING').execute();
    await put('due', now);
    if (!isSqlite) await eventually(() => heard.includes('outbox'));
    listening.stop();

    expect(heard).toEqual(isSqlite ? [] : ['access', 'outbox']);
  });
});
