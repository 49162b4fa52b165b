import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/db/database.ts';
import { type Found, rewriteRow, rowsWithTraces, tablesOf } from '../../../src/requests/forgetting/sweep.ts';
import { tracesOf } from '../../../src/requests/forgetting/traces.ts';
import { seedRequest } from '../../features/checks/history/support.ts';
import { engineStartMs, engines, useTestDatabase } from '../../support/databases.ts';

describe.each(engines)('a sweep over all tables on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  afterEach(async () => {
    await database.close();
    await place.empty();
  }, engineStartMs);

  async function seed(): Promise<void> {
    database = await place.open(systemClock);
    for (const id of ['R1', 'R2'])
      await seedRequest(database, id, { at: 1, requestedBy: 'ÅSA', tasks: [{ subject: 'lee' }] });
  }
  const found = async () =>
    rowsWithTraces(database, database.query, await tablesOf(database, database.query), tracesOf('åsa-id', ['åsa']));
  const move = (id: string) =>
    database.query.updateTable('requests').set({ revision: 9 }).where('id', '=', id).execute();

  it('finds rows by what is written in other capitals, beyond those of ASCII too', async () => {
    await seed();
    const rows: Found[] = [];

    for await (const one of await found()) rows.push(one);

    expect(rows.map(({ table, row }) => [table, row?.id])).toEqual([
      ['requests', 'R1'],
      ['requests', 'R2'],
    ]);
  });

  it('covers every table but the record and the names, whatever tables there are', async () => {
    database = await place.open(systemClock);

    const names = (await tablesOf(database, database.query)).map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['requests', 'tasks', 'messages', 'watches', 'turns', 'repairs']));
    expect(names).not.toEqual(expect.arrayContaining(['audit_log']));
    expect(
      (await database.dialect.tables(database.query as never)).filter((name) => !names.includes(name)).toSorted(),
    ).toEqual(['audit_log', 'known_names', 'kysely_migration', 'kysely_migration_lock', 'seal_anchors', 'seals']);
  });

  it('makes one of two addresses of a chat that differ by the name alone, with the requests of both', async () => {
    await seed();
    for (const [request, conversation] of [
      ['R1', '{"to":"Åsa"}'],
      ['R2', '{"to":"Åsa Ek"}'],
    ] as const) {
      const place = database.query.insertInto('places').values({ conversation }).returning('id');
      const { id } = await place.executeTakeFirstOrThrow();
      await database.query.updateTable('requests').set({ place_id: id }).where('id', '=', request).execute();
    }
    const rows: Found[] = [];
    for await (const one of await found()) if (one.table === 'places') rows.push(one);

    for (const one of rows) await rewriteRow(database, database.query, one, { conversation: '{"to":"x"}' });

    const left = await database.query.selectFrom('places').select(['id', 'conversation']).execute();
    const of = await database.query.selectFrom('requests').select('place_id').execute();
    expect(left).toEqual([{ id: expect.any(Number), conversation: '{"to":"x"}' }]);
    expect(of.map(({ place_id: id }) => id)).toEqual([left[0]?.id, left[0]?.id]);
  });

  it('says so where another process has changed a row meanwhile, and writes over nothing', async () => {
    await seed();
    const rows: Found[] = [];
    for await (const one of await found()) rows.push(one);
    await move('R1');

    const written = await Promise.all(
      rows.map((one) => rewriteRow(database, database.query, one, { requested_by_name: 'x' })),
    );

    // An SQLite file has one process, and its rows stay where they are.
    expect(written).toEqual([engine.name === 'SQLite', true]);
    const revisions = await database.query.selectFrom('requests').select('revision').orderBy('id').execute();
    expect(revisions).toEqual([{ revision: 9 }, { revision: 1 }]);
  });
});
