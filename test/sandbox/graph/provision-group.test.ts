import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { type Json, onDemandBody, onDemandPath, post, provision, startSandbox, stepLines } from '../support.ts';

let sandbox: SandboxGraph;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const { gitHubEnterprise, serviceNow } = apps;
const { salesTeam, engineering, helpdesk } = groups;
const salesTeamWith = (from: number, to: number) => ({
  objectId: salesTeam.id,
  objectTypeName: 'Group',
  memberIds: salesTeam.memberIds.slice(from, to),
});

describe('provisionOnDemand of a group', () => {
  it('creates the members it names and answers with one status and an empty value', async () => {
    const { status, body } = await provision(sandbox, gitHubEnterprise, salesTeamWith(0, 5));

    expect(status).toBe(200);
    expect(body).toEqual({
      '@odata.context':
        'https://syncfabric.windowsazure.com/api/$metadata#microsoft.synchronization.stringKeyStringValuePair',
      key: '{"result":"Success","details":{}}',
      value: '{}',
    });
    const present = salesTeam.memberIds.filter((id) => sandbox.tenant.account(gitHubEnterprise.id, id) !== undefined);
    expect(present).toEqual(salesTeam.memberIds.slice(0, 5));
  });

  it('adds to the members of earlier calls, and ends in sync when there is nothing to add', async () => {
    const keys: string[] = [];
    for (const [from, to] of [
      [0, 5],
      [5, 10],
      [5, 10],
    ] as const) {
      const { body } = await provision(sandbox, gitHubEnterprise, salesTeamWith(from, to));
      keys.push(JSON.parse(body.key ?? '').result);
    }

    const members = sandbox.tenant.account(gitHubEnterprise.id, salesTeam.id)?.attributes.members?.split(', ');

    expect(keys).toEqual(['Success', 'Success', 'Skipped']);
    expect(members).toHaveLength(10);
  });

  it('returns more detail where the application answers with an array', async () => {
    const first = await provision(sandbox, serviceNow, salesTeamWith(0, 2));
    const second = await provision(sandbox, serviceNow, salesTeamWith(2, 4));
    const [created, updated] = [first, second].map(({ body }): Json | undefined => JSON.parse(body.value ?? '')[0]);

    expect(created).toMatchObject({ action: 'Create', statusInfo: { status: 'Success' } });
    expect(stepLines(created)).toEqual([
      'Import EntryImport Success',
      'Scoping EntrySynchronizationScoping Success',
      'Matching EntrySynchronizationAdd Success',
      'ReferenceResolution EntryReferenceResolution Success',
      'Export EntryExportAdd Success',
    ]);
    expect(created?.provisioningSteps?.[1]?.details).toHaveProperty('Group has the required role', 'True');
    expect(updated).toMatchObject({ action: 'Update', modifiedProperties: [{ displayName: 'members' }] });
  });

  it('leaves out a member that cannot be provisioned, and warns of it', async () => {
    const [one = ''] = salesTeam.memberIds;
    sandbox.tenant.changePerson(one, { accountEnabled: false });

    const { body } = await provision(sandbox, serviceNow, salesTeamWith(0, 3));
    const reports: Json = JSON.parse(body.value ?? '');

    expect(stepLines(reports[0])).toContain('ReferenceResolution EntryReferenceResolution Warning');
    expect(reports[0]?.statusInfo?.status).toBe('Success');
  });

  it('records the members one by one, and the group last', async () => {
    await provision(sandbox, gitHubEnterprise, salesTeamWith(0, 2));

    const recorded = sandbox.tenant.auditRecords().slice(0, 3);

    expect(recorded.map(({ sourceIdentity }) => sourceIdentity.id)).toEqual([
      salesTeam.id,
      salesTeam.memberIds[1],
      salesTeam.memberIds[0],
    ]);
  });

  it('accepts a group without members', async () => {
    const { body } = await provision(sandbox, gitHubEnterprise, {
      objectId: engineering.id,
      objectTypeName: 'Group',
    });

    expect(body.key).toBe('{"result":"Success","details":{}}');
  });

  it('skips a group that is not assigned, its members included', async () => {
    const { body } = await provision(sandbox, gitHubEnterprise, {
      objectId: helpdesk.id,
      objectTypeName: 'Group',
      memberIds: [people.alex.id],
    });

    expect(JSON.parse(body.key ?? '')).toMatchObject({
      result: 'Skipped',
      details: { errorCode: 'NotEffectivelyEntitled' },
    });
    expect(sandbox.tenant.account(gitHubEnterprise.id, people.alex.id)).toBeUndefined();
  });

  it('refuses a sixth member', async () => {
    const { status, body } = await provision(sandbox, gitHubEnterprise, salesTeamWith(0, 6));

    expect(status).toBe(400);
    expect(body.error?.message).toContain('at most 5 members');
    expect(sandbox.tenant.account(gitHubEnterprise.id, salesTeam.id)).toBeUndefined();
  });

  it('refuses a member that is a group, belongs elsewhere or does not exist', async () => {
    const nested = onDemandBody(gitHubEnterprise, { objectId: engineering.id, objectTypeName: 'Group' });
    const members = [{ objectId: groups.platformEngineering.id, objectTypeName: 'Group' }];
    const subjects = nested.parameters.map((parameter) => ({
      ...parameter,
      subjects: parameter.subjects.map((subject) => ({ ...subject, links: { members } })),
    }));

    const ofGroup = await post(sandbox.url, onDemandPath(gitHubEnterprise), { parameters: subjects });
    const elsewhere = await provision(sandbox, gitHubEnterprise, {
      ...salesTeamWith(0, 0),
      memberIds: [people.alex.id],
    });
    const nobody = await provision(sandbox, gitHubEnterprise, { ...salesTeamWith(0, 0), memberIds: ['5eed'] });

    expect([ofGroup.status, elsewhere.status, nobody.status]).toEqual([400, 400, 404]);
  });
});
