import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { clickActivity, messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { kill, startProcess } from '../faults/support/processes.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { gateEnvironment, shownCards, unlimited } from '../support/usher.ts';

// Each of these starts two processes, which takes seconds on a busy machine.
jest.setTimeout(300_000);

const { alex, adele } = people;
const app = apps.slackGrid;
/** A guard so long makes no call of a busy machine too late. */
const gate = { limit: 1_000, windowMs: 100, guardMs: 5_000 };
const longMs = 90_000;
/** The second process' time passes so many times as fast, so that pauses of minutes end within seconds. */
const haste = 20;

const compiled = mkdtempSync(join(tmpdir(), 'usher-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** What ends the process: itself, by its environment, or this test, once what it waits for has come about. */
interface Death {
  readonly environment?: Readonly<Record<string, string>>;
  readonly fault?: readonly [RegExp, Fault];
  readonly once?: () => boolean | Promise<boolean>;
}

const late: Fault = { kind: 'slow', ms: 1_500 };
const doneUnanswered: Fault = { kind: 'silence', workDone: true };
const reading = /synchronization\/jobs\/[^/]+$/;
const pausing = /\/pause$/;
const starting = /\/start$/;
const provisioning = /provisionOnDemand$/;

describe.each(engines)('a repair on $name, whose process is killed', (engine) => {
  const place = useTestDatabase(engine, 'bare');
  const children = new Set<ChildProcess>();
  let connector: Connector;
  let sandbox: SandboxGraph;
  let database: Database;
  let endpoint: string;

  beforeEach(async () => {
    const { limit, windowMs } = gate;
    connector = await startConnector();
    sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, limit, windowMs });
    // So that a start that a running job gets shows in the end.
    sandbox.tenant.guess({ startWhileRunning: 'stops' });
  });
  afterEach(async () => {
    await Promise.all([...children].map(kill));
    await database.close();
    await Promise.all([connector.close(), sandbox.close()]);
    await place.empty();
  });

  async function startBot(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { told } = await startProcess(
      {
        file: 'test/support/usher-process.ts',
        environment: {
          ...sandboxEnvironment(sandbox.url),
          ...gateEnvironment(gate),
          DATABASE_URL: place.config.kind === 'postgres' ? place.config.url.reveal() : `file:${place.config.path}`,
          PORT: '0',
          COMMANDS_PER_MINUTE: unlimited,
          NODE_COMPILE_CACHE: compiled,
          ...environment,
        },
        ready: /"port":(\d+).*Usher is ready/,
      },
      children,
    );
    endpoint = `http://127.0.0.1:${told}/api/messages`;
  }

  const where = () => ({ serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' });
  const writer = { id: alex.id, name: alex.displayName };
  const cards = () => shownCards(connector.deliveries);
  const asked = (path: RegExp) => sandbox.requests.filter((one) => path.test(one.path)).length;
  const health = () => sandbox.tenant.application(app.id)?.job?.health;
  const repairs = () => database.query.selectFrom('repairs').selectAll().execute();
  const states = async () => (await repairs()).map(({ state }) => state);

  async function says(line: string): Promise<void> {
    await postActivity(endpoint, messageActivity(writer, where(), line)).catch(() => undefined);
  }

  /** Says the line, and confirms the question that it is answered with. */
  async function confirms(line: string): Promise<void> {
    await says(line);
    const button = () =>
      cards()
        .flatMap(({ buttons }) => buttons)
        .find(({ data }) => JSON.stringify(data).includes('repairNow'));
    await eventually(() => button() !== undefined, longMs, 20);
    await postActivity(endpoint, clickActivity(writer, where(), '', button()?.data)).catch(() => undefined);
  }

  /** A process that is asked for this dies on its way, and another one goes on until the repair has ended. */
  async function survive({ environment = {}, fault, once }: Death, ask: () => Promise<void>): Promise<void> {
    await startBot(environment);
    database = await place.open(systemClock);
    if (fault !== undefined) sandbox.failNext(...fault);
    const before = fault === undefined ? 0 : asked(fault[0]);
    await ask();
    if (fault !== undefined) await eventually(() => asked(fault[0]) > before, longMs, 5);
    if (once !== undefined) await eventually(once, longMs, 5);
    if (fault !== undefined || once !== undefined) await Promise.all([...children].map(kill));
    await eventually(() => children.size === 0, longMs, 5);

    await startBot({ CLOCK: `${haste}@${systemClock.now()}` });
    await eventually(async () => (await states()).every((state) => state === 'ended'), longMs, 20);
  }

  const steps: readonly (readonly [string, Death])[] = [
    ['before the pause leaves', { environment: { DIES_OF: '/pause' } }],
    ['before Microsoft has paused the job', { fault: [pausing, late] }],
    ['after the pause, before its answer', { fault: [pausing, doneUnanswered] }],
    [
      'after the answer to the pause, before that is stored',
      { environment: { DIES_OF_LOGGING: 'that changes a job' } },
    ],
    ['before the start leaves', { environment: { DIES_OF: '/start' } }],
    ['after the start, before its answer', { fault: [starting, doneUnanswered] }],
  ];

  it.each<readonly [string, Death]>([
    ['as it reads the job', { fault: [reading, late] }],
    ...steps,
    ['before the person is provisioned', { environment: { DIES_OF: 'provisionOnDemand' } }],
    ['after the account was created, before the answer', { fault: [provisioning, doneUnanswered] }],
  ])('%s, provisions and starts the job again', async (_when, death) => {
    await survive(death, () => confirms('pause and provision adele to Slack'));

    await eventually(
      () =>
        /Account created|Already up to date/.test(
          cards()
            .map(({ text }) => text)
            .join('\n'),
        ),
      longMs,
      20,
    );
    expect(health()).toBe('active');
    expect(sandbox.tenant.account(app.id, adele.id)?.active).toBe(true);
    expect([asked(pausing), asked(starting)]).toEqual([1, 1]);
  });

  it('while it waits for the running cycle, waits on, provisions and starts the job again', async () => {
    const now = systemClock.now();
    sandbox.tenant.changeJob(app.id, { cycle: { beganAt: now, endsAt: now + 60 * 60_000 } });
    const waited = async () => {
      if (!(await states()).includes('paused')) return false;
      const before = asked(reading);
      await eventually(() => asked(reading) > before, longMs, 5);
      expect(asked(provisioning)).toBe(0);
      sandbox.tenant.changeJob(app.id, { cycle: null });
      return true;
    };

    await survive({ once: waited }, () => confirms('pause and provision adele to Slack'));

    expect(asked(provisioning)).toBe(1);
    expect(health()).toBe('active');
    expect([asked(pausing), asked(starting)]).toEqual([1, 1]);
  });

  it.each<readonly [string, Death]>([
    ...steps.slice(0, 4),
    ['while the job is paused', { once: async () => (await states()).includes('paused') }],
    ...steps.slice(4),
  ])('%s, starts the job again at the end of its pause', async (_when, death) => {
    // The first process waits for no end of a pause.
    const isAtEnd = steps.slice(4).some(([, one]) => one === death);

    await survive(death, async () => {
      await says('pause Slack for 5 minutes');
      if (!isAtEnd) return;
      await eventually(async () => (await states()).includes('paused'), longMs, 20);
      await says('start Slack');
    });

    await eventually(
      () => cards().some(({ text }) => /Slack Grid (?:is running again|was already running)/.test(text)),
      longMs,
      20,
    );
    expect(health()).toBe('active');
    expect([asked(pausing), asked(starting)]).toEqual([1, 1]);
  });
});
