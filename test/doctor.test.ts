import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../src/clock.ts';
import { openDatabase } from '../src/db/database.ts';
import type { Tokens } from '../src/doctor/reach.ts';
import type { DoctorOptions } from '../src/doctor.ts';
import { createLog } from '../src/log.ts';
import { sandboxEnvironment } from '../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../src/sandbox/graph/server.ts';
import { groups } from '../src/sandbox/tenant/groups.ts';
import { people } from '../src/sandbox/tenant/people.ts';
import { startServer } from '../src/server.ts';
import { doctor, type Environment, idsOf, linesOf } from './doctor/support.ts';
import { unsignedToken } from './support/tokens.ts';

const nobody = '5eed0000-0000-4000-8000-0000000dead0';
const tenant = '5eed0000-0000-4000-8000-00000000face';
const enough = [
  'Synchronization.ReadWrite.All',
  'Application.Read.All',
  'User.Read.All',
  'GroupMember.Read.All',
  'RoleManagement.Read.Directory',
  'AppRoleAssignment.ReadWrite.All',
  'AuditLog.Read.All',
];

let folder: string;
let sandbox: SandboxGraph;
let bot: { readonly port: number; readonly close: () => void };
let usual: Environment;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-doctor-'));
  sandbox = await startSandboxGraph({ port: 0 });
  bot = await startAnsweringBot();
  const path = join(folder, 'usher.db');
  await (await openDatabase({ kind: 'sqlite', path }, systemClock)).close();
  usual = { ...sandboxEnvironment(sandbox.url), PORT: String(bot.port), DATABASE_URL: `file:${path}` };
});
afterEach(() => sandbox.reset());
afterAll(async () => {
  await sandbox.close();
  await bot.close();
  rmSync(folder, { recursive: true });
});

/** Usher's own server, without a bot behind it. */
async function startAnsweringBot() {
  const { port, stop } = await startServer({
    host: '127.0.0.1',
    port: 0,
    receive: () => Promise.reject(new Error('nothing is to come this far')),
    checks: { database: async () => true, graph: async () => true },
    log: createLog('silent'),
  });
  return { port, close: () => stop(0) };
}

/** A sign-in on both sides, as in production, with the sandbox. */
function withTokens(): Environment {
  const { GRAPH_AUTH: _, BOT_AUTH: __, ...rest } = usual;
  return { ...rest, MicrosoftAppId: nobody, MicrosoftAppPassword: 'x', MicrosoftAppTenantId: tenant };
}

const tokensWith = (roles: readonly string[]): Tokens => ({
  bot: async () => 'a token',
  graph: async () => unsignedToken({ roles }),
});

function appsFile(content: unknown): string {
  const path = join(folder, 'apps.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('the doctor where users sign in', () => {
  const delegated = () => ({ ...withTokens(), GRAPH_AUTH: 'delegated', SIGN_IN_CONNECTION: 'usher' });

  it('reports what it can check, and what only a signed-in person can show', async () => {
    const lines = await linesOf(delegated(), { tokens: tokensWith([]) });

    expect(idsOf(lines, 'wrong')).toEqual([]);
    expect(idsOf(lines, 'good')).toEqual(
      expect.arrayContaining(['configuration', 'botToken', 'graph', 'signInRegistration', 'surplus', 'database']),
    );
    expect(idsOf(lines, 'skipped')).toEqual(['signInConnection', 'signedIn']);
  });

  it('names the application permissions that Usher does not use any more', async () => {
    const lines = await linesOf(delegated(), { tokens: tokensWith(['Synchronization.ReadWrite.All']) });

    expect(idsOf(lines, 'wrong')).toEqual(['surplus']);
    expect(lines.find(({ id }) => id === 'surplus')).toMatchObject({
      fix: expect.stringContaining('remove the application permissions Synchronization.ReadWrite.All'),
    });
  });

  it('says that no person can sign in where the registration has no secret', async () => {
    const graph = () => Promise.reject(new Error('AADSTS7000215'));
    const lines = await linesOf(delegated(), { tokens: { ...tokensWith([]), graph } });

    expect(idsOf(lines, 'wrong')).toEqual(['signInRegistration']);
  });
});

describe('the doctor on a sound installation', () => {
  it('finds nothing wrong in the sandbox, and says what it cannot check there', async () => {
    const { code, out, err } = await doctor(usual, []);

    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('✗');
    expect(out).toContain('✓ Provisioning rules: readable');
    expect(out).toContain('– Token for Graph: GRAPH_AUTH is none');
    expect(out).toContain('– Permission User.Read.All: there is no token to look into; reads are tried instead');
    expect(out).toMatch(/^Nothing is wrong\. \d+ not looked at\.$/m);
  });

  it('finds nothing wrong with tokens that hold the permissions', async () => {
    const lines = await linesOf(withTokens(), { tokens: tokensWith(enough) });

    expect(idsOf(lines, 'wrong')).toEqual([]);
    expect(idsOf(lines, 'skipped')).toEqual(['appsFile:approvers']);
  });

  it('names what is wrong with each app of a kit, and says that there are none where there are none', async () => {
    const kits = [{ kit: 'Sales', apps: ['Salesfarce', 'DocuSign', 'Payroll', 'Salesforce'] }];
    const kitsLine = async (content: unknown) =>
      (await linesOf({ ...usual, APPS_FILE: appsFile(content) })).find(({ id }) => id === 'appsFile:kits');

    expect(await kitsLine({ kits })).toMatchObject({
      outcome: 'wrong',
      detail:
        'Salesfarce of Sales is not in the tenant; DocuSign of Sales is the name of more than one app; Payroll of Sales has no provisioning',
    });
    expect(await kitsLine([])).toMatchObject({ outcome: 'skipped', detail: 'APPS_FILE names no kits' });
  });

  it('looks up who asks and who decides by a kit', async () => {
    const nowhere = '5eed0000-0000-4000-8000-0000000009ff';
    const kit = { kit: 'Sales', apps: ['Salesforce'], ask: [people.megan.id], approvers: [groups.helpdesk.id] };
    const idsLine = async (content: unknown) =>
      (await linesOf({ ...usual, APPS_FILE: appsFile(content) })).find(({ id }) => id === 'appsFile:approvers');

    expect(await idsLine({ kits: [kit] })).toMatchObject({ outcome: 'good', detail: 'all 2 ids are known' });
    expect(await idsLine({ kits: [{ ...kit, ask: [nowhere] }] })).toMatchObject({
      outcome: 'wrong',
      detail: expect.stringContaining(nowhere),
    });
  });

  it('asks Graph for reads alone', async () => {
    await linesOf(usual);

    expect(sandbox.requests.map(({ method }) => method)).not.toContain('POST');
  });

  it('accepts a larger permission in place of the one that it covers', async () => {
    const roles = ['Synchronization.ReadWrite.All', 'Directory.Read.All', 'AuditLog.Read.All'];
    const environment = { ...withTokens(), APPS_FILE: '' };

    const lines = await linesOf(environment, { tokens: tokensWith(roles) });

    expect(idsOf(lines, 'wrong')).toEqual([]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        id: 'permission:User.Read.All',
        detail: expect.stringContaining('Directory.Read.All'),
      }),
    );
  });

  it('says what goes on by hand without the permission to delete assignments, and finds no fault in that', async () => {
    const roles = enough.filter((role) => role !== 'AppRoleAssignment.ReadWrite.All');
    const environment = { ...withTokens(), APPS_FILE: '' };

    const lines = await linesOf(environment, { tokens: tokensWith([...roles, 'Directory.Read.All']) });

    expect(idsOf(lines, 'wrong')).toEqual([]);
    expect(lines.find(({ id }) => id === 'permission:AppRoleAssignment.ReadWrite.All')).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringContaining('“remove”, “offboard” and the end of access'),
    });
  });
});

describe('a broken part', () => {
  const fails = (where: string | RegExp, status = 403) => {
    // Graph's client does not repeat a read that is refused with 401 or 403.
    sandbox.failNext(where, { kind: 'status', status });
  };
  /** The pauses between the tries of a read are no part of what is tested. */
  const quickClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 10, signal) };
  const clockOff = (ms: number): Clock => ({ ...systemClock, now: () => Date.now() + ms });
  interface Broken {
    readonly environment?: () => Environment;
    readonly options?: DoctorOptions;
    readonly fault?: () => void;
  }
  const withRoles = (roles: readonly string[]): Broken => ({
    environment: withTokens,
    options: { tokens: tokensWith(roles) },
  });
  const without = (role: string) => withRoles(enough.filter((other) => other !== role));
  const failingToken = async () => {
    throw new Error('AADSTS7000215: Invalid client secret provided.\nTrace ID: 1');
  };

  const cases: readonly [string, string, Broken][] = [
    ['a misspelled setting', 'configuration', { environment: () => ({ ...usual, MicrosoftAppType: 'SingelTenant' }) }],
    ['an apps file that is not there', 'configuration', { environment: () => ({ ...usual, APPS_FILE: '/nowhere' }) }],
    [
      'a bot that cannot sign in',
      'botToken',
      { environment: withTokens, options: { tokens: { ...tokensWith(enough), bot: failingToken } } },
    ],
    [
      'a Graph credential that has expired',
      'graphToken',
      { environment: withTokens, options: { tokens: { ...tokensWith(enough), graph: failingToken } } },
    ],
    ['a token that Graph rejects', 'graph', { ...withRoles(enough), fault: () => fails('/organization', 401) }],
    [
      'a Graph that is not there',
      'graph',
      { environment: () => ({ ...usual, GRAPH_BASE_URL: 'http://127.0.0.1:1/v1.0' }), options: { clock: quickClock } },
    ],
    ...enough.map((role): [string, string, Broken] => [`no ${role}`, `permission:${role}`, without(role)]),
    ['Directory.Read.All besides', 'surplus', withRoles([...enough, 'Directory.Read.All'])],
    ['Mail.Read besides', 'surplus', withRoles([...enough, 'Mail.Read'])],
    ['people unreadable', 'people', { fault: () => fails(/^\/users$/) }],
    ['groups unreadable', 'groups', { fault: () => fails(/^\/groups$/) }],
    ['apps unreadable', 'apps', { fault: () => fails(/^\/servicePrincipals$/) }],
    ['jobs unreadable', 'jobs', { fault: () => fails(/\/jobs$/) }],
    // An app with several jobs is asked for the rules of each as well.
    ['rules unreadable', 'rules', { fault: () => void Array.from({ length: 9 }, () => fails(/\/schema$/)) }],
    ['the log unreadable', 'log', { fault: () => fails('/auditLogs') }],
    ...(['VIEWERS', 'REQUESTERS', 'OPERATORS', 'APPROVERS'] as const).map((variable): [string, string, Broken] => [
      `a deleted group in ${variable}`,
      `ids:${variable}`,
      { environment: () => ({ ...usual, [variable]: nobody }) },
    ]),
    [
      'an app that does not exist',
      'appsFile:apps',
      { environment: () => ({ ...usual, APPS_FILE: appsFile([{ app: 'Salesfarce' }]) }) },
    ],
    [
      'an approver who has left',
      'appsFile:approvers',
      {
        environment: () => ({
          ...usual,
          APPS_FILE: appsFile([{ app: 'Salesforce', approvers: [people.patti.id, nobody] }]),
        }),
      },
    ],
    [
      'an app role that is not there',
      'appsFile:assign',
      {
        environment: () => ({
          ...usual,
          APPS_FILE: appsFile([{ app: 'ServiceNow', assign: { appRole: 'Emperor' } }]),
        }),
      },
    ],
    ...(['Salesfarce', 'DocuSign', nobody, 'Payroll'] as const).map((app): [string, string, Broken] => [
      `a kit with the app ${app}`,
      'appsFile:kits',
      {
        environment: () => ({ ...usual, APPS_FILE: appsFile({ kits: [{ kit: 'Sales', apps: ['Salesforce', app] }] }) }),
      },
    ]),
    [
      'a database that is none',
      'database',
      {
        environment: () => {
          const path = join(folder, 'not-a-database.db');
          writeFileSync(
            path,
            'a letter to the editor, long enough to be looked at as a database file would be\n'.repeat(9),
          );
          return { ...usual, DATABASE_URL: `file:${path}` };
        },
      },
    ],
    [
      'a database server that is away',
      'database',
      { environment: () => ({ ...usual, DATABASE_URL: 'postgres://usher@127.0.0.1:1/usher' }) },
    ],
    [
      'a database without the tables of this version',
      'migrations',
      {
        environment: () => {
          const path = join(folder, 'older.db');
          copyFileSync(usual.DATABASE_URL?.slice('file:'.length) ?? '', path);
          const database = new DatabaseSync(path);
          database.exec('delete from kysely_migration where name = (select max(name) from kysely_migration)');
          database.close();
          return { ...usual, DATABASE_URL: `file:${path}` };
        },
      },
    ],
    ['a clock that is ahead', 'clock', { options: { clock: clockOff(6 * 60_000) } }],
    ['a clock that is behind', 'clock', { options: { clock: clockOff(-6 * 60_000) } }],
    ['a bot that does not run', 'endpoint', { environment: () => ({ ...usual, PORT: '1' }) }],
  ];

  it.each(cases)('%s turns the line %s red, and no other', async (_name, id, { environment, options, fault }) => {
    fault?.();

    const lines = await linesOf(environment?.() ?? usual, options);

    expect(idsOf(lines, 'wrong')).toEqual([id]);
    expect(lines.find(({ outcome }) => outcome === 'wrong')).toMatchObject({
      detail: expect.stringMatching(/\w/),
      fix: expect.stringMatching(/^\S.{20,}\.$/),
    });
  });

  it('skips the checks that need the missing permission, and says so', async () => {
    const tokens = tokensWith(enough.filter((role) => role !== 'Application.Read.All'));

    const lines = await linesOf(withTokens(), { tokens });

    const passedOver = lines.filter(({ detail }) => detail === 'Application.Read.All is missing, see above');
    expect(passedOver.map(({ id }) => id)).toEqual(['apps', 'appsFile:apps', 'appsFile:assign', 'appsFile:kits']);
    expect(idsOf(lines, 'skipped')).toEqual(expect.arrayContaining(['jobs', 'rules']));
    expect(sandbox.requests.map(({ path }) => path)).not.toContain('/servicePrincipals');
  });

  it('makes the doctor end with 1, and print the fix below the line', async () => {
    const { code, out } = await doctor({ ...usual, PORT: '1' }, []);

    expect(code).toBe(1);
    expect(out).toMatch(
      /^✗ The bot’s endpoint: no server answers at http:\/\/127\.0\.0\.1:1\/api\/messages\n {4}To fix: start/m,
    );
    expect(out).toMatch(/^1 wrong\./m);
  });

  it('that does not answer is reported when its time is up', async () => {
    sandbox.failNext(/^\/groups$/, { kind: 'silence' });

    const lines = await linesOf(usual, { limitMs: 3_000 });

    expect(idsOf(lines, 'wrong')).toEqual(['groups']);
    expect(lines.find(({ id }) => id === 'groups')?.detail).toBe('no answer within 3 seconds');
  });

  it('does not make the doctor print secrets', async () => {
    const { out } = await doctor(
      { ...withTokens(), MicrosoftAppPassword: 'pass~word', AZURE_CLIENT_SECRET: 's3cret' },
      [],
    );

    expect(out).not.toMatch(/pass~word|s3cret/);
    expect(out).toContain('✗ Configuration');
  });
});

describe('the command line of the doctor', () => {
  it('explains itself without any configuration', async () => {
    const { code, out } = await doctor({}, ['--help']);

    expect(code).toBe(0);
    expect(out).toContain('--json');
  });

  it.each([[['--jsn']], [['--url', 'usher.contoso.com']], [['now']]])(
    'refuses %j with a plain message',
    async (args) => {
      const { code, out, err } = await doctor({}, args);

      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('--help');
    },
  );

  it('does not take a server that answers every path for the bot', async () => {
    const proxy = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;

    const { code, out } = await doctor(usual, ['--url', `http://127.0.0.1:${port}`]);
    proxy.close();

    expect(code).toBe(1);
    expect(out).toContain(`✗ The bot’s endpoint: http://127.0.0.1:${port}/api/messages answers 200, which is not how`);
  });

  it('looks for the bot at its public address', async () => {
    const { out } = await doctor({ ...usual, PORT: '1' }, ['--url', `http://127.0.0.1:${bot.port}/api/messages`]);

    expect(out).toContain(`✓ The bot’s endpoint: http://127.0.0.1:${bot.port}/api/messages answers`);
  });

  it('does not create a database that does not exist', async () => {
    const lines = await linesOf({ ...usual, DATABASE_URL: `file:${join(folder, 'new', 'usher.db')}` });

    expect(idsOf(lines, 'wrong')).toEqual([]);
    expect(lines.find(({ id }) => id === 'migrations')).toMatchObject({ outcome: 'skipped' });
  });

  it('runs as a program', async () => {
    const program = fileURLToPath(new URL('../src/doctor.ts', import.meta.url));
    const running = promisify(execFile)(process.execPath, [program, '--json'], { env: { PORT: 'eighty' } });

    await expect(running).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('"ok": false') });
  });
});
