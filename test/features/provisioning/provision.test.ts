import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { shapeA } from '../../graph/outcome/answers.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../../support/usher.ts';

const { salesforce } = apps;
const ruleId = 'workday to salesforce';
const worker = {
  id: ruleId,
  sourceDirectoryName: 'Workday',
  targetDirectoryName: 'Active Directory',
  objectMappings: [{ enabled: true, sourceObjectName: 'Worker', targetObjectName: 'User' }],
};

let teams: TestUsher;

beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' } });
});
afterEach(() => teams.close());

describe('provisioning a person of Entra', () => {
  it('looks the person up while Graph tells whether the app is enabled', async () => {
    await teams.say('alex', 'provision adele@contoso.com to Salesforce');
    await teams.settled();
    const before = teams.sandbox.requests.length;
    teams.sandbox.failNext(new RegExp(`/servicePrincipals/${salesforce.id}$`), { kind: 'silence' });

    // Its turn is still open when the test ends.
    teams.say('alex', 'provision isaiah@contoso.com to Salesforce').catch(() => undefined);
    const asked = () => teams.sandbox.requests.slice(before).filter(({ path }) => path.startsWith('/users'));
    await eventually(() => asked().length > 0);

    expect(asked().map(({ query }) => query)).toEqual([
      expect.stringContaining("userPrincipalName eq 'isaiah@contoso.com' or mail eq 'isaiah@contoso.com'"),
    ]);
  });
});

describe('provisioning to an app whose source is an HR system', () => {
  beforeEach(() => {
    const answerWith = (path: RegExp, body: unknown) =>
      teams.sandbox.failNext(path, { kind: 'status', status: 200, body });
    answerWith(/\/schema$/, { synchronizationRules: [worker] });
    answerWith(
      /\/provisionOnDemand$/,
      shapeA({ result: 'Success', details: {} }, { action: 'Create', statusInfo: { status: 'Success' } }),
    );
  });

  it.each([
    ['a number', '0021173', '0021173'],
    ['an id in letters of both sizes', 'wID-00aB', 'wID-00aB'],
    ['an id with blanks and a separator', '"Worker to Be 7"', 'Worker to Be 7'],
  ])('passes on the typed id, in the terms of that system: %s', async (_what, typed, objectId) => {
    await teams.say('alex', `provision user ${typed} to Salesforce`);
    await teams.settled();

    const calls = teams.sandbox.requests.filter(({ path }) => path.endsWith('/provisionOnDemand'));
    expect(calls.map(({ body, path }) => ({ body, path }))).toEqual([
      {
        path: `/servicePrincipals/${salesforce.id}/synchronization/jobs/${salesforce.job?.id}/provisionOnDemand`,
        body: { parameters: [{ ruleId, subjects: [{ objectId, objectTypeName: 'Worker' }] }] },
      },
    ]);
    expect(teams.lastCard().text).toMatch(/^✓ {2}Account created\n/);
    expect(teams.lastCard().text).toContain(objectId);
  });

  it.each([
    ['an address', 'provision user adele@contoso.com to Salesforce', 'needs an ID from the HR system'],
    ['a list of addresses', 'provision users adele@contoso.com, isaiah@contoso.com to Salesforce', 'own IDs'],
  ])('answers %s with a question, and sends nothing', async (_what, line, said) => {
    await teams.say('alex', line);
    await teams.settled();

    expect(teams.lastCard().text).toContain(said);
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('does not look the name up in Entra', async () => {
    await teams.say('alex', 'provision user adele@contoso.com to Salesforce');
    await teams.settled();

    const asked = teams.sandbox.requests.map(({ path, query }) => `${path}?${query}`);
    expect(asked.filter((request) => /adele/i.test(request))).toEqual([]);
  });
});
