import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Assignments, createAssignments } from '../../src/graph/assignments.ts';
import { apps, microsoftGraph } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce, serviceNow, gitHubEnterprise, payroll } = apps;
const nobody = '5eed0000-0000-4000-8000-00000000ffff';

let bench: Bench;
let assignments: Assignments;

beforeEach(async () => {
  bench = await startBench();
  assignments = createAssignments({ graph: bench.graph, clock: bench.clock });
});

afterEach(() => bench.close());

const posts = () => bench.sandbox.requests.filter(({ method }) => method === 'POST');
const missing = { ok: true, value: { kind: 'missing' } };
const direct = { ok: true, value: { kind: 'assigned', through: null } };

describe('finding an assignment', () => {
  it('distinguishes assigned from unassigned people', async () => {
    expect(await assignments.find(salesforce.id, people.adele.id)).toEqual(direct);
    expect(await assignments.find(salesforce.id, people.diego.id)).toEqual(missing);
  });

  it('names the group through which a person is assigned', async () => {
    const member = groups.salesTeam.memberIds[0] ?? '';
    bench.sandbox.tenant.unassign(gitHubEnterprise.id, member);

    expect(await assignments.find(gitHubEnterprise.id, member)).toEqual({
      ok: true,
      value: { kind: 'assigned', through: 'Sales Team' },
    });
  });

  it('names no group where the person is assigned as well', async () => {
    expect(await assignments.find(gitHubEnterprise.id, groups.salesTeam.memberIds[0] ?? '')).toEqual(direct);
  });

  it('does not count a group around an assigned group, as provisioning does not either', async () => {
    const nested = groups.platformEngineering.memberIds[0] ?? '';
    for (const id of [nested, groups.platformEngineering.id]) {
      bench.sandbox.tenant.unassign(gitHubEnterprise.id, id);
    }

    expect(await assignments.find(gitHubEnterprise.id, nested)).toEqual(missing);
  });

  it('is cached for a quarter of a minute, or until the caller clears it', async () => {
    await assignments.find(salesforce.id, people.diego.id);
    bench.sandbox.tenant.assign(salesforce.id, people.diego.id);

    const kept = await assignments.find(salesforce.id, people.diego.id);
    assignments.forget(salesforce.id, people.diego.id);
    const anew = await assignments.find(salesforce.id, people.diego.id);
    bench.sandbox.tenant.unassign(salesforce.id, people.diego.id);
    await bench.clock.advance(15_000);
    const later = await assignments.find(salesforce.id, people.diego.id);

    expect([kept, anew, later]).toEqual([missing, direct, missing]);
  });

  it('is an error, and not a missing assignment, when Usher may not read it', async () => {
    bench.sandbox.failNext(/appRoleAssignments$/, { kind: 'status', status: 403 });

    expect(await assignments.find(salesforce.id, people.diego.id)).toMatchObject({
      ok: false,
      trouble: { kind: 'refused', status: 403 },
    });
  });
});

describe('assigning', () => {
  it('gives the role of that name, which a look finds at once', async () => {
    await assignments.find(salesforce.id, people.diego.id);

    const result = await assignments.assign(salesforce.id, people.diego.id, 'system administrator');

    expect(result).toMatchObject({ kind: 'assigned' });
    expect(posts()).toMatchObject([
      {
        path: `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`,
        body: {
          principalId: people.diego.id,
          resourceId: salesforce.id,
          appRoleId: salesforce.appRoles[1]?.id,
        },
      },
    ]);
    expect(await assignments.find(salesforce.id, people.diego.id)).toEqual(direct);
  });

  it('gives the default role where the app declares none', async () => {
    bench.sandbox.tenant.unassign(payroll.id, people.diego.id);

    const result = await assignments.assign(payroll.id, people.diego.id, 'User');

    expect(result).toMatchObject({ kind: 'assigned' });
    expect(posts()).toMatchObject([{ body: { appRoleId: '00000000-0000-0000-0000-000000000000' } }]);
  });

  it('may be repeated', async () => {
    await assignments.assign(serviceNow.id, people.diego.id, 'User');

    expect(await assignments.assign(serviceNow.id, people.diego.id, 'User')).toEqual({ kind: 'already' });
  });

  it('refuses an app of Microsoft, and sends nothing', async () => {
    const result = await assignments.assign(microsoftGraph.id, people.diego.id, 'User.Read.All');

    expect(result).toMatchObject({ kind: 'refused', why: 'microsoftApp' });
    expect(posts()).toEqual([]);
  });

  it('refuses an app whose owner is unknown, and sends nothing', async () => {
    const body = { appId: serviceNow.appId, appOwnerOrganizationId: null, appRoles: [] };
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 200, body });

    const result = await assignments.assign(serviceNow.id, people.diego.id, 'User');

    expect(result).toMatchObject({ kind: 'refused', why: 'microsoftApp' });
    expect(posts()).toEqual([]);
  });

  it('refuses a role that does not exist, and sends nothing', async () => {
    const result = await assignments.assign(salesforce.id, people.diego.id, 'User');

    expect(result).toEqual({ kind: 'refused', why: 'noSuchRole', code: 'noSuchRole' });
    expect(posts()).toEqual([]);
  });

  const role = { id: 'r1', displayName: 'User', value: 'user', isEnabled: true, allowedMemberTypes: ['User'] };

  it.each([
    ['a role that is switched off', [{ ...role, isEnabled: false }], 'roleDisabled'],
    ['two roles of one name', [role, { ...role, id: 'r2' }], 'other'],
  ])('refuses %s, and sends nothing', async (_what, appRoles, why) => {
    const body = { appId: serviceNow.appId, appOwnerOrganizationId: nobody, appRoles };
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 200, body });

    const result = await assignments.assign(serviceNow.id, people.diego.id, 'User');

    expect(result).toMatchObject({ kind: 'refused', why });
    expect(posts()).toEqual([]);
  });

  it.each([
    ['to read the app', /servicePrincipals\/[^/]+$/],
    ['to assign', /appRoleAssignedTo$/],
  ])('is refused for good where the permission %s is missing', async (_what, where) => {
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } };
    bench.sandbox.failNext(where, { kind: 'status', status: 403, body });

    expect(await assignments.assign(serviceNow.id, people.diego.id, 'User')).toEqual({
      kind: 'refused',
      why: 'permission',
      code: 'Authorization_RequestDenied',
    });
  });

  it('is refused for good where Graph calls it invalid', async () => {
    const body = { error: { code: 'Request_BadRequest', message: 'Not a valid reference update.' } };
    bench.sandbox.failNext(/appRoleAssignedTo$/, { kind: 'status', status: 400, body });

    expect(await assignments.assign(serviceNow.id, people.diego.id, 'User')).toEqual({
      kind: 'refused',
      why: 'other',
      code: 'Request_BadRequest',
    });
  });

  it.each([
    ['a person who is not everywhere yet', nobody, serviceNow.id, { kind: 'refused', status: 404 }],
    ['an app that is not everywhere yet', people.diego.id, nobody, { kind: 'refused', status: 404 }],
  ])('may be retried after %s', async (_what, userId, servicePrincipalId, trouble) => {
    expect(await assignments.assign(servicePrincipalId, userId, 'User')).toMatchObject({ kind: 'trouble', trouble });
  });

  it.each([401, 409, 429, 500, 503, 504])('is sent once, and may be retried after a %i', async (status) => {
    bench.sandbox.failNext(/appRoleAssignedTo$/, { kind: 'status', status });

    const result = await assignments.assign(serviceNow.id, people.diego.id, 'User');

    expect(result).toMatchObject({ kind: 'trouble', trouble: { kind: 'refused', status } });
    expect(posts()).toHaveLength(1);
  });

  it('whose answer got lost exists already the next time', async () => {
    bench.sandbox.failNext(/appRoleAssignedTo$/, { kind: 'reset', workDone: true });

    const first = await assignments.assign(serviceNow.id, people.diego.id, 'User');
    const second = await assignments.assign(serviceNow.id, people.diego.id, 'User');

    expect(first).toMatchObject({ kind: 'trouble', trouble: { kind: 'noAnswer' } });
    expect(second).toEqual({ kind: 'already' });
  });
});
