import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { type Clock, systemClock } from '../../src/clock.ts';
import { claimDatabase } from '../../src/db/claim.ts';
import { inspectDatabase } from '../../src/db/inspect.ts';
import { openToRead } from '../../src/db/reading.ts';
import { engineStartMs, postgresEngine, type TestDatabase } from '../support/databases.ts';
import { asOf } from './earlier.ts';

describe('five replicas that start at once', () => {
  it(
    'on one empty PostgreSQL migrate it once, and all of them are there',
    async () => {
      const place = await postgresEngine.createTestDatabase();

      const replicas = await Promise.all([1, 2, 3, 4, 5].map(() => place.open(systemClock)));

      for (const replica of replicas) await expect(replica.ping()).resolves.toBeUndefined();
      const [first] = replicas;
      const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
        first?.query ?? (null as never),
      );
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
      expect(rows.map(({ name }) => name)).toContain('007-replicas');
      await place.drop();
    },
    engineStartMs,
  );

  it(
    'agree on the time, however wrong their machines are',
    async () => {
      const place = await postgresEngine.createTestDatabase();
      const tenMinutes = 600_000;
      const fast = { ...systemClock, now: () => systemClock.now() + tenMinutes };

      const [right, wrong] = [await place.open(systemClock), await place.open(fast)];

      expect(Math.abs(right.dialect.clock.now() - wrong.dialect.clock.now())).toBeLessThan(5_000);
      await place.drop();
    },
    engineStartMs,
  );
});

describe('a version that has to migrate a PostgreSQL on which another version works', () => {
  let place: TestDatabase;
  let older: pg.Client;

  beforeEach(async () => {
    place = await postgresEngine.createTestDatabase();
    await asOf(place, '022-seen-jobs', async () => undefined);
  }, engineStartMs);
  afterEach(async () => {
    await older.end();
    await place.drop();
  });

  async function connectAs(name: string): Promise<void> {
    if (place.config.kind !== 'postgres') throw new Error('this place is on PostgreSQL');
    older = new pg.Client({ connectionString: place.config.url.reveal(), application_name: name });
    await older.connect();
  }

  async function pendingMigrations(): Promise<readonly string[]> {
    const found = await inspectDatabase(place.config, systemClock);
    if (found.kind !== 'reached') throw new Error('the database is away');
    return found.pending;
  }

  it.each(['usher', 'usher 022-seen-jobs'])('waits half a minute for %s to go, and then refuses', async (name) => {
    await connectAs(name);
    const clock = quickClock();

    const opening = claimDatabase(place.config, clock);

    await expect(opening).rejects.toThrow(
      /^an Usher of another version still works on this database \(1 of its connections, the oldest from 127\.0\.0\.1 since 20.*\).*\.\n {2}To fix: stop all processes of the other version.*pg_terminate_backend.*pid being \d+\./,
    );
    expect(clock.slept()).toBeGreaterThan(25_000);
    expect(await pendingMigrations()).toContain('023-words');
  });

  it('starts when the other one stops in time', async () => {
    await connectAs('usher');

    const database = await claimDatabase(
      place.config,
      quickClock(() => older.end()),
    );

    expect(await pendingMigrations()).toEqual([]);
    await database.close();
  });

  it('starts beside tools that only read, and beside other programs', async () => {
    await connectAs('usherette');
    const reader = openToRead(place.config);
    await sql`select 1`.execute(reader.query);

    const database = await claimDatabase(place.config, impatient);

    expect(await pendingMigrations()).toEqual([]);
    await reader.query.destroy();
    await database.close();
  });

  it('starts as three processes at once', async () => {
    await connectAs('psql');

    const databases = await Promise.all([1, 2, 3].map(() => claimDatabase(place.config, impatient)));

    for (const database of databases) await expect(database.ping()).resolves.toBeUndefined();
    for (const database of databases) await database.close();
  });
});

const impatient: Clock = { ...systemClock, sleep: () => Promise.reject(new Error('it was waited for')) };

/** Its time passes at each pause, and not otherwise. */
function quickClock(paused: () => Promise<void> = async () => undefined): Clock & { slept(): number } {
  let sleptMs = 0;
  return {
    ...systemClock,
    monotonic: () => sleptMs,
    async sleep(ms) {
      sleptMs += ms;
      await paused();
    },
    slept: () => sleptMs,
  };
}
