import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Role } from '../../src/access/caller.ts';
import { deny } from '../../src/access/policy.ts';
import type { RoleConfig } from '../../src/config.ts';
import { createDirectory } from '../../src/graph/directory.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { everybody, people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from '../graph/support.ts';

const applicationAdministrator = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
const cloudApplicationAdministrator = '158c047a-c907-4556-b7ef-446551a6b5f7';
const hybridIdentityAdministrator = '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2';
const helpdeskAdministrator = '729827e3-9c14-49f7-bb1b-9608f156bbb8';
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

const roles: RoleConfig = {
  viewers: [groups.onCall.id, groups.engineering.id],
  requesters: [groups.peopleManagers.id],
  operators: [groups.helpdesk.id],
  approvers: [groups.appApprovers.id, groups.helpdesk.id, helpdeskAdministrator],
};

/** One group that approves in general as well, one of its own, a directory role, and a person. */
const appApprovers = [groups.appApprovers.id, groups.salesTeam.id, userAdministrator, people.johanna.id];

let bench: Bench;
let access: Access;

beforeEach(async () => {
  bench = await startBench();
  access = accessWith();
});

afterEach(() => bench.close());

/** As the tests of general roles have it, no app has approvers of its own. */
function accessWith(
  parts: {
    readonly roles?: RoleConfig;
    readonly appApprovers?: readonly string[];
    readonly kitRequesters?: readonly string[];
  } = {},
): Access {
  return createAccess({
    directory: createDirectory(bench.graph),
    roles,
    appApprovers: [],
    clock: bench.clock,
    ...parts,
  });
}

const key = ({ id }: { readonly id: string }) => ({ id, tenantId });

async function rolesOf(person: { readonly id: string }): Promise<readonly Role[] | null> {
  const found = await access.identify(key(person));
  return found.kind === 'caller' ? found.caller.roles : null;
}

describe('what Graph withholds', () => {
  it('counts as an unread permission, not as a missing role, for a caller whom no known role allows', async () => {
    const value = [{ id: people.johanna.id, roleTemplateId: null }];
    bench.sandbox.failNext(/directoryRole$/, { kind: 'status', status: 200, body: { value } });
    bench.sandbox.failNext(/directoryRole$/, { kind: 'status', status: 200, body: { value } });

    const nobody = await access.identify(key(people.johanna));
    const operator = await access.identify(key(people.alex));

    expect(nobody.kind === 'caller' && deny(nobody.caller, 'provision.run')).toEqual({ reason: 'rolesUnread' });
    expect(operator.kind === 'caller' && deny(operator.caller, 'provision.run')).toBeNull();
  });

  it.each([[null], [undefined], ['true']])('is not read as an enabled account: %j', async (accountEnabled) => {
    const { id, displayName } = people.alex;
    const body = { id, displayName, userPrincipalName: 'alex@contoso.com', userType: 'Member', accountEnabled };
    bench.sandbox.failNext(`/users/${id}`, { kind: 'status', status: 200, body });

    // Groups and roles are read at the same time, and by the beginning of the same path.
    const found = await createAccess({
      directory: {
        ...createDirectory(bench.graph),
        directoryRoles: async () => ({ ok: true, value: [] }),
        groupsAmong: async () => ({ ok: true, value: [] }),
      },
      roles,
      appApprovers: [],
      clock: bench.clock,
    }).identify(key(people.alex));

    expect(found).toEqual({ kind: 'denied', denial: { reason: 'accountUnread' } });
  });
});

describe('the identity of a caller', () => {
  it('holds what Entra says of the person', async () => {
    expect(await access.identify(key(people.lynne))).toEqual({
      kind: 'caller',
      caller: {
        id: people.lynne.id,
        tenantId,
        name: 'Lynne Robbins',
        principalName: 'lynne@contoso.com',
        roles: ['viewer'],
        memberOf: [groups.onCall.id],
        sources: [{ role: 'viewer', setting: 'VIEWERS', id: groups.onCall.id }],
      },
    });
  });

  it.each([
    ['On Call', people.lynne, ['viewer']],
    ['People Managers', people.megan, ['requester']],
    ['App Approvers', people.patti, ['approver']],
    ['Helpdesk, which gives two roles', people.alex, ['operator', 'approver']],
    ['no group at all', people.johanna, []],
  ] satisfies [string, { id: string }, Role[]][])('gets its role from %s', async (_group, person, expected) => {
    expect(await rolesOf(person)).toEqual(expected);
  });

  it('gets a role from a group within a group', async () => {
    const nested = everybody.find(({ id }) => groups.platformEngineering.memberIds.includes(id));

    expect(nested && (await rolesOf(nested))).toEqual(['viewer']);
  });

  it.each([
    ['Application Administrator', applicationAdministrator, 'operator'],
    ['Cloud Application Administrator', cloudApplicationAdministrator, 'operator'],
    ['Hybrid Identity Administrator', hybridIdentityAdministrator, 'cloudSyncOperator'],
    ['a directory role that the configuration lists', helpdeskAdministrator, 'approver'],
  ] satisfies [string, string, Role][])('gets its role from %s', async (_name, template, role) => {
    bench.sandbox.tenant.grantDirectoryRole(people.johanna.id, template);

    expect(await rolesOf(people.johanna)).toEqual([role]);
  });

  it('gets no role from a directory role that is not listed', async () => {
    bench.sandbox.tenant.grantDirectoryRole(people.johanna.id, '62e90394-69f5-4237-9190-012177145e10');

    expect(await rolesOf(people.johanna)).toEqual([]);
  });

  it('names a role once, though two things give it', async () => {
    bench.sandbox.tenant.grantDirectoryRole(people.alex.id, applicationAdministrator);

    expect(await rolesOf(people.alex)).toEqual(['operator', 'approver']);
  });

  it('has a role by directory role alone, without a configured group', async () => {
    const nothing = { viewers: [], requesters: [], operators: [], approvers: [] };
    bench.sandbox.tenant.grantDirectoryRole(people.alex.id, applicationAdministrator);
    const bare = accessWith({ roles: nothing });

    expect(await bare.identify(key(people.alex))).toMatchObject({ kind: 'caller', caller: { roles: ['operator'] } });
  });
});

describe('a person who may ask for a kit', () => {
  it('carries the group or the own id that the kit names, which gives no role', async () => {
    const asking = accessWith({ kitRequesters: [groups.salesTeam.id, people.johanna.id] });
    const salesperson = { id: groups.salesTeam.memberIds[0] ?? '' };

    expect(await asking.identify(key(salesperson))).toMatchObject({
      caller: { roles: [], memberOf: [groups.salesTeam.id] },
    });
    expect(await asking.identify(key(people.johanna))).toMatchObject({
      caller: { roles: [], memberOf: [people.johanna.id] },
    });
    expect(await asking.identify(key(people.adele))).toMatchObject({ caller: { memberOf: [] } });
  });
});

describe('an approver of single apps', () => {
  async function callerOf(person: { readonly id: string }) {
    const found = await accessWith({ appApprovers }).identify(key(person));
    return found.kind === 'caller' ? found.caller : null;
  }
  const salesperson = { id: groups.salesTeam.memberIds[0] ?? '' };

  it('is a member of one of their groups, and the caller carries that group', async () => {
    const caller = await callerOf(salesperson);

    expect(caller).toMatchObject({ roles: ['appApprover'], memberOf: [groups.salesTeam.id] });
  });

  it('is a person who holds one of their directory roles', async () => {
    bench.sandbox.tenant.grantDirectoryRole(people.lynne.id, userAdministrator);

    const caller = await callerOf(people.lynne);

    expect(caller).toMatchObject({
      roles: ['viewer', 'appApprover'],
      memberOf: [groups.onCall.id, userAdministrator],
    });
  });

  it('is a person whom the file names, whatever the case of the id', async () => {
    const named = await callerOf(people.johanna);
    const shouted = await callerOf({ id: people.johanna.id.toUpperCase() });

    expect(named).toMatchObject({ roles: ['appApprover'], memberOf: [people.johanna.id] });
    expect(shouted).toMatchObject({ roles: ['appApprover'], memberOf: [people.johanna.id] });
  });

  it('may decide on all apps as well', async () => {
    const caller = await callerOf(people.patti);

    expect(caller).toMatchObject({ roles: ['approver', 'appApprover'], memberOf: [groups.appApprovers.id] });
  });

  it('is no other person, and the own id gives a person no other role', async () => {
    const byOwnId = accessWith({ roles: { ...roles, operators: [people.johanna.id] }, appApprovers });

    const johanna = await byOwnId.identify(key(people.johanna));

    expect(await callerOf(people.adele)).toMatchObject({ roles: [], memberOf: [] });
    expect(johanna).toMatchObject({ caller: { roles: ['appApprover'] } });
  });

  it('is a contact: groups with some of their members, and people by name', async () => {
    const [approvers, sales, johanna] = await access.contactsOf(appApprovers);

    expect(approvers).toEqual({
      ...{ id: groups.appApprovers.id, kind: 'group', name: 'App Approvers', count: 1 },
      people: [{ id: people.patti.id, name: 'Patti Fernandez' }],
    });
    expect(sales).toMatchObject({ name: 'Sales Team', count: 12 });
    expect(johanna).toEqual({ id: people.johanna.id, kind: 'person', name: 'Johanna Lorenz', people: [], count: null });
  });

  it('is not named to a caller who looks for a role', async () => {
    expect(await accessWith({ appApprovers }).contacts(['appApprover'])).toEqual([]);
  });
});

describe('a caller who is turned away', () => {
  it('is a guest, whatever groups they are in', async () => {
    bench.sandbox.tenant.changePerson(people.alex.id, { userType: 'Guest' });

    expect(await access.identify(key(people.alex))).toEqual({ kind: 'denied', denial: { reason: 'guest' } });
  });

  it('is a person with a disabled account', async () => {
    bench.sandbox.tenant.changePerson(people.alex.id, { accountEnabled: false });

    expect(await access.identify(key(people.alex))).toEqual({ kind: 'denied', denial: { reason: 'accountDisabled' } });
  });

  it('is a person whom Entra does not know', async () => {
    const stranger = { id: '5eed0000-0000-4000-8000-00000000ffff' };

    expect(await access.identify(key(stranger))).toEqual({ kind: 'denied', denial: { reason: 'unknownPerson' } });
  });
});

describe('trouble with Graph', () => {
  it.each([
    ['the person', /users\/[^/]+$/],
    ['the groups', /checkMemberGroups$/],
    ['the directory roles', /transitiveMemberOf/],
  ])('with %s gives no caller a role, and denies none', async (_what, path) => {
    bench.sandbox.failNext(path, { kind: 'status', status: 403 });

    expect(await access.identify(key(people.alex))).toMatchObject({
      kind: 'trouble',
      trouble: { kind: 'refused', status: 403 },
    });
  });

  it('is not kept: the next command asks again', async () => {
    bench.sandbox.failNext(/checkMemberGroups$/, { kind: 'status', status: 403 });

    await access.identify(key(people.alex));

    expect(await rolesOf(people.alex)).toEqual(['operator', 'approver']);
  });
});

describe('a cached identity', () => {
  it('lasts a minute and no longer', async () => {
    await access.identify(key(people.alex));
    bench.sandbox.tenant.changePerson(people.alex.id, { accountEnabled: false });

    await bench.clock.advance(59_999);
    const kept = await access.identify(key(people.alex));
    await bench.clock.advance(1);
    const after = await access.identify(key(people.alex));

    expect(kept.kind).toBe('caller');
    expect(after).toEqual({ kind: 'denied', denial: { reason: 'accountDisabled' } });
  });

  it('does not count for a click that decides on a request, which replaces it', async () => {
    await access.identify(key(people.alex));
    bench.sandbox.tenant.changePerson(people.alex.id, { accountEnabled: false });

    const fresh = await access.identify(key(people.alex), { fresh: true });
    const after = await access.identify(key(people.alex));

    expect(fresh).toEqual({ kind: 'denied', denial: { reason: 'accountDisabled' } });
    expect(after).toEqual(fresh);
  });

  it('does not serve a person with the same id in another tenant', async () => {
    await access.identify(key(people.alex));

    const other = await access.identify({ id: people.alex.id, tenantId: 'another tenant' });

    expect(other).toMatchObject({ caller: { tenantId: 'another tenant' } });
    expect(bench.sandbox.requests.filter(({ path }) => path === `/users/${people.alex.id}`)).toHaveLength(2);
  });

  it('is shared by commands that come at the same time', async () => {
    await Promise.all([access.identify(key(people.alex)), access.identify(key(people.alex))]);

    expect(bench.sandbox.requests).toHaveLength(3);
  });
});

describe('the contacts of a caller who lacks a role', () => {
  it('are the groups that give the role, with some of their members', async () => {
    expect(await access.contacts(['operator', 'requester'])).toMatchObject([
      {
        name: 'People Managers',
        people: [{ name: 'Megan Bowen' }, { name: 'Chloé Marchand' }, { name: 'Thiago Nogueira' }, { name: '王伟' }],
      },
      { name: 'Helpdesk', people: [{ name: 'Alex Wilber' }] },
    ]);
  });

  it('name five people of a group at most', async () => {
    const sales = { ...roles, viewers: [groups.salesTeam.id] };
    const own = accessWith({ roles: sales });

    const [contact] = await own.contacts(['viewer']);

    expect(contact?.people).toHaveLength(5);
  });

  it('are none for a role that only Entra gives', async () => {
    expect(await access.contacts(['cloudSyncOperator'])).toEqual([]);
  });

  it('leave out a directory role, which is no group, and a group that cannot be read', async () => {
    bench.sandbox.failNext(`/groups/${groups.helpdesk.id}`, { kind: 'status', status: 403 });
    bench.sandbox.failNext(`/groups/${groups.helpdesk.id}`, { kind: 'status', status: 403 });

    expect(await access.contacts(['approver'])).toMatchObject([{ name: 'App Approvers' }]);
  });

  it('are read once in ten minutes', async () => {
    await access.contacts(['operator']);
    const first = bench.sandbox.requests.length;
    await bench.clock.advance(10 * 60_000 - 1);
    await access.contacts(['operator']);
    const within = bench.sandbox.requests.length;
    await bench.clock.advance(1);
    await access.contacts(['operator']);

    expect(within).toBe(first);
    expect(bench.sandbox.requests).toHaveLength(2 * first);
  });
});
