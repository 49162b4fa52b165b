import { Kysely } from 'kysely';
import { systemClock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { postgresDialect } from './dialect.ts';
import type { Schema } from './schema.ts';
import { sqliteKysely } from './sqlite-client.ts';

/** Opens one more connection, for reading, to a database that another connection has opened and migrated. */
export function openToRead(config: DatabaseConfig): { readonly query: Kysely<Schema> } {
  const dialect =
    config.kind === 'sqlite'
      ? sqliteKysely(config.path, 'reading')
      : postgresDialect({ ...config, poolSize: 1 }, systemClock).kysely;
  return { query: new Kysely<Schema>({ dialect }) };
}
