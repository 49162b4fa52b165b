import { overAll } from '../graph/outcome/over-all.ts';
import { signInGone } from '../graph/outcome/refusal.ts';
import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import type { ProvisioningService } from './attempt.ts';
import { writeRecord } from './record.ts';
import { bumpRevision, type StoreParts } from './store.ts';

/**
 * Where calls go out by the right of whoever asked, a task whose asker is not signed in (any more) cannot be sent, and
 * must not be sent by anybody else's right. It comes to its end without a grant: what nobody sends takes nobody's place
 * before the gate. A retry by its asker puts it in line again, like any task that has not ended well.
 */
export interface Askers {
  /** Graph by this person's right; null when they are not signed in. */
  serviceFor(askerId: string): ProvisioningService | null;
  /** The ids of all who are signed in. */
  present(): readonly string[];
}

/** Ends what waits for somebody who is not signed in; returns the requests concerned. */
export async function endSignedOut(parts: StoreParts, present: readonly string[]): Promise<readonly string[]> {
  const waiting = await parts.database.query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select('requests.id')
    .distinct()
    .where('tasks.state', '=', 'waiting')
    .$if(present.length > 0, (tasks) => tasks.where('requests.asker_id', 'not in', [...present]))
    .execute();
  const ended: string[] = [];
  for (const { id } of waiting)
    if (await endWaiting(parts, id, { outcome: signInGone, reason: 'signInGone' })) ended.push(id);
  return ended;
}

/**
 * Ends what waits of a request and will not be sent, without a grant. False where nothing does.
 *
 * @param orderedBy only what this person has set going; null for what has its asker's word alone.
 */
export async function endWaiting(
  parts: StoreParts,
  requestId: string,
  {
    outcome: told,
    reason,
    orderedBy,
  }: { readonly outcome: Outcome; readonly reason: string; readonly orderedBy?: string | null },
): Promise<boolean> {
  const { database, clock } = parts;
  return database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const now = clock.now();
    const tasks = await transaction
      .selectFrom('tasks')
      .select(['id', 'subject_id', 'perhaps'])
      .where('request_id', '=', requestId)
      .where('state', '=', 'waiting')
      .$if(orderedBy !== undefined, (waiting) =>
        waiting.where('ordered_by', orderedBy === null ? 'is' : '=', orderedBy ?? null),
      )
      .execute();
    if (tasks.length === 0) return false;
    await bumpRevision(transaction, requestId);
    const { asker_id: actorId } = await transaction
      .selectFrom('requests')
      .select('asker_id')
      .where('id', '=', requestId)
      .executeTakeFirstOrThrow();
    // Tasks leave `waiting` under the gate's lock alone, so what was just read still stands.
    for (const { id, subject_id: subject, perhaps } of tasks) {
      const outcome = overAll(perhaps as UnknownEnd | null, told);
      await transaction
        .updateTable('tasks')
        .set({
          state: 'done',
          started_at: now,
          finished_at: now,
          outcome: JSON.stringify(outcome),
          outcome_kind: outcome.kind,
          graph_request_id: null,
          client_request_id: null,
          again: null,
        })
        .where('id', '=', id)
        .execute();
      const details = { subject, outcome: outcome.kind, reason };
      await writeRecord(transaction, { at: now, actorId, kind: 'finished', requestId, details });
    }
    return true;
  });
}
