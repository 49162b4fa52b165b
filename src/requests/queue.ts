import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { earliestGrant, forecastGrants, grantAt, startedLate } from '../rate-gate/gate.ts';
import { readGate, writeGate } from '../rate-gate/gate-row.ts';
import { writeRecord } from './record.ts';
import type { Forecast, Lease, Task, TaskState } from './request.ts';
import { toTask } from './rows.ts';
import { bumpRevision, laneNumbers, type StoreParts, turnLength } from './store.ts';

/**
 * The queue before the rate gate: who is next, the claim, and what is said of those who wait. How a task leaves
 * `running` again is in `running.ts`; the picture of its states is in `request.ts`.
 *
 * Order: the interactive lane before the bulk lane; within a lane by turn, then by age. A request's nth task stands n
 * times `turnLength` behind the lane's present turn, which gives rotation between requests without ever re-sorting. As
 * each start moves the present turn on by one or more, at most `turnLength` later requests go ahead of a request's
 * next task: none starves another of its lane.
 *
 * Claiming a task and taking its grant is one transaction, so no grant is wasted and none is skipped.
 */
export type Claim =
  | { readonly kind: 'claimed'; readonly claimed: ClaimedTask }
  /** Nothing may start before `inMs` from now; there is work then. */
  | { readonly kind: 'later'; readonly inMs: number }
  | { readonly kind: 'idle' };

/** A task with its grant, and all that its call needs, so that nothing has to be looked up between the two. */
export interface ClaimedTask {
  readonly task: Task & { readonly state: Extract<TaskState, { kind: 'running' }> };
  readonly lease: Lease;
  readonly askerId: string;
  /** The service principal's object id. */
  readonly appId: string;
  readonly grant: Grant;
}

/** The right to one start. */
export interface Grant {
  /** When it was granted, on the gate's clock. */
  readonly at: number;
  /** The same moment on this process's monotonic clock, or a little before it. */
  readonly takenAt: number;
  /** On the monotonic clock. Later than this others may have been granted starts that reckon with this one. */
  readonly sendBefore: number;
}

/** Takes the next due task together with a grant of the gate. */
export async function claimTask(parts: StoreParts, lease: Lease): Promise<Claim> {
  const { database, clock, gate } = parts;
  return database.transact(async (transaction): Promise<Claim> => {
    const stored = await readGate(parts, transaction);
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
    const row = await transaction
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
    if (row === undefined) return { kind: 'later', inMs: 1 };
    await writeGate(transaction, gate.scope, {
      state: grantAt(stored.state, gate.limits, stored.now),
      turns: advanceTurn(stored.turns, next.lane, next.turn),
    });
    await bumpRevision(transaction, next.request_id);
    const request = await transaction
      .selectFrom('requests')
      .select(['asker_id', 'app_id'])
      .where('id', '=', next.request_id)
      .executeTakeFirstOrThrow();
    await writeRecord(transaction, {
      at: now,
      actorId: request.asker_id,
      kind: 'sent',
      requestId: next.request_id,
      details: { subject: next.subject_id, attempt: row.attempts },
    });
    return {
      kind: 'claimed',
      claimed: {
        task: { ...toTask(row), state: { kind: 'running', startedAt: now, lease } },
        lease,
        askerId: request.asker_id,
        appId: request.app_id,
        grant: {
          at: stored.now,
          takenAt: stored.askedAt,
          sendBefore: stored.askedAt + gate.limits.windowMs / 2,
        },
      },
    };
  });
}

/**
 * Tells the gate that a start left later than it was granted, so that the next window is reckoned from there. There is
 * time for that: nobody asks about this grant until a window has passed.
 */
export async function noteLateStart(parts: StoreParts, grant: Grant, lateMs: number): Promise<void> {
  const { database, gate } = parts;
  await database.transact(async (transaction) => {
    const { state, turns } = await readGate(parts, transaction);
    await writeGate(transaction, gate.scope, { state: startedLate(state, grant.at, lateMs), turns });
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
 * Lets finished tasks run once more. A single one goes where people wait for an answer; several keep their lane and
 * take turns there like any other request. Returns how many were put back: none at a second click.
 */
export async function requeueTasks(
  parts: StoreParts,
  requestId: string,
  taskIds: readonly string[],
  actorId: string,
): Promise<number> {
  const { database, clock } = parts;
  if (taskIds.length === 0) return 0;
  return database.transact(async (transaction) => {
    const { turns } = await readGate(parts, transaction);
    const now = clock.now();
    const finished = await transaction
      .selectFrom('tasks')
      .select(['id', 'lane'])
      .where('request_id', '=', requestId)
      .where('id', 'in', taskIds)
      .where('state', '=', 'done')
      .orderBy('position')
      .execute();
    if (finished.length === 0) return 0;
    // Tasks leave `done` under the gate's lock alone, so what was just read still stands.
    for (const [index, { id, lane }] of finished.entries()) {
      const laneNow = finished.length === 1 ? laneNumbers.interactive : lane;
      await transaction
        .updateTable('tasks')
        .set({
          state: 'waiting',
          lane: laneNow,
          turn: (turns[laneNow] ?? 0) + index * turnLength,
          enqueued_at: now,
          due_at: now,
          again: 'retried',
          attempts: 0,
          throttles: 0,
        })
        .where('id', '=', id)
        .execute();
    }
    await bumpRevision(transaction, requestId);
    const details = { tasks: finished.map(({ id }) => id) };
    await writeRecord(transaction, { at: now, actorId, kind: 'retried', requestId, details });
    return finished.length;
  });
}

/**
 * Place and start time of the waiting tasks at the head of the queue, by task id: the gate's own arithmetic run
 * ahead. At most `most` of them; the rest has a place too far off to be worth telling.
 */
export async function forecastQueue(parts: StoreParts, most = 1000): Promise<ReadonlyMap<string, Forecast>> {
  const { database, clock, gate } = parts;
  return database.transact(async (transaction) => {
    const stored = await readGate(parts, transaction);
    const waiting = await inLine(transaction).select(['id', 'due_at']).limit(most).execute();
    const offset = clock.now() - stored.now;
    const starts = forecastGrants(
      stored.state,
      gate.limits,
      stored.now,
      waiting.map((task) => task.due_at - offset),
    );
    const inOrder = waiting
      .map(({ id }, index) => ({ id, startsAt: (starts[index] ?? stored.now) + offset }))
      .toSorted((one, other) => one.startsAt - other.startsAt);
    return new Map(inOrder.map(({ id, startsAt }, index) => [id, { place: index + 1, startsAt }]));
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
