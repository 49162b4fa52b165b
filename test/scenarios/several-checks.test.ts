import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { gateEnvironment, type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
const wideGate = gateEnvironment({ limit: 50, windowMs: 100, guardMs: 150 });
afterEach(() => teams.close());

const copyOf = (displayName: string, index: number) => {
  const [id, appId] = [7, 8].map((kind) => `5eed0000-0000-4000-8000-000000${kind}0${100 + index}0`);
  return { ...apps.gitHubEnterprise, id: id ?? '', appId: appId ?? '', displayName };
};

/** How long a check waits for its parts and for the whole: long enough on a busy machine. */
const limits = new Set([700, 1_300, 2_900]);
const patientClock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(limits.has(ms) ? ms * 20 : ms, signal),
};

async function start(names: readonly string[] = [], clock = patientClock): Promise<void> {
  const tenant = createTenant({ further: { applications: names.map(copyOf) } });
  teams = await startTestUsher({ environment: wideGate, sandboxOptions: { tenant }, usherOptions: { clock } });
}

async function say(text: string, person: Somebody = 'alex'): Promise<string> {
  await teams.say(person, text);
  await teams.settled();
  return teams.lastCard(`personal-${String(person)}`).text;
}

const buttons = (person = 'alex') => teams.lastCard(`personal-${person}`).buttons.map(({ title }) => title);

/** The ids of the apps to which Graph was asked to provision, in the order of the calls. */
async function called(): Promise<readonly unknown[]> {
  const sent = (await teams.records()).filter(({ kind }) => kind === 'sent');
  return sent.toReversed().map(({ details }) => details.app);
}

describe('a check that names several apps', () => {
  it('has a row for each with its reason, the worst first, which opens the check of that app', async () => {
    await start();

    const text = await say('check diego in ServiceNow, Zscaler and Salesforce');
    await teams.press('alex', teams.lastCard(), 'Sends: check diego@contoso.com in Salesforce');
    await teams.settled();

    expect(text).toContain('Diego Siciliani in ServiceNow, Zscaler, and Salesforce');
    expect(text).toMatch(/Zscaler\n.*in quarantine.*\n.*Salesforce\n.*not assigned to Salesforce.*\n.*ServiceNow\n/);
    expect(teams.lastCard().text).toContain('Diego Siciliani in Salesforce');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('provisions where nothing is provisioned yet, and nowhere else', async () => {
    await start();
    await say('provision isaiah to Salesforce');
    const before = (await called()).length;

    const text = await say('check isaiah in Salesforce, GitHub, Zscaler, Workday, Payroll, ServiceNow');
    await teams.press('alex', teams.lastCard(), 'Provision to 2 apps');
    await teams.settled();

    expect(text).toContain('Isaiah Langer can be provisioned to GitHub Enterprise and ServiceNow now.');
    expect((await called()).slice(before)).toEqual([apps.gitHubEnterprise.id, apps.serviceNow.id]);
    expect(teams.lastCard().text).toContain('Isaiah Langer in GitHub Enterprise and ServiceNow');
  });

  it('leaves out of its button an app that takes no call while its sync is on', async () => {
    await start();

    const text = await say('check isaiah in Slack Grid, Salesforce');

    expect(text).toMatch(/Slack Grid\n/);
    expect(text).toContain('Isaiah Langer can be provisioned to Salesforce now.');
  });

  it('has no button once all is in order', async () => {
    await start();
    await say('provision isaiah to Salesforce, ServiceNow');

    const text = await say('check isaiah in Salesforce, ServiceNow');

    expect(text.match(/No problem found/g)).toHaveLength(2);
    expect(buttons()).not.toContainEqual(expect.stringMatching(/^Provision/));
  });

  it('says of each app that cannot be checked that it is so', async () => {
    await start();

    const text = await say('check isaiah in Miro, Zscaler, Workday, Payroll, Contoso AD');

    expect(text).toMatch(/Miro\n.*disabled in Entra ID/);
    expect(text).toMatch(/Zscaler\n.*in quarantine/);
    expect(text).toMatch(/Workday\n.*Not checked: the app gets its people from elsewhere/);
    expect(text).toMatch(/Contoso AD\n.*Not checked: the app gets its people from elsewhere/);
    expect(text).toMatch(/Payroll\n.*not set up/);
    expect(buttons()).toEqual(expect.not.arrayContaining([expect.stringMatching(/^Provision to/)]));
  });

  it('keeps the row of an app whose sync could not be read, and blames nothing for it', async () => {
    await start();
    const jobs = new RegExp(`${apps.serviceNow.id}/synchronization/jobs$`);
    for (let times = 0; times < 5; times += 1) teams.sandbox.failNext(jobs, { kind: 'status', status: 403 });

    const text = await say('check isaiah in Salesforce, ServiceNow');

    expect(text).toMatch(/ServiceNow\n.*Not checked · Usher could not read it just now/);
    expect(text).toContain('Isaiah Langer can be provisioned to Salesforce now.');
    expect(buttons()).toContain('Provision to Salesforce');
  });

  it('claims nothing as due where the provisioning log could not be read', async () => {
    await start();
    for (let times = 0; times < 5; times += 1)
      teams.sandbox.failNext('/auditLogs/provisioning', { kind: 'status', status: 403 });

    const text = await say('check isaiah in Salesforce, ServiceNow');

    expect(text).toMatch(/Provisioning log: /);
    expect(text).not.toContain('nothing is provisioned yet');
    expect(buttons()).not.toContainEqual(expect.stringMatching(/^Provision/));
  });

  it.each(['megan', 'lynne'] as const)('has no button that provisions for %s, who may not', async (person) => {
    await start();

    const text = await say('check isaiah in Salesforce, ServiceNow', person);

    expect(text).toContain('Isaiah Langer in Salesforce and ServiceNow');
    expect(text).not.toContain('can be provisioned');
    expect(buttons(person)).toEqual(expect.arrayContaining(['Look again']));
    expect(buttons(person)).not.toContainEqual(expect.stringMatching(/^Provision/));
  });

  it('refuses a requester a person who is not one of theirs', async () => {
    await start();

    const text = await say('check grady in Salesforce, ServiceNow', 'megan');

    expect(text).toContain('Not one of your reports');
    expect(text).not.toContain('ServiceNow');
    expect(await teams.records()).toContainEqual(expect.objectContaining({ kind: 'denied' }));
  });

  it.each(['check adele in Salesforce, salesforce', 'check adele in Salesforce and sf'])(
    'has one app where it is named twice: %s',
    async (line) => {
      await start();

      const text = await say(line);

      expect(text).toContain('Adele Vance in Salesforce\n');
      expect(buttons()).toContain('Provision now');
    },
  );

  it('has one row for an app that is named twice beside others', async () => {
    await start();

    const text = await say('check isaiah in Salesforce, ServiceNow, sf');

    expect(text).toContain('Isaiah Langer in Salesforce and ServiceNow\n');
    expect(text.match(/^… {2}/gm)).toHaveLength(2);
    expect(buttons()).toContain('Provision to 2 apps');
  });

  it('looks again at the same apps', async () => {
    await start();
    await say('check isaiah in Salesforce and GitHub');
    const before = teams.cardsFor().length;

    await teams.press('alex', teams.lastCard(), 'Look again');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Isaiah Langer in Salesforce and GitHub Enterprise');
    expect(teams.cardsFor()).toHaveLength(before);
  });

  it('offers the names that were mistyped, of an app and of a person', async () => {
    await start();

    expect(await say('check isaiah in Salesforce, Servicenw')).toContain('check isaiah in Salesforce, ServiceNow');
    expect(await say('check isiah in Salesforce, ServiceNow')).toContain('check isaiah@contoso.com in Salesforce');
    await teams.press('alex', teams.lastCard(), 'Yes, do it');
    await teams.settled();
    expect(teams.lastCard().text).toContain('Isaiah Langer in Salesforce and ServiceNow');
  });

  it('goes on with all apps once it is known which person is meant', async () => {
    await start();

    await say('check lee in Salesforce, ServiceNow');
    const [first] = teams.lastCard().buttons;
    await teams.press('alex', teams.lastCard(), first?.title ?? '');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Lee Gu in Salesforce and ServiceNow');
  });

  it('only offers lines where several people are named', async () => {
    await start();

    await say('check isaiah, adele in Salesforce, ServiceNow');

    expect(buttons().length).toBeGreaterThan(1);
    expect(buttons()).not.toContain('Look again');
  });

  it('keeps a name whole that holds a mark, and provisions to that app and not to those it seems to name', async () => {
    const names = ['Webex, Cisco', 'Cisco', 'Webex'];
    await start(names);

    const text = await say('check isaiah in Cisco, Webex');
    await teams.press('alex', teams.lastCard(), 'Provision to 2 apps');
    await teams.settled();
    expect(await say('check isaiah in Webex, Cisco')).toContain('Isaiah Langer in Webex, Cisco\n');

    expect(text).toContain('Isaiah Langer in Cisco and Webex');
    expect(await called()).toEqual([1, 2].map((index) => copyOf('', index).id));
  });

  it.each([
    ['make up another app’s', ['Webex, Cisco', 'Webex', 'Cisco']],
    ['are the same', ['Other', 'Twin', 'twin']],
    ['are another app’s short name', ['Other', 'sf', 'snow']],
    ['seem to be a kit’s', ['Other', 'Sales kit', 'First Aid Kit']],
  ])('calls apps by their ids in its lines where their names %s', async (_how, names) => {
    await start(names);
    const ids = [1, 2].map((index) => copyOf('', index).id);

    await say(`check isaiah in ${ids.join(', ')}`);
    await teams.press('alex', teams.lastCard(), 'Provision to 2 apps');
    await teams.settled();

    expect(await called()).toEqual(ids);
  });

  it('checks twenty apps with long names, and provisions to all of them', async () => {
    const names = Array.from(
      { length: 20 },
      (_, n) => `Enterprise Resource Planning and Reporting for All Regions ${n}`,
    );
    await start(names);

    await say(`check isaiah in ${names.join(', ')}`);
    const { text, content } = teams.lastCard();
    await teams.press('alex', teams.lastCard(), 'Provision to 20 apps');
    await teams.settled();
    await teams.press('alex', teams.lastCard(), 'Provision 20 accounts');
    await teams.settled();

    for (const name of names) expect(text).toContain(name.slice(0, 35));
    expect(JSON.stringify(content).length).toBeLessThan(24 * 1024);
    expect(new Set(await called()).size).toBe(20);
  });

  it('refuses more than twenty apps with their number', async () => {
    const names = Array.from({ length: 21 }, (_, n) => `App ${n}`);
    await start(names);

    const text = await say(`check isaiah in ${names.join(', ')}, App 20`);

    expect(text).toContain('Your line names 21 apps. Usher checks up to 20 at once.');
  });

  it('answers within its time where Graph is silent about one of them', async () => {
    await start([], systemClock);
    const jobs = new RegExp(`${apps.serviceNow.id}/synchronization/jobs$`);
    for (let times = 0; times < 5; times += 1) teams.sandbox.failNext(jobs, { kind: 'silence' });

    const text = await say('check isaiah in Salesforce, ServiceNow');

    expect(text).toMatch(/Salesforce\n.*nothing is provisioned yet/);
    expect(text).toMatch(/ServiceNow\n.*Not checked/);
  });
});
