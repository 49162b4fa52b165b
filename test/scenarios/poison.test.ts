import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { eventually } from '../support/eventually.ts';
import { countStored } from '../support/read-stored.ts';
import { shownCards } from '../support/usher.ts';

// Each process takes seconds to start on a busy machine.
jest.setTimeout(240_000);

let sandbox: SandboxGraph;
let connector: Connector;
let folder: string;
const bots: ChildProcess[] = [];

beforeEach(async () => {
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0 });
  connector = await startConnector();
  folder = mkdtempSync(join(tmpdir(), 'usher-poison-'));
});
afterEach(async () => {
  for (const bot of bots.splice(0)) if (bot.exitCode === null && bot.signalCode === null) bot.kill('SIGKILL');
  await sandbox.close();
  await connector.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a message that kills its process is tried twice, and then answered by the process that follows', async () => {
  const first = await startBot();
  const poison = postActivity(first.endpoint, says('provision zebulon@contoso.com to Salesforce')).catch(() => null);
  const deaths = [await once(first.bot, 'exit')];
  await poison;
  // The second process dies of what the first one left.
  deaths.push(await once((await startBot({ isToBeReady: false })).bot, 'exit'));

  const third = await startBot();
  const apology = await connector.waitFor(({ activity }) => JSON.stringify(activity).includes('will not try again'));
  await postActivity(third.endpoint, says('whoami'));
  await connector.waitFor(({ activity }) => JSON.stringify(activity).includes('Alex Wilber'));

  expect(deaths.map(([, signal]) => signal)).toEqual(['SIGKILL', 'SIGKILL']);
  const reference =
    /"code":"turn_given_up"/.test(third.said()) && /"reference":"([0-9A-F]{8})"/.exec(third.said())?.[1];
  expect(JSON.stringify(apology.activity)).toContain(String(reference));
  expect(shownCards(connector.deliveries)).toHaveLength(2);
});

it('a card whose edits kill the process is tried twice, and then its reader gets a message with a reference', async () => {
  sandbox.failNext(/provisionOnDemand$/, { kind: 'silence' });
  const healthy = await startBot();
  await postActivity(healthy.endpoint, says('provision isaiah to Salesforce'));
  // Nothing changes on the card until the call ends, so the next process dies of the next edit.
  const { activityId } = await connector.waitFor(({ activity }) => /Asking Microsoft/.test(JSON.stringify(activity)));
  await eventually(() => countOf('turns where incoming is not null') === 0 && countOf('attempts') === 0);
  healthy.bot.kill('SIGKILL');
  await once(healthy.bot, 'exit');
  const more = { DIES_OF_SENDING: `/activities/${activityId}` };

  const deaths = [
    await once((await startBot({ isToBeReady: false, more })).bot, 'exit'),
    await once((await startBot({ isToBeReady: false, more })).bot, 'exit'),
  ];
  const last = await startBot({ more });
  const apology = await connector.waitFor(({ activity }) => /stopped twice/.test(JSON.stringify(activity)), 60_000);
  await postActivity(last.endpoint, says('whoami'));
  await connector.waitFor(({ activity }) => JSON.stringify(activity).includes('Alex Wilber'));

  expect(deaths.map(([, signal]) => signal)).toEqual(['SIGKILL', 'SIGKILL']);
  const reference = /"reference":"([0-9A-F]{8})"/.exec(lineWith(last.said(), 'work_given_up'))?.[1];
  expect(JSON.stringify(apology.activity)).toContain(String(reference));
});

const countOf = (rows: string) => countStored(join(folder, 'usher.db'), rows);

const lineWith = (said: string, code: string) =>
  said.split('\n').find((line) => line.includes(`"code":"${code}"`)) ?? '';

function says(line: string) {
  const place = { serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' };
  return messageActivity({ id: people.alex.id, name: people.alex.displayName }, place, line);
}

interface StartOptions {
  readonly isToBeReady?: boolean;
  readonly more?: Readonly<Record<string, string>>;
}

async function startBot({ isToBeReady = true, more = {} }: StartOptions = {}) {
  let seen = '';
  const bot = spawn(process.execPath, ['test/support/usher-process.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...sandboxEnvironment(sandbox.url),
      PORT: '0',
      DIES_OF: 'zebulon',
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      ...more,
      DATABASE_URL: `file:${join(folder, 'usher.db')}`,
    },
  });
  bots.push(bot);
  const ready = new Promise<number>((resolve, reject) => {
    bot.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      const found = /"port":(\d+).*Usher is ready/.exec(seen);
      if (found !== null) resolve(Number(found[1]));
    });
    bot.once('exit', (code, signal) => reject(new Error(`the bot ended with ${code ?? signal}: ${seen}`)));
  });
  ready.catch(() => undefined);
  const port = isToBeReady ? await ready : 0;
  return { bot, endpoint: `http://127.0.0.1:${port}/api/messages`, said: () => seen };
}
