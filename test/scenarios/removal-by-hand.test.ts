import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Group, groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(60_000);

/** Runs with the wall clock; the tests pass the time of the hour themselves. */
let offsetMs = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + offsetMs };
const minute = 60_000;

let teams: TestUsher;
afterEach(() => teams.close());

async function start(tenant: Tenant, { environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
    usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
    ...(more.sandbox === undefined ? { sandboxOptions: { tenant } } : {}),
    ...more,
  });
}

/** Usher may not delete assignments. */
function poorTenant(): Tenant {
  const tenant = createTenant({});
  tenant.withdraw('AppRoleAssignment.ReadWrite.All');
  return tenant;
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

async function presses(title: string): Promise<void> {
  await teams.press('alex', last(), title);
  await teams.settled();
}

/** Waits for what a card says while the task waits. */
const reads = (said: string, who = 'alex') =>
  eventually(() => teams.cardsFor(`personal-${who}`).some(({ text }) => text.includes(said)));

/** Presses the button after which Usher waits for people. */
async function verifies(): Promise<void> {
  await teams.press('alex', last(), 'Verify removal');
  await reads('will check again');
}

async function passes(minutes: number): Promise<void> {
  offsetMs += minutes * minute;
  await teams.settled();
}

const last = () => teams.lastCard('personal-alex');
const titles = () => last().buttons.map(({ title }) => title);
const deletions = () => teams.sandbox.requests.filter(({ method }) => method === 'DELETE').length;
const cards = () => teams.cardsFor('personal-alex').length;

async function refused(tenant: Tenant, more: TestUsherOptions = {}): Promise<void> {
  await start(tenant, more);
  await says('alex', 'remove adele from Salesforce');
  await presses('Remove from Salesforce');
}

describe('a removal whose assignment is deleted by hand', () => {
  it('says how, waits until Entra lists it no more, and proves it on the same card', async () => {
    const tenant = poorTenant();
    await refused(tenant);
    const before = { ...last(), titles: titles(), cards: cards(), deletions: deletions() };

    await verifies();
    const waiting = { text: last().text, calls: teams.sandbox.stats().calls };
    tenant.unassign(apps.salesforce.id, people.adele.id);
    await passes(1);

    expect(before.text).toContain('Delete the assignment yourself');
    expect(before.text).not.toContain('may be gone');
    expect(JSON.stringify(before.content)).toContain(`/Users/objectId/${apps.salesforce.id}`);
    expect(before.titles).toEqual(expect.arrayContaining(['Verify removal', 'Retry']));
    expect(waiting.text).toContain('Waiting until the assignment is gone');
    expect(waiting.text).toContain('is still assigned to Salesforce in Entra ID. Usher will check again at');
    expect(waiting.calls).toBe(0);
    expect(last().text).toContain('Removed: account disabled');
    expect([cards(), deletions()]).toEqual([before.cards, before.deletions]);
    expect((await teams.records()).map(({ kind }) => kind)).toContain('verificationOrdered');
  });

  it('says after an hour that it is still there, and looks again when asked to', async () => {
    const tenant = poorTenant();
    await refused(tenant);
    await verifies();

    await passes(61);
    const over = { text: last().text, titles: titles() };
    await verifies();
    const again = last().text;
    tenant.unassign(apps.salesforce.id, people.adele.id);
    await passes(1);

    expect(over.text).toContain('Not removed: still assigned in Entra ID');
    expect(over.titles).toContain('Verify removal');
    expect(over.titles).not.toContain('Retry');
    expect(again).toContain('Waiting until the assignment is gone');
    expect(last().text).toContain('Removed: account disabled');
  });

  it('is looked for by the next process after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-by-hand-'));
    const shared = { databasePath: join(folder, 'usher.db'), connector: await startConnector() };
    const tenant = poorTenant();
    const sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, tenant });
    await refused(tenant, { ...shared, sandbox });
    await verifies();
    await teams.close();
    tenant.unassign(apps.salesforce.id, people.adele.id);
    offsetMs += minute;
    await start(tenant, { ...shared, sandbox });

    await teams.settled();

    expect(last().text).toContain('Removed: account disabled');
    await Promise.all([shared.connector.close(), sandbox.close()]);
    rmSync(folder, { recursive: true });
  });

  it('may be a group’s, of which Usher deletes none', async () => {
    const interns: Group = { ...groups.salesTeam, id: 'interns', displayName: 'Interns', memberIds: [people.adele.id] };
    const tenant = createTenant({ further: { groups: [interns] } });
    tenant.unassign(apps.salesforce.id, people.adele.id);
    tenant.assign(apps.salesforce.id, interns.id);
    await start(tenant, { environment: { REMOVAL_SECOND_PERSON: 'always' } });

    await says('alex', 'remove adele from Salesforce');
    const asked = last().text;
    await verifies();
    const waiting = last().text;
    tenant.unassign(apps.salesforce.id, interns.id);
    await passes(1);

    expect(asked).toContain('Adele Vance has Salesforce only through Interns');
    expect(waiting).toContain('is still assigned to Salesforce in Entra ID (Interns)');
    expect(last().text).toContain('Removed: account disabled');
    expect(deletions()).toBe(0);
  });

  it('is nothing to verify where a removal waits for no person', async () => {
    await start(createTenant({}));
    await says('alex', 'remove adele from Salesforce');
    const id = /Request ([A-Z0-9]{6})/.exec(last().text)?.[1] ?? '';

    await says('alex', `verify removal ${id}`);
    const held = last().text;
    await says('alex', 'verify removal Q7K3MQ');
    const unknown = last().text;
    await says('alex', 'verify removal');

    expect(held).toContain('Nothing to verify');
    expect(unknown).toContain('Q7K3MQ');
    expect(last().text).toContain('Type, for example: verify removal R7K3MQ');
    expect([deletions(), teams.sandbox.stats().calls]).toEqual([0, 0]);
  });
});

describe('the end of access whose assignment is deleted by hand', () => {
  it('says how, and is verified once it is gone', async () => {
    const tenant = createTenant({});
    await start(tenant);
    await says('patti', 'whoami');
    await says('megan', 'request access for diego to ServiceNow for 8 hours');
    const id = /Request ([0-9A-Z]{6})/.exec(teams.lastCard('personal-megan').text)?.[1] ?? '';
    await says('patti', `approve ${id}`);
    tenant.withdraw('AppRoleAssignment.ReadWrite.All');
    await passes(9 * 60);
    const note = teams.lastCard('personal-patti');

    await teams.press('patti', note, 'Verify removal');
    await reads('Waiting until the assignment is gone', 'patti');
    const answer = teams.lastCard('personal-patti').text;
    tenant.unassign(apps.serviceNow.id, people.diego.id);
    await passes(1);

    expect(note.text).toContain('Remove the assignment in Entra ID, under Users and groups of ServiceNow');
    expect(JSON.stringify(note.content)).toContain(`/Users/objectId/${apps.serviceNow.id}`);
    expect(answer).toContain('Waiting until the assignment is gone');
    expect(teams.lastCard('personal-megan').text).toContain('Access has ended');
  });
});
