import { closeSync, openSync, readFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { types } from 'node:util';
import {
  type ColumnDefinitionBuilder,
  type Kysely,
  type Dialect as KyselyDialect,
  PostgresDialect,
  type SqliteDatabase,
  SqliteDialect,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { markAway } from './away.ts';
import { channel, type Listening, type ListeningParts, startListening, type Topic } from './listening.ts';
import { clientConfig, createPool, type PostgresAddress, type TimeLimits } from './postgres-client.ts';
import type { Schema } from './schema.ts';
import { createSharedClock } from './shared-clock.ts';
import { sslModeOf, tlsOptions, withoutSslMode } from './tls.ts';

/**
 * The one place where SQLite and PostgreSQL differ. Everything else in Usher speaks to both through the same Kysely
 * queries; a difference that cannot be expressed there becomes a member here.
 */
export interface Dialect {
  readonly kysely: KyselyDialect;
  /** For migrations, which may take longer than a query may; null where the other one serves for them too. */
  readonly migrating: KyselyDialect | null;
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
  /** The wall clock that all processes on this database have in common; see `shared-clock.ts`. */
  readonly clock: Clock;
  /** Part of a migration: from then on the tables announce what others may want to hear of. */
  announceChanges(db: Kysely<unknown>): Promise<void>;
  /** Part of a migration: what rows held before they were rewritten leaves the file too, as far as that is ours to do. */
  wipeRewritten(db: Kysely<unknown>): Promise<void>;
  /** Hears what other processes store. Where there are none it hears nothing. */
  listen(parts: ListeningParts): Listening;
}

/** SQLite by Node's own driver. One process, so the gate's clock is that process's monotonic clock. */
export function sqliteDialect(path: string, clock: Clock): Dialect {
  return {
    kysely: new SqliteDialect({ database: async () => openSqlite(path) }),
    migrating: null,
    realNumber: 'real',
    identity: { type: 'integer', modify: (column) => column.primaryKey().autoIncrement() },
    singleProcess: true,
    isolation: null,
    mayRepeat: () => false,
    lockRows: false,
    gateNow: async () => clock.monotonic(),
    clock,
    announceChanges: async () => undefined,
    async wipeRewritten(db) {
      await sql`vacuum`.execute(db);
      // Else the pages would stand in the file until the log is copied over them.
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
    },
    listen: () => ({ stop: () => undefined }),
  };
}

/** `node:sqlite` in the shape that Kysely's SQLite dialect expects. */
function openSqlite(path: string): SqliteDatabase {
  const database = marking(() => {
    // It holds personal data. What SQLite puts beside it gets the same rights.
    if (path !== ':memory:') closeSync(openSync(path, 'a', ownerOnly));
    return new DatabaseSync(path);
  });
  // WAL lets a reader (a backup, say) look on; NORMAL keeps every commit over a crash of the process.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;',
  );
  const prepared = new Map<string, SqliteStatement>();
  return {
    close() {
      prepared.clear();
      database.close();
    },
    prepare(text) {
      const statement = prepared.get(text) ?? prepareSqlite(database, text);
      // The one that was used last stands last, so the first is the one to give up.
      prepared.delete(text);
      prepared.set(text, statement);
      for (const oldest of prepared.keys()) {
        if (prepared.size <= mostPrepared) break;
        prepared.delete(oldest);
      }
      return statement;
    },
  };
}

const ownerOnly = 0o600;

type SqliteStatement = ReturnType<SqliteDatabase['prepare']>;

/**
 * SQLite takes longer to compile a statement than to run it, and what is compiled is memory that V8 does not see and so
 * is slow to give back. Usher has some 150 statements; lists of ids make more of them, by their lengths.
 */
const mostPrepared = 256;

/** Runs to its end each time, so one statement can serve everybody; SQLite itself compiles it anew for a new schema. */
function prepareSqlite(database: DatabaseSync, text: string): SqliteStatement {
  const statement = marking(() => database.prepare(text));
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => marking(() => statement.all(...values(parameters))),
    run: (parameters) => marking(() => statement.run(...values(parameters))),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}

/** Busy with somebody else's long transaction, unreadable, full, or not to be opened. https://sqlite.org/rescode.html */
const awayCodes: ReadonlySet<unknown> = new Set([5, 10, 13, 14]);

function marking<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = types.isNativeError(error) && 'errcode' in error ? Number(error.errcode) & 0xff : null;
    throw awayCodes.has(code) ? markAway(error) : error;
  }
}

/** Every process holds one connection more, to listen. PostgreSQL itself takes 100 unless told otherwise. */
const defaultPoolSize = 10;
const usualLimits: TimeLimits = { statementMs: 10_000, answerMs: 12_000 };
const noLimits: TimeLimits = { statementMs: null, answerMs: null };
const listenerLimits: TimeLimits = { statementMs: 5_000, answerMs: 6_000 };

/**
 * PostgreSQL. Several processes may share it, so the gate counts by the server's clock and its row is locked.
 *
 * @throws when the file of root certificates cannot be read.
 */
export function postgresDialect(config: Extract<DatabaseConfig, { kind: 'postgres' }>, machine: Clock): Dialect {
  const address = addressOf(config);
  const shared = createSharedClock(machine);
  const pool = createPool(address, usualLimits, config.poolSize ?? defaultPoolSize);
  return {
    kysely: new PostgresDialect({ pool }),
    // Kysely holds an advisory lock meanwhile, so processes that start together migrate one after the other.
    migrating: new PostgresDialect({ pool: async () => createPool(address, noLimits, 2) }),
    realNumber: 'double precision',
    identity: { type: 'bigint', modify: (column) => column.primaryKey().generatedAlwaysAsIdentity() },
    singleProcess: false,
    isolation: 'read committed',
    mayRepeat: (error) => error instanceof Error && 'code' in error && undone.has(String(error.code)),
    lockRows: true,
    async gateNow(transaction) {
      const askedAt = machine.monotonic();
      const { rows } = await sql<{
        now: number;
      }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`.execute(transaction);
      const now = rows[0]?.now;
      if (now === undefined) throw new Error('the database did not tell its time');
      shared.correct(askedAt, now);
      return now;
    },
    clock: shared.clock,
    announceChanges,
    // PostgreSQL's own vacuum does it, by the administrator's rules.
    wipeRewritten: async () => undefined,
    listen: (parts) => startListening(() => new pg.Client(clientConfig(address, listenerLimits)), parts),
  };
}

function addressOf({
  url,
  rootCertificateFile = null,
}: Extract<DatabaseConfig, { kind: 'postgres' }>): PostgresAddress {
  const mode = sslModeOf(url.reveal());
  if (mode === 'unknown') throw new Error('the address of the database asks for TLS in a way that Usher does not know');
  const rootCertificates = rootCertificateFile === null ? null : readFileSync(rootCertificateFile, 'utf8');
  return { connectionString: withoutSslMode(url.reveal()), ssl: tlsOptions(mode, rootCertificates) };
}

/** Deadlock and serialization failure: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
const undone: ReadonlySet<string> = new Set(['40P01', '40001']);

/**
 * Triggers, so that whoever stores something need not think of it. Only what is new to be done is announced, not that
 * somebody took it in hand; otherwise each of them would wake all others for nothing. One transaction announces each
 * topic once, however many rows it writes.
 */
async function announceChanges(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function usher_announce() returns trigger language plpgsql as $$
    begin
      perform pg_notify(${sql.lit(channel)}, tg_argv[0]);
      return null;
    end $$`.execute(db);
  for (const { name, on, topic, when } of announcements)
    await sql`
      create or replace trigger ${sql.id(name)} after ${sql.raw(on)}
      for each row when (${sql.raw(when)}) execute function usher_announce(${sql.lit(topic)})`.execute(db);
}

const announcements = [
  { name: 'usher_tasks', on: 'insert or update of state on tasks', topic: 'tasks', when: "new.state = 'waiting'" },
  {
    name: 'usher_access',
    on: 'insert or update of due_at on access_requests',
    topic: 'access',
    when: 'new.due_at is not null and new.lease_owner is null',
  },
  { name: 'usher_cards', on: 'insert on access_cards', topic: 'outbox', when: 'new.due_at is not null' },
  { name: 'usher_notices', on: 'insert on notices', topic: 'outbox', when: 'new.due_at is not null' },
  { name: 'usher_announcements', on: 'insert on announcements', topic: 'outbox', when: 'new.due_at is not null' },
] as const satisfies readonly {
  readonly name: string;
  readonly on: string;
  readonly topic: Topic;
  readonly when: string;
}[];
