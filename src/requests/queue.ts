import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { blockFor, earliestGrant, forecastGrants, grantAt } from '../rate-gate/gate.ts';
import { readGate, type StoredGate, writeGate } from '../rate-gate/gate-row.ts';
import { writeRecord } from './record.ts';
import type { Forecast, Lease, Task, TaskState, WaitReason } from './request.ts';
import { toTask } from './rows.ts';
import { laneNumbers, type StoreParts } from './store.ts';

/**
 * The queue before the rate gate, and every transition of a task (the picture is in `request.ts`).
 *
 * Order: the interactive lane before the bulk lane; within a lane by turn, then by age. A request's nth task stands n
 * turns behind the lane's present turn, which gives rotation between requests without ever re-sorting, and no request
 * can starve another of its lane.
 *
 * Claiming a task and taking its grant is one transaction, so no grant is wasted and none is skipped. Every
 * transition out of `running` names the lease's owner in its condition: whoever lost the lease changes nothing.
 */
export type Claim =
  | { readonly kind: 'claimed'; readonly task: Task }
  /** Nothing may start before `inMs` from now; there is work then. */
  | { readonly kind: 'later'; readonly inMs: number }
  | { readonly kind: 'idle' };

/** Takes the next due task together with a grant of the gate. */
export async function claimTask(parts: StoreParts, lease: Lease): Promise<Claim> {
  const { database, clock, gate } = parts;
  return database.transact(async (transaction) => {
    const stored = await readGate(database, transaction, gate.scope, gate.limits);
    const opensAt = earliestGrant(stored.state, gate.limits, stored.now);
    const now = clock.now();
    if (opensAt > stored.now) {
      const due = await earliestDue(transaction);
      return due === null ? { kind: 'idle' } : { kind: 'later', inMs: Math.max(opensAt - stored.now, due - now) };
    }
    const next = await inLine(transaction).selectAll().where('due_at', '<=', now).limit(1).executeTakeFirst();
    if (next === undefined) {
      const due = await earliestDue(transaction);
      return due === null ? { kind: 'idle' } : { kind: 'later', inMs: Math.max(due - now, 1) };
    }
    const claimed = await transaction
      .updateTable('tasks')
      .set({
        state: 'running',
        lease_owner: lease.owner,
        lease_until: lease.until,
        started_at: now,
        attempts: next.attempts + 1,
      })
      .where('id', '=', next.id)
      .where('state', '=', 'waiting')
      .returningAll()
      .executeTakeFirst();
    if (claimed === undefined) return { kind: 'later', inMs: 1 };
    await writeGate(transaction, gate.scope, {
      state: grantAt(stored.state, gate.limits, stored.now),
      turns: advanceTurn(stored.turns, next.lane, next.turn),
    });
    await bumpRevision(transaction, next.request_id);
    return { kind: 'claimed', task: toTask(claimed) };
  });
}

async function earliestDue(transaction: Transaction<Schema>): Promise<number | null> {
  const row = await transaction
    .selectFrom('tasks')
    .select((select) => select.fn.min('due_at').as('due'))
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return row?.due ?? null;
}

/** The lane's virtual time moves on to the turn now being served, and never back. */
function advanceTurn(turns: readonly number[], lane: number, turn: number): number[] {
  return Object.values(laneNumbers).map((number) => Math.max(turns[number] ?? 0, number === lane ? turn : 0));
}

async function bumpRevision(transaction: Transaction<Schema>, requestId: string): Promise<void> {
  await transaction
    .updateTable('requests')
    .set((set) => ({ revision: set('revision', '+', 1) }))
    .where('id', '=', requestId)
    .execute();
}

/** Writes the outcome. False when the lease was lost meanwhile; nothing is written then. */
export async function finishTask(
  parts: StoreParts,
  task: Task,
  owner: string,
  done: Pick<Extract<TaskState, { kind: 'done' }>, 'outcome' | 'graphRequestId' | 'clientRequestId'>,
): Promise<boolean> {
  return leaveRunning(parts, task, owner, {
    state: 'done',
    finished_at: parts.clock.now(),
    outcome: JSON.stringify(done.outcome),
    graph_request_id: done.graphRequestId,
    client_request_id: done.clientRequestId,
    again: null,
  });
}

/** Why and when a task goes back to the queue, and what the gate learns from it. */
export interface Postponement {
  readonly reason: WaitReason;
  /** From now, in milliseconds. */
  readonly delayMs: number;
  /** Set when the server said "too many": the gate closes for everybody, for this long or a window. */
  readonly closesGate?: { readonly retryAfterMs: number | null };
  /** A rule chosen anew. */
  readonly ruleId?: string;
  /** Takes the attempt off the count again: the call never left. */
  readonly unsent?: boolean;
}

/** Puts a running task back in the queue, at its old place. False when the lease was lost meanwhile. */
export async function postponeTask(parts: StoreParts, task: Task, owner: string, why: Postponement): Promise<boolean> {
  return leaveRunning(
    parts,
    task,
    owner,
    {
      state: 'waiting',
      due_at: parts.clock.now() + why.delayMs,
      again: why.reason,
      ...(why.ruleId === undefined ? {} : { rule_id: why.ruleId }),
      ...(why.unsent === true ? { attempts: task.attempts - 1 } : {}),
    },
    why.closesGate,
  );
}

async function leaveRunning(
  parts: StoreParts,
  task: Task,
  owner: string,
  changes: Partial<Schema['tasks']>,
  closesGate?: Postponement['closesGate'],
): Promise<boolean> {
  const { database, gate } = parts;
  return database.transact(async (transaction) => {
    // The gate's row comes first in every transaction that touches it, so that two of them cannot wait for each other.
    if (closesGate !== undefined) {
      const stored: StoredGate = await readGate(database, transaction, gate.scope, gate.limits);
      const state = blockFor(stored.state, gate.limits, stored.now, closesGate.retryAfterMs);
      await writeGate(transaction, gate.scope, { state, turns: stored.turns });
    }
    const left = await transaction
      .updateTable('tasks')
      .set({ ...changes, lease_owner: null, lease_until: null })
      .where('id', '=', task.id)
      .where('state', '=', 'running')
      .where('lease_owner', '=', owner)
      .returning('id')
      .executeTakeFirst();
    if (left === undefined) return false;
    await bumpRevision(transaction, task.requestId);
    return true;
  });
}

/** Keeps the leases of an owner alive. */
export async function renewLeases(parts: StoreParts, lease: Lease): Promise<void> {
  await parts.database.query
    .updateTable('tasks')
    .set({ lease_until: lease.until })
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .execute();
}

/**
 * Puts tasks back whose lease ran out: their process died in the middle of a call. Where one process owns the
 * database, every lease that is not its own is such a lease too. Returns the requests concerned.
 */
export async function recoverTasks(parts: StoreParts, owner: string): Promise<string[]> {
  const { database, clock } = parts;
  return database.transact(async (transaction) => {
    const now = clock.now();
    const abandoned = transaction
      .updateTable('tasks')
      .set({ state: 'waiting', due_at: now, again: 'interrupted', lease_owner: null, lease_until: null })
      .where('state', '=', 'running');
    const rows = await (database.dialect.singleProcess
      ? abandoned.where((or) => or.or([or('lease_owner', '!=', owner), or('lease_until', '<', now)]))
      : abandoned.where('lease_until', '<', now)
    )
      .returning('request_id')
      .execute();
    const requestIds = [...new Set(rows.map((row) => row.request_id))];
    for (const requestId of requestIds) await bumpRevision(transaction, requestId);
    return requestIds;
  });
}

/** Lets finished tasks run once more. Returns how many were put back: none at a second click. */
export async function requeueTasks(
  parts: StoreParts,
  requestId: string,
  taskIds: readonly string[],
  actorId: string,
): Promise<number> {
  const { database, clock, gate } = parts;
  return database.transact(async (transaction) => {
    const stored = await readGate(database, transaction, gate.scope, gate.limits);
    const now = clock.now();
    const moved = await transaction
      .updateTable('tasks')
      .set({
        state: 'waiting',
        lane: laneNumbers.interactive,
        turn: stored.turns[laneNumbers.interactive] ?? 0,
        enqueued_at: now,
        due_at: now,
        again: 'retried',
        attempts: 0,
      })
      .where('request_id', '=', requestId)
      .where('id', 'in', taskIds)
      .where('state', '=', 'done')
      .returning('id')
      .execute();
    if (moved.length === 0) return 0;
    await bumpRevision(transaction, requestId);
    const details = { tasks: moved.map((task) => task.id) };
    await writeRecord(transaction, { at: now, actorId, kind: 'retried', requestId, details });
    return moved.length;
  });
}

/**
 * Place and start time of the waiting tasks at the head of the queue, by task id: the gate's own arithmetic run
 * ahead. At most `most` of them; the rest has a place too far off to be worth telling.
 */
export async function forecastQueue(parts: StoreParts, most = 1000): Promise<ReadonlyMap<string, Forecast>> {
  const { database, clock, gate } = parts;
  return database.transact(async (transaction) => {
    const stored = await readGate(database, transaction, gate.scope, gate.limits);
    const waiting = await inLine(transaction).select(['id', 'due_at']).limit(most).execute();
    const offset = clock.now() - stored.now;
    const starts = forecastGrants(
      stored.state,
      gate.limits,
      stored.now,
      waiting.map((task) => task.due_at - offset),
    );
    return new Map(
      waiting.map((task, index) => [task.id, { place: index + 1, startsAt: (starts[index] ?? stored.now) + offset }]),
    );
  });
}

/** The requests at the head of the queue, whose place moves when it moves. */
export async function requestsInLine(parts: StoreParts, most: number): Promise<string[]> {
  const rows = await inLine(parts.database.query).select('request_id').limit(most).execute();
  return [...new Set(rows.map((row) => row.request_id))];
}

/** Whether any task waits or runs. */
export async function hasWork(parts: StoreParts): Promise<boolean> {
  const row = await parts.database.query
    .selectFrom('tasks')
    .select('id')
    .where('state', 'in', ['waiting', 'running'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The waiting tasks, next one first: the one definition of the queue's order, which its index serves. */
function inLine(query: Kysely<Schema>) {
  return query
    .selectFrom('tasks')
    .where('state', '=', 'waiting')
    .orderBy('lane')
    .orderBy('turn')
    .orderBy('enqueued_at')
    .orderBy('id');
}
