import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { readStored } from '../support/read-stored.ts';
import { createSwiftClock } from '../support/swift-clock.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(300_000);

const closing: (() => Promise<void> | void)[] = [];
afterEach(closeAll);
async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

/** Two groups of approvers, and two apps to which an approval assigns; there it finds only Grady assigned. */
const entries = [
  { app: apps.salesforce.id, approvers: [people.patti.id], assign: { appRole: 'Standard User' } },
  { app: apps.serviceNow.id, assign: { appRole: 'User', by: ['approval', 'operator'] } },
  { app: apps.gitHubEnterprise.id, approvers: [people.patti.id] },
];
const targets = [apps.salesforce, apps.serviceNow, apps.gitHubEnterprise, apps.concur];
const assigning = [apps.salesforce, apps.serviceNow];
const subjects = [people.isaiah, people.adele, people.grady, people.diego];
const faults = {
  throttled: { kind: 'status', status: 429, headers: { 'Retry-After': '0' } },
  refused: { kind: 'status', status: 403, code: 'Authorization_RequestDenied' },
  bad: { kind: 'status', status: 400, code: 'Request_BadRequest' },
  html: { kind: 'html' },
  truncated: { kind: 'truncated' },
} as const satisfies Record<string, Fault>;

/** Names alone, which a counterexample prints. */
interface Story {
  readonly whom: readonly string[];
  readonly where: readonly string[];
  readonly strikes: readonly Strike[];
}

/** A fault of the next call of this kind for this person in this app: the calls of several arrive in any order. */
interface Strike {
  readonly at: 'call' | 'assignment';
  readonly app: string;
  readonly person: string;
  readonly fault: keyof typeof faults;
}

const appNames = targets.map(({ displayName }) => displayName);
const userNames = subjects.map(({ userPrincipalName }) => userPrincipalName);
const some = (all: readonly string[]) => fc.shuffledSubarray([...all], { minLength: 1 });
const strike = (at: Strike['at'], where: readonly string[], what: readonly Strike['fault'][]) =>
  fc.record<Strike>({
    at: fc.constant(at),
    app: fc.constantFrom(...where),
    person: fc.constantFrom(...userNames),
    fault: fc.constantFrom(...what),
  });
const anyStrike = fc.oneof(
  strike('call', appNames, ['throttled', 'refused', 'bad', 'html', 'truncated']),
  strike('assignment', appNames.slice(0, assigning.length), ['refused', 'bad']),
);
const story = fc.record<Story>({
  whom: some(userNames),
  where: some(appNames),
  strikes: fc.array(anyStrike, { maxLength: 5 }),
});

async function start({ where, strikes }: Story): Promise<TestUsher> {
  const folder = mkdtempSync(join(tmpdir(), 'usher-joint-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'apps.json');
  const kits = [{ kit: 'Starter', apps: where }];
  writeFileSync(path, JSON.stringify({ apps: entries, kits }));
  const teams = await startTestUsher({
    environment: {
      ...gateEnvironment({ limit: 50, windowMs: 50, guardMs: 20 }),
      APPS_FILE: path,
      REQUEST_FOR: 'anyone',
    },
    sandboxOptions: { limit: 10_000 },
    // A chat takes seven messages in two seconds, and the single requests send many.
    usherOptions: { clock: createSwiftClock(8, Date.now()), assignmentDelaysMs: [50, 100] },
  });
  closing.push(() => teams.close());
  const { sandbox } = teams;
  for (const { id } of assigning) {
    for (const one of [people.isaiah, people.adele]) sandbox.tenant.unassign(id, one.id);
  }
  for (const { at, app, person, fault } of strikes) {
    const { id: appId = '' } = targets.find(({ displayName }) => displayName === app) ?? {};
    const { id: about = '' } = subjects.find(({ userPrincipalName }) => userPrincipalName === person) ?? {};
    const end = at === 'call' ? '.*/provisionOnDemand$' : 'appRoleAssignedTo$';
    sandbox.failNext(new RegExp(`${appId}/${end}`), { ...faults[fault], about });
  }
  return teams;
}

/** What became of each person in each app, by the database and by the tenant; in no order. */
function endOf(teams: TestUsher) {
  const rowsOf = (query: string) =>
    readStored(teams.databasePath, (database) => database.prepare(query).all())
      .map((row) => Object.values(row).join(' '))
      .toSorted();
  const ends = {
    access: rowsOf('select app_name, subject_name, state, ended_as, held_up from access_requests'),
    tasks: rowsOf('select app_name, subject_name, state, outcome_kind, assigning, attempts from tasks'),
  };
  const { tenant } = teams.sandbox;
  return {
    ...ends,
    calls: teams.sandbox.requests
      .filter(({ method, path }) => method === 'POST' && /(?:provisionOnDemand|appRoleAssignedTo)$/.test(path))
      .map(({ path, body }) => `${path} ${JSON.stringify(body)}`)
      .toSorted(),
    assigned: targets.map(({ id }) =>
      tenant
        .assignments(id)
        .map(({ principalId }) => principalId)
        .toSorted(),
    ),
    accounts: targets.map(({ id }) => tenant.accountCount(id, 'User')),
  };
}

/** Megan says the lines; then both approvers approve all that their cards ask for, each card in one click. */
async function approved(told: Story, lines: readonly string[]) {
  const teams = await start(told);
  for (const person of ['alex', 'patti'] as const) await teams.say(person, 'whoami');
  await teams.settled();
  for (let from = 0; from < lines.length; from += mostOpen) {
    for (const line of lines.slice(from, from + mostOpen)) await teams.say('megan', line);
    await teams.settled();
    for (const person of ['alex', 'patti'] as const) {
      for (const card of teams.cardsFor(`personal-${person}`)) {
        const approve = card.buttons.find(({ title }) => /^Approve(?: all \d+)?$/.test(title));
        if (approve !== undefined) await teams.execute(person, card, approve.title);
      }
    }
    await teams.settled();
  }
  return endOf(teams);
}

/** So many requests a requester may have open. */
const mostOpen = 10;

/** Alex says the line, and confirms what asks first. */
async function provisioned(told: Story, line: string) {
  const teams = await start(told);
  await teams.say('alex', line);
  await teams.settled();
  const confirm = teams.lastCard().buttons.find(({ title }) => title.startsWith('Provision '));
  if (confirm !== undefined) await teams.press('alex', teams.lastCard(), confirm.title);
  await teams.settled();
  return endOf(teams);
}

async function holds(property: (told: Story) => Promise<void>, runs: number): Promise<void> {
  const checked = fc.asyncProperty(story, async (told) => {
    await property(told);
    await closeAll();
  });
  await fc.assert(checked, { numRuns: propertyRuns(runs) });
}

describe('an access request for several people and apps, approved in one click', () => {
  it('does to Graph what a request for each person and app would do, whatever fails', () =>
    holds(async (told) => {
      const { whom, where } = told;
      const singles = whom.flatMap((name) => where.map((app) => `request access for ${name} to ${app}`));

      const together = await approved(told, [`request access for ${whom.join(', ')} to ${where.join(', ')}`]);
      const alone = await approved(told, singles);

      expect(together).toEqual(alone);
      expect(together.access).toHaveLength(singles.length);
    }, 18));
});

describe('a kit', () => {
  it('is provisioned as its apps would be that the line names', () =>
    holds(async (told) => {
      const names = told.whom.join(', ');

      const asKit = await provisioned(told, `provision the Starter kit for ${names}`);
      const asApps = await provisioned(told, `provision users ${names} to ${told.where.join(', ')}`);

      expect(asKit).toEqual(asApps);
      expect(asKit.tasks).toHaveLength(told.whom.length * told.where.length);
    }, 10));

  it('is asked for as its apps would be that the line names', () =>
    holds(async (told) => {
      const names = told.whom.join(', ');

      const asKit = await approved(told, [`request access for ${names} to the Starter kit`]);
      const asApps = await approved(told, [`request access for ${names} to ${told.where.join(', ')}`]);

      expect(asKit).toEqual(asApps);
      expect(asKit.access).toHaveLength(told.whom.length * told.where.length);
    }, 10));
});
