import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Tokens } from '../../src/doctor/reach.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { unsignedToken } from '../support/tokens.ts';
import { type Environment, linesOf } from './support.ts';

const tenant = '5eed0000-0000-4000-8000-00000000face';
const bot = '5eed0000-0000-4000-8000-0000000000b0';
const graph = '5eed0000-0000-4000-8000-0000000000b1';
const enough = [
  'Synchronization.ReadWrite.All',
  'Application.Read.All',
  'User.Read.All',
  'GroupMember.Read.All',
  'RoleManagement.Read.Directory',
  'AppRoleAssignment.ReadWrite.All',
  'AuditLog.Read.All',
];
const certificate = fileURLToPath(new URL('../fixtures/tls/registration.pem', import.meta.url));
const ending = Date.parse(new X509Certificate(readFileSync(certificate)).validTo);
const dayMs = 24 * 60 * 60_000;
const daysAway = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);

let folder: string;
let sandbox: SandboxGraph;
let installed: Environment;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-doctor-'));
  sandbox = await startSandboxGraph({ port: 0 });
  const { GRAPH_AUTH: _, BOT_AUTH: __, ...rest } = sandboxEnvironment(sandbox.url);
  installed = {
    ...rest,
    DATABASE_URL: `file:${join(folder, 'usher.db')}`,
    MicrosoftAppId: bot,
    MicrosoftAppTenantId: tenant,
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: graph,
  };
});
afterEach(() => sandbox.reset());
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const tokensWith = (roles: readonly string[]): Tokens => ({
  bot: async () => 'a token',
  graph: async () => unsignedToken({ roles }),
});
const withSecrets = { MicrosoftAppPassword: 'bot~secret', AZURE_CLIENT_SECRET: 'gra~secret' };

async function change(what: string, body: object): Promise<void> {
  const answer = await fetch(new URL(`/_sandbox/${what}`, sandbox.url), {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(204);
}

async function lineOf(id: string, environment: Environment, now = Date.now(), roles = enough) {
  const clock = { ...systemClock, now: () => now };
  const lines = await linesOf({ ...installed, ...environment }, { tokens: tokensWith(roles), clock });
  return lines.find((line) => line.id === id);
}

describe('the end of a client secret', () => {
  interface Secret {
    readonly hint?: string;
    readonly endsInDays: number;
  }
  it.each<[string, readonly Secret[], object]>([
    ['in a year is good', [{ endsInDays: 365 }], { outcome: 'good', detail: `good until ${daysAway(365)}` }],
    [
      'in twelve days is told with the date',
      [{ endsInDays: 12 }],
      { outcome: 'warning', detail: `ends on ${daysAway(12)}, in 12 days`, fix: expect.stringContaining(bot) },
    ],
    ['in a month and a day is good', [{ endsInDays: 31 }], { outcome: 'good' }],
    ['that is over is wrong', [{ endsInDays: -3 }], { outcome: 'wrong', detail: `ended on ${daysAway(-3)}` }],
    ['of an old one beside the new one is no matter', [{ endsInDays: -3 }, { endsInDays: 300 }], { outcome: 'good' }],
    [
      'is that of the one that Usher has, by its first characters',
      [
        { hint: 'new', endsInDays: 300 },
        { hint: 'bot', endsInDays: 5 },
      ],
      { outcome: 'warning', detail: `ends on ${daysAway(5)}, in 5 days` },
    ],
    ['is not told where none is listed', [], { outcome: 'skipped', detail: expect.stringContaining('lists no') }],
  ])('%s', async (_name, secrets, expected) => {
    await change('registrations', { clientId: bot, secrets });

    const line = await lineOf('credential:bot', withSecrets);

    expect(line).toMatchObject({ title: 'End of MicrosoftAppPassword', ...expected });
    expect(JSON.stringify(line)).not.toMatch(/~secret|"bot"/);
  });

  it('is told of the registration for Graph as well', async () => {
    await change('registrations', { clientId: graph, secrets: [{ endsInDays: 1 }] });

    const line = await lineOf('credential:graph', withSecrets);

    expect(line).toMatchObject({
      outcome: 'warning',
      title: 'End of AZURE_CLIENT_SECRET',
      detail: `ends on ${daysAway(1)}, in a day`,
      fix: expect.stringMatching(/put it into AZURE_CLIENT_SECRET, and start Usher anew\.$/),
    });
  });

  it('is not known of a registration in another tenant', async () => {
    await change('registrations', { clientId: bot, missing: true });

    expect(await lineOf('credential:bot', withSecrets)).toMatchObject({
      outcome: 'skipped',
      detail: `the registration ${bot} is not in the tenant that Graph is asked about`,
    });
  });

  it.each([
    ['the token says so', enough.filter((role) => role !== 'Application.Read.All'), []],
    ['Graph says so', enough, ['Application.Read.All']],
  ])(
    'is not known without the permission to read registrations, and that is told: %s',
    async (_how, roles, withdraw) => {
      await change('permissions', { withdraw });

      expect(await lineOf('credential:bot', withSecrets, Date.now(), roles)).toMatchObject({
        outcome: 'skipped',
        detail: expect.stringContaining('the application permission Application.Read.All would show it'),
      });
    },
  );
});

describe('the end of a certificate', () => {
  const withFiles = { MicrosoftAppCertificatePath: certificate, AZURE_CLIENT_CERTIFICATE_PATH: certificate };
  const day = new Date(ending).toISOString().slice(0, 10);

  it.each([
    ['is good long before it', 90, { outcome: 'good', detail: `good until ${day}` }],
    ['is told within thirty days', 20, { outcome: 'warning', detail: `ends on ${day}, in 20 days` }],
    ['is wrong after it', -1, { outcome: 'wrong', detail: `ended on ${day}` }],
  ])('%s, by the file itself, whatever Graph lets Usher read', async (_name, before, expected) => {
    await change('permissions', { withdraw: ['Application.Read.All'] });
    const now = ending - before * dayMs;

    const lines = [await lineOf('credential:bot', withFiles, now), await lineOf('credential:graph', withFiles, now)];

    expect(lines).toMatchObject([
      { title: 'End of MicrosoftAppCertificatePath', ...expected },
      { title: 'End of AZURE_CLIENT_CERTIFICATE_PATH', ...expected },
    ]);
  });
});

describe('the token of a federated credential', () => {
  it.each([
    ['is good for minutes', 600, 'good'],
    ['is wrong once nothing renews it any more', -600, 'wrong'],
  ])('%s', async (_name, seconds, outcome) => {
    const path = join(folder, 'token');
    writeFileSync(path, unsignedToken({ exp: Math.floor(Date.now() / 1_000) + seconds }));

    expect(await lineOf('credential:bot', { MicrosoftAppFederatedTokenFile: path })).toMatchObject({ outcome });
  });
});

describe('a managed identity', () => {
  it('has nothing that ends', async () => {
    const identity = { MicrosoftAppType: 'UserAssignedMSI', AZURE_CLIENT_ID: '' };

    expect(await lineOf('credential:bot', identity)).toBeUndefined();
    expect(await lineOf('credential:graph', identity)).toBeUndefined();
  });
});

describe('a permission that is missing in the token', () => {
  const synchronization = '9b50c33d-700f-43b1-b2eb-87e89b703581';
  const without = enough.filter((role) => role !== 'Synchronization.ReadWrite.All');
  const lookedAt = () => lineOf('permission:Synchronization.ReadWrite.All', withSecrets, Date.now(), without);

  it('is told as lacking consent where the registration asks for it', async () => {
    await change('registrations', { clientId: graph, asksFor: [synchronization] });

    expect(await lookedAt()).toMatchObject({
      outcome: 'wrong',
      detail: expect.stringMatching(/^added to the registration, but without admin consent/),
      fix: expect.stringMatching(/^give admin consent/),
    });
  });

  it('is told as not granted where the registration does not', async () => {
    await change('registrations', { clientId: graph, asksFor: ['df021288-bdef-4463-88db-98f22de89214'] });

    expect(await lookedAt()).toMatchObject({
      outcome: 'wrong',
      detail: expect.stringMatching(/^not granted/),
      fix: expect.stringMatching(/^add the application permission Synchronization\.ReadWrite\.All/),
    });
  });
});
