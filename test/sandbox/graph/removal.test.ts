import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { call, type Json, opened, post, provision, startSandbox, stepLines } from '../support.ts';

const { salesforce, serviceNow, gitHubEnterprise } = apps;
const { adele, diego } = people;

let sandbox: SandboxGraph;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const provisioned = async (personId: string = adele.id) =>
  opened(await provision(sandbox, salesforce, { objectId: personId }));
const account = () => sandbox.tenant.account(salesforce.id, adele.id);
/** The step of this type. */
const step = (report: Json, type: string) => report.provisioningSteps?.find((one) => one.type === type);
const skippedAs = (code: string) => ({ result: 'Skipped', details: { errorCode: code } });

describe('provisioning a person who is no longer assigned', () => {
  it('disables the account, and tells of the import, the match and the scope that led to it', async () => {
    sandbox.tenant.unassign(salesforce.id, adele.id);

    const { key, report } = await provisioned();

    expect(key).toEqual({ result: 'Success', details: {} });
    expect(report).toMatchObject({
      action: 'Disable',
      statusInfo: { status: 'Success' },
      modifiedProperties: [{ displayName: 'active', oldValue: 'True', newValue: 'False' }, { newValue: 'True' }],
    });
    expect(stepLines(report)).toEqual([
      'Import EntryImport Success',
      'Matching EntryImport Success',
      'Scoping EntrySynchronizationScoping Success',
      'Export EntryExportUpdateSoftDelete Success',
    ]);
    expect(step(report, 'Import')?.details).toMatchObject({ IsSoftDeleted: 'True', appRoleAssignments: '' });
    expect(step(report, 'Scoping')?.details).toMatchObject({ IsActive: 'True', Assigned: 'False' });
    expect(account()?.active).toBe(false);
  });

  it('finds the inactive account the next time, and leaves it', async () => {
    sandbox.tenant.unassign(salesforce.id, adele.id);
    await provisioned();

    const { key, report } = await provisioned();

    expect(key).toMatchObject(skippedAs('NotEffectivelyEntitled'));
    expect(step(report, 'Matching')?.details?.active).toBe('False');
  });

  it('activates it again once the person is assigned again', async () => {
    sandbox.tenant.unassign(salesforce.id, adele.id);
    await provisioned();
    sandbox.tenant.assign(salesforce.id, adele.id);

    const { report } = await provisioned();

    expect(report).toMatchObject({ action: 'Update', modifiedProperties: [{ oldValue: 'False', newValue: 'True' }] });
    expect(account()?.active).toBe(true);
  });

  it('tells the same in the other shape', async () => {
    sandbox.tenant.unassign(serviceNow.id, adele.id);

    const { body } = await provision(sandbox, serviceNow, { objectId: adele.id });
    const reports: Json = JSON.parse(body.value ?? '');

    expect(reports[0]).toMatchObject({ action: 'Disable' });
    expect(step(reports[0] ?? ('' as Json), 'Scoping')?.details).toMatchObject({
      'Assigned to the application': 'False',
      'Scoping filter evaluation passed': 'True',
    });
  });

  it('deletes the account where the app knows no inactive one', async () => {
    sandbox.tenant.changeJob(salesforce.id, { removal: 'deletes' });
    sandbox.tenant.unassign(salesforce.id, adele.id);

    const { key, report } = await provisioned();

    expect(key.result).toBe('Success');
    expect(report).toMatchObject({ action: 'Delete', modifiedProperties: [] });
    expect(stepLines(report).at(-1)).toBe('Export EntryExportDelete Success');
    expect(account()).toBeUndefined();
    expect(sandbox.tenant.auditRecords()[0]).toMatchObject({ provisioningAction: 'delete' });
  });

  it('leaves the account active where deletions out of scope are skipped', async () => {
    sandbox.tenant.changeJob(salesforce.id, { removal: 'skips' });
    sandbox.tenant.unassign(salesforce.id, adele.id);

    const { key, report } = await provisioned();

    expect(key).toMatchObject(skippedAs('NotEffectivelyEntitled'));
    expect(step(report, 'Matching')?.details?.active).toBe('True');
    expect(account()?.active).toBe(true);
  });

  it('leaves the account active where no mapping turns it off, and does not know whether it is', async () => {
    sandbox.tenant.changeJob(salesforce.id, { removal: 'unmapped' });
    sandbox.tenant.unassign(salesforce.id, adele.id);

    const { key, report } = await provisioned();
    const { body } = await call(
      sandbox.url,
      `/servicePrincipals/${salesforce.id}/synchronization/jobs/${salesforce.job?.id}/schema`,
    );
    const mappings = body.synchronizationRules?.[0]?.objectMappings?.[0]?.attributeMappings;

    expect(key).toMatchObject(skippedAs('NotEffectivelyEntitled'));
    expect(step(report, 'Matching')?.details).toMatchObject({ userName: 'adele@contoso.com' });
    expect(step(report, 'Matching')?.details).not.toHaveProperty('active');
    expect(mappings?.map(({ targetAttributeName }) => targetAttributeName)).not.toContain('active');
    expect(account()?.active).toBe(true);
  });

  it('leaves an account alone that was never linked, until a person in scope is matched with it', async () => {
    const { attributes } = account() ?? { attributes: {} };
    sandbox.tenant.keepAccount(salesforce.id, adele.id, { active: true, attributes, unlinked: true });
    sandbox.tenant.unassign(salesforce.id, adele.id);

    const unlinked = await provisioned();
    const stillActive = account()?.active;
    sandbox.tenant.assign(salesforce.id, adele.id);
    await provisioned();
    sandbox.tenant.unassign(salesforce.id, adele.id);
    const linked = await provisioned();

    expect(unlinked.key).toMatchObject(skippedAs('NotEffectivelyEntitled'));
    expect(stillActive).toBe(true);
    expect(linked.report.action).toBe('Disable');
  });

  it('keeps them in scope where the app takes everybody', async () => {
    sandbox.tenant.changeJob(salesforce.id, { takesEverybody: true });
    sandbox.tenant.unassign(salesforce.id, adele.id);

    const present = await provisioned();
    const absent = await provisioned(diego.id);

    expect(present.key).toMatchObject(skippedAs('RedundantExport'));
    expect(step(present.report, 'Scoping')).toMatchObject({
      status: 'Success',
      details: { Assigned: 'False', IsEffectivelyEntitledForProvisioning: 'True' },
    });
    expect(absent.report.action).toBe('Create');
  });

  it('does nothing while a group of theirs is assigned', async () => {
    const member = groups.salesTeam.memberIds[0] ?? '';
    await provision(sandbox, gitHubEnterprise, { objectId: member });
    sandbox.tenant.unassign(gitHubEnterprise.id, member);

    const { key } = opened(await provision(sandbox, gitHubEnterprise, { objectId: member }));

    expect(key).toMatchObject(skippedAs('RedundantExport'));
  });

  it.each([
    [false, ['Import', 'Scoping', 'Export']],
    [true, ['Import', 'Matching', 'Scoping', 'Export']],
  ])('says that there is no account only in some connectors: %s', async (tellsAbsence, types) => {
    sandbox.tenant.changeJob(salesforce.id, { tellsAbsence });

    const { key, report } = await provisioned(diego.id);

    expect(key).toMatchObject(skippedAs('NotEffectivelyEntitled'));
    expect(report.provisioningSteps?.map(({ type }) => type)).toEqual(types);
    expect(report.targetIdentity?.id).toBe('');
  });
});

describe('provisioning a person who has left', () => {
  it('does nothing for one who is disabled in Entra, assigned or not', async () => {
    sandbox.tenant.changePerson(adele.id, { accountEnabled: false });

    const assigned = await provisioned();
    sandbox.tenant.unassign(salesforce.id, adele.id);
    const unassigned = await provisioned();

    for (const { key, report } of [assigned, unassigned]) {
      expect(key).toMatchObject(skippedAs('NotEffectivelyEntitled'));
      expect(step(report, 'Scoping')?.details?.IsActive).toBe('False');
      expect(step(report, 'Matching')?.details?.active).toBe('True');
    }
    expect(account()?.active).toBe(true);
  });

  it('finds nobody in the recycle bin, whose accounts and assignments come back with them', async () => {
    const assigned = async () =>
      (await call(sandbox.url, `/servicePrincipals/${salesforce.id}/appRoleAssignedTo?$top=999`)).body.value?.some(
        ({ principalId }) => principalId === adele.id,
      );
    const statusOf = async (path: string) => (await call(sandbox.url, path)).status;
    sandbox.tenant.deletePerson(adele.id);

    const deleted = [
      await statusOf(`/users/${adele.id}`),
      await statusOf(`/users/${adele.id}/appRoleAssignments`),
      (await provision(sandbox, salesforce, { objectId: adele.id })).status,
      await assigned(),
    ];
    const active = account()?.active;
    sandbox.tenant.restorePerson(adele.id);

    expect(deleted).toEqual([404, 404, 404, false]);
    expect(active).toBe(true);
    expect(await assigned()).toBe(true);
    expect((await provisioned()).key).toMatchObject(skippedAs('RedundantExport'));
  });
});

describe('a job that holds deletions back', () => {
  const job = async () =>
    (await call(sandbox.url, `/servicePrincipals/${salesforce.id}/synchronization/jobs/${salesforce.job?.id}`)).body;

  const change = (body: unknown) => post(sandbox.url.replace('/v1.0', ''), '/_sandbox/jobs', body);

  it('is in quarantine for it, without an error, and takes no call on demand', async () => {
    sandbox.tenant.changeJob(salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });

    const { status } = await provision(sandbox, salesforce, { objectId: adele.id });

    expect((await job()).status).toMatchObject({
      code: 'Quarantine',
      quarantine: { reason: 'TooManyDeletes', error: null },
    });
    expect(status).toBe(401);
  });

  it('tells its threshold only where it knows one', async () => {
    const before = await job();
    sandbox.tenant.changeJob(salesforce.id, { deletionThreshold: 500 });
    const after = await job();

    const threshold = { name: 'QuarantineTooManyDeletesThreshold', value: '500' };
    expect(before.synchronizationJobSettings).not.toContainEqual(threshold);
    expect(after.synchronizationJobSettings).toContainEqual(threshold);
  });

  it.each(['salesforce', salesforce.id])('may be changed over HTTP, by the app’s name or id: %s', async (app) => {
    const changed = await change({
      app,
      health: 'quarantined',
      quarantineReason: 'TooManyDeletes',
      deletionThreshold: 5,
    });

    expect(changed.status).toBe(204);
    expect((await job()).status?.quarantine?.reason).toBe('TooManyDeletes');
    expect((await job()).synchronizationJobSettings).toContainEqual(expect.objectContaining({ value: '5' }));
  });

  it.each([
    [{ app: 'Salesforce', removal: 'forgets' }, 'removal'],
    [{ app: 'Salesforce', id: 'another' }, 'id'],
    [{ app: 'Payroll', removal: 'skips' }, 'There is no job of Payroll.'],
    [{ app: 'Planets', removal: 'skips' }, 'There is no job of Planets.'],
    [undefined, 'expected object'],
  ])('is not changed by %j', async (body, why) => {
    const answer = await change(body);

    expect(answer.status).toBe(400);
    expect(answer.body.error?.message).toContain(why);
  });

  it('is an ordinary one again after the reset', async () => {
    sandbox.tenant.changeJob(salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });

    sandbox.reset();

    expect((await job()).status?.code).toBe('Active');
  });
});
