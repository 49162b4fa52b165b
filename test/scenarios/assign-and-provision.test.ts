import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { loopback } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { createLeapingClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type CardInputs, startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

const applicationAdministrator = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
const hybridAdministrator = '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2';
const assigning = /appRoleAssignedTo$/;
const one = 'Assign role “Standard User” and provision';

const clock = createLeapingClock();

let teams: TestUsher;
let folder: string;
let closing: (() => Promise<void>)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-assign-'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  rmSync(folder, { recursive: true });
});

async function start({ environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  const started = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
    usherOptions: { assignmentDelaysMs: [200, 400, 800, 1_600], leaseMs: 3_000, clock },
    ...more,
  });
  teams = started;
  closing.push(() => started.close());
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

async function presses(title: string, person: keyof typeof people = 'alex', inputs: CardInputs = {}): Promise<void> {
  await teams.press(person, last(), title, inputs);
  await teams.settled();
}

const last = (person = 'alex') => teams.lastCard(`personal-${person}`);
const titles = (person = 'alex') => last(person).buttons.map(({ title }) => title);
const assignments = () =>
  teams.sandbox.requests.filter(({ method, path }) => method === 'POST' && assigning.test(path)).length;
const steps = async () =>
  (await teams.records())
    .filter(({ kind }) => kind === 'assigned')
    .map(({ details }) => details.step)
    .toReversed();
const idOf = (text: string) => /request ([0-9A-Z]{6})/i.exec(text)?.[1] ?? '';
const diegoIsAssigned = () =>
  teams.sandbox.tenant.assignments(apps.salesforce.id).some(({ principalId }) => principalId === people.diego.id);

/** Names an APPS_FILE with these entries. */
function appsFile(...entries: readonly object[]): Readonly<Record<string, string>> {
  const path = join(folder, 'apps.json');
  writeFileSync(path, JSON.stringify(entries));
  return { APPS_FILE: path };
}

describe('a person who is not assigned', () => {
  it('is assigned by an operator’s click, and provisioned when the assignment has taken effect', async () => {
    await start({ sandboxOptions: { replicationMs: 700 } });
    await says('alex', 'provision diego to Salesforce');
    const before = last();

    await presses(one);

    expect(before.text).toMatch(/not assigned to Salesforce.*Usher can assign Diego Siciliani the app role/s);
    expect(last().id).toBe(before.id);
    expect(last().text).toMatch(/Account created.*Usher has assigned Diego Siciliani the app role “Standard User”/s);
    expect([assignments(), await steps()]).toEqual([1, ['begun', 'made']]);
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({ kind: 'assignmentOrdered', actorId: people.alex.id }),
    );
  });

  it('is assigned once, however often the button is pressed', async () => {
    await start();
    await says('alex', 'provision diego to Salesforce');
    const card = last();

    await Promise.all([1, 2, 3].map(() => teams.press('alex', card, one)));
    await teams.settled();
    await teams.press('alex', card, one);
    await teams.settled();

    expect([assignments(), await steps()]).toEqual([1, ['begun', 'made']]);
    expect((await teams.records()).filter(({ kind }) => kind === 'assignmentOrdered')).toHaveLength(1);
    expect(last().text).toContain('Account created');
  });

  it('is not assigned again where another administrator has done so meanwhile, and Usher claims no credit', async () => {
    await start();
    await says('alex', 'provision diego to Salesforce');
    teams.sandbox.tenant.assign(apps.salesforce.id, people.diego.id);

    await presses(one);

    expect(last().text).toContain('Account created');
    expect(last().text).not.toContain('Usher has assigned');
    expect([assignments(), await steps()]).toEqual([0, ['found']]);
  });

  it('stays unassigned where Entra refuses, which the card says with the code, and may be tried again', async () => {
    await start();
    await says('alex', 'provision diego to Salesforce');
    teams.sandbox.failNext(assigning, { kind: 'status', status: 403, code: 'Authorization_RequestDenied' });

    await presses(one);
    const refused = last().text;
    await presses(one);

    expect(refused).toMatch(/Not provisioned: the app role could not be assigned.*code Authorization_RequestDenied/s);
    expect(last().text).toContain('Account created');
    expect(await steps()).toEqual(['begun', 'refused', 'begun', 'made']);
  });

  it('is assigned at a later attempt where Graph gave no clear answer to the first, as the card says meanwhile', async () => {
    await start();
    await says('alex', 'provision diego to Salesforce');
    const { id } = last();
    const card = () => teams.cardsFor('personal-alex').find((shown) => shown.id === id)?.text ?? '';
    teams.sandbox.failNext(assigning, { kind: 'status', status: 404 });
    await teams.press('alex', last(), one);
    await eventually(() => card().includes('gave no clear answer'));
    const meanwhile = card();

    clock.leap(61_000);
    // Another request wakes all that is due.
    await says('alex', 'provision isaiah to Salesforce');

    expect(meanwhile).toMatch(/Assigning the app role.*Usher will try again at/s);
    expect(card()).toContain('Account created');
    expect([assignments(), await steps()]).toEqual([2, ['begun', 'unanswered', 'made']]);
  });

  it('may have been assigned when the request is canceled meanwhile, as its card says, until the answer tells', async () => {
    await start();
    await says('alex', 'provision diego to Salesforce');
    const { id } = last();
    const card = () => teams.cardsFor('personal-alex').find((shown) => shown.id === id);
    teams.sandbox.failNext(assigning, { kind: 'slow', ms: 1_000 });
    await teams.press('alex', last(), one);
    await eventually(() => assignments() === 1);

    await teams.press('alex', last(), 'Cancel');
    await eventually(() => card()?.text.includes('the assignment may have been made') === true);
    await eventually(() => card()?.text.includes('The assignment stays') === true);
    await teams.settled();

    expect(card()?.text).toMatch(/Canceled.*Usher has assigned Diego Siciliani.*remove the assignment in Entra ID/s);
    expect(card()?.text).not.toContain('Nothing was done');
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('is not assigned twice where the process stops between the call and its answer', async () => {
    const sandbox: SandboxGraph = await startSandboxGraph({
      ...{ host: loopback, port: 0, latencyMs: 0, windowMs: 100, limit: 5 },
    });
    const connector: Connector = await startConnector();
    closing.push(
      () => sandbox.close(),
      () => connector.close(),
    );
    const shared = { sandbox, connector, databasePath: join(folder, 'usher.db') };
    await start(shared);
    await says('alex', 'provision diego to Salesforce');
    const { id } = last();
    sandbox.failNext(assigning, { kind: 'silence', workDone: true });
    await teams.press('alex', last(), one);
    await eventually(() => assignments() === 1);
    await closing.pop()?.();

    await start(shared);
    await eventually(
      () => teams.cardsFor('personal-alex').some((card) => card.text.includes('Account created')),
      20_000,
    );
    await teams.settled();

    expect([assignments(), await steps()]).toEqual([1, ['begun', 'made']]);
    expect(teams.cardsFor('personal-alex').find((card) => card.id === id)?.text).toContain('Account created');
  });
});

describe('a list', () => {
  it('has one button for those who are not assigned, and leaves the others alone', async () => {
    await start();
    teams.sandbox.tenant.unassign(apps.salesforce.id, people.grady.id);
    await says('alex', 'provision users isaiah, grady, diego to Salesforce');
    const title = titles().find((text) => text.startsWith('Assign')) ?? '';

    await presses(title);

    expect(title).toBe('Assign role “Standard User” and provision 2 people');
    expect(last().text).toMatch(/3 people|3 of 3|all 3/i);
    expect(titles().some((text) => text.startsWith('Assign'))).toBe(false);
    expect([assignments(), teams.sandbox.stats().calls]).toEqual([2, 5]);
  });

  it('names the roles where its apps have several, and counts a person once', async () => {
    const assign = (appRole: string) => ({ assign: { appRole, by: ['operator'] } });
    await start({
      environment: appsFile(
        { app: apps.salesforce.id, ...assign('Standard User') },
        { app: apps.serviceNow.id, ...assign('User') },
        { app: apps.gitHubEnterprise.id },
      ),
    });
    teams.sandbox.tenant.unassign(apps.gitHubEnterprise.id, people.diego.id);
    await says('alex', 'provision diego to Salesforce, ServiceNow and GitHub Enterprise');
    const title = titles().find((text) => text.startsWith('Assign')) ?? '';

    await presses(title);

    expect(title).toBe('Assign roles Standard User and User and provision');
    expect(assignments()).toBe(2);
    expect(last().text).toMatch(/Not provisioned/);
  });
});

describe('a page of a list', () => {
  const pageOf = (number: number) => teams.cardsFor().findLast(({ text }) => text.includes(`Page ${number} of 2`));
  const theirs = generatedPeople.slice(0, 30);
  /** The first two stand on the first page, the last one on the second. */
  const unassigned = [theirs[0], theirs[3], theirs[27]].map((one) => one?.id ?? '');
  const onPage = 'Assign role “Standard User” and provision 2 people';

  beforeEach(async () => {
    await start({
      environment: { PROVISION_LIMIT: '100', PROVISION_GUARD_MS: '1000' },
      sandboxOptions: { limit: 1_000 },
    });
    for (const id of unassigned) teams.sandbox.tenant.unassign(apps.salesforce.id, id);
    await says('alex', `provision users to Salesforce\n${theirs.map((one) => one.userPrincipalName).join('\n')}`);
    await presses('Provision 30 people');
    await presses('Show all');
  });

  it('has a button for those on it who are not assigned, which assigns these alone and shows them where they were', async () => {
    const first = pageOf(1);
    const before = teams.sandbox.stats().calls;

    await presses(onPage);

    expect(first?.buttons.map(({ title }) => title)).toEqual([onPage, 'Next']);
    expect(pageOf(1)?.id).toBe(first?.id);
    expect(pageOf(1)?.text).toMatch(/Assigning|Waiting/);
    expect([assignments(), teams.sandbox.stats().calls - before]).toEqual([2, 2]);
    expect(teams.cardsFor()[0]?.text).toContain('1 not provisioned');
    const assigned = teams.sandbox.tenant.assignments(apps.salesforce.id).map(({ principalId }) => principalId);
    expect(unassigned.map((id) => assigned.includes(id))).toEqual([true, true, false]);
  });

  it('assigns each once, however often its button is pressed, and then has none', async () => {
    const first = pageOf(1) ?? last();

    await Promise.all([1, 2, 3].map(() => teams.press('alex', first, onPage)));
    await teams.settled();
    await teams.press('alex', first, onPage);
    await teams.settled();

    expect(assignments()).toBe(2);
    expect((await teams.records()).filter(({ kind }) => kind === 'assignmentOrdered')).toHaveLength(1);
    expect(pageOf(1)?.buttons.map(({ title }) => title)).toEqual(['Next']);
  });

  it('has a button for one person on its second page, until they are provisioned', async () => {
    await presses('Next');
    const second = pageOf(2)?.buttons.map(({ title }) => title);

    await presses(one);
    await presses('Previous');
    await presses('Next');

    expect(second).toEqual([one, 'Previous']);
    expect(pageOf(2)?.buttons.map(({ title }) => title)).toEqual(['Previous']);
    expect(assignments()).toBe(1);
  });

  it('does nothing for a person who may not assign, whatever the click claims', async () => {
    const requestId = idOf(teams.cardsFor()[0]?.text ?? '');

    await teams.click('lynne', pageOf(1)?.id ?? '', { verb: 'assign', requestId, page: 0 });
    await teams.settled();

    expect(assignments()).toBe(0);
    expect(pageOf(1)?.text).toContain('Page 1 of 2');
  });
});

describe('the button', () => {
  it('is not there where the entry names no operator: the page in Entra is, as ever', async () => {
    await start({ environment: appsFile({ app: apps.salesforce.id, assign: { appRole: 'Standard User' } }) });

    await says('alex', 'provision diego to Salesforce');

    expect(titles()).toEqual(['Retry', 'Check']);
    expect(last().text).toMatch(/Users and groups.*Open in Entra/s);
  });

  it('is refused where the entry does not allow it any more, and assigns nothing', async () => {
    const connector: Connector = await startConnector();
    closing.push(() => connector.close());
    const shared = { connector, databasePath: join(folder, 'usher.db') };
    await start(shared);
    await says('alex', 'provision diego to Salesforce');
    const card = last();
    await closing.pop()?.();
    await start({
      ...shared,
      environment: appsFile({ app: apps.salesforce.id, assign: { appRole: 'Standard User' } }),
    });

    await teams.press('alex', card, one);
    await teams.settled();

    expect(last().text).toContain('Usher does not assign this role');
    expect([assignments(), diegoIsAssigned()]).toEqual([0, false]);
  });

  it.each([
    { who: 'a viewer', person: 'lynne', role: null },
    { who: 'an operator of cloud sync alone', person: 'isaiah', role: hybridAdministrator },
  ] as const)('is not offered to $who, whose forged click is refused', async ({ person, role }) => {
    await start();
    if (role !== null) teams.sandbox.tenant.grantDirectoryRole(people[person].id, role);
    await says('alex', 'provision diego to Salesforce');
    const requestId = idOf(last().text);

    await says(person, `show ${requestId}`);
    const shown = last(person);
    await teams.click(person, shown.id, { verb: 'assign', requestId });
    await teams.settled();

    expect(shown.text).toContain('not assigned to Salesforce');
    expect(shown.buttons.filter(({ title }) => title.startsWith('Assign'))).toEqual([]);
    expect(last(person).text).toContain('You don’t have permission to do this');
    expect([assignments(), diegoIsAssigned()]).toEqual([0, false]);
  });

  it('gives way to “Request access” for a requester', async () => {
    await start();
    await says('alex', 'provision diego to Salesforce');

    await says('megan', `show ${idOf(last().text)}`);
    const shown = titles('megan');
    await teams.press('megan', last('megan'), 'Request access');
    await teams.settled();

    expect(shown).toEqual(['Request access', 'Check']);
    expect(last('megan').text).toMatch(/Waiting for approval/i);
  });

  it('assigns nothing for a person who has lost the role since', async () => {
    await start();
    const { tenant } = teams.sandbox;
    tenant.grantDirectoryRole(people.isaiah.id, applicationAdministrator);
    await says('isaiah', 'provision diego to Salesforce');
    const card = last('isaiah');
    tenant.revokeDirectoryRole(people.isaiah.id, applicationAdministrator);

    await teams.press('isaiah', card, one);
    await teams.settled();

    expect(last('isaiah').text).toContain('You don’t have permission to do this');
    expect([assignments(), diegoIsAssigned()]).toEqual([0, false]);
  });
});
