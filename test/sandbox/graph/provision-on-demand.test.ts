import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { generatedPeople, people } from '../../../src/sandbox/tenant/people.ts';
import { type Json, onDemandPath, opened, provision, startSandbox, stepLines } from '../support.ts';

let sandbox: SandboxGraph;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const toSalesforce = async (person: { readonly id: string }) =>
  opened(await provision(sandbox, apps.salesforce, { objectId: person.id }));

describe('provisionOnDemand for an application that answers with one object', () => {
  it('creates a new hire, and returns every step and every attribute', async () => {
    const { key, report } = await toSalesforce(people.isaiah);

    expect(key).toEqual({ result: 'Success', details: {} });
    expect(report).toMatchObject({
      action: 'Create',
      reportableIdentifier: 'isaiah@contoso.com',
      statusInfo: { status: 'Success', errorCode: null },
      sourceIdentity: { id: people.isaiah.id, type: 'User' },
      sourceSystem: { name: 'Azure Active Directory' },
      targetSystem: { name: 'Salesforce' },
    });
    expect(report.targetIdentity?.id).not.toBe('');
    expect(stepLines(report)).toEqual([
      'Import EntryImport Success',
      'Scoping EntrySynchronizationScoping Success',
      'Matching EntrySynchronizationAdd Success',
      'Export EntryExportAdd Success',
    ]);
    expect(report.provisioningSteps?.[1]?.details).toMatchObject({ IsActive: 'True', Assigned: 'True' });
    expect(report.modifiedProperties).toHaveLength(12);
    expect(report.modifiedProperties).toContainEqual({
      displayName: 'userName',
      oldValue: null,
      newValue: 'isaiah@contoso.com',
    });
  });

  it('finds the new hire in sync the next time', async () => {
    await toSalesforce(people.isaiah);

    const { key, report } = await toSalesforce(people.isaiah);

    expect(key).toMatchObject({ result: 'Skipped', details: { errorCode: 'RedundantExport' } });
    expect(report).toMatchObject({ action: 'Other', statusInfo: { status: 'Skipped' } });
    expect(stepLines(report)).toEqual([
      'Import EntryImport Success',
      'Matching EntryImport Success',
      'Scoping EntrySynchronizationScoping Success',
      'Export EntrySynchronizationSkip Skipped',
    ]);
  });

  it('finds Adele in sync at once', async () => {
    const { key } = await toSalesforce(people.adele);

    expect(key.details?.errorCode).toBe('RedundantExport');
  });

  it('updates the one attribute of Megan that has changed', async () => {
    const { key, report } = await toSalesforce(people.megan);

    expect(key).toEqual({ result: 'Success', details: {} });
    expect(report.action).toBe('Update');
    expect(stepLines(report).at(-1)).toBe('Export EntryExportUpdate Success');
    expect(report.modifiedProperties).toEqual([
      {
        displayName: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
        oldValue: 'Marketing',
        newValue: 'Sales',
      },
    ]);
  });

  it('skips Diego, who is not assigned', async () => {
    const { key, report } = await toSalesforce(people.diego);

    expect(key).toMatchObject({ result: 'Skipped', details: { errorCode: 'NotEffectivelyEntitled' } });
    expect(report.provisioningSteps?.[1]?.details).toMatchObject({
      IsActive: 'True',
      Assigned: 'False',
      IsEffectivelyEntitledForProvisioning: 'False',
    });
    expect(report.provisioningSteps?.at(-1)).toMatchObject({
      status: 'Skipped',
      details: { SkipReason: 'NotEffectivelyEntitled', 'Assigned to the application': 'False' },
    });
  });

  it('creates Diego once he is assigned', async () => {
    sandbox.tenant.assign(apps.salesforce.id, people.diego.id);

    const { report } = await toSalesforce(people.diego);

    expect(report.action).toBe('Create');
  });

  it('skips Nestor, whose account is disabled', async () => {
    const { key, report } = await toSalesforce(people.nestor);

    expect(key.details?.errorCode).toBe('NotEffectivelyEntitled');
    expect(report.provisioningSteps?.at(-1)?.details).toMatchObject({
      IsActive: 'False',
      'Assigned to the application': 'True',
    });
  });

  it('fails to create Grady, every time, until the conflict is gone', async () => {
    const first = await toSalesforce(people.grady);
    const second = await toSalesforce(people.grady);
    sandbox.tenant.resolveConflict(apps.salesforce.id, people.grady.id);
    const third = await toSalesforce(people.grady);

    for (const { key, report } of [first, second]) {
      expect(key).toMatchObject({ result: 'Failure', details: { errorCode: 'SalesforceEntryConflict' } });
      expect(report.statusInfo).toMatchObject({
        status: 'Failure',
        errorCode: 'SalesforceEntryConflict',
        reason: expect.stringContaining('HTTP status code 409'),
      });
      expect(stepLines(report).at(-1)).toBe('Export EntryExportAdd Failure');
    }
    expect(third.key.result).toBe('Success');
  });

  it('skips Miriam, who has no surname', async () => {
    const { key, report } = await toSalesforce(people.miriam);

    expect(key.details?.errorCode).toBe('AttributeValidationFailed');
    expect(report.provisioningSteps?.at(-1)).toMatchObject({
      name: 'EntrySynchronizationSkip',
      type: 'Processing',
      status: 'Skipped',
      details: { PropertyName: 'name.familyName', SkipReason: 'AttributeValidationFailed' },
    });
  });

  it('disables a user who is not assigned any more, and then has nothing left to do', async () => {
    sandbox.tenant.unassign(apps.salesforce.id, people.adele.id);

    const first = await toSalesforce(people.adele);
    const second = await toSalesforce(people.adele);

    expect(first.report).toMatchObject({
      action: 'Disable',
      modifiedProperties: [
        { displayName: 'active', oldValue: 'True', newValue: 'False' },
        { displayName: 'IsSoftDeleted', oldValue: null, newValue: 'True' },
      ],
    });
    expect(second.key.details?.errorCode).toBe('NotEffectivelyEntitled');
  });

  it.each([apps.salesforce, apps.gitHubEnterprise, apps.concur, apps.salesforceSandbox])(
    'creates a generated person in $displayName',
    async (application) => {
      const { report } = opened(await provision(sandbox, application, { objectId: generatedPeople[40]?.id ?? '' }));

      expect(report.action).toBe('Create');
    },
  );

  it('dates the steps one after the other, with seven digits after the second', async () => {
    const { report } = await toSalesforce(people.isaiah);

    const times = report.provisioningSteps?.map(({ timestamp }) => timestamp) ?? [];

    expect(times.every((time) => /\.\d{7}Z$/.test(time ?? ''))).toBe(true);
    expect(times).toEqual(times.toSorted());
    expect(report.endTime).toBe(times.at(-1));
  });
});

describe('provisionOnDemand for an application that answers with an array', () => {
  it('puts a literal name into the key and the status into each element', async () => {
    const { status, body } = await provision(sandbox, apps.serviceNow, { objectId: people.isaiah.id });
    const reports: Json = JSON.parse(body.value ?? '');

    expect(status).toBe(200);
    expect(body.key).toBe('Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo');
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      action: 'Create',
      statusInfo: { status: 'Success' },
      sourceSystem: { name: 'Microsoft Entra ID' },
    });
  });

  it('names the scoping checks in the new way', async () => {
    sandbox.tenant.unassign(apps.serviceNow.id, people.isaiah.id);

    const { body } = await provision(sandbox, apps.serviceNow, { objectId: people.isaiah.id });
    const reports: Json = JSON.parse(body.value ?? '');

    expect(reports[0]?.statusInfo?.status).toBe('Skipped');
    expect(reports[0]?.provisioningSteps?.[1]?.details).toEqual({
      'Active in the source system': 'True',
      'Assigned to the application': 'False',
      'User has the required role': 'False',
      'Scoping filter evaluation passed': 'True',
      ScopeEvaluationResult: '{}',
    });
  });
});

describe('provisionOnDemand from Active Directory', () => {
  const subject = { objectId: 'CN=Adele Vance,OU=Sales,DC=contoso,DC=com', objectTypeName: 'user' };

  it('takes a distinguished name and lists changes without old values', async () => {
    const { key, report } = opened(await provision(sandbox, apps.contosoAd, subject));

    expect(key).toEqual({ result: 'Success', details: {} });
    expect(report).toMatchObject({ action: 'Update', sourceSystem: { name: 'Active Directory' } });
    expect(report.modifiedProperties).toContainEqual({ displayName: 'Title', newValue: 'Account Executive' });
    expect(stepLines(report)).toEqual([
      'Import EntryImportAdd Success',
      'Import EntryImport Success',
      'Scoping EntrySynchronizationScoping Success',
      'Export EntryExportUpdate Success',
    ]);
  });

  it('is in sync the next time', async () => {
    await provision(sandbox, apps.contosoAd, subject);

    const { key } = opened(await provision(sandbox, apps.contosoAd, subject));

    expect(key.details?.errorCode).toBe('RedundantExport');
  });

  it.each([people.adele.id, 'CN=Adele Vance,OU=Legal,DC=contoso,DC=com'])('does not find %s', async (objectId) => {
    const { status } = await provision(sandbox, apps.contosoAd, { objectId, objectTypeName: 'user' });

    expect(status).toBe(404);
  });

  it('requires the object type in lowercase', async () => {
    const { status, body } = await provision(sandbox, apps.contosoAd, { ...subject, objectTypeName: 'User' });

    expect(status).toBe(400);
    expect(body.error?.code).toBe('RequestParameterInvalid');
  });
});

describe('the path of provisionOnDemand', () => {
  it('is decoded segment by segment', async () => {
    expect(onDemandPath(apps.salesforce)).not.toContain('#');

    const encoded = onDemandPath(apps.salesforce).replaceAll('.', '%2E');
    const response = await fetch(sandbox.url + encoded, {
      method: 'POST',
      body: JSON.stringify({
        parameters: [
          {
            ruleId: apps.salesforce.job?.rules[0]?.id,
            subjects: [{ objectId: people.isaiah.id, objectTypeName: 'User' }],
          },
        ],
      }),
    });

    expect(response.status).toBe(200);
  });
});
