import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { type AuditLine, exportAuditLog } from '../../src/features/checks/history/audit-lines.ts';
import { csvOf } from '../../src/features/checks/history/texts.ts';
import { generatedPeople } from '../../src/sandbox/tenant/people.ts';
import {
  gateEnvironment,
  type Place,
  type ShownCard,
  type Somebody,
  startTestUsher,
  type TestUsher,
} from '../support/usher.ts';

jest.setTimeout(30_000);

const entries = [
  { app: 'Salesforce', ticket: 'required', ticketUrl: 'https://contoso.service-now.com/nav?id={ticket}' },
  { app: 'GitHub Enterprise', ticketProjects: ['DEV'], ticketUrl: 'https://contoso.example/browse/{ticket}' },
];
const kit = { kit: 'Sales', apps: ['Salesforce', 'ServiceNow'] };
const strict = {
  ...{ kit: 'Dev', apps: ['ServiceNow', 'GitHub Enterprise'] },
  ...{ ticket: 'required', ticketUrl: 'https://contoso.example/kits/{ticket}' },
};
const link = '[INC0012345](https://contoso.service-now.com/nav?id=INC0012345)';

const wideGate = { limit: 50, windowMs: 100, guardMs: 150 };

let folder: string;
let teams: TestUsher;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-tickets-'));
  await start();
});
afterEach(async () => {
  await teams.close();
  rmSync(folder, { recursive: true });
});

async function start(environment: Readonly<Record<string, string>> = {}) {
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify({ apps: entries, kits: [kit, strict] }));
  const usherOptions = { isFileAllowed: (address: string) => address.startsWith('http://127.0.0.1:') };
  teams = await startTestUsher({
    usherOptions,
    environment: { APPS_FILE: file, ...gateEnvironment(wideGate), ...environment },
  });
}

async function says(who: Somebody, line: string, place?: Place): Promise<ShownCard> {
  await teams.say(who, line, place);
  await teams.settled();
  return teams.lastCard(place?.conversationId ?? `personal-${String(who)}`);
}

async function gives(who: Somebody, card: ShownCard, ticket: string): Promise<ShownCard> {
  await teams.press(who, card, 'Continue', { ticket });
  await teams.settled();
  return teams.cardsFor(card.conversationId).find(({ id }) => id === card.id) ?? card;
}

const asked = async () => (await teams.records()).filter(({ kind }) => kind === 'asked' || kind === 'accessAsked');
const isAsking = ({ text }: ShownCard) => text.includes('Which ticket is this for?');

describe('a ticket number in a line', () => {
  it.each([
    'provision isaiah to salesforce INC0012345',
    'INC0012345: please provision isaiah to salesforce',
    'provision isaiah (inc0012345) to salesforce',
    'provision isaiah to salesforce for ticket INC0012345, thanks',
  ])('is kept with the request and shown as a link: %s', async (line) => {
    const card = await says('alex', line);

    expect(card.text).toContain('Isaiah Langer in Salesforce');
    expect(card.text).toContain(`Ticket ${link}`);
    expect(await asked()).toMatchObject([{ details: { ticket: 'INC0012345' } }]);
  });

  it('is kept with a list, a group, and a form that half a line opens', async () => {
    const list = await says('alex', 'provision users adele@contoso.com, isaiah@contoso.com to salesforce INC0012345');
    const group = await says('alex', 'provision group "Sales Team" to "GitHub Enterprise" dev-7');
    const form = await says('alex', 'provision isaiah INC0000003');
    await teams.press('alex', form, 'Provision', {
      picked: '',
      subject: 'isaiah',
      app: 'ServiceNow',
      ticket: 'INC0000003',
    });
    await teams.settled();

    expect(list.text).toContain(link);
    expect(group.text).toContain('[DEV-7](https://contoso.example/browse/DEV-7)');
    expect(form.text).toContain('[INC0000003]');
    expect(teams.lastCard('personal-alex').text).toContain('Ticket INC0000003');
    expect((await asked()).map(({ details }) => details.ticket)).toEqual(['INC0000003', 'DEV-7', 'INC0012345']);
  });

  it.each(['provision the sales kit for isaiah INC0012345', 'INC0012345: provision isaiah to the sales kit'])(
    'is kept with a kit, however it is named: %s',
    async (line) => {
      const card = await says('alex', line);

      expect(card.text).toContain(link);
      expect(await asked()).toMatchObject([{ details: { ticket: 'INC0012345' } }]);
      expect(teams.sandbox.stats().calls).toBe(2);
    },
  );

  it('goes along when a person or an app has to be picked', async () => {
    const picker = await says('alex', 'provision lee to servicenow INC0012345');
    const [first] = picker.buttons;
    await teams.click('alex', picker.id, first?.data);
    await teams.settled();

    expect(teams.lastCard('personal-alex').text).toContain('Ticket INC0012345');
  });

  it('goes from an access request, its approver and its reason to the provisioning request', async () => {
    await says('alex', 'whoami');
    await says('megan', 'request access for isaiah to Salesforce because INC0012345 says he joins Sales');
    const shown = teams.lastCard('personal-alex');
    const pending = await says('alex', 'pending');
    await teams.execute('alex', shown, 'Approve');
    await teams.settled();
    const history = await says('alex', 'history inc0012345');

    expect(shown.text).toMatch(/Ticket: +\[INC0012345\]/);
    expect(shown.text).toContain('INC0012345 says he joins Sales');
    expect(pending.text).toContain(`Ticket ${link}`);
    const read = teams.cardsFor('personal-megan').map(({ text }) => text);
    expect(read.filter((text) => text.includes(link))).toHaveLength(1);
    expect((await asked()).map(({ kind, details }) => [kind, details.ticket])).toEqual([
      ['asked', 'INC0012345'],
      ['accessAsked', 'INC0012345'],
    ]);
    expect(history.text).toContain('History of INC0012345');
    expect(history.text).toContain(`Ticket ${link}`);
  });

  it('is asked about where the line names two, and nothing is done before', async () => {
    const card = await says('alex', 'INC0012345 provision isaiah to salesforce RITM0000001');
    const none = await asked();
    await teams.press('alex', card, 'provision user isaiah to salesforce RITM0000001');
    await teams.settled();

    expect(card.text).toContain('Your line names INC0012345 and RITM0000001');
    expect(none).toEqual([]);
    expect(await asked()).toMatchObject([{ details: { ticket: 'RITM0000001' } }]);
  });

  it('never reaches the metrics', async () => {
    await says('alex', 'provision isaiah to salesforce INC0012345');

    const metrics = await (await fetch(new URL('/metrics', teams.endpoint))).text();

    expect(metrics).toContain('usher_');
    expect(metrics).not.toContain('INC0012345');
  });
});

describe('a required ticket number that a line lacks', () => {
  it('is asked for in one field, and the line goes on as it was typed', async () => {
    const card = await says('megan', 'request access for isaiah to Salesforce because he joins (team "Alpha")');
    const none = await asked();

    const after = await gives('megan', card, ' ritm0000007 ');

    expect(isAsking(card)).toBe(true);
    expect(card.text).toContain('request access for isaiah to Salesforce because he joins (team "Alpha")');
    expect(none).toEqual([]);
    expect(after.text).toContain('RITM0000007');
    expect(after.text).toContain('he joins (team "Alpha")');
    expect(await asked()).toMatchObject([{ kind: 'accessAsked', details: { ticket: 'RITM0000007' } }]);
  });

  it('is asked for again with what Usher takes, where something else was given', async () => {
    const card = await says('alex', 'provision isaiah to salesforce');

    const again = await gives('alex', card, 'soon');
    const still = await gives('alex', again, '');
    const after = await gives('alex', still, 'CHG0000001');

    expect(again.text).toContain(
      '“soon” is not a ticket number that Usher takes for Salesforce. Type one like INC0012345,',
    );
    expect(isAsking(still)).toBe(true);
    expect(after.text).toContain('Isaiah Langer in Salesforce');
    expect(after.text).toContain('CHG0000001');
    expect(await asked()).toHaveLength(1);
  });

  it('is asked for where the line has one of another app', async () => {
    const card = await says('alex', 'provision isaiah to salesforce DEV-7');

    expect(isAsking(card)).toBe(true);
    expect(card.text).toContain('“DEV-7” is not a ticket number that Usher takes for Salesforce');
    expect(await asked()).toEqual([]);
  });

  it('is no more than asked about where the app needs none and the line has one of another app', async () => {
    const card = await says('alex', 'provision isaiah to servicenow DEV-7');
    const after = await gives('alex', card, '');

    expect(card.text).toContain('“DEV-7” is not a ticket number that Usher takes for ServiceNow');
    expect(card.text).toContain('Leave the field empty to go on without a ticket number.');
    expect(after.text).toContain('Isaiah Langer in ServiceNow');
    expect((await asked()).map(({ details }) => details.ticket)).toEqual([undefined]);
  });

  it('is asked for a form and a list as well, once', async () => {
    const form = await says('alex', 'provision');
    await teams.press('alex', form, 'Provision', { picked: '', subject: 'isaiah', app: 'Salesforce' });
    await teams.settled();
    const ofForm = teams.lastCard('personal-alex');
    await gives('alex', ofForm, 'INC0000001');
    const ofList = await says('alex', 'provision users\nadele@contoso.com\nisaiah@contoso.com\nto salesforce');
    await gives('alex', ofList, 'INC0000002');
    await gives('alex', ofList, 'INC0000002');

    expect([ofForm, ofList].map(isAsking)).toEqual([true, true]);
    expect((await asked()).map(({ details }) => details.ticket)).toEqual(['INC0000002', 'INC0000001']);
  });

  it('is given with the confirmation of a list that has to be confirmed in any case', async () => {
    const people = generatedPeople.slice(0, 12).map(({ userPrincipalName }) => userPrincipalName);
    const held = await says('alex', `provision users ${people.join(', ')} to salesforce`);
    await teams.press('alex', held, 'Provision 12 people', { ticket: '' });
    await teams.settled();
    const refused = teams.lastCard('personal-alex');
    const calls = teams.sandbox.stats().calls;
    await teams.press('alex', held, 'Provision 12 people', { ticket: 'inc0012345' });
    await teams.settled();

    const list = teams.cardsFor('personal-alex').find(({ id }) => id === held.id);
    expect(held.text).toContain('Ticket number');
    expect(refused.text).toContain('Requests for Salesforce need a ticket number');
    expect(calls).toBe(0);
    expect(list?.text).toContain(link);
    expect((await teams.records()).find(({ kind }) => kind === 'confirmed')?.details).toMatchObject({
      ticket: 'INC0012345',
    });
  });

  it('is asked for once for several apps, of which one needs it, and may be of any of them', async () => {
    const card = await says('alex', 'provision isaiah to servicenow, github and salesforce');
    const after = await gives('alex', card, 'dev-7');

    expect(isAsking(card)).toBe(true);
    expect(card.text).toContain('Requests for ServiceNow, GitHub Enterprise, and Salesforce need a ticket number');
    expect(after.text).toContain('[DEV-7](https://contoso.example/browse/DEV-7)');
    expect(await asked()).toMatchObject([{ details: { ticket: 'DEV-7' } }]);
  });

  it('is asked for once for a kit, of whose apps one needs it', async () => {
    const card = await says('alex', 'provision the sales kit for isaiah');
    const after = await gives('alex', card, 'INC0012345');

    expect(isAsking(card)).toBe(true);
    expect(after.text).toContain(link);
    expect(await asked()).toHaveLength(1);
  });

  it.each([
    'provision the dev kit for isaiah',
    'provision isaiah to the Dev kit',
    'provision users isaiah, adele to Concur and the Dev kit',
  ])('is asked for where only the kit needs it, and leads to the page that the kit names: %s', async (line) => {
    const card = await says('alex', line);
    const after = await gives('alex', card, 'INC0012345');
    const byName = await says('alex', 'provision isaiah to ServiceNow and GitHub Enterprise');

    expect(isAsking(card)).toBe(true);
    expect(after.text).toContain('[INC0012345](https://contoso.example/kits/INC0012345)');
    expect(await asked()).toHaveLength(2);
    expect(isAsking(byName)).toBe(false);
  });

  it('is asked for by the confirmation of a list, and leads to the page that the kit names', async () => {
    const people = generatedPeople.slice(0, 6).map(({ userPrincipalName }) => userPrincipalName);

    const card = await says('alex', `provision users ${people.join(', ')} to the Dev kit`);
    await teams.press('alex', card, 'Provision 12 accounts', { ticket: 'INC0012345' });
    await teams.settled();

    expect(teams.lastCard(card.conversationId).text).toContain('[INC0012345](https://contoso.example/kits/INC0012345)');
  });

  it('is needed for every app where the installation says so, but for one whose entry says otherwise', async () => {
    entries.push({ app: 'ServiceNow', ticket: 'optional', ticketUrl: 'https://contoso.example/{ticket}' });
    await teams.close();
    await start({ TICKETS: 'required' });
    entries.pop();

    const gitHub = await says('alex', 'provision isaiah to github');
    const serviceNow = await says('alex', 'provision isaiah to servicenow');

    expect([gitHub, serviceNow].map(isAsking)).toEqual([true, false]);
  });

  it('is asked of a person who may run the line, and of no other', async () => {
    const card = await says('alex', 'provision isaiah to salesforce');
    await says('lynne', 'whoami');
    await teams.press('lynne', card, 'Continue', { ticket: 'INC0012345' });
    await teams.settled();

    expect(teams.lastCard('personal-alex').text).toContain('You don’t have permission to do this');
    expect(await asked()).toEqual([]);
  });
});

describe('a file of people', () => {
  let storage: Server;
  let content: string;
  beforeEach(async () => {
    content = 'userPrincipalName\nisaiah@contoso.com\n=cmd()\n';
    storage = createServer((_request, response) => {
      response.end(content);
    });
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => storage.close(resolve)));

  async function drop(line: string): Promise<ShownCard> {
    const downloadUrl = `http://127.0.0.1:${(storage.address() as AddressInfo).port}/people.csv`;
    const contentType = 'application/vnd.microsoft.teams.file.download.info';
    const file = { contentType, name: 'people.csv', content: { downloadUrl, fileType: 'csv' } };
    await teams.send({ ...teams.message('alex', line), attachments: [file] });
    await teams.settled();
    return teams.lastCard('personal-alex');
  }

  it('has its ticket in the line beside it, and names no second one', async () => {
    const done = await drop('provision users to Salesforce INC0012345');
    const several = await drop('provision users to Salesforce INC0012345 RITM1');

    expect(done.text).toContain(link);
    expect(several.text).toContain('Your line names INC0012345 and RITM1');
    expect(await asked()).toHaveLength(1);
  });

  it('is asked about in a card that has all people of the file, where the line beside it has one of another app', async () => {
    content = 'userPrincipalName\nisaiah@contoso.com\n';
    const card = await drop('provision users adele@contoso.com to Salesforce DEV-7');
    const after = await gives('alex', card, 'INC0012345');

    expect(card.text).toContain('isaiah@contoso.com');
    expect(after.text).toContain(link);
    expect(teams.sandbox.stats().calls).toBe(2);
  });

  it('whose rows name their apps has its ticket in the line, or in the confirmation', async () => {
    content = 'userPrincipalName,app\nisaiah@contoso.com,Salesforce\nadele@contoso.com,ServiceNow\n';
    const done = await drop('provision users INC0012345');
    const held = await drop('provision users');
    await teams.press('alex', held, 'Provision 2 accounts', { ticket: 'CHG0000001' });
    await teams.settled();

    expect(done.text).toContain('INC0012345');
    expect(held.text).toContain('Ticket number');
    expect(teams.cardsFor('personal-alex').find(({ id }) => id === held.id)?.text).toContain('CHG0000001');
    expect(teams.sandbox.stats().calls).toBe(4);
  });

  it('asks for a required one together with its confirmation, and keeps the rows that were not read', async () => {
    const held = await drop('provision users to Salesforce');
    await teams.press('alex', held, 'Provision 1 person', { ticket: 'INC0012345' });
    await teams.settled();

    const list = teams.cardsFor('personal-alex').find(({ id }) => id === held.id);
    expect(held.text).toContain('Ticket number');
    expect(held.text).toContain('Row 3');
    expect(list?.text).toContain(link);
    expect(teams.sandbox.stats().calls).toBe(1);
  });
});

describe('the record', () => {
  it('has the ticket in a column of its own, and can be searched by it', async () => {
    await says('alex', 'provision isaiah to salesforce INC0012345');
    await says('alex', 'provision adele to servicenow');
    const config = { kind: 'sqlite', path: teams.databasePath } as const;
    const database = await openDatabase(config, systemClock);

    const all: string[] = [];
    for await (const piece of csvOf(exportAuditLog(database, { since: null, about: null }))) all.push(piece);
    const about: AuditLine[] = [];
    for await (const line of exportAuditLog(database, { since: null, about: { ticket: 'INC0012345' } }))
      about.push(line);
    await database.close();
    const history = await says('alex', 'history INC0012345');

    expect(all.join('').split('\r\n')[0]).toMatch(/,details,ticket,/);
    expect(new Set(about.map(({ kind }) => kind))).toEqual(new Set(['asked', 'sent', 'finished']));
    expect(new Set(about.map(({ ticket }) => ticket))).toEqual(new Set(['INC0012345']));
    expect(history.text).toContain('Isaiah Langer');
    expect(history.text).not.toContain('Adele Vance');
  });
});
