import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { Disk } from '../../src/db/inspect.ts';
import { unfitServer } from '../../src/db/postgres-rights.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { engineStartMs, postgresEngine } from '../support/databases.ts';
import { administer } from '../support/postgres/administer.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';
import { type Environment, linesOf } from './support.ts';

let sandbox: SandboxGraph;
beforeAll(async () => {
  sandbox = await startSandboxGraph({ port: 0 });
});
afterAll(() => sandbox.close());

/** What the doctor says of the database and its tables; of the configuration, where it looks no further. */
async function told(environment: Environment, disk?: Disk) {
  const lines = await linesOf(
    { ...sandboxEnvironment(sandbox.url), ...environment },
    disk === undefined ? {} : { disk },
  );
  const of = (id: string) =>
    lines.find((line) => line.id === id) ?? lines.find(({ id: one }) => one === 'configuration');
  return { database: of('database'), migrations: of('migrations') };
}

interface Expected {
  readonly line: 'database' | 'migrations';
  readonly outcome: 'good' | 'wrong' | 'warning' | 'skipped';
  readonly detail: RegExp;
  readonly fix?: RegExp;
}

function expectTold(lines: Awaited<ReturnType<typeof told>>, { line, outcome, detail, fix }: Expected): void {
  const other = lines[line === 'database' ? 'migrations' : 'database'];
  expect(lines[line]).toMatchObject({
    outcome,
    detail: expect.stringMatching(detail),
    ...(fix === undefined ? {} : { fix: expect.stringMatching(fix) }),
  });
  if (outcome === 'wrong' && other !== lines[line]) expect(other?.outcome).not.toBe('wrong');
}

describe('a PostgreSQL', () => {
  const dropped: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const drop of dropped.splice(0)) await drop();
  });

  /** A database as its administrator, and a user of fewer rights. */
  async function place(content: 'bare' | 'tables') {
    const created = await postgresEngine.createTestDatabase(content);
    if (created.config.kind !== 'postgres') throw new Error('the test database is no PostgreSQL');
    const url = created.config.url.reveal();
    const name = new URL(url).pathname.slice(1);
    const user = `${name}_user`;
    await administer(url, `create role ${user} login password 'its#own'`);
    dropped.push(async () => {
      await administer(url, `drop owned by ${user} cascade`);
      await administer(url, `drop role ${user}`);
      await created.drop();
    });
    const address = new URL(url);
    address.username = user;
    address.password = 'its%23own';
    return { url, user, asUser: address.href, run: (statement: string) => administer(url, statement) };
  }
  type Place = Awaited<ReturnType<typeof place>>;
  const ownedBy = (user: string) => `do $$ declare name text; begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
      execute format('alter table %I owner to ${user}', name);
    end loop; end $$`;
  const older = 'delete from kysely_migration where name = (select max(name) from kysely_migration)';

  const cases: readonly [string, 'bare' | 'tables', (place: Place) => Promise<string>, Expected][] = [
    [
      'that is new',
      'bare',
      async ({ url }) => url,
      { line: 'migrations', outcome: 'skipped', detail: /first start makes them/ },
    ],
    [
      'that is new, for a user who may create tables',
      'bare',
      async ({ asUser, user, run }) => {
        await run(`grant create on schema public to ${user}`);
        return asUser;
      },
      { line: 'migrations', outcome: 'skipped', detail: /first start makes them/ },
    ],
    [
      'with the tables of this version',
      'tables',
      async ({ url }) => url,
      { line: 'migrations', outcome: 'good', detail: /of this version/ },
    ],
    [
      'whose tables another user owns, with the rights to use them',
      'tables',
      async ({ asUser, user, run }) => {
        await run(`grant select, insert, update, delete on all tables in schema public to ${user}`);
        return asUser;
      },
      { line: 'migrations', outcome: 'good', detail: /of this version/ },
    ],
    [
      'where the record can only be added to',
      'tables',
      async ({ asUser, user, run }) => {
        await run(`grant select, insert, update, delete on all tables in schema public to ${user}`);
        await run(`revoke update, delete on audit_log from ${user}`);
        return asUser;
      },
      { line: 'migrations', outcome: 'good', detail: /of this version/ },
    ],
    [
      'that is new, for a user who may not create tables',
      'bare',
      async ({ asUser }) => asUser,
      {
        line: 'migrations',
        outcome: 'wrong',
        detail: /does not let the user “\w+_user” create tables in the schema “public”/,
        fix: /grant usage, create on schema "public" to "\w+_user"/,
      },
    ],
    [
      'without the schema of its search path',
      'bare',
      async ({ asUser, user, run }) => {
        await run(`alter role ${user} set search_path = nowhere`);
        return asUser;
      },
      { line: 'migrations', outcome: 'wrong', detail: /no schema/, fix: /create the schema/ },
    ],
    [
      'of an older version',
      'tables',
      async ({ url, run }) => {
        await run(older);
        return url;
      },
      { line: 'migrations', outcome: 'wrong', detail: /of an older version; still to come: \d+-/, fix: /backup/ },
    ],
    [
      'of an older version, for a user who does not own the tables',
      'tables',
      async ({ asUser, user, run }) => {
        await run(older);
        await run(`grant create on schema public to ${user}`);
        await run(`grant select, insert, update, delete on all tables in schema public to ${user}`);
        return asUser;
      },
      { line: 'migrations', outcome: 'wrong', detail: /does not own .*\brequests\b/, fix: /owner to/ },
    ],
    [
      'of an older version, for the user who owns the tables',
      'tables',
      async ({ asUser, user, run }) => {
        await run(older);
        await run(`grant create on schema public to ${user}`);
        await run(ownedBy(user));
        return asUser;
      },
      { line: 'migrations', outcome: 'wrong', detail: /still to come/ },
    ],
    [
      'of an older version on which a process of it works',
      'tables',
      async ({ url, run }) => {
        await run(older);
        const worker = new pg.Client({ connectionString: url, application_name: 'usher 001-requests' });
        await worker.connect();
        dropped.unshift(() => worker.end());
        return url;
      },
      { line: 'migrations', outcome: 'wrong', detail: /another version still works/, fix: /stop all processes/ },
    ],
    [
      'of a newer version',
      'tables',
      async ({ url, run }) => {
        await run("insert into kysely_migration (name, timestamp) values ('999-next', 'now')");
        return url;
      },
      { line: 'database', outcome: 'wrong', detail: /newer version of Usher.*999-next/, fix: /newer version again/ },
    ],
    [
      'of another program',
      'bare',
      async ({ url, run }) => {
        await run('create table customers (id integer)');
        return url;
      },
      { line: 'database', outcome: 'wrong', detail: /another program \(customers\)/, fix: /of its own/ },
    ],
    [
      'whose user may not write to a table',
      'tables',
      async ({ asUser, user, run }) => {
        await run(`grant select, insert, update, delete on all tables in schema public to ${user}`);
        await run(`revoke insert on turns from ${user}`);
        return asUser;
      },
      { line: 'migrations', outcome: 'wrong', detail: /read and write turns$/, fix: /grant select, insert/ },
    ],
    [
      'whose user may not read any table',
      'tables',
      async ({ asUser }) => asUser,
      { line: 'database', outcome: 'wrong', detail: /the rights it needs/, fix: /grant it/ },
    ],
    [
      'that only reads',
      'tables',
      async ({ asUser, user, run }) => {
        await run(`alter role ${user} set default_transaction_read_only = on`);
        return asUser;
      },
      { line: 'database', outcome: 'wrong', detail: /only reads/, fix: /primary/ },
    ],
    [
      'with another password',
      'bare',
      async ({ asUser }) => asUser.replace('its%23own', 'another'),
      { line: 'database', outcome: 'wrong', detail: /does not let Usher in/, fix: /user and password/ },
    ],
    [
      'without the database',
      'bare',
      async ({ url }) => `${url}x`,
      { line: 'database', outcome: 'wrong', detail: /no such database/, fix: /create it/ },
    ],
    [
      'that does not offer the TLS that is asked for',
      'bare',
      async ({ url }) => `${url}?sslmode=require`,
      { line: 'database', outcome: 'wrong', detail: /does not offer TLS/, fix: /sslmode=disable/ },
    ],
    [
      'on a host that DNS does not know',
      'bare',
      async ({ url }) => url.replace('127.0.0.1', 'postgres.invalid'),
      { line: 'database', outcome: 'wrong', detail: /DNS does not know the host/, fix: /%23/ },
    ],
    [
      'whose password has a “#” that is not encoded',
      'bare',
      async ({ asUser }) => asUser.replace('%23', '#'),
      { line: 'database', outcome: 'wrong', detail: /DATABASE_URL has a user, password or host/, fix: /# as %23/ },
    ],
    [
      'whose password has an “@” that is not encoded, which no other one can be taken for',
      'bare',
      async ({ asUser, user, run }) => {
        await run(`alter role ${user} password 'its@own'`);
        await run(`grant create on schema public to ${user}`);
        return asUser.replace('%23', '@');
      },
      { line: 'database', outcome: 'good', detail: /reachable/ },
    ],
  ];

  it.each(cases)(
    '%s is told as that',
    async (_name, content, prepare, expected) => {
      const url = await prepare(await place(content));

      const lines = await told({ DATABASE_URL: url });

      expectTold(lines, expected);
      expect([lines.database?.detail, lines.migrations?.detail].join()).not.toMatch(/its(#|%23|@|%40)own/);
    },
    engineStartMs,
  );

  it.each([
    [{ version: 130_014, read_only: 'off', encoding: 'UTF8' }, 'PostgreSQL 13 is too old'],
    [{ version: 180_004, read_only: 'off', encoding: 'LATIN1' }, 'the database keeps texts as LATIN1'],
    [{ version: 140_000, read_only: 'off', encoding: 'UTF8' }, null],
  ])('is judged by its settings: %j', (settings, what) => {
    const refusal = unfitServer(settings);

    expect(refusal?.what ?? null).toEqual(what === null ? null : expect.stringContaining(what));
  });
});

describe('a PostgreSQL with TLS', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({
      settings: ['ssl=on', 'ssl_cert_file=../server.pem', 'ssl_key_file=../server.key', 'hba_file=pg_hba.conf'],
      files: {
        'server.pem': readFileSync(fixture('server.pem'), 'utf8'),
        'server.key': readFileSync(fixture('server.key'), 'utf8'),
        'pg_hba.conf': 'hostssl all all all scram-sha-256\n',
      },
    });
  }, engineStartMs);
  afterAll(() => server.stop());

  it.each<[string, string, Environment, RegExp, RegExp | null]>([
    ['whose authority is not trusted', 'localhost', {}, /certificate is not trusted/, /PGSSLROOTCERT/],
    [
      'that has another name',
      '127.0.0.1',
      { PGSSLROOTCERT: fixture('authority.pem') },
      /certificate is for another name/,
      /verify-ca/,
    ],
    ['that is trusted', 'localhost', { PGSSLROOTCERT: fixture('authority.pem') }, /reachable/, null],
  ])('%s is told as that', async (_name, host, environment, detail, fix) => {
    const url = `${server.url('postgres').replace('127.0.0.1', host)}?sslmode=require`;

    const lines = await told({ ...environment, DATABASE_URL: url });

    const outcome = fix === null ? 'good' : 'wrong';
    expectTold(lines, { line: 'database', outcome, detail, ...(fix === null ? {} : { fix }) });
  });

  it('that lets no plain connection in is told as that', async () => {
    const lines = await told({ DATABASE_URL: `${server.url('postgres')}?sslmode=disable` });

    expectTold(lines, { line: 'database', outcome: 'wrong', detail: /by TLS alone/, fix: /sslmode=require/ });
  });
});

describe('an SQLite file', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-doctor-'));
    path = join(folder, 'usher.db');
    await (await openDatabase({ kind: 'sqlite', path }, systemClock)).close();
    writeFileSync(join(folder, 'empty.db'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const denied = (place: string) => {
    throw Object.assign(new Error(`EROFS: read-only file system, access '${place}'`), { code: 'EROFS' });
  };
  const sound: Disk = { assertWritable: () => undefined, freeBytes: () => 50e9 };

  it.each<[string, string, Disk, Expected]>([
    ['on a sound disk', 'usher.db', sound, { line: 'database', outcome: 'good', detail: /reachable/ }],
    ['that is empty', 'empty.db', sound, { line: 'migrations', outcome: 'skipped', detail: /first start makes them/ }],
    [
      'in a folder that is read-only',
      'usher.db',
      { ...sound, assertWritable: (place) => (place === folder ? denied(place) : undefined) },
      { line: 'database', outcome: 'wrong', detail: /read-only/, fix: /folder/ },
    ],
    [
      'that is read-only',
      'usher.db',
      { ...sound, assertWritable: denied },
      { line: 'database', outcome: 'wrong', detail: /read-only/, fix: /folder/ },
    ],
    [
      'that is to be made in a folder that is read-only',
      'new/usher.db',
      { ...sound, assertWritable: denied },
      { line: 'database', outcome: 'wrong', detail: /read-only/, fix: /folder/ },
    ],
    [
      'on a full disk',
      'usher.db',
      { ...sound, freeBytes: () => 4_096 },
      { line: 'database', outcome: 'wrong', detail: /disk under the SQLite file is full/, fix: /make room/ },
    ],
    [
      'that is to be made on a full disk',
      'new/usher.db',
      { ...sound, freeBytes: () => 4_096 },
      { line: 'database', outcome: 'wrong', detail: /disk under the SQLite file is full/, fix: /make room/ },
    ],
    [
      'on a disk that is nearly full',
      'usher.db',
      { ...sound, freeBytes: () => 60e6 },
      { line: 'database', outcome: 'warning', detail: /only 60 MB are free/, fix: /make room/ },
    ],
    [
      'on a disk that does not say what is free',
      'usher.db',
      { ...sound, freeBytes: () => null },
      { line: 'database', outcome: 'good', detail: /reachable/ },
    ],
  ])('%s is told as that', async (_name, name, disk, expected) => {
    const lines = await told({ DATABASE_URL: `file:${join(folder, name)}` }, disk);

    expectTold(lines, expected);
  });
});
