import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Schema } from '../../src/db/schema.ts';
import { engines, postgresEngine, useTestDatabase } from '../support/databases.ts';
import { administer } from '../support/postgres/administer.ts';

describe.each(engines)('the database on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(() => place.empty());

  it('keeps what a transaction wrote', async () => {
    await database.transact((transaction) => addTurn(transaction, 'kept', 1_767_603_600_123));

    expect(await turns()).toEqual([{ id: 'kept', received_at: 1_767_603_600_123 }]);
  });

  it('keeps nothing of a transaction that failed, and passes its error on', async () => {
    const failure = new Error('in the middle');

    const failing = database.transact(async (transaction) => {
      await addTurn(transaction, 'gone');
      throw failure;
    });

    await expect(failing).rejects.toBe(failure);
    expect(await turns()).toEqual([]);
  });

  it('does not mix transactions that run at the same time', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        database.transact(async (transaction) => {
          await addTurn(transaction, `turn ${index}`);
          await sql`select 1`.execute(transaction);
          if (index % 2 === 1) throw new Error('odd');
        }),
      ),
    );

    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
      Array.from({ length: 30 }, (_, index) => index % 2 === 0),
    );
    expect(await turns()).toHaveLength(15);
  });

  it('is the same after it was closed and opened again', async () => {
    const first = await place.open(systemClock);
    await addTurn(first.query, 'earlier');
    await first.close();

    const second = await place.open(systemClock);

    expect(await second.query.selectFrom('turns').select('id').execute()).toEqual([{ id: 'earlier' }]);
  });

  it('refuses a second request of the same source', async () => {
    const add = (id: string) =>
      database.query
        .insertInto('requests')
        .values({
          id,
          source: 'source',
          requested_by_id: '',
          requested_by_name: '',
          app_id: '',
          app_name: '',
          locale: '',
          time_zone: '',
          conversation: '',
          revision: 1,
          created_at: 0,
        })
        .execute();
    await add('one');

    await expect(add('two')).rejects.toThrow(/unique/i);
  });

  it('refuses a task of no request', async () => {
    const orphan = database.query
      .insertInto('tasks')
      .values({
        id: 'orphan',
        request_id: 'nobody',
        position: 0,
        subject_id: '',
        subject_type: '',
        subject_name: '',
        job_id: '',
        rule_id: '',
        state: 'waiting',
        lane: 0,
        turn: 0,
        enqueued_at: 0,
        due_at: 0,
        attempts: 0,
      })
      .execute();

    await expect(orphan).rejects.toThrow(/foreign key/i);
  });

  it('numbers its entries upwards', async () => {
    for (const kind of ['first', 'second']) {
      await database.query
        .insertInto('audit_log')
        .values({ at: 0, actor_id: '', kind, request_id: null, details: '{}' })
        .execute();
    }

    const ids = await database.query.selectFrom('audit_log').select('id').orderBy('id').execute();

    expect(ids.map(({ id }) => typeof id)).toEqual(['number', 'number']);
    expect((ids[1]?.id ?? 0) - (ids[0]?.id ?? 0)).toBe(1);
  });

  it('gives the gate a time that does not go backwards', async () => {
    const times = await database.transact(async (transaction) => [
      await database.dialect.gateNow(transaction),
      await database.dialect.gateNow(transaction),
    ]);

    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(Math.abs((times[0] ?? 0) - systemClock.now())).toBeLessThan(5_000);
  });

  it('answers a ping while it is open, and fails it afterwards', async () => {
    const other = await place.open(systemClock);
    await expect(other.ping()).resolves.toBeUndefined();

    await other.close();

    await expect(other.ping()).rejects.toThrow();
  });

  function turns() {
    return database.query.selectFrom('turns').select(['id', 'received_at']).execute();
  }
});

describe('a database on SQLite', () => {
  it('makes the directory of its file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'usher-sqlite-'));
    const path = join(directory, 'data', 'deeper', 'usher.db');

    const database = await openDatabase({ kind: 'sqlite', path }, systemClock);

    await expect(access(path)).resolves.toBeUndefined();
    await database.close();
    await rm(directory, { recursive: true });
  });

  it('needs no file at all', async () => {
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' }, systemClock);

    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
  });

  it('sees a changed table with a statement that it has run before', async () => {
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' }, systemClock);
    const all = () => sql`select * from changing`.execute(database.query);
    await sql`create table changing (one text)`.execute(database.query);
    await sql`insert into changing values ('first')`.execute(database.query);
    const before = await all();

    await sql`alter table changing add column other text default 'second'`.execute(database.query);

    expect(before.rows).toEqual([{ one: 'first' }]);
    expect((await all()).rows).toEqual([{ one: 'first', other: 'second' }]);
    await database.close();
  });

  it('runs more different statements than it caches, and one that failed as well', async () => {
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' }, systemClock);
    const plus = async (count: number, value: string | number) => {
      const { rows } = await sql<{ sum: number }>`select abs(${value}) + ${sql.lit(count)} as sum`.execute(
        database.query,
      );
      return rows[0]?.sum;
    };
    const tooLarge = () => sql`select abs(${-(2n ** 63n)}) as sum`.execute(database.query);

    await expect(tooLarge()).rejects.toThrow('overflow');
    for (let count = 0; count < 600; count += 1) expect(await plus(count % 300, -1)).toBe((count % 300) + 1);

    await expect(tooLarge()).rejects.toThrow('overflow');
    await database.close();
  });
});

describe('a database on PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);
  let database: Database;

  beforeEach(async () => {
    database = await place.open(systemClock);
    await eventually(() => place.empty());
  });

  it('survives a server that breaks its idle connections', async () => {
    await database.ping();

    await breakConnections();

    await expect(eventually(() => database.ping())).resolves.toBeUndefined();
  });

  it('undoes a transaction whose connection breaks between two statements, and goes on', async () => {
    const cut = database.transact(async (transaction) => {
      await addTurn(transaction, 'cut');
      await breakConnections();
      await addTurn(transaction, 'never');
    });

    await expect(cut).rejects.toThrow();
    await eventually(() => database.ping());
    expect(await database.query.selectFrom('turns').selectAll().execute()).toEqual([]);
  });

  it('repeats a transaction that the server aborted to end a deadlock', async () => {
    for (const id of ['one', 'other']) await addTurn(database.query, id);
    let runs = 0;
    let arrived = 0;
    const bothHoldOne = Promise.withResolvers<void>();
    const lockInTurn = (ids: readonly [string, string]) =>
      database.transact(async (transaction) => {
        runs += 1;
        await touch(transaction, ids[0]);
        arrived += 1;
        if (arrived === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await touch(transaction, ids[1]);
      });

    await Promise.all([lockInTurn(['one', 'other']), lockInTurn(['other', 'one'])]);

    // The repeated transaction may come before the waiting one, and the two deadlock once more.
    expect(runs).toBeGreaterThanOrEqual(3);
    const rows = await database.query.selectFrom('turns').select('received_at').execute();
    expect(rows.map((row) => row.received_at)).toEqual([2, 2]);
  });

  it('does not repeat a transaction that failed for another reason', async () => {
    let runs = 0;

    const failing = database.transact(async (transaction) => {
      runs += 1;
      await sql`select 1 / 0`.execute(transaction);
    });

    await expect(failing).rejects.toThrow('division by zero');
    expect(runs).toBe(1);
  });

  it('releases the locks of a process that stands still in the middle of a transaction', async () => {
    const { rows } = await sql<{ idle_in_transaction_session_timeout: string }>`
      show idle_in_transaction_session_timeout`.execute(database.query);

    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '5s' }]);
  });

  /** As a restart of the server does to all connections but the one that asks. */
  function breakConnections(): Promise<void> {
    const url = place.config.kind === 'postgres' ? place.config.url.reveal() : '';
    return administer(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
  }

  function touch(transaction: Kysely<Schema>, id: string) {
    return transaction
      .updateTable('turns')
      .set((set) => ({ received_at: set('received_at', '+', 1) }))
      .where('id', '=', id)
      .execute();
  }
});

function addTurn(query: Kysely<Schema>, id: string, receivedAt = 0) {
  return query.insertInto('turns').values({ id, received_at: receivedAt }).execute();
}

/** The pool may hand out a connection or two of which it has not heard yet that they are broken. */
async function eventually(work: () => Promise<void>): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (failures === 10) throw error;
    }
  }
}

describe('the SQLite file', () => {
  it('can be read by its owner alone, and so can the files that SQLite puts beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-database-'));
    const database = await openDatabase({ kind: 'sqlite', path: join(folder, 'usher.db') }, systemClock);

    const modes = await Promise.all(
      ['usher.db', 'usher.db-wal'].map(async (name) => (await stat(join(folder, name))).mode),
    );

    expect(modes.map((mode) => mode & 0o777)).toEqual([0o600, 0o600]);
    await database.close();
    await rm(folder, { recursive: true });
  });

  it('fails at once where it cannot be opened', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-database-'));
    const impatient = { ...systemClock, sleep: () => Promise.reject(new Error('it was waited for')) };

    const opening = openDatabase({ kind: 'sqlite', path: folder }, impatient);

    await expect(opening).rejects.toThrow('EISDIR');
    await rm(folder, { recursive: true });
  });
});
