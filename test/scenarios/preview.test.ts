import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
afterEach(() => teams.close());

/** How long a preview and a check wait for their parts: long enough on a busy machine. */
const limits = new Set([700, 1_300, 2_000, 2_900]);
const patientClock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(limits.has(ms) ? ms * 20 : ms, signal),
};

async function start(): Promise<void> {
  teams = await startTestUsher({ usherOptions: { clock: patientClock } });
}

async function say(text: string, person: Somebody = 'alex'): Promise<string> {
  await teams.say(person, text);
  await teams.settled();
  return teams.lastCard(`personal-${String(person)}`).text;
}

const onlySales = [
  { name: 'Sales people', clauses: [{ attribute: 'department', operator: 'EQUALS', values: ['Sales'] }] },
];

describe('a preview', () => {
  it('says what would happen, writes nothing, and provisions by its button', async () => {
    await start();

    const text = await say('preview isaiah to ServiceNow');

    expect(text).toContain('An account would be created, or an existing one updated');
    expect(text).toContain('whose userName is “isaiah@contoso.com”');
    const posts = teams.sandbox.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    expect(posts.filter((path) => !/\/(?:schema\/parseExpression|checkMemberGroups)$/.test(path))).toEqual([]);
    expect(teams.sandbox.stats().calls).toBe(0);
    expect(teams.sandbox.tenant.account(apps.serviceNow.id, people.isaiah.id)).toBeUndefined();

    await teams.press('alex', teams.lastCard(), 'Provision now');
    await teams.settled();

    expect(teams.sandbox.tenant.account(apps.serviceNow.id, people.isaiah.id)).toBeDefined();
  });

  it('says which part of the scoping filter keeps a person out, as provisioning then does', async () => {
    await start();
    teams.sandbox.tenant.changeJob(apps.gitHubEnterprise.id, { scope: onlySales });

    const foretold = await say('preview grady to GitHub Enterprise');
    const done = await say('provision user grady to GitHub Enterprise');

    expect(foretold).toContain('department is “Design”, and the filter asks for EQUALS “Sales”');
    expect(done).toContain('does not pass the scoping filter of GitHub Enterprise');
    expect(done).toContain("This condition is not met: Sales people.department EQUALS 'Sales'.");
  });

  it('looks at both sets of a scoping filter, as provisioning then does', async () => {
    await start();
    teams.sandbox.tenant.changeJob(apps.gitHubEnterprise.id, { inputScope: onlySales });

    const foretold = [await say('preview grady to GitHub Enterprise'), await say('preview adele to GitHub Enterprise')];
    const done = await say('provision user grady to GitHub Enterprise');

    expect(foretold[0]).toContain('department is “Design”, and the filter asks for EQUALS “Sales”');
    expect(foretold[1]).toContain('is in scope of GitHub Enterprise');
    expect(done).toContain('does not pass the scoping filter of GitHub Enterprise');
  });

  it('tells a requester the verdict of their report without values, and nothing of other people', async () => {
    await start();
    teams.sandbox.tenant.changeJob(apps.gitHubEnterprise.id, { scope: onlySales });

    const ofReport = await say('preview diego to GitHub Enterprise', 'megan');
    const ofOther = await say('preview grady to GitHub Enterprise', 'megan');

    expect(ofReport).toContain('which looks at the department');
    expect(JSON.stringify(teams.cardsFor('personal-megan'))).not.toContain('“Legal”');
    expect(ofOther).not.toContain('Nothing would be provisioned');
  });

  it('shows no values where others read along', async () => {
    await start();
    const place = { conversationId: 'group-1', kind: 'groupChat' } as const;

    await teams.say('alex', 'preview adele to Salesforce', place);
    await teams.settled();

    const card = teams.lastCard('group-1');
    expect(card.text).toContain('An account would be created');
    expect(JSON.stringify(card.content)).not.toMatch(/Account Executive|Values the account would get/);
  });

  it.each([
    ['preview adele to Zscaler', 'in quarantine'],
    ['preview adele to Payroll', 'Provisioning is not set up for Payroll'],
    ['preview adele to Contoso AD', 'No preview for Contoso AD'],
    ['preview adele to Salesforce, ServiceNow', 'One app at a time'],
    ['preview group Sales to Salesforce', 'One person at a time'],
    ['preview adele, diego to Salesforce', 'Usher runs one line at a time, and has done nothing yet'],
    ['preview adele to Slack', 'An account would be created'],
    ['preview nestor to Salesforce', 'account disabled'],
    ['preview diego to ServiceNow', 'ServiceNow takes only people who are assigned'],
    ['preview diego to Salesforce', 'Microsoft Graph does not tell whether it is'],
    ['preview miriam to ServiceNow', 'requires the attribute name.familyName'],
  ])('answers “%s”', async (line, answer) => {
    await start();

    expect(await say(line)).toContain(answer);
  });

  it.each([403, 404, 405])('says so where Graph answers %d to the read of the schema', async (status) => {
    await start();
    for (let reads = 0; reads < 3; reads += 1) teams.sandbox.failNext(/schema$/, { kind: 'status', status });

    expect(await say('preview adele to Salesforce')).toMatch(/The mapping of Salesforce cannot be read/);
  });

  it('shows an expression that cannot be read as such, and the other values as they would be', async () => {
    await start();
    const code = 'InvalidExpression';
    teams.sandbox.failNext(/parseExpression$/, { kind: 'status', status: 400, code });

    const text = await say('preview adele to Salesforce');

    const card = JSON.stringify(teams.lastCard().content);
    expect(text).toContain('An account would be created');
    expect(card).toContain(`The expression cannot be read (${code})`);
    expect(card).toContain('“Account Executive”');
  });

  it('gives the verdict, and the values that need no expression, in a cloud that evaluates none', async () => {
    await start();
    teams.sandbox.tenant.guess({ lacking: { parseExpression: 404 } });

    const text = await say('preview adele to Salesforce');

    const card = JSON.stringify(teams.lastCard().content);
    expect(text).toContain('An account would be created');
    expect(card).toContain('Microsoft Graph did not evaluate the expression');
    expect(card).toContain('“Account Executive”');
  });

  it('is asked for by its form', async () => {
    await start();
    await say('preview');

    await teams.press('alex', teams.lastCard(), 'Preview', { subject: 'adele', app: 'Salesforce' });
    await teams.settled();

    expect(teams.lastCard().text).toContain('An account would be created');
  });

  it('asks at most for the permission of a check', async () => {
    await start();

    expect(await say('preview adele to Salesforce', 'johanna')).toContain('You don’t have permission');
  });
});

describe('a check', () => {
  it('looks at the scoping filter itself, where the log has no evaluation yet', async () => {
    await start();
    teams.sandbox.tenant.changeJob(apps.gitHubEnterprise.id, { scope: onlySales });

    const keptOut = await say('check grady in GitHub Enterprise');
    const passing = await say('check adele in GitHub Enterprise');

    expect(keptOut).toContain('It is the user: kept out by the scoping filter');
    expect(keptOut).toContain('which looks at the department');
    expect(passing).toContain('nothing is provisioned yet');
    expect(JSON.stringify(teams.lastCard().content)).toContain('Passes the scoping filter as it is now');
  });
});
