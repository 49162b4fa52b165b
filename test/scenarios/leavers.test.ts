import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { oddlyNamed, people } from '../../src/sandbox/tenant/people.ts';
import { auditRecord } from '../../src/sandbox/tenant/provisioning/audit-record.ts';
import { provisionPerson } from '../../src/sandbox/tenant/provisioning/provision-person.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let tenant: Tenant;
let storage: Server;
let content: string;
let teams: TestUsher;

beforeEach(async () => {
  tenant = createTenant({});
  storage = createServer((_request, response) => response.end(content));
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await teams.close();
  storage.closeAllConnections();
  storage.close();
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
    usherOptions: { isFileAllowed: (address) => address.startsWith('http://127.0.0.1:') },
    sandboxOptions: { tenant },
  });
}

/** What Alex is told, and that nothing has been done for it. */
async function answerTo(line: string): Promise<string> {
  await teams.say('alex', line);
  await teams.settled();
  return untouched();
}

/** The same for a line that comes with a file. */
async function answerToFile(line: string, text: string): Promise<string> {
  content = text;
  const { port } = storage.address() as AddressInfo;
  const file = {
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    name: 'leavers.csv',
    content: { downloadUrl: `http://127.0.0.1:${port}/leavers.csv`, fileType: 'csv' },
  };
  await teams.send({ ...teams.message('alex', line), attachments: [file] });
  await teams.settled();
  return untouched();
}

/** Graph answers so to all repetitions of these calls. */
function fail(calls: RegExp, status: number): void {
  for (let count = 0; count < 20; count += 1) teams.sandbox.failNext(calls, { kind: 'status', status });
}

function untouched(): string {
  expect(teams.sandbox.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  expect(teams.sandbox.stats().calls).toBe(0);
  const card = teams.lastCard('personal-alex');
  return `${card.text}\n${JSON.stringify(card.content)}\nbuttons: ${card.buttons.map(({ title }) => title).join(', ')}`;
}

describe('a person who is deleted in Entra', () => {
  beforeEach(() => tenant.deletePerson(people.isaiah.id));

  it.each([
    ['remove isaiah@contoso.com from Salesforce', /cycle of Salesforce, which runs every 40 min, .*The next cycle/],
    ['remove Isaiah Langer from Payroll', /not set up for Payroll, so an administrator of Payroll/],
    ['remove isaiah@contoso.com from Zscaler', /Zscaler is in quarantine, so no cycle/],
    [
      'remove isaiah@contoso.com from Salesforce and Payroll',
      /Salesforce: a cycle every 40 min.*Payroll: provisioning/s,
    ],
    ['check isaiah@contoso.com in Salesforce', /cycle of Salesforce, which runs every 40 min/],
    ['offboard isaiah@contoso.com', /Usher cannot list the apps of a deleted person/],
  ])('is left to the regular cycles by “%s”, with what they do and a way to look again', async (line, expected) => {
    await start();

    const answer = await answerTo(line);

    expect(answer).toContain('Already deleted in Entra ID');
    expect(answer).toMatch(/Isaiah Langer \(isaiah@contoso\.com\) was deleted in Entra ID \(\d\d:\d\d\)/);
    expect(answer).toMatch(expected);
    expect(answer).toContain('buttons: Look again');
  });

  it('is told of a cycle that never runs', async () => {
    tenant.changeJob(apps.salesforce.id, { health: 'off' });
    await start();

    const answer = await answerTo('remove isaiah@contoso.com from Salesforce');

    expect(answer).toContain('has no regular cycle scheduled, so nothing disables the account there');
  });

  it('is found to be disabled by the provisioning log when one looks again', async () => {
    tenant.restorePerson(people.isaiah.id);
    tenant.unassign(apps.salesforce.id, people.isaiah.id);
    tenant.keepAccount(apps.salesforce.id, people.isaiah.id, { active: true, attributes: {} });
    const report = provisionPerson(tenant, apps.salesforce, people.isaiah, tenant.clock.now());
    tenant.record(auditRecord(apps.salesforce, report));
    tenant.deletePerson(people.isaiah.id);
    await start();

    const one = await answerTo('remove isaiah@contoso.com from Salesforce');
    const all = await answerTo('offboard isaiah@contoso.com');

    expect(one).toContain('The provisioning log says that the account in Salesforce was disabled');
    expect(all).toMatch(/the provisioning log names those below.*Salesforce: a cycle every 40 min/s);
  });

  it('cannot be provisioned, and is named beside the others of a list', async () => {
    await start();

    const alone = await answerTo('provision isaiah@contoso.com to Salesforce');
    const listed = await answerTo('offboard isaiah@contoso.com, adele');

    expect(alone).toContain('deleted people cannot be provisioned');
    expect(listed).toContain('Remove Adele Vance from');
    expect(listed).toContain('Deleted in Entra ID, where on-demand provisioning reaches no one');
  });

  it('is asked for by the user name where several have the name', async () => {
    tenant.changePerson(people.adele.id, { displayName: 'Isaiah Langer' });
    tenant.deletePerson(people.adele.id);
    await start();

    const answer = await answerTo('offboard Isaiah Langer');

    expect(answer).toContain('Several deleted people match');
    expect(answer).toContain('isaiah@contoso.com and adele@contoso.com');
  });

  it('may be anybody’s guess where Usher may not look among deleted people, which it says', async () => {
    await start();
    teams.sandbox.failNext(/deletedItems/, { kind: 'status', status: 403 });

    const answer = await answerTo('offboard zaphod@contoso.com');

    expect(answer).toContain('could not look among the people who are deleted in Entra ID');
  });

  it('is no one to a person who may only see their own people', async () => {
    await start();

    await teams.say('megan', 'request access for isaiah@contoso.com to Salesforce');
    await teams.settled();

    expect(teams.lastCard('personal-megan').text).not.toContain('Deleted');
  });
});

describe('a list of people who leave', () => {
  it.each([
    ['offboard users', 'Remove 2 people from'],
    ['offboard these people', 'Remove 2 people from'],
    ['offboard everyone in the attached file', 'Remove 2 people from'],
    ['remove users from Salesforce', 'Remove 2 people from Salesforce?'],
    ['remove these people from Salesforce and ServiceNow', 'Remove 2 people from Salesforce and ServiceNow?'],
  ])('in a file with “%s” asks first, and names the rows that it leaves out', async (line, title) => {
    await start();

    const answer = await answerToFile(
      line,
      'displayName;userPrincipalName;accountEnabled\nAdele;adele@contoso.com;True;late\nLynne;lynne@contoso.com\nX;=cmd()\nY\nZ;zed@contoso.com\nLynne;lynne@contoso.com\n',
    );

    expect(answer).toContain(title);
    expect(answer).toContain('Row 4');
    expect(answer).toContain('Row 5');
    expect(answer).toContain('zed@contoso.com');
    expect(answer).toContain('One line repeats a person');
  });

  it('adds the people of the line', async () => {
    await start();

    const answer = await answerToFile('remove diego, lynne from GitHub', 'upn\nadele@contoso.com\n');

    expect(answer).toContain('Remove 3 people from GitHub Enterprise?');
  });

  it.each([
    ['remove users', 'upn\nadele@contoso.com\n', /Remove these people from which app\?/],
    ['offboard users', 'upn,app\nadele@contoso.com,Salesforce\n', /cannot remove people row by row/],
    ['offboard users', 'upn,Salesforce,GitHub\nadele@contoso.com,x,\n', /cannot remove people row by row/],
    ['offboard users', 'name\nAdele\n', /userPrincipalName|user principal name/i],
    ['offboard users', `upn\n${'p@contoso.com\n'.repeat(501)}`, /501/],
    ['offboard users', 'upn\n', /list/i],
    ['remove users from Salesforce INC0012345 INC0012346', 'upn\nadele@contoso.com\n', /INC0012345/],
  ])('in a file with “%s” gets a clear answer where it cannot be read: %j', async (line, text, expected) => {
    await start();

    expect(await answerToFile(line, text)).toMatch(expected);
  });

  it.each([
    ['offboard users\nadele@contoso.com\nlynne@contoso.com', 'Remove 2 people from'],
    [
      'offboard\nName\tMail\tManager\nAdele\tadele@contoso.com\tmegan@contoso.com\nL\tlynne@contoso.com\tpatti',
      '2 people',
    ],
    [
      'remove these users from Salesforce:\n| Name | Mail |\n|---|---|\n| A | adele@contoso.com |\n| L | lynne@contoso.com |',
      '2 people',
    ],
    ['remove from Salesforce\nAdele Vance\nLynne Robbins', 'Remove 2 people from Salesforce?'],
    ['remove Adele Vance\nLynne Robbins from Salesforce', 'Remove 2 people from Salesforce?'],
    ['offboard Adele Vance\nLynne Robbins', 'Remove 2 people from'],
  ])('below the line asks first: %j', async (text, title) => {
    await start();

    const answer = await answerTo(text);

    expect(answer).toContain(title);
    expect(answer).not.toContain('Megan Bowen');
  });

  it('is no business of a person who may not remove anyone', async () => {
    await start();

    await teams.say('megan', 'offboard users\nadele@contoso.com\nlynne@contoso.com');
    await teams.settled();

    expect(teams.lastCard('personal-megan').text).toContain('You don’t have permission to do this');
  });
});

describe('an app that cannot be read', () => {
  const jobsOf = ({ id }: { readonly id: string }) => new RegExp(`${id}/synchronization/jobs`);

  it.each([
    [403, 'Microsoft Graph refuses to show this app’s provisioning'],
    [404, 'could not be read just now'],
    [500, 'could not be read just now'],
  ])('by %d keeps no other app of a person who leaves', async (status, reason) => {
    await start();
    fail(jobsOf(apps.serviceNow), status);

    const answer = await answerTo('offboard adele');

    expect(answer).toContain('Remove Adele Vance from Salesforce');
    expect(answer).toMatch(new RegExp(`ServiceNow[^}]*}[^}]*${reason}|ServiceNow\\s+${reason}`));
  });

  it('stops the line only where it is the only one', async () => {
    await start();
    fail(jobsOf(apps.serviceNow), 403);

    const alone = await answerTo('remove adele from ServiceNow');
    const beside = await answerTo('remove adele from ServiceNow and Salesforce');

    expect(alone).not.toContain('Remove Adele Vance');
    expect(beside).toContain('Remove Adele Vance from Salesforce?');
  });

  it('is named with the rule that cannot be read, or the assignments of one of the people', async () => {
    await start();
    fail(new RegExp(`${apps.serviceNow.id}.*/schema`), 500);
    fail(new RegExp(`${people.lynne.id}/appRoleAssignments`), 500);

    const answer = await answerTo('offboard adele, lynne');

    expect(answer).toContain('This app’s provisioning could not be read just now');
    expect(answer).toContain('The app assignments could not be read just now');
  });
});

describe('the deletions that a job allows', () => {
  it.each(['remove adele, isaiah from Salesforce', 'offboard adele, isaiah'])(
    'are shown before “%s”, with how many of them it would use',
    async (line) => {
      tenant.changeJob(apps.salesforce.id, { deletionThreshold: 1 });
      tenant.changeJob(apps.serviceNow.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });
      await start();

      const answer = await answerTo(line);

      expect(answer).toContain('more than 1 account. This removal disables 2 there, which is more.');
      if (line.startsWith('offboard')) expect(answer).toContain('Its provisioning is holding deletions back');
    },
  );
});

describe('a removal that cannot be done is answered with why', () => {
  beforeEach(() => {
    tenant.assign(apps.salesforce.id, oddlyNamed.guestIsaiah.id);
    tenant.changeJob(apps.gitHubEnterprise.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });
  });

  it.each([
    ['remove me from Salesforce', /You cannot remove yourself.*Ask another operator/s],
    ['offboard alex', /You cannot remove yourself/],
    [
      'remove alex, diego from Salesforce',
      /Nothing to remove from Salesforce.*You cannot remove yourself\. Ask another/s,
    ],
    ['remove diego from Salesforce', /Diego Siciliani is not assigned to Salesforce/],
    ['remove adele from Payroll', /Provisioning is not set up for Payroll.*Remove the account in Payroll by hand/s],
    ['remove adele from Contoso AD', /People of Contoso AD come from elsewhere/],
    ['remove adele from Zscaler', /Zscaler is in quarantine/],
    ['remove adele from GitHub', /in quarantine: too many accounts would have been deleted/],
    ['remove Sales Team from Salesforce', /Sales Team is a group/],
    ['remove the sales team group from Salesforce', /Sales Team is a group/],
    ['offboard Sales Team', /Sales Team is a group/],
    ['remove isaiah brook from Salesforce', /Isaiah is a guest/],
    ['remove everyone from Salesforce', /names nobody in particular/],
    ['remove zaphod from Salesforce', /found nobody named “zaphod”/],
    ['remove adele from Xyzzy', /no enterprise application named “Xyzzy”/],
    ['remove adele from Salesforce until Friday', /Usher removes access right away.*buttons: Remove now/s],
    ['offboard adele until further notice', /Usher removes access right away/],
    ['remove adele from all apps', /Remove Adele Vance from Salesforce, ServiceNow, and \d+ other apps\?/],
    ['delete adele from Salesforce', /Did you mean this\?(?!.*Left out)/s],
    ['end everything now', /This needs the ID of a request.*end R7K3MQ now/s],
    ['done by hand', /done by hand R7K3MQ/],
    [
      'remove nestor, zaphod from Salesforce',
      /Nothing to remove.*zaphod.*No one by that name.*Nestor Wilke.*Disabled in Entra ID/s,
    ],
  ])('%s', async (line, expected) => {
    await start();

    expect(await answerTo(line)).toMatch(expected);
  });

  it('names the removal that is under way, whoever asks for another one', async () => {
    await start();
    await answerTo('remove adele from Salesforce');

    const again = await answerTo('remove adele from Salesforce');
    const beside = await answerTo('remove adele, diego from Salesforce');

    expect(again).toMatch(/Request \w{6} already takes Adele Vance out of Salesforce.*buttons: Open/s);
    expect(beside).toMatch(
      /Another request already takes this account away.*Not assigned, so there is nothing to remove/s,
    );
  });
});

describe('an end that cannot be kept is answered with why', () => {
  it.each([
    ['until yesterday', /That end has passed/],
    ['until 1 January 2020', /That end has passed/],
    ['from 2026-12-05 until 2026-12-02', /The end comes before the start|Usher provisions right away/],
    ['until further notice', /names no end/],
    ['forever', /names no end/],
    ['for 0 days', /could not tell from “0 days”/],
  ])('of one person: %s', async (end, expected) => {
    await start();

    expect(await answerTo(`provision adele to Salesforce ${end}`)).toMatch(expected);
    expect(await answerTo(`provision users adele, diego to Salesforce ${end}`)).toMatch(expected);
  });

  it('of a group', async () => {
    await start();

    expect(await answerTo('provision group Sales Team to ServiceNow until Friday')).toMatch(/No end for a group/);
  });
});

describe('what has happened since a removal was asked for', () => {
  it.each<[string, () => void, RegExp]>([
    [
      'a job that holds deletions back',
      () => tenant.changeJob(apps.salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' }),
      /Not removed: the app holds deletions back/,
    ],
    [
      'a person who was disabled',
      () => tenant.changePerson(people.adele.id, { accountEnabled: false }),
      /Not removed: disabled in Entra ID meanwhile/,
    ],
    [
      'a person who was deleted',
      () => tenant.deletePerson(people.adele.id),
      /Not removed: deleted in Entra ID meanwhile/,
    ],
  ])('leaves the assignment alone: %s', async (_what, happen, title) => {
    await start();
    await answerTo('remove adele from Salesforce');
    happen();

    await teams.press('alex', teams.lastCard('personal-alex'), 'Remove from Salesforce');
    await teams.settled();

    const answer = untouched();
    expect(answer).toMatch(title);
    expect(answer).toContain('No call was made.');
    expect(answer).not.toContain('may be gone');
  });
});
