import type { Selectable, Transaction } from 'kysely';
import type { EntitlementRow, Schema } from '../db/schema.ts';
import { writeAudit } from './audit-log.ts';
import { isBeingProvisioned } from './removals.ts';
import type { Task } from './request.ts';
import { accessSource } from './store.ts';

/** What a later request for the same access does to an end that was set before. */

/** Whether the request for the access was taken back. */
export function isWithdrawn({ state }: Pick<Task, 'state'>): boolean {
  if (state.kind === 'done') return state.outcome.kind === 'refused' && state.outcome.cause === 'ordererMayNot';
  return state.kind === 'cancelled';
}

/** Brings the end back that this task would have put off, which came to nothing. False where there was none. */
export async function restoreEarlier(transaction: Transaction<Schema>, taskId: string): Promise<boolean> {
  const restored = await transaction
    .updateTable('entitlements')
    .set(({ ref }) => ({ state: 'active', ended_as: null, extended_by: null, due_at: ref('ends_at') }))
    .where('extended_by', '=', taskId)
    .returning('task_id')
    .execute();
  return restored.length > 0;
}

/** Whether the same access was approved later without an end. A provisioning by an operator leaves the end as it is. */
export async function isGivenForGood(
  transaction: Transaction<Schema>,
  { request_id, subject_id, app_id }: Selectable<EntitlementRow>,
): Promise<boolean> {
  const later = await transaction
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select('tasks.id')
    .where('tasks.subject_id', '=', subject_id)
    .where('tasks.app_id', '=', app_id)
    .where('tasks.ends_at', 'is', null)
    .where('tasks.unassign', 'is', null)
    .where('tasks.state', 'not in', ['held', 'cancelled'])
    .where('requests.source', 'like', `${accessSource}%`)
    .where('requests.created_at', '>', (select) =>
      select.selectFrom('requests').select('created_at').where('id', '=', request_id),
    )
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}

/**
 * The person is proven to be out of the app by a removal: no end of theirs there is left to come, unless a request is
 * under way that gives the access anew.
 */
export async function endRemoved(
  transaction: Transaction<Schema>,
  { requestId, subject, app }: Pick<Task, 'requestId' | 'subject' | 'app'>,
  at: number,
): Promise<void> {
  if (await isBeingProvisioned({ query: transaction }, { personId: subject.id, appId: app.id })) return;
  const ended = await transaction
    .updateTable('entitlements')
    .set({ state: 'ended', ended_as: 'verified', why: null, due_at: null })
    .where('subject_id', '=', subject.id)
    .where('app_id', '=', app.id)
    // What is ending waits for its own removal.
    .where('state', 'in', ['active', 'overdue'])
    .returning('request_id')
    .execute();
  for (const { request_id } of ended)
    await writeAudit(transaction, {
      at,
      actorId: '',
      kind: 'accessEnd',
      requestId: request_id,
      details: { step: 'verified', subject: subject.id, app: app.id, removal: requestId },
    });
}
