import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
const wideGate = gateEnvironment({ limit: 50, windowMs: 100, guardMs: 150 });
afterEach(() => teams.close());

/** Apps whose names hold what separates names, beside apps that are called like their parts. */
const oddNames = ['Webex, Cisco', 'Cisco', 'Data and Insights', 'Data', 'Insights', 'R & D, Portal'];
const oddApps = oddNames.map((displayName, index) => {
  const [id, appId] = [7, 8].map((kind) => `5eed0000-0000-4000-8000-0000000${kind}00${10 + index}`);
  return { ...apps.gitHubEnterprise, id: id ?? '', appId: appId ?? '', displayName };
});

async function start(): Promise<void> {
  const tenant = createTenant({ further: { applications: oddApps } });
  teams = await startTestUsher({ environment: wideGate, sandboxOptions: { tenant } });
}

async function say(text: string): Promise<string> {
  await teams.say('alex', text);
  await teams.settled();
  return teams.lastCard().text;
}

/** To which apps Graph was asked to provision, the latest last. The calls of one request overtake one another. */
async function calledApps(): Promise<readonly (string | undefined)[]> {
  const entries = (await teams.records()).filter(({ kind }) => kind === 'sent').toReversed();
  const everyApp = [...Object.values(apps), ...oddApps];
  return entries.map(({ details }) => everyApp.find(({ id }) => id === details.app)?.displayName);
}

describe('a line that names several apps', () => {
  it('creates an account in each, on one card with what became of each', async () => {
    await start();

    const text = await say('provision isaiah to Salesforce, ServiceNow and GitHub Enterprise');

    expect(text).toContain('3 accounts: 3 done');
    expect(text).toContain('Isaiah Langer in Salesforce, ServiceNow, and GitHub Enterprise');
    expect(text).toContain('Account created: Salesforce, ServiceNow, and GitHub Enterprise');
    expect(teams.cardsFor()).toHaveLength(1);
    expect((await calledApps()).toSorted()).toEqual(['GitHub Enterprise', 'Salesforce', 'ServiceNow']);
  });

  it('has a row for each app where they are fewer than the people, with the failures and their app first', async () => {
    await start();

    const text = await say('provision users adele, isaiah, grady to Salesforce and GitHub Enterprise');

    expect(text).toContain('3 people in Salesforce and GitHub Enterprise');
    expect(text).toMatch(/Not done, and why\n. {2}Grady Archie · grady@contoso.com · Salesforce\n/);
    expect(text).toContain('GitHub Enterprise\n   Account created: Adele Vance');
    const sent = await calledApps();
    expect(sent).toHaveLength(6);
  });

  it.each([
    'provision users to Salesforce, ServiceNow and GitHub Enterprise\nisaiah\nadele',
    'provision users to Salesforce, ServiceNow, GitHub Enterprise: isaiah, adele',
    'provision users\nisaiah\nadele\nto Salesforce, ServiceNow and GitHub Enterprise',
  ])('takes all apps of a list whose people stand on lines of their own: %j', async (line) => {
    await start();

    const text = await say(line);

    expect(text).toContain('6 accounts');
    expect(text).not.toContain('Left out');
  });

  it.each(['provision users to Salesforce, ServiceNow, adele', 'provision users adele, ServiceNow to Salesforce'])(
    'asks first where an app stands among the people: %j',
    async (line) => {
      await start();

      const text = await say(line);

      expect(text).toMatch(/ServiceNow\n {3}This is an app, not a person/);
      expect(teams.sandbox.stats().calls).toBe(0);
    },
  );

  it('asks before more than ten calls, and makes them once it is confirmed', async () => {
    await start();

    const asking = await say(
      'provision users isaiah, adele, megan, patti to Salesforce, GitHub Enterprise and ServiceNow',
    );
    const before = teams.sandbox.stats().calls;
    await teams.press('alex', teams.lastCard(), 'Provision 12 accounts');
    await teams.settled();

    expect(asking).toContain('Provision 4 people to 3 apps?');
    expect(asking).toContain('in 12 calls. Nothing has been sent yet.');
    expect(before).toBe(0);
    expect(teams.sandbox.stats()).toMatchObject({ calls: 12, throttled: 0 });
  });

  it('spends fifteen calls on three people in five apps, and none is too many', async () => {
    const gate = { limit: 5, windowMs: 200, guardMs: 1_200 };
    const tenant = createTenant({ further: { applications: oddApps } });
    teams = await startTestUsher({ environment: gateEnvironment(gate), sandboxOptions: { tenant, ...gate } });

    await say('provision users isaiah, adele, megan to Salesforce, ServiceNow, GitHub Enterprise, Concur and Cisco');
    await teams.press('alex', teams.lastCard(), 'Provision 15 accounts');
    await teams.settled();

    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().text).toContain('15 accounts');
    expect(teams.sandbox.stats()).toMatchObject({ calls: 15, throttled: 0 });
  });

  it('asks before it leaves an app out that takes no call now, and says why', async () => {
    await start();

    const asking = await say('provision isaiah to Salesforce, Zscaler, Workday');

    expect(asking).toContain('Provision 1 person to Salesforce?');
    expect(asking).toMatch(/Zscaler\n.*quarantine/);
    expect(asking).toMatch(/Workday\n.*own IDs/);
    expect(teams.sandbox.stats().calls).toBe(0);
    await teams.press('alex', teams.lastCard(), 'Provision 1 person');
    await teams.settled();
    expect(await calledApps()).toEqual(['Salesforce']);
  });

  it('answers as for one app where none of them takes a call', async () => {
    await start();

    const text = await say('provision isaiah to Zscaler and Zscaler');

    expect(text).toContain('Zscaler');
    expect(text).toContain('quarantine');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('counts an app that is named twice once, and says so', async () => {
    await start();

    const text = await say('provision isaiah to Salesforce, ServiceNow, salesforce');

    expect(text).toContain('2 accounts: 2 done');
    expect(text).toContain('One app is named twice. It is counted once.');
    expect(teams.sandbox.stats().calls).toBe(2);
  });

  it('offers the names that were mistyped, and acts on none of them', async () => {
    await start();

    const text = await say('provision isaiah to Salesforce, Servicenw');

    expect(text).toContain('provision user isaiah to Salesforce, ServiceNow');
    expect(teams.sandbox.stats().calls).toBe(0);
    await teams.press('alex', teams.lastCard(), 'Yes, do it');
    await teams.settled();
    expect((await calledApps()).toSorted()).toEqual(['Salesforce', 'ServiceNow']);
  });

  it('does nothing where one of them is unknown', async () => {
    await start();

    await say('provision isaiah to Salesforce, Blorb');

    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it.each([
    ['Webex, Cisco', ['Webex, Cisco']],
    ['webex, cisco, Cisco', ['Webex, Cisco', 'Cisco']],
    ['Cisco, Webex, Cisco', ['Cisco', 'Webex, Cisco']],
    ['Data and Insights', ['Data and Insights']],
    ['Data, Insights', ['Data', 'Insights']],
    ['Data and Insights and Data', ['Data and Insights', 'Data']],
    ['R & D, Portal and Salesforce', ['R & D, Portal', 'Salesforce']],
    ['Salesforce, ServiceNow, and R & D, Portal', ['Salesforce', 'ServiceNow', 'R & D, Portal']],
  ])('reads %j so that a name which holds a mark or an "and" stays whole', async (typed, expected) => {
    await start();

    await say(`provision isaiah to ${typed}`);

    expect((await calledApps()).toSorted()).toEqual(expected.toSorted());
  });

  it('asks which app is meant with all of the others in the answer', async () => {
    const twin = { ...oddApps[0], displayName: 'Salesforce' } as (typeof oddApps)[number];
    const tenant = createTenant({ further: { applications: [twin] } });
    teams = await startTestUsher({ environment: wideGate, sandboxOptions: { tenant } });

    await say('provision isaiah to GitHub Enterprise, Salesforce');
    const [first] = teams.lastCard().buttons;
    await teams.press('alex', teams.lastCard(), first?.title ?? '');
    await teams.settled();

    expect(teams.lastCard().text).toContain('2 accounts');
    expect((await calledApps()).toSorted()).toEqual(['GitHub Enterprise', 'Salesforce']);
  });

  it('asks which person is meant, and goes on with all apps', async () => {
    await start();

    await say('provision lee to Salesforce, GitHub Enterprise');
    const [first] = teams.lastCard().buttons;
    await teams.press('alex', teams.lastCard(), first?.title ?? '');
    await teams.settled();

    expect((await calledApps()).toSorted()).toEqual(['GitHub Enterprise', 'Salesforce']);
  });

  it('stands in the history once, by its people and its apps, and in the queue', async () => {
    await start();
    await say('provision users isaiah, adele to Salesforce and ServiceNow');

    expect(await say('history')).toContain('2 people → Salesforce and ServiceNow');
    expect(await say('history ServiceNow')).toContain('2 people → Salesforce and ServiceNow');
    expect(await say('history GitHub Enterprise')).not.toContain('2 people');
  });

  it('shows every account on the pages behind it', async () => {
    await start();
    await say('provision users isaiah, adele to Salesforce and ServiceNow');

    await teams.press('alex', teams.lastCard(), 'Show all');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Isaiah Langer · ServiceNow');
    expect(teams.lastCard().text).toContain('Adele Vance · Salesforce');
  });

  it('retries what failed, in its own app', async () => {
    await start();
    await say('provision users grady, adele to GitHub Enterprise and Salesforce');
    const before = (await calledApps()).length;

    await teams.press('alex', teams.lastCard(), 'Retry failed');
    await teams.settled();

    expect((await calledApps()).slice(before)).toEqual(expect.arrayContaining(['Salesforce']));
    expect(teams.cardsFor()).toHaveLength(1);
  });

  it('says of a day that provisioning is not for later, for all of its apps', async () => {
    await start();

    const text = await say('provision isaiah to Salesforce and ServiceNow on 1 December');

    expect(text).toContain('Isaiah Langer in Salesforce and ServiceNow');
    expect(text).toContain('provision user isaiah to Salesforce and ServiceNow');
    expect(teams.sandbox.stats().calls).toBe(0);
  });
});
