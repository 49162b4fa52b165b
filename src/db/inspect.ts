import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { postgresDialect, sqliteDialect } from './dialect.ts';
import { migrations } from './migrations.ts';

/** How a database stands that Usher would open, without anything of it being changed. */
export type Inspected =
  /** `pending`: the names of the migrations that the next start brings. */
  | { readonly kind: 'reached'; readonly pending: readonly string[] }
  /** There is no file yet; the first start makes it. */
  | { readonly kind: 'notMade' }
  /** `why` is the engine's own word, which may name host, user and path. */
  | { readonly kind: 'away'; readonly why: string };

/** Looks at the database. It migrates nothing and makes no file. */
export async function inspectDatabase(config: DatabaseConfig, clock: Clock): Promise<Inspected> {
  const away = (error: unknown): Inspected => ({ kind: 'away', why: wordsOf(error) });
  try {
    if (config.kind === 'sqlite' && !isThere(config.path)) return { kind: 'notMade' };
  } catch (error) {
    return away(error);
  }
  const dialect = config.kind === 'sqlite' ? sqliteDialect(config.path, clock) : postgresDialect(config, clock);
  const db = new Kysely<unknown>({ dialect: dialect.kysely });
  try {
    await sql`select 1`.execute(db);
    const provider = { getMigrations: async () => migrations(dialect) };
    const known = await new Migrator({ db, provider }).getMigrations();
    return {
      kind: 'reached',
      pending: known.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name),
    };
  } catch (error) {
    return away(error);
  } finally {
    await db.destroy().catch(() => undefined);
  }
}

/** @throws when the file, or the place where it is to be made, cannot be written. */
function isThere(path: string): boolean {
  if (existsSync(path)) {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  }
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  accessSync(folder, constants.W_OK | constants.X_OK);
  return false;
}

/** Node gathers the failures of a host's addresses in an error without words of its own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
