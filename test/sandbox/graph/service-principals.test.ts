import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps, everyApplication, microsoftGraph } from '../../../src/sandbox/tenant/applications.ts';
import { objectId } from '../../../src/sandbox/tenant/identity.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { type Answer, call, eventual, post, provision, type StillClock, startSandbox, stillClock } from '../support.ts';

let sandbox: SandboxGraph;
let clock: StillClock;

beforeEach(async () => {
  clock = stillClock();
  sandbox = await startSandbox({ clock });
});

afterEach(() => sandbox.close());

const { salesforce, serviceNow, zscaler, concur, contosoAd, payroll } = apps;
const get = (path: string, init?: RequestInit): Promise<Answer> => call(sandbox.url, path, init);
const jobsOf = (application: { readonly id: string }) => `/servicePrincipals/${application.id}/synchronization/jobs`;
const names = ({ body }: Answer) => body.value?.map((one) => one.displayName);

describe('/servicePrincipals', () => {
  it.each([
    [`startswith(displayName,'sales')`, ['Salesforce', 'Salesforce Sandbox']],
    [`displayName eq 'ServiceNow'`, ['ServiceNow']],
    [`appId eq '${zscaler.appId}'`, ['Zscaler']],
    [
      `tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp') and startswith(displayName,'Con')`,
      ['Concur', 'Contoso AD'],
    ],
    [`tags/any(t: t eq 'HideApp')`, []],
  ])('filters by %s', async (filter, expected) => {
    const answer = await get(`/servicePrincipals?$filter=${encodeURIComponent(filter)}&$orderby=displayName`);

    expect(names(answer)).toEqual(expected);
  });

  it('searches by words', async () => {
    const answer = await get('/servicePrincipals?$search="displayName:sandbox"&$count=true', eventual);

    expect(names(answer)).toEqual(['Salesforce Sandbox']);
  });

  it('shows one, with the roles that can be assigned', async () => {
    const { body } = await get(`/servicePrincipals/${salesforce.id}?$select=displayName,appRoles`);

    expect(body.appRoles).toMatchObject([
      { displayName: 'Standard User', isEnabled: true, allowedMemberTypes: ['User'] },
      { displayName: 'System Administrator' },
    ]);
  });

  it('has Microsoft Graph beside the enterprise applications, which is Microsoft’s own', async () => {
    const enterprise = await get(
      `/servicePrincipals?$filter=${encodeURIComponent(`tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')`)}`,
    );
    const { body } = await get(`/servicePrincipals/${microsoftGraph.id}?$select=appId,appOwnerOrganizationId,appRoles`);
    const other = await get(`/servicePrincipals/${salesforce.id}?$select=appOwnerOrganizationId`);

    expect(names(enterprise)).not.toContain('Microsoft Graph');
    expect(body).toMatchObject({
      appId: '00000003-0000-0000-c000-000000000000',
      appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
      appRoles: [{ allowedMemberTypes: ['Application'] }, {}],
    });
    expect(other.body.appOwnerOrganizationId).toBe('5eed0000-0000-4000-8000-00000000face');
  });

  it('finds an application by its object id only', async () => {
    const { status } = await get(`/servicePrincipals/${salesforce.appId}`);

    expect(status).toBe(404);
  });
});

describe('assigning', () => {
  const path = `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`;
  const assignment = {
    principalId: people.diego.id,
    resourceId: salesforce.id,
    appRoleId: salesforce.appRoles[0]?.id,
  };

  it('creates an assignment that provisioning respects', async () => {
    const { status, body } = await post(sandbox.url, path, assignment);
    const provisioned = await provision(sandbox, salesforce, { objectId: people.diego.id });

    expect(status).toBe(201);
    expect(body).toMatchObject({ ...assignment, principalDisplayName: 'Diego Siciliani', principalType: 'User' });
    expect(provisioned.body.key).toBe('{"result":"Success","details":{}}');
  });

  it('counts in provisioning only when it has been replicated, and is listed at once', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ clock, replicationMs: 20_000 });
    const scoping = async () => {
      const { body } = await provision(sandbox, salesforce, { objectId: people.diego.id });
      return JSON.parse(body.key ?? '');
    };

    await post(sandbox.url, path, assignment);
    const listed = await get(`/users/${people.diego.id}/appRoleAssignments?$filter=resourceId eq ${salesforce.id}`);
    const atOnce = await scoping();
    clock.advance(19_999);
    const before = await scoping();
    clock.advance(1);
    const after = await scoping();

    expect(listed.body.value).toHaveLength(1);
    for (const early of [atOnce, before])
      expect(early).toMatchObject({ result: 'Skipped', details: { errorCode: 'NotEffectivelyEntitled' } });
    expect(after.result).toBe('Success');
  });

  it.each([
    ['one that exists', { ...assignment, principalId: people.adele.id }, 400],
    ['a role of another application', { ...assignment, appRoleId: serviceNow.appRoles[0]?.id }, 400],
    ['no role where there are roles', { ...assignment, appRoleId: '00000000-0000-0000-0000-000000000000' }, 400],
    ['another resource', { ...assignment, resourceId: serviceNow.id }, 400],
    ['an unknown principal', { ...assignment, principalId: objectId(0x999) }, 404],
    ['nothing', {}, 400],
  ])('refuses %s', async (_, body, status) => {
    const answer = await post(sandbox.url, path, body);

    expect(answer.status).toBe(status);
  });
});

describe('synchronization jobs', () => {
  it('belong to every application but Payroll and the remains of a trial', async () => {
    const without: string[] = [];
    for (const application of everyApplication) {
      const { status, body } = await get(jobsOf(application));
      expect(status).toBe(200);
      if (body.value?.length === 0) without.push(application.displayName);
    }

    expect(without).toEqual(['Payroll', 'Adobe Creative Cloud']);
  });

  it('have ids made of template, tenant and a GUID', async () => {
    const { body } = await get(jobsOf(salesforce));

    expect(body.value?.[0]?.id).toMatch(/^salesforce\.5eed000000004000800000000000face\.[0-9a-f-]{36}$/);
    expect(contosoAd.job?.templateId).toBe('AD2AADProvisioning');
  });

  it('are healthy, with cycles that keep up with the clock', async () => {
    const path = `${jobsOf(salesforce)}/${salesforce.job?.id}`;
    const before = await get(path);
    clock.advance(24 * 3_600_000);
    const after = await get(path);

    for (const [{ body }, now] of [
      [before, clock.now() - 24 * 3_600_000],
      [after, clock.now()],
    ] as const) {
      expect(body.status).toMatchObject({ code: 'Active', quarantine: null, lastExecution: { state: 'Succeeded' } });
      const age = now - Date.parse(body.status?.lastExecution?.timeEnded ?? '');
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(60 * 60_000);
    }
  });

  it('count what is in the application', async () => {
    await provision(sandbox, salesforce, { objectId: people.isaiah.id });

    const { body } = await get(`${jobsOf(salesforce)}/${salesforce.job?.id}`);

    expect(body.status?.synchronizedEntryCountByType).toEqual([{ key: 'User', value: 7 }]);
  });

  it('are quarantined for Zscaler, with an error that an administrator can act on', async () => {
    const { body } = await get(`${jobsOf(zscaler)}/${zscaler.job?.id}`);

    expect(body.status).toMatchObject({
      code: 'Quarantine',
      quarantine: {
        reason: 'EncounteredQuarantineException',
        error: { code: 'SystemForCrossDomainIdentityManagementInvalidCredentials', tenantActionable: true },
      },
    });
  });

  it('have never run for Concur, and say so in a misleading way', async () => {
    const { body } = await get(`${jobsOf(concur)}/${concur.job?.id}`);

    expect(body.status).toMatchObject({
      code: 'NotRun',
      lastSuccessfulExecution: null,
      lastExecution: { state: 'Failed', timeBegan: '0001-01-01T00:00:00Z', error: { code: 'None' } },
    });
  });

  it('are not found under another application', async () => {
    const elsewhere = await get(`${jobsOf(serviceNow)}/${salesforce.job?.id}`);
    const none = await get(`${jobsOf(payroll)}/anything`);

    expect([elsewhere.status, none.status]).toEqual([404, 404]);
  });
});

describe('the schema of a job', () => {
  const schemaOf = async (application: (typeof everyApplication)[number]) => {
    const { body } = await get(`${jobsOf(application)}/${application.job?.id}/schema`);
    return body.synchronizationRules ?? [];
  };

  it('has one rule for users and groups in ServiceNow', async () => {
    const rules = await schemaOf(serviceNow);

    expect(rules).toMatchObject([
      {
        id: '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8',
        name: 'USERGROUP_OUTBOUND_USERGROUP',
        sourceDirectoryName: 'Azure Active Directory',
        metadata: [{ key: 'supportsProvisionOnDemand', value: 'true' }],
        objectMappings: [
          { enabled: true, sourceObjectName: 'User' },
          { enabled: true, sourceObjectName: 'Group' },
        ],
      },
    ]);
  });

  it('has a rule id in Salesforce that is no GUID', async () => {
    const [rule] = await schemaOf(salesforce);

    expect(rule?.id).toMatch(/#V2$/);
    expect(rule?.objectMappings).toHaveLength(1);
    expect(rule?.objectMappings?.[0]?.attributeMappings).toHaveLength(12);
  });

  it('reads users in lower case from Active Directory', async () => {
    const [rule] = await schemaOf(contosoAd);

    expect(rule).toMatchObject({
      sourceDirectoryName: 'Active Directory',
      objectMappings: [{ sourceObjectName: 'user' }],
    });
  });

  it('has a group mapping in Concur that is switched off', async () => {
    const [rule] = await schemaOf(concur);

    expect(rule?.objectMappings).toMatchObject([
      { enabled: true, sourceObjectName: 'User' },
      { enabled: false, sourceObjectName: 'Group' },
    ]);
  });
});

describe('/auditLogs/provisioning', () => {
  const records = async (filter: string, rest = '') =>
    (await get(`/auditLogs/provisioning?$filter=${encodeURIComponent(filter)}${rest}`)).body.value ?? [];

  it('already holds the conflict of Grady in Salesforce', async () => {
    const found = await records(`sourceIdentity/id eq '${people.grady.id}' and jobId eq '${salesforce.job?.id}'`);

    expect(found).toMatchObject([
      {
        provisioningAction: 'create',
        provisioningStatusInfo: {
          status: 'failure',
          errorInformation: { errorCode: 'SalesforceEntryConflict', errorCategory: 'nonServiceFailure' },
        },
        servicePrincipal: { id: salesforce.id, displayName: 'Salesforce' },
      },
    ]);
  });

  it('records what was done, newest first, in the words of the log', async () => {
    await provision(sandbox, salesforce, { objectId: people.isaiah.id });
    clock.advance(60_000);
    await provision(sandbox, salesforce, { objectId: people.isaiah.id });

    const found = await records(`sourceIdentity/id eq '${people.isaiah.id}'`);

    expect(found).toMatchObject([
      { provisioningAction: 'other', provisioningStatusInfo: { status: 'skipped', errorInformation: null } },
      { provisioningAction: 'create', provisioningStatusInfo: { status: 'success', errorInformation: null } },
    ]);
    expect(found[1]?.provisioningSteps?.[0]).toMatchObject({ provisioningStepType: 'import', status: 'success' });
    expect(found[1]?.provisioningSteps?.[0]).not.toHaveProperty('timestamp');
  });

  it('has the change id of the answer', async () => {
    const { body } = await provision(sandbox, salesforce, { objectId: people.isaiah.id });
    const { changeId } = JSON.parse(body.value ?? '');

    const found = await records(`changeId eq '${changeId}'`);

    expect(found).toHaveLength(1);
  });

  it('is narrowed by time, by application and by $top', async () => {
    const startedAt = new Date(clock.now()).toISOString();
    for (const person of [people.isaiah, people.adele]) {
      clock.advance(1_000);
      await provision(sandbox, serviceNow, { objectId: person.id });
    }

    expect(await records(`activityDateTime gt ${startedAt}`)).toHaveLength(2);
    expect(await records(`activityDateTime lt ${startedAt}`)).toHaveLength(1);
    expect(await records(`servicePrincipal/id eq '${serviceNow.id}'`)).toHaveLength(2);
    const newest = await records(`servicePrincipal/id eq '${serviceNow.id}'`, '&$top=1');
    expect(newest).toMatchObject([{ sourceIdentity: { id: people.adele.id } }]);
  });

  it('is compared with regard to case, and has no equality for time', async () => {
    const shouted = await records(`sourceIdentity/id eq '${people.grady.id.toUpperCase()}'`);
    const { status } = await get('/auditLogs/provisioning?$filter=activityDateTime eq 2026-03-02T06:00:00Z');

    expect(shouted).toEqual([]);
    expect(status).toBe(400);
  });
});
