import { type Selectable, sql, type Transaction } from 'kysely';
import type { AccessRequestRow, Schema } from '../db/schema.ts';
import { deleteAbout, deleteMessages } from '../outbox/message-store.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { isInArchive } from './archive/looking.ts';
import { spendIds } from './spent-ids.ts';
import type { StoreParts } from './store.ts';

/**
 * Which rows are past their time, and their deletion, a small batch at a time. A request goes together with all that
 * refers to it: its tasks, the access request that it carries out, their cards, its repairs, the ends of its access. The
 * access requests of one line go together.
 *
 * It stays whole as long as any of that is open or younger than the time: a task that waits or runs, an access request
 * without an end, a message that is to be sent, a repair, and access whose end is to come, of the same person in the same
 * app: a later request without an end calls that end off, for which Usher has to remember it.
 *
 * Each batch holds the gate, as does all that takes up a finished request again, so nothing is taken up meanwhile.
 */
export type PrunedTable = Extract<
  keyof Schema,
  | 'requests'
  | 'tasks'
  | 'access_requests'
  | 'messages'
  | 'entitlements'
  | 'repairs'
  | 'known_people'
  | 'known_names'
  | 'places'
  | 'audit_log'
>;

export type Pruned = Partial<Record<PrunedTable, number>>;

/** Where the next batch begins; the last one that this batch has looked at. */
export type Cursor = readonly (string | number)[];

export interface Batch {
  readonly deleted: Pruned;
  /** Null where nothing is left to look at. */
  readonly next: Cursor | null;
}

export type Looking = (parts: StoreParts, before: number, after: Cursor | null) => Promise<Batch>;

/** So many deletions, with those of what goes along, take some 20 ms on SQLite, which hold up the process. */
export const requestsAtOnce = 40;
export const tasksAtOnce = 150;
const rowsAtOnce = 200;

const ended = ['denied', 'expired', 'cancelled', 'lapsed', 'finished'] as const;

/** What is done with a batch of those that are over. `isWhole`: false where some are left to do the same with. */
type Ending = (
  transaction: Transaction<Schema>,
  before: number,
  found: Found,
  now: number,
) => Promise<{ readonly isWhole: boolean; readonly deleted: Pruned }>;

/**
 * Both kinds of requests, each beginning with the oldest: most access requests that were denied or not decided have no
 * provisioning request.
 */
export const endOldest =
  (table: 'requests' | 'access_requests', end: Ending): Looking =>
  (parts, before, after) =>
    withGate(parts, async (transaction) => {
      const [at = -1, last = ''] = after ?? [];
      const oldest = await transaction
        .selectFrom(table)
        .select(['id', 'created_at'])
        .where(sql<boolean>`(created_at, id) > (${at}, ${last})`)
        .where('created_at', '<', before)
        .orderBy('created_at')
        .orderBy('id')
        .limit(requestsAtOnce)
        .execute();
      const ids = oldest.map(({ id }) => id);
      const found = table === 'requests' ? { requests: ids, access: [] } : { requests: [], access: ids };
      const { isWhole, deleted } = await end(transaction, before, found, parts.clock.now());
      const next = nextOf(oldest, requestsAtOnce, ({ created_at, id }) => [created_at, id]);
      return { deleted, next: isWhole ? next : [at, last] };
    });
export const pruneRequests = endOldest('requests', deleteOver);
export const pruneAccessRequests = endOldest('access_requests', deleteOver);

export const pruneRepairs: Looking = (parts, before, after) =>
  withGate(parts, async (transaction) => {
    const rows = await transaction
      .selectFrom('repairs')
      .select('id')
      .where('id', '>', String(after?.[0] ?? ''))
      .where('state', '=', 'ended')
      .where('since', '<', before)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('messages').select('id').whereRef('reference', '=', 'repairs.id').where(isNews(before)))),
      )
      .orderBy('id')
      .limit(requestsAtOnce)
      .execute();
    const ids = rows.map(({ id }) => id);
    const messages = await deleteAbout(transaction, ids);
    const repairs = await deleteIds(transaction, 'repairs', ids);
    return { deleted: { messages, repairs }, next: nextOf(rows, requestsAtOnce, ({ id }) => [id]) };
  });

/** Texts, which are never edited, about what is not stored any more: an app's job, above all. */
export const pruneTexts: Looking = ({ database }, before, after) =>
  database.transact(async (transaction) => {
    const [at = -1, last = ''] = after ?? [];
    const { rows } = await sql<{ id: string; created_at: number; stands: number }>`
      select id, created_at,
        case when due_at is not null
          or exists (select 1 from requests where requests.id = messages.reference)
          or exists (select 1 from repairs where repairs.id = messages.reference)
          or exists (select 1 from archived_lines where archived_lines.id = messages.reference)
          or exists (select 1 from access_requests where access_requests.id = messages.reference)
          or exists (select 1 from access_requests where access_requests.joint_id = messages.reference)
          then 1 else 0 end as stands
      from messages
      where latest_revision is null and created_at < ${before} and (created_at, id) > (${at}, ${last})
      order by created_at, id limit ${rowsAtOnce}`.execute(transaction);
    const over = rows.flatMap(({ id, stands }) => (Number(stands) === 0 ? [id] : []));
    const messages = await deleteMessages(transaction, over);
    return { deleted: { messages }, next: nextOf(rows, rowsAtOnce, ({ created_at, id }) => [created_at, id]) };
  });

/**
 * People who have not written for so long, whom nothing stored is about. `isNeeded`: an approver, to whom Usher has to
 * write first.
 */
export const prunePeople =
  (isNeeded: (personId: string) => Promise<boolean>): Looking =>
  async ({ database }, before, after) => {
    const { rows } = await sql<{ person_id: string }>`
      select person_id from known_people person
      where person_id > ${after?.[0] ?? ''} and seen_at < ${before}
        and not exists (select 1 from requests where requested_by_id = person.person_id)
        and not exists (select 1 from tasks where subject_id = person.person_id)
        and not exists (select 1 from access_requests where requested_by_id = person.person_id)
        and not exists (select 1 from access_requests where subject_id = person.person_id)
        and not exists (select 1 from access_requests where decided_by_id = person.person_id)
      order by person_id limit ${requestsAtOnce}`.execute(database.query);
    let deleted = 0;
    for (const { person_id: id } of rows) {
      if ((await isNeeded(id)) || (await isInArchive(database.query, id))) continue;
      const gone = await database.query
        .deleteFrom('known_people')
        .where('person_id', '=', id)
        // They may have written meanwhile.
        .where('seen_at', '<', before)
        .executeTakeFirstOrThrow();
      deleted += Number(gone.numDeletedRows);
    }
    return { deleted: { known_people: deleted }, next: nextOf(rows, requestsAtOnce, (row) => [row.person_id]) };
  };

/** Names of people and apps that no request is about any more. An actor of the audit log has no name there. */
export const pruneNames: Looking = (parts, _before, after) =>
  withGate(parts, async (transaction) => {
    const [folded = '', kind = '', id = ''] = after ?? [];
    const { rows } = await sql<{ folded: string; kind: string; id: string; stands: number }>`
      select folded, kind, id,
        case when kind = 'actor'
          or exists (select 1 from requests where app_id = known.id)
          or exists (select 1 from requests where requested_by_id = known.id)
          or exists (select 1 from tasks where subject_id = known.id)
          or exists (select 1 from tasks where app_id = known.id and is_further = 1)
          or exists (select 1 from access_requests where app_id = known.id)
          or exists (select 1 from access_requests where requested_by_id = known.id)
          or exists (select 1 from access_requests where subject_id = known.id)
          or exists (select 1 from access_requests where decided_by_id = known.id)
          then 1 else 0 end as stands
      from known_names known
      where (folded, kind, id) > (${folded}, ${kind}, ${id})
      order by folded, kind, id limit ${rowsAtOnce}`.execute(transaction);
    let deleted = 0;
    for (const row of rows.filter(({ stands }) => Number(stands) === 0)) {
      if (await isInArchive(transaction, row.id)) continue;
      const gone = transaction
        .deleteFrom('known_names')
        .where('folded', '=', row.folded)
        .where('kind', '=', row.kind as 'person');
      deleted += Number((await gone.where('id', '=', row.id).executeTakeFirstOrThrow()).numDeletedRows);
    }
    return {
      deleted: { known_names: deleted },
      next: nextOf(rows, rowsAtOnce, (row) => [row.folded, row.kind, row.id]),
    };
  });

/** Addresses of conversations in which no request was made any more. */
export const prunePlaces: Looking = ({ database }, _before, after) =>
  database.transact(async (transaction) => {
    const rows = await transaction
      .selectFrom('places')
      .select('id')
      .where('id', '>', Number(after?.[0] ?? 0))
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    const ids = rows.map(({ id }) => id);
    const gone = await transaction
      .deleteFrom('places')
      .where('id', 'in', ids.length === 0 ? [0] : ids)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('requests').select('id').whereRef('place_id', '=', 'places.id'))),
      )
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('archived').select('id').whereRef('place_id', '=', 'places.id'))),
      )
      .executeTakeFirstOrThrow();
    return { deleted: { places: Number(gone.numDeletedRows) }, next: nextOf(rows, rowsAtOnce, ({ id }) => [id]) };
  });

export function withGate(
  parts: StoreParts,
  work: (transaction: Transaction<Schema>) => Promise<Batch>,
): Promise<Batch> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    return work(transaction);
  });
}

export function nextOf<Row>(rows: readonly Row[], limit: number, key: (row: Row) => Cursor): Cursor | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : key(last);
}

export interface Found {
  readonly requests: readonly string[];
  readonly access: readonly string[];
}

/** An access request, with what tells to which it belongs. */
export type Access = Pick<
  Selectable<AccessRequestRow>,
  'id' | 'state' | 'ended_at' | 'decided_at' | 'request_id' | 'joint_id' | 'joint_group'
>;

/** Deletes those that are over, with all that goes along. `isWhole`: false where tasks are left to delete first. */
async function deleteOver(
  transaction: Transaction<Schema>,
  before: number,
  found: Found,
  now: number,
): Promise<{ readonly isWhole: boolean; readonly deleted: Pruned }> {
  const over = await findWholeOver(transaction, before, found);
  const tasks = await deleteTasks(transaction, over.requests);
  if (tasks.areLeft) return { isWhole: false, deleted: tasks.deleted };
  const { entitlements: _, tasks: __, ...deleted } = await deleteWhole(transaction, over);
  await spendIds(transaction, [...over.requests, ...over.access.map(({ id }) => id)], now);
  return { isWhole: true, deleted: { ...deleted, ...tasks.deleted } };
}

/** What is over as a whole, of these and of all that belongs to them. */
export interface Over {
  readonly requests: readonly string[];
  readonly access: readonly Access[];
}

/** The ids by which messages refer to an access request: its own, and those of its line. */
export const referencesOf = ({ id, joint_id, joint_group }: Access) => [id, joint_id ?? id, joint_group ?? id];

export async function findWholeOver(transaction: Transaction<Schema>, before: number, found: Found): Promise<Over> {
  const access = await familyOf(transaction, found);
  const all = [...new Set([...found.requests, ...access.flatMap(({ request_id: id }) => id ?? [])])];
  const over = new Set(await findOver(transaction, all, before));
  const spoken = new Set(await spokenOf(transaction, access, before));
  const isOver = (one: Access) =>
    (ended as readonly string[]).includes(one.state) &&
    (one.ended_at ?? one.decided_at ?? before) < before &&
    (one.request_id === null || over.has(one.request_id)) &&
    !referencesOf(one).some((reference) => spoken.has(reference));
  const keptLines = new Set(access.flatMap((one) => (isOver(one) ? [] : (one.joint_id ?? one.id))));
  const [goes, stays] = [[] as Access[], [] as Access[]];
  for (const one of access) (keptLines.has(one.joint_id ?? one.id) ? stays : goes).push(one);
  const carrying = new Set(stays.map(({ request_id: id }) => id));
  return { requests: all.filter((id) => over.has(id) && !carrying.has(id)), access: goes };
}

/** Deletes them with all that refers to them, however much it is. */
export async function deleteWhole(transaction: Transaction<Schema>, { requests, access }: Over): Promise<Pruned> {
  const references = [...new Set([...requests, ...access.flatMap(referencesOf)])];
  const ids = access.map(({ id }) => id);
  const ends = transaction.deleteFrom('entitlements').where('request_id', 'in', orNone(requests));
  const tasks = transaction.deleteFrom('tasks').where('request_id', 'in', orNone(requests));
  return {
    entitlements: Number((await ends.executeTakeFirstOrThrow()).numDeletedRows),
    tasks: Number((await tasks.executeTakeFirstOrThrow()).numDeletedRows),
    messages: await deleteAbout(transaction, references),
    access_requests: await deleteIds(transaction, 'access_requests', ids),
    requests: await deleteIds(transaction, 'requests', requests),
  };
}

/** These access requests, those that these requests carry out, and all others of the same lines. */
async function familyOf(transaction: Transaction<Schema>, { requests, access }: Found): Promise<readonly Access[]> {
  const columns = ['id', 'state', 'ended_at', 'decided_at', 'request_id', 'joint_id', 'joint_group'] as const;
  const own = await transaction
    .selectFrom('access_requests')
    .select(columns)
    .where((row) => row.or([row('id', 'in', orNone(access)), row('request_id', 'in', orNone(requests))]))
    .execute();
  const lines = [...new Set(own.flatMap(({ joint_id: id }) => id ?? []))];
  if (lines.length === 0) return own;
  const joint = await transaction
    .selectFrom('access_requests')
    .select(columns)
    .where('joint_id', 'in', lines)
    .execute();
  return [...own.filter(({ joint_id: id }) => id === null), ...joint];
}

/** PostgreSQL takes no empty list. */
export const orNone = (ids: readonly string[]): readonly string[] => (ids.length === 0 ? [''] : ids);

/** A message that is still to be sent, or was made within the time. */
const isNews = (before: number) => sql<boolean>`(messages.due_at is not null or messages.created_at >= ${before})`;

/** A held one cannot be confirmed any more after a day, the shortest time that can be set. */
async function findOver(
  transaction: Transaction<Schema>,
  ids: readonly string[],
  before: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from requests where id in (${sql.join(orNone(ids))}) and created_at < ${before}
      and not exists (select 1 from messages where reference = requests.id and ${isNews(before)})
      and not exists (select 1 from repairs where request_id = requests.id)
      and not exists (select 1 from tasks where request_id = requests.id and not (
        state in ('done', 'cancelled') and finished_at < ${before}
        or state = 'held'))
      and not exists (select 1 from tasks
        join entitlements open on open.subject_id = tasks.subject_id and open.app_id = tasks.app_id
        where tasks.request_id = requests.id and open.state <> 'ended')
      and not exists (select 1 from entitlements own
        join tasks removing on removing.request_id = own.removal_id
        where own.request_id = requests.id
          and (removing.state not in ('done', 'cancelled') or removing.finished_at >= ${before}))
      and not exists (select 1 from entitlements given
        where given.removal_id = requests.id and given.request_id <> requests.id)`.execute(transaction);
  return rows.map(({ id }) => id);
}

/** Those of the ids to which messages refer that are younger than the time. */
async function spokenOf(
  transaction: Transaction<Schema>,
  access: readonly Access[],
  before: number,
): Promise<readonly string[]> {
  const ids = new Set(access.flatMap(({ id, joint_id, joint_group }) => [id, joint_id ?? id, joint_group ?? id]));
  const rows = await transaction
    .selectFrom('messages')
    .select('reference')
    .where('reference', 'in', orNone([...ids]))
    .where(isNews(before))
    .execute();
  return rows.map(({ reference }) => reference);
}

/** At most so many: a request for a list may have thousands. */
async function deleteTasks(
  transaction: Transaction<Schema>,
  requests: readonly string[],
): Promise<{ readonly areLeft: boolean; readonly deleted: Pruned }> {
  const rows = await transaction
    .selectFrom('tasks')
    .select('id')
    .where('request_id', 'in', orNone(requests))
    .limit(tasksAtOnce + 1)
    .execute();
  const ids = rows.slice(0, tasksAtOnce).map(({ id }) => id);
  const ends = transaction.deleteFrom('entitlements').where('task_id', 'in', orNone(ids));
  const entitlements = Number((await ends.executeTakeFirstOrThrow()).numDeletedRows);
  return {
    areLeft: rows.length > tasksAtOnce,
    deleted: { entitlements, tasks: await deleteIds(transaction, 'tasks', ids) },
  };
}

async function deleteIds(
  transaction: Transaction<Schema>,
  table: 'requests' | 'tasks' | 'access_requests' | 'repairs',
  ids: readonly string[],
): Promise<number> {
  const gone = transaction.deleteFrom(table).where('id', 'in', orNone(ids));
  return Number((await gone.executeTakeFirstOrThrow()).numDeletedRows);
}
