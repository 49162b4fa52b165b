import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDirectory, type Directory, type GroupMember } from '../../src/graph/directory.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { type Bench, startBench } from './support.ts';

let bench: Bench;
let directory: Directory;

beforeEach(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
});

afterEach(() => bench.close());

const group = (id: string, displayName: string | null) => ({ id, displayName });

/** Lets Graph answer the next call that lists groups with these. */
function groupsAre(...value: readonly unknown[]): void {
  bench.sandbox.failNext(/^\/groups$/, { kind: 'status', status: 200, body: { value } });
}

function membersAre(value: readonly unknown[], nextLink?: string): void {
  const body = { value, ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }) };
  bench.sandbox.failNext(/\/members$/, { kind: 'status', status: 200, body });
}

describe('finding groups', () => {
  it.each([
    ['its id', groups.salesTeam.id],
    ['its id in capitals', groups.salesTeam.id.toUpperCase()],
    ['its name', 'Sales Team'],
    ['its name in another case', 'sales team'],
    ['the beginning of its name', 'sales'],
    ['a word of its name', 'team'],
  ])('finds one by %s', async (_what, text) => {
    expect(await directory.findGroups(text)).toEqual({
      ok: true,
      value: {
        kind: 'one',
        group: {
          id: groups.salesTeam.id,
          displayName: 'Sales Team',
          description: 'The field sales organisation',
          mail: null,
          kind: 'security',
          isDynamic: false,
          createdAt: '2024-02-05T09:00:00Z',
        },
      },
    });
  });

  it('prefers a group of exactly that name to others that contain it', async () => {
    const found = await directory.findGroups('engineering');

    expect(found).toMatchObject({ value: { kind: 'one', group: { displayName: 'Engineering' } } });
  });

  it('offers all of several, and says when there are more than a card can show', async () => {
    groupsAre();
    groupsAre(...Array.from({ length: 9 }, (_, index) => group(`id ${index}`, `Sales ${index}`)));

    const found = await directory.findGroups('sales');

    expect(found).toMatchObject({ ok: true, value: { kind: 'several', more: true } });
    expect(found.ok && found.value.kind === 'several' && found.value.groups).toHaveLength(7);
  });

  it('describes two groups of one name', async () => {
    const found = await directory.findGroups('Project Falcon');

    expect(found).toMatchObject({
      value: {
        kind: 'several',
        groups: [
          { kind: 'security', isDynamic: false, mail: null },
          { kind: 'microsoft365', isDynamic: false, mail: 'falcon-team@contoso.com' },
        ],
      },
    });
  });

  it.each([
    [{ groupTypes: ['Unified', 'DynamicMembership'], mailEnabled: true, securityEnabled: false }, 'microsoft365', true],
    [{ groupTypes: ['DynamicMembership'], mailEnabled: false, securityEnabled: true }, 'security', true],
    [{ groupTypes: [], mailEnabled: true, securityEnabled: true }, 'mailSecurity', false],
    [{ groupTypes: [], mailEnabled: true, securityEnabled: false }, 'distribution', false],
    [{ groupTypes: 'odd', mailEnabled: 'yes' }, 'unknown', false],
  ])('recognizes one with %j as what it is: %s', async (stored, kind, isDynamic) => {
    groupsAre({ ...group('one', 'Sales'), ...stored });

    expect(await directory.findGroups('Sales')).toMatchObject({ value: { group: { kind, isDynamic } } });
  });

  it('still asks when two groups have exactly that name', async () => {
    groupsAre(group('one', 'Sales'), group('other', 'Sales'));

    expect(await directory.findGroups('Sales')).toMatchObject({ value: { kind: 'several', more: false } });
  });

  it.each([
    'Nobody At All',
    '5eed0000-0000-4000-8000-00000000ffff',
    '"',
    '---',
    "x' or displayName eq 'Sales Team",
    '\ud83d',
  ])('finds none by %s', async (text) => {
    expect(await directory.findGroups(text)).toEqual({ ok: true, value: { kind: 'none' } });
  });

  it.each([
    ['by name', 'Sales Team'],
    ['by id', groups.salesTeam.id],
  ])('passes on Graph’s refusal, %s', async (_what, text) => {
    bench.sandbox.failNext('/groups', { kind: 'status', status: 403 });

    expect(await directory.findGroups(text)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});

describe('the members of a group', () => {
  it('are its direct users, with the same data as elsewhere', async () => {
    const members = await directory.groupMembers(groups.salesTeam.id);

    expect(members).toMatchObject({ ok: true, value: { complete: true } });
    const items = members.ok ? members.value.items : [];
    expect(items.map((member) => member.kind)).toEqual(Array(12).fill('user'));
    const [first] = items;
    const known = await directory.getUser(groups.salesTeam.memberIds[0] ?? '');
    expect(first).toEqual({ kind: 'user', user: known.ok ? known.value : null });
  });

  it('include a nested group as what it is', async () => {
    const members = await directory.groupMembers(groups.engineering.id);

    const others = members.ok ? members.value.items.filter(({ kind }) => kind !== 'user') : [];
    expect(others).toEqual([{ kind: 'group', id: groups.platformEngineering.id, name: 'Platform Engineering' }]);
  });

  it('include devices, and other objects, by their names', async () => {
    membersAre([
      { '@odata.type': '#microsoft.graph.device', id: 'a', displayName: 'LAPTOP-7' },
      { '@odata.type': '#microsoft.graph.orgContact', id: 'b', displayName: 'Pat' },
      { id: 'c' },
    ]);

    expect(await kindsAndNames()).toEqual([
      ['device', 'LAPTOP-7'],
      ['other', 'Pat'],
      ['other', 'c'],
    ]);
  });

  it('include a user of whom Graph shows nothing but the id', async () => {
    membersAre([{ '@odata.type': '#microsoft.graph.user', id: 'hidden', displayName: null, userPrincipalName: null }]);

    const members = await directory.groupMembers('a group');

    expect(members).toMatchObject({
      value: { items: [{ kind: 'user', user: { id: 'hidden', displayName: 'hidden' } }] },
    });
  });

  it('leave out one that cannot be read', async () => {
    membersAre([
      7,
      null,
      { displayName: 'no id' },
      { '@odata.type': '#microsoft.graph.group', id: 'g', displayName: 'G' },
    ]);

    expect(await kindsAndNames()).toEqual([['group', 'G']]);
  });

  it('are read page by page', async () => {
    const next = `${bench.sandbox.url}/groups/${groups.salesTeam.id}/members?$top=999`;
    membersAre([{ '@odata.type': '#microsoft.graph.group', id: 'g', displayName: 'First page' }], next);

    const members = await directory.groupMembers(groups.salesTeam.id);

    expect(members.ok && members.value.items).toHaveLength(13);
  });

  it.each([
    [999, true],
    [1_001, true],
    [5_000, true],
    [5_001, false],
  ])('of %i are complete: %s', async (count, complete) => {
    const all = Array.from({ length: count }, (_, index) => ({ id: `member ${index}` }));
    const next = `${bench.sandbox.url}/groups/a/members?$skiptoken=x`;
    for (let at = 0; at < count; at += 999) membersAre(all.slice(at, at + 999), at + 999 < count ? next : undefined);

    const members = await directory.groupMembers('a');

    expect(members).toMatchObject({ ok: true, value: { complete } });
    expect(members.ok && members.value.items).toHaveLength(Math.min(count, 5_000));
  });

  it('are counted without being read', async () => {
    expect(await directory.countMembers(groups.allStores.id)).toEqual({ ok: true, value: 1_203 });
  });

  it('are an error where there is no such group', async () => {
    expect(await directory.groupMembers('5eed0000-0000-4000-8000-00000000ffff')).toMatchObject({
      ok: false,
      trouble: { kind: 'refused', status: 404 },
    });
  });

  async function kindsAndNames(): Promise<readonly (readonly [GroupMember['kind'], string])[]> {
    const members = await directory.groupMembers('a group');
    if (!members.ok) throw new Error('no members');
    return members.value.items.map((member) => [
      member.kind,
      member.kind === 'user' ? member.user.displayName : member.name,
    ]);
  }
});
