import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { type ShownCard, type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;
let storage: Server;
let content: Buffer;

beforeEach(async () => {
  storage = createServer((_request, response) => response.end(content));
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '150' },
    usherOptions: { isFileAllowed: (address) => address.startsWith('http://127.0.0.1:') },
  });
});
afterEach(async () => {
  await teams.close();
  storage.closeAllConnections();
  storage.close();
});

async function ask(text: string, person: Somebody & string = 'alex'): Promise<ShownCard> {
  await teams.say(person, text);
  await teams.settled();
  return teams.lastCard(`personal-${person}`);
}

async function drop(line: string, text: string): Promise<ShownCard> {
  content = Buffer.from(text);
  const { port } = storage.address() as AddressInfo;
  const file = {
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    name: 'people.csv',
    content: { downloadUrl: `http://127.0.0.1:${port}/people.csv`, fileType: 'csv' },
  };
  await teams.send({ ...teams.message('alex', line), attachments: [file] });
  await teams.settled();
  return teams.lastCard();
}

async function confirm(card: ShownCard, button: string): Promise<readonly string[]> {
  await teams.press('alex', card, button);
  await teams.settled();
  return called();
}

/** All texts of a card, those included that a button shows. */
const textsOf = ({ content }: ShownCard) =>
  [...JSON.stringify(content).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join('\n');

/** To which apps Graph was asked to provision whom. */
async function called(): Promise<readonly string[]> {
  const sent = (await teams.records()).filter(({ kind }) => kind === 'sent');
  return sent.map(({ details }) => `${String(details.app)} ${String(details.subject)}`).toSorted();
}

const across = 'Salesforce\tServiceNow\tGitHub Enterprise\nisaiah@contoso.com\tx\t\tYes\nAdele Vance\t1\t✓\tno';

describe('a pasted table with the apps across', () => {
  it.each([
    ['alone', `provision\n\t${across}`],
    ['these', `provision these\nuser\t${across}`],
    ['users, politely and with a ticket', `please provision users INC0012345\nName\t${across}\n\nThanks,\nAlex`],
    ['with commas', `provision\nuser,sf,snow,gh\nisaiah@contoso.com,TRUE,,x\n"Adele Vance",✔️,✅,-`],
    ['with semicolons', 'provision\n;Salesforce;ServiceNow;GitHub\nisaiah;x;;x\nadele;x;x;'],
    [
      'as Markdown',
      'provision\n|  | Salesforce | ServiceNow | GitHub |\n|---|:-:|---|---|\n| isaiah | x | | x |\n| adele | x | x | |',
    ],
    [
      'as HTML',
      'provision<table><tr><td></td><td>Salesforce</td><td>ServiceNow</td><td>GitHub</td></tr><tr><td>isaiah</td><td>x</td><td></td><td>x</td></tr><tr><td>adele</td><td>x</td><td>x</td><td></td></tr></table>',
    ],
  ])('asks first, and then makes the account of each mark: %s', async (_how, text) => {
    const card = await ask(text);
    const before = teams.sandbox.stats().calls;
    const made = await confirm(card, 'Provision 4 accounts');

    expect(card.text).toContain('4 calls');
    expect(card.text).not.toContain('Left out');
    expect(before).toBe(0);
    expect(made).toHaveLength(4);
    expect(new Set(made.map((one) => one.split(' ')[1])).size).toBe(2);
    expect(teams.lastCard().text).toContain('4 accounts: 4 done');
  });

  it('tells row by row what is left out, and every column that is no app', async () => {
    const card = await ask(
      [
        'provision',
        'Name,Salesforce,Salesforec,Department,Zscaler',
        'isaiah,x,,Sales,',
        'adele,perhaps,x,Sales,x',
        'megan,x,,Sales,,x',
        ',x,,Sales,',
        'lee gu',
        '=cmd(),x,,,',
      ].join('\n'),
    );
    const made = await confirm(card, 'Provision 1 person');

    for (const text of [
      /Row 4 of the table, which has more cells than the header\n.*Not understood/,
      /Row 5 of the table\n.*Not understood/,
      /Row 6 of the table\n.*Names no app/,
      /Row 7 of the table\n.*Not understood/,
      /Column “Department” of the table\n.*Not understood/,
      /“perhaps” under “Salesforce” in row 3 of the table\n.*Not understood/,
      /Salesforec · 1 row\n.*Did you mean Salesforce\?/,
      /Zscaler · 1 row\n.*quarantine/,
    ])
      expect(textsOf(card)).toMatch(text);
    expect(card.text).toContain('Provision 1 person to Salesforce?');
    expect(made).toHaveLength(1);
  });

  it('makes one account of an app and a person that are there twice', async () => {
    const card = await ask('provision\nuser\tSalesforce\tsf\tServiceNow\nisaiah\tx\tx\t\nISAIAH@contoso.com\tx\t\tx');
    const made = await confirm(card, 'Provision 2 accounts');

    expect(made).toHaveLength(2);
  });

  it('of one mark asks as well', async () => {
    const card = await ask('provision\n\tSalesforce\nisaiah\tx');

    expect(card.text).toContain('Provision 1 person to Salesforce?');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('names a kit over a column', async () => {
    const card = await ask('provision\nuser\tthe Sales kit\nisaiah\tx');

    expect(card.text).toContain('3 calls');
  });

  it('finds people by names with commas, in quotes', async () => {
    const card = await ask('provision\nemail,name,Salesforce\nisaiah@contoso.com,"Langer, Isaiah",x');
    const made = await confirm(card, 'Provision 1 person');

    expect(card.text).not.toContain('Left out');
    expect(made).toHaveLength(1);
  });
});

describe('a pasted table with a column of apps', () => {
  it('provisions each row to its apps, and tells the rows without', async () => {
    const card = await ask(
      'provision these\nupn\tmanager\tapps\nisaiah@contoso.com\tMegan\tSalesforce, ServiceNow\nadele@contoso.com\tMegan\nlee.gu@contoso.com\tMegan\tSalesforce\tGitHub',
    );
    const made = await confirm(card, 'Provision 2 accounts');

    expect(card.text).toMatch(/Row 3 of the table\n.*Names no app/);
    expect(card.text).toMatch(/Row 4 of the table, which has more cells than the header/);
    expect(made).toHaveLength(2);
  });

  it('is the same with commas and quotes', async () => {
    const card = await ask('provision\nuser,application\nisaiah,"Salesforce, GitHub Enterprise"\nadele,ServiceNow');

    expect(await confirm(card, 'Provision 3 accounts')).toHaveLength(3);
  });
});

describe('a pasted table', () => {
  it('has at most 500 people', async () => {
    const rows = Array.from({ length: 501 }, (_, n) => `p${n}@contoso.com\tx`);

    const { text } = await ask(`provision\nuser\tSalesforce\n${rows.join('\n')}`);

    expect(text).toContain('501 people');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('makes 2,500 calls at most', async () => {
    await teams.close();
    const tenant = createTenant({ seasonal: 500 });
    const sandbox = await startSandboxGraph({ host: '127.0.0.1', port: 0, latencyMs: 0, tenant });
    teams = await startTestUsher({ sandbox });
    const five = ['Salesforce', 'ServiceNow', 'GitHub Enterprise', 'Concur', 'Figma'];
    const tableOf = (...apps: readonly string[]) =>
      [
        'provision',
        ['user', ...apps].join('\t'),
        ...seasonalPeople(500).map(({ userPrincipalName }) => [userPrincipalName, ...apps.map(() => 'x')].join('\t')),
      ].join('\n');

    const most = await ask(tableOf(...five));
    const more = await ask(tableOf(...five, 'Atlassian Cloud'));

    await sandbox.close();
    expect(most.text).toContain('in 2,500 calls');
    expect(more.text).toContain('Too many');
    expect(more.text).toContain('3,000');
  });

  it('is for operators: a requester asks one by one, and a viewer is refused', async () => {
    const table = 'provision\nuser\tSalesforce\nisaiah\tx';

    expect((await ask(table, 'megan')).text).toMatch(/one (person|by one|at a time)/i);
    expect((await ask(table, 'lynne')).text).toContain('permission');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it.each([
    ['a list without a header', 'provision users\nisaiah@contoso.com, Salesforce\nadele@contoso.com, Salesforce'],
    ['a table without a mark', 'provision users\nuser\tmanager\nisaiah\tmegan'],
    ['a line that names the app', 'provision users to Salesforce\nuser\tBox\nisaiah\tx'],
  ])('is not seen in %s', async (_what, text) => {
    const { text: shown } = await ask(text);

    expect(shown).not.toContain('of the table');
  });

  it('says which tickets a line names, if more than one', async () => {
    const { text } = await ask('provision users INC0012345 INC0012346\nuser\tSalesforce\nisaiah\tx');

    expect(text).toContain('INC0012345 and INC0012346');
  });
});

describe('a file with the apps across', () => {
  it('is read like a pasted table', async () => {
    const card = await drop(
      'provision users',
      'userPrincipalName,Salesforce,ServiceNow\nisaiah@contoso.com,x,x\nadele@contoso.com,,TRUE\n',
    );
    const made = await confirm(card, 'Provision 3 accounts');

    expect(made).toHaveLength(3);
  });

  it('is a list of people where the line names the app', async () => {
    const card = await drop('provision users to Concur', 'userPrincipalName,Salesforce\nisaiah@contoso.com,x\n');

    expect(card.text).toContain('Isaiah Langer in Concur');
  });
});
