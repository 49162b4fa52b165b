import { type Insertable, type Selectable, sql, type Transaction } from 'kysely';
import type { ArchivedLineRow } from '../../db/archive-schema.ts';
import type { RequestRow, Schema, TaskRow } from '../../db/schema.ts';
import type { Outcome } from '../../graph/outcome.ts';
import { readGate } from '../../rate-gate/gate-row.ts';
import { endSource } from '../entitlement.ts';
import {
  type Access,
  deleteWhole,
  endOldest,
  findWholeOver,
  type Looking,
  nextOf,
  type Over,
  orNone,
  type Pruned,
  referencesOf,
  requestsAtOnce,
  tasksAtOnce,
  withGate,
} from '../expired.ts';
import { leanOf, longestShared } from '../lean.ts';
import { spendIds } from '../spent-ids.ts';
import { accessSource, type StoreParts } from '../store.ts';
import { linesOf } from './lines.ts';
import { idsOfArchived } from './looking.ts';
import { noRows, type PackedRows, pack, packedTables, together, unpack } from './packing.ts';

/**
 * A request that was over a month ago is packed: its rows, and all that refer to them, become one compressed value, and
 * beside it stand short lines by which the history finds it. What names it by its id, as `show` and the buttons of old
 * cards do, takes its rows out again first (`takeOut`), so that nothing else has to know of the archive but what
 * searches and counts. The next day it is packed again, unless something has happened to it.
 *
 *     requests, tasks, …  ──archive, a month after its end──▶  archived, archived_lines
 *           ▲                                                       │            │
 *           └────────────takeOut, when it is named──────────────────┘     after RETENTION_DAYS: deleted
 *
 * What is over, and what belongs together, is what `expired.ts` says. Each batch is one transaction that holds the gate.
 */
const archiveOver = async (
  transaction: Transaction<Schema>,
  before: number,
  found: Parameters<typeof findWholeOver>[2],
) => {
  const families = familiesIn(await findWholeOver(transaction, before, found));
  const tasks = await countTasks(
    transaction,
    families.flatMap(({ requests }) => requests),
  );
  const picked: Over[] = [];
  let [left, isWhole] = [tasksAtOnce, true];
  for (const family of families) {
    const count = family.requests.reduce((sum, id) => sum + (tasks.get(id) ?? 0), 0);
    // A long list stays as it is: packing it would hold up the process.
    if (count > tasksAtOnce) continue;
    if (count > left) isWhole = false;
    else {
      left -= count;
      picked.push(family);
    }
  }
  if (picked.length > 0) await archive(transaction, picked);
  return { isWhole, deleted: {} };
};

export const archiveRequests = endOldest('requests', archiveOver);
export const archiveAccessRequests = endOldest('access_requests', archiveOver);

/** The access requests of one line stand together with the requests that carry them out. */
function familiesIn({ requests, access }: Over): Over[] {
  const keyOf = ({ id, joint_id }: Access) => joint_id ?? id;
  const carried = new Map(access.flatMap((one) => (one.request_id === null ? [] : [[one.request_id, keyOf(one)]])));
  const keys = new Set([...requests.map((id) => carried.get(id) ?? id), ...access.map(keyOf)]);
  return [...keys].map((key) => ({
    requests: requests.filter((id) => (carried.get(id) ?? id) === key),
    access: access.filter((one) => keyOf(one) === key),
  }));
}

async function countTasks(
  transaction: Transaction<Schema>,
  requests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await transaction
    .selectFrom('tasks')
    .select('request_id')
    .select((select) => select.fn.countAll<number>().as('tasks'))
    .where('request_id', 'in', orNone(requests))
    .groupBy('request_id')
    .execute();
  return new Map(rows.map(({ request_id, tasks }) => [request_id, Number(tasks)]));
}

async function archive(transaction: Transaction<Schema>, families: readonly Over[]): Promise<void> {
  const all: Over = {
    requests: families.flatMap(({ requests }) => requests),
    access: families.flatMap(({ access }) => access),
  };
  const rows = await rowsOf(transaction, all);
  const places = await placesOf(transaction, rows.requests);
  const removedAt = await endsOf(
    transaction,
    rows.entitlements.flatMap(({ removal_id: id }) => id ?? []),
  );
  const { last } = await transaction
    .selectFrom('archived')
    .select(({ fn }) => fn.max('id').as('last'))
    .executeTakeFirstOrThrow();
  const packed = families.map((family, index) => {
    const own = ownRows(family, rows);
    const [first] = own.requests;
    const place = first === undefined ? null : (places.get(first.id) ?? null);
    const lean = leanRows(own, (id) => places.get(id) === place && place !== null);
    const id = (last ?? 0) + index + 1;
    const row = { id, over_at: overAt(own, removedAt), place_id: place, content: pack(lean) };
    return { row, lines: linesOf(own).map((line) => ({ ...line, archived_id: id })) };
  });
  await transaction
    .insertInto('archived')
    .values(packed.map(({ row }) => row))
    .execute();
  await insertAll(
    packed.flatMap(({ lines }) => lines),
    (some: readonly Insertable<ArchivedLineRow>[]) => transaction.insertInto('archived_lines').values(some).execute(),
  );
  await deleteWhole(transaction, all);
}

async function rowsOf(transaction: Transaction<Schema>, { requests, access }: Over): Promise<PackedRows> {
  const references = [...new Set([...requests, ...access.flatMap(referencesOf)])];
  const ofRequests = orNone(requests);
  const ids = orNone(access.map(({ id }) => id));
  return {
    requests: await transaction.selectFrom('requests').selectAll().where('id', 'in', ofRequests).execute(),
    tasks: await transaction
      .selectFrom('tasks')
      .selectAll()
      .where('request_id', 'in', ofRequests)
      .orderBy('position')
      .execute(),
    access_requests: await transaction.selectFrom('access_requests').selectAll().where('id', 'in', ids).execute(),
    messages: await transaction
      .selectFrom('messages')
      .selectAll()
      .where('reference', 'in', orNone(references))
      .execute(),
    entitlements: await transaction
      .selectFrom('entitlements')
      .selectAll()
      .where('request_id', 'in', ofRequests)
      .execute(),
  };
}

function ownRows({ requests, access }: Over, rows: PackedRows): PackedRows {
  const ids = new Set(access.map(({ id }) => id));
  const references = new Set([...requests, ...access.flatMap(referencesOf)]);
  const ofRequests = new Set(requests);
  return {
    requests: rows.requests.filter(({ id }) => ofRequests.has(id)),
    tasks: rows.tasks.filter(({ request_id: id }) => ofRequests.has(id)),
    access_requests: rows.access_requests.filter(({ id }) => ids.has(id)),
    messages: rows.messages.filter(({ reference }) => references.has(reference)),
    entitlements: rows.entitlements.filter(({ request_id: id }) => ofRequests.has(id)),
  };
}

/** As `lean.ts` leaves them. `isPlaced`: whether the conversation of this request stands in its place. */
function leanRows(rows: PackedRows, isPlaced: (id: string) => boolean): PackedRows {
  const conversations = new Map(rows.requests.map(({ id, conversation }) => [id, conversation]));
  const isKept = ({ source }: Selectable<RequestRow>) =>
    source.startsWith(accessSource) || source.startsWith(endSource);
  return {
    ...rows,
    requests: rows.requests.map((row) => ({
      ...row,
      ...(isPlaced(row.id) ? { conversation: '', place_id: null } : {}),
      ...(isKept(row) ? {} : { source: row.id }),
    })),
    tasks: rows.tasks.map((row) => ({ ...row, ...leanTask(row) })),
    messages: rows.messages.map((row) =>
      row.kind === 'request' && isPlaced(row.reference) && row.conversation === conversations.get(row.reference)
        ? { ...row, conversation: '' }
        : row,
    ),
  };
}

function leanTask({ outcome, is_lean }: Selectable<TaskRow>) {
  if (outcome === null || is_lean === 1) return {};
  return { outcome: JSON.stringify(leanOf(JSON.parse(outcome) as Outcome)), is_lean: 1 };
}

/** The places of the conversations of these requests; one that is too long for an index has none. */
async function placesOf(
  transaction: Transaction<Schema>,
  requests: PackedRows['requests'],
): Promise<ReadonlyMap<string, number>> {
  const texts = [...new Set(requests.map(({ conversation }) => conversation))].filter(
    (text) => text !== '' && text.length <= longestShared,
  );
  if (texts.length > 0)
    await transaction
      .insertInto('places')
      .values(texts.map((conversation) => ({ conversation })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const found = await transaction.selectFrom('places').selectAll().where('conversation', 'in', orNone(texts)).execute();
  const byText = new Map(found.map(({ id, conversation }) => [conversation, id]));
  return new Map(
    requests.flatMap(({ id, conversation, place_id }) => {
      const place = conversation === '' ? place_id : (byText.get(conversation) ?? null);
      return place === null ? [] : [[id, place] as const];
    }),
  );
}

/** When these requests had ended. */
async function endsOf(
  transaction: Transaction<Schema>,
  requests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await transaction
    .selectFrom('tasks')
    .select('request_id')
    .select(({ fn }) => fn.max('finished_at').as('at'))
    .where('request_id', 'in', orNone(requests))
    .groupBy('request_id')
    .execute();
  return new Map(rows.map(({ request_id, at }) => [request_id, at ?? 0]));
}

/** The access that a request gave is as old as its removal. */
function overAt(rows: PackedRows, removedAt: ReadonlyMap<string, number>): number {
  return Math.max(
    ...rows.requests.map(({ created_at }) => created_at),
    ...rows.tasks.map(({ finished_at }) => finished_at ?? 0),
    ...rows.access_requests.map(({ created_at, decided_at, ended_at }) => ended_at ?? decided_at ?? created_at),
    ...rows.messages.map(({ created_at }) => created_at),
    ...rows.entitlements.map(({ removal_id: id }) => (id === null ? 0 : (removedAt.get(id) ?? 0))),
  );
}

/** SQLite takes 32,766 values in a statement, and a task has some fifty. */
const rowsAtOnce = 500;

async function insertAll<Row>(rows: readonly Row[], insert: (some: readonly Row[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) await insert(rows.slice(at, at + rowsAtOnce));
}

/** Deletes what was archived and is past its time, what was asked for first before all else. */
export const pruneArchived: Looking = (parts, before, after) =>
  withGate(parts, async (transaction) => {
    const [lastAt = -1, lastId = ''] = after ?? [];
    const lines = await transaction
      .selectFrom('archived_lines')
      .select(['at', 'id', 'archived_id'])
      // Literally, as its index has it.
      .where(sql<boolean>`is_first = 1 and (at, id) > (${lastAt}, ${lastId})`)
      .where('at', '<', before)
      .orderBy('at')
      .orderBy('id')
      .limit(requestsAtOnce)
      .execute();
    const ids = lines.map(({ archived_id: id }) => id);
    const rows = await transaction
      .selectFrom('archived')
      .select(['id', 'content'])
      .where('id', 'in', ids.length === 0 ? [0] : ids)
      .where('over_at', '<', before)
      .execute();
    const unpacked = together(rows.map(({ content }) => unpack(content)));
    await deleteArchived(
      transaction,
      rows.map(({ id }) => id),
      unpacked,
    );
    await spendIds(
      transaction,
      [...unpacked.requests, ...unpacked.access_requests].map(({ id }) => id),
      parts.clock.now(),
    );
    const deleted: Pruned = Object.fromEntries(packedTables.map((table) => [table, unpacked[table].length]));
    return { deleted, next: nextOf(lines, requestsAtOnce, ({ at, id }) => [at, id]) };
  });

async function deleteArchived(
  transaction: Transaction<Schema>,
  ids: readonly number[],
  rows: PackedRows,
): Promise<void> {
  if (ids.length === 0) return;
  // By the ids, as there is no index on the other column.
  const named = [...new Set(linesOf(rows).map(({ id }) => id))];
  await transaction.deleteFrom('archived_lines').where('id', 'in', named).where('archived_id', 'in', ids).execute();
  await transaction.deleteFrom('archived').where('id', 'in', ids).execute();
}

/** Puts archived requests back to where they were, if one of these ids names any. Mostly none does, which one look tells. */
export async function takeOut(parts: StoreParts, named: readonly string[]): Promise<void> {
  if (named.length === 0 || (await idsOfArchived(parts.database.query, named)).length === 0) return;
  await parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const ids = new Set<number>();
    let next = await idsOfArchived(transaction, named);
    let rows = noRows;
    // Access goes with its removal: the one refers to the other.
    while (next.length > 0) {
      for (const id of next) ids.add(id);
      rows = await readWithPlaces(transaction, [...ids]);
      const removals = rows.entitlements.flatMap(({ removal_id: id }) => id ?? []);
      const requests = rows.requests.map(({ id }) => id);
      next = (await idsOfArchived(transaction, [...removals, ...requests])).filter((id) => !ids.has(id));
    }
    await putBackRows(transaction, rows);
    await deleteArchived(transaction, [...ids], rows);
  });
}

async function readWithPlaces(transaction: Transaction<Schema>, ids: readonly number[]): Promise<PackedRows> {
  const found = await transaction.selectFrom('archived').selectAll().where('id', 'in', ids).execute();
  return together(
    found.map(({ content, place_id }) => {
      const rows = unpack(content);
      const placed = (row: Selectable<RequestRow>) => (row.conversation === '' ? { ...row, place_id } : row);
      return { ...rows, requests: rows.requests.map(placed) };
    }),
  );
}

async function putBackRows(transaction: Transaction<Schema>, rows: PackedRows): Promise<void> {
  for (const table of ['requests', 'tasks', 'access_requests', 'messages'] as const)
    await insertAll(rows[table] as readonly Insertable<Schema[typeof table]>[], (some) =>
      transaction.insertInto(table).values(some).execute(),
    );
  const removals = rows.entitlements.flatMap(({ removal_id: id }) => id ?? []);
  const there = await transaction.selectFrom('requests').select('id').where('id', 'in', orNone(removals)).execute();
  const known = new Set(there.map(({ id }) => id));
  // A removal that nothing else was about may have been deleted before.
  const ends = rows.entitlements.map((row) => (known.has(row.removal_id ?? '') ? row : { ...row, removal_id: null }));
  await insertAll(ends, (some) => transaction.insertInto('entitlements').values(some).execute());
}
