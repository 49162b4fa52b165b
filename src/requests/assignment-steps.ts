import type { ExpressionBuilder, UpdateQueryBuilder } from 'kysely';
import { byItself } from '../access/basis.ts';
import { isFreeLease } from '../db/leases.ts';
import type { Schema } from '../db/schema.ts';
import {
  assignmentRefused,
  assignmentUnanswered,
  stillAssigned,
  unassignRefused,
  unassignUnanswered,
} from '../graph/outcome/refusal.ts';
import type { Outcome } from '../graph/outcome.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { writeAudit } from './audit-log.ts';
import type { OrderedTask } from './authority.ts';
import { endWaitingIn } from './ending.ts';
import { noteMade } from './entitlement.ts';
import { type AssignmentStep, isLeftToPeople, type Lease, type TaskAssignment } from './request.ts';
import { type Stays, toTask, type Unassignment } from './rows.ts';
import { bumpRevision, type StoreParts } from './store.ts';

/**
 * The rows behind `assigner.ts`: which assignments are due, and each of their steps; the picture is in `request.ts`.
 *
 * A call to Entra cannot be part of a transaction, so a step is written before and after it, each in one transaction
 * with its audit entry. What became of the call is written whatever the task's state is by then: a cancellation finds
 * it in the row. The task itself goes on, or ends, only where it still waits.
 */
export interface DueAssignment extends OrderedTask {
  readonly assignment: Exclude<TaskAssignment, { kind: 'none' }>;
  readonly lease: Lease;
  /** When it was put in line; milliseconds since 1970. */
  readonly enqueuedAt: number;
}

/** An assignment that Graph gives no clear answer about for a day ends its task. */
export const longestUnansweredMs = 24 * 60 * 60_000;
/** So long Usher looks whether people have taken an assignment away. */
const longestLookMs = 60 * 60_000;

type Tasks = ExpressionBuilder<Schema, 'tasks'>;

/** A step is wanted, and it is not known to be taken or refused. */
const isUnsettled = (task: Tasks) =>
  task.and([
    // As the index has it.
    task.or([task('assign_role', 'is not', null), task('unassign', 'is not', null)]),
    task.or([task('assigning', 'is', null), task('assigning', 'in', ['begun', 'unanswered', 'byHand'])]),
  ]);
const isPending = (task: Tasks) => task.and([task('state', '=', 'waiting'), isUnsettled(task)]);

/**
 * Leases due assignments that no other process works on, longest due first. `isSteady` is false where the clock has
 * jumped and says nothing about leases.
 */
export function claimAssignments(
  { database, clock }: StoreParts,
  lease: Lease,
  limit: number,
  isSteady: boolean,
): Promise<DueAssignment[]> {
  const now = clock.now();
  const soleOwner = database.dialect.singleProcess ? lease.owner : null;
  return database.transact(async (transaction) => {
    const due = transaction
      .selectFrom('tasks')
      .select('id')
      .where(isPending)
      .where('due_at', '<=', now)
      .where(isFreeLease({ now, isSteady, soleOwner }))
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit);
    const found = await (database.dialect.lockRows ? due.forUpdate().skipLocked() : due).execute();
    const claimed: DueAssignment[] = [];
    for (const { id } of found) {
      const row = await transaction
        .updateTable('tasks')
        .set({ lease_owner: lease.owner, lease_until: lease.until })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      const task = toTask(row);
      const { assignment } = task;
      if (assignment.kind === 'none') continue;
      const { requested_by_id: requestedById, source } = await requestOf(transaction, row.request_id);
      const { ordered_by: orderedBy, enqueued_at: enqueuedAt } = row;
      claimed.push({ task, assignment, requestedById, orderedBy, source, enqueuedAt, lease });
    }
    return claimed;
  });
}

const requestOf = (query: StoreParts['database']['query'], id: string) =>
  query.selectFrom('requests').select(['requested_by_id', 'source']).where('id', '=', id).executeTakeFirstOrThrow();

/** When the next assignment is due after this time, however long ago; null when none is. */
export async function nextAssignmentAt({ database }: StoreParts, after = -1): Promise<number | null> {
  const row = await database.query
    .selectFrom('tasks')
    .select((select) => select.fn.min('due_at').as('due'))
    .where(isPending)
    .where('due_at', '>', after)
    .executeTakeFirst();
  return row?.due ?? null;
}

/** Narrows a change down to the one lease, and to nothing where it was lost or the task waits no more. */
function ofLease<Output>(
  change: UpdateQueryBuilder<Schema, 'tasks', 'tasks', Output>,
  { task, lease }: DueAssignment,
): UpdateQueryBuilder<Schema, 'tasks', 'tasks', Output> {
  return change.where('id', '=', task.id).where(isPending).where('lease_owner', '=', lease.owner);
}

/** Renews the lease until then. False when it is lost already. */
export async function renewAssignment({ database }: StoreParts, due: DueAssignment, until: number): Promise<boolean> {
  const change = ofLease(database.query.updateTable('tasks').set({ lease_until: until }), due);
  return (await change.returning('id').executeTakeFirst()) !== undefined;
}

/**
 * Call it right before the call is sent. True when the task still waits for it: a cancellation from then on finds that
 * the call was begun. Repeated attempts write one `begun` into the record.
 *
 * @param ids the assignments that are going to be deleted
 */
export function beginAssigning(parts: StoreParts, due: DueAssignment, ids: readonly string[] = []): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const begun = await ofLease(transaction.updateTable('tasks').set({ assigning: 'begun' }), due)
      .returning('id')
      .executeTakeFirst();
    if (begun === undefined) return false;
    if (isNew(due)) await record(parts, transaction, due, 'begun', { code: null, ids });
    return true;
  });
}

/** Whether no call was begun for it before. */
export const isNew = ({ assignment }: DueAssignment): boolean => assignment.step === 'wanted';

/**
 * The step is taken. The task gets in line, if it still waits; its call is repeated until Graph has noticed.
 *
 * @param what the assignment that was made, or those that were deleted and the groups that assign the person still
 */
export function noteAssigned(
  parts: StoreParts,
  due: DueAssignment,
  step: 'made' | 'found',
  what: Taken = { assignmentId: null },
): Promise<void> {
  return parts.database.transact(async (transaction) => {
    const now = parts.clock.now();
    const noted = await transaction
      .updateTable('tasks')
      // The state is written as it is: other processes hear of a task by that.
      .set(({ ref }) => ({
        state: ref('state'),
        assigning: step,
        ...('deleted' in what ? { unassign: unassignText(due, what.stays) } : { assignment_id: what.assignmentId }),
        awaits_assignment: 1,
        unseen: 0,
        due_at: now,
        lease_owner: null,
        lease_until: null,
      }))
      .where('id', '=', due.task.id)
      // Another process may have settled it, and a retry of the call alone has given it up.
      .where(isUnsettled)
      .returning('id')
      .executeTakeFirst();
    if (noted === undefined) return;
    if ('assignmentId' in what && what.assignmentId !== null)
      await noteMade(transaction, due.task, what.assignmentId, now);
    await bumpRevision(transaction, due.task.requestId);
    await record(parts, transaction, due, step, { code: null, ids: 'deleted' in what ? what.deleted : [] });
  });
}

type Taken = { readonly assignmentId: string | null } | { readonly deleted: readonly string[]; readonly stays: Stays };

function unassignText({ assignment }: DueAssignment, stays: Stays): string | null {
  if (assignment.kind !== 'unassign') return null;
  const { only, roles } = assignment;
  return JSON.stringify({ only, roles, ...stays } satisfies Unassignment);
}

/** Entra refuses the step: the task is done, if it still waits. */
export function noteRefused(parts: StoreParts, due: DueAssignment, code: string): Promise<void> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const noted = await transaction
      .updateTable('tasks')
      .set({ assigning: 'refused' })
      .where('id', '=', due.task.id)
      .where(isUnsettled)
      .returning('id')
      .executeTakeFirst();
    if (noted === undefined) return;
    await record(parts, transaction, due, 'refused', { code, ids: [] });
    const ends = endsOf(due);
    const isEnded = await endTask(parts, transaction, due, ends.refused(code), ends.refused(code).cause);
    if (!isEnded) await bumpRevision(transaction, due.task.requestId);
  });
}

/**
 * Graph gave no clear answer: again after this pause, or after a day the end. `isBegun`: the call may have been sent.
 * Without that, nothing is known to have happened, and nothing is noted. `stays`: an assignment that people take away
 * is there still, and so is this; then, or where that is not known, the end comes after an hour.
 */
export function putOffAssigning(
  parts: StoreParts,
  due: DueAssignment,
  { pauseMs, isBegun, stays }: { readonly pauseMs: number; readonly isBegun: boolean; readonly stays?: Stays },
): Promise<void> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const now = parts.clock.now();
    const isByHand = isLeftToPeople(due);
    const until = due.enqueuedAt + (isByHand ? longestLookMs : longestUnansweredMs);
    const step = {
      ...(isBegun ? ({ assigning: 'unanswered' } as const) : {}),
      ...(stays === undefined ? {} : { unassign: unassignText(due, stays) }),
    };
    const free = { due_at: Math.min(now + pauseMs, Math.max(until, now)), lease_owner: null, lease_until: null };
    const change = transaction.updateTable('tasks').set({ ...free, ...step });
    // A cancelled task keeps that its call was not answered.
    const ofTask = isBegun ? change.where('id', '=', due.task.id).where(isUnsettled) : ofLease(change, due);
    if ((await ofTask.returning('id').executeTakeFirst()) === undefined) return;
    const isNews = isBegun && due.assignment.step !== 'unanswered';
    if (isNews) await record(parts, transaction, due, 'unanswered', { code: null, ids: [] });
    const isOver = now >= until;
    const unanswered = isByHand
      ? stillAssigned(stays === undefined ? 'AssignmentsUnread' : 'StillAssigned')
      : endsOf(due).unanswered;
    const isEnded = isOver && (await endTask(parts, transaction, due, unanswered, unanswered.cause));
    if (!isEnded) await bumpRevision(transaction, due.task.requestId);
  });
}

/** How a task ends whose step is refused, or is not answered. */
const endsOf = ({ assignment }: DueAssignment) =>
  assignment.kind === 'assign'
    ? { refused: assignmentRefused, unanswered: assignmentUnanswered }
    : { refused: unassignRefused, unanswered: unassignUnanswered };

function endTask(
  parts: StoreParts,
  transaction: Parameters<typeof endWaitingIn>[1],
  { task }: DueAssignment,
  outcome: Outcome,
  reason: string,
): Promise<boolean> {
  return endWaitingIn(parts, transaction, task.requestId, outcome, { taskId: task.id, reason });
}

/** The id is that of the provisioning request. */
function record(
  { clock }: StoreParts,
  transaction: Parameters<typeof writeAudit>[0],
  { task, assignment }: DueAssignment,
  step: AssignmentStep,
  { code, ids }: { readonly code: string | null; readonly ids: readonly string[] },
): Promise<void> {
  const about = { step, app: task.app.id, subject: task.subject.id };
  const isAssigned = assignment.kind === 'assign';
  const details = isAssigned
    ? { ...about, appRole: assignment.appRole, code }
    : { ...about, ...(ids.length === 0 ? {} : { assignments: ids, roles: assignment.roles }), code };
  const kind = isAssigned ? 'assigned' : 'unassigned';
  const entry = { at: clock.now(), actorId: '', kind, requestId: task.requestId, details } as const;
  return writeAudit(transaction, entry, byItself);
}
