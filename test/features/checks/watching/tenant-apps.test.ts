import { describe, expect, it } from '@jest/globals';
import { createTenantApps } from '../../../../src/features/checks/watching/tenant-apps.ts';
import { fetched } from '../../../../src/graph/answer.ts';
import type { Application } from '../../../../src/graph/applications.ts';

function tenantOf(known: Readonly<Record<string, boolean | null>>, most?: number) {
  const items = Object.keys(known).map((id) => ({ id, displayName: `${id} app`, enabled: true }) as Application);
  return createTenantApps({
    list: async () => fetched({ items, complete: true }),
    knowsJob: (id) => known[id] ?? null,
    ...(most === undefined ? {} : { most }),
  });
}
const ids = (apps: readonly { readonly id: string }[]) => apps.map(({ id }) => id);

describe('the apps that a round reads for all', () => {
  it('leave out those without a job, except one that had a job', async () => {
    const tenant = tenantOf({ c: true, a: null, b: false, d: false });

    expect(ids(await tenant.next(['d']))).toEqual(['a', 'c', 'd']);
  });

  it('take turns where they are more than a round reads', async () => {
    const tenant = tenantOf({ a: true, b: true, c: true, d: true, e: true }, 2);

    const rounds = [await tenant.next([]), await tenant.next([]), await tenant.next([])];

    expect(rounds.map(ids)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'a'],
    ]);
  });
});
