import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { findStanding } from './migrations.ts';
import { engineRefusal, foreignRefusal, type Refusal, wordsOf } from './refusals.ts';
import type { Schema } from './schema.ts';
import { marking } from './sqlite-file.ts';
import { storedBindings } from './stored-bindings.ts';

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
  const dialect = dialectOf(config, clock);
  return lookingInto(dialect, async (db) => {
    await sql`select 1`.execute(db);
    const standing = await findStanding(dialect, db);
    if (standing.kind !== 'ours') return refused(foreignRefusal(standing));
    return { kind: 'reached', pending: standing.pending } as const;
  }).catch(away);
}

/** What the entries of `APPS_FILE` are bound to; nothing where the database is away or older than that. */
export async function inspectBindings(config: DatabaseConfig, clock: Clock): Promise<ReadonlyMap<string, string>> {
  if (config.kind === 'sqlite' && !existsSync(config.path)) return new Map();
  // The checks of the database report what is wrong with it.
  return lookingInto(dialectOf(config, clock), (query) => storedBindings({ query }, clock).read()).catch(
    () => new Map(),
  );
}

/** Looks into a database, or into its file, without migrating it, and closes it again. */
export async function lookingInto<T>(dialect: Dialect, look: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  const db = new Kysely<Schema>({ dialect: dialect.kysely });
  try {
    return await look(db);
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
