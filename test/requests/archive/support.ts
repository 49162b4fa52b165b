import type { Insertable } from 'kysely';
import type { Database } from '../../../src/db/database.ts';
import type { EntitlementRow } from '../../../src/db/schema.ts';
import { archiveAccessRequests, archiveRequests } from '../../../src/requests/archive/archive.ts';
import { packedTables } from '../../../src/requests/archive/packing.ts';
import type { StoreParts } from '../../../src/requests/store.ts';
import { packRecord } from '../../../src/seals/pack-record.ts';

/** Archives all that was over before this time; returns how many batches that took. */
export async function archiveAll(store: StoreParts, before: number): Promise<number> {
  let batches = 0;
  for (const archive of [archiveAccessRequests, archiveRequests])
    for (let next: Awaited<ReturnType<typeof archive>>['next'] = []; next !== null; batches += 1)
      ({ next } = await archive(store, before, next.length === 0 ? null : next));
  return batches;
}

export async function packAll(database: Database, before: number): Promise<number> {
  let packs = 0;
  while (await packRecord(database, before)) packs += 1;
  return packs;
}

/** The rows of the tables that are archived, in an order of their own. */
export async function rowsOfAll({ query }: Database): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const all: Record<string, readonly unknown[]> = {};
  for (const table of packedTables) {
    const rows = await query.selectFrom(table).selectAll().execute();
    all[table] = rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  return all;
}

/** Ends what was seeded as ended: an outcome that is JSON, and when it was. */
export async function finishSeeded({ query }: Database): Promise<void> {
  await query.updateTable('tasks').set({ outcome: null }).where('state', '=', 'held').execute();
  const tasks = await query.selectFrom('tasks').selectAll().where('state', 'in', ['done', 'cancelled']).execute();
  for (const { id, enqueued_at, outcome_kind: kind } of tasks) {
    const report = { steps: [], changes: [], changeId: `change of ${id}` };
    await query
      .updateTable('tasks')
      .set({ outcome: JSON.stringify({ kind, report }), is_lean: 1, started_at: enqueued_at, finished_at: enqueued_at })
      .where('id', '=', id)
      .execute();
  }
}

/** Access of a request's only task, with an end. */
export async function seedEnd(
  { query }: Database,
  requestId: string,
  more: Partial<Insertable<EntitlementRow>>,
): Promise<void> {
  const task = await query
    .selectFrom('tasks')
    .selectAll()
    .where('request_id', '=', requestId)
    .executeTakeFirstOrThrow();
  await query
    .insertInto('entitlements')
    .values({
      ...{ task_id: task.id, request_id: requestId, subject_id: task.subject_id, subject_name: task.subject_name },
      ...{ app_id: task.app_id, app_name: task.app_name, ends_at: task.enqueued_at, state: 'ended', ...more },
    })
    .execute();
}
