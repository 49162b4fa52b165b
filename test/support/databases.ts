import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type DatabaseConfig, secret } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Schema } from '../../src/db/schema.ts';
import { administer } from './postgres/administer.ts';
import { deskVariable } from './postgres/desk.ts';
import { templateName } from './postgres/template.ts';

/**
 * An engine that Usher runs on, for `describe.each(engines)('… on $name', ({ createTestDatabase }) => …)`: the same
 * suite proves both, each in its Jest project. A PostgreSQL that cannot start fails its suites.
 */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** A new database: `bare`, or with the tables of this version. Give its hook the time `engineStartMs`. */
  createTestDatabase(content?: 'bare' | 'tables'): Promise<TestDatabase>;
}

export interface TestDatabase {
  readonly config: DatabaseConfig;
  /** Opens the database, once more each time, as another process would. `drop` closes all. */
  open(clock: Clock): Promise<Database>;
  /** Deletes all rows, so that the next test starts afresh. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

/** How long the first suite may wait for PostgreSQL on a busy machine. */
export const engineStartMs = 60_000;

const sqlite: Engine = {
  name: 'SQLite',
  async createTestDatabase() {
    const directory = await mkdtemp(join(tmpdir(), 'usher-sqlite-'));
    return testDatabase({ kind: 'sqlite', path: join(directory, 'usher.db') }, () =>
      rm(directory, { recursive: true, force: true }),
    );
  },
};

const postgres: Engine = {
  name: 'PostgreSQL',
  async createTestDatabase(content = 'bare') {
    const name = `usher_${randomBytes(6).toString('hex')}`;
    const server = await postgresAddress();
    const template = content === 'tables' ? ` template ${templateName}` : '';
    // PostgreSQL's default strategy takes seven times as long where nothing is synchronized to the disk.
    await administer(server, `create database ${name}${template} strategy file_copy`);
    const url = server.replace(/[^/]*$/, name);
    return testDatabase({ kind: 'postgres', url: secret(url) }, () =>
      administer(server, `drop database ${name} with (force)`),
    );
  },
};

/** All tables, each before those that it refers to. */
const tables = {
  messages: true,
  access_requests: true,
  approval_channels: true,
  known_people: true,
  known_names: true,
  repairs: true,
  entitlements: true,
  quiet_hours: true,
  held_news: true,
  tasks: true,
  requests: true,
  archived_lines: true,
  archived: true,
  places: true,
  gates: true,
  turns: true,
  audit_log: true,
  settings_seen: true,
  watches: true,
  watched_jobs: true,
  seen_jobs: true,
  attempts: true,
  rounds: true,
  card_owners: true,
  app_bindings: true,
  seals: true,
  seal_anchors: true,
  entry_packs: true,
  spent_ids: true,
  streams: true,
} satisfies Record<keyof Schema, true>;
const tableNames = Object.keys(tables) as readonly (keyof Schema)[];

/** The engines of the Jest project, or both outside of Jest: see `jest.config.js`. */
const { testEngines } = globalThis as { readonly testEngines?: readonly Engine['name'][] };
export const engines: readonly Engine[] = [sqlite, postgres].filter(({ name }) => testEngines?.includes(name) ?? true);
export const postgresEngine: Engine = postgres;
export const sqliteEngine: Engine = sqlite;

/** Creates the database of the suite that calls it before its first test, and drops it after the last. */
export function useTestDatabase(engine: Engine, content: 'bare' | 'tables' = 'tables'): TestDatabase {
  let created: TestDatabase | undefined;
  const place = () => {
    if (created === undefined) throw new Error('the database of a suite is there in its hooks and tests');
    return created;
  };
  beforeAll(async () => {
    created = await engine.createTestDatabase(content);
  }, engineStartMs);
  afterAll(() => created?.drop());
  return {
    get config() {
      return place().config;
    },
    open: (clock) => place().open(clock),
    empty: () => place().empty(),
    drop: () => place().drop(),
  };
}

function testDatabase(config: DatabaseConfig, drop: () => Promise<void>): TestDatabase {
  const opened: Database[] = [];
  let own: Promise<Database> | undefined;
  return {
    config,
    async open(clock) {
      const database = await openDatabase(config, clock);
      let closing: Promise<void> | undefined;
      const once = {
        ...database,
        close() {
          closing ??= database.close();
          return closing;
        },
      };
      opened.push(once);
      return once;
    },
    async empty() {
      own ??= openDatabase(config, systemClock);
      const database = await own;
      await database.transact(async (transaction) => {
        for (const table of tableNames) await transaction.deleteFrom(table).execute();
      });
    },
    async drop() {
      for (const database of opened) await database.close();
      await (await own)?.close();
      await drop();
    },
  };
}

/** Asks for the run's one PostgreSQL; see `postgres/desk.ts`. */
async function postgresAddress(): Promise<string> {
  const desk = process.env[deskVariable];
  if (desk === undefined) throw new Error('no desk for PostgreSQL: is globalSetup missing in the Jest configuration?');
  const answer = await fetch(desk);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
