import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { overAll } from '../graph/outcome/over-all.ts';
import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { writeAudit } from './audit-log.ts';
import { doneColumns } from './rows.ts';
import { bumpRevision, type StoreParts } from './store.ts';

/** Which of a request's waiting tasks to end, and the reason for the record. */
export interface EndedBecause {
  /** Only this task; all by default. */
  readonly taskId?: string;
  /** Only tasks enqueued by then; all by default. Milliseconds since 1970. */
  readonly enqueuedUntil?: number;
  /** Only tasks that this person has started; null for those that only the requester has. All by default. */
  readonly orderedBy?: string | null;
  readonly reason: string;
}

/**
 * Ends waiting tasks of a request without a call and without a grant. False when none was waiting.
 *
 * @param ending the outcome of a task without an earlier attempt whose effect is unknown
 */
export function endWaiting(
  parts: StoreParts,
  requestId: string,
  ending: Outcome,
  because: EndedBecause,
): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    return endWaitingIn(parts, transaction, requestId, ending, because);
  });
}

/** The same in a transaction that has locked the gate. */
export async function endWaitingIn(
  { clock }: StoreParts,
  transaction: Transaction<Schema>,
  requestId: string,
  ending: Outcome,
  { taskId, enqueuedUntil, orderedBy, reason }: EndedBecause,
): Promise<boolean> {
  const now = clock.now();
  const tasks = await transaction
    .selectFrom('tasks')
    .select(['id', 'subject_id', 'app_id', 'perhaps'])
    .where('request_id', '=', requestId)
    .where('state', '=', 'waiting')
    .$if(taskId !== undefined, (some) => some.where('id', '=', taskId ?? ''))
    .$if(enqueuedUntil !== undefined, (some) => some.where('enqueued_at', '<=', enqueuedUntil ?? now))
    .$if(orderedBy !== undefined, (some) =>
      some.where('ordered_by', orderedBy === null ? 'is' : '=', orderedBy ?? null),
    )
    .execute();
  if (tasks.length === 0) return false;
  const { requested_by_id: actorId } = await bumpRevision(transaction, requestId);
  // Tasks leave `waiting` under the gate's lock alone, so the read is still valid.
  for (const { id, subject_id: subject, app_id: app, perhaps } of tasks) {
    const outcome = overAll(perhaps as UnknownEnd | null, ending);
    await transaction
      .updateTable('tasks')
      .set({
        ...doneColumns(outcome),
        started_at: now,
        finished_at: now,
        graph_request_id: null,
        client_request_id: null,
      })
      .where('id', '=', id)
      .execute();
    const details = { subject, app, outcome: outcome.kind, reason };
    await writeAudit(transaction, { at: now, actorId, kind: 'finished', requestId, details });
  }
  return true;
}
