import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDirectory, type Directory } from '../../src/graph/directory.ts';
import { everybody, generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

let bench: Bench;
let directory: Directory;

beforeEach(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
});

afterEach(() => bench.close());

/** Address → name of the user found. */
async function foundBy(...addresses: readonly string[]): Promise<Record<string, string>> {
  const found = await directory.findUsersByAddress(addresses);
  if (!found.ok) throw new Error('trouble');
  return Object.fromEntries([...found.value].map(([address, user]) => [address, user.displayName]));
}

describe('finding many by their addresses', () => {
  it('finds every person, in a filter for each fifteen and each kind of address', async () => {
    const addresses = generatedPeople.map(({ userPrincipalName }) => userPrincipalName);

    const found = await directory.findUsersByAddress(addresses);

    expect(found.ok && found.value.size).toBe(64);
    expect(bench.sandbox.requests).toHaveLength(10);
    const comparisons = bench.sandbox.requests.map(({ query }) => query.split(' eq ').length - 1);
    expect(Math.max(...comparisons)).toBe(15);
  });

  it('returns of each person the usual data, under the address in lowercase', async () => {
    const found = await directory.findUsersByAddress(['Adele@Contoso.com']);

    const known = await directory.getUser(people.adele.id);
    expect(found).toEqual({ ok: true, value: new Map([['adele@contoso.com', known.ok ? known.value : null]]) });
  });

  it('asks once for an address that is named twice', async () => {
    expect(await foundBy('adele@contoso.com', 'ADELE@contoso.com')).toEqual({ 'adele@contoso.com': 'Adele Vance' });
    expect(bench.sandbox.requests[0]?.query.split(' eq ')).toHaveLength(2);
  });

  it('searches the mail addresses for those that are no principal name', async () => {
    bench.sandbox.tenant.changePerson(people.adele.id, { mail: "Adele.O'Vance@contoso.example" });

    expect(await foundBy("adele.o'vance@contoso.example", 'isaiah@contoso.com')).toEqual({
      "adele.o'vance@contoso.example": 'Adele Vance',
      'isaiah@contoso.com': 'Isaiah Langer',
    });
  });

  it('finds no person by a principal name that is the mail address of another', async () => {
    bench.sandbox.tenant.changePerson(people.adele.id, { mail: 'isaiah@contoso.com' });

    expect(await foundBy('isaiah@contoso.com', 'adele@contoso.com')).toEqual({ 'adele@contoso.com': 'Adele Vance' });
  });

  it('finds no person by a mail address that two people share', async () => {
    for (const { id } of [people.adele, people.isaiah]) {
      bench.sandbox.tenant.changePerson(id, { mail: 'desk@contoso.example' });
    }

    expect(await foundBy('desk@contoso.example')).toEqual({});
  });

  it('finds a guest by the principal name with its marks', async () => {
    const userPrincipalName = 'pat_fabrikam.com#EXT#@contoso.com';
    bench.sandbox.tenant.changePerson(people.lynne.id, { userPrincipalName, userType: 'Guest' });

    expect(await foundBy(userPrincipalName)).toEqual({ [userPrincipalName.toLowerCase()]: 'Lynne Robbins' });
  });

  it.each(["x@y' or accountEnabled eq true or mail eq '", 'nobody@contoso.com', '\ud83d@', '@'])(
    'treats %s as an address, and finds no person',
    async (address) => {
      expect(await foundBy(address)).toEqual({});
    },
  );

  it('finds the others though Graph rejects one of them', async () => {
    const addresses = everybody.slice(0, 8).map(({ userPrincipalName }) => userPrincipalName);
    bench.sandbox.failNext('/users', { kind: 'status', status: 400 });
    bench.sandbox.failNext('/users', { kind: 'status', status: 400 });

    const found = await directory.findUsersByAddress(addresses);

    expect(found.ok && found.value.size).toBe(8);
  });

  it('ends for an address that Graph rejects in every request', async () => {
    // By principal name and by mail.
    for (let times = 0; times < 2; times += 1) bench.sandbox.failNext('/users', { kind: 'status', status: 400 });

    expect(await foundBy('odd@')).toEqual({});
  });

  it('is an error as a whole when one of the reads fails', async () => {
    bench.sandbox.failNext('/users', { kind: 'slow', ms: 0 });
    bench.sandbox.failNext('/users', { kind: 'status', status: 403 });

    const found = await directory.findUsersByAddress(generatedPeople.map(({ userPrincipalName }) => userPrincipalName));

    expect(found).toMatchObject({ ok: false, trouble: { status: 403 } });
  });

  it('costs no call when there is no address', async () => {
    expect(await foundBy()).toEqual({});
    expect(bench.sandbox.requests).toHaveLength(0);
  });
});
