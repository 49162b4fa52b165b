import type { Database } from '../../../db/database.ts';
import { findArchivedKeys } from './archived-keys.ts';
import type { Cursor, HistoryFilter } from './history-entry.ts';
import { findAccessKeys, findProvisioningKeys, type Key, newestFirst, soughtBy } from './keys.ts';

/** The next keys after the cursor, newest first. */
export async function findKeys(
  database: Database,
  filter: HistoryFilter,
  after: Cursor | null,
  limit: number,
): Promise<Key[]> {
  const { since } = filter;
  const sought = soughtBy(filter).map((one) => ({
    ...one,
    ...(since === null ? {} : { since }),
    ...(after === null ? {} : { after }),
  }));
  const access: Cursor[] = [];
  for (const one of sought) access.push(...(await findAccessKeys(database, one, limit)));
  const newestAccess = access.toSorted(newestFirst).slice(0, limit);
  // Anything older than a whole page cannot be on it. Where access requests fill the page, this spares walking past
  // every provisioning request that carries one out.
  const notBefore = newestAccess.length === limit ? newestAccess.at(-1)?.at : undefined;
  const provisioning: Cursor[] = [];
  const archived: Key[] = [];
  for (const one of sought) {
    const from = Math.max(one.since ?? 0, notBefore ?? 0);
    const bounded = from === 0 ? one : { ...one, since: from };
    provisioning.push(...(await findProvisioningKeys(database, bounded, limit, since ?? 0)));
    archived.push(...(await findArchivedKeys(database, bounded, limit, since ?? 0)));
  }
  return [
    ...newestAccess.map((key): Key => ({ kind: 'access', ...key })),
    ...provisioning.map((key): Key => ({ kind: 'provisioning', ...key })),
    ...archived,
  ]
    .toSorted(newestFirst)
    .slice(0, limit);
}
