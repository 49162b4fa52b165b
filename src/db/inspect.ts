import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { findStanding, migrations } from './migrations.ts';
import { engineRefusal, foreignRefusal, othersRefusal, type Refusal, wordsOf } from './refusals.ts';
import type { Schema } from './schema.ts';
import { marking } from './sqlite-file.ts';
import { storedBindings } from './stored-bindings.ts';

/** The state of a database that Usher would open, found without changing it. */
export type Inspected =
  | {
      readonly kind: 'reached';
      /** The names of the migrations that the next start will run. */
      readonly pending: readonly string[];
      /** There are no tables yet; the first start makes them. */
      readonly isNew?: true;
      /** Why the tables cannot be worked with, or not be brought up to date. */
      readonly refusal?: Refusal;
    }
  /** There is no file yet; the first start creates it. */
  | { readonly kind: 'notMade' }
  /** `why` may hold the engine's own words, which may name host, user and path. `fix` is null where none is known. */
  | { readonly kind: 'away'; readonly why: string; readonly fix: string | null };

/** What the file system says of a place. */
export interface Disk {
  /** @throws when the process may not write there. */
  assertWritable(path: string): void;
  /** Null where it does not say. */
  freeBytes(folder: string): number | null;
}

export const ownDisk: Disk = {
  assertWritable: (path) => accessSync(path, constants.R_OK | constants.W_OK),
  freeBytes(folder) {
    const { blocks, bavail, bsize } = statfsSync(nearest(folder));
    return blocks === 0 ? null : bavail * bsize;
  },
};

/** Looks at the database. It migrates nothing and creates no file. */
export async function inspectDatabase(config: DatabaseConfig, clock: Clock, disk: Disk = ownDisk): Promise<Inspected> {
  const refused = ({ what, fix }: Refusal): Inspected => ({ kind: 'away', why: what, fix });
  const away = (error: unknown): Inspected => {
    const refusal = engineRefusal(error, config.kind);
    return refusal === null ? { kind: 'away', why: wordsOf(error), fix: null } : refused(refusal);
  };
  try {
    if (config.kind === 'sqlite' && !marking(() => isThere(config.path, disk))) return { kind: 'notMade' };
  } catch (error) {
    return away(error);
  }
  const dialect = dialectOf(config, clock);
  return lookingInto(dialect, async (db): Promise<Inspected> => {
    await sql`select 1`.execute(db);
    const any = db as Kysely<unknown>;
    const unfit = await dialect.serverRefusal(any);
    if (unfit !== null) return refused(unfit);
    const standing = await findStanding(dialect, db);
    if (standing.kind !== 'ours') return refused(foreignRefusal(standing));
    const { pending } = standing;
    const others = pending.length === 0 ? [] : await dialect.others(any);
    const refusal = others.length > 0 ? othersRefusal(others) : await dialect.rightsRefusal(any, pending);
    const isNew = pending.length === Object.keys(migrations(dialect)).length ? { isNew: true as const } : {};
    return { kind: 'reached', pending, ...isNew, ...(refusal === null ? {} : { refusal }) };
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
function isThere(path: string, disk: Disk): boolean {
  if (existsSync(path)) {
    disk.assertWritable(path);
    // SQLite keeps its log beside the file.
    disk.assertWritable(dirname(path));
    return true;
  }
  const folder = nearest(dirname(path));
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  disk.assertWritable(folder);
  return false;
}

/** The folder itself, or the one in which it is to be made. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
