import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { exchangeActivity, messageActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { readSealed } from '../../src/streams/sealed-entries.ts';
import { kill, startProcess } from '../faults/support/processes.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(200_000);

const longMs = 90_000;
const children = new Set<ChildProcess>();
let connector: Connector;
let sandbox: SandboxGraph;
let folder: string;
let heard: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-closed-'));
  connector = await startConnector();
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0 });
});
afterEach(async () => {
  await Promise.all([...children].map(kill));
  await Promise.all([connector.close(), sandbox.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, 'usher.db');

/** Usher as operators start it, whose own log goes to the same place. */
async function start(): Promise<{ readonly child: ChildProcess; readonly endpoint: string }> {
  heard = '';
  const { child, told } = await startProcess(
    {
      file: 'src/main.ts',
      environment: {
        ...sandboxEnvironment(sandbox.url),
        PORT: '0',
        DATABASE_URL: `file:${path()}`,
        AUDIT_STREAM: 'stdout',
      },
      ready: /"port":(\d+).*Usher is ready/,
      heard: (text) => {
        heard += text;
      },
    },
    children,
  );
  return { child, endpoint: `http://127.0.0.1:${told}/api/messages` };
}

const ask = (endpoint: string, text: string) => {
  const { id, displayName: name } = people.alex;
  return exchangeActivity(endpoint, messageActivity({ id, name }, { ...connector, conversationId: 'c' }, text));
};
const answers = () => connector.deliveries.filter(({ conversationId }) => conversationId === 'c').length;
/** The ids of the entries among all lines, each of which has to be whole. */
const idsHeard = () =>
  heard
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { metadata?: { uid: string } })
    .flatMap(({ metadata }) => (metadata === undefined ? [] : [metadata.uid]));

/** Without the starts: the first may have been written before the output was closed. */
async function sealedIds(): Promise<readonly string[]> {
  const database = await openDatabase({ kind: 'sqlite', path: path() }, systemClock);
  const entries = await readSealed(database.query, 0, 1_000);
  await database.close();
  return entries.filter(({ kind }) => kind !== 'usherStarted').map(({ id }) => String(id));
}

describe('an Usher whose standard output is closed', () => {
  it('goes on working, and the next one writes the entries that could not be written', async () => {
    const { child, endpoint } = await start();
    child.stdout?.destroy();

    await ask(endpoint, 'provision isaiah to Salesforce');
    await eventually(async () => (await sealedIds()).length >= 2, longMs, 200);
    const before = answers();
    await ask(endpoint, 'whoami');
    await eventually(() => answers() > before, longMs, 20);
    expect(child.exitCode).toBeNull();
    await kill(child);
    await start();

    const wanted = await sealedIds();
    await eventually(() => wanted.every((id) => idsHeard().includes(id)), longMs, 200);
    expect([...new Set(idsHeard())].filter((id) => wanted.includes(id))).toEqual(wanted);
  });
});
