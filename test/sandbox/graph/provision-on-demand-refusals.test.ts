import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { objectId } from '../../../src/sandbox/tenant/identity.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { onDemandBody, onDemandPath, post, provision, startSandbox } from '../support.ts';

let sandbox: SandboxGraph;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const { salesforce, salesforceSandbox, concur, gitHubEnterprise, zscaler, payroll } = apps;
const ruleId = salesforce.job?.rules[0]?.id;
const subject = { objectId: people.isaiah.id, objectTypeName: 'User' };

describe('provisionOnDemand refuses', () => {
  it('a rule of another job, with the service’s own words', async () => {
    const body = onDemandBody(gitHubEnterprise, subject);

    const answer = await post(sandbox.url, onDemandPath(salesforce), body);

    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe('RequestParameterInvalid');
    expect(answer.body.error?.message).toBe(
      `The request identified this synchronization job: ${salesforce.job?.id}.  The request also identified this synchronization rule: 03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8.  However, the job does not include the rule.`,
    );
  });

  it.each([
    ['a bare array', [{ ruleId, subjects: [subject] }]],
    ['no body', undefined],
    ['two parameters', { parameters: Array(2).fill({ ruleId, subjects: [subject] }) }],
    ['two subjects', { parameters: [{ ruleId, subjects: [subject, subject] }] }],
    ['no subject', { parameters: [{ ruleId, subjects: [] }] }],
    ['no rule', { parameters: [{ subjects: [subject] }] }],
    ['a type in the wrong case', { parameters: [{ ruleId, subjects: [{ ...subject, objectTypeName: 'user' }] }] }],
    ['members of a user', { parameters: [{ ruleId, subjects: [{ ...subject, links: { members: [subject] } }] }] }],
  ])('%s', async (_, body) => {
    const answer = await post(sandbox.url, onDemandPath(salesforce), body);

    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe('RequestParameterInvalid');
  });

  it('a group where only users are mapped, or where the mapping is switched off', async () => {
    for (const application of [salesforce, concur]) {
      const { status } = await provision(sandbox, application, {
        objectId: groups.salesTeam.id,
        objectTypeName: 'Group',
      });

      expect(status).toBe(400);
    }
  });

  it('a rule that cannot run on demand', async () => {
    const writeBack = salesforceSandbox.job?.rules.find((rule) => !rule.supportsProvisionOnDemand);

    const { status } = await post(sandbox.url, onDemandPath(salesforceSandbox), {
      parameters: [{ ruleId: writeBack?.id, subjects: [subject] }],
    });

    expect(status).toBe(400);
  });

  it('an object id that no object has, and a user principal name', async () => {
    for (const unknown of [objectId(0x7f), people.isaiah.userPrincipalName]) {
      const answer = await provision(sandbox, salesforce, { objectId: unknown });

      expect(answer.status).toBe(404);
      expect(answer.body.error?.code).toBe('Request_ResourceNotFound');
    }
  });

  it('a service principal or a job that does not exist', async () => {
    const path = onDemandPath(salesforce);

    const wrongApplication = await post(sandbox.url, path.replace(salesforce.id, salesforce.appId), {});
    const wrongJob = await post(sandbox.url, path.replace(salesforce.id, payroll.id), {});

    expect([wrongApplication.status, wrongJob.status]).toEqual([404, 404]);
  });

  it('every subject whose job is quarantined, with an empty message', async () => {
    const answer = await provision(sandbox, zscaler, subject);

    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({ code: 'UnknownError', message: '' });
  });

  it('without changing anything', async () => {
    const recordsBefore = sandbox.tenant.auditRecords();

    await provision(sandbox, zscaler, subject);
    await provision(sandbox, salesforce, { ...subject, objectTypeName: 'user' });

    expect(sandbox.tenant.auditRecords()).toEqual(recordsBefore);
  });
});
