import type { Database } from '../../../db/database.ts';
import { readArchived } from '../../../requests/archive/looking.ts';
import { findArchivedKeys } from './archived-keys.ts';
import { findKeys } from './find-keys.ts';
import type { Cursor, HistoryEntry, HistoryFilter } from './history-entry.ts';
import { findKeyAt } from './key-at.ts';
import { findAccessKeys, findProvisioningKeys, type Key, newestFirst } from './keys.ts';
import { readEntries } from './read-entries.ts';

/** The next lines of the history after the cursor, newest first, and where to go on; null at the end. */
export async function findEntries(
  database: Database,
  { after, limit, ...filter }: HistoryFilter & { readonly after: Cursor | null; readonly limit: number },
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly next: Cursor | null }> {
  const keys = await findKeys(database, filter, after, limit + 1);
  const shown = keys.slice(0, limit);
  const last = shown.at(-1);
  const next = keys.length > limit && last !== undefined ? { at: last.at, id: last.id } : null;
  return { entries: await readEntries(database, shown, filter.only ?? null), next };
}

/** One page, newest first. Pages count from 0; one beyond the end is empty. */
export async function findEntriesPage(
  database: Database,
  filter: HistoryFilter,
  page: number,
  perPage: number,
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly more: boolean }> {
  const after = page === 0 ? null : await findKeyAt(database, filter, page * perPage - 1);
  if (page > 0 && after === null) return { entries: [], more: false };
  const { entries, next } = await findEntries(database, { ...filter, after, limit: perPage });
  return { entries, more: next !== null };
}

/**
 * The latest request for this person in this app, by the time it was made or, after an approval, carried out; null when
 * there was none. Of a request for several people it gives this person's result. Members of a group's call are not
 * found.
 */
export async function lastEntryAbout(
  database: Database,
  personId: string,
  appId: string,
): Promise<HistoryEntry | null> {
  const sought = { subjectIds: [personId], appId };
  const newest = (keys: readonly Cursor[]) => keys.toSorted(newestFirst)[0];
  const asked = newest([
    ...(await findAccessKeys(database, sought, 1)),
    ...(await findArchivedKeys(database, sought, 1, null, 'access')),
  ]);
  // A provisioning request is dated by its start here, even where an access request preceded it.
  const provisioned = newest([
    ...(await findProvisioningKeys(database, sought, 1, null)),
    ...(await findArchivedKeys(database, sought, 1, null, 'provisioning')),
  ]);
  if (provisioned === undefined || (asked !== undefined && asked.at > provisioned.at)) {
    if (asked === undefined) return null;
    return (await readEntries(database, [{ ...asked, kind: 'access' }]))[0] ?? null;
  }
  const carries = await database.query
    .selectFrom('access_requests')
    .select(['created_at as at', 'id'])
    .where('request_id', '=', provisioned.id)
    .executeTakeFirst();
  const archived = (await readArchived(database.query, [provisioned.id])).access_requests;
  const carrying = archived.find(({ request_id: id }) => id === provisioned.id);
  const access = carries ?? (carrying && { at: carrying.created_at, id: carrying.id });
  const key: Key = access === undefined ? { ...provisioned, kind: 'provisioning' } : { ...access, kind: 'access' };
  return (await readEntries(database, [key], { requestedById: null, subjectIds: [personId] }))[0] ?? null;
}
