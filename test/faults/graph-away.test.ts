import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { kill, startProcess } from './support/processes.ts';

let sandbox: SandboxGraph;
let connector: Connector;
let relay: Relay;
let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-graph-away-'));
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, windowMs: 1_000 });
  connector = await startConnector();
  relay = await startRelay();
});
afterEach(async () => {
  await Promise.all([...children].map(kill));
  await Promise.all([sandbox.close(), connector.close(), relay.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('Graph that is away while a list runs', () => {
  it('holds the list, whose card says why and since when, and ends each task well once it is back', async () => {
    const { told } = await startProcess(
      {
        file: 'test/support/usher-process.ts',
        environment: {
          ...sandboxEnvironment(relay.through(sandbox.url)),
          PORT: '0',
          DATABASE_URL: `file:${join(folder, 'usher.db')}`,
          NODE_COMPILE_CACHE: join(folder, 'compiled'),
          PROVISION_WINDOW_MS: '1000',
        },
        ready: /"port":(\d+).*Usher is ready/,
      },
      children,
    );
    const shows = (text: string) =>
      connector.waitFor(({ activity }) => JSON.stringify(activity).includes(text), 120_000);
    const names = generatedPeople.slice(0, 10).map(({ userPrincipalName }) => userPrincipalName);
    const place = { serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' };
    const line = `provision users ${names.join(', ')} to Salesforce`;
    const activity = messageActivity({ id: people.alex.id, name: people.alex.displayName }, place, line);

    void postActivity(`http://127.0.0.1:${told}/api/messages`, activity).catch(() => null);
    // As soon as the first calls have left.
    while (sandbox.stats().arrivals.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    await relay.close();
    await shows('cannot reach Microsoft Graph');
    await relay.open();
    await shows('10 people: 10 done');

    expect(sandbox.stats().throttled).toBe(0);
  });
});
