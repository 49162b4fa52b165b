import type { Selectable } from 'kysely';
import { assertNever } from '../assert-never.ts';
import type { Database } from '../db/database.ts';
import type { EntitlementRow } from '../db/schema.ts';
import type { Entitlement } from './entitlement.ts';
import type { Task } from './request.ts';
import type { EntitlementState, OverdueReason } from './task-end.ts';

type Row = Selectable<EntitlementRow>;

/** Those that a provisioning request gives, or that a request takes away. */
export function findEntitlements(
  database: Pick<Database, 'query'>,
  requestId: string,
): Promise<readonly Entitlement[]> {
  return findEntitlementsOf(database, [requestId]);
}

/** The same of several requests. */
export async function findEntitlementsOf(
  { query }: Pick<Database, 'query'>,
  requestIds: readonly string[],
): Promise<readonly Entitlement[]> {
  const rows = await query
    .selectFrom('entitlements')
    .selectAll()
    .where((row) => row.or([row('request_id', 'in', requestIds), row('removal_id', 'in', requestIds)]))
    .orderBy('ends_at')
    .orderBy('task_id')
    .execute();
  return rows.map(toEntitlement);
}

/** The tasks of a request, those with an end with how far it has come. */
export async function withEnds(
  database: Pick<Database, 'query'>,
  requestId: string,
  tasks: readonly Task[],
): Promise<readonly Task[]> {
  if (tasks.every(({ ends }) => ends === undefined)) return tasks;
  const found = new Map((await findEntitlements(database, requestId)).map((one) => [one.taskId, one]));
  return tasks.map((task) => {
    const entitlement = found.get(task.id);
    return entitlement === undefined ? task : { ...task, ends: entitlement };
  });
}

/** Those that are not over and end by then, soonest first; of these people alone, where they are given. */
export async function findEnding(
  { query }: Pick<Database, 'query'>,
  { until, limit, visibleTo }: { readonly until: number; readonly limit: number; readonly visibleTo: string | null },
): Promise<readonly Entitlement[]> {
  const rows = await query
    .selectFrom('entitlements')
    .innerJoin('requests', 'requests.id', 'entitlements.request_id')
    .selectAll('entitlements')
    .where('state', 'in', ['active', 'ending', 'overdue'])
    .where('ends_at', '<=', until)
    .$if(visibleTo !== null, (some) =>
      some.where((row) =>
        row.or([row('requested_by_id', '=', visibleTo ?? ''), row('entitlements.subject_id', '=', visibleTo ?? '')]),
      ),
    )
    .orderBy('ends_at')
    .orderBy('task_id')
    .limit(limit)
    .execute();
  return rows.map(toEntitlement);
}

/** What a person has in an app now with an end, the latest; null where there is none. */
export async function presentAccess(
  { query }: Pick<Database, 'query'>,
  { personId, appId }: { readonly personId: string; readonly appId: string },
): Promise<PresentAccess | null> {
  const row = await query
    .selectFrom('entitlements')
    .innerJoin('tasks', 'tasks.id', 'entitlements.task_id')
    .select(['entitlements.ends_at', 'timed', 'assignment_id', 'inherited_assignment'])
    .where('entitlements.subject_id', '=', personId)
    .where('entitlements.app_id', '=', appId)
    .where('entitlements.state', 'in', ['active', 'overdue'])
    .orderBy('entitlements.ends_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const isUshers = (row.assignment_id ?? row.inherited_assignment) !== null;
  return { endsAt: row.ends_at, isTimed: row.timed === 1, isUshers };
}

/** `isUshers`: Usher made the assignment, and a later request takes it over. */
export interface PresentAccess {
  readonly endsAt: number;
  readonly isTimed: boolean;
  readonly isUshers: boolean;
}

export function toEntitlement(row: Row): Entitlement {
  return {
    taskId: row.task_id,
    requestId: row.request_id,
    subject: { id: row.subject_id, name: row.subject_name, label: row.subject_label },
    app: { id: row.app_id, name: row.app_name },
    endsAt: row.ends_at,
    isTimed: row.timed === 1,
    state: toState(row),
    removalId: row.removal_id,
    tries: row.tries,
    endedBy: row.ended_by,
    inherits: row.inherited_assignment !== null,
  };
}

function toState({ state, ended_as, why }: Row): EntitlementState {
  switch (state) {
    case 'active':
    case 'ending':
      return { kind: state };
    case 'overdue':
      return { kind: 'overdue', why: (why ?? 'other') as OverdueReason };
    case 'ended':
      return { kind: 'ended', as: ended_as ?? 'verified' };
    default:
      return assertNever(state, 'state of an entitlement');
  }
}
