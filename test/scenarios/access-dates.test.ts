import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loopback } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(30_000);

const dayMs = 24 * 3_600_000;
let folder: string;
let sandbox: SandboxGraph;
let connector: Connector;
let teams: TestUsher | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-dates-'));
  sandbox = await startSandboxGraph({ host: loopback, port: 0, latencyMs: 0 });
  connector = await startConnector();
  teams = null;
});
afterEach(async () => {
  await teams?.close();
  await sandbox.close();
  await connector.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An Usher on the same data, on a day later than the one before it. */
async function startLater(days: number): Promise<TestUsher> {
  await teams?.close();
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + days * dayMs };
  teams = await startTestUsher({ sandbox, connector, databasePath: join(folder, 'usher.db'), usherOptions: { clock } });
  return teams;
}

const shown = (person: string) => (teams?.cardsFor(`personal-${person}`) ?? []).map(({ text }) => text).join('\n');

describe('a start date', () => {
  it('survives a restart, and a clock moved past it starts it once', async () => {
    const first = await startLater(0);
    await first.say('alex', 'whoami');
    await first.settled();
    await first.say('megan', 'request access for isaiah to Salesforce in 3 days');
    await first.settled();
    await first.execute('alex', first.lastCard('personal-alex'), 'Approve');
    await first.settled();
    expect(sandbox.stats().arrivals).toEqual([]);

    const dayBefore = await startLater(1);
    await dayBefore.settled();
    expect(sandbox.stats().arrivals).toEqual([]);
    for (const days of [4, 5]) await (await startLater(days)).settled();

    expect(sandbox.stats().calls).toBe(1);
    expect(shown('megan')).toContain('Account created');
  });
});

describe('a request that no approver decides', () => {
  it('leads to one reminder after a working day and expires after seven days, over restarts, and all parties are told', async () => {
    const first = await startLater(0);
    await first.say('alex', 'whoami');
    await first.settled();
    await first.say('megan', 'request access for isaiah to Salesforce');
    await first.settled();

    for (const days of [4, 5]) await (await startLater(days)).settled();
    expect(shown('alex').match(/still waits|still waiting/gi)).toHaveLength(1);
    for (const days of [8, 9]) await (await startLater(days)).settled();

    expect(shown('megan')).toMatch(/expired/i);
    expect(shown('alex')).toMatch(/expired/i);
    const last = await startLater(9);
    await last.say('alex', `approve ${/request ([0-9A-Z]{6}) ends/.exec(shown('alex'))?.[1] ?? 'NOTHING'}`);
    await last.settled();
    expect(sandbox.stats().arrivals).toEqual([]);
  });
});
