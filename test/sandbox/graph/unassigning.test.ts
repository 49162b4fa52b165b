import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { call, type Json, opened, post, provision, type StillClock, startSandbox, stillClock } from '../support.ts';

const { salesforce, serviceNow, gitHubEnterprise } = apps;
const replicationMs = 20_000;

let clock: StillClock;
let sandbox: SandboxGraph;

beforeEach(async () => {
  clock = stillClock();
  sandbox = await startSandbox({ clock, replicationMs });
});

afterEach(() => sandbox.close());

const list = async (path: string): Promise<readonly Json[]> => (await call(sandbox.url, path)).body.value ?? [];
const ofPerson = (personId: string, app: { readonly id: string }) =>
  list(`/users/${personId}/appRoleAssignments?$filter=resourceId eq ${app.id}`);
const ofApp = async (app: { readonly id: string }, principalId: string) =>
  (await list(`/servicePrincipals/${app.id}/appRoleAssignedTo?$top=999`)).filter(
    (one) => one.principalId === principalId,
  );
const unassign = (app: { readonly id: string }, assignmentId: string | undefined) =>
  call(sandbox.url, `/servicePrincipals/${app.id}/appRoleAssignedTo/${assignmentId}`, { method: 'DELETE' });

describe('the assignments of a person', () => {
  const member = groups.salesTeam.memberIds[0] ?? '';

  it('have ids of 43 characters, and include those of the groups of which the person is a direct member', async () => {
    const found = await ofPerson(member, gitHubEnterprise);

    expect(found.map(({ principalType }) => principalType).toSorted()).toEqual(['Group', 'User']);
    expect(found).toContainEqual(
      expect.objectContaining({ principalId: groups.salesTeam.id, principalDisplayName: 'Sales Team' }),
    );
    for (const { id } of found) expect(id).toMatch(/^[\w-]{43}$/);
  });

  it('leave out the group around an assigned group', async () => {
    const found = await ofPerson(groups.platformEngineering.memberIds[0] ?? '', gitHubEnterprise);

    expect(found.map(({ principalDisplayName }) => principalDisplayName)).not.toContain('Engineering');
  });

  it('are one for each role', async () => {
    const body = {
      principalId: people.adele.id,
      resourceId: salesforce.id,
      appRoleId: salesforce.appRoles[1]?.id,
    };

    const first = await post(sandbox.url, `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`, body);
    const again = await post(sandbox.url, `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`, body);

    expect([first.status, again.status]).toEqual([201, 400]);
    expect((await ofPerson(people.adele.id, salesforce)).map(({ appRoleId }) => appRoleId)).toEqual(
      salesforce.appRoles.map(({ id }) => id),
    );
  });
});

describe('unassigning', () => {
  it('is answered 204, and then 404 as there is none any more', async () => {
    const [assignment] = await ofPerson(people.adele.id, salesforce);

    const first = await unassign(salesforce, assignment?.id);
    const second = await unassign(salesforce, assignment?.id);

    expect(first).toMatchObject({ status: 204, body: null });
    expect(second).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'Request_ResourceNotFound',
          message: `Resource '${assignment?.id}' does not exist or one of its queried reference-property objects are not present.`,
        },
      },
    });
  });

  it('takes one role, and leaves the others and other apps alone', async () => {
    sandbox.tenant.assign(salesforce.id, people.adele.id, salesforce.appRoles[1]?.id);
    const [standard, admin] = await ofPerson(people.adele.id, salesforce);

    await unassign(salesforce, standard?.id);

    expect(await ofPerson(people.adele.id, salesforce)).toEqual([admin]);
    expect(await ofPerson(people.adele.id, serviceNow)).toHaveLength(1);
  });

  it('finds no assignment of another app', async () => {
    const [assignment] = await ofPerson(people.adele.id, salesforce);

    const { status } = await unassign(serviceNow, assignment?.id);

    expect(status).toBe(404);
    expect(await ofPerson(people.adele.id, salesforce)).toHaveLength(1);
  });

  it('shows in the person’s list at once, and in the app’s list and in provisioning when it is replicated', async () => {
    const [assignment] = await ofPerson(people.adele.id, salesforce);
    const code = async () =>
      opened(await provision(sandbox, salesforce, { objectId: people.adele.id })).key.details?.errorCode;

    await unassign(salesforce, assignment?.id);
    const ofHers = await ofPerson(people.adele.id, salesforce);
    clock.advance(replicationMs - 1);
    const before = [(await ofApp(salesforce, people.adele.id)).length, await code()];
    clock.advance(1);
    const after = [(await ofApp(salesforce, people.adele.id)).length, await code()];

    expect(ofHers).toEqual([]);
    expect(before).toEqual([1, 'RedundantExport']);
    expect(after).toEqual([0, undefined]);
  });

  it('can be followed by an assignment again, which has another id', async () => {
    const [assignment] = await ofPerson(people.adele.id, salesforce);
    await unassign(salesforce, assignment?.id);

    const { status, body } = await post(sandbox.url, `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`, {
      principalId: people.adele.id,
      resourceId: salesforce.id,
      appRoleId: assignment?.appRoleId,
    });

    expect(status).toBe(201);
    expect(body.id).not.toBe(assignment?.id);
    expect(await unassign(salesforce, assignment?.id)).toMatchObject({ status: 404 });
  });

  it('of a group’s entry takes the app from the whole group', async () => {
    const members = groups.salesTeam.memberIds;
    for (const member of members) sandbox.tenant.unassign(gitHubEnterprise.id, member);
    const [entry] = await ofPerson(members[0] ?? '', gitHubEnterprise);

    await unassign(gitHubEnterprise, entry?.id);
    clock.advance(replicationMs);

    expect(members.filter((member) => sandbox.tenant.isAssigned(gitHubEnterprise.id, member))).toEqual([]);
  });

  it('is refused without the permission, as assigning is, until the sandbox is reset', async () => {
    const [assignment] = await ofPerson(people.adele.id, salesforce);
    sandbox.tenant.withdraw('AppRoleAssignment.ReadWrite.All');

    const answers = [
      await unassign(salesforce, assignment?.id),
      await post(sandbox.url, `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`, {}),
    ];
    const left = await ofPerson(people.adele.id, salesforce);
    sandbox.reset();
    const anew = await unassign(salesforce, assignment?.id);

    for (const { status, body } of answers) {
      expect([status, body.error?.code]).toEqual([403, 'Authorization_RequestDenied']);
    }
    expect(left).toHaveLength(1);
    expect(anew.status).toBe(204);
  });

  it('is of an assignment alone: the list as a whole cannot be deleted', async () => {
    const { status } = await call(sandbox.url, `/servicePrincipals/${salesforce.id}/appRoleAssignedTo`, {
      method: 'DELETE',
    });

    expect(status).toBe(405);
  });
});
