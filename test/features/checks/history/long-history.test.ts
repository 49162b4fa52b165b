import { beforeAll, describe, expect, it } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import { systemClock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import { accessCardsOf, accessCardsShowing } from '../../../../src/features/approvals/access-requests/access-cards.ts';
import { findKeys } from '../../../../src/features/checks/history/find-keys.ts';
import type { Cursor, HistoryFilter } from '../../../../src/features/checks/history/history-entry.ts';
import { findEntries, findEntriesPage, lastEntryAbout } from '../../../../src/features/checks/history/pages.ts';
import { claimDue, findPosted, findUnshown } from '../../../../src/outbox/message-store.ts';
import { findKnown } from '../../../../src/requests/known-names.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { accessRow, idOf, seedMany, seedRequest } from './support.ts';

const seedTimeoutMs = 60_000;
const everything: HistoryFilter = { about: null, requestedById: null, since: null };
const middle = { at: 50_060_000, id: 'R1050000' };

// Time says little on a busy machine; the plan says whether a query reads more as the history grows.
describe.each(engines)('a history of a hundred thousand requests on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
    await seedMany(database);
  }, seedTimeoutMs);

  it.each([
    ['everything', {}],
    ['everything since a day', { since: 40_000_000 }],
    ['a requester', { requestedById: 'asker 7' }],
    ['an app', { about: { appId: 'app 7' } }],
    ['an app by a requester', { about: { appId: 'app 7' }, requestedById: 'asker 7' }],
    ['a person', { about: { personId: 'person 5' } }],
    ['a person by a requester', { about: { personId: 'person 5' }, requestedById: 'asker 7' }],
  ] as [string, Partial<HistoryFilter>][])(
    'finds a page about %s without reading a whole table',
    async (_name, filter) => {
      const plans = await plansOf((watched) =>
        findEntries(watched, { ...everything, ...filter, after: middle, limit: 10 }),
      );

      expect(plans.length).toBeGreaterThan(1);
      expect(plans.filter(readsWholeTable)).toEqual([]);
    },
  );

  it('finds what was last done for a person without reading a whole table', async () => {
    const plans = await plansOf((watched) => lastEntryAbout(watched, 'person 5', 'app 5'));

    expect(plans.filter(readsWholeTable)).toEqual([]);
  });

  it.each([
    ['names that nothing has', (watched) => findKnown(watched, 'zzyzx')],
    ['a name', (watched) => findKnown(watched, 'Person 5')],
    ['the cards that a crash left behind', (watched) => findUnshown(watched, 500)],
    ['the messages that are due', (watched) => claimDue(watched, 0, 20)],
    ['the cards of an access request', (watched) => accessCardsOf(watched, 'A1000000')],
    ['the cards that show a request', (watched) => accessCardsShowing(watched, ['R1000000'])],
    ['whose card it is', (watched) => findPosted(watched, 'a card')],
    [
      'what a manager may see',
      (watched) =>
        findEntries(watched, {
          ...everything,
          only: { requestedById: 'asker 7', subjectIds: ['person 1', 'person 2'] },
          after: middle,
          limit: 10,
        }),
    ],
  ] as [string, (watched: Database) => Promise<unknown>][])(
    'finds %s without reading a whole table',
    async (_name, find) => {
      const plans = await plansOf(find);

      expect(plans.length).toBeGreaterThanOrEqual(1);
      expect(plans.filter(readsWholeTable)).toEqual([]);
    },
  );

  it.each([
    ['everything', {}],
    ['everything since a day', { since: 40_000_000 }],
    ['what a few asked for or are concerned by', { only: { requestedById: 'asker 7', subjectIds: ['person 1'] } }],
  ] as [string, Partial<HistoryFilter>][])(
    'finds the page of %s by its number that the reader also reaches by going on',
    async (_name, filter) => {
      const sought = { ...everything, ...filter };
      const gone: string[] = [];
      for (let after: Cursor | null = null; ; ) {
        const keys = await findKeys(database, sought, after, 10_000);
        gone.push(...keys.map(({ id }) => id));
        after = keys.at(-1) ?? null;
        if (keys.length < 10_000) break;
      }

      for (const share of [0.1, 0.5, 0.9, 1]) {
        const page = Math.ceil((gone.length / 10) * share) - 1;
        const { entries } = await findEntriesPage(database, sought, page, 10);
        expect(entries.map(idOf)).toEqual(gone.slice(page * 10, page * 10 + 10));
      }
      const beyond = await findEntriesPage(database, sought, Math.ceil(gone.length / 10), 10);
      expect(beyond).toEqual({ entries: [], more: false });
    },
    60_000,
  );

  it.each([
    ['everything', {}],
    ['a requester', { requestedById: 'asker 7' }],
    ['a person', { about: { personId: 'person 5' } }],
    ['an app', { about: { appId: 'app 7' } }],
  ] as [string, Partial<HistoryFilter>][])(
    'finds a page far back of %s without reading a whole table',
    async (_name, filter) => {
      const plans: string[] = [];
      for (const page of [5, 8_000, 1_000_000])
        plans.push(
          ...(await plansOf((watched) => findEntriesPage(watched, { ...everything, ...filter }, page, 10))).filter(
            (plan) => !plan.startsWith('select count('),
          ),
        );

      expect(plans.length).toBeGreaterThanOrEqual(3);
      expect(plans.filter(readsWholeTable)).toEqual([]);
    },
  );

  it('finds every page where it belongs', async () => {
    const { entries, next } = await findEntries(database, { ...everything, after: middle, limit: 10 });
    const numbered = await findEntriesPage(database, everything, 8_999, 10);
    const last = await findEntriesPage(database, everything, 9_999, 10);

    expect(entries.map(idOf).slice(0, 3)).toEqual(['A1050060', 'R1049999', 'R1049998']);
    expect(entries.map(idOf)).not.toContain('R1049990');
    expect(next?.id).toBe(idOf(entries.at(-1) ?? null));
    expect(numbered.more).toBe(true);
    expect([last.entries.length, last.more]).toEqual([10, false]);
  });

  it('finds the requests of a person whom most of it is about', async () => {
    // More calls than the query gathers, so it takes another plan through the history.
    const tasks = Array.from({ length: 1_001 }, () => ({ subject: 'adele' }));
    await seedRequest(database, 'many', { at: 1, tasks });
    await seedRequest(database, 'newest', { at: 200_000_000, tasks: [{ subject: 'adele' }] });
    const about = { ...everything, about: { personId: 'adele' } };

    const plans = await plansOf((watched) => findEntries(watched, { ...about, after: null, limit: 1 }));
    const { entries } = await findEntries(database, { ...about, after: null, limit: 10 });

    expect(plans.filter(readsWholeTable)).toEqual([]);
    expect(entries.map(idOf)).toEqual(['newest', 'many']);
  });

  it('finds a page by its number where the history changes its kind halfway', async () => {
    // From here on, every request came of an access request: a sample of the newest end says nothing of the rest.
    for (let batch = 0; batch < 12; batch += 1)
      await database.query
        .insertInto('access_requests')
        .values(
          Array.from({ length: 1_000 }, (_, index) => {
            const number = batch * 1_000 + index;
            return accessRow(`N${number}`, 300_000_000 + number);
          }),
        )
        .execute();

    const { entries } = await findEntriesPage(database, everything, 5_000, 10);
    const { entries: before } = await findEntriesPage(database, everything, 4_999, 10);
    const last = before.at(-1);
    const after = last === undefined ? null : { at: last.at, id: idOf(last) ?? '' };

    expect(entries).toEqual((await findEntries(database, { ...everything, after, limit: 10 })).entries);
  });

  /** How the engine goes about each query that the work asks for. */
  async function plansOf(work: (watched: Database) => Promise<unknown>): Promise<string[]> {
    // A part of a query is transformed as well, but has no result of its own.
    const compiled = new Map<string, CompiledQuery>();
    const asked: CompiledQuery[] = [];
    const query = database.query.withPlugin({
      transformQuery({ node, queryId }) {
        compiled.set(queryId.queryId, database.query.getExecutor().compileQuery(node, queryId));
        return node;
      },
      async transformResult({ queryId, result }) {
        const one = compiled.get(queryId.queryId);
        if (one !== undefined) asked.push(one);
        return result;
      },
    });
    await work({ ...database, query });
    const plans: string[] = [];
    for (const one of asked) plans.push(await planOf(one));
    return plans;
  }

  async function planOf({ sql: text, parameters }: CompiledQuery): Promise<string> {
    const explain = database.dialect.singleProcess ? 'explain query plan' : 'explain';
    const { rows } = await database.query.executeQuery<Readonly<Record<string, unknown>>>(
      CompiledQuery.raw(`${explain} ${text}`, [...parameters]),
    );
    return [text, ...rows.map((row) => String(row.detail ?? row['QUERY PLAN']))].join('\n');
  }
});

/**
 * What would grow with the history: SQLite says SCAN also where it goes along an index from one end and stops when it
 * has enough, so there the index must be in the order that is asked for; PostgreSQL calls only the whole table a Seq Scan.
 */
function readsWholeTable(plan: string): boolean {
  const inSqlite =
    /^SCAN (?:requests|tasks|access_requests|messages|audit_log|known)\b(?! USING (?:COVERING )?INDEX \w+_(?:newest|unshown))/m;
  const inPostgres = /Seq Scan on (?:requests|tasks|access_requests|messages|audit_log)/;
  return inSqlite.test(plan) || inPostgres.test(plan);
}
