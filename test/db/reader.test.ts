import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { byReader, type Database, isDatabaseAway, isDatabaseFault } from '../../src/db/database.ts';
import { startReader, threadedSqlite } from '../../src/db/reader.ts';
import type { Schema } from '../../src/db/schema.ts';
import { writeAudit } from '../../src/requests/audit-log.ts';
import { engineStartMs, engines, sqliteEngine, type TestDatabase } from '../support/databases.ts';

describe.each(engines)('the reader of a database on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    place = await createTestDatabase();
    database = await place.open(systemClock);
  }, engineStartMs);
  afterEach(() => place.drop());

  it('sees what has been stored, with the same values', async () => {
    await writeAudit(database.query, { at: 7, actorId: 'alex', kind: 'asked', requestId: null, details: { a: 'ü' } });

    const all = (from: Database) => from.query.selectFrom('audit_log').selectAll().execute();

    expect(await all(byReader(database))).toEqual(await all(database));
    expect(await all(byReader(database))).toHaveLength(1);
  });

  it('reports a mistake in a query as such, and answers the next', async () => {
    const failed = await sql`select no_such from audit_log`.execute(database.reader).catch((error: unknown) => error);

    expect(String(failed)).toMatch(/no_such/);
    expect(isDatabaseFault(failed)).toBe(false);
    expect((await sql`select 1 as one`.execute(database.reader)).rows).toEqual([{ one: 1 }]);
  });
});

describe('the reader of an SQLite file', () => {
  let place: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    place = await sqliteEngine.createTestDatabase();
    database = await place.open(systemClock);
  });
  afterEach(() => place.drop());

  const long = sql`
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 3000000) select count(*) as n from n`;

  it('leaves the event loop free, however long the answer takes', async () => {
    let turns = 0;
    let isAnswered = false;
    const count = () => {
      turns += 1;
      if (!isAnswered) setImmediate(count);
    };

    setImmediate(count);
    await long.execute(database.reader);
    isAnswered = true;
    const besideReader = turns;

    expect(besideReader).toBeGreaterThan(100);
  });

  it('writes nothing', async () => {
    const failed = await database.reader
      .deleteFrom('audit_log')
      .execute()
      .catch((error: unknown) => error);

    expect(String(failed)).toMatch(/readonly/);
    await expect(database.reader.transaction().execute(async () => undefined)).rejects.toThrow(/no transactions/);
  });

  it('ends its pending queries when the database is closed, as one that is away', async () => {
    await sql`select 1`.execute(database.reader);
    const asked = long.execute(database.reader).catch((error: unknown) => error);

    await database.close();

    expect(isDatabaseAway(await asked)).toBe(true);
  });

  it('is restarted after it has died', async () => {
    if (place.config.kind !== 'sqlite') throw new Error('an SQLite file is needed');
    const started: Worker[] = [];
    const dialect = threadedSqlite(place.config.path, (path) => {
      const thread = startReader(path);
      started.push(thread);
      return thread;
    });
    const reader = new Kysely<Schema>({ dialect });
    const asked = long.execute(reader).catch((error: unknown) => error);
    while (started.length === 0) await new Promise((resolve) => setImmediate(resolve));

    await started[0]?.terminate();

    expect(isDatabaseAway(await asked)).toBe(true);
    expect((await sql`select 1 as one`.execute(reader)).rows).toEqual([{ one: 1 }]);
    expect(started).toHaveLength(2);
    await reader.destroy();
  });
});
