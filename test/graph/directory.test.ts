import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDirectory, type Directory, unnamedRole } from '../../src/graph/directory.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { everybody, oddlyNamed, people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

let bench: Bench;
let directory: Directory;

beforeEach(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
});

afterEach(() => bench.close());

/** The names of the people that a text means; null for a Graph error. */
async function meant(text: string): Promise<readonly string[] | null> {
  const found = await directory.findUsers(text);
  if (!found.ok) return null;
  switch (found.value.kind) {
    case 'one':
      return [found.value.user.displayName];
    case 'several':
      return found.value.users.map(({ displayName }) => displayName);
    case 'none':
      return [];
  }
}

describe('finding people', () => {
  it.each([
    ['a principal name', 'adele@contoso.com'],
    ['a principal name in another case', 'Adele@Contoso.com'],
    ['an object id', people.adele.id],
    ['an object id in capitals', people.adele.id.toUpperCase()],
    ['a display name', 'Adele Vance'],
    ['a display name in another case', 'adele vance'],
    ['a first name that is hers alone', 'adele'],
    ['a surname', 'vance'],
  ])('finds a person by %s', async (_what, text) => {
    const found = await directory.findUsers(text);

    expect(found).toEqual({
      ok: true,
      value: {
        kind: 'one',
        user: {
          id: people.adele.id,
          displayName: 'Adele Vance',
          userPrincipalName: 'adele@contoso.com',
          accountEnabled: true,
          userType: 'Member',
          jobTitle: 'Account Executive',
          department: 'Sales',
        },
      },
    });
  });

  it('finds a person by a mail address that is not the principal name', async () => {
    bench.sandbox.tenant.changePerson(people.adele.id, { mail: "adele.o'vance@contoso.example" });

    expect(await meant("adele.o'vance@contoso.example")).toEqual(['Adele Vance']);
  });

  it('offers both where an address is the principal name of one and the mail address of another', async () => {
    bench.sandbox.tenant.changePerson(people.adele.id, { mail: 'isaiah@contoso.com' });

    const found = await directory.findUsers('isaiah@contoso.com');

    const users = [{ displayName: 'Isaiah Langer' }, { displayName: 'Adele Vance' }];
    expect(found).toMatchObject({ ok: true, value: { kind: 'several', users } });
  });

  it('offers both where the list does not know yet whose principal name it is', async () => {
    const listed = { ...people.adele, mail: 'isaiah@contoso.com' };
    bench.sandbox.failNext('/users', { kind: 'status', status: 200, body: { value: [listed] } });

    const found = await directory.findUsers('isaiah@contoso.com');

    const users = [{ displayName: 'Isaiah Langer' }, { displayName: 'Adele Vance' }];
    expect(found).toMatchObject({ ok: true, value: { kind: 'several', users } });
  });

  it('takes one read to find a person by the principal name', async () => {
    const before = bench.sandbox.requests.length;

    await directory.findUsers('adele@contoso.com');

    expect(bench.sandbox.requests.slice(before)).toHaveLength(1);
  });

  it('finds a guest by the principal name with its marks', async () => {
    const userPrincipalName = 'pat_fabrikam.com#EXT#@contoso.com';
    bench.sandbox.tenant.changePerson(people.lynne.id, { userPrincipalName, userType: 'Guest' });

    expect(await meant(userPrincipalName)).toEqual(['Lynne Robbins']);
  });

  it('returns whether an account is disabled', async () => {
    const found = await directory.findUsers('nestor');

    expect(found).toMatchObject({ ok: true, value: { kind: 'one', user: { accountEnabled: false } } });
  });

  it('offers all of several matches', async () => {
    const found = await directory.findUsers('lee');

    expect(found).toMatchObject({ ok: true, value: { kind: 'several', more: false } });
    expect(await meant('lee')).toEqual(['Lee Gu', 'Lee Parker']);
  });

  it('offers no more of many than a card can show, and says that there are more', async () => {
    for (const one of everybody.slice(20, 30)) {
      bench.sandbox.tenant.changePerson(one.id, { displayName: `Robin ${one.displayName}` });
    }

    const found = await directory.findUsers('robin');

    expect(found).toMatchObject({ ok: true, value: { kind: 'several', more: true } });
    expect(await meant('robin')).toHaveLength(7);
  });

  it('prefers an exact name, though many others begin with it and come before', async () => {
    for (const one of everybody.slice(0, 12)) {
      bench.sandbox.tenant.changePerson(one.id, { displayName: 'Robin Hoodwink' });
    }
    bench.sandbox.tenant.changePerson(everybody[20]?.id ?? '', { displayName: 'Robin Hood' });

    expect(await meant('robin hood')).toEqual(['Robin Hood']);
  });

  it('still asks when two people have exactly that name', async () => {
    for (const one of [people.leeGu, people.leeParker]) {
      bench.sandbox.tenant.changePerson(one.id, { displayName: 'Lee Gu' });
    }

    expect(await meant('Lee Gu')).toEqual(['Lee Gu', 'Lee Gu']);
  });

  it('shows the principal name of a person without a name', async () => {
    const user = { id: 'a', userPrincipalName: 'nameless@contoso.com', displayName: null };
    bench.sandbox.failNext('/users', { kind: 'status', status: 200, body: { value: [user] } });

    expect(await meant('nameless@contoso.com')).toEqual(['nameless@contoso.com']);
  });

  it.each(['nobody@contoso.com', '5eed0000-0000-4000-8000-00000000ffff', 'Nobody At All'])(
    'finds no person by %s',
    async (text) => {
      expect(await meant(text)).toEqual([]);
    },
  );

  it.each([
    'x" OR "displayName:adele',
    'x\\" OR "displayName:adele',
    '"',
    '\\',
    "' or startswith(displayName,'a",
    "x@y' or startswith(displayName,'a') or mail eq '",
    '../users/adele@contoso.com',
    'adele@contoso.com?$select=id',
    'adele@contoso.com/manager',
    '\ud83d',
  ])('treats %s as a name, and nothing else', async (text) => {
    expect(await meant(text)).toEqual([]);
  });

  it('passes on Graph’s refusal', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 403 });

    expect(await directory.findUsers('adele')).toMatchObject({ ok: false, trouble: { kind: 'refused', status: 403 } });
  });

  it('does not take an error about an address for an unknown person', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 403 });

    expect(await meant('adele@contoso.com')).toBeNull();
  });
});

describe('a name', () => {
  /** The person whom the text means for certain; else those whom it offers, in brackets. */
  async function answer(text: string): Promise<string> {
    const found = await directory.findUsers(text);
    if (!found.ok) throw new Error('trouble');
    switch (found.value.kind) {
      case 'one':
        return found.value.user.displayName;
      case 'several':
        return `(${found.value.users.map(({ displayName }) => displayName).join(' | ')})`;
      case 'none':
        return '()';
    }
  }
  const change = (id: string, changes: Parameters<Bench['sandbox']['tenant']['changePerson']>[1]) =>
    bench.sandbox.tenant.changePerson(id, changes);

  it.each([
    ['isaiah', 'Isaiah Langer'],
    ['ISAIAH', 'Isaiah Langer'],
    ['ｉｓａｉａｈ', 'Isaiah Langer'],
    ['langer isaiah', 'Isaiah Langer'],
    ['Langer, Isaiah', 'Isaiah Langer'],
    ['lee.gu', 'Lee Gu'],
    ["ann.o'neil", "Ann O'Neil"],
    ['ann.o’neil', "Ann O'Neil"],
    ["o'neil", "Ann O'Neil"],
    ['neil', 'Neil Sheppard'],
    ['ann', "Ann O'Neil"],
    ['isa', '(Isaiah Langer | Newton Isaac | Isaiah)'],
    ['lang isa', '(Isaiah Langer)'],
    ['ad', '(Adele Vance)'],
    ['adel', '(Adele Vance)'],
    ['all', '(Allan Deyoung)'],
    ['her', '(Herta Berg)'],
    ['lee', '(Lee Gu | Lee Parker)'],
    ['isaiah or adele', '()'],
    ['isaiah adele', '()'],
    ['contoso', '()'],
    ['contoso.com', '()'],
  ])('%s means %s', async (typed, expected) => {
    expect(await answer(typed)).toBe(expected);
  });

  it.each([
    ['Müller, Jürgen', 'Müller, Jürgen'],
    ['jürgen müller', 'Müller, Jürgen'],
    ['Ju\u0308rgen Mu\u0308ller', 'Müller, Jürgen'],
    ['jurgen muller', '()'],
  ])('may have accents: %s means %s', async (typed, expected) => {
    change(people.lynne.id, { displayName: 'Müller, Jürgen', givenName: 'Jürgen', surname: 'Müller' });

    expect(await answer(typed)).toBe(expected);
  });

  it.each([
    ['Анна Иванова', 'Анна Иванова (Anna Ivanova)'],
    ['anna ivanova', '(Анна Иванова (Anna Ivanova))'],
    ['Анна Иванова (Anna Ivanova)', 'Анна Иванова (Anna Ivanova)'],
    ['иванова', 'Анна Иванова (Anna Ivanova)'],
    ['Анна Ivanova', 'Анна Иванова (Anna Ivanova)'],
    ['Аnna Ivanova', '()'],
  ])('may be written in two scripts: %s means %s', async (typed, expected) => {
    change(people.lynne.id, {
      displayName: 'Анна Иванова (Anna Ivanova)',
      givenName: 'Анна',
      surname: 'Иванова',
    });

    expect(await answer(typed)).toBe(expected);
  });

  it('of one word does not win over the given name of another person', async () => {
    change(oddlyNamed.allan.id, { displayName: 'Isaiah', givenName: 'Isaiah', surname: null });

    expect(await answer('isaiah')).toBe('(Isaiah Langer | Isaiah | Isaiah)');
  });

  it('leads to a question where two people have it as the first part of their principal names', async () => {
    change(people.lynne.id, { userPrincipalName: 'isaiah@fabrikam.com', mailNickname: 'lynne' });

    expect(await answer('isaiah')).toBe('(Isaiah Langer | Lynne Robbins | Isaiah)');
  });

  it('without accents does not pass over a person who has them', async () => {
    change(people.adele.id, { displayName: 'Jose Diaz', givenName: 'Jose', mailNickname: 'jdiaz' });
    change(people.lynne.id, { displayName: 'José Pérez', givenName: 'José', mailNickname: 'jose' });

    expect(await answer('jose')).toBe('(Jose Diaz | José Pérez)');
  });

  it.each([
    ['isaiah', 'Isaiah Langer'],
    ['isaiah@northwindtraders.com', 'Isaiah'],
    ['isaiah_northwindtraders.com#EXT#@contoso.com', 'Isaiah'],
    [oddlyNamed.guestIsaiah.id, 'Isaiah'],
    ['brook', '(Isaiah)'],
  ])('a guest does not win over a member: %s means %s', async (typed, expected) => {
    expect(await answer(typed)).toBe(expected);
  });

  it('of several words, in full, is enough for a guest where no member has it', async () => {
    change(oddlyNamed.guestIsaiah.id, { displayName: 'Isaiah Brook' });

    expect(await answer('isaiah brook')).toBe('Isaiah Brook');
    expect(await answer('brook')).toBe('(Isaiah Brook)');
    change(people.lynne.id, { displayName: 'Isaiah Brook', givenName: 'Isaiah', surname: 'Brook', userType: 'Member' });
    expect(await answer('isaiah brook')).toBe('Isaiah Brook');
    expect(await answer('isaiah')).toBe('(Isaiah Langer | Isaiah Brook | Isaiah Brook)');
  });

  it.each(["!#$%&'*+-/=?^_`{|}~.x@contoso.com", "$o'svc@contoso.com", "$'@contoso.com"])(
    'may be an address with any mark: %s',
    async (address) => {
      change(people.lynne.id, { userPrincipalName: address });
      change(people.adele.id, { mail: `b${address}` });

      expect(await answer(address)).toBe('Lynne Robbins');
      expect(await answer(`b${address}`)).toBe('Adele Vance');
      expect(await answer(`c${address}`)).toBe('()');
    },
  );

  it('is compared with the person that Graph found by an address', async () => {
    const { id, displayName } = people.adele;
    const user = { id, displayName, userPrincipalName: 'adele@contoso.com' };
    bench.sandbox.failNext('/users', { kind: 'status', status: 200, body: { value: [] } });
    bench.sandbox.failNext('/users/', { kind: 'status', status: 200, body: user });

    expect(await answer('isaiah.langer@contoso.com')).toBe('(Adele Vance)');
  });
});

describe('the groups of a person', () => {
  it('are those that the caller names, nested ones included', async () => {
    const nested = everybody.find(({ id }) => groups.platformEngineering.memberIds.includes(id));
    const asked = [groups.engineering.id, groups.platformEngineering.id, groups.helpdesk.id];

    const found = await directory.groupsAmong(nested?.id ?? '', asked);

    expect(found.ok && [...found.value].sort()).toEqual([groups.engineering.id, groups.platformEngineering.id]);
  });

  it('are read twenty at a time, as Graph accepts no more', async () => {
    const others = Array.from(
      { length: 44 },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );

    const found = await directory.groupsAmong(people.alex.id, [...others, groups.helpdesk.id]);

    expect(found).toEqual({ ok: true, value: [groups.helpdesk.id] });
    expect(bench.sandbox.requests).toHaveLength(3);
  });

  it('cost no call when the caller names none', async () => {
    const found = await directory.groupsAmong(people.alex.id, []);

    expect(found).toEqual({ ok: true, value: [] });
    expect(bench.sandbox.requests).toHaveLength(0);
  });

  it('are read from the list of memberships when Graph rejects one of the ids', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 400 });

    const found = await directory.groupsAmong(people.alex.id, [groups.onCall.id, groups.helpdesk.id]);

    expect(found).toEqual({ ok: true, value: [groups.helpdesk.id] });
  });

  it('are an error as a whole when one of the calls fails', async () => {
    bench.sandbox.failNext('/users', { kind: 'slow', ms: 0 });
    bench.sandbox.failNext('/users', { kind: 'html' });

    const found = await directory.groupsAmong(
      people.alex.id,
      Array.from({ length: 21 }, () => groups.helpdesk.id),
    );

    expect(found).toMatchObject({ ok: false, trouble: { kind: 'unreadable' } });
  });
});

describe('the directory roles of a person', () => {
  it('are returned as template ids, in lowercase, and groups are not among them', async () => {
    bench.sandbox.tenant.grantDirectoryRole(people.alex.id, '9B895D92-2CD3-44C7-9D02-A6AC2D5EA5C3');

    const roles = await directory.directoryRoles(people.alex.id);

    expect(roles).toEqual({ ok: true, value: ['9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3'] });
    expect(bench.sandbox.requests[0]?.path).toBe(
      `/users/${people.alex.id}/transitiveMemberOf/microsoft.graph.directoryRole`,
    );
  });

  it('that Graph does not name keep their own ids, as Graph withholds them where Usher may not read roles', async () => {
    const withheld = [{ id: 'one', roleTemplateId: null }, { id: 'other' }];
    bench.sandbox.failNext(/directoryRole$/, { kind: 'status', status: 200, body: { value: withheld } });

    const roles = await directory.directoryRoles(people.alex.id);

    expect(roles).toEqual({ ok: true, value: [unnamedRole, unnamedRole] });
  });

  it('are none for most people', async () => {
    expect(await directory.directoryRoles(people.johanna.id)).toEqual({ ok: true, value: [] });
  });
});

describe('the description of a group', () => {
  it('holds its name and a few of its members', async () => {
    const described = await directory.describeGroup(groups.salesTeam.id, 2);

    const people = [
      { id: expect.any(String), name: 'Priya Nair' },
      { id: expect.any(String), name: 'Tomasz Kowalski' },
    ];
    expect(described).toEqual({ ok: true, value: { name: 'Sales Team', people, count: 12 } });
  });

  it('leaves out groups that are nested in it', async () => {
    const described = await directory.describeGroup(groups.engineering.id, 10);

    expect(JSON.stringify(described)).not.toContain('Platform Engineering');
    expect(described.ok && described.value?.people).toHaveLength(3);
  });

  it('is null where there is no such group', async () => {
    expect(await directory.describeGroup(people.alex.id, 3)).toEqual({ ok: true, value: null });
  });

  it('is the name alone when Usher may not read the members', async () => {
    bench.sandbox.failNext(/members/, { kind: 'status', status: 403 });

    const described = await directory.describeGroup(groups.helpdesk.id, 3);

    expect(described).toEqual({ ok: true, value: { name: 'Helpdesk', people: [], count: null } });
  });

  it('is an error when Usher may not read the group', async () => {
    bench.sandbox.failNext(/groups\/[^/]+$/, { kind: 'status', status: 403 });

    expect(await directory.describeGroup(groups.helpdesk.id, 3)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});
