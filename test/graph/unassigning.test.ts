import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Assignments, createAssignments, type DirectAssignment } from '../../src/graph/assignments.ts';
import { apps, microsoftGraph } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce, serviceNow, gitHubEnterprise } = apps;
const { adele, isaiah } = people;
const member = groups.salesTeam.memberIds[0] ?? '';

let bench: Bench;
let assignments: Assignments;

const start = async (sandboxOptions: Parameters<typeof startBench>[1] = {}) => {
  bench = await startBench({}, sandboxOptions);
  assignments = createAssignments({ graph: bench.graph, clock: bench.clock });
};

beforeEach(() => start());

afterEach(() => bench.close());

const deletions = () => bench.sandbox.requests.filter(({ method }) => method === 'DELETE');

async function listed(userId: string, servicePrincipalId?: string) {
  const read = await assignments.list(userId, servicePrincipalId);
  if (!read.ok) throw new Error(read.trouble.kind);
  return read.value;
}

async function ownOf(userId: string, servicePrincipalId: string): Promise<DirectAssignment> {
  const [own] = (await listed(userId, servicePrincipalId)).filter((one) => one.via === 'direct');
  if (own === undefined) throw new Error('not assigned');
  return own;
}

describe('the list of a person’s assignments', () => {
  it('tells their own, with the role, from those of their groups', async () => {
    const found = await listed(member, gitHubEnterprise.id);

    expect(found).toHaveLength(2);
    expect(found).toContainEqual({
      via: 'direct',
      id: expect.stringMatching(/^[\w-]{43}$/),
      principalId: member,
      servicePrincipalId: gitHubEnterprise.id,
      appName: 'GitHub Enterprise',
      roleId: gitHubEnterprise.appRoles[0]?.id,
      roleName: 'User',
    });
    expect(found).toContainEqual(
      expect.objectContaining({ via: 'group', principalId: groups.salesTeam.id, groupName: 'Sales Team' }),
    );
  });

  it('has one for each role', async () => {
    bench.sandbox.tenant.assign(salesforce.id, adele.id, salesforce.appRoles[1]?.id);

    const found = await listed(adele.id, salesforce.id);

    expect(found.map(({ via, roleName }) => [via, roleName])).toEqual([
      ['direct', 'Standard User'],
      ['direct', 'System Administrator'],
    ]);
  });

  it('has all apps where none is named, from all pages', async () => {
    await bench.close();
    await start({ pageSize: 3 });

    const found = await listed(adele.id);

    expect(found.length).toBeGreaterThan(10);
    expect(new Set(found.map(({ appName }) => appName))).toEqual(
      new Set(
        bench.sandbox.tenant
          .applications()
          .filter(({ id }) => bench.sandbox.tenant.isAssigned(id, adele.id))
          .map(({ displayName }) => displayName),
      ),
    );
  });

  it('names no role where the app declares none, or cannot be read', async () => {
    bench.sandbox.failNext(/^\/servicePrincipals\/[^/]+$/, { kind: 'status', status: 403 });

    const unreadable = await listed(adele.id, salesforce.id);
    const roleless = await listed(adele.id, apps.payroll.id);

    expect([...unreadable, ...roleless].map(({ roleName }) => roleName)).toEqual([null, null]);
  });

  it('is trouble, and no part of the list, where a page cannot be read', async () => {
    await bench.close();
    await start({ pageSize: 3 });
    bench.sandbox.failNext(/appRoleAssignments$/, { kind: 'slow', ms: 0 });
    bench.sandbox.failNext(/appRoleAssignments$/, { kind: 'status', status: 403 });

    expect(await assignments.list(adele.id)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });

  it('takes for a group’s whatever Graph does not call the person’s', async () => {
    const entry = { id: 'x', principalId: adele.id, resourceId: salesforce.id, appRoleId: 'r' };
    const value = [
      { ...entry, principalType: null },
      { ...entry, principalType: 'User', principalId: isaiah.id },
      { ...entry, principalType: 'user', principalId: adele.id.toUpperCase() },
    ];
    bench.sandbox.failNext(/appRoleAssignments$/, { kind: 'status', status: 200, body: { value } });

    expect((await listed(adele.id, salesforce.id)).map(({ via }) => via)).toEqual(['group', 'group', 'direct']);
  });
});

describe('unassigning', () => {
  it('deletes the one assignment, which a look then misses', async () => {
    bench.sandbox.tenant.assign(salesforce.id, adele.id, salesforce.appRoles[1]?.id);
    const [standard, admin] = await listed(adele.id, salesforce.id);
    await assignments.find(serviceNow.id, adele.id);

    const first = standard?.via === 'direct' ? await assignments.unassign(adele.id, standard) : null;
    const left = await listed(adele.id, salesforce.id);
    const second = admin?.via === 'direct' ? await assignments.unassign(adele.id, admin) : null;

    expect([first, second]).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(left).toEqual([admin]);
    expect(deletions().map(({ path }) => path)).toEqual([
      `/servicePrincipals/${salesforce.id}/appRoleAssignedTo/${standard?.id}`,
      `/servicePrincipals/${salesforce.id}/appRoleAssignedTo/${admin?.id}`,
    ]);
    expect(await assignments.find(salesforce.id, adele.id)).toEqual({ ok: true, value: { kind: 'missing' } });
  });

  it('clears what a look had kept', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    await assignments.find(salesforce.id, adele.id);

    await assignments.unassign(adele.id, own);

    expect(await assignments.find(salesforce.id, adele.id)).toEqual({ ok: true, value: { kind: 'missing' } });
  });

  it('finds it gone the second time, and deletes nothing', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    await assignments.unassign(adele.id, own);

    const again = await assignments.unassign(adele.id, own);

    expect(again).toEqual({ kind: 'gone' });
    expect(deletions()).toHaveLength(1);
  });

  it('finds it gone where Graph deletes it first', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    const error = { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' };
    bench.sandbox.failNext(/appRoleAssignedTo\//, { kind: 'status', status: 404, body: { error } });

    expect(await assignments.unassign(adele.id, own)).toEqual({ kind: 'gone' });
  });

  it('finds it gone with the app', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    const servicePrincipalId = '5eed0000-0000-4000-8000-00000000ffff';

    expect(await assignments.unassign(adele.id, { ...own, servicePrincipalId })).toEqual({ kind: 'gone' });
  });

  it('never deletes a group’s entry, whatever the caller calls it', async () => {
    const [entry] = (await listed(member, gitHubEnterprise.id)).filter(({ via }) => via === 'group');
    const own = await ownOf(member, gitHubEnterprise.id);
    const forged: DirectAssignment = { ...own, id: entry?.id ?? '' };

    const results = [
      await assignments.unassign(member, forged),
      // As they may come from what was stored.
      await assignments.unassign(member, entry as unknown as DirectAssignment),
      await assignments.unassign(member, { ...own, via: 'group' } as unknown as DirectAssignment),
    ];

    for (const result of results) expect(result).toEqual({ kind: 'refused', why: 'notTheirs', code: 'notTheirs' });
    expect(deletions()).toEqual([]);
    expect(bench.sandbox.tenant.isAssigned(gitHubEnterprise.id, groups.salesTeam.id)).toBe(true);
  });

  it('never deletes what is another person’s', async () => {
    const own = await ownOf(adele.id, salesforce.id);

    const asAnother = await assignments.unassign(isaiah.id, own);
    const forged = await assignments.unassign(isaiah.id, { ...own, principalId: isaiah.id });

    expect(asAnother).toMatchObject({ kind: 'refused', why: 'notTheirs' });
    expect(forged).toEqual({ kind: 'gone' });
    expect(deletions()).toEqual([]);
  });

  it('never deletes an assignment to an app of Microsoft', async () => {
    bench.sandbox.tenant.assign(microsoftGraph.id, adele.id);
    const own = await ownOf(adele.id, microsoftGraph.id);

    expect(await assignments.unassign(adele.id, own)).toMatchObject({ kind: 'refused', why: 'microsoftApp' });
    expect(deletions()).toEqual([]);
  });

  it('deletes nothing of a person in the recycle bin, who keeps their assignments there', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    bench.sandbox.tenant.deletePerson(adele.id);

    const result = await assignments.unassign(adele.id, own);

    expect(result).toEqual({ kind: 'refused', why: 'noSuchPerson', code: 'Request_ResourceNotFound' });
    expect(deletions()).toEqual([]);
  });

  it('is refused for good without the permission', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    bench.sandbox.tenant.withdraw('AppRoleAssignment.ReadWrite.All');

    expect(await assignments.unassign(adele.id, own)).toEqual({
      kind: 'refused',
      why: 'permission',
      code: 'Authorization_RequestDenied',
    });
  });

  it('is refused for good where Graph calls it invalid', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    bench.sandbox.failNext(/appRoleAssignedTo\//, { kind: 'status', status: 400, code: 'Request_BadRequest' });

    expect(await assignments.unassign(adele.id, own)).toEqual({
      kind: 'refused',
      why: 'other',
      code: 'Request_BadRequest',
    });
  });

  it.each([401, 409, 429, 500, 503, 504])('is sent once, and may be retried after a %i', async (status) => {
    const own = await ownOf(adele.id, salesforce.id);
    bench.sandbox.failNext(/appRoleAssignedTo\//, { kind: 'status', status });

    const result = await assignments.unassign(adele.id, own);

    expect(result).toMatchObject({ kind: 'trouble', trouble: { kind: 'refused', status } });
    expect(deletions()).toHaveLength(1);
  });

  it.each([
    ['the app', /^\/servicePrincipals\/[^/]+$/],
    ['the list', /appRoleAssignments$/],
  ])('deletes nothing where %s cannot be read', async (_what, where) => {
    const own = await ownOf(adele.id, salesforce.id);
    bench.sandbox.failNext(where, { kind: 'html' });

    expect(await assignments.unassign(adele.id, own)).toMatchObject({ kind: 'trouble' });
    expect(deletions()).toEqual([]);
  });

  it('whose answer got lost finds it gone the next time', async () => {
    const own = await ownOf(adele.id, salesforce.id);
    bench.sandbox.failNext(/appRoleAssignedTo\//, { kind: 'reset', workDone: true });

    const first = await assignments.unassign(adele.id, own);
    const second = await assignments.unassign(adele.id, own);

    expect(first).toMatchObject({ kind: 'trouble', trouble: { kind: 'noAnswer' } });
    expect(second).toEqual({ kind: 'gone' });
  });
});

it('unassigning deletes the person’s own assignment to that app and no other, whatever it is given', async () => {
  const { tenant } = bench.sandbox;
  const appPool = [salesforce, serviceNow, gitHubEnterprise, microsoftGraph];
  const peoplePool = [adele.id, isaiah.id, member];
  const every = () => appPool.flatMap(({ id: appId }) => tenant.assignments(appId).map((one) => ({ appId, ...one })));

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...appPool), fc.constantFrom(...peoplePool, groups.salesTeam.id), fc.nat(1)), {
        maxLength: 12,
      }),
      fc.nat(),
      fc.constantFrom(...peoplePool),
      fc.constantFrom(...peoplePool, groups.salesTeam.id),
      fc.constantFrom(...appPool),
      fc.constantFrom('direct' as const, 'group' as const),
      async (made, pick, userId, principalId, app, via) => {
        bench.sandbox.reset();
        for (const [{ id, appRoles }, principal, role] of made) tenant.assign(id, principal, appRoles[role]?.id);
        const before = every();
        const chosen = before[pick % before.length];
        if (chosen === undefined) return;
        const given = { id: chosen.id, servicePrincipalId: app.id, principalId, via };

        const result = await assignments.unassign(userId, given as DirectAssignment);

        const left = new Set(every().map(({ id }) => id));
        const deleted = before.filter(({ id }) => !left.has(id));
        const may = chosen.appId === app.id && chosen.principalId === userId && app !== microsoftGraph;
        const asked = principalId === userId && via === 'direct';
        expect(deleted).toEqual(may && asked ? [chosen] : []);
        expect(result.kind === 'done').toBe(may && asked);
      },
    ),
    { numRuns: propertyRuns(600) },
  );
});
