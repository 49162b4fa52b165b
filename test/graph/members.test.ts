import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDirectory, type Directory } from '../../src/graph/directory.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

let bench: Bench;
let directory: Directory;

beforeEach(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
});

afterEach(() => bench.close());

describe('the manager of a person', () => {
  it('is returned as an object id', async () => {
    expect(await directory.managerOf(people.isaiah.id)).toEqual({
      ok: true,
      value: { id: people.megan.id, name: 'Megan Bowen' },
    });
  });

  it.each([
    ['who has none', people.patti.id],
    ['who is not there', '5eed0000-0000-4000-8000-00000000ffff'],
  ])('is null for a person %s', async (_who, id) => {
    expect(await directory.managerOf(id)).toEqual({ ok: true, value: null });
  });

  it('is an error, and not null, when Usher may not read it', async () => {
    bench.sandbox.failNext(/manager$/, { kind: 'status', status: 403 });

    expect(await directory.managerOf(people.isaiah.id)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});

describe('the people behind an id', () => {
  it('are every person in a group, nested groups included', async () => {
    const found = await directory.membersOf(groups.engineering.id);

    const direct = groups.engineering.memberIds.filter((id) => id !== groups.platformEngineering.id);
    const nested = groups.platformEngineering.memberIds;
    expect(found.ok && [...found.value].sort()).toEqual([...direct, ...nested].sort());
  });

  it('are read page by page', async () => {
    const first = people.adele.id.toUpperCase();
    const next = `${bench.sandbox.url}/groups/${groups.helpdesk.id}/transitiveMembers/microsoft.graph.user`;
    const body = { value: [{ id: first }], '@odata.nextLink': next };
    bench.sandbox.failNext(/transitiveMembers/, { kind: 'status', status: 200, body });

    const found = await directory.membersOf(groups.helpdesk.id);

    expect(found).toEqual({ ok: true, value: [people.adele.id, people.alex.id] });
  });

  it('are the person alone where the id is a person’s own', async () => {
    expect(await directory.membersOf(people.adele.id.toUpperCase())).toEqual({ ok: true, value: [people.adele.id] });
  });

  it('are the people who hold the directory role of this template', async () => {
    bench.sandbox.tenant.grantDirectoryRole(people.lynne.id, userAdministrator);
    bench.sandbox.tenant.grantDirectoryRole(people.nestor.id, userAdministrator);

    const found = await directory.membersOf(userAdministrator);

    expect(found).toEqual({ ok: true, value: [people.lynne.id, people.nestor.id] });
  });

  it('are, for a role, also the people of a group that holds it, each once, and no apps', async () => {
    const value = [
      { '@odata.type': '#microsoft.graph.user', id: people.alex.id },
      { '@odata.type': '#microsoft.graph.group', id: groups.helpdesk.id },
      { '@odata.type': '#microsoft.graph.group', id: groups.onCall.id },
      { '@odata.type': '#microsoft.graph.servicePrincipal', id: 'an app' },
    ];
    bench.sandbox.failNext('/directoryRoles', { kind: 'status', status: 200, body: { value } });

    expect(await directory.membersOf(userAdministrator)).toEqual({
      ok: true,
      value: [people.alex.id, people.lynne.id],
    });
  });

  it.each([
    ['a role that is not activated, or nothing at all', userAdministrator],
    ['no id', "x') or ('"],
  ])('are none for %s', async (_what, id) => {
    expect(await directory.membersOf(id)).toEqual({ ok: true, value: [] });
  });

  it('are a person even where Usher may not read roles', async () => {
    bench.sandbox.failNext('/directoryRoles', { kind: 'status', status: 403 });

    expect(await directory.membersOf(people.adele.id)).toMatchObject({ ok: true });
  });

  it.each([
    ['the group', /transitiveMembers/, groups.helpdesk.id],
    ['the person', /users/, people.adele.id],
    ['the role', /directoryRoles/, userAdministrator],
  ])('are an error, and not an empty list, when Usher may not read %s', async (_what, where, id) => {
    bench.sandbox.failNext(where, { kind: 'status', status: 403 });

    expect(await directory.membersOf(id)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});

describe('what an id of the configuration includes', () => {
  it('is a group by name, with everything about its people that a role depends on, nested groups included', async () => {
    const found = await directory.includedBy(groups.engineering.id);

    const nested = groups.platformEngineering.memberIds;
    expect(found).toMatchObject({ ok: true, value: { kind: 'group', name: 'Engineering' } });
    const included = found.ok ? found.value.people : [];
    expect(included.map(({ id }) => id)).toEqual(expect.arrayContaining([...nested]));
    expect(included[0]).toMatchObject({ accountEnabled: true, userType: 'Member', displayName: expect.any(String) });
  });

  it('is a person, the holders of a directory role, or nothing', async () => {
    bench.sandbox.tenant.grantDirectoryRole(people.lynne.id, userAdministrator);

    expect(await directory.includedBy(people.adele.id)).toMatchObject({
      value: { kind: 'person', people: [{ id: people.adele.id }] },
    });
    expect(await directory.includedBy(userAdministrator)).toMatchObject({
      value: { kind: 'role', people: [{ id: people.lynne.id }] },
    });
    expect(await directory.includedBy('5eed0000-0000-4000-8000-00000000ffff')).toEqual({
      ok: true,
      value: { kind: 'none', name: null, people: [] },
    });
  });

  it.each([
    ['the group', /groups/, groups.helpdesk.id],
    ['its members', /transitiveMembers/, groups.helpdesk.id],
    ['the role', /directoryRoles/, userAdministrator],
  ])('is an error, and not empty, when Usher may not read %s', async (_what, where, id) => {
    bench.sandbox.failNext(where, { kind: 'status', status: 403 });

    expect(await directory.includedBy(id)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});
