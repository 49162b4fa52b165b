import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { engineStartMs, postgresEngine } from '../support/databases.ts';

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
