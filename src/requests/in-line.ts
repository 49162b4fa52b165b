import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';
import { compiledOnce } from '../db/compiled-once.ts';
import type { Schema, TaskRow } from '../db/schema.ts';
import { forecastGrants, type Waiting } from '../rate-gate/gate.ts';
import { gateColumns, type StoredGate } from '../rate-gate/gate-row.ts';
import { type Lane, laneNumbers } from '../rate-gate/lanes.ts';
import { waitingFault } from './graph-away.ts';
import type { Forecast } from './request.ts';
import type { StoreParts } from './store.ts';

/** The waiting tasks in the order of `queue.ts`, and what that order and the gate foretell. */

/** A waiting task, as far as the order goes. */
export type InLine = Pick<Selectable<TaskRow>, 'id' | 'lane' | 'turn' | 'enqueued_at' | 'due_at'>;

/** The forecast for these if no other task comes in between; the first `most` of them, first start first. */
export function lookAhead(
  { clock, gate }: StoreParts,
  stored: Omit<StoredGate, 'askedAt'>,
  waiting: readonly InLine[],
  most: number,
): ReadonlyMap<string, Forecast> {
  const offset = clock.now() - stored.now;
  const row = waiting.map(({ lane, due_at }): Waiting => ({ lane: laneOf(lane), dueAt: due_at - offset }));
  const { fault } = stored.health;
  const starts = forecastGrants(stored.state, gate.limits, stored.now, row, stored.lanes).slice(0, most);
  return new Map(
    starts.map(({ index, startsAt }, before) => {
      const since = waiting[index]?.enqueued_at ?? 0;
      const held = fault === null ? {} : { fault: waitingFault(fault, since) };
      return [waiting[index]?.id ?? '', { position: before + 1, startsAt: startsAt + offset, ...held }];
    }),
  );
}

function laneOf(lane: number): Lane {
  return lane === laneNumbers.interactive ? 'interactive' : 'bulk';
}

/** The first `most` waiting tasks of each lane. */
function headOfLine(db: Kysely<Schema>, most: number) {
  const headOf = (lane: Lane) => inLine(db, laneNumbers[lane]).select(lineColumns).limit(most);
  const interactive = db.selectFrom(headOf('interactive').as('interactive')).selectAll();
  return interactive.unionAll(db.selectFrom(headOf('bulk').as('bulk')).selectAll());
}

const findHeads = compiledOnce((db, { most }: { readonly most: number }) =>
  headOfLine(db, most).orderBy('lane').orderBy('turn').orderBy('enqueued_at').orderBy('id'),
);

const findFirst = compiledOnce((db, { limit }: { readonly limit: number }) =>
  inLines(db).select(lineColumns).limit(limit),
);

/** The waiting tasks of both lanes, at most `most` of each: all of the interactive lane's, then all of the other's. */
export async function findLine(query: Kysely<Schema>, { most }: { readonly most: number }) {
  // The line is nearly always short, and whole it needs no sorting.
  const line = await findFirst(query, { limit: most + 1 });
  return line.length <= most ? line : findHeads(query, { most });
}

/** The same with the gate's row, both as they are at one moment, without a lock. */
export const findGateAndLine = compiledOnce((db, { scope, most }: { readonly scope: string; readonly most: number }) =>
  db
    .selectFrom('gates')
    .leftJoin(headOfLine(db, most).as('line'), (join) => join.onTrue())
    .select(gateColumns)
    .select(['line.id', 'line.lane', 'line.turn', 'line.enqueued_at', 'line.due_at'])
    .where('scope', '=', scope)
    .orderBy('lane')
    .orderBy('turn')
    .orderBy('enqueued_at')
    .orderBy('id'),
);

const lineColumns = ['id', 'request_id', 'lane', 'turn', 'enqueued_at', 'due_at'] as const;

/** No assignment step comes before its call, or none any more. */
export const isPastAssignment = (task: ExpressionBuilder<Schema, 'tasks'>) =>
  task.or([
    task.and([task('assign_role', 'is', null), task('unassign', 'is', null)]),
    task('assigning', 'in', ['made', 'found']),
  ]);

/** The waiting tasks of a lane, next one first. */
export function inLine(query: Kysely<Schema>, lane: number) {
  return inLines(query).where('lane', '=', lane);
}

/** All waiting tasks, one lane after the other: the one definition of their order, which the index serves. */
function inLines(query: Kysely<Schema>) {
  return query
    .selectFrom('tasks')
    .where('state', '=', 'waiting')
    .where(isPastAssignment)
    .orderBy('lane')
    .orderBy('turn')
    .orderBy('enqueued_at')
    .orderBy('id');
}
