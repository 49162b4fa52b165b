import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { readStored } from '../support/read-stored.ts';
import { type SandboxThread, startSandboxThread } from '../support/sandbox-thread.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(120_000);

const people = seasonalPeople(500).map((person) => person.userPrincipalName);

describe('a list of five hundred', () => {
  let teams: TestUsher;
  let sandbox: SandboxThread;
  /** Far more than Graph's own limit, so that the guard can be one that a busy machine does not outlast. */
  const gate = { limit: 100, windowMs: 300, guardMs: 1_200 };

  beforeEach(async () => {
    sandbox = await startSandboxThread({ ...gate, seasonal: 500 });
    teams = await startTestUsher({
      graphUrl: sandbox.url,
      environment: gateEnvironment(gate),
      // The real pace, since it is what keeps a card within Teams' limits.
      usherOptions: { editEveryMs: 2_000 },
    });
  });
  afterEach(async () => {
    await teams.close();
    await sandbox.close();
  });

  it('is done without a single 429, on one small card that is edited no faster than Teams allows', async () => {
    const cardId = await startList(teams, 500);
    await teams.settled();

    expect(await sandbox.stats()).toMatchObject({ calls: 500, throttled: 0 });
    const cards = teams.cardsFor();
    expect(cards.map((card) => card.id)).toEqual([cardId]);
    expect(cards[0]?.text).toMatch(/500/);
    expectCalmEdits(teams, cardId);
  });
});

describe('a list of five hundred people to five apps', () => {
  let teams: TestUsher;
  let sandbox: SandboxThread;
  const gate = { limit: 200, windowMs: 300, guardMs: 1_200 };

  beforeEach(async () => {
    sandbox = await startSandboxThread({ ...gate, seasonal: 500 });
    const usherOptions = { editEveryMs: 2_000 };
    teams = await startTestUsher({ graphUrl: sandbox.url, environment: gateEnvironment(gate), usherOptions });
  });
  afterEach(async () => {
    await teams.close();
    await sandbox.close();
  });

  it('is 2,500 calls on one small card, without a 429, and a single request is not kept waiting', async () => {
    const apps = 'Salesforce, ServiceNow, GitHub Enterprise, Adobe Creative Cloud and Atlassian Cloud';
    await teams.say('alex', `provision users to ${apps}\n${people.join('\n')}`);
    await teams.usher.settled();
    const asking = teams.lastCard();
    await teams.press('alex', asking, asking.buttons[0]?.title ?? '');
    await eventually(async () => (await sandbox.stats()).calls >= 10);

    await teams.say('alex', 'provision isaiah to Salesforce', { conversationId: 'alone', kind: 'personal' });
    await eventually(() => teams.lastCard('alone').text.includes('Account created'));
    const whenDone = (await sandbox.stats()).calls;
    await teams.settled();

    expect(whenDone).toBeLessThan(2_500);
    expect(await sandbox.stats()).toMatchObject({ calls: 2_501, throttled: 0 });
    expect(endsOf(teams)).toEqual({ done: 2_501, accounts: 2_501, ended: 2_501, attempts: 1 });
    expect(teams.cardsFor('personal-alex').map(({ id }) => id)).toEqual([asking.id]);
    expectCalmEdits(teams, asking.id);
  });
});

describe('a list of three hundred', () => {
  let teams: TestUsher;
  const gate = { limit: 5, windowMs: 500, guardMs: 500 };

  beforeEach(async () => {
    teams = await startTestUsher({
      environment: gateEnvironment(gate),
      sandboxOptions: { tenant: createTenant({ seasonal: 300 }) },
    });
  });
  afterEach(() => teams.close());

  it('lets a single request start within a window', async () => {
    await startList(teams, 300);
    await eventually(() => teams.sandbox.stats().calls >= 10);

    const before = teams.sandbox.stats().arrivals.length;
    await teams.say('alex', 'provision isaiah to Salesforce', { conversationId: 'alone', kind: 'personal' });
    await eventually(() => teams.lastCard('alone').text.includes('Account created'));
    const calls = teams.sandbox.requests.filter(({ path }) => path.endsWith('/provisionOnDemand'));
    const place = calls.findIndex(({ body }) => JSON.stringify(body).includes('5eed0000-0000-4000-8000-000000000004'));

    // The calls under way at that time, and no more than a window of others before it.
    expect(place - before).toBeLessThanOrEqual(2 * gate.limit);
    await teams.say('alex', `cancel ${requestIdOf(teams)}`);
    await teams.settled();
  });
});

/** A card is edited at its pace and no more often, and each edit is small enough for Teams. */
function expectCalmEdits({ connector }: TestUsher, cardId: string): void {
  const edits = connector.deliveries.filter(({ kind, activityId }) => kind === 'edit' && activityId === cardId);
  expect(edits.length).toBeGreaterThanOrEqual(3);
  for (const [index, edit] of edits.entries()) {
    const next = edits[index + 1];
    if (next !== undefined) expect(next.at - edit.at).toBeGreaterThanOrEqual(1_900);
    expect(Buffer.byteLength(JSON.stringify(edit.activity))).toBeLessThanOrEqual(26_000);
  }
}

/** How many tasks are done, for how many accounts, how many ends are recorded, and the most attempts of a task. */
function endsOf({ databasePath }: TestUsher) {
  const row = (query: string) => readStored(databasePath, (database) => database.prepare(query).get());
  const tasks = row(
    `select count(*) as done, count(distinct app_id || ' ' || subject_id || ' ' || request_id) as accounts,
      max(attempts) as attempts from tasks where state = 'done'`,
  );
  return { ...tasks, ...row("select count(*) as ended from audit_log where kind = 'finished'") };
}

async function startList(teams: TestUsher, count: number): Promise<string> {
  await teams.say('alex', `provision users to Salesforce\n${people.slice(0, count).join('\n')}`);
  await teams.usher.settled();
  const asking = teams.lastCard();
  await teams.press('alex', asking, `Provision ${count} people`);
  return asking.id;
}

function requestIdOf(teams: TestUsher): string {
  return /request ([0-9A-Z]{6})/i.exec(teams.cardsFor()[0]?.text ?? '')?.[1] ?? '';
}
