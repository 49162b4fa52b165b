import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;
let storage: Server;
let content: Buffer;

beforeEach(async () => {
  storage = createServer((_request, response) => {
    response.writeHead(200);
    response.end(content);
  });
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

/** Drops a file into the chat together with a line. */
async function drop(line: string, address?: string) {
  const { port } = storage.address() as AddressInfo;
  const downloadUrl = address ?? `http://127.0.0.1:${port}/people.csv`;
  const file = {
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    name: 'people.csv',
    content: { downloadUrl, fileType: 'csv' },
  };
  await teams.send({ ...teams.message('alex', line), attachments: [file] });
  await teams.settled();
  return teams.lastCard();
}

const line = 'provision users to Salesforce';

describe('a file of people', () => {
  it('is read like a list that was typed, and the card names its bad rows', async () => {
    content = Buffer.from(
      'displayName,userPrincipalName\nIsaiah,isaiah@contoso.com\nEvil,=cmd()\nAdele,adele@contoso.com\n',
    );

    const card = await drop(line);

    expect(teams.sandbox.stats().calls).toBe(2);
    expect(card.text).toContain('Row 3');
  });

  it('may come in UTF-16, as spreadsheets save it', async () => {
    content = Buffer.from('\uFEFFuserPrincipalName\r\nisaiah@contoso.com\r\n', 'utf16le');

    const card = await drop(line);

    expect(card.text).toContain('Isaiah Langer');
  });

  it.each([
    ['has no such column', 'name,city\nIsaiah,Oslo\n', /name/],
    [
      'has ten thousand rows',
      `userPrincipalName\n${Array.from({ length: 10_000 }, (_, row) => `p${row}@contoso.com`).join('\n')}`,
      /10,?000/,
    ],
    ['is larger than a megabyte', 'x'.repeat(1_200_000), /1 MB|megabyte/i],
    ['is a picture', '\u0000\u0001\u0002PNG', /CSV|read/],
    ['has a header alone', 'userPrincipalName\n', /empty|nobody|no people|list/i],
  ])('that %s gets a clear answer, and nothing runs', async (_name, text, words) => {
    content = Buffer.from(text);

    const card = await drop(line);

    expect(card.text).toMatch(words);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('outside the storage of the tenant is never fetched', async () => {
    const card = await drop(line, 'https://evil.example/people.csv');

    expect(card.text).toMatch(/OneDrive|SharePoint/);
  });
});

describe('a file whose rows name their apps', () => {
  it('makes each account in the app of its row, with no app in the line', async () => {
    content = Buffer.from(
      'userPrincipalName,app\nisaiah@contoso.com,Salesforce\nadele@contoso.com,GitHub Enterprise\nISAIAH@contoso.com,"ServiceNow, GitHub Enterprise"\n',
    );

    const card = await drop('provision users');

    expect(card.text).toContain('4 accounts: 4 done');
    expect(card.text).toContain('2 people in Salesforce, GitHub Enterprise, and ServiceNow');
    expect(teams.sandbox.stats().calls).toBe(4);
  });

  it('asks first where rows name no app, an unknown one, or one that takes no call, and says which', async () => {
    content = Buffer.from(
      'upn,app\nisaiah@contoso.com,Salesforce\nadele@contoso.com,\nlee.gu@contoso.com,Salesforec\nmegan@contoso.com,Zscaler\n',
    );

    const card = await drop('provision users');
    const before = teams.sandbox.stats().calls;
    await teams.press('alex', card, 'Provision 1 person');
    await teams.settled();

    expect(card.text).toContain('Provision 1 person to Salesforce?');
    expect(card.text).toMatch(/Row 3 of the file\n.*Names no app/);
    expect(card.text).toMatch(/Salesforec · 1 row\n.*No app by that name was found\. Did you mean Salesforce\?/);
    expect(card.text).toMatch(/Zscaler · 1 row\n.*quarantine/);
    expect([before, teams.sandbox.stats().calls]).toEqual([0, 1]);
  });

  it('asks first where a row has more cells than the header, and says which', async () => {
    content = Buffer.from('upn,app\nisaiah@contoso.com,Salesforce\nadele@contoso.com,Salesforce,ServiceNow\n');

    const card = await drop('provision users');

    expect(card.text).toContain('Row 3 of the file, which has more cells than the header');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('takes the app of the line for a row without one, and asks where a row names another', async () => {
    content = Buffer.from('upn,app\nisaiah@contoso.com,ServiceNow\nadele@contoso.com,\n');

    const card = await drop('provision users to Salesforce');
    const before = teams.sandbox.stats().calls;
    await teams.press('alex', card, 'Provision 2 accounts');
    await teams.settled();

    expect(card.text).toContain('2 people to ServiceNow and Salesforce, in 2 calls');
    expect(before).toBe(0);
    expect(teams.lastCard().text).toContain('2 accounts: 2 done');
  });

  it('is read as one list where every row names the app of the line', async () => {
    content = Buffer.from('upn,app\nisaiah@contoso.com,Salesforce\nadele@contoso.com,Salesforce\n');

    const card = await drop('provision users to Salesforce');

    expect(card.text).toContain('2 people: 2 done');
  });

  it('makes one account for a row that is there twice', async () => {
    content = Buffer.from('upn,app\nisaiah@contoso.com,Salesforce\nisaiah@contoso.com,salesforce\n');

    await drop('provision users');

    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('needs a line that says what to do', async () => {
    content = Buffer.from('upn,app\nisaiah@contoso.com,Salesforce\n');

    await drop('hello');

    expect(teams.sandbox.stats().calls).toBe(0);
  });
});
