import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { objectId, tenantId } from '../../../src/sandbox/tenant/identity.ts';
import { everybody, generatedPeople, people } from '../../../src/sandbox/tenant/people.ts';
import { type Answer, call, eventual, post, startSandbox } from '../support.ts';

let sandbox: SandboxGraph;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(() => sandbox.close());

const get = (path: string, init?: RequestInit): Promise<Answer> => call(sandbox.url, path, init);
const namesAt = async (path: string, init?: RequestInit) => {
  const { body } = await get(path, init);
  return body.value?.map((one) => one.displayName);
};

describe('/users/{id}', () => {
  it('finds a person by object id and by user principal name', async () => {
    const byId = await get(`/users/${people.leeGu.id}`);
    const byName = await get(`/users/${encodeURIComponent('Lee.Gu@contoso.com')}`);

    expect(byId.body.displayName).toBe('Lee Gu');
    expect(byName.body.id).toBe(people.leeGu.id);
  });

  it('returns accountEnabled only when it is selected', async () => {
    const unasked = await get(`/users/${people.nestor.id}`);
    const selected = await get(`/users/${people.nestor.id}?$select=accountEnabled,userType,department`);

    expect(unasked.body).not.toHaveProperty('accountEnabled');
    expect(selected.body).toEqual({
      '@odata.context': `${sandbox.url}/$metadata#users/$entity`,
      id: people.nestor.id,
      accountEnabled: false,
      userType: 'Member',
      department: 'Operations',
    });
  });

  it('has no surname for Miriam', async () => {
    const { body } = await get(`/users/${people.miriam.id}`);

    expect(body.surname).toBeNull();
  });

  it('refuses an unknown user as Graph does', async () => {
    const { status, body } = await get('/users/nobody@contoso.com');

    expect(status).toBe(404);
    expect(body.error?.code).toBe('Request_ResourceNotFound');
    expect(body.error?.message).toContain("'nobody@contoso.com'");
  });
});

describe('the relatives of a user', () => {
  it('include the manager, and 404 where there is none', async () => {
    const manager = await get(`/users/${people.isaiah.id}/manager?$select=displayName`);
    const none = await get(`/users/${people.patti.id}/manager`);

    expect(manager.body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: people.megan.id });
    expect(none.status).toBe(404);
  });

  it('include direct reports', async () => {
    const names = await namesAt(`/users/${people.megan.id}/directReports`);

    expect(names).toEqual(['Adele Vance', 'Isaiah Langer', 'Diego Siciliani']);
  });

  it('include groups through nesting, each with its type', async () => {
    const { body } = await get(`/users/${generatedPeople[15]?.id}/transitiveMemberOf`);

    expect(body.value).toMatchObject([
      { '@odata.type': '#microsoft.graph.group', displayName: 'Platform Engineering' },
      { '@odata.type': '#microsoft.graph.group', displayName: 'Engineering' },
    ]);
  });

  it('include a directory role that was granted, alone when the path casts to it', async () => {
    const roleTemplateId = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
    const path = `/users/${people.lynne.id}/transitiveMemberOf`;
    const before = await get(`${path}/microsoft.graph.directoryRole`);
    sandbox.tenant.grantDirectoryRole(people.lynne.id, roleTemplateId);

    const cast = await get(`${path}/microsoft.graph.directoryRole?$select=roleTemplateId`);
    const everything = await get(path);

    expect(before.body.value).toEqual([]);
    expect(cast.body.value).toMatchObject([{ roleTemplateId }]);
    expect(everything.body.value?.map((one) => one['@odata.type'])).toEqual([
      '#microsoft.graph.group',
      '#microsoft.graph.directoryRole',
    ]);
  });

  it('include app role assignments, narrowed to one application', async () => {
    const path = `/users/${people.isaiah.id}/appRoleAssignments?$filter=resourceId eq ${apps.salesforce.id}`;

    const { body } = await get(path);

    expect(body.value).toMatchObject([
      { principalId: people.isaiah.id, principalType: 'User', resourceDisplayName: 'Salesforce' },
    ]);
  });
});

describe('/users/{id}/checkMemberGroups', () => {
  const path = `/users/${generatedPeople[15]?.id}/checkMemberGroups`;

  it('answers which of the groups hold the user, through nesting too', async () => {
    const groupIds = [groups.helpdesk.id, groups.engineering.id, groups.platformEngineering.id];

    const { status, body } = await post(sandbox.url, path, { groupIds });

    expect(status).toBe(200);
    expect([...(body.value ?? [])].sort()).toEqual([groups.engineering.id, groups.platformEngineering.id]);
  });

  it('takes twenty groups and refuses the twenty-first', async () => {
    const ids = Array.from({ length: 21 }, (_, index) => objectId(0x900 + index));

    const twenty = await post(sandbox.url, path, { groupIds: ids.slice(1) });
    const tooMany = await post(sandbox.url, path, { groupIds: ids });

    expect([twenty.status, tooMany.status]).toEqual([200, 400]);
  });

  it('refuses a body without groups', async () => {
    const { status } = await post(sandbox.url, path, { ids: [] });

    expect(status).toBe(400);
  });
});

describe('a user whose principal name begins with a dollar', () => {
  afterEach(() => sandbox.tenant.reset());

  it.each([
    ["/users('$o''neil@contoso.com')", 200],
    ["/users('%24o''neil%40contoso.com')", 200],
    ["/users/$o'neil@contoso.com", 400],
    ["/users/%24o'neil%40contoso.com", 400],
  ])('exists in quotes alone: %s', async (path, expected) => {
    sandbox.tenant.changePerson(people.adele.id, { userPrincipalName: "$o'neil@contoso.com" });

    const { status } = await get(path);

    expect(status).toBe(expected);
  });

  it('shows another way to address every other user', async () => {
    const { body } = await get("/users('adele@contoso.com')");

    expect(body).toMatchObject({ displayName: 'Adele Vance' });
  });
});

describe('/users with $filter', () => {
  it.each([
    [`userPrincipalName eq 'ADELE@contoso.com'`, ['Adele Vance']],
    [`mail eq 'lee.gu@contoso.com' or id eq '${people.alex.id}'`, ['Alex Wilber', 'Lee Gu']],
    [`startswith(displayName,'lee')`, ['Lee Gu', 'Lee Parker']],
    [`startswith(displayName,'lee') and startswith(userPrincipalName,'lee.p')`, ['Lee Parker']],
    [`(givenName eq 'Lee' or givenName eq 'Alex') and accountEnabled eq true`, ['Alex Wilber', 'Lee Gu', 'Lee Parker']],
    [`givenName eq 'Alex' or givenName eq 'Lee' and startswith(mail,'lee.g')`, ['Alex Wilber', 'Lee Gu']],
    [`mail eq 'x' or mail eq 'y' or givenName eq 'Alex'`, ['Alex Wilber']],
    [`accountEnabled eq false`, ['Nestor Wilke']],
    [`surname eq null`, ['Miriam Graham']],
    [`displayName eq 'O''Neil'`, []],
    [`surname eq 'o''neil'`, ["Ann O'Neil"]],
    [`mailNickname eq 'ADELE' or startswith(mailNickname,'ann.o''n')`, ['Adele Vance', "Ann O'Neil"]],
  ])('%s', async (filter, expected) => {
    const names = await namesAt(`/users?$filter=${encodeURIComponent(filter)}`);

    expect(names).toEqual(expected);
  });

  it.each([
    `displayName = 'x'`,
    `displayName eq`,
    `displayName eq 'x`,
    `displayName eq 'x' and`,
    `startswith(displayName 'x')`,
    `shoeSize eq '42'`,
    `contains(displayName,'x')`,
    `displayName eq 'x' 'y'`,
  ])('refuses %s', async (filter) => {
    const { status, body } = await get(`/users?$filter=${encodeURIComponent(filter)}`);

    expect(status).toBe(400);
    expect(body.error?.code).toBe('BadRequest');
  });
});

describe('/users by an address', () => {
  afterEach(() => sandbox.tenant.reset());

  const at = (address: string) => {
    const quoted = `'${address.replaceAll("'", "''")}'`;
    return `/users?$filter=${encodeURIComponent(`userPrincipalName eq ${quoted} or mail eq ${quoted}`)}`;
  };

  it('finds whose principal name and whose mail address it is, also with an apostrophe and in another case', async () => {
    sandbox.tenant.changePerson(people.leeGu.id, { mail: people.adele.userPrincipalName });
    sandbox.tenant.changePerson(people.alex.id, { mail: "Al.O'Wilber@contoso.com" });

    const names = [await namesAt(at('ADELE@contoso.com')), await namesAt(at("al.o'wilber@contoso.com"))];

    expect(names).toEqual([['Adele Vance', 'Lee Gu'], ['Alex Wilber']]);
  });

  it('finds nobody by an address that was changed, or whose person was deleted', async () => {
    sandbox.tenant.changePerson(people.leeGu.id, { userPrincipalName: 'gu@contoso.com', mail: 'gu@contoso.com' });
    sandbox.tenant.deletePerson(people.adele.id);

    const names = await Promise.all(['lee.gu', 'gu', 'adele'].map((name) => namesAt(at(`${name}@contoso.com`))));

    expect(names).toEqual([[], ['Lee Gu'], []]);
  });
});

describe('/users with $search', () => {
  const search = (text: string) => `/users?$search=${encodeURIComponent(text)}`;

  it('needs the ConsistencyLevel header', async () => {
    const { status, body } = await get(search('"displayName:lee"'));

    expect(status).toBe(400);
    expect(body.error?.code).toBe('Request_UnsupportedQuery');
  });

  it.each([
    ['"displayName:lee" OR "mail:lee"', ['Lee Gu', 'Lee Parker']],
    ['"displayName:PARK"', ['Lee Parker']],
    ['"displayName:parker lee"', ['Lee Parker']],
    ['"displayName:arker"', []],
    ['"displayName:lee" AND "mail:lee.gu"', ['Lee Gu']],
    ['"mail:adele" OR "displayName:lee" AND "mail:lee.gu"', ['Adele Vance', 'Lee Gu']],
  ])('finds by the beginnings of words: %s', async (text, expected) => {
    const names = await namesAt(search(text), eventual);

    expect(names).toEqual(expected);
  });

  it.each(['displayName:lee', '"lee"', '"managerId:lee"', '"displayName:lee" or "mail:lee"'])(
    'refuses %s',
    async (text) => {
      const { status } = await get(search(text), eventual);

      expect(status).toBe(400);
    },
  );
});

describe('paging', () => {
  it.each([200, 70])('leads through all people by the links alone, %i at a time', async (top) => {
    const seen: unknown[] = [];
    let pages = 0;
    let next: string | undefined = `${sandbox.url}/users?$select=displayName&$top=${top}&$count=true`;
    while (next !== undefined) {
      const { body }: Answer = await call(next, '', eventual);
      expect(body['@odata.count']).toBe(sandbox.tenant.people().length);
      for (const user of body.value ?? []) {
        expect(Object.keys(user)).toEqual(['id', 'displayName']);
        seen.push(user.id);
      }
      pages += 1;
      next = body['@odata.nextLink'];
    }

    expect(pages).toBe(Math.ceil(sandbox.tenant.people().length / top));
    expect(new Set(seen).size).toBe(sandbox.tenant.people().length);
  });

  it('keeps a filter and an encoded path in the link', async () => {
    const path = `/users/${people.megan.id}/directReports?$filter=${encodeURIComponent("startswith(mail,'a') or startswith(mail,'d')")}&$top=1`;
    const first = await get(path);

    const second = await call(first.body['@odata.nextLink'] ?? '', '');

    expect(second.body.value).toMatchObject([{ displayName: 'Diego Siciliani' }]);
    expect(second.body).not.toHaveProperty(['@odata.nextLink']);
  });

  it('ends a page at a hundred, or at the sandbox’s own size', async () => {
    // All the people and five groups are assigned.
    const assigned = everybody.length + 5;
    const small = await startSandbox({ pageSize: 40 });
    const path = `/servicePrincipals/${apps.gitHubEnterprise.id}/appRoleAssignedTo`;

    const whole = await get(path);
    const part = await call(small.url, path);
    await small.close();
    const rest = await call(whole.body['@odata.nextLink'] ?? '', '');

    expect(whole.body.value).toHaveLength(100);
    expect(rest.body.value).toHaveLength(assigned - 100);
    expect(rest.body).not.toHaveProperty(['@odata.nextLink']);
    expect(part.body.value).toHaveLength(40);
    expect(part.body).toHaveProperty(['@odata.nextLink']);
  });

  it.each(['$top=0', '$top=1000', '$top=ten', '$skiptoken=bm9uc2Vuc2U', '$expand=manager', '$skip=5'])(
    'refuses %s',
    async (option) => {
      const { status } = await get(`/users?${option}`);

      expect(status).toBe(400);
    },
  );

  it('counts only for callers with ConsistencyLevel', async () => {
    const { body } = await get('/users?$count=true&$top=1');

    expect(body).not.toHaveProperty(['@odata.count']);
  });
});

describe('/groups', () => {
  it('finds by name, by the beginning of a name and by search', async () => {
    expect(await namesAt(`/groups?$filter=displayName eq 'sales team'`)).toEqual(['Sales Team']);
    expect(await namesAt(`/groups?$filter=startswith(displayName,'App')`)).toEqual(['App Approvers']);
    expect(await namesAt('/groups?$search="displayName:eng"', eventual)).toEqual([
      'Engineering',
      'Platform Engineering',
    ]);
  });

  it('shows one group, which can be assigned to applications', async () => {
    const { body } = await get(`/groups/${groups.salesTeam.id}?$select=displayName,securityEnabled`);

    expect(body).toMatchObject({ displayName: 'Sales Team', securityEnabled: true });
  });

  it('lists direct members, the nested group among them, or only the users', async () => {
    const path = `/groups/${groups.engineering.id}/members`;
    const all = await get(path);
    const users = await get(`${path}/microsoft.graph.user`);

    expect(all.body.value?.map((one) => one['@odata.type'])).toEqual([
      '#microsoft.graph.user',
      '#microsoft.graph.user',
      '#microsoft.graph.user',
      '#microsoft.graph.group',
    ]);
    expect(users.body.value).toHaveLength(3);
  });

  it('lists every person in a group and the groups within, or only the users', async () => {
    const path = `/groups/${groups.engineering.id}/transitiveMembers`;
    const all = await get(path);
    const users = await get(`${path}/microsoft.graph.user?$select=id&$count=true`, eventual);

    const direct = groups.engineering.memberIds.filter((id) => id !== groups.platformEngineering.id);
    const people = [...direct, ...groups.platformEngineering.memberIds];
    expect(all.body.value?.map(({ id }) => id)).toEqual([...people, groups.platformEngineering.id]);
    expect(users.body.value?.map(({ id }) => id)).toEqual(people);
  });

  it('refuses an unknown group and an unknown cast', async () => {
    const unknown = await get(`/groups/${objectId(0x999)}/transitiveMembers`);
    const cast = await get(`/groups/${groups.engineering.id}/members/microsoft.graph.robot`);

    expect([unknown.status, cast.status]).toEqual([404, 404]);
  });
});

describe('/directoryRoles', () => {
  const template = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
  const path = `/directoryRoles(roleTemplateId='${template}')/members`;

  it('lists the people who hold a role, by its template', async () => {
    sandbox.tenant.grantDirectoryRole(people.lynne.id, template.toUpperCase());
    const { body } = await get(path);
    sandbox.reset();

    expect(body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.user', displayName: 'Lynne Robbins' }]);
  });

  it('does not have a role that no person was ever given, nor another way to ask', async () => {
    const { status, body } = await get(path);
    const other = await get(`/directoryRoles/${template}/members`);

    expect(status).toBe(404);
    expect(body.error?.code).toBe('Request_ResourceNotFound');
    expect(other.status).toBe(404);
  });
});

describe('/organization', () => {
  it('is the tenant', async () => {
    const { body } = await get('/organization');

    expect(body.value).toMatchObject([{ id: tenantId, displayName: 'Contoso' }]);
  });
});
