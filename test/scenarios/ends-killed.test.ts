import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { claimEntitlements } from '../../src/requests/entitlement-steps.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { kill, startProcess } from '../faults/support/processes.ts';
import { storeParts } from '../requests/support.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { gateEnvironment, shownCards, startTestUsher, type TestUsher } from '../support/usher.ts';
import { type Deletion, watchedTenant } from './deletions.ts';

// Each of these starts a process, which takes seconds on a busy machine.
jest.setTimeout(300_000);

const gate = { limit: 1_000, windowMs: 100, guardMs: 20 };
const longMs = 60_000;
const hour = 60 * 60_000;
const app = apps.serviceNow;
const { diego } = people;

const compiled = mkdtempSync(join(tmpdir(), 'usher-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** What ends the process: itself, by its environment, or this test, once what it waits for has come about. */
interface Death {
  readonly environment?: Readonly<Record<string, string>>;
  readonly fault?: readonly [RegExp, Fault];
  readonly once?: (seen: Seen) => boolean | Promise<boolean>;
  /** The service sees the deletion with its next call. */
  readonly isSeenAtOnce?: true;
}
interface Seen {
  readonly sandbox: SandboxGraph;
  readonly database: Database;
  readonly deleted: readonly Deletion[];
}

const doneUnanswered: Fault = { kind: 'silence', workDone: true };
const deleting = /appRoleAssignedTo\//;
const provisioning = /provisionOnDemand$/;
const isOff = ({ sandbox }: Pick<Seen, 'sandbox'>) => sandbox.tenant.account(app.id, diego.id)?.active === false;

describe.each(engines)('access that ends on $name, whose process is killed', (engine) => {
  const place = useTestDatabase(engine, 'bare');
  const children = new Set<ChildProcess>();
  let connector: Connector;
  let sandbox: SandboxGraph;
  let deleted: readonly Deletion[];
  let database: Database;
  let teams: TestUsher;
  /** How far the tenant is ahead, which replicates an assignment within a minute. */
  let aheadMs: number;
  let isSeenAtOnce: boolean;

  beforeEach(async () => {
    aheadMs = 0;
    isSeenAtOnce = false;
    deleted = [];
    const ahead = () => aheadMs + (isSeenAtOnce && deleted.length > 0 ? 61_000 : 0);
    const watched = watchedTenant({ clock: shifted(ahead), replicationMs: 60_000 });
    ({ deleted } = watched);
    connector = await startConnector();
    const { limit, windowMs } = gate;
    sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, limit, windowMs, tenant: watched.tenant });
    await start(-9 * hour);
    database = await place.open(systemClock);
  });
  afterEach(async () => {
    await teams.close();
    await Promise.all([...children].map(kill));
    await database.close();
    await Promise.all([connector.close(), sandbox.close()]);
    await place.empty();
  });

  const environment = () => ({
    ...gateEnvironment(gate),
    DATABASE_URL: place.config.kind === 'postgres' ? place.config.url.reveal() : `file:${place.config.path}`,
  });
  const start = async (offsetMs: number): Promise<void> => {
    const assignmentDelaysMs = Array.from({ length: 50 }, () => 100);
    const usherOptions = { assignmentDelaysMs, clock: shifted(() => offsetMs) };
    teams = await startTestUsher({ environment: environment(), sandbox, connector, usherOptions });
  };
  const says = async (person: 'megan' | 'patti', line: string): Promise<void> => {
    await teams.say(person, line);
    await teams.settled();
  };
  const readBy = (person: string) =>
    shownCards(connector.deliveries)
      .filter(({ conversationId }) => conversationId === `personal-${person}`)
      .map(({ text }) => text);
  const ends = () => database.query.selectFrom('entitlements').selectAll().execute();
  const toldOfEnd = () => readBy('megan').filter((text) => text.includes('Access has ended')).length;

  /** Nine hours ago Megan got Diego access to ServiceNow for eight; returns the id of the assignment that Usher made. */
  async function giveAccess(): Promise<string> {
    await says('megan', 'request access for diego to ServiceNow for 8 hours');
    const [, id = ''] = /Request ([0-9A-Z]{6})/.exec(readBy('megan').join('\n')) ?? [];
    await teams.say('patti', `approve ${id}`);
    const made = () => sandbox.tenant.assignments(app.id).find(({ principalId }) => principalId === diego.id)?.id;
    await eventually(() => made() !== undefined, longMs);
    aheadMs += 61_000;
    await teams.settled();
    expect(sandbox.tenant.account(app.id, diego.id)?.active).toBe(true);
    await teams.close();
    return made() ?? '';
  }

  /** A process that starts now, finds that the access should have ended, and is killed on its way. */
  async function dieOf({ environment: deadly = {}, fault, once, ...death }: Death): Promise<void> {
    isSeenAtOnce = death.isSeenAtOnce === true;
    if (fault !== undefined) sandbox.failNext(...fault);
    const started = startProcess(
      {
        file: 'test/support/usher-process.ts',
        environment: {
          ...sandboxEnvironment(sandbox.url),
          ...environment(),
          PORT: '0',
          NODE_COMPILE_CACHE: compiled,
          ...deadly,
        },
        ready: /Usher is ready/,
      },
      children,
    ).catch(() => undefined);
    if (once !== undefined) {
      await eventually(() => once({ sandbox, database, deleted }), longMs, 5);
      await Promise.all([...children].map(kill));
    }
    await eventually(() => children.size === 0, longMs, 5);
    await started;
  }

  it.each<[string, Death]>([
    ['as it reads what is assigned', { environment: { DIES_OF: '/appRoleAssignments' } }],
    ['before the deletion leaves', { environment: { DIES_OF: '/appRoleAssignedTo/' } }],
    [
      'after the deletion, before its answer',
      { fault: [deleting, doneUnanswered], once: (seen) => seen.deleted.length > 0 },
    ],
    [
      'after the answer to the deletion, before that is stored',
      { environment: { DIES_OF_LOGGING: 'assignments were deleted' } },
    ],
    ['before the call that has the account disabled', { environment: { DIES_OF: 'provisionOnDemand' } }],
    ['while the deletion has not reached the service yet', { once: (seen) => isWaitingForReplication(seen) }],
    [
      'after the account is disabled, before the answer',
      { fault: [provisioning, doneUnanswered], once: isOff, isSeenAtOnce: true },
    ],
    [
      'after the proof is stored, before the verdict',
      { environment: { DIES_OF_LOGGING: 'on-demand call settled' }, once: isGone },
    ],
    ['before it tells that it has ended', { environment: { DIES_OF_SENDING: 'personal-megan' }, once: isGone }],
  ])('%s, does end, by one deletion, and no verdict is claimed before it is proven', async (_when, death) => {
    const made = await giveAccess();

    await dieOf(death);
    const verdictAtDeath = (await ends()).map(({ ended_as }) => ended_as);
    const wasOff = isOff({ sandbox });
    const toldAtDeath = toldOfEnd();
    await start(10 * 60_000);
    await eventually(() => isReplicated() && toldOfEnd() > 0, longMs, 20);
    await teams.settled();

    if (!wasOff) expect([verdictAtDeath, toldAtDeath]).toEqual([[null], 0]);
    expect(deleted).toEqual([{ id: made, appId: app.id, principalId: diego.id }]);
    expect([isOff({ sandbox }), toldOfEnd()]).toEqual([true, 1]);
    expect(await ends()).toEqual([expect.objectContaining({ state: 'ended', ended_as: 'verified' })]);
  });

  it('between its lease and its first step, ends once the lease is over', async () => {
    await giveAccess();
    const due = { owner: 'the dead process', until: systemClock.now() + 30_000 };

    const leased = await claimEntitlements(storeParts(database, systemClock), due, 4, true);
    await start(10 * 60_000);
    await eventually(() => isReplicated() && toldOfEnd() > 0, longMs, 20);

    expect(leased).toHaveLength(1);
    expect([isOff({ sandbox }), deleted.length]).toEqual([true, 1]);
  });

  /** The service sees a deletion from its first look here on. */
  function isReplicated(): boolean {
    if (deleted.length > 0 && aheadMs < 2 * 60_000) aheadMs += 61_000;
    return deleted.length > 0;
  }

  function isGone(): boolean {
    isReplicated();
    return children.size === 0;
  }
});

async function isWaitingForReplication({ database }: Seen): Promise<boolean> {
  const found = await database.query
    .selectFrom('tasks')
    .select('id')
    .where('again', '=', 'unassignmentUnseen')
    .executeTakeFirst();
  return found !== undefined;
}

/** The machine's clock, so far ahead; no pause is long, as everything here is due. */
function shifted(aheadMs: () => number): Clock {
  return {
    ...systemClock,
    now: () => systemClock.now() + aheadMs(),
    monotonic: () => systemClock.monotonic() + aheadMs(),
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 200), signal),
  };
}
