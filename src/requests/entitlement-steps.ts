import type { Selectable, Transaction } from 'kysely';
import { type Basis, byItself } from '../access/basis.ts';
import { assertNever } from '../assert-never.ts';
import { isFreeLease } from '../db/leases.ts';
import type { EntitlementRow, Schema } from '../db/schema.ts';
import type { Outcome } from '../graph/outcome.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { writeAudit } from './audit-log.ts';
import { type Entitlement, endSource, isHopeless, noteTry, pauseAfter } from './entitlement.ts';
import { toEntitlement } from './find-entitlements.ts';
import { isGivenForGood, isWithdrawn, restoreEarlier } from './later-requests.ts';
import { requeueIn } from './queue.ts';
import { assignmentLeft, gaveAccess, type Lease, type Person, type Task } from './request.ts';
import { toTask } from './rows.ts';
import { bumpRevision, insertRequest, type StoreParts } from './store.ts';
import type { OverdueReason } from './task-end.ts';

/** The rows behind the entitlements: which of them are due, and each of their steps; the picture is in `entitlement.ts`. */

type Row = Selectable<EntitlementRow>;

/** Leases due entitlements that no other process works on, longest due first. */
export function claimEntitlements(
  { database, clock }: StoreParts,
  lease: Lease,
  limit: number,
  isSteady: boolean,
): Promise<readonly Row[]> {
  const now = clock.now();
  const soleOwner = database.dialect.singleProcess ? lease.owner : null;
  return database.transact(async (transaction) => {
    const due = transaction
      .selectFrom('entitlements')
      .select('task_id')
      .where('due_at', '<=', now)
      .where(isFreeLease({ now, isSteady, soleOwner }))
      .orderBy('due_at')
      .orderBy('task_id')
      .limit(limit);
    const found = await (database.dialect.lockRows ? due.forUpdate().skipLocked() : due).execute();
    if (found.length === 0) return [];
    return transaction
      .updateTable('entitlements')
      .set({ lease_owner: lease.owner, lease_until: lease.until })
      .where(
        'task_id',
        'in',
        found.map(({ task_id }) => task_id),
      )
      .returningAll()
      .execute();
  });
}

/** When the next entitlement is due after this time, however long ago; null when none is. */
export async function nextEntitlementAt(parts: StoreParts, after = -1): Promise<number | null> {
  return (await lookAhead(parts, after)).dueAt;
}

/** The same, and whether any is being taken away: one statement, as an idle process asks often. */
export async function lookAhead(
  { database }: StoreParts,
  after = -1,
): Promise<{ readonly dueAt: number | null; readonly isEnding: boolean }> {
  const { due, ending } = await database.query
    .selectNoFrom((select) => [
      select
        .selectFrom('entitlements')
        .select((row) => row.fn.min('due_at').as('first'))
        .where('due_at', '>', after)
        .as('due'),
      select.selectFrom('entitlements').select('task_id').where('state', '=', 'ending').limit(1).as('ending'),
    ])
    .executeTakeFirstOrThrow();
  return { dueAt: due, isEnding: ending !== null };
}

/** What came of a due entitlement; `news`: worth telling people. */
export interface Step {
  readonly entitlement: Entitlement;
  readonly news: 'reminder' | 'begun' | 'verified' | 'overdue' | 'byHand' | null;
}

/** Takes the next step of one that is due; null where nothing is due after all. It may run twice: the row decides. */
export async function stepOn(
  parts: StoreParts,
  { task_id: taskId }: Pick<Row, 'task_id'>,
  announce: Announce,
): Promise<Step | null> {
  return parts.database.transact(async (transaction) => {
    const step = await stepIn(parts, transaction, taskId);
    if (step !== null && step.news !== null) await announce(transaction, step);
    return step;
  });
}

/** Queues what people are told of a step, in its transaction. */
export type Announce = (transaction: Transaction<Schema>, step: Step) => Promise<void>;

async function stepIn(parts: StoreParts, transaction: Transaction<Schema>, taskId: string): Promise<Step | null> {
  const gate = await readGate(parts, transaction);
  const now = parts.clock.now();
  const found = transaction.selectFrom('entitlements').selectAll().where('task_id', '=', taskId);
  // A person may end it at this moment.
  const row = await (parts.database.dialect.lockRows ? found.forUpdate() : found).executeTakeFirst();
  if (row === undefined || row.due_at === null || row.due_at > now) return null;
  const write = async (changes: Partial<Row>): Promise<Entitlement> =>
    toEntitlement(
      await transaction
        .updateTable('entitlements')
        .set({ ...changes, lease_owner: null, lease_until: null })
        .where('task_id', '=', taskId)
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  switch (row.state) {
    case 'active': {
      const giver = await transaction
        .selectFrom('tasks')
        .selectAll()
        .where('id', '=', taskId)
        .executeTakeFirstOrThrow();
      const task = toTask(giver);
      const assignmentId = giver.assignment_id ?? row.inherited_assignment;
      const isGiven = gaveAccess(task) || assignmentLeft(task) !== 'none';
      if (!isGiven && isWithdrawn(task) && (await restoreEarlier(transaction, taskId)))
        return { entitlement: await write({ state: 'ended', ended_as: 'neverGiven', due_at: null }), news: null };
      if (await isGivenForGood(transaction, row)) {
        await audit(transaction, now, row, { step: 'givenForGood' });
        return { entitlement: await write({ state: 'ended', ended_as: 'extended', due_at: null }), news: null };
      }
      if (now < row.ends_at) {
        const isAnnounced = row.remind_at !== null && row.remind_at <= now;
        const remindAt = isAnnounced ? null : row.remind_at;
        const changes = { remind_at: remindAt, due_at: remindAt ?? row.ends_at };
        // The reminder says whether Usher takes the assignment away, also of one that an earlier version made.
        const entitlement = await write({ ...changes, inherited_assignment: assignmentId });
        return { entitlement, news: isAnnounced ? 'reminder' : null };
      }
      if (task.state.kind === 'waiting') {
        // What waits for its call past its end is not given any more.
        await transaction
          .updateTable('tasks')
          .set({ state: 'cancelled', finished_at: now, cancelled_by: '' })
          .where('id', '=', taskId)
          .execute();
        await bumpRevision(transaction, row.request_id);
      } else if (task.state.kind === 'running')
        return { entitlement: await write({ due_at: now + runningPauseMs }), news: null };
      if (assignmentId === null) {
        // It gave nothing of its own, and what was given before it is still there.
        if (!isGiven && (await restoreEarlier(transaction, taskId)))
          return { entitlement: await write({ state: 'ended', ended_as: 'neverGiven', due_at: null }), news: null };
        const changes: Partial<Row> = isGiven
          ? { state: 'overdue', why: 'notAssignedByUsher', tries: 1, due_at: now + pauseAfter(1, 'notAssignedByUsher') }
          : { state: 'ended', ended_as: 'neverGiven', due_at: null };
        await audit(transaction, now, row, {
          step: isGiven ? 'overdue' : 'neverGiven',
          why: isGiven ? 'notAssignedByUsher' : null,
        });
        return { entitlement: await write(changes), news: isGiven ? 'overdue' : null };
      }
      const removal = await storeRemoval(parts, transaction, gate, { row, task, assignmentId });
      await audit(transaction, now, row, { step: 'begun', removal });
      return {
        entitlement: await write({ state: 'ending', removal_id: removal, tries: row.tries + 1, due_at: null }),
        news: 'begun',
      };
    }
    // One that a call can help is tried again by `tryAgain`.
    case 'overdue': {
      const why = (row.why ?? 'other') as OverdueReason;
      if (!isHopeless(why)) return null;
      const tries = row.tries + 1;
      return { entitlement: await write({ tries, due_at: now + pauseAfter(tries, why) }), news: 'overdue' };
    }
    case 'ending':
    case 'ended':
      return null;
    default:
      return assertNever(row.state, 'state of an entitlement');
  }
}

const runningPauseMs = 30_000;

/** Those whose removal has come to an end, with how. */
export async function settleRemovals(parts: StoreParts, limit: number, announce: Announce): Promise<readonly Step[]> {
  const { database, clock } = parts;
  const ended = await database.query
    .selectFrom('entitlements')
    .innerJoin('tasks', 'tasks.request_id', 'entitlements.removal_id')
    .select('entitlements.task_id')
    .where('entitlements.state', '=', 'ending')
    .where('tasks.state', 'in', ['done', 'cancelled'])
    .limit(limit)
    .execute();
  const steps: Step[] = [];
  for (const { task_id } of ended) {
    const step = await database.transact(async (transaction): Promise<Step | null> => {
      const now = clock.now();
      const found = transaction.selectFrom('entitlements').selectAll().where('task_id', '=', task_id);
      const row = await (database.dialect.lockRows ? found.forUpdate() : found).executeTakeFirst();
      if (row?.state !== 'ending' || row.removal_id === null) return null;
      // Read under the lock: another process may have settled it, and a person may have had it tried again since.
      const removal = await transaction
        .selectFrom('tasks')
        .selectAll()
        .where('request_id', '=', row.removal_id)
        .executeTakeFirstOrThrow();
      const { state } = toTask(removal);
      if (state.kind !== 'done' && state.kind !== 'cancelled') return null;
      const why = whyNot(state.kind === 'done' ? state.outcome : null);
      const changes: Partial<Row> =
        why === null
          ? { state: 'ended', ended_as: 'verified', due_at: null, why: null }
          : { state: 'overdue', why, due_at: now + pauseAfter(row.tries, why) };
      const after = await transaction
        .updateTable('entitlements')
        .set(changes)
        .where('task_id', '=', task_id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await audit(transaction, now, row, { step: why === null ? 'verified' : 'overdue', why });
      const settled = { entitlement: toEntitlement(after), news: why === null ? 'verified' : 'overdue' } as const;
      await announce(transaction, settled);
      return settled;
    });
    if (step !== null) steps.push(step);
  }
  return steps;
}

/** Tries an overdue one again. False where it is not overdue, or there is nothing to try. */
export function tryAgain(parts: StoreParts, { removal_id: removalId }: Pick<Row, 'removal_id'>): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const gate = await readGate(parts, transaction);
    if (removalId === null || !(await noteTry(transaction, removalId))) return false;
    const tasks = await transaction
      .selectFrom('tasks')
      .select(['id', 'state'])
      .where('request_id', '=', removalId)
      .execute();
    const ids = tasks.map(({ id }) => id);
    await requeueIn(parts, transaction, gate, { requestId: removalId, taskIds: ids, actorId: '' });
    // It was canceled, with all else that the person who asked for the access had started: another takes its place.
    if (tasks.every(({ state }) => state === 'cancelled'))
      await transaction
        .updateTable('entitlements')
        .set({ state: 'active', due_at: parts.clock.now() })
        .where('removal_id', '=', removalId)
        .where('state', '=', 'ending')
        .execute();
    return true;
  });
}

/** Ends it now. False where it has begun to end, or has ended. */
export async function endNow(parts: StoreParts, { taskId }: Entitlement, by: Person): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const now = parts.clock.now();
    const row = await transaction
      .updateTable('entitlements')
      .set({ ends_at: now, due_at: now, remind_at: null, ended_by: by.name })
      .where('task_id', '=', taskId)
      .where('state', '=', 'active')
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return false;
    await audit(transaction, now, row, { step: 'endedEarly' }, by.id, parts.basis);
    return true;
  });
}

/** A person says that they have taken the access away. False where it is not overdue. */
export async function endByHand(
  parts: StoreParts,
  { taskId }: Entitlement,
  by: Person,
  announce: Announce,
): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await transaction
      .updateTable('entitlements')
      .set({ state: 'ended', ended_as: 'byHand', due_at: null, ended_by: by.name })
      .where('task_id', '=', taskId)
      .where('state', '=', 'overdue')
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return false;
    await audit(transaction, parts.clock.now(), row, { step: 'byHand' }, by.id, parts.basis);
    await announce(transaction, { entitlement: toEntitlement(row), news: 'byHand' });
    return true;
  });
}

/** Null where the removal is proven. */
function whyNot(outcome: Outcome | null): OverdueReason | null {
  switch (outcome?.kind) {
    case 'removed':
      return null;
    case 'notRemoved':
      return outcome.why;
    case 'refused':
      return `refused.${outcome.cause}`;
    case 'failed':
    case 'unknown':
      return outcome.kind;
    default:
      return 'other';
  }
}

async function storeRemoval(
  parts: StoreParts,
  transaction: Transaction<Schema>,
  gate: Awaited<ReturnType<typeof readGate>>,
  { row, task, assignmentId }: { readonly row: Row; readonly task: Task; readonly assignmentId: string },
): Promise<string> {
  const giver = await transaction
    .selectFrom('requests')
    .selectAll()
    .where('id', '=', row.request_id)
    .executeTakeFirstOrThrow();
  const { subject, app, jobId, ruleId } = task;
  const removal = await insertRequest(parts, transaction, gate, {
    source: [endSource + row.task_id, ...(row.removal_id === null ? [] : [row.tries])].join('|'),
    requestedBy: { id: giver.requested_by_id, name: giver.requested_by_name },
    reader: { locale: giver.locale, timeZone: giver.time_zone },
    conversation: giver.conversation,
    lane: 'bulk',
    held: false,
    leftOut: [],
    removal: { secondPerson: false, atEnd: true },
    tasks: [{ subject, members: [], app, jobId, ruleId, unassign: { only: [assignmentId], roles: [], through: [] } }],
  });
  return removal.id;
}

function audit(
  transaction: Transaction<Schema>,
  at: number,
  row: Row,
  details: { readonly step: string; readonly why?: string | null; readonly removal?: string },
  actorId = '',
  basis: Basis | undefined = byItself,
): Promise<void> {
  const about = { subject: row.subject_id, app: row.app_id, ...details };
  return writeAudit(transaction, { at, actorId, kind: 'accessEnd', requestId: row.request_id, details: about }, basis);
}

/** Releases the lease, if still held; nothing is done before `dueAt`. */
export async function releaseEntitlement(
  { database }: Pick<StoreParts, 'database'>,
  { task_id: taskId }: Pick<Row, 'task_id'>,
  owner: string,
  dueAt: number,
): Promise<void> {
  await database.query
    .updateTable('entitlements')
    .set({ lease_owner: null, lease_until: null, due_at: dueAt })
    .where('task_id', '=', taskId)
    .where('lease_owner', '=', owner)
    .where('due_at', 'is not', null)
    .execute();
}
