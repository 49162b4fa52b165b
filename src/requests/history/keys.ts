import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import type { Cursor, HistoryFilter, OwnPart } from './deed.ts';

/**
 * Which deeds come next, by time and id alone. Every query walks an index that is in this order already and stops at
 * the page's end, so a page costs the same whether the history is a hundred lines long or a hundred thousand. What
 * would need two indexes at once, somebody as asker or as subject, is two queries, and their answers are merged.
 */
export interface Key extends Cursor {
  readonly kind: 'provisioning' | 'access';
}

/** What one query looks for; all that is given must hold. */
export interface Sought {
  readonly askerId?: string;
  readonly notAskerIds?: readonly string[];
  readonly appId?: string;
  /** One of these. */
  readonly subjectIds?: readonly string[];
  readonly since?: number;
  readonly after?: Cursor;
}

/** Of a subject with more calls than this, the history is walked instead of gathered: one will come up soon. */
const mostGathered = 1_000;

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
  // What is older than a whole page cannot be on it. Where all is asked for first, this spares walking past every
  // request that came of it.
  const notBefore = newestAccess.length === limit ? newestAccess.at(-1)?.at : undefined;
  const provisioning: Cursor[] = [];
  for (const one of sought) {
    const from = Math.max(one.since ?? 0, notBefore ?? 0);
    const bounded = from === 0 ? one : { ...one, since: from };
    provisioning.push(...(await findProvisioningKeys(database, bounded, limit, since ?? 0)));
  }
  return [
    ...newestAccess.map((key): Key => ({ kind: 'access', ...key })),
    ...provisioning.map((key): Key => ({ kind: 'provisioning', ...key })),
  ]
    .toSorted(newestFirst)
    .slice(0, limit);
}

/** Nothing is found by two of them. */
function soughtBy({ about, askerId, only = null }: HistoryFilter): Sought[] {
  if (only !== null) return soughtOfPart(about, only);
  const asked = askerId === null ? {} : { askerId };
  if (about === null) return [asked];
  if ('appId' in about) return [{ ...asked, appId: about.appId }];
  const { personId } = about;
  if (askerId === null) return [{ askerId: personId }, { subjectIds: [personId], notAskerIds: [personId] }];
  return askerId === personId ? [asked] : [{ ...asked, subjectIds: [personId] }];
}

/** The same where only a part may be seen; nothing is found by two of them either. */
function soughtOfPart(about: HistoryFilter['about'], { askerId, subjectIds }: OwnPart): Sought[] {
  const concerning = (sought: Sought) => (subjectIds.length === 0 ? [] : [{ subjectIds, ...sought }]);
  if (about === null || 'appId' in about)
    return [{ askerId, ...about }, ...concerning({ notAskerIds: [askerId], ...about })];
  const { personId } = about;
  if (personId === askerId) return [{ askerId }];
  const isOneOfThese = subjectIds.includes(personId);
  return [
    { askerId, subjectIds: [personId] },
    ...concerning({ askerId: personId }),
    ...(isOneOfThese ? [{ subjectIds: [personId], notAskerIds: [askerId, personId] }] : []),
  ];
}

export function findAccessKeys({ query }: Database, sought: Sought, limit: number): Promise<Cursor[]> {
  return inOrder(accessKeys(query, sought), limit).execute();
}

/** Those that came of an access request are left out, unless that was made before `accessSince`; null leaves out none. */
export async function findProvisioningKeys(
  { query }: Database,
  sought: Sought,
  limit: number,
  accessSince: number | null,
): Promise<Cursor[]> {
  return inOrder(provisioningKeys(query, sought, accessSince, await gatherCalls(query, sought)), limit).execute();
}

/** The key that so many newer ones go before; null when there are no more than those. Only keys are walked over. */
export async function findKeyAt({ query }: Database, filter: HistoryFilter, newer: number): Promise<Cursor | null> {
  const { since } = filter;
  let all: Keys | null = null;
  for (const one of soughtBy(filter)) {
    const sought = since === null ? one : { ...one, since };
    const access = accessKeys(query, sought);
    // As in `findKeys`: so many access requests are newer that nothing older can be the one.
    const bound = await inOrder(access, 1).offset(newer).executeTakeFirst();
    const bounded = bound === undefined ? sought : { ...sought, since: bound.at };
    const provisioning = provisioningKeys(query, bounded, since ?? 0, await gatherCalls(query, sought));
    const both: Keys = access.unionAll(provisioning);
    all = all === null ? both : all.unionAll(both);
  }
  if (all === null) return null;
  const key = await all.orderBy('at', 'desc').orderBy('id', 'desc').limit(1).offset(newer).executeTakeFirst();
  return key ?? null;
}

type Keys = SelectQueryBuilder<Schema, 'access_requests' | 'requests', Cursor>;

function inOrder<T extends 'access_requests' | 'requests'>(
  keys: SelectQueryBuilder<Schema, T, Cursor>,
  limit: number,
): SelectQueryBuilder<Schema, T, Cursor> {
  return keys.orderBy(sql`created_at`, 'desc').orderBy(sql`id`, 'desc').limit(limit);
}

function accessKeys(query: Kysely<Schema>, sought: Sought) {
  let found = query.selectFrom('access_requests').select(['created_at as at', 'id']);
  if (sought.askerId !== undefined) found = found.where('asker_id', '=', sought.askerId);
  for (const id of sought.notAskerIds ?? []) found = found.where('asker_id', '!=', id);
  if (sought.appId !== undefined) found = found.where('app_id', '=', sought.appId);
  if (sought.subjectIds !== undefined) found = found.where('subject_id', 'in', sought.subjectIds);
  if (sought.since !== undefined) found = found.where('created_at', '>=', sought.since);
  if (sought.after !== undefined) found = found.where(olderThan(sought.after));
  return found;
}

function provisioningKeys(
  query: Kysely<Schema>,
  sought: Sought,
  accessSince: number | null,
  requestIds: readonly string[] | 'tooMany',
) {
  let found = query.selectFrom('requests').select(['created_at as at', 'id']);
  if (sought.askerId !== undefined) found = found.where('asker_id', '=', sought.askerId);
  for (const id of sought.notAskerIds ?? []) found = found.where('asker_id', '!=', id);
  if (sought.appId !== undefined) found = found.where('app_id', '=', sought.appId);
  if (sought.since !== undefined) found = found.where('created_at', '>=', sought.since);
  if (sought.after !== undefined) found = found.where(olderThan(sought.after));
  if (accessSince !== null)
    found = found.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('access_requests')
            .select('access_requests.id')
            .whereRef('access_requests.request_id', '=', 'requests.id')
            .where('access_requests.created_at', '>=', accessSince),
        ),
      ),
    );
  if (sought.subjectIds === undefined) return found;
  // PostgreSQL does not take an empty list.
  if (requestIds.length === 0) return found.where(sql<boolean>`1 = 0`);
  if (requestIds !== 'tooMany') return found.where('id', 'in', requestIds);
  // Compared, not asked whether it exists: PostgreSQL would turn that into a join, and gather them all.
  return found.where(sql<boolean>`(select 1 from tasks
    where tasks.subject_id in (${sql.join(sought.subjectIds)}) and tasks.request_id = requests.id limit 1) = 1`);
}

/** The requests with calls for the subject, unless it has too many of them. */
async function gatherCalls(query: Kysely<Schema>, { subjectIds }: Sought): Promise<readonly string[] | 'tooMany'> {
  if (subjectIds === undefined) return [];
  const calls = await query
    .selectFrom('tasks')
    .select('request_id')
    .where('subject_id', 'in', subjectIds)
    .limit(mostGathered + 1)
    .execute();
  return calls.length > mostGathered ? 'tooMany' : [...new Set(calls.map(({ request_id }) => request_id))];
}

/** As one comparison of pairs, which both engines look up in the index. */
const olderThan = ({ at, id }: Cursor) => sql<boolean>`(created_at, id) < (${at}, ${id})`;

export function newestFirst(one: Cursor, other: Cursor): number {
  if (one.at !== other.at) return other.at - one.at;
  if (one.id === other.id) return 0;
  return one.id < other.id ? 1 : -1;
}
