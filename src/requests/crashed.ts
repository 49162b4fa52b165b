import { type ExpressionBuilder, sql, type Transaction } from 'kysely';
import { longestLeaseMs } from '../db/leases.ts';
import type { Schema } from '../db/schema.ts';
import type { Outcome } from '../graph/outcome.ts';
import { writeAudit } from './audit-log.ts';
import type { Subject } from './request.ts';
import { doneColumns } from './rows.ts';
import { sentDetails } from './running.ts';
import { bumpRevision, type StoreParts } from './store.ts';

/**
 * A task whose process died during its call for the third time is not retried: the answer to it may be what kills the
 * process. Before that it is retried almost alone, so that tasks that merely ran beside it succeed.
 */
const mostCrashes = 3;
const aloneMs = 20_000;

/**
 * Requeues tasks whose lease expired: their process died during a call. Where one process owns the database, every
 * lease of another process counts as expired too. `inHand` are the tasks that the owner works on at this moment:
 * however the wall clock may jump, those are not abandoned. `isSteady` tells false where the clock has jumped and says
 * nothing about leases. Returns the requests concerned.
 */
export async function recoverTasks(
  parts: StoreParts,
  owner: string,
  inHand: readonly string[] = [],
  isSteady = () => true,
): Promise<readonly string[]> {
  const { database, clock } = parts;
  const isAbandoned = (task: ExpressionBuilder<Schema, 'tasks'>) => {
    const now = clock.now();
    const expired = task.or([task('lease_until', '<', now), task('lease_until', '>', now + longestLeaseMs)]);
    return task.and([
      task('state', '=', 'running'),
      database.dialect.singleProcess ? task.or([task('lease_owner', '!=', owner), expired]) : expired,
    ]);
  };
  const rows = await database.query.selectFrom('tasks').select('id').where(isAbandoned).execute();
  const ids = rows.map(({ id }) => id).filter((id) => !inHand.includes(id));
  if (ids.length === 0) return [];
  // Another process may have seen the clock jump already, and leased by the new time.
  await database.dialect.gateNow(database.query);
  if (!isSteady() && !database.dialect.singleProcess) return [];
  const now = clock.now();
  const requestIds = new Set<string>();
  let suspects = 0;
  // One at a time: a transaction that locks one task and one request cannot deadlock with another.
  for (const id of ids) {
    await database.transact(async (transaction) => {
      const recovered = await transaction
        .updateTable('tasks')
        .set((task) => ({
          state: 'waiting',
          due_at: now,
          again: 'interrupted',
          // It is unknown whether the dead process sent the call, and what the call did.
          perhaps: task.fn.coalesce('perhaps', sql<string>`'interrupted'`),
          lease_owner: null,
          lease_until: null,
          crashes: task('crashes', '+', 1),
        }))
        .where('id', '=', id)
        .where(isAbandoned)
        .returning(['request_id', 'subject_id', 'app_id', 'members', 'attempts', 'sent', 'crashes'])
        .executeTakeFirst();
      if (recovered === undefined) return;
      const { request_id: requestId, subject_id: subject, app_id: app, crashes, attempts: attempt } = recovered;
      const { requested_by_id: actorId } = await bumpRevision(transaction, requestId);
      const entry = { at: now, actorId, requestId };
      // The call may have been sent right before the process died, and no record says so yet.
      if (recovered.sent === 0) {
        const details = sentDetails(subject, app, JSON.parse(recovered.members) as Subject[], attempt);
        await writeAudit(transaction, { ...entry, kind: 'sent', details: { ...details, end: 'unknown' } });
      }
      if (crashes >= mostCrashes) await giveUpTask(parts, transaction, { id, requestId, subject, app, actorId });
      else {
        const details = { subject, app, attempt, reason: 'interrupted', end: 'unknown' };
        await writeAudit(transaction, { ...entry, kind: 'waitsAgain', details });
      }
      if (crashes === mostCrashes - 1) {
        const dueAt = now + suspects * aloneMs;
        await transaction.updateTable('tasks').set({ due_at: dueAt }).where('id', '=', id).execute();
        suspects += 1;
      }
      requestIds.add(requestId);
    });
  }
  return [...requestIds];
}

/** Any of its calls may have been carried out, so the outcome does not say that nothing was done. */
async function giveUpTask(
  { clock }: StoreParts,
  transaction: Transaction<Schema>,
  {
    id,
    requestId,
    subject,
    app,
    actorId,
  }: Readonly<Record<'id' | 'requestId' | 'subject' | 'app' | 'actorId', string>>,
): Promise<void> {
  const now = clock.now();
  const outcome: Outcome = { kind: 'unknown', why: 'interrupted' };
  await transaction
    .updateTable('tasks')
    .set({ ...doneColumns(outcome), finished_at: now })
    .where('id', '=', id)
    .execute();
  const details = { subject, app, outcome: outcome.kind, why: outcome.why };
  await writeAudit(transaction, { at: now, actorId, requestId, kind: 'finished', details });
}
