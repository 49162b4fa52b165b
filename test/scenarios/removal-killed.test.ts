import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { clickActivity, messageActivity, postActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { kill, startProcess } from '../faults/support/processes.ts';
import { eventually } from '../support/eventually.ts';
import { gateEnvironment, unlimited } from '../support/usher.ts';
import { type Deletion, watchedTenant } from './deletions.ts';

// Each of these starts two processes, which takes seconds on a busy machine.
jest.setTimeout(300_000);

const { alex, adele } = people;
const gate = { limit: 1_000, windowMs: 100, guardMs: 20 };
const longMs = 60_000;

let sandbox: SandboxGraph;
let connector: Connector;
let folder: string;
let deleted: readonly Deletion[];
let endpoint: string;
let bot: ChildProcess;
const children = new Set<ChildProcess>();
const compiled = mkdtempSync(join(tmpdir(), 'usher-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-removal-'));
  const watched = watchedTenant();
  ({ deleted } = watched);
  const { limit, windowMs } = gate;
  sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, limit, windowMs, tenant: watched.tenant });
  connector = await startConnector();
  await startBot();
});

afterEach(async () => {
  await Promise.all([...children].map(kill));
  await Promise.all([connector.close(), sandbox.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function startBot(): Promise<void> {
  const { child, told } = await startProcess(
    {
      file: 'test/support/usher-process.ts',
      environment: {
        ...sandboxEnvironment(sandbox.url),
        ...gateEnvironment(gate),
        PORT: '0',
        COMMANDS_PER_MINUTE: unlimited,
        DATABASE_URL: `file:${join(folder, 'usher.db')}`,
        NODE_COMPILE_CACHE: compiled,
        LEASE_MS: '1000',
      },
      ready: /"port":(\d+).*Usher is ready/,
    },
    children,
  );
  bot = child;
  endpoint = `http://127.0.0.1:${told}/api/messages`;
}

const place = () => ({ serviceUrl: connector.serviceUrl, conversationId: 'personal-alex' });
const writer = { id: alex.id, name: alex.displayName };
const shown = () => connector.deliveries.map(({ activity }) => JSON.stringify(activity));
const ends = /Removed: |Removal not verified|not be deleted|No clear answer|Unknown/;

/** Says the line, and confirms the card that it is answered with. */
async function removeAdele(): Promise<void> {
  await postActivity(endpoint, messageActivity(writer, place(), 'remove adele from Salesforce'));
  await eventually(() => shown().some((card) => card.includes('"removeNow"')), longMs, 20);
  const card = shown().findLast((one) => one.includes('"removeNow"')) ?? '';
  const [, requestId = ''] = /"verb":"removeNow","requestId":"(\w+)"/.exec(card) ?? [];
  await postActivity(endpoint, clickActivity(writer, place(), '', { verb: 'removeNow', requestId }));
}

const asked = (method: string, path: RegExp) =>
  sandbox.requests.filter((one) => one.method === method && path.test(one.path)).length;
const late: Fault = { kind: 'slow', ms: 1_500 };
const doneUnanswered: Fault = { kind: 'silence', workDone: true };
const deleting = /appRoleAssignedTo\//;
const provisioning = /provisionOnDemand$/;

describe('a removal whose process is killed', () => {
  it.each<[string, string, RegExp, Fault | null]>([
    ['as it reads what is assigned', 'GET', /appRoleAssignments$/, null],
    ['before Entra has deleted the assignment', 'DELETE', deleting, late],
    ['after Entra has deleted the assignment, before the answer', 'DELETE', deleting, doneUnanswered],
    ['before the account is disabled', 'POST', provisioning, late],
    ['after the account is disabled, before the answer', 'POST', provisioning, doneUnanswered],
  ])(
    '%s goes on to a verdict that the answers prove, and deletes nothing twice',
    async (_when, method, path, fault) => {
      const before = asked(method, path);
      if (fault !== null) sandbox.failNext(path, fault);

      await removeAdele();
      await eventually(() => asked(method, path) > before, longMs);
      await kill(bot);
      await startBot();
      await eventually(() => shown().some((card) => ends.test(card)), longMs, 20);

      const verdict = shown().findLast((card) => ends.test(card)) ?? '';
      const isOff = sandbox.tenant.account(apps.salesforce.id, adele.id)?.active === false;
      expect(sandbox.tenant.isAssigned(apps.salesforce.id, adele.id)).toBe(false);
      expect(deleted).toEqual([expect.objectContaining({ appId: apps.salesforce.id, principalId: adele.id })]);
      if (verdict.includes('Removed: ')) expect(isOff).toBe(true);
    },
  );
});
