import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { type Basis, byItself } from '../access/basis.ts';
import { compiledOnce } from '../db/compiled-once.ts';
import type { Schema, TaskRow } from '../db/schema.ts';
import { type GateFault, probing } from '../rate-gate/fault.ts';
import { grantAt, startedLate } from '../rate-gate/gate.ts';
import { gateAt, opensAt, readGate, type StoredGate, writeGate } from '../rate-gate/gate-row.ts';
import { chooseLane, type Lane, laneNumbers, rememberLane } from '../rate-gate/lanes.ts';
import { type AuditEntry, writeAudit } from './audit-log.ts';
import { noteTry } from './entitlement.ts';
import { findGateAndLine, findLine, type InLine, inLine, isPastAssignment, lookAhead } from './in-line.ts';
import type { Forecast, Lease, Task, TaskState } from './request.ts';
import { toTask, waitReasonOf } from './rows.ts';
import { accessSource, bumpRevision, type NewRequest, type StoreParts, turnLength } from './store.ts';

/**
 * The queue before the rate gate: which task is next, the claim, and the forecast for waiting tasks. How a task leaves
 * `running` again is in `running.ts`; the picture of its states is in `request.ts`.
 *
 * Order: where both lanes wait they share the grants as `rate-gate/lanes.ts` says; within a lane by turn, then by age.
 * A request's nth task stands n times `turnLength` behind the lane's present turn, which gives rotation between
 * requests without ever re-sorting. As each start moves the present turn on by one or more, at most `turnLength` later
 * requests go ahead of a request's next task: none starves another of its lane.
 *
 * Claiming a task and taking its grant is one transaction, so no grant is wasted and none is skipped.
 */
export type Claim =
  | { readonly kind: 'claimed'; readonly claimed: ClaimedTask }
  /** Nothing may start before `inMs` from now; there is work then. */
  | { readonly kind: 'later'; readonly inMs: number; readonly fault?: GateFault }
  | { readonly kind: 'idle' };

/** A task with its grant, and all that its call needs, so that nothing has to be looked up between the two. */
export interface ClaimedTask {
  readonly task: Task & { readonly state: Extract<TaskState, { kind: 'running' }> };
  readonly lease: Lease;
  readonly requestedById: string;
  /** Who started it, where that is not its requester: by confirming it, or by a retry. */
  readonly orderedBy: string | null;
  /** Where its request came from; see `NewRequest`. */
  readonly source: string;
  /** When it was put in line; milliseconds since 1970. */
  readonly enqueuedAt: number;
  readonly grant: Grant;
  /** A fault keeps the gate closed, and this call finds out whether that is over. */
  readonly isProbe: boolean;
  /** On what basis the person may who started it, as read for this call. */
  readonly basis?: Basis;
}

/** The right to one start. */
export interface Grant {
  /** When it was granted, on the gate's clock. */
  readonly at: number;
  /** The same moment on this process's monotonic clock, or a little before it. */
  readonly takenAt: number;
  /** On the monotonic clock. After this, others may have been granted starts that count on this one. */
  readonly sendBefore: number;
}

/** Takes the next due task together with a grant of the gate. */
export async function claimTask(parts: StoreParts, lease: Lease): Promise<Claim> {
  const { database, clock, gate } = parts;
  // Mostly nothing waits, and an idle process neither locks the gate nor opens a transaction.
  const dueAt = await earliestDue(database.query);
  if (dueAt === null) return { kind: 'idle' };
  if (dueAt > clock.now()) return { kind: 'later', inMs: dueAt - clock.now() };
  return database.transact(async (transaction): Promise<Claim> => {
    const stored = await readGate(parts, transaction);
    const waitMs = opensAt(stored, gate.limits) - stored.now;
    const now = clock.now();
    const { fault } = stored.health;
    if (waitMs > 0) return { kind: 'later', inMs: waitMs, ...(fault === null ? {} : { fault }) };
    const next = await nextInLine(parts, transaction, stored.lanes, now);
    // Another process was first.
    if (next === null) return { kind: 'later', inMs: 1 };
    const row = await transaction
      .updateTable('tasks')
      .set({
        state: 'running',
        lease_owner: lease.owner,
        lease_until: lease.until,
        started_at: now,
        attempts: next.attempts + 1,
        sent: 0,
      })
      .where('id', '=', next.id)
      .where('state', '=', 'waiting')
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return { kind: 'later', inMs: 1 };
    await writeGate(transaction, gate.scope, {
      state: grantAt(stored.state, gate.limits, stored.now),
      ...(fault === null ? {} : { health: probing(stored.health, stored.now) }),
      turns: advanceTurn(stored.turns, next.lane, next.turn),
      lanes: rememberLane(stored.lanes, next.lane),
    });
    const request = await bumpRevision(transaction, next.request_id);
    const task = toTask(row);
    return {
      kind: 'claimed',
      claimed: {
        task: { ...task, state: { kind: 'running', startedAt: now, lease, ...waitReasonOf(next.again) } },
        lease,
        requestedById: request.requested_by_id,
        orderedBy: row.ordered_by,
        source: request.source,
        enqueuedAt: row.enqueued_at,
        grant: {
          at: stored.now,
          takenAt: stored.askedAt,
          sendBefore: stored.askedAt + (gate.limits.windowMs + gate.limits.guardMs) / 2,
        },
        isProbe: fault !== null,
      },
    };
  });
}

const claimColumns = ['id', 'request_id', 'lane', 'turn', 'attempts', 'again'] as const;

type Due = { readonly lane: number; readonly now: number };
/** Written so that no index on the time tempts SQLite: the line's own index has the first one at its beginning. */
const firstDueOf = (db: Kysely<Schema>, { lane, now }: Due) =>
  inLine(db, lane).select(claimColumns).where(sql<boolean>`due_at + 0 <= ${now}`).limit(1);
const findFirstDue = compiledOnce(firstDueOf);
const lockFirstDue = compiledOnce((db, due: Due) => firstDueOf(db, due).forUpdate().skipLocked());

/**
 * The first due task of each lane, and of these the one whose lane is next. The gate's lock has put the claims in
 * single file already, so they never meet here; what is skipped is a row that is being written without that lock.
 */
async function nextInLine(
  { database }: StoreParts,
  transaction: Transaction<Schema>,
  lanes: readonly number[],
  now: number,
): Promise<Pick<Selectable<TaskRow>, (typeof claimColumns)[number]> | null> {
  const firstDue = database.dialect.lockRows ? lockFirstDue : findFirstDue;
  const firstOf = async (lane: Lane) => (await firstDue(transaction, { lane: laneNumbers[lane], now }))[0] ?? null;
  const first = { interactive: await firstOf('interactive'), bulk: await firstOf('bulk') };
  const lane = chooseLane(lanes, { interactive: first.interactive !== null, bulk: first.bulk !== null });
  return lane === null ? null : first[lane];
}

/**
 * Tells the gate that a start left later than it was granted, so that the next window is counted from there. There is
 * time for that: no claim depends on this grant until a window has passed.
 */
export async function noteLateStart(parts: StoreParts, grant: Grant, lateMs: number): Promise<void> {
  const { database, gate } = parts;
  await database.transact(async (transaction) => {
    const stored = await readGate(parts, transaction);
    await writeGate(transaction, gate.scope, { ...stored, state: startedLate(stored.state, grant.at, lateMs) });
  });
}

async function earliestDue(query: Kysely<Schema>): Promise<number | null> {
  const [row] = await findEarliest(query, {});
  return row?.due ?? null;
}

const findEarliest = compiledOnce((db) =>
  db
    .selectFrom('tasks')
    .select((select) => select.fn.min('due_at').as('due'))
    .where('state', '=', 'waiting')
    .where(isPastAssignment),
);

/**
 * The lane's virtual time moves on to the turn now being served, and by one at the least: it never stands still while
 * others go ahead of a task, so the task's turn comes.
 */
function advanceTurn(turns: readonly number[], lane: number, turn: number): number[] {
  return Object.values(laneNumbers).map((number) => {
    const present = turns[number] ?? 0;
    return number === lane ? Math.max(present + 1, turn) : present;
  });
}

/**
 * Reruns finished tasks. A single one goes to the interactive lane; several keep their lane and take turns there like
 * any other request. Returns how many were requeued: none at a second click.
 */
export async function requeueTasks(
  parts: StoreParts,
  requestId: string,
  taskIds: readonly string[],
  actorId: string,
): Promise<number> {
  if (taskIds.length === 0) return 0;
  return parts.database.transact(async (transaction) =>
    requeueIn(parts, transaction, await readGate(parts, transaction), { requestId, taskIds, actorId }),
  );
}

/** The same in a transaction that has locked the gate. */
export async function requeueIn(
  parts: StoreParts,
  transaction: Transaction<Schema>,
  gate: StoredGate,
  { requestId, taskIds, actorId }: PutBackBy & { readonly taskIds: readonly string[] },
): Promise<number> {
  const finished = await transaction
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select([
      'tasks.id',
      'tasks.lane',
      'awaits_assignment',
      'assign_role',
      'unassign',
      'assigning',
      'outcome_kind',
      'source',
    ])
    .where('request_id', '=', requestId)
    .where('tasks.id', 'in', taskIds)
    .where('state', '=', 'done')
    .orderBy('position')
    .execute();
  await putBack(
    parts,
    transaction,
    gate,
    finished.map(({ source, ...task }) => ({
      ...task,
      ...stepAgain(task, source.startsWith(accessSource)),
      // An assignment that was awaited in vain is not awaited again: the retry asks for the present state.
      awaits_assignment: task.outcome_kind === 'notInScope' ? 0 : task.awaits_assignment,
      again: 'retried' as const,
    })),
    { requestId, actorId },
  );
  return finished.length;
}

/**
 * Reruns the request of one person after its wait, in a transaction that has locked the gate: with the present job and
 * rule.
 */
export async function runAgain(
  parts: StoreParts,
  transaction: Transaction<Schema>,
  gate: StoredGate,
  requestId: string,
  { tasks: [task] }: NewRequest,
): Promise<void> {
  if (task === undefined) return;
  const finished = await transaction
    .selectFrom('tasks')
    .select(['id', 'lane', 'assign_role', 'assigning'])
    .where('request_id', '=', requestId)
    .where('state', '=', 'done')
    .execute();
  const awaits_assignment = task.awaitsAssignment === true ? 1 : 0;
  const wanted = { assign_role: task.assignRole ?? null, assigning: task.assigning ?? null };
  await putBack(
    parts,
    transaction,
    gate,
    finished.map((one) => ({
      ...one,
      ...(one.assigning === null || one.assigning === 'refused' ? wanted : {}),
      ...{ awaits_assignment, again: null, job_id: task.jobId, rule_id: task.ruleId },
    })),
    { requestId, actorId: '' },
  );
}

type StepColumns = Pick<Selectable<TaskRow>, 'assign_role' | 'unassign' | 'assigning'>;

/**
 * The assignment step of a task that a person retries. An approval holds for the assignment as well; without one a retry
 * repeats the call alone, and an assignment that was not made has a button of its own.
 */
function stepAgain({ assign_role, unassign, assigning }: StepColumns, isApproved: boolean): StepColumns {
  // A removal is repeated whole: the person may have been assigned again.
  if (unassign !== null) {
    if (assigning === 'byHand') return { assign_role, unassign, assigning };
    const hasBegun = assigning === 'made' || assigning === 'begun' || assigning === 'unanswered';
    return { assign_role, unassign, assigning: hasBegun ? 'begun' : null };
  }
  if (assigning === 'made' || assigning === 'found') return { assign_role, unassign, assigning };
  if (!isApproved) return { assign_role: null, unassign, assigning: null };
  return { assign_role, unassign, assigning: assigning === 'refused' ? null : assigning };
}

/** Tasks leave `done` under the gate's lock alone, so what this transaction has read of them is still valid. */
export async function putBack(
  { clock, basis }: StoreParts,
  transaction: Transaction<Schema>,
  { turns }: StoredGate,
  finished: readonly (Pick<Selectable<TaskRow>, 'id' | 'lane'> & PutBack)[],
  { requestId, actorId, kind = 'retried' }: PutBackBy,
): Promise<void> {
  if (finished.length === 0) return;
  const now = clock.now();
  for (const [index, { id, lane, outcome_kind: _, ...changes }] of finished.entries()) {
    const laneNow = finished.length === 1 ? laneNumbers.interactive : lane;
    await transaction
      .updateTable('tasks')
      .set({
        ...changes,
        state: 'waiting',
        lane: laneNow,
        turn: (turns[laneNow] ?? 0) + index * turnLength,
        enqueued_at: now,
        due_at: now,
        attempts: 0,
        throttles: 0,
        unseen: 0,
        excused: 0,
        ordered_by: actorId === '' ? null : actorId,
        cancelled_by: null,
        lease_owner: null,
        lease_until: null,
      })
      .where('id', '=', id)
      .execute();
  }
  // The end of access that a person has tried again is settled, and told, like one that Usher tries again.
  await noteTry(transaction, requestId);
  await bumpRevision(transaction, requestId);
  const details = { tasks: finished.map(({ id }) => id) };
  const entry = { at: now, actorId, kind, requestId, details };
  await writeAudit(transaction, entry, actorId === '' ? byItself : basis);
}

interface PutBackBy {
  readonly requestId: string;
  readonly actorId: string;
  readonly kind?: AuditEntry['kind'];
}

interface PutBack extends Partial<StepColumns> {
  readonly outcome_kind?: string | null;
  readonly awaits_assignment: number;
  readonly again: TaskRow['again'];
  readonly job_id?: string;
  readonly rule_id?: string;
}

/** A card says no position beyond it. */
export const mostForetold = 1_000;

/**
 * Position and start time of the waiting tasks at the head of the queue, by task id: the gate's own arithmetic run
 * ahead. At most `most` of them; the rest is too far back to be worth telling.
 */
export async function forecastQueue(parts: StoreParts, most = mostForetold): Promise<ReadonlyMap<string, Forecast>> {
  const { database, gate } = parts;
  // One statement sees both at one moment, and the cards that ask do not hold up the claims by the gate's lock.
  const rows = await findGateAndLine(database.query, { scope: gate.scope, most });
  const [first] = rows;
  if (first === undefined) return new Map();
  const stored = gateAt(first, gate.limits, await database.dialect.gateNow(database.query));
  return lookAhead(
    parts,
    stored,
    rows.filter((row): row is typeof row & InLine => row.id !== null),
    most,
  );
}

/** The requests at the head of either lane, whose position moves when the queue moves. */
export async function requestsInLine(parts: StoreParts, most: number): Promise<string[]> {
  const rows = await findLine(parts.database.query, { most });
  return [...new Set(rows.map((row) => row.request_id))];
}

/** Whether any task waits or runs. One that is held does neither. */
export async function hasWork(parts: StoreParts): Promise<boolean> {
  const row = await parts.database.query
    .selectFrom('tasks')
    .select('id')
    .where('state', 'in', ['waiting', 'running'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
