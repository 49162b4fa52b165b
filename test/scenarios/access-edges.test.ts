import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { loopback } from '../../src/sandbox/environment.ts';
import { startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { startConnector } from '../../src/sandbox/teams/connector.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { eventually } from '../support/eventually.ts';
import { type Place, startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

let teams: TestUsher;
afterEach(() => teams.close());

async function start(options: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({ ...options, environment: { PROVISION_WINDOW_MS: '100', ...options.environment } });
}

async function says(person: keyof typeof people, line: string, place?: Place): Promise<void> {
  await teams.say(person, line, place);
  await teams.settled();
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const readBy = (person: string) =>
  teams
    .cardsFor(`personal-${person}`)
    .map(({ text }) => text)
    .join('\n');
const idOf = (text: string) => /(?:approve|Request) ([0-9A-Z]{6})/.exec(text)?.[1] ?? '';
const recordsOf = async (id: string) => (await teams.records()).filter(({ requestId }) => requestId === id);
const assignments = () =>
  teams.sandbox.requests.filter(({ method, path }) => method === 'POST' && path.includes('appRoleAssignedTo')).length;
const room: Place = { conversationId: 'group-approvals', kind: 'groupChat' };
const assignmentPage = /Users and groups/;

/** Megan asks for Diego, whom an approval assigns to ServiceNow as well. */
async function askForDiego(options: TestUsherOptions = {}): Promise<string> {
  await start(options);
  await says('alex', 'whoami');
  await says('megan', 'request access for diego to ServiceNow');
  return idOf(last('alex').text);
}

describe('a request that is withdrawn at its start', () => {
  it('assigns nothing when the withdrawal comes before the call', async () => {
    const id = await askForDiego();
    teams.sandbox.failNext(/\/manager/, { kind: 'slow', ms: 1_500 });
    await teams.execute('alex', last('alex'), 'Approve');
    await eventually(() => teams.sandbox.requests.some(({ path }) => path.includes('/manager')));

    await says('megan', `cancel ${id}`);

    expect(assignments()).toBe(0);
    expect(readBy('megan')).not.toMatch(assignmentPage);
    expect((await teams.records()).map(({ kind }) => kind)).not.toContain('assigned');
  });

  it('says everywhere that the assignment may have been made when the call was under way', async () => {
    const id = await askForDiego();
    teams.sandbox.failNext(/appRoleAssignedTo$/, { kind: 'slow', ms: 1_500 });
    await teams.execute('alex', last('alex'), 'Approve');
    await eventually(() => assignments() === 1);

    await teams.say('megan', `cancel ${id}`);
    const answered = () => teams.cardsFor('personal-megan').find(({ text }) => text.includes('is withdrawn'))?.text;
    await eventually(() => answered() !== undefined);
    await teams.settled();

    const answer = answered() ?? '';
    expect(answer).toMatch(/may have been done/);
    const [card] = teams.cardsFor('personal-megan').filter(({ text }) => text.includes(`Request ${id}`));
    for (const text of [answer, card?.text ?? '', readBy('alex')]) expect(text).toMatch(assignmentPage);
    expect(readBy('alex')).toMatch(/ManagedAppMenuBlade\/~\/Users/);
    expect(readBy('megan')).not.toMatch(/Nothing was done/);
  });

  it('says so too after a call that Graph never answered', async () => {
    const id = await askForDiego();
    for (let index = 0; index < 8; index += 1)
      teams.sandbox.failNext(/appRoleAssignedTo$/, { kind: 'status', status: 503, workDone: true });
    await teams.execute('alex', last('alex'), 'Approve');
    await eventually(() => readBy('megan').includes('could not assign Diego Siciliani'));

    await says('megan', `cancel ${id}`);

    expect(last('megan').text).toMatch(assignmentPage);
    const steps = (await teams.records()).filter(({ kind }) => kind === 'assigned');
    expect(steps.map(({ details }) => details.step).toReversed()).toEqual(['begun', 'unanswered']);
  });

  it('gives the same answer to a typed withdrawal as on the card while it waits for Microsoft to see the assignment', async () => {
    const id = await askForDiego({
      sandboxOptions: { replicationMs: 60_000 },
      usherOptions: { assignmentDelaysMs: [20_000] },
    });
    await teams.execute('alex', last('alex'), 'Approve');
    await eventually(() => readBy('megan').includes('Waiting for the assignment'));

    await says('alex', `cancel ${id}`);

    expect(last('alex').text).not.toMatch(/Nothing was provisioned/);
    expect(readBy('alex')).toMatch(assignmentPage);
    expect(readBy('megan')).toMatch(/Alex Wilber canceled it/);
    expect(last('megan').text).toMatch(/Alex Wilber canceled access/);
    expect(await recordsOf(id)).toContainEqual(
      expect.objectContaining({ kind: 'accessCancelled', actorId: people.alex.id }),
    );
  });
});

describe('an assignment that Entra refuses', () => {
  it('is told to all who were told of the request, and made after all when an operator retries', async () => {
    const id = await askForDiego();
    teams.sandbox.failNext(/appRoleAssignedTo$/, { kind: 'status', status: 403, code: 'Authorization_RequestDenied' });
    await teams.execute('alex', last('alex'), 'Approve');
    await teams.settled();
    const told = [readBy('megan'), readBy('alex')];
    const calls = teams.sandbox.stats().calls;

    await says('alex', `retry ${id}`);

    for (const text of told) expect(text).toContain('Entra ID refused to assign Diego Siciliani');
    expect(calls).toBe(0);
    expect(readBy('megan')).toContain('Usher has assigned Diego Siciliani');
    expect(readBy('megan')).toContain('now has an account in ServiceNow');
  });
});

describe('a notice', () => {
  it('goes to the approver, when an approved request is withdrawn', async () => {
    await start();
    await says('megan', 'request access for isaiah to Salesforce in 3 days');
    const id = idOf(readBy('megan'));
    await says('patti', `approve ${id}`);

    await says('megan', `cancel ${id}`);

    expect(last('patti').text).toContain(`withdrew request ${id}`);
  });

  it('goes to the requester, when an app in quarantine delays the request', async () => {
    await start();
    await says('alex', 'whoami');
    await says('megan', 'request access for isaiah to Zscaler');

    await teams.execute('alex', last('alex'), 'Approve');
    await teams.settled();

    expect(last('megan').text).toMatch(/approved access.*quarantine/);
    expect(readBy('megan')).not.toContain('Usher starts it now');
  });

  it('goes to all once more, when the provisioning request is retried', async () => {
    await start({ environment: { ASSIGNMENT_WAIT_HOURS: '0' } });
    await says('alex', 'whoami');
    await says('megan', 'request access for diego to Salesforce');
    const id = idOf(last('alex').text);
    await teams.execute('alex', last('alex'), 'Approve');
    await teams.settled();
    const details = last('alex');
    const started = (await recordsOf(id)).find(({ kind }) => kind === 'accessStarted');
    const before = teams.cardsFor('personal-megan').length;

    await says('alex', `retry ${String(started?.details.request)}`);

    expect(details.text).toMatch(/not assigned|not in scope/i);
    expect(teams.cardsFor('personal-megan').length).toBe(before + 1);
    const kinds = (await recordsOf(id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'accessFinished')).toHaveLength(2);
    expect(kinds).toContain('accessRetried');
  });

  it('goes to the approvers themselves, when Teams refuses the channel where they would read it', async () => {
    await start();
    await says('alex', 'whoami');
    await says('alex', 'send approvals here', room);
    const stop = teams.connector.listen(({ conversationId, kind }) => {
      if (conversationId !== 'personal-megan' || kind !== 'post') return;
      stop();
      teams.connector.refuseNext('post', 403);
    });

    await says('megan', 'request access for isaiah to Salesforce');
    // The first look finds the channel gone; the second shows the request elsewhere.
    await teams.settled();

    expect(last('alex').text).toContain('Isaiah Langer');
    const records = await teams.records();
    expect(records).toContainEqual(
      expect.objectContaining({ kind: 'placeRemoved', details: expect.objectContaining({ why: 'gone' }) }),
    );
  });
});

describe('an access request', () => {
  it('shows no id to a caller who may not see it, and each attempt is recorded', async () => {
    await start({
      environment: { REQUEST_FOR: 'anyone', REQUESTERS: `${groups.peopleManagers.id},${groups.onCall.id}` },
    });
    await says('alex', 'whoami');
    await says('megan', 'request access for isaiah to Salesforce');
    const id = idOf(last('alex').text);

    await says('lynne', 'request access for isaiah to Salesforce');
    const answer = last('lynne').text;
    await says('lynne', `cancel ${id}`);
    await says('alex', `show ${id}`);
    await says('megan', 'request access for isaiah to Salesforce');

    expect(answer).toMatch(/already/);
    expect(answer).not.toContain(id);
    expect(last('megan').text).toContain(id);
    const records = await recordsOf(id);
    expect(records).toContainEqual(
      expect.objectContaining({
        kind: 'accessRefused',
        actorId: people.lynne.id,
        details: { why: 'role', tried: 'cancel' },
      }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({
        kind: 'accessShown',
        actorId: people.alex.id,
        details: { key: `person|${people.alex.id}` },
      }),
    );
  });

  it('cannot be decided as long as the app cannot be found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-edges-'));
    const file = join(folder, 'apps.json');
    writeFileSync(file, JSON.stringify([{ app: 'Salesforce', approvers: [people.johanna.id] }]));
    const sandbox = await startSandboxGraph({ host: loopback, port: 0, latencyMs: 0 });
    const connector = await startConnector();
    const shared = { sandbox, connector, databasePath: join(folder, 'usher.db'), environment: { APPS_FILE: file } };
    await start(shared);
    await says('megan', 'request access for isaiah to Salesforce in 3 days');
    const id = idOf(readBy('megan'));
    await teams.close();

    // Nothing that was read before is cached.
    await start(shared);
    sandbox.failNext('/servicePrincipals/', { kind: 'status', status: 404 });
    await says('alex', `approve ${id}`);
    const answer = last('alex').text;
    const kinds = (await recordsOf(id)).map(({ kind }) => kind);
    await teams.close();
    await sandbox.close();
    await connector.close();
    rmSync(folder, { recursive: true, force: true });

    expect(answer).toMatch(/can no longer find Salesforce/);
    expect(kinds).toContain('accessRefused');
    expect(kinds).not.toContain('accessApproved');
  });
});

describe('an approval channel that several approvers share', () => {
  it('gets all requests that any of them decides on, and loses only the share of an approver who leaves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-edges-'));
    const file = join(folder, 'apps.json');
    const own = [
      { app: 'Salesforce', approvers: [people.lynne.id] },
      { app: 'Long gone', approvers: [people.johanna.id] },
    ];
    writeFileSync(file, JSON.stringify(own));
    await start({ environment: { APPS_FILE: file } });
    rmSync(folder, { recursive: true, force: true });
    const shown = () => teams.lastCard(room.conversationId).text;

    await says('alex', 'send approvals here', room);
    await says('lynne', 'send approvals here', room);
    await says('johanna', 'send approvals here', room);
    const nothing = shown();
    await says('megan', 'request access for isaiah to Salesforce');
    const forLynne = shown();
    await says('megan', 'request access for isaiah to ServiceNow');
    const forAlex = shown();
    await says('lynne', 'stop sending approvals', room);
    await says('megan', 'request access for adele to ServiceNow');

    expect(nothing).toMatch(/Nothing to send here/);
    expect(forLynne).toContain('Isaiah Langer in Salesforce');
    expect(forAlex).toContain('Isaiah Langer in ServiceNow');
    expect(shown()).toContain('Adele Vance in ServiceNow');
  });
});
