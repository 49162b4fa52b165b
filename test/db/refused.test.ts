import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { secret } from '../../src/config.ts';
import { databaseFaultOf, isDatabaseAway, isDatabaseFault } from '../../src/db/away.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { inspectDatabase } from '../../src/db/inspect.ts';
import { engineStartMs, engines, sqliteEngine, type TestDatabase } from '../support/databases.ts';
import { administer } from '../support/postgres/administer.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const impatient = { ...systemClock, sleep: () => Promise.reject(new Error('it was waited for')) };

describe.each(engines)('a database on $name that is not for this version', ({ createTestDatabase }) => {
  let place: TestDatabase;
  beforeEach(async () => {
    place = await createTestDatabase();
  }, engineStartMs);
  afterEach(() => place.drop());

  /** The errors of starting and of inspecting, and whether either changed the file. */
  async function refusalOf() {
    const failure = await failureOf(place.open(impatient));
    const looked = await inspectDatabase(place.config, systemClock);
    return { text: failure instanceof Error ? failure.message : '', looked };
  }

  it('is refused where a newer one has migrated it', async () => {
    const database = await place.open(systemClock);
    await sql`insert into kysely_migration (name, timestamp) values ('999-next', 'now')`.execute(database.query);

    const { text, looked } = await refusalOf();

    expect(text).toContain('belongs to a newer version of Usher: it knows 999-next');
    expect(text).toContain('To fix: start the newer version again, or restore the backup');
    expect(looked).toMatchObject({ kind: 'away', why: expect.stringContaining('newer version') });
  });

  it('is refused where it holds tables of another program, and stays as it is', async () => {
    const database = await place.open(systemClock);
    await sql`drop table kysely_migration`.execute(database.query);
    await sql`create table customers (id integer)`.execute(database.query);

    const { text } = await refusalOf();

    expect(text).toContain('tables of another program');
    expect(text).toContain('a database of its own');
    expect(await database.dialect.tables(database.query as never)).not.toContain('kysely_migration');
  });

  it('is refused where another program has migrated it by the same library', async () => {
    const database = await place.open(systemClock);
    await sql`update kysely_migration set name = 'x-' || name`.execute(database.query);

    expect((await refusalOf()).text).toContain('tables of another program');
  });
});

describe('an SQLite file', () => {
  let place: TestDatabase;
  let path: string;
  let database: Database;
  beforeEach(async () => {
    place = await sqliteEngine.createTestDatabase();
    path = place.config.kind === 'sqlite' ? place.config.path : '';
    database = await place.open(systemClock);
  });
  afterEach(() => place.drop());

  const write = (incoming = 'x') =>
    failureOf(
      database.query
        .insertInto('turns')
        .values({ id: incoming.slice(0, 9), received_at: 0, incoming })
        .execute(),
    );

  it('that is full counts as away, also in a transaction, which does not report the failed rollback instead', async () => {
    await sql`pragma max_page_count = 1`.execute(database.query);

    const alone = await write('x'.repeat(1_000_000));
    const inTransaction = await failureOf(
      database.transact((transaction) =>
        transaction
          .insertInto('turns')
          .values({ id: 'big', received_at: 0, incoming: 'y'.repeat(1_000_000) })
          .execute(),
      ),
    );

    expect([alone, inTransaction].map((error) => [databaseFaultOf(error), String(error)])).toEqual(
      Array(2).fill(['away', expect.stringContaining('full')]),
    );
  });

  it('that is read-only counts as refusing', async () => {
    await sql`pragma query_only = 1`.execute(database.query);

    const failure = await write();

    expect([databaseFaultOf(failure), isDatabaseFault(failure), isDatabaseAway(failure)]).toEqual([
      'refusing',
      true,
      false,
    ]);
  });

  it('that is damaged counts as refusing', async () => {
    await database.close();
    const raw = new DatabaseSync(path);
    raw.exec('pragma wal_checkpoint(truncate)');
    raw.close();
    truncateSync(path, 5_000);

    const failure = await failureOf(openDatabase({ kind: 'sqlite', path }, impatient));

    expect(failure).toMatchObject({ message: expect.stringMatching(/damaged.*\n {2}To fix: .*backup/) });
  });

  it('that is no database is reported as such, and left alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-none-'));
    const letter = join(folder, 'letter.db');
    writeFileSync(letter, 'a letter to the editor, long enough to be looked at as a database would be\n'.repeat(9));

    const failure = await failureOf(openDatabase({ kind: 'sqlite', path: letter }, impatient));

    expect(failure).toMatchObject({
      message: expect.stringMatching(/no SQLite database .*\n {2}To fix: name another/),
    });
    rmSync(folder, { recursive: true });
  });
});

describe('a PostgreSQL that refuses', () => {
  let server: PostgresServer;
  let url: string;
  const asUser = (user: string, name = 'usher') => url.replace(/\/\/[^@]*@/, `//${user}:pass@`).replace(/[^/]*$/, name);
  const open = (address: string) => openDatabase({ kind: 'postgres', url: secret(address) }, impatient);

  beforeAll(async () => {
    server = await startPostgres();
    url = server.url('postgres');
    for (const user of ['owner', 'guest', 'other']) await administer(url, `create role ${user} login password 'pass'`);
    await administer(url, 'create database usher owner owner');
  }, engineStartMs);
  afterAll(() => server.stop());

  it('the right to create tables, a user, or a database is reported at once, with what to do', async () => {
    const failures = await Promise.all(
      [asUser('guest'), asUser('stranger'), asUser('owner', 'nowhere')].map((address) => failureOf(open(address))),
    );

    expect(failures).toMatchObject([
      { code: '42501', message: expect.stringMatching(/rights.*\n {2}To fix: .*grant/) },
      { code: expect.stringMatching(/^28/), message: expect.stringMatching(/let Usher in.*\n {2}To fix: /) },
      { code: '3D000', message: expect.stringMatching(/no such database.*\n {2}To fix: create it/) },
    ]);
    expect(failures.map(databaseFaultOf)).toEqual(Array(3).fill('refusing'));
  });

  it('privileges while Usher runs is reported as the cause, makes Usher unready, and recovers when they are back', async () => {
    const database = await open(asUser('owner'));
    const admin = url.replace(/[^/]*$/, 'usher');
    await administer(admin, 'alter table turns owner to other; alter table gates owner to other');

    const write = () => database.query.insertInto('turns').values({ id: 'a', received_at: 0 }).execute();
    const failures = [await failureOf(write()), await failureOf(database.ping())];
    await administer(admin, 'alter table turns owner to owner; alter table gates owner to owner');

    expect(failures).toMatchObject([{ code: '42501' }, { code: '42501' }]);
    expect(failures.map(isDatabaseFault)).toEqual([true, true]);
    expect(await failureOf(write())).toBeNull();
    await database.close();
  });

  it('to write counts as away, as after a failover or with a full disk', async () => {
    const database = await open(asUser('owner'));

    const failure = await failureOf(
      database.transact(async (transaction) => {
        await sql`set transaction read only`.execute(transaction);
        await transaction.insertInto('turns').values({ id: 'b', received_at: 0 }).execute();
      }),
    );

    expect(failure).toMatchObject({ code: '25006' });
    expect(isDatabaseAway(failure)).toBe(true);
    await database.close();
  });
});
