import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { storedBindings } from './app-bindings.ts';
import { postgresDialect, sqliteDialect } from './dialect.ts';
import { engineRefusal, foreignRefusal, type Refusal, wordsOf } from './refusals.ts';
import type { Schema } from './schema.ts';
import { marking } from './sqlite-file.ts';
import { findStanding } from './standing.ts';

/** The state of a database that Usher would open, found without changing it. */
export type Inspected =
  /** `pending`: the names of the migrations that the next start will run. */
  | { readonly kind: 'reached'; readonly pending: readonly string[] }
  /** There is no file yet; the first start creates it. */
  | { readonly kind: 'notMade' }
  /** `why` may hold the engine's own words, which may name host, user and path. `fix` is null where none is known. */
  | { readonly kind: 'away'; readonly why: string; readonly fix: string | null };

/** Looks at the database. It migrates nothing and creates no file. */
export async function inspectDatabase(config: DatabaseConfig, clock: Clock): Promise<Inspected> {
  const refused = ({ what, fix }: Refusal): Inspected => ({ kind: 'away', why: what, fix });
  const away = (error: unknown): Inspected => {
    const refusal = engineRefusal(error, config.kind);
    return refusal === null ? { kind: 'away', why: wordsOf(error), fix: null } : refused(refusal);
  };
  try {
    if (config.kind === 'sqlite' && !marking(() => isThere(config.path))) return { kind: 'notMade' };
  } catch (error) {
    return away(error);
  }
  const dialect = config.kind === 'sqlite' ? sqliteDialect(config.path, clock) : postgresDialect(config, clock);
  const db = new Kysely<unknown>({ dialect: dialect.kysely });
  try {
    await sql`select 1`.execute(db);
    const standing = await findStanding(dialect, db);
    return standing.kind === 'ours'
      ? { kind: 'reached', pending: standing.pending }
      : refused(foreignRefusal(standing));
  } catch (error) {
    return away(error);
  } finally {
    await db.destroy().catch(() => undefined);
  }
}

/** What the entries of `APPS_FILE` are bound to; nothing where the database is away or older than that. */
export async function inspectBindings(config: DatabaseConfig, clock: Clock): Promise<ReadonlyMap<string, string>> {
  if (config.kind === 'sqlite' && !existsSync(config.path)) return new Map();
  const dialect = config.kind === 'sqlite' ? sqliteDialect(config.path, clock) : postgresDialect(config, clock);
  const db = new Kysely<Schema>({ dialect: dialect.kysely });
  try {
    return await storedBindings({ query: db }, clock).read();
  } catch {
    // The checks of the database report what is wrong with it.
    return new Map();
  } finally {
    await db.destroy().catch(() => undefined);
  }
}

/** @throws when the file, or the folder in which it is to be created, cannot be written. */
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
