import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  type ColumnDefinitionBuilder,
  type Dialect as KyselyDialect,
  PostgresDialect,
  type SqliteDatabase,
  SqliteDialect,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Schema } from './schema.ts';

/**
 * The one place where SQLite and PostgreSQL differ. Everything else in Usher speaks to both through the same Kysely
 * queries; a difference that cannot be expressed there becomes a member here.
 */
export interface Dialect {
  readonly kysely: KyselyDialect;
  readonly realNumber: 'real' | 'double precision';
  readonly identity: {
    readonly type: 'integer' | 'bigint';
    modify(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  };
  /** True where a single process owns the database, so that leases found at its start belong to nobody. */
  readonly singleProcess: boolean;
  /**
   * Every transaction's isolation, whatever the server's default: a claim that waited for the gate's row must then see
   * what the one before it did. Null where transactions are in single file anyway.
   */
  readonly isolation: 'read committed' | null;
  /** True for an error by which the engine undid a whole transaction that may simply be run again. */
  mayRepeat(error: unknown): boolean;
  /** Locks rows read in this transaction, where other processes could read them too. */
  readonly lockRows: boolean;
  /** The clock that the rate gate counts with, in milliseconds; it must never jump. */
  gateNow(transaction: Transaction<Schema>): Promise<number>;
}

/** SQLite by Node's own driver. One process, so the gate's clock is that process's monotonic clock. */
export function sqliteDialect(path: string, clock: Clock): Dialect {
  return {
    kysely: new SqliteDialect({ database: async () => openSqlite(path) }),
    realNumber: 'real',
    identity: { type: 'integer', modify: (column) => column.primaryKey().autoIncrement() },
    singleProcess: true,
    isolation: null,
    mayRepeat: () => false,
    lockRows: false,
    gateNow: async () => clock.monotonic(),
  };
}

/** `node:sqlite` in the shape that Kysely's SQLite dialect expects. */
function openSqlite(path: string): SqliteDatabase {
  const database = new DatabaseSync(path);
  // WAL lets a reader (a backup, say) look on; NORMAL keeps every commit over a crash of the process.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;',
  );
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = database.prepare(text);
      const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}

/** PostgreSQL. Several processes may share it, so the gate counts by the server's clock and its row is locked. */
export function postgresDialect(url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'usher',
    max: 10,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    // A process that stands still in the middle of a claim would otherwise hold the gate's row against all others.
    idle_in_transaction_session_timeout: 10_000,
    types: { getTypeParser: numberParser },
  });
  // A server that restarts breaks connections nobody is waiting on. Unheard, that error would end the process; the
  // next query on such a connection fails and says so, and the pool opens a new one.
  const unheard = () => undefined;
  pool.on('error', unheard);
  pool.on('connect', (client) => client.on('error', unheard));
  return {
    kysely: new PostgresDialect({ pool }),
    realNumber: 'double precision',
    identity: { type: 'bigint', modify: (column) => column.primaryKey().generatedAlwaysAsIdentity() },
    singleProcess: false,
    isolation: 'read committed',
    mayRepeat: (error) => error instanceof Error && 'code' in error && undone.has(String(error.code)),
    lockRows: true,
    async gateNow(transaction) {
      const { rows } = await sql<{
        now: number;
      }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`.execute(transaction);
      const now = rows[0]?.now;
      if (now === undefined) throw new Error('the database did not tell its time');
      return now;
    },
  };
}

/** Deadlock and serialization failure: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
const undone: ReadonlySet<string> = new Set(['40P01', '40001']);

/** Every bigint in the schema is a time or a count far below 2^53, so it may be a number, as in SQLite. */
function numberParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}
