import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { types } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Kysely, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { isDatabaseAway, noteCommit } from './away.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { findStanding, migrations } from './migrations.ts';
import { explaining, foreignRefusal, othersRefusal, type Refusal, refusalError } from './refusals.ts';
import type { Schema } from './schema.ts';
import { marking } from './sqlite-file.ts';
import { threadData, threadOptions } from './thread.ts';

export { isDatabaseAway, isDatabaseFault } from './away.ts';

const mostRepeats = 5;
/**
 * How long Usher waits for a database that starts together with it, or for the processes of another version that stop,
 * and the pauses between two attempts.
 */
const startPatienceMs = 30_000;
const firstPauseMs = 250;
const longestPauseMs = 2_000;

/** An open database, migrated to this version of the schema. */
export interface Database {
  readonly query: Kysely<Schema>;
  /**
   * For reads that grow with the history, so that they do not block the process. It sees what is committed, and has no
   * transactions.
   */
  readonly reader: Kysely<Schema>;
  readonly dialect: Dialect;
  /**
   * Runs `work` in one transaction: all of it happens, or nothing. `work` may run more than once, when the database
   * undid the transaction over a conflict with another, so it must only query the database.
   */
  transact<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T>;
  /** Throws when the database cannot be reached or read; `isDatabaseFault` recognizes the error. */
  ping(): Promise<void>;
  /**
   * Starts a thread that reads the database by a connection of its own, see `thread.ts`; it ends with this one at the
   * latest. Null for a database in this thread's memory.
   */
  startThread(file: URL, task: unknown): Worker | null;
  close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date. Any number of processes may do so at once. Waits half a minute
 * at most for a database that is still away, and for processes of another version, which the new schema would break.
 *
 * @param use whether to `work` on it, which a later version must not migrate meanwhile; see `claimDatabase`.
 * @throws when it cannot be opened, is not Usher's or of a newer version, another version works on it, or a migration
 *   fails: Usher does not start on half a schema. The message says what is wrong and what to do about it; `cause` is
 *   the engine's own error.
 */
export async function openDatabase(
  config: DatabaseConfig,
  clock: Clock,
  use: 'work' | 'look' = 'look',
): Promise<Database> {
  return explaining(config.kind, () => open(config, clock, use));
}

async function open(config: DatabaseConfig, clock: Clock, use: 'work' | 'look'): Promise<Database> {
  const latest = () => Object.keys(migrations(dialect)).at(-1) ?? '';
  if (config.kind === 'sqlite' && config.path !== ':memory:')
    marking(() => mkdirSync(dirname(config.path), { recursive: true }));
  const dialect = dialectOf(config, clock, use === 'work' ? latest : null);
  const query = new Kysely<Schema>({ dialect: dialect.kysely });
  try {
    await patiently(clock, startPatienceMs, async () => {
      const refusal = await migrate(dialect, query);
      if (refusal !== null) return refusal;
      await dialect.wipeRewritten(query);
      // Sets the shared clock before its first use.
      await query.transaction().execute((transaction) => dialect.gateNow(transaction));
      return null;
    });
  } catch (error) {
    await query.destroy().catch(() => undefined);
    throw error;
  }
  const threads = new Set<Worker>();
  const reader = dialect.reading === null ? query : new Kysely<Schema>({ dialect: dialect.reading });
  return {
    query,
    reader,
    dialect,
    async transact(work) {
      for (let repeats = 0; ; repeats += 1) {
        try {
          const transaction = query.transaction();
          const isolated = dialect.isolation === null ? transaction : transaction.setIsolationLevel(dialect.isolation);
          return await isolated.execute(async (open) => {
            const done = await work(open);
            // From here on the commit may be under way.
            noteCommit();
            return done;
          });
        } catch (error) {
          if (repeats === mostRepeats || !dialect.mayRepeat(error)) throw error;
        }
      }
    },
    async ping() {
      // Reads a table: an engine answers `select 1` even where Usher may no longer read any table.
      await sql`select 1 from gates limit 1`.execute(query);
    },
    startThread(file, task) {
      if (config.kind === 'sqlite' && config.path === ':memory:') return null;
      const own = new Worker(file, { workerData: threadData(config, task), ...threadOptions });
      threads.add(own);
      own.once('exit', () => threads.delete(own));
      return own;
    },
    async close() {
      for (const own of threads) await own.terminate();
      if (reader !== query) await reader.destroy();
      await query.destroy();
    },
  };
}

/** The same database, with its queries sent to the reader. */
export function byReader(database: Database): Database {
  return { ...database, query: database.reader };
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const undefinedTable = '42P01';

/** Returns why it cannot be done yet, where that may soon be over. */
async function migrate(dialect: Dialect, query: Kysely<Schema>, repeats = 1): Promise<Refusal | null> {
  const standing = await findStanding(dialect, query);
  if (standing.kind !== 'ours') throw refusalError(foreignRefusal(standing));
  // Nothing is pending, so nothing is locked: a tool that only reads can work beside a process that writes.
  if (standing.pending.length === 0) return null;
  const others = await dialect.others(query as Kysely<unknown>);
  if (others.length > 0) return othersRefusal(others);
  const db = dialect.migrating === null ? query : new Kysely<Schema>({ dialect: dialect.migrating });
  try {
    const provider = { getMigrations: async () => migrations(dialect) };
    const { error } = await new Migrator({ db, provider }).migrateToLatest();
    if (error === undefined) return null;
    // Another process dropped a table while Kysely read the schema, so that one has migrated it by now.
    if (repeats > 0 && types.isNativeError(error) && 'code' in error && error.code === undefinedTable)
      return await migrate(dialect, query, repeats - 1);
    throw error;
  } finally {
    if (db !== query) await db.destroy();
  }
}

async function patiently(clock: Clock, patienceMs: number, work: () => Promise<Refusal | null>): Promise<void> {
  const until = clock.monotonic() + patienceMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const isLast = clock.monotonic() + pauseMs > until;
    try {
      const refusal = await work();
      if (refusal === null) return;
      if (isLast) throw refusalError(refusal);
    } catch (error) {
      if (isLast || !isDatabaseAway(error)) throw error;
    }
    await clock.sleep(pauseMs);
  }
}
