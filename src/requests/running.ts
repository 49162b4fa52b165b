import type { Transaction, Updateable, UpdateQueryBuilder } from 'kysely';
import type { Schema, TaskRow } from '../db/schema.ts';
import { unknownEndOf } from '../graph/outcome/over-all.ts';
import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import { type Evidence, hear } from '../rate-gate/fault.ts';
import { blockFor } from '../rate-gate/gate.ts';
import { isTroubled, readGate, writeGate } from '../rate-gate/gate-row.ts';
import { type AuditEntry, writeAudit } from './audit-log.ts';
import { endRemoved } from './later-requests.ts';
import type { ClaimedTask } from './queue.ts';
import type { TaskState, WaitReason } from './request.ts';
import { doneColumns } from './rows.ts';
import { bumpRevision, type StoreParts } from './store.ts';

/**
 * Every transition of a task out of `running`, and the lease that guards it.
 *
 * A process that lost the lease changes nothing. Owner, start and attempt together identify one claim: a process that
 * hung for so long that its task was requeued and claimed again, by another or by itself, does not write its old
 * outcome over the new call. The audit entry is written in the same transaction, so it and the task never disagree.
 */

/** Writes the outcome. False when the lease was lost meanwhile; nothing is written then. */
export async function finishTask(
  parts: StoreParts,
  claimed: ClaimedTask,
  done: Pick<Extract<TaskState, { kind: 'done' }>, 'outcome' | 'graphRequestId' | 'clientRequestId'> & CallNews,
): Promise<boolean> {
  const changes: Updateable<TaskRow> = {
    ...doneColumns(done.outcome),
    attempts: attemptsAfter(claimed, done),
    finished_at: parts.clock.now(),
    graph_request_id: done.graphRequestId,
    client_request_id: done.clientRequestId,
    perhaps: unknownEndOf(done.outcome),
  };
  const { outcome, graphRequestId } = done;
  const details = { outcome: outcome.kind, ...codeOf(outcome), ...provenBy(outcome), graphRequestId };
  return leaveRunning(parts, claimed, done, () => changes, { kind: 'finished', details });
}

/**
 * Records that the call may leave at this moment. Where the database cannot take that now, the settlement records it,
 * or the process that takes over.
 */
export async function noteSent(parts: StoreParts, claimed: ClaimedTask): Promise<void> {
  const { database, clock } = parts;
  await database.transact(async (transaction) => {
    const noted = await ofClaim(transaction.updateTable('tasks').set({ sent: 1 }), claimed)
      .where('sent', '=', 0)
      .returning('id')
      .executeTakeFirst();
    if (noted !== undefined) await recordSent(transaction, clock.now(), claimed);
  });
}

/** Graph's or the service's own code, for the record. */
export function codeOf(outcome: Outcome): { readonly code?: string; readonly status?: number } {
  const told = outcome.kind === 'unknown' ? (outcome.last ?? outcome) : outcome;
  if (told.kind === 'refused') return { code: told.code, status: told.status };
  return told.kind === 'failed' || told.kind === 'skipped' ? { code: told.code } : {};
}

/** Whether a removal is proven, and by what, or why not. */
function provenBy(outcome: Outcome): AuditEntry['details'] {
  if (outcome.kind === 'removed') return { verified: true, how: outcome.how };
  return outcome.kind === 'notRemoved' ? { verified: false, why: outcome.why } : {};
}

/** What an attempt shows besides the result of its task. */
export interface CallNews {
  /** Set when the server said "too many": the gate closes for all tasks, for this long or a window. */
  readonly closesGate?: { readonly retryAfterMs: number | null };
  /** What it shows about calls in general; without it, that Graph answered. */
  readonly evidence?: Evidence;
  /** Nothing has gone onto the wire, so it was no attempt, and no record says that it was sent. */
  readonly unsent?: true;
}

/** Why and when a task goes back to the queue. */
export interface Postponement extends CallNews {
  readonly reason: WaitReason;
  /** From now, in milliseconds. */
  readonly delayMs: number;
  /** A rule chosen anew. */
  readonly ruleId?: string;
  /** It counts as an attempt although nothing left: the fault was Usher's own, and is not repeated forever. */
  readonly counts?: true;
}

/**
 * Puts a running task back in the queue, at its old position. False when the lease was lost meanwhile; then the task is
 * left alone, but the gate still learns that the server said "too many".
 */
export async function postponeTask(parts: StoreParts, claimed: ClaimedTask, why: Postponement): Promise<boolean> {
  const { state, throttles, assignmentMisses, excused = 0 } = claimed.task;
  const isExcused = claimed.isProbe && why.evidence?.kind === 'trouble' && why.unsent !== true;
  const changes = (now: number): Updateable<TaskRow> => ({
    state: 'waiting',
    attempts: why.counts === true ? claimed.task.attempts : attemptsAfter(claimed, why),
    excused: isExcused ? excused + 1 : excused,
    due_at: now + why.delayMs,
    again: why.reason,
    throttles: why.closesGate === undefined ? throttles : throttles + 1,
    unseen: isUnseen(why.reason) ? assignmentMisses + 1 : assignmentMisses,
    perhaps: claimed.task.perhaps ?? (why.unsent === true ? null : unknownEnds[why.reason]),
    ...(why.ruleId === undefined ? {} : { rule_id: why.ruleId }),
  });
  // While Graph is away, each probe would be a line that says the same.
  const isNews = why.unsent !== true || state.waitReason !== why.reason;
  const record = isNews ? ({ kind: 'waitsAgain', details: { reason: why.reason } } as const) : null;
  return leaveRunning(parts, claimed, why, changes, record, why.unsent === true || unknownEnds[why.reason] === null);
}

/** Puts a task back whose call never left, as if it had not been claimed; only the grant is spent. */
export async function returnTask(parts: StoreParts, claimed: ClaimedTask): Promise<boolean> {
  const news = { unsent: true, evidence: { kind: 'nothing' } } as const;
  const changes = (): Updateable<TaskRow> => ({ state: 'waiting', attempts: attemptsAfter(claimed, news) });
  return leaveRunning(parts, claimed, news, changes, { kind: 'waitsAgain', details: { reason: 'unsent' } }, true);
}

function attemptsAfter({ task }: ClaimedTask, { unsent }: CallNews): number {
  return unsent === true ? task.attempts - 1 : task.attempts;
}

/** The unknown end of a call that is sent again for this reason; null where it certainly did nothing. */
const unknownEnds: Readonly<Record<WaitReason, UnknownEnd | null>> = {
  throttled: null,
  serviceUnavailable: 'serverError',
  noAnswer: 'noAnswer',
  unreachable: null,
  noToken: null,
  tokenRefused: null,
  inProgress: null,
  ruleChanged: null,
  interrupted: 'interrupted',
  retried: null,
  assignmentUnseen: null,
  unassignmentUnseen: null,
};

const isUnseen = (reason: WaitReason): boolean => reason === 'assignmentUnseen' || reason === 'unassignmentUnseen';

/** A task whose call did nothing is not sent again when it was cancelled meanwhile. */
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
async function tellGate(
  parts: StoreParts,
  transaction: Transaction<Schema>,
  { task, isProbe }: ClaimedTask,
  { closesGate, evidence = { kind: 'answered' } }: CallNews,
): Promise<void> {
  const isUsual = closesGate === undefined && !isProbe && (evidence.kind === 'answered' || evidence.kind === 'nothing');
  if (isUsual && !(await isTroubled(parts, transaction))) return;
  const { scope, limits } = parts.gate;
  const stored = await readGate(parts, transaction);
  const state =
    closesGate === undefined ? stored.state : blockFor(stored.state, limits, stored.now, closesGate.retryAfterMs);
  const hearing = { taskId: task.id, isProbe, now: stored.now, at: parts.clock.now(), jitter: Math.random() };
  const health = hear(stored.health, evidence, hearing);
  if (state !== stored.state || health !== stored.health)
    await writeGate(transaction, scope, { ...stored, state, health });
}

/**
 * Tells the gate, and then takes the task out of `running`.
 *
 * @param record null where there is nothing new to record
 * @param isForNothing whether the call has done nothing, for certain
 */
async function leaveRunning(
  parts: StoreParts,
  claimed: ClaimedTask,
  news: CallNews,
  changes: (now: number) => Updateable<TaskRow>,
  record: Pick<AuditEntry, 'kind' | 'details'> | null,
  isForNothing = false,
): Promise<boolean> {
  const { task, requestedById } = claimed;
  const { requestId } = task;
  const { database, clock } = parts;
  return database.transact(async (transaction) => {
    await tellGate(parts, transaction, claimed, news);
    const free = { ...changes(clock.now()), lease_owner: null, lease_until: null };
    const changed = ofClaim(transaction.updateTable('tasks').set(free), claimed);
    const left = await changed.returning('sent').executeTakeFirst();
    if (left === undefined) return false;
    await bumpRevision(transaction, requestId);
    const at = clock.now();
    if (news.unsent !== true && left.sent === 0) await recordSent(transaction, at, claimed);
    if (free.outcome_kind === 'removed') await endRemoved(transaction, task, at);
    if (record !== null) {
      const details = { subject: task.subject.id, app: task.app.id, ...record.details };
      await writeAudit(transaction, { at, actorId: requestedById, requestId, kind: record.kind, details });
    }
    if (isForNothing) await takeBack(parts, transaction, claimed);
    return true;
  });
}

async function recordSent(
  transaction: Transaction<Schema>,
  at: number,
  { task, requestedById, basis }: ClaimedTask,
): Promise<void> {
  const orderedBy = basis === undefined || ['', requestedById].includes(basis.actorId) ? {} : { by: basis.actorId };
  const sent = sentDetails(task.subject.id, task.app.id, task.members, task.attempts);
  const details = { ...sent, ...orderedBy, ...basis?.details };
  await writeAudit(transaction, { at, actorId: requestedById, requestId: task.requestId, kind: 'sent', details });
}

export function sentDetails(
  subject: string,
  app: string,
  members: readonly { readonly id: string }[],
  attempt: number,
): AuditEntry['details'] {
  const ids = members.map(({ id }) => id);
  return { subject, app, attempt, ...(ids.length === 0 ? {} : { members: ids }) };
}

/** Narrows a change down to the one claim, and to nothing where that was lost. */
function ofClaim<Output>(
  change: UpdateQueryBuilder<Schema, 'tasks', 'tasks', Output>,
  { task, lease }: ClaimedTask,
): UpdateQueryBuilder<Schema, 'tasks', 'tasks', Output> {
  return change
    .where('id', '=', task.id)
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .where('started_at', '=', task.state.startedAt)
    .where('attempts', '=', task.attempts);
}

/** Keeps the lease of one claim alive until then. False when it is lost already. */
export async function renewLease(parts: StoreParts, claimed: ClaimedTask, until: number): Promise<boolean> {
  const change = parts.database.query.updateTable('tasks').set({ lease_until: until });
  const renewed = await ofClaim(change, claimed).returning('id').executeTakeFirst();
  return renewed !== undefined;
}
