import { type ExpressionBuilder, sql, type Transaction, type Updateable } from 'kysely';
import { longestLeaseMs } from '../db/leases.ts';
import type { Schema, TaskRow } from '../db/schema.ts';
import { unknownEndOf } from '../graph/outcome/over-all.ts';
import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import { blockFor } from '../rate-gate/gate.ts';
import { readGate, writeGate } from '../rate-gate/gate-row.ts';
import type { ClaimedTask } from './queue.ts';
import { type Entry, writeRecord } from './record.ts';
import type { TaskState, WaitReason } from './request.ts';
import { bumpRevision, type StoreParts } from './store.ts';

/**
 * Every transition of a task out of `running`, and the lease that guards it.
 *
 * Whoever lost the lease changes nothing. Owner, start and attempt together name one claim and no other: a process
 * that stood still for so long that its own task was put back and claimed anew, by another or by itself, does not
 * write its old outcome over the new call. What happened is recorded in the same transaction, so that the account and
 * the task never disagree.
 */

/** Writes the outcome. False when the lease was lost meanwhile; nothing is written then. */
export async function finishTask(
  parts: StoreParts,
  claimed: ClaimedTask,
  done: Pick<Extract<TaskState, { kind: 'done' }>, 'outcome' | 'graphRequestId' | 'clientRequestId'> & GateNews,
): Promise<boolean> {
  const changes: Updateable<TaskRow> = {
    state: 'done',
    finished_at: parts.clock.now(),
    outcome: JSON.stringify(done.outcome),
    outcome_kind: done.outcome.kind,
    graph_request_id: done.graphRequestId,
    client_request_id: done.clientRequestId,
    again: null,
    perhaps: unknownEndOf(done.outcome),
  };
  const details = { outcome: done.outcome.kind, ...codeOf(done.outcome), graphRequestId: done.graphRequestId };
  return parts.database.transact(async (transaction) => {
    await tellGate(parts, transaction, done);
    return leaveRunning(parts, transaction, claimed, changes, { kind: 'finished', details });
  });
}

/** Graph's or the service's own code, for the record. */
export function codeOf(outcome: Outcome): { readonly code?: string; readonly status?: number } {
  const told = outcome.kind === 'unknown' ? (outcome.last ?? outcome) : outcome;
  if (told.kind === 'refused') return { code: told.code, status: told.status };
  return told.kind === 'failed' || told.kind === 'skipped' ? { code: told.code } : {};
}

/** What the gate learns from an answer. */
export interface GateNews {
  /** Set when the server said "too many": the gate closes for everybody, for this long or a window. */
  readonly closesGate?: { readonly retryAfterMs: number | null };
}

/** Why and when a task goes back to the queue. */
export interface Postponement extends GateNews {
  readonly reason: WaitReason;
  /** From now, in milliseconds. */
  readonly delayMs: number;
  /** A rule chosen anew. */
  readonly ruleId?: string;
  /** Nothing has gone onto the wire, whatever the reason lets suppose. */
  readonly unsent?: true;
}

/**
 * Puts a running task back in the queue, at its old place. False when the lease was lost meanwhile; then the task is
 * left alone, but the gate still learns that the server said "too many".
 */
export async function postponeTask(parts: StoreParts, claimed: ClaimedTask, why: Postponement): Promise<boolean> {
  const { database, clock } = parts;
  const { throttles, unseen } = claimed.task;
  return database.transact(async (transaction) => {
    await tellGate(parts, transaction, why);
    const changes: Updateable<TaskRow> = {
      state: 'waiting',
      due_at: clock.now() + why.delayMs,
      again: why.reason,
      throttles: why.closesGate === undefined ? throttles : throttles + 1,
      unseen: why.reason === 'assignmentUnseen' ? unseen + 1 : unseen,
      perhaps: claimed.task.perhaps ?? (why.unsent === true ? null : unknownEnds[why.reason]),
      ...(why.ruleId === undefined ? {} : { rule_id: why.ruleId }),
    };
    const left = await leaveRunning(parts, transaction, claimed, changes, {
      kind: 'waitsAgain',
      details: { reason: why.reason },
    });
    if (left && (why.unsent === true || isForNothing(why.reason))) await takeBack(parts, transaction, claimed);
    return left;
  });
}

/**
 * Puts a task back whose call never left, as if it had not been claimed; only the grant is spent.
 *
 * @param delayMs where Graph has to be asked again first: from now, in milliseconds.
 */
export async function returnTask(parts: StoreParts, claimed: ClaimedTask, delayMs = 0): Promise<boolean> {
  const later = delayMs > 0 ? { due_at: parts.clock.now() + delayMs, again: 'unreachable' } : {};
  const changes: Updateable<TaskRow> = { state: 'waiting', attempts: claimed.task.attempts - 1, ...later };
  const record = { kind: 'waitsAgain', details: { reason: 'unsent' } } as const;
  return parts.database.transact(async (transaction) => {
    const left = await leaveRunning(parts, transaction, claimed, changes, record);
    if (left) await takeBack(parts, transaction, claimed);
    return left;
  });
}

/** Whether the call that ended so has done nothing, for certain. */
function isForNothing(reason: WaitReason): boolean {
  return unknownEnds[reason] === null;
}

/** What the reason to send it again leaves open of the call that was sent; null where that did nothing. */
const unknownEnds: Readonly<Record<WaitReason, UnknownEnd | null>> = {
  throttled: null,
  serviceUnavailable: 'serverError',
  noAnswer: 'noAnswer',
  unreachable: null,
  tokenRefused: null,
  inProgress: null,
  ruleChanged: null,
  interrupted: 'interrupted',
  retried: null,
  assignmentUnseen: null,
};

/** A task whose call did nothing is not sent again when somebody cancelled it meanwhile. */
async function takeBack({ clock }: StoreParts, transaction: Transaction<Schema>, { task }: ClaimedTask): Promise<void> {
  await transaction
    .updateTable('tasks')
    .set({ state: 'cancelled', finished_at: clock.now() })
    .where('id', '=', task.id)
    .where('state', '=', 'waiting')
    .where('cancelled_by', 'is not', null)
    .execute();
}

/** Comes first in its transaction, as the gate's row is locked before any other. */
async function tellGate(parts: StoreParts, transaction: Transaction<Schema>, { closesGate }: GateNews): Promise<void> {
  if (closesGate === undefined) return;
  const { scope, limits } = parts.gate;
  const stored = await readGate(parts, transaction);
  const state = blockFor(stored.state, limits, stored.now, closesGate.retryAfterMs);
  await writeGate(transaction, scope, { ...stored, state });
}

async function leaveRunning(
  parts: StoreParts,
  transaction: Transaction<Schema>,
  { task, lease, askerId }: ClaimedTask,
  changes: Updateable<TaskRow>,
  record: Pick<Entry, 'kind' | 'details'>,
): Promise<boolean> {
  const left = await transaction
    .updateTable('tasks')
    .set({ ...changes, lease_owner: null, lease_until: null })
    .where('id', '=', task.id)
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .where('started_at', '=', task.state.startedAt)
    .where('attempts', '=', task.attempts)
    .returning('id')
    .executeTakeFirst();
  if (left === undefined) return false;
  await bumpRevision(transaction, task.requestId);
  await writeRecord(transaction, {
    at: parts.clock.now(),
    actorId: askerId,
    requestId: task.requestId,
    kind: record.kind,
    details: { subject: task.subject.id, ...record.details },
  });
  return true;
}

/** Keeps the lease of one claim alive until then. False when it is lost already. */
export async function renewLease(parts: StoreParts, { task, lease }: ClaimedTask, until: number): Promise<boolean> {
  const renewed = await parts.database.query
    .updateTable('tasks')
    .set({ lease_until: until })
    .where('id', '=', task.id)
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .where('started_at', '=', task.state.startedAt)
    .where('attempts', '=', task.attempts)
    .returning('id')
    .executeTakeFirst();
  return renewed !== undefined;
}

/**
 * A task whose process died in its call for the third time is not tried once more: the answer to it may be what ends the
 * process. Before that it gets a try almost by itself, so that what merely ran beside it comes through.
 */
const mostCrashes = 3;
const aloneMs = 20_000;

/**
 * Puts tasks back whose lease ran out: their process died in the middle of a call. Where one process owns the
 * database, every lease that is not its own is such a lease too. `inHand` are the tasks that the owner works on at
 * this moment: however the wall clock may jump, those are not abandoned. `isSteady` is false where the clock has jumped
 * and says nothing about leases. Returns the requests concerned.
 */
export async function recoverTasks(
  parts: StoreParts,
  owner: string,
  inHand: readonly string[] = [],
  isSteady = true,
): Promise<readonly string[]> {
  const { database, clock } = parts;
  const now = clock.now();
  const isAbandoned = (task: ExpressionBuilder<Schema, 'tasks'>) => {
    const expired = task.or([task('lease_until', '<', now), task('lease_until', '>', now + longestLeaseMs)]);
    return task.and([
      task('state', '=', 'running'),
      database.dialect.singleProcess ? task.or([task('lease_owner', '!=', owner), expired]) : expired,
    ]);
  };
  if (!isSteady && !database.dialect.singleProcess) return [];
  const rows = await database.query.selectFrom('tasks').select('id').where(isAbandoned).execute();
  const ids = rows.map(({ id }) => id).filter((id) => !inHand.includes(id));
  const requestIds = new Set<string>();
  let suspects = 0;
  // One at a time: a transaction that holds one task and one request cannot get across another.
  for (const id of ids) {
    await database.transact(async (transaction) => {
      const recovered = await transaction
        .updateTable('tasks')
        .set((task) => ({
          state: 'waiting',
          due_at: now,
          again: 'interrupted',
          // Nobody can say whether the call of the dead process left, nor what became of it.
          perhaps: task.fn.coalesce('perhaps', sql<string>`'interrupted'`),
          lease_owner: null,
          lease_until: null,
          crashes: task('crashes', '+', 1),
        }))
        .where('id', '=', id)
        .where(isAbandoned)
        .returning(['request_id', 'subject_id', 'crashes'])
        .executeTakeFirst();
      if (recovered === undefined) return;
      const { request_id: requestId, subject_id: subject, crashes } = recovered;
      if (crashes >= mostCrashes) await giveUpTask(parts, transaction, { id, requestId, subject });
      else if (crashes === mostCrashes - 1) {
        await putOff(transaction, id, now + suspects * aloneMs);
        suspects += 1;
      }
      await bumpRevision(transaction, recovered.request_id);
      requestIds.add(recovered.request_id);
    });
  }
  return [...requestIds];
}

async function putOff(transaction: Transaction<Schema>, id: string, dueAt: number): Promise<void> {
  await transaction.updateTable('tasks').set({ due_at: dueAt }).where('id', '=', id).execute();
}

/** Each of its calls may have been carried out, so nothing is said to have been left undone. */
async function giveUpTask(
  { clock }: StoreParts,
  transaction: Transaction<Schema>,
  { id, requestId, subject }: { readonly id: string; readonly requestId: string; readonly subject: string },
): Promise<void> {
  const now = clock.now();
  const outcome: Outcome = { kind: 'unknown', why: 'interrupted' };
  await transaction
    .updateTable('tasks')
    .set({
      state: 'done',
      finished_at: now,
      outcome: JSON.stringify(outcome),
      outcome_kind: outcome.kind,
      again: null,
    })
    .where('id', '=', id)
    .execute();
  const { asker_id: actorId } = await transaction
    .selectFrom('requests')
    .select('asker_id')
    .where('id', '=', requestId)
    .executeTakeFirstOrThrow();
  const details = { subject, outcome: outcome.kind, why: outcome.why };
  await writeRecord(transaction, { at: now, actorId, requestId, kind: 'finished', details });
}
