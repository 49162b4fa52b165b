import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/db/database.ts';
import type { HistoryFilter } from '../../../src/requests/history/deed.ts';
import { findDeeds, findDeedsPage, lastDeedAbout } from '../../../src/requests/history/history.ts';
import { engineStartMs, engines, type TestDatabase } from '../../support/databases.ts';
import { idOf, seedMany, seedRequest } from './support.ts';

const everything: HistoryFilter = { about: null, askerId: null, since: null };
const middle = { at: 50_060_000, id: 'R1050000' };

// Time says little on a busy machine; the plan says whether a query reads more as the history grows.
describe.each(engines)('a history of a hundred thousand requests on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await place.open(systemClock);
    await seedMany(database);
  }, engineStartMs);
  afterAll(() => place.drop());

  it.each([
    ['everything', {}],
    ['everything since a day', { since: 40_000_000 }],
    ['an asker', { askerId: 'asker 7' }],
    ['an app', { about: { appId: 'app 7' } }],
    ['an app by an asker', { about: { appId: 'app 7' }, askerId: 'asker 7' }],
    ['a person', { about: { personId: 'person 5' } }],
    ['a person by an asker', { about: { personId: 'person 5' }, askerId: 'asker 7' }],
  ] as [string, Partial<HistoryFilter>][])(
    'finds a page about %s without reading a whole table',
    async (_name, filter) => {
      const plans = await plansOf((watched) =>
        findDeeds(watched, { ...everything, ...filter, after: middle, limit: 10 }),
      );

      expect(plans.length).toBeGreaterThan(1);
      expect(plans.filter(readsWholeTable)).toEqual([]);
    },
  );

  it('finds what was last done for a person without reading a whole table', async () => {
    const plans = await plansOf((watched) => lastDeedAbout(watched, 'person 5', 'app 5'));

    expect(plans.filter(readsWholeTable)).toEqual([]);
  });

  it('finds every page where it belongs', async () => {
    const { deeds, next } = await findDeeds(database, { ...everything, after: middle, limit: 10 });
    const numbered = await findDeedsPage(database, everything, 8_999, 10);
    const last = await findDeedsPage(database, everything, 9_999, 10);

    expect(deeds.map(idOf).slice(0, 3)).toEqual(['A1050060', 'R1049999', 'R1049998']);
    expect(deeds.map(idOf)).not.toContain('R1049990');
    expect(next?.id).toBe(idOf(deeds.at(-1) ?? null));
    expect(numbered.more).toBe(true);
    expect([last.deeds.length, last.more]).toEqual([10, false]);
  });

  it('finds the requests of somebody whom most of it is about', async () => {
    // More calls than are gathered, so the way through the history is another one.
    const tasks = Array.from({ length: 1_001 }, () => ({ subject: 'adele' }));
    await seedRequest(database, 'many', { at: 1, tasks });
    await seedRequest(database, 'newest', { at: 200_000_000, tasks: [{ subject: 'adele' }] });
    const about = { ...everything, about: { personId: 'adele' } };

    const plans = await plansOf((watched) => findDeeds(watched, { ...about, after: null, limit: 1 }));
    const { deeds } = await findDeeds(database, { ...about, after: null, limit: 10 });

    expect(plans.filter(readsWholeTable)).toEqual([]);
    expect(deeds.map(idOf)).toEqual(['newest', 'many']);
  });

  /** How the engine goes about each query that the work asks for. */
  async function plansOf(work: (watched: Database) => Promise<unknown>): Promise<string[]> {
    const asked: CompiledQuery[] = [];
    const query = database.query.withPlugin({
      transformQuery({ node, queryId }) {
        asked.push(database.query.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    await work({ ...database, query });
    const plans: string[] = [];
    for (const compiled of asked) plans.push(await planOf(compiled));
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
  const inSqlite = /^SCAN (?:requests|tasks|access_requests)\b(?! USING (?:COVERING )?INDEX \w+_newest)/m;
  const inPostgres = /Seq Scan on (?:requests|tasks|access_requests)/;
  return inSqlite.test(plan) || inPostgres.test(plan);
}
