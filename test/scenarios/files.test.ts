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
