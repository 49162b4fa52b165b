import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { secret } from '../../src/config.ts';
import { markAway, noteCommit, watchingCommits } from '../../src/db/away.ts';
import { type Database, isDatabaseAway, openDatabase } from '../../src/db/database.ts';
import { topics } from '../../src/db/listening.ts';
import { createLog } from '../../src/log.ts';
import { engineStartMs, engines, sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('an error of a database', () => {
  it('that is unreachable is recognized as such, also where it is the cause of another', () => {
    const away = markAway(new Error('connection refused'));

    expect(isDatabaseAway(away)).toBe(true);
    expect(isDatabaseAway(new Error('the card could not be drawn', { cause: away }))).toBe(true);
    expect([new Error('connection refused'), 'away', null, undefined].map(isDatabaseAway)).toEqual(
      Array(4).fill(false),
    );
  });
});

describe.each(engines)('the commits on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });

  const addTurn = (id: string) =>
    database.transact((transaction) => transaction.insertInto('turns').values({ id, received_at: 0 }).execute());

  it('are noted after a transaction, and only to the observer of that code', async () => {
    const [mine, others] = await Promise.all([
      watchingCommits(async (hasStored) => {
        await addTurn('one');
        return hasStored();
      }),
      watchingCommits(async (hasStored) => {
        await database.query.selectFrom('turns').selectAll().execute();
        return hasStored();
      }),
    ]);

    expect([mine, others]).toEqual([true, false]);
  });

  it('are none where the transaction failed before its end', async () => {
    const stored = await watchingCommits(async (hasStored) => {
      await failureOf(
        database.transact(async () => {
          throw new Error('in the middle');
        }),
      );
      return hasStored();
    });

    expect(stored).toBe(false);
  });

  it('are noted by the code that makes them, without harm where no code observes', async () => {
    noteCommit();

    expect(
      await watchingCommits(async (hasStored) => {
        noteCommit();
        return hasStored();
      }),
    ).toBe(true);
  });
});

describe('a PostgreSQL that goes away', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  }, engineStartMs);
  afterAll(() => server.stop());

  const open = () => openDatabase({ kind: 'postgres', url: secret(server.url('postgres')) }, systemClock);

  it(
    'is recognized as away, rolls back what was not finished, and is used again as soon as it is back',
    async () => {
      const database = await open();
      const addTurn = (id: string) =>
        database.transact(async (transaction) => {
          await transaction.insertInto('turns').values({ id, received_at: 0 }).execute();
          if (id === 'cut') await server.halt();
          await transaction
            .insertInto('turns')
            .values({ id: `${id} too`, received_at: 0 })
            .execute();
        });
      const heard: string[] = [];
      const listening = database.dialect.listen({
        woken: (topic) => void heard.push(topic),
        clock: systemClock,
        log: createLog('silent'),
      });
      await eventually(() => heard.length === topics.length);

      const cut = await failureOf(addTurn('cut'));
      const ping = await failureOf(database.ping());
      const late = await failureOf(addTurn('late'));
      await server.resume();
      await eventually(async () => (await failureOf(database.ping())) === null);
      await addTurn('back');
      await eventually(() => heard.length >= 2 * topics.length);
      listening.stop();

      expect([cut, ping, late].map(isDatabaseAway)).toEqual([true, true, true]);
      const rows = await database.query.selectFrom('turns').select('id').orderBy('id').execute();
      expect(rows.map(({ id }) => id)).toEqual(['back', 'back too']);
      await database.close();
    },
    engineStartMs,
  );

  it(
    'makes a process that starts before it wait',
    async () => {
      await server.halt();
      const opening = open();
      await server.resume();

      const database = await opening;

      await expect(database.ping()).resolves.toBeUndefined();
      await database.close();
    },
    engineStartMs,
  );

  it('does not make a process wait where it will never accept the login', async () => {
    const url = server.url('postgres').replace(/:[^:@]+@/, ':wrong@');

    const failure = await failureOf(openDatabase({ kind: 'postgres', url: secret(url) }, systemClock));

    expect(failure).toMatchObject({ code: '28P01' });
  });
});

describe('an SQLite file', () => {
  it('that cannot grow any more counts as away', async () => {
    const place = await sqliteEngine.createTestDatabase();
    const database = await place.open(systemClock);
    await sql`pragma max_page_count = 1`.execute(database.query);

    const big = { id: 'a', received_at: 0, incoming: 'x'.repeat(1_000_000) };
    const failure = await failureOf(database.query.insertInto('turns').values(big).execute());

    expect(isDatabaseAway(failure)).toBe(true);
    await place.drop();
  });
});
