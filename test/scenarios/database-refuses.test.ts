import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { postgresEngine, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { administer } from '../support/postgres/administer.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(120_000);

/** What of the log is a mistake in Usher: see the table of codes in docs/operations.md. */
const mistakes =
  /^(task_failed|attempt_failed|turn_failed|messages_failed|http_failed|metrics_failed|card_failed|outbox_undrawn|change_unheard|answer_lost)$/;
const mistakesOf = ({ logLines }: TestUsher) =>
  logLines.map(({ code }) => String(code)).filter((code) => mistakes.test(code));

let teams: TestUsher;
afterEach(() => teams.close());

const textOf = (path: string) => fetch(new URL(path, teams.endpoint)).then((response) => response.text());

describe('an SQLite file that another program has locked', () => {
  it('leaves Usher answering, is reported as such, and nothing is lost when it is free again', async () => {
    teams = await startTestUsher();
    teams.sandbox.failNext(/provisionOnDemand$/, { kind: 'slow', ms: 400 });
    await teams.say('alex', 'provision isaiah to Salesforce');
    await eventually(() => teams.sandbox.stats().arrivals.length === 1);
    const program = new DatabaseSync(teams.databasePath);
    program.exec('BEGIN IMMEDIATE');

    const saying = Promise.all([1, 2, 3].map(() => teams.say('alex', 'provision adele to Salesforce')));
    const alive = [await textOf('/healthz'), await textOf('/healthz')];
    const statuses = await saying;
    const told = teams.cardsFor().filter(({ text }) => text.includes('cannot reach or write to its database'));
    program.exec('ROLLBACK');
    program.close();
    await teams.settled();
    const [first] = teams.cardsFor();

    expect(alive).toEqual(Array(2).fill('{"status":"alive"}'));
    expect(statuses).toEqual([200, 200, 200]);
    expect(told).toHaveLength(3);
    expect(told[0]?.text).toContain('nothing was done');
    expect(first?.text).toContain('Account created');
    expect(teams.sandbox.stats().calls).toBe(1);
    expect(mistakesOf(teams)).toEqual([]);
  });
});

describe('an SQLite file that an Usher works on', () => {
  it('is refused to a second process, which ends with 1 and names the process that has it and what to do instead', async () => {
    teams = await startTestUsher();

    const second = spawn(process.execPath, ['src/main.ts'], {
      env: {
        PATH: process.env.PATH,
        ...sandboxEnvironment(teams.sandbox.url),
        PORT: '0',
        DATABASE_URL: `file:${teams.databasePath}`,
      },
    });
    let said = '';
    second.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    const [code] = await once(second, 'close');

    expect(code).toBe(1);
    expect(said).toMatch(
      new RegExp(`^Usher cannot start: another Usher runs on .*: process ${process.pid} on .*, since `),
    );
    expect(said).toMatch(/To fix: stop the other one first\. .*postgres:/);
    expect(said).not.toMatch(/\n\s+at /);
    // The start of the first one alone.
    expect((await teams.records()).map(({ kind }) => kind)).toEqual(['usherStarted']);
  });
});

describe('a PostgreSQL that revokes permissions', () => {
  // The account that loses its rights has to be the one that creates the tables.
  const place = useTestDatabase(postgresEngine, 'bare');
  let url: string;
  beforeAll(async () => {
    url = place.config.kind === 'postgres' ? place.config.url.reveal() : '';
  });

  it('is reported as such, in the chat and in the log, until they are back', async () => {
    await administer(url, `create role bound_${place.config.kind} login password 'pass'`).catch(() => undefined);
    const own = url.replace(/\/\/[^@]*@/, '//bound_postgres:pass@');
    await administer(url, 'grant create on schema public to bound_postgres');
    teams = await startTestUsher({ environment: { DATABASE_URL: own } });
    await teams.say('alex', 'provision isaiah to Salesforce');
    await teams.settled();
    await administer(url, 'revoke all on turns, requests, tasks, gates, audit_log from bound_postgres');

    await teams.say('alex', 'provision adele to Salesforce');
    const told = teams.lastCard().text;
    const isReady = JSON.parse(await textOf('/readyz')) as { readonly database: string };
    await administer(url, 'grant all on turns, requests, tasks, gates, audit_log to bound_postgres');
    await teams.say('alex', 'provision adele to Salesforce');
    await teams.settled();

    expect(told).toContain('Usher cannot reach or write to its database, so nothing was done.');
    expect(isReady.database).toBe('failed');
    expect(teams.logLines).toContainEqual(
      expect.objectContaining({ code: 'database_away', error: expect.objectContaining({ code: '42501' }) }),
    );
    expect(mistakesOf(teams)).toEqual([]);
    expect(teams.lastCard().text).toContain('Adele Vance');
  });
});
