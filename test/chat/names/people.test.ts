import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findPeople } from '../../../src/chat/names/people.ts';
import type { Typist } from '../../../src/chat/names/person.ts';
import { createDirectory, type Directory } from '../../../src/graph/directory.ts';
import { oddlyNamed, people } from '../../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from '../../graph/support.ts';

let bench: Bench;
let directory: Directory;

beforeAll(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
});
afterEach(() => bench.sandbox.tenant.reset());
afterAll(() => bench.close());

const alex: Typist = { id: people.alex.id, locale: 'en-US', quoted: new Set() };

/** The people that the entries name, and the entries that are left out, with the reason. */
async function found(entries: readonly string[], typist = alex) {
  const result = await findPeople(directory, entries, typist);
  if (result.kind === 'trouble') throw new Error('trouble');
  return {
    people: result.people.map(({ userPrincipalName }) => userPrincipalName),
    leftOut: result.leftOut.map(({ text, reason }) => `${text}: ${reason}`),
  };
}

describe('an address in a list', () => {
  it.each([
    "ann.o'neil@contoso.com",
    'ann.o’neil@contoso.com',
    "ANN.O'NEIL@CONTOSO.COM",
    "Ann O'Neil <ann.o'neil@contoso.com>",
    "'ann.o'neil@contoso.com'",
    "ann.o'neil@contoso.com (Ann)",
  ])('is taken whole: %s', async (entry) => {
    expect(await found([entry])).toEqual({ people: [oddlyNamed.annONeil.userPrincipalName], leftOut: [] });
  });

  it.each([
    "bob.o'neil@contoso.com",
    "o'neil@contoso.com",
    'x=neil@contoso.com',
    'x|neil@contoso.com',
    'x"neil@contoso.com',
    'neil@contoso.com.example',
    'neil@contoso.com/x',
    '{neil@contoso.com',
  ])('is not read as the address of another person who has a part of it: %s', async (entry) => {
    const { people: whom } = await found([entry]);

    // A quote ends an address in every reading.
    expect(whom).toEqual(entry.includes('"') ? ['neil@contoso.com'] : []);
  });

  it('may begin with a dollar', async () => {
    bench.sandbox.tenant.changePerson(people.lynne.id, { userPrincipalName: "$o'svc@contoso.com" });

    expect(await found(["$o'svc@contoso.com"])).toEqual({ people: ["$o'svc@contoso.com"], leftOut: [] });
  });

  it('takes time linear in its length to find', async () => {
    const pieces = ['x', "'", '@', '.', '<', ' ', ','].map((mark) => mark.repeat(60_000));

    const { leftOut } = await found(pieces);

    expect(leftOut).toHaveLength(pieces.length);
  });
});

describe('a name in a list', () => {
  it('is read whole, and beginnings and pronouns are left out', async () => {
    expect(await found(['adele', 'isa', 'all', 'ad', 'them', 'lee', 'me', 'Langer, Isaiah'])).toEqual({
      people: ['adele@contoso.com', 'alex@contoso.com', 'isaiah@contoso.com'],
      leftOut: ['isa: ambiguous', 'all: noName', 'ad: unknown', 'them: noName', 'lee: ambiguous'],
    });
  });

  it('may be a pronoun or a beginning in quotes', async () => {
    bench.sandbox.tenant.changePerson(people.lynne.id, { displayName: 'All', mailNickname: 'all' });

    expect(await found(['all'])).toEqual({ people: [], leftOut: ['all: unknown'] });
    expect(await found(['all'], { ...alex, quoted: new Set(['all']) })).toEqual({
      people: ['lynne@contoso.com'],
      leftOut: [],
    });
  });
});
