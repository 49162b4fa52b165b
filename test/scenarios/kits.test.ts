import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type ShownCard, type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

const gone = '5eed0000-0000-4000-8000-0000000009ff';
const odd = 'Customer Care, Tier 1 and 2';
const content = {
  apps: [{ app: 'Salesforce', aliases: ['sf'] }],
  kits: [
    { kit: 'Sales', aliases: ['sales starter'], apps: ['sf', 'ServiceNow', 'GitHub Enterprise'] },
    { kit: odd, apps: ['Zscaler', 'Payroll', gone, 'DocuSign', apps.salesforce.id] },
  ],
};

let folder: string;
let teams: TestUsher;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-kits-'));
});
afterEach(async () => {
  await teams.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(file: unknown = content): Promise<void> {
  const path = join(folder, 'apps.json');
  writeFileSync(path, JSON.stringify(file));
  teams = await startTestUsher({ environment: { APPS_FILE: path } });
}
async function ask(line: string, person: Somebody & string = 'alex'): Promise<ShownCard> {
  await teams.say(person, line);
  await teams.settled();
  return teams.lastCard(`personal-${person}`);
}
const answerOf = async (path: string) => (await fetch(teams.endpoint.replace('/api/messages', path))).text();

it('kits shows each kit with its apps and what is wrong with them, to all who may see apps', async () => {
  await start();

  for (const person of ['alex', 'megan', 'patti', 'lynne'] as const) {
    const { text, summary } = await ask('kits', person);
    expect(text).toBe(
      [
        'Kits',
        'Select a kit to see its apps.',
        '✓  Sales  3 apps',
        '   Also: sales starter',
        '   Salesforce, ServiceNow, and GitHub Enterprise',
        `✗  ${odd}  5 apps`,
        `   Zscaler, Payroll, ${gone}, DocuSign, and Salesforce`,
        '   Zscaler: In quarantine',
        '   Payroll: Not set up',
        '   5eed0000-0000-4000-8000-0000000009ff: No longer in Entra ID',
        '   And 1 more.',
      ].join('\n'),
    );
    expect(summary).toMatch(/^2 kits: Sales and Customer Care, Tier 1 and 2 · Zscaler: In quarantine · /);
  }
  expect((await ask('kits', 'johanna')).text).toContain('no role');
});

it('kits and a name shows one, by its name or alias in any case, each app with its state', async () => {
  await start();
  const sales = [
    'Kit: Sales',
    'Also: sales starter',
    'Select an app to see the state of its provisioning.',
    '✓  Salesforce  Healthy',
    '✓  ServiceNow  Healthy',
    '✓  GitHub Enterprise  Healthy',
    '',
    '[List kits]',
  ].join('\n');

  for (const line of ['kits sales', 'kits the SALES Kit', 'kits Sales  Starter', 'what is in the sales kit?'])
    expect((await ask(line)).text).toBe(sales);
  const care = await ask(`kits ${odd.toUpperCase()}`);

  expect(care.text).toBe(
    [
      `Kit: ${odd}`,
      '2 apps of this kit need to be corrected in APPS_FILE. Ask your Usher administrator.',
      'Select an app to see the state of its provisioning.',
      '✗  Zscaler  In quarantine',
      '–  Payroll  Not set up',
      `✗  ${gone}  No longer in Entra ID`,
      '✗  DocuSign  Name not unique',
      '✓  Salesforce  Healthy',
      '',
      '[List kits]',
    ].join('\n'),
  );
});

it('a row opens the kit, and a row of that the app', async () => {
  await start();
  const list = await ask('kits');
  const rowsOf = ({ content }: ShownCard) =>
    JSON.stringify(content)
      .match(/"text":"(?:kits|status) [^}]*?"(?=,"msteams")/g)
      ?.map((found) => (JSON.parse(`{${found}}`) as { text: string }).text);
  const opened = rowsOf(list) ?? [];

  const care = await ask(opened[1] ?? '');

  expect(opened).toEqual(['kits Sales', `kits "${odd}"`]);
  expect(care.text).toContain(`Kit: ${odd}`);
  expect(rowsOf(care)).toEqual(['status Zscaler', 'status Payroll', 'status Salesforce']);
});

it('kits and a name says who may request it, who approves it, and that it needs a ticket', async () => {
  const unknown = '5eed0000-0000-4000-8000-0000000009fe';
  const terms = { ask: [groups.salesTeam.id, people.megan.id], approvers: [groups.appApprovers.id, unknown] };
  await start({ kits: [{ kit: 'Sales', apps: ['Salesforce'], ...terms, ticket: 'required' }] });

  const { text } = await ask('kits sales', 'lynne');

  expect(text).toContain(
    [
      'Kit: Sales',
      'Who may request it: Sales Team and Megan Bowen',
      `Who approves it: App Approvers and ${unknown}`,
      'A request needs a ticket number.',
      'Select an app',
    ].join('\n'),
  );
});

it('an unknown name shows the kit with a similar one, or all of them', async () => {
  await start();

  const near = await ask('kits salse');
  const unknown = await ask('kits finance');

  expect(near.text).toMatch(/^No kit is called “salse”\nA kit has a similar name\. .*\n✓ {2}Sales {2}3 apps\n/);
  expect(near.text).toContain('[List kits]');
  expect(near.text).not.toContain(odd);
  expect(near.summary).toBe('No kit is called “salse”. Did you mean Sales?');
  expect(unknown.text).toMatch(/^No kit is called “finance”\nSelect one of these/);
  expect(unknown.text).toContain(odd);
});

it('an installation without kits tells an operator how to add one, and others that there are none', async () => {
  await start(content.apps);

  expect((await ask('kits')).text).toBe(
    'Kits\nThere are no kits. To add one, list its apps under “kits” in the file that APPS_FILE names, and restart Usher.',
  );
  expect((await ask('kits sales', 'megan')).text).toBe('No kit is called “sales”\nThere are no kits.');
});

it('a disabled app, and one whose state could not be read, is told in the row', async () => {
  await start({ kits: [{ kit: 'Design', apps: ['Figma', 'Miro', 'Concur'] }] });
  teams.sandbox.failNext(new RegExp(`${apps.concur.id}/synchronization`), { kind: 'status', status: 403 });

  const { text } = await ask('kits');

  expect(text).toBe(
    [
      'Kits',
      'Select a kit to see its apps.',
      '!  Design  3 apps',
      '   Figma, Miro, and Concur',
      '   Miro: App disabled',
      '   Concur: Could not be read',
    ].join('\n'),
  );
});

it('an app of a kit that leads nowhere is told in the log once, and in /readyz, and stops nothing else', async () => {
  await start();
  await ask('kits');
  await ask('kits');

  const broken = teams.logLines.filter(({ code }) => code === 'kits_broken');
  expect(broken).toHaveLength(1);
  expect(broken[0]).toMatchObject({
    apps: [
      { kit: odd, app: gone, kind: 'gone' },
      { kit: odd, app: 'DocuSign', kind: 'several' },
    ],
  });
  expect(JSON.parse(await answerOf('/readyz'))).toMatchObject({
    status: 'ready',
    appsFile: [`${odd} (kit): ${gone}: gone`, `${odd} (kit): DocuSign: several`],
  });
  expect(await answerOf('/metrics')).toContain('usher_apps_file_broken_entries 0');
  expect((await ask('provision adele to Salesforce')).text).toContain('up to date');
});

/** To which apps Graph was asked to provision whom, in no order. */
async function called(): Promise<readonly string[]> {
  const sent = (await teams.records()).filter(({ kind }) => kind === 'sent');
  return sent.map(({ details }) => `${details.app} ${details.subject}`).toSorted();
}

it.each([
  'provision isaiah to the Sales kit',
  'provision the Sales kit for isaiah',
  'provision SALES STARTER kit for isaiah@contoso.com',
  'provision isaiah to sales starter',
])('a kit equals its apps: %s', async (line) => {
  await start();
  await ask('provision isaiah to Salesforce, ServiceNow and GitHub Enterprise');
  const byName = await called();
  await teams.close();
  await start();

  const { text } = await ask(line);

  expect(byName).toHaveLength(3);
  expect(await called()).toEqual(byName);
  expect(text).toContain('Isaiah Langer in Salesforce, ServiceNow, and GitHub Enterprise');
});

it('a kit is provisioned for several people, and beside other apps', async () => {
  await start();

  const forTwo = await ask('provision the Sales kit for isaiah and adele');
  const beside = await ask('provision isaiah to Concur and the Sales kit');

  expect(forTwo.text).toContain('6 accounts: 6 done');
  expect(beside.text).toContain('4 accounts: 4 done');
});

it('a kit whose name is typed alone is only offered, since it may mean anything', async () => {
  await start();

  const { text } = await ask('provision isaiah to sales');

  expect(text).toContain('provision user isaiah to "the Sales kit"');
  expect(teams.sandbox.stats().calls).toBe(0);
});

it('a kit whose name holds marks and an app that takes no call asks first, and says which apps are left out', async () => {
  await start();

  const asking = await ask(`provision isaiah to the ${odd} kit`);

  expect(asking.text).toContain('Provision 1 person to Salesforce?');
  expect(asking.text).toMatch(/Zscaler\n.*quarantine/);
  expect(asking.text).toMatch(/Payroll\n.*not set up/);
  expect(teams.sandbox.stats().calls).toBe(0);
  await teams.press('alex', asking, 'Provision 1 person');
  await teams.settled();
  expect(teams.sandbox.stats().calls).toBe(1);
});

it('a kit with a similar name is offered, and one that is nowhere is said', async () => {
  await start();

  expect((await ask('provision the Slaes kit for isaiah')).text).toContain('provision user isaiah to "the Sales kit"');
  expect((await ask('provision isaiah to the Slaes kit')).text).toContain('provision user isaiah to "the Sales kit"');
  expect((await ask('provision the Marketing kit for isaiah')).text).toContain('Kit not found');
  expect((await ask('provision isaiah to the Marketing kit')).text).toContain('Kit not found');
  expect(teams.sandbox.stats().calls).toBe(0);
});

it('a kit none of whose apps is there does nothing, and says so', async () => {
  await start({ apps: [], kits: [{ kit: 'Ghosts', apps: [gone] }] });

  const { text } = await ask('provision isaiah to the Ghosts kit');

  expect(text).toContain('No app of this kit is there');
});

it('a person called Kit is a person', async () => {
  await start();
  const kit = { displayName: 'Sales Kit', givenName: 'Sales', surname: 'Kit' };
  teams.sandbox.tenant.changePerson(people.isaiah.id, kit);

  const { text } = await ask('provision Adele Kit for Salesforce');

  expect(text).not.toContain('Kit not found');
});

it('a kit is asked for in one request by those who may only request access', async () => {
  await start();

  await ask('whoami');
  const { text } = await ask('request the Sales kit for isaiah because he joins Sales', 'megan');

  expect(text).toContain('Isaiah Langer → Salesforce, ServiceNow, and GitHub Enterprise');
  expect(text).toContain('he joins Sales');
});

it('a check in a kit has a row for each of its apps, also for those that lead to none or to several', async () => {
  await start();

  const { text, buttons } = await ask(`check isaiah in the ${odd} kit`);
  const sales = await ask('check isaiah in the Sales kit', 'lynne');

  expect(text).toMatch(/Zscaler\n.*in quarantine/);
  expect(text).toMatch(/Payroll\n.*not set up/);
  for (const name of [gone, 'DocuSign'])
    expect(text).toContain(`${name}\n   Not checked: Entra ID has no such app, or several`);
  expect(buttons.map(({ title }) => title)).toEqual(expect.arrayContaining(['Provision to Salesforce', 'Look again']));
  expect(sales.text).toContain('Isaiah Langer in Salesforce, ServiceNow, and GitHub Enterprise');
  expect(sales.buttons.map(({ title }) => title)).not.toContainEqual(expect.stringMatching(/^Provision/));
});

it('a check in a kit of which one app is left says so of the others', async () => {
  await start({ apps: [], kits: [{ kit: 'Small', apps: ['Salesforce', gone] }] });

  const { text } = await ask('check isaiah in the Small kit');

  expect(text).toContain('Isaiah Langer in Salesforce');
  expect(text).toContain(`${gone}\n   Not checked`);
});

it.each(['check the Sales kit for isaiah', 'check sales starter kit for isaiah@contoso.com'])(
  'a check names the kit first, too: %s',
  async (line) => {
    await start();
    const inKit = await ask('check isaiah in the Sales kit');

    const { text, buttons } = await ask(line);

    expect(text).toBe(inKit.text);
    expect(buttons.map(({ title }) => title)).toEqual(inKit.buttons.map(({ title }) => title));
  },
);

it('a check names a similar kit, none, or a person called Kit', async () => {
  await start();

  const near = await ask('check the slaes kit for isaiah');
  const none = await ask('check the marketing kit for isaiah');
  const person = await ask('check Lee Kit for Salesforce');

  expect(near.buttons.map(({ data }) => JSON.stringify(data))).toEqual([
    expect.stringContaining('check isaiah in \\"the Sales kit\\"'),
  ]);
  expect(none.text).toContain('Kit not found');
  expect(person.text).toContain('nobody named “Lee Kit”');
});

it('a line in which the grammar finds no command is offered with its kit, and nothing is done', async () => {
  await start();

  const given = await ask('isaiah and lee gu need the sales kit');
  const asked = await ask('isaiah needs the sales kit', 'megan');
  await teams.press('megan', asked, 'Yes, do it');
  await teams.settled();

  expect(given.text).toContain('provision users isaiah, lee gu to "the Sales kit"');
  expect(asked.text).toContain('request access for isaiah to "the Sales kit"');
  expect(teams.lastCard('personal-megan').text).not.toContain('Left out');
  expect(teams.sandbox.stats().calls).toBe(0);
});
