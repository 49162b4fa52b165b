import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runHistory } from '../../src/print-history.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

/** Possible answers of a tenant's applications, and the texts that no place may hold afterwards. */
const secrets = {
  password: 'Zq7hunter2-7qZ',
  clientSecret: 'Zq7cs8Qabcdefgh0123456789',
  token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJacTcifQ.c2lnbmF0dXJl',
  nationalId: '189-45-6721',
  birthDate: '1987-03-14',
  iban: 'DE89370400440532013000',
  address: '12 Elm Street, Springfield',
  phone: '+49 170 5550123',
  salary: 'Zq7 85,321 EUR',
  ownAttribute: 'Zq7-extension-7qZ',
};
type SecretName = keyof typeof secrets;

const said = [
  `Status 400 from the application. Authorization: Bearer ${secrets.token}`,
  `sent ${JSON.stringify({ userName: 'isaiah@contoso.com', password: secrets.password, birthDate: secrets.birthDate })}`,
  `answered ${JSON.stringify(JSON.stringify({ clientSecret: secrets.clientSecret, addresses: [{ streetAddress: secrets.address }] }))}`,
  `POST https://app.example/?access_token=${secrets.token}&iban=${secrets.iban} with SSN ${secrets.nationalId}`,
  `born on ${secrets.birthDate}, phone ${secrets.phone}, salary: ${secrets.salary}; the value '${secrets.ownAttribute}' of extensionAttribute5 is too long`,
].join('\n');

const attributes: Readonly<Record<string, string>> = {
  unicodePwd: secrets.password,
  'urn:ietf:params:scim:schemas:core:2.0:User:clientSecret': secrets.clientSecret,
  accessToken: secrets.token,
  nationalId: secrets.nationalId,
  birthDate: secrets.birthDate,
  iban: secrets.iban,
  'addresses[type eq "home"].streetAddress': secrets.address,
  'phoneNumbers[type eq "mobile"].value': secrets.phone,
  salary: secrets.salary,
  extensionAttribute5: secrets.ownAttribute,
};

const details = {
  ...attributes,
  userName: 'isaiah@contoso.com',
  manager: { displayName: 'Megan Bowen', nationalId: secrets.nationalId },
  ScopeEvaluationResult: JSON.stringify({ [`Filter.extensionAttribute5 EQUALS '${secrets.ownAttribute}'`]: true }),
};

function reportWith(status: 'Success' | 'Failure' | 'Skipped') {
  return {
    action: 'Create',
    changeId: '11111111-2222-4333-8444-555555555555',
    reportableIdentifier: 'isaiah@contoso.com',
    statusInfo: {
      status,
      errorCode: status === 'Success' ? null : 'EntryConflict',
      reason: said,
      recommendedAction: said,
    },
    provisioningSteps: [
      { name: 'EntryImport', type: 'Import', status: 'Success', description: said, details },
      { name: 'EntrySynchronizationScoping', type: 'Scoping', status: 'Success', description: said, details },
      { name: 'EntryExportAdd', type: 'Export', status, description: said, details },
    ],
    modifiedProperties: [
      { displayName: 'title', oldValue: 'Clerk', newValue: 'Head of Sales' },
      ...Object.entries(attributes).map(([displayName, value]) => ({
        displayName,
        oldValue: value,
        newValue: `${value}.`,
      })),
    ],
    sourceIdentity: { id: people.isaiah.id, type: 'User', displayName: null, details },
    targetIdentity: { id: 'anchor-4711', type: 'User', displayName: null, details },
    sourceSystem: { name: 'Microsoft Entra ID' },
    targetSystem: { name: 'Salesforce' },
  };
}

const shapes = {
  A: (status: 'Success' | 'Failure' | 'Skipped') => ({
    key: JSON.stringify({
      result: status,
      details: status === 'Success' ? {} : { errorCode: 'X', errorMessage: said },
    }),
    value: JSON.stringify(reportWith(status)),
  }),
  B: (status: 'Success' | 'Failure' | 'Skipped') => ({
    key: 'StatusInfo',
    value: JSON.stringify([reportWith(status)]),
  }),
};

const error = { code: 'EncounteredQuarantineException', message: said, tenantActionable: true };
const quarantined = {
  id: 'planted',
  schedule: { state: 'Active', interval: 'PT40M' },
  status: {
    code: 'Quarantine',
    quarantine: { reason: 'EncounteredQuarantineException', currentBegan: '2026-01-01T00:00:00Z', error },
    lastExecution: { state: 'Failed', timeBegan: '2026-01-01T00:00:00Z', timeEnded: '2026-01-01T00:01:00Z', error },
  },
};

describe('secrets and personal data in the answers of a tenant', () => {
  let teams: TestUsher;
  let exported: string;

  beforeEach(async () => {
    teams = await startTestUsher({
      environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '0', LOG_LEVEL: 'trace' },
    });
    exported = '';
  });
  afterEach(() => teams.close());

  const answer = (where: string | RegExp, status: number, body: unknown) =>
    teams.sandbox.failNext(where, { kind: 'status', status, body });

  async function say(person: 'alex' | 'megan' | 'patti' | 'lynne', line: string): Promise<string> {
    await teams.say(person, line);
    await teams.settled();
    return JSON.stringify(teams.lastCard(`personal-${person}`).content) + teams.lastCard(`personal-${person}`).text;
  }

  /** Everything that Usher stores or says: the files of the database, each line of the log, all messages to Teams. */
  async function everything(): Promise<string> {
    const out = new Writable({
      write(chunk, _encoding, done) {
        exported += String(chunk);
        done();
      },
    });
    const environment = { ...sandboxEnvironment(teams.sandbox.url), DATABASE_URL: `file:${teams.databasePath}` };
    for (const format of ['csv', 'json']) await runHistory(['--format', format], { out, err: out, environment });
    const folder = dirname(teams.databasePath);
    const files = readdirSync(folder).filter((name) => name.startsWith(basename(teams.databasePath)));
    const stored = files.map((name) => readFileSync(join(folder, name)).toString('latin1'));
    return [...stored, JSON.stringify(teams.logLines), JSON.stringify(teams.connector.deliveries), exported].join('\n');
  }

  async function expectNone(): Promise<void> {
    const all = await everything();
    const found = Object.entries(secrets).filter(
      ([, secret]) => all.includes(secret) || all.includes(JSON.stringify(secret).slice(1, -1)),
    );
    expect(found.map(([name]) => name as SecretName)).toEqual([]);
    expect(all).not.toContain('Zq7');
  }

  it.each(['A', 'B'] as const)('are in no place after outcomes in shape %s', async (shape) => {
    for (const status of ['Success', 'Failure', 'Skipped'] as const) {
      answer(/provisionOnDemand$/, 200, shapes[shape](status));
      const card = await say('alex', 'provision isaiah to Salesforce');

      expect(card).toContain('Head of Sales');
      expect(card).toContain('isaiah@contoso.com');
      expect(card).toContain('Usher does not keep the values of 10 attributes');
    }

    answer(/provisionOnDemand$/, 200, shapes[shape]('Failure'));
    answer(/provisionOnDemand$/, 200, shapes[shape]('Success'));
    await say('alex', 'provision users isaiah, adele to Salesforce');
    await say('alex', 'history isaiah');
    await say('alex', 'check isaiah in Salesforce');
    await expectNone();
  });

  it('are in no place after refusals', async () => {
    for (const status of [400, 403, 404, 409]) {
      answer(/provisionOnDemand$/, status, { error: { code: 'BadRequest', message: said } });
      const card = await say('alex', 'provision isaiah to Salesforce');

      expect(card).toContain('from the application');
    }
    answer(/^\/users/, 400, { error: { code: 'BadRequest', message: said } });
    await say('alex', 'provision isaiah to Salesforce');
    await expectNone();
  });

  it('are in no place after reading a job and the log', async () => {
    answer(/synchronization\/jobs$/, 200, { value: [quarantined] });
    const status = await say('lynne', 'status Zscaler');
    answer(/synchronization\/jobs$/, 200, { value: [quarantined] });
    const refused = await say('alex', 'provision isaiah to GitHub Enterprise');
    const { provisioningSteps, statusInfo, ...record } = reportWith('Failure');
    answer('/auditLogs/provisioning', 200, {
      value: [
        {
          ...record,
          id: 'record',
          activityDateTime: new Date().toISOString(),
          provisioningAction: 'create',
          provisioningStatusInfo: { status: 'failure', errorInformation: statusInfo },
          provisioningSteps: provisioningSteps.map(({ type, ...step }) => ({ ...step, provisioningStepType: type })),
          initiatedBy: { displayName: `password=${secrets.password}`, initiatorType: 'system' },
        },
      ],
    });
    const check = await say('lynne', 'check isaiah in Salesforce');

    for (const card of [status, refused]) expect(card).toContain('from the application');
    expect(check).toContain('Salesforce');
    await expectNone();
  });

  it('stay in a reason that the requester typed, and never reach the log', async () => {
    await say('megan', `request access for isaiah to Salesforce because of ${secrets.ownAttribute}`);

    expect(await everything()).toContain(secrets.ownAttribute);
    expect(JSON.stringify(teams.logLines)).not.toContain('Zq7');
  });
});
