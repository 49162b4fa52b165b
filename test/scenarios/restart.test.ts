import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { clickActivity, messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { generatedPeople, people, seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { countStored } from '../support/read-stored.ts';
import { startSandboxThread } from '../support/sandbox-thread.ts';
import { gateEnvironment, shownCards } from '../support/usher.ts';

// Most of these start two processes, each a few seconds on a busy machine.
jest.setTimeout(120_000);

/** The guard outlasts a process that starts on a busy machine, where its first calls are slow to leave. */
const gate = { limit: 5, windowMs: 200, guardMs: 1_300 };
/** Far more than Graph's own limit, for a list of thousands. */
const wideGate = { ...gate, limit: 200 };
const fiveApps = ['Salesforce', 'ServiceNow', 'GitHub Enterprise', 'Adobe Creative Cloud', 'Atlassian Cloud'];

let sandbox: SandboxGraph;
let connector: Connector;
let folder: string;
const bots: ChildProcess[] = [];
/** Half of what a process takes to start is compiling. */
const compiled = mkdtempSync(join(tmpdir(), 'usher-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

beforeEach(async () => {
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, limit: gate.limit, windowMs: gate.windowMs });
  connector = await startConnector();
  folder = mkdtempSync(join(tmpdir(), 'usher-restart-'));
});
afterEach(async () => {
  for (const bot of bots.splice(0)) await end(bot, 'SIGKILL');
  await sandbox.close();
  await connector.close();
  rmSync(folder, { recursive: true, force: true });
});

// First, since a process that ends by itself leaves its compiled modules for those that follow.
describe('a process that is asked to stop', () => {
  it('finishes its running call, draws the card and ends with code 0', async () => {
    const { bot, endpoint } = await startBot({ entry: 'src/main.ts' });
    sandbox.failNext(/provisionOnDemand$/, { kind: 'slow', ms: 700 });
    await postActivity(endpoint, isaiahToSalesforce());
    await until(() => sandbox.stats().arrivals.length === 1);

    const code = await end(bot, 'SIGTERM');

    expect(code).toBe(0);
    expect(shownCards(connector.deliveries)[0]?.text).toContain('Account created');
  });
});

describe('a process that is killed in the middle of a call', () => {
  it('loses nothing: the next one finishes the request, once, on the same card', async () => {
    const { bot, endpoint } = await startBot();
    sandbox.failNext(/provisionOnDemand$/, { kind: 'silence' });
    await postActivity(endpoint, isaiahToSalesforce());
    await until(() => sandbox.stats().arrivals.length === 1);
    await end(bot, 'SIGKILL');

    await startBot();
    const final = await connector.waitFor(({ activity }) => JSON.stringify(activity).includes('Account created'));

    const cards = shownCards(connector.deliveries);
    expect(cards).toHaveLength(1);
    expect(cards[0]?.id).toBe(final.activityId);
    expect(cards[0]?.text).toMatch(/called Microsoft 2 times/);
    expect(sandbox.stats().arrivals).toHaveLength(2);
  });

  it('leaves a message that it had only just read to the next one, which answers it', async () => {
    const { bot, endpoint } = await startBot();
    sandbox.failNext('/users', { kind: 'silence' });
    void postActivity(endpoint, isaiahToSalesforce()).catch(() => undefined);
    await connector.waitFor(({ kind }) => kind === 'post');
    await until(() => cardsOfOpenTurns() === 1);
    await end(bot, 'SIGKILL');

    await startBot();
    await connector.waitFor(({ activity }) => JSON.stringify(activity).includes('Account created'));

    expect(shownCards(connector.deliveries)).toHaveLength(1);
    expect(sandbox.stats().calls).toBe(1);
  });
});

describe('a process that is killed in the middle of a list', () => {
  it.each([
    ['to one app', generatedPeople.slice(0, 15), ['Salesforce'], /15 people: 15 done/, gate],
    ['to three apps', generatedPeople.slice(0, 6), fiveApps.slice(0, 3), /18 accounts: /, gate],
    ['of five hundred to five apps', seasonalPeople(500), fiveApps, /2,500 accounts: 2,500 done/, wideGate],
  ] as const)(
    '%s is followed by one that carries on with the same card, and every account ends once',
    async (_, whom, apps, atTheEnd, itsGate) => {
      const everyone = whom.map((person) => person.userPrincipalName);
      const calls = whom.length * apps.length;
      const thread = await startSandboxThread({ ...itsGate, seasonal: 500 });
      const { bot, endpoint } = await startBot({ graphUrl: thread.url, itsGate });
      await postActivity(endpoint, says(`provision users to ${apps.join(', ')}\n${everyone.join('\n')}`));
      const asking = await connector.waitFor(({ activity }) => JSON.stringify(activity).includes('"confirm"'));
      const requestId = /"requestId":"([0-9A-Z]+)"/.exec(JSON.stringify(asking.activity))?.[1] ?? '';
      const place = { serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' };
      const alex = { id: people.alex.id, name: people.alex.displayName };
      await postActivity(endpoint, clickActivity(alex, place, asking.activityId, { verb: 'confirm', requestId }));
      await until(async () => (await thread.stats()).calls >= 0.4 * calls);
      await end(bot, 'SIGKILL');
      expect(finishedTasks()).toBeLessThan(calls);

      await startBot({ graphUrl: thread.url, itsGate });
      await until(() => finishedTasks() === calls, 60_000);
      const isLast = (text: string) => atTheEnd.test(text) && !/waiting|in progress/i.test(text);
      await connector.waitFor(({ activity }) => isLast(JSON.stringify(activity)), 20_000);

      expect(shownCards(connector.deliveries).map(({ id }) => id)).toEqual([asking.activityId]);
      const { calls: sent, throttled } = await thread.stats();
      expect(throttled).toBe(0);
      // Only the calls under way at the kill may have been sent twice.
      expect(sent).toBeLessThanOrEqual(calls + itsGate.limit);
      await thread.close();
    },
  );
});

function isaiahToSalesforce() {
  return says('provision isaiah to Salesforce');
}

function says(line: string) {
  const place = { serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' };
  const alex = { id: people.alex.id, name: people.alex.displayName };
  return messageActivity(alex, place, line);
}

const countOf = (rows: string) => countStored(join(folder, 'usher.db'), rows);

const finishedTasks = () => countOf("tasks where state = 'done'");

/** How many cut-off turns have stored the card that they posted. */
const cardsOfOpenTurns = () => countOf('turns where incoming is not null and card_id is not null');

/** The bot in a process of its own; `src/main.ts` is what `npm start` runs. */
async function startBot({
  entry = 'test/support/usher-process.ts',
  graphUrl = sandbox.url,
  itsGate = gate,
} = {}): Promise<{ bot: ChildProcess; endpoint: string }> {
  const bot = spawn(process.execPath, [entry], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...sandboxEnvironment(graphUrl),
      ...gateEnvironment(itsGate),
      PORT: '0',
      NODE_COMPILE_CACHE: compiled,
      DATABASE_URL: `file:${join(folder, 'usher.db')}`,
    },
  });
  bots.push(bot);
  const port = await new Promise<number>((resolve, reject) => {
    let seen = '';
    bot.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      const ready = /"port":(\d+).*Usher is ready/.exec(seen);
      if (ready !== null) resolve(Number(ready[1]));
    });
    bot.once('exit', (code) => reject(new Error(`the bot ended with code ${code}: ${seen}`)));
  });
  return { bot, endpoint: `http://127.0.0.1:${port}/api/messages` };
}

async function end(bot: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (bot.exitCode !== null || bot.signalCode !== null) return bot.exitCode;
  const exited = once(bot, 'exit');
  bot.kill(signal);
  await exited;
  return bot.exitCode;
}

async function until(condition: () => boolean | Promise<boolean>, patienceMs = 20_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
