import { readFileSync } from 'node:fs';
import { type Kysely, type Dialect as KyselyDialect, PostgresDialect, type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { channel, type Listening, type ListeningParts, startListening, type Topic } from './listening.ts';
import { clientConfig, createPool, type PostgresAddress, type TimeLimits } from './postgres-client.ts';
import { rightsRefusal, serverRefusal } from './postgres-rights.ts';
import { threadedSqlite } from './reader.ts';
import type { Connection, Refusal } from './refusals.ts';
import type { Schema } from './schema.ts';
import { createSharedClock } from './shared-clock.ts';
import { sqliteKysely } from './sqlite-client.ts';
import { sslModeOf, tlsOptions, withoutSslMode } from './tls.ts';

/**
 * The one place where SQLite and PostgreSQL differ. Everything else in Usher speaks to both through the same Kysely
 * queries; a difference that cannot be expressed there becomes a member here.
 */
export interface Dialect {
  readonly engine: DatabaseConfig['kind'];
  readonly kysely: KyselyDialect;
  /** For migrations, which may take longer than a query may; null where the other one serves for them too. */
  readonly migrating: KyselyDialect | null;
  /** For reads that may take long; null where none holds up the process. */
  readonly reading: KyselyDialect | null;
  readonly realNumber: 'real' | 'double precision';
  /** The type of an id that the database counts up. */
  readonly countedId: string;
  /** By which a statement finds a row again that it has just seen, of any table. */
  readonly rowAddress: 'rowid' | 'ctid';
  /** True where a single process owns the database, so that leases found at its start are all dead. */
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
  gateNow(db: Kysely<Schema>): Promise<number>;
  /** The wall clock that all processes on this database have in common; see `shared-clock.ts`. */
  readonly clock: Clock;
  /** The connections of processes that work on this database with the tables of another version. */
  others(db: Kysely<unknown>): Promise<readonly Connection[]>;
  /** Why Usher cannot work on the server, and, with these migrations to run, with its tables; null where it can. */
  serverRefusal(db: Kysely<unknown>): Promise<Refusal | null>;
  rightsRefusal(db: Kysely<unknown>, pending: readonly string[]): Promise<Refusal | null>;
  /** The tables where Usher's are made, the engine's own and those of its extensions left out. */
  tables(db: Kysely<unknown>): Promise<readonly string[]>;
  /** Part of a migration: from then on the tables announce what other processes may want to hear of. */
  announceChanges(db: Kysely<unknown>): Promise<void>;
  /** The same of the one table for all that is sent to Teams. */
  announceMessages(db: Kysely<unknown>): Promise<void>;
  /** Part of a migration: notes that rows were rewritten since they held what no file is to hold. */
  noteRewritten(db: Kysely<unknown>): Promise<void>;
  /** Removes from the file what such rows held, as far as Usher can. Outside of a transaction. */
  wipeRewritten(db: Kysely<Schema>): Promise<void>;
  /** Learns what other processes store; where there are none, nothing. */
  listen(parts: ListeningParts): Listening;
}

/** @param version see `postgresDialect` */
export function dialectOf(config: DatabaseConfig, clock: Clock, version: (() => string) | null = null): Dialect {
  return config.kind === 'sqlite' ? sqliteDialect(config.path, clock) : postgresDialect(config, clock, version);
}

/** SQLite by Node's own driver. One process, so the gate's clock is that process's monotonic clock. */
export function sqliteDialect(path: string, clock: Clock): Dialect {
  return {
    engine: 'sqlite',
    kysely: sqliteKysely(path),
    migrating: null,
    // Only its own connection can read a database in memory.
    reading: path === ':memory:' ? null : threadedSqlite(path),
    realNumber: 'real',
    countedId: 'integer primary key autoincrement',
    rowAddress: 'rowid',
    singleProcess: true,
    isolation: null,
    mayRepeat: () => false,
    lockRows: false,
    gateNow: async () => clock.monotonic(),
    clock,
    others: async () => [],
    // Rights on a file are the operating system's.
    serverRefusal: async () => null,
    rightsRefusal: async () => null,
    tables: (db) =>
      namesOf(db, sql`select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`),
    announceChanges: async () => undefined,
    announceMessages: async () => undefined,
    // A number in the file's head that SQLite leaves to its user; it is written with the transaction.
    noteRewritten: async (db) => void (await sql`pragma user_version = 1`.execute(db)),
    async wipeRewritten(db) {
      const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
      if (rows[0]?.user_version !== 1) return;
      await sql`vacuum`.execute(db);
      await sql`pragma user_version = 0`.execute(db);
      // Otherwise the old pages would stay in the file until the log is copied over them.
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
    },
    listen: () => ({ stop: () => undefined }),
  };
}

const timeQuestion = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now';
/** Every process holds one connection more, to listen. PostgreSQL itself takes 100 unless told otherwise. */
const defaultPoolSize = 10;
const usualLimits: TimeLimits = { statementMs: 10_000, answerMs: 12_000 };
const noLimits: TimeLimits = { statementMs: null, answerMs: null };
const listenerLimits: TimeLimits = { statementMs: 5_000, answerMs: 6_000 };

/**
 * PostgreSQL. Several processes may share it, so the gate counts by the server's clock and its row is locked.
 *
 * @param version what the tables of a process that works on the database are called at the server; null for a tool that
 *   only reads.
 * @throws when the file of root certificates cannot be read.
 */
export function postgresDialect(
  config: PostgresConfig,
  machine: Clock,
  version: (() => string) | null = null,
): Dialect {
  const place = addressOf(config);
  const address = () => ({ ...place, application_name: version === null ? 'usher-reader' : `usher ${version()}` });
  const shared = createSharedClock(machine);
  async function tellTime(ask: () => Promise<{ readonly rows: readonly { readonly now: number }[] }>): Promise<number> {
    const askedAt = machine.monotonic();
    const now = (await ask()).rows[0]?.now;
    if (now === undefined) throw new Error('the database did not tell its time');
    shared.correct(askedAt, now);
    return now;
  }
  return {
    engine: 'postgres',
    kysely: new PostgresDialect({
      pool: async () => createPool(address(), usualLimits, config.poolSize ?? defaultPoolSize),
    }),
    // Kysely holds an advisory lock meanwhile, so processes that start together migrate one after the other.
    migrating: new PostgresDialect({ pool: async () => createPool(address(), noLimits, 2) }),
    reading: null,
    realNumber: 'double precision',
    countedId: 'bigint generated always as identity primary key',
    rowAddress: 'ctid',
    singleProcess: false,
    isolation: 'read committed',
    mayRepeat: (error) => error instanceof Error && 'code' in error && undone.has(String(error.code)),
    lockRows: true,
    gateNow: (db) => tellTime(() => sql<{ now: number }>`${sql.raw(timeQuestion)}`.execute(db)),
    clock: shared.clock,
    async others(db) {
      // Until `023-words` the name was `usher` alone. Other users' connections belong to other schemas.
      const { rows } = await sql<Omit<Connection, 'since'> & { readonly since: Date }>`
        select pid, host(client_addr) as "from", backend_start as since from pg_stat_activity
        where datname = current_database() and usename = current_user and application_name ~ '^usher( |$)'
          and application_name <> current_setting('application_name')
        order by backend_start`.execute(db);
      return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
    },
    serverRefusal,
    rightsRefusal,
    tables: (db) =>
      namesOf(
        db,
        sql`select relname as name from pg_class
          where relnamespace = to_regnamespace(quote_ident(current_schema())) and relkind in ('r', 'p')
            and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')`,
      ),
    announceChanges,
    announceMessages: (db) => announce(db, messageAnnouncements),
    // PostgreSQL's own vacuum does it, by the administrator's rules.
    noteRewritten: async () => undefined,
    wipeRewritten: async () => undefined,
    listen: (parts) => {
      // Where nothing is claimed for long, nothing else corrects the shared clock.
      const check = (client: pg.Client) => tellTime(() => client.query<{ now: number }>(timeQuestion));
      return startListening(() => new pg.Client(clientConfig(address(), listenerLimits)), check, parts);
    },
  };
}

async function namesOf(db: Kysely<unknown>, question: RawBuilder<unknown>): Promise<readonly string[]> {
  return (await question.$castTo<{ name: string }>().execute(db)).rows.map(({ name }) => name).toSorted();
}

type PostgresConfig = Extract<DatabaseConfig, { kind: 'postgres' }>;

function addressOf({ url, rootCertificateFile = null }: PostgresConfig): PostgresAddress {
  const mode = sslModeOf(url.reveal());
  if (mode === 'unknown') throw new Error('the address of the database asks for TLS in a way that Usher does not know');
  const rootCertificates = rootCertificateFile === null ? null : readFileSync(rootCertificateFile, 'utf8');
  return { connectionString: withoutSslMode(url.reveal()), ssl: tlsOptions(mode, rootCertificates) };
}

/**
 * Deadlock and serialization failure: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
const undone: ReadonlySet<string> = new Set(['40P01', '40001']);

/**
 * Triggers, so that no writer has to remember it. Only new work is announced, not that a process has claimed it;
 * otherwise each claim would wake all other processes for nothing. One transaction announces each topic once, however
 * many rows it writes.
 */
async function announceChanges(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function usher_announce() returns trigger language plpgsql as $$
    begin
      perform pg_notify(${sql.lit(channel)}, tg_argv[0]);
      return null;
    end $$`.execute(db);
  await announce(db, firstAnnouncements);
}

async function announce(db: Kysely<unknown>, announcements: readonly Announcement[]): Promise<void> {
  for (const { name, on, topic, when } of announcements)
    await sql`
      create or replace trigger ${sql.id(name)} after ${sql.raw(on)}
      for each row when (${sql.raw(when)}) execute function usher_announce(${sql.lit(topic)})`.execute(db);
}

interface Announcement {
  readonly name: string;
  readonly on: string;
  readonly topic: Topic;
  readonly when: string;
}

const firstAnnouncements: readonly Announcement[] = [
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
];

/** A card that its own conversation's answer posts is due later, where that answer does not. */
const messageAnnouncements: readonly Announcement[] = [
  { name: 'usher_messages', on: 'insert on messages', topic: 'outbox', when: 'new.due_at <= new.created_at' },
];
