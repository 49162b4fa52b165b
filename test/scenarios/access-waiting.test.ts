import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loopback } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(60_000);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Longer than the longest pause between two looks at the assignment. */
const aLookMs = 11 * minuteMs;

let teams: TestUsher;
let sandbox: SandboxGraph;
let connector: Connector;
let folder: string;
let offsetMs: number;
/** Wall time that a test moves on; it sleeps as the machine does. */
const clock: Clock = { ...systemClock, now: () => systemClock.now() + offsetMs };

beforeEach(async () => {
  offsetMs = 0;
  folder = mkdtempSync(join(tmpdir(), 'usher-waiting-'));
  connector = await startConnector();
  sandbox = await sandboxWith({});
});
afterEach(async () => {
  await teams.close();
  await sandbox.close();
  await connector.close();
  rmSync(folder, { recursive: true, force: true });
});

const sandboxWith = (options: { readonly replicationMs?: number }) =>
  startSandboxGraph({
    host: loopback,
    port: 0,
    latencyMs: 0,
    limit: 5,
    windowMs: 100,
    tenant: createTenant({ clock, ...options }),
  });

async function start(environment: TestUsherOptions['environment'] = {}): Promise<void> {
  teams = await startTestUsher({
    sandbox,
    connector,
    databasePath: join(folder, 'usher.db'),
    usherOptions: { clock },
    environment: { PROVISION_WINDOW_MS: '100', ...environment },
  });
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

async function later(ms: number): Promise<void> {
  offsetMs += ms;
  await teams.settled();
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const cardOf = (person: string) => {
  const card = teams
    .cardsFor(`personal-${person}`)
    .filter(({ content, text }) => content !== null && text.includes(`Request ${id}`))
    .at(0);
  if (card === undefined) throw new Error(`${person} has no card of request ${id}`);
  return card;
};
const textsOf = (person: string) =>
  teams
    .cardsFor(`personal-${person}`)
    .filter(({ content }) => content === null)
    .map(({ text }) => text);
const calls = () => sandbox.stats().arrivals.length;
const kinds = async () => (await teams.records()).filter(({ requestId }) => requestId === id).map(({ kind }) => kind);
const assign = () =>
  sandbox.tenant.assignInEntra(apps.salesforce.id, people.diego.id, apps.salesforce.appRoles[0]?.id ?? '');

let id: string;
/** Megan asks for Diego, who is not assigned to Salesforce, and Alex approves. */
async function approveDiego(): Promise<void> {
  await says('alex', 'whoami');
  await says('megan', 'request access for diego to Salesforce because he joins Sales');
  id = /approve ([0-9A-Z]{6})/.exec(last('alex').text)?.[1] ?? '';
  await teams.execute('alex', last('alex'), 'Approve');
  await teams.settled();
}
const runId = async () =>
  String((await teams.records()).find(({ kind }) => kind === 'accessStarted')?.details.request ?? '');

describe('an approved request for a person who is not assigned to the app', () => {
  it('waits for the assignment, says so to both, spends no call meanwhile, and goes on by itself', async () => {
    await start();
    await approveDiego();
    const waiting = { megan: cardOf('megan'), alex: cardOf('alex') };
    for (let look = 0; look < 5; look += 1) await later(aLookMs);
    const callsMeanwhile = calls();

    assign();
    await later(aLookMs);

    for (const card of [waiting.megan, waiting.alex]) {
      expect(card.text).toContain('Approved, waiting for the assignment');
      expect(card.text).toMatch(/Diego Siciliani is not assigned to Salesforce/);
      expect(card.text).toMatch(/keeps checking until/);
      expect(card.text).not.toMatch(/try again/i);
    }
    expect(waiting.megan.text).toContain('Alex Wilber, who approved it');
    expect(waiting.alex.text).toContain('Users and groups');
    expect(JSON.stringify(waiting.alex.content)).toMatch(/ManagedAppMenuBlade\/~\/Users/);
    expect(JSON.stringify(waiting.megan.content)).not.toMatch(/ManagedAppMenuBlade/);
    for (const person of ['megan', 'alex'])
      expect(textsOf(person).filter((text) => text.includes('waiting for the assignment. '))).toHaveLength(1);
    expect([callsMeanwhile, calls()]).toEqual([1, 2]);
    for (const person of ['megan', 'alex']) {
      expect(cardOf(person).text).toContain('Account created');
      expect(textsOf(person).at(-1)).toContain('Account created');
    }
    expect(await kinds()).not.toContain('accessRefused');
  });

  it('goes on after a restart of all processes', async () => {
    await start();
    await approveDiego();
    await teams.close();

    assign();
    offsetMs += aLookMs;
    await start();
    await teams.settled();

    expect(cardOf('megan').text).toContain('Account created');
    expect(calls()).toBe(2);
  });

  it('ends after a day without it, and goes on from there by a retry, without another approval', async () => {
    await start();
    await approveDiego();
    await later(24 * hourMs - minuteMs);
    const before = cardOf('megan').text;
    await later(2 * minuteMs);
    const ended = { megan: cardOf('megan'), alex: cardOf('alex') };
    const told = textsOf('megan').at(-1);
    await says('megan', `retry ${id}`);
    const refused = last('megan').text;

    assign();
    await teams.press('alex', ended.alex, 'Retry');
    await teams.settled();

    expect(before).toContain('waiting for the assignment');
    for (const card of [ended.megan, ended.alex]) expect(card.text).toMatch(/within a day .*no assignment/);
    expect(told).toMatch(/within a day .*no assignment/);
    expect(ended.megan.buttons.map(({ title }) => title)).toEqual(['Request again', 'Details']);
    expect(refused).toMatch(/operator|role/i);
    for (const person of ['megan', 'alex']) expect(cardOf(person).text).toContain('Account created');
    expect((await kinds()).filter((kind) => kind === 'accessApproved')).toHaveLength(1);
    expect(calls()).toBe(2);
  });

  it('waits for another day when a retry finds it still unassigned', async () => {
    await start();
    await approveDiego();
    await later(25 * hourMs);

    await says('alex', `retry ${await runId()}`);
    await later(20 * hourMs);

    expect(cardOf('megan').text).toContain('Approved, waiting for the assignment');
    expect(calls()).toBe(2);
    expect(textsOf('megan').filter((text) => text.includes('waiting for the assignment. '))).toHaveLength(2);
  });

  it('is tried at once by a retry while it waits', async () => {
    await start();
    await approveDiego();
    assign();

    await says('alex', `retry ${id}`);

    expect(cardOf('megan').text).toContain('Account created');
    expect(calls()).toBe(2);
  });

  it.each(['the access request', 'its provisioning request'])('can be withdrawn by the id of %s', async (which) => {
    await start();
    await approveDiego();
    const named = which === 'the access request' ? id : await runId();

    await says('megan', `cancel ${named}`);
    const answer = last('megan').text;
    assign();
    await later(aLookMs);

    expect(answer).toMatch(/is withdrawn. Nothing was provisioned/);
    expect(cardOf('megan').text).toContain('Withdrawn');
    expect(calls()).toBe(1);
  });

  it('lapses where its requester may not ask any more by the time the assignment exists', async () => {
    await start();
    await approveDiego();

    sandbox.tenant.changePerson(people.diego.id, { managerId: people.alex.id });
    assign();
    await later(aLookMs);

    expect(cardOf('megan').text).toMatch(/no longer has permission to ask for Diego/);
    expect(calls()).toBe(1);
  });

  it('is distinguished from one that is assigned and not seen by the service yet', async () => {
    await sandbox.close();
    sandbox = await sandboxWith({ replicationMs: 30 * minuteMs });
    await start();
    await approveDiego();

    assign();
    await later(aLookMs);
    const unseen = cardOf('megan').text;
    await later(31 * minuteMs);

    expect(unseen).toContain('waiting for the assignment to take effect');
    expect(cardOf('megan').text).toContain('Account created');
  });

  it('is tried on demand at growing intervals where Usher may not read assignments', async () => {
    await start();
    const forbid = () => {
      for (let index = 0; index < 200; index += 1)
        sandbox.failNext(/\/appRoleAssignments/, { kind: 'status', status: 403 });
    };
    forbid();
    await approveDiego();
    for (let passed = 0; passed < 6 * hourMs; passed += 5 * minuteMs) await later(5 * minuteMs);
    const spent = calls();

    assign();
    await later(hourMs + minuteMs);

    expect(spent).toBeGreaterThan(4);
    expect(spent).toBeLessThan(20);
    expect(cardOf('megan').text).toContain('Account created');
  });
});

describe('a failure that an assignment would not fix', () => {
  it('ends at once: a disabled account', async () => {
    await start();
    sandbox.tenant.changePerson(people.diego.id, { accountEnabled: false });
    await approveDiego();

    expect(cardOf('megan').text).toMatch(/is disabled/);
    expect(await kinds()).toContain('accessFinished');
  });

  it('ends at once where no time to wait is configured, and can be retried by its own id', async () => {
    await start({ ASSIGNMENT_WAIT_HOURS: '0' });
    await approveDiego();
    const ended = cardOf('alex');
    assign();

    await says('alex', `retry ${id}`);

    expect(ended.text).toMatch(/not assigned/);
    expect(ended.buttons.map(({ title }) => title)).toContain('Retry');
    for (const person of ['megan', 'alex']) expect(cardOf(person).text).toContain('Account created');
  });
});
