import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { type Dialect, postgresDialect, sqliteDialect } from './dialect.ts';
import { migrations } from './migrations.ts';
import type { Schema } from './schema.ts';

const mostRepeats = 5;

/** An open database, migrated to this version of the schema. */
export interface Database {
  readonly query: Kysely<Schema>;
  readonly dialect: Dialect;
  /**
   * Runs `work` in one transaction: all of it happens, or nothing. `work` may run more than once, when the database
   * undid the transaction over a quarrel with another, so it does nothing but ask the database.
   */
  transact<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T>;
  /** Throws when the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date.
 *
 * @throws when the file cannot be opened or a migration fails; Usher does not start on half a schema.
 */
export async function openDatabase(config: DatabaseConfig, clock: Clock): Promise<Database> {
  const dialect = dialectFor(config, clock);
  const query = new Kysely<Schema>({ dialect: dialect.kysely });
  const { error } = await new Migrator({
    db: query,
    provider: { getMigrations: async () => migrations(dialect) },
  }).migrateToLatest();
  if (error !== undefined) {
    await query.destroy();
    throw error;
  }
  return {
    query,
    dialect,
    async transact(work) {
      for (let repeats = 0; ; repeats += 1) {
        try {
          const transaction = query.transaction();
          return await (dialect.isolation === null
            ? transaction
            : transaction.setIsolationLevel(dialect.isolation)
          ).execute(work);
        } catch (error) {
          if (repeats === mostRepeats || !dialect.mayRepeat(error)) throw error;
        }
      }
    },
    async ping() {
      await sql`select 1`.execute(query);
    },
    close: () => query.destroy(),
  };
}

function dialectFor(config: DatabaseConfig, clock: Clock): Dialect {
  switch (config.kind) {
    case 'sqlite':
      if (config.path !== ':memory:') mkdirSync(dirname(config.path), { recursive: true });
      return sqliteDialect(config.path, clock);
    case 'postgres':
      return postgresDialect(config.url.reveal());
    default: {
      const never: never = config;
      throw new Error(`no dialect for ${String(never)}`);
    }
  }
}
