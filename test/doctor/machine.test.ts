import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { startServer } from '../../src/server.ts';
import { type Environment, linesOf } from './support.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const dayMs = 24 * 60 * 60_000;

let folder: string;
let sandbox: SandboxGraph;
let usual: Environment;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-doctor-'));
  sandbox = await startSandboxGraph({ port: 0 });
  usual = { ...sandboxEnvironment(sandbox.url), DATABASE_URL: `file:${join(folder, 'usher.db')}` };
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const at = (now: number): Clock => ({ ...systemClock, now: () => now });

describe("Usher's endpoint", () => {
  let port: number;
  let stop: () => Promise<void>;
  let proxy: ReturnType<typeof createServer>;
  let proxyPort: number;
  beforeAll(async () => {
    const server = await startServer({
      host: '0.0.0.0',
      port: 0,
      receive: () => Promise.reject(new Error('nothing is to come this far')),
      checks: { database: async () => true, graph: async () => true },
      log: createLog('silent'),
    });
    port = server.port;
    stop = () => server.stop(0);
    const tls = { cert: readFileSync(fixture('server.pem')), key: readFileSync(fixture('server.key')) };
    proxy = createServer(tls, (_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxyPort = (proxy.address() as AddressInfo).port;
  });
  afterAll(async () => {
    proxy.close();
    await stop();
  });

  it.each<[string, () => readonly string[], object]>([
    [
      'that only this machine was asked for is good, and says what was not tried',
      () => [],
      { outcome: 'good', detail: expect.stringMatching(/answers; --url with the public address tells/) },
    ],
    [
      'without TLS at an address of this network answers, but not to Teams',
      () => ['--url', `http://0.0.0.0:${port}`],
      { outcome: 'warning', detail: expect.stringMatching(/answers, but Teams calls from the internet, and by https/) },
    ],
    [
      'whose name DNS does not know is told as that',
      () => ['--url', 'https://usher.invalid'],
      { outcome: 'wrong', detail: expect.stringMatching(/DNS does not know usher\.invalid/) },
    ],
    [
      'whose certificate is not trusted is told as that',
      () => ['--url', `https://localhost:${proxyPort}`],
      { outcome: 'wrong', detail: expect.stringMatching(/certificate of localhost:\d+ is not trusted/) },
    ],
  ])('%s', async (_name, args, expected) => {
    const lines = await linesOf({ ...usual, PORT: String(port) }, {}, args());

    expect(lines.find(({ id }) => id === 'endpoint')).toMatchObject(expected);
  });

  it.each([
    ['is good until its end', 300, 'good'],
    ['is told within thirty days', 20, 'warning'],
    ['is wrong afterwards', -2, 'wrong'],
  ])('has a certificate that %s', async (_name, before, outcome) => {
    const ending = Date.parse(new X509Certificate(readFileSync(fixture('server.pem'))).validTo);

    const lines = await linesOf(usual, { clock: at(ending - before * dayMs) }, [
      '--url',
      `https://localhost:${proxyPort}`,
    ]);

    expect(lines.find(({ id }) => id === 'endpointCertificate')).toMatchObject({
      outcome,
      detail: expect.stringContaining(new Date(ending).toISOString().slice(0, 10)),
    });
  });
});

describe('the clock', () => {
  it('is compared with that of Graph even where the login refuses, as a clock that is off is a reason for that', async () => {
    const { GRAPH_AUTH: _, ...rest } = usual;
    const id = '5eed0000-0000-4000-8000-0000000000b0';
    const credentials = { AZURE_TENANT_ID: id, AZURE_CLIENT_ID: id, AZURE_CLIENT_SECRET: 'x' };
    const refused = async () => {
      throw new Error('AADSTS700024: Client assertion is not within its valid time range.');
    };

    const lines = await linesOf(
      {
        ...rest,
        BOT_AUTH: 'token',
        MicrosoftAppId: id,
        MicrosoftAppTenantId: id,
        MicrosoftAppPassword: 'x',
        ...credentials,
      },
      { tokens: { bot: refused, graph: refused }, clock: at(Date.now() - 11 * 60_000) },
    );

    expect(lines.find(({ id: one }) => one === 'clock')).toMatchObject({
      outcome: 'wrong',
      detail: expect.stringMatching(/^11 minutes behind/),
    });
  });
});

describe('a Graph that is not reached', () => {
  /** The pauses between the tries of a read are no part of what is tested. */
  const quick: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

  it.each<[string, Environment, RegExp, RegExp]>([
    ['is told with the reason', {}, /^127\.0\.0\.1:1 refuses connections \(ECONNREFUSED\)$/, /GRAPH_BASE_URL/],
    ['may be so for a proxy that Usher does not use', { HTTPS_PROXY: 'http://u:p@proxy:1' }, /refuses/, /HTTPS_PROXY/],
  ])('%s', async (_name, changes, detail, fix) => {
    const environment = { ...usual, GRAPH_BASE_URL: 'http://127.0.0.1:1/v1.0', ...changes };

    const line = (await linesOf(environment, { clock: quick })).find(({ id }) => id === 'graph');

    expect(line).toMatchObject({
      outcome: 'wrong',
      detail: expect.stringMatching(detail),
      fix: expect.stringMatching(fix),
    });
    expect(JSON.stringify(line)).not.toContain('u:p');
  });
});
