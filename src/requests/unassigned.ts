import type { Database } from '../db/database.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { putBack } from './queue.ts';
import { accessSource, type StoreParts } from './store.ts';

/** A person who was not provisioned because they are not assigned to the app. */
export interface Unassigned {
  readonly taskId: string;
  readonly appId: string;
  readonly subjectId: string;
  readonly lane: number;
}

/** Some of a request's tasks, by their positions: from the first one, to before the other. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Of any request. */
const all: Stretch = { from: 0, to: 1_000_000 };

/**
 * The people of a request who are not assigned, as their finished tasks say, or whose assignment was not made. A person
 * whom Usher has just assigned only needs time. What carries out an access request waits for the assignment by itself.
 */
export async function findUnassigned(
  { query }: Pick<Database, 'query'>,
  requestId: string,
  { from, to }: Stretch = all,
): Promise<Unassigned[]> {
  const rows = await query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select(['tasks.id', 'tasks.app_id', 'tasks.subject_id', 'tasks.lane'])
    .where('tasks.request_id', '=', requestId)
    .where('tasks.position', '>=', from)
    .where('tasks.position', '<', to)
    .where('requests.source', 'not like', `${accessSource}%`)
    .where('tasks.state', '=', 'done')
    .where('tasks.subject_type', 'in', ['User', 'user'])
    .where('tasks.awaits_assignment', '=', 0)
    // An end that is unknown holds what the last attempt was told.
    .where('tasks.outcome_kind', 'in', ['notInScope', 'refused', 'unknown'])
    .where((task) =>
      task.or([
        // As `JSON.stringify` writes it, which escapes the quotes of any text: the check that tells the most.
        task('tasks.outcome', 'like', '%"failedChecks":["assigned"%'),
        task('tasks.outcome', 'like', '%"cause":"assignment%'),
      ]),
    )
    .orderBy('tasks.position')
    .execute();
  return rows.map(({ id: taskId, app_id: appId, subject_id: subjectId, lane }) => ({ taskId, appId, subjectId, lane }));
}

/**
 * Puts people who are not assigned back in line, with the assignment before their calls. Returns how many: none at a
 * second click.
 *
 * @param roles the app role to assign, by the app's id; people of other apps are left as they are
 */
export function assignAndRequeue(
  parts: StoreParts,
  requestId: string,
  roles: ReadonlyMap<string, string>,
  actorId: string,
  stretch?: Stretch,
): Promise<number> {
  return parts.database.transact(async (transaction) => {
    const gate = await readGate(parts, transaction);
    const unassigned = await findUnassigned({ query: transaction }, requestId, stretch);
    const wanted = unassigned.flatMap(({ taskId: id, appId, lane }) => {
      const assign_role = roles.get(appId);
      return assign_role === undefined
        ? []
        : [{ id, lane, assign_role, assigning: null, awaits_assignment: 0, again: null }];
    });
    await putBack(parts, transaction, gate, wanted, { requestId, actorId, kind: 'assignmentOrdered' });
    return wanted.length;
  });
}
