import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDirectory, type Directory } from '../../src/graph/directory.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

let bench: Bench;
let directory: Directory;

beforeEach(async () => {
  bench = await startBench();
  directory = createDirectory(bench.graph);
  bench.sandbox.tenant.deletePerson(people.adele.id);
});

afterEach(() => bench.close());

describe('a deleted person', () => {
  it.each([
    ['principal name', 'Adele@Contoso.com'],
    ['full name', 'adele vance'],
    ['given name', 'Adele'],
    ['object id', people.adele.id],
  ])('is found by the %s, with the names from before the deletion', async (_by, text) => {
    const found = await directory.findDeleted(text);

    expect(found).toEqual({
      ok: true,
      value: [
        {
          id: people.adele.id,
          displayName: 'Adele Vance',
          userPrincipalName: 'adele@contoso.com',
          deletedAt: expect.any(Number),
        },
      ],
    });
  });

  it.each([
    ['the end of the address', 'dele@contoso.com'],
    ['a part of the name', 'Ade'],
    ['no name', 'Isaiah'],
  ])('is not found by %s', async (_by, text) => {
    expect(await directory.findDeleted(text)).toEqual({ ok: true, value: [] });
  });

  it('is nobody once restored', async () => {
    bench.sandbox.tenant.restorePerson(people.adele.id);

    expect(await directory.findDeleted('adele@contoso.com')).toEqual({ ok: true, value: [] });
  });

  it('is trouble, and not nobody, where Usher may not look', async () => {
    bench.sandbox.failNext(/deletedItems/, { kind: 'status', status: 403 });

    expect(await directory.findDeleted('adele@contoso.com')).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});
