import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { startLogin } from '../support/login.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { kill, startProcess } from './support/processes.ts';

/** A real process whose list of ten people runs while one of its services is away: Graph, the login, Teams. */
let sandbox: SandboxGraph;
let connector: Connector;
let relay: Relay;
let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-away-'));
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, windowMs: 1_000 });
  connector = await startConnector();
  relay = await startRelay();
});
afterEach(async () => {
  await Promise.all([...children].map(kill));
  await Promise.all([sandbox.close(), connector.close(), relay.end()]);
  rmSync(folder, { recursive: true, force: true });
});

const shows = (text: string) => connector.waitFor(({ activity }) => JSON.stringify(activity).includes(text), 120_000);

/** Starts the process, and has Alex type the list; resolves as soon as the first calls have left. */
async function beginList(environment: Readonly<Record<string, string>>, serviceUrl: string): Promise<void> {
  const { told } = await startProcess(
    {
      file: 'test/support/usher-process.ts',
      environment: {
        PORT: '0',
        DATABASE_URL: `file:${join(folder, 'usher.db')}`,
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
        PROVISION_WINDOW_MS: '1000',
        ...environment,
      },
      ready: /"port":(\d+).*Usher is ready/,
    },
    children,
  );
  const names = generatedPeople.slice(0, 10).map(({ userPrincipalName }) => userPrincipalName);
  const place = { serviceUrl, conversationId: 'personal-alex' };
  const line = `provision users ${names.join(', ')} to Salesforce`;
  const activity = messageActivity({ id: people.alex.id, name: people.alex.displayName }, place, line);
  void postActivity(`http://127.0.0.1:${told}/api/messages`, activity).catch(() => null);
  while (sandbox.stats().arrivals.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
}

it('Graph that is away stops the list, whose card says why and since when, and each task ends well once Graph is back', async () => {
  await beginList(sandboxEnvironment(relay.through(sandbox.url)), connector.serviceUrl);
  await relay.close();
  await shows('cannot reach Microsoft Graph');
  await relay.open();
  await shows('10 people: 10 done');

  expect(sandbox.stats().throttled).toBe(0);
});

it('a login that gives no token stops the list as well, and no task of it ends as refused', async () => {
  let isGiving = true;
  const login = await startLogin(({ url }) => {
    if (!/\/token$/.test(url)) return null;
    if (!isGiving)
      return {
        status: 401,
        body: { error: 'invalid_client', error_description: 'AADSTS7000222: expired', error_codes: [7000222] },
      };
    // Each call asks for a token of its own.
    return { status: 200, body: { token_type: 'Bearer', expires_in: 1, access_token: 'token of the registration' } };
  });
  const registration = {
    AZURE_TENANT_ID: '5eed0000-0000-4000-8000-00000000face',
    AZURE_CLIENT_ID: '5eed0000-0000-4000-8000-00000000c11e',
    AZURE_CLIENT_SECRET: 'a secret of a test',
  };

  await beginList(
    { ...sandboxEnvironment(sandbox.url), ...registration, GRAPH_AUTH: 'azure', LOGIN_AT: login.address },
    connector.serviceUrl,
  );
  isGiving = false;
  await shows('client secret of its app registration has expired');
  isGiving = true;
  await shows('10 people: 10 done');
  await login.close();

  expect(sandbox.stats()).toMatchObject({ calls: 10, throttled: 0 });
});

it('Teams that is away stops no task, and the one card shows the end once Teams is back', async () => {
  await beginList(sandboxEnvironment(sandbox.url), relay.through(connector.serviceUrl));
  await connector.waitFor(({ kind }) => kind === 'post');
  await relay.close();
  while (sandbox.stats().calls < 10) await new Promise<void>((resolve) => setImmediate(resolve));
  await relay.open();
  await shows('10 people: 10 done');

  expect(connector.deliveries.filter(({ kind }) => kind === 'post')).toHaveLength(1);
  expect(sandbox.stats()).toMatchObject({ calls: 10, throttled: 0 });
});
