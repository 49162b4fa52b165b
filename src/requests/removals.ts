import type { Database } from '../db/database.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { heldForMs, heldForSecondPersonMs } from './confirmation.ts';
import { putBack } from './queue.ts';
import { isVerifiable, type Request } from './request.ts';
import { toTask } from './rows.ts';
import { findRequest, type StoreParts } from './store.ts';

export interface PersonInApp {
  readonly personId: string;
  readonly appId: string;
}

/**
 * The open request that takes this person out of this app; null where there is none. One that was not confirmed in time
 * is not open any more. `source`: of the request that asks.
 */
export async function findOpenRemoval(
  { query }: Pick<Database, 'query'>,
  { personId, appId }: PersonInApp,
  now: number,
  source = '',
): Promise<string | null> {
  const row = await query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select('tasks.request_id')
    .where('tasks.subject_id', '=', personId)
    .where('tasks.app_id', '=', appId)
    .where('tasks.unassign', 'is not', null)
    .where('requests.source', '!=', source)
    .where((task) =>
      task.or([
        task('tasks.state', 'in', ['waiting', 'running']),
        task.and([
          task('tasks.state', '=', 'held'),
          task.or([
            task('requests.created_at', '>=', now - heldForMs),
            task.and([
              task('requests.second_person', '=', 1),
              task('requests.created_at', '>=', now - heldForSecondPersonMs),
            ]),
          ]),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row?.request_id ?? null;
}

/** How the source of the question begins that goes to the approvers of this removal unasked. */
export const questionStart = (requestId: string): string => `removal|${requestId}|`;

/** The removals that wait for a second person and can still be confirmed, oldest first. */
export async function findHeldForSecondPerson({ query }: Pick<Database, 'query'>, now: number): Promise<Request[]> {
  const rows = await query
    .selectFrom('requests')
    .select('id')
    .where('second_person', '=', 1)
    .where('created_at', '>=', now - heldForSecondPersonMs)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('tasks')
          .select('tasks.id')
          .whereRef('tasks.request_id', '=', 'requests.id')
          .where('tasks.state', '=', 'held'),
      ),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const found = await Promise.all(rows.map(({ id }) => findRequest({ query }, id)));
  return found.filter((request) => request !== null);
}

/** Whether a provisioning of the same person to the same app is under way, which the removal waits for. */
export async function isBeingProvisioned(database: Pick<Database, 'query'>, who: PersonInApp): Promise<boolean> {
  return (await underWay(database, who).where('unassign', 'is', null).executeTakeFirst()) !== undefined;
}

/** Whether a removal of the same person from the same app has begun to delete, which an assignment waits for. */
export async function isBeingRemoved(database: Pick<Database, 'query'>, who: PersonInApp): Promise<boolean> {
  const removal = underWay(database, who).where('unassign', 'is not', null).where('assigning', 'is not', null);
  return (await removal.executeTakeFirst()) !== undefined;
}

const underWay = ({ query }: Pick<Database, 'query'>, { personId, appId }: PersonInApp) =>
  query
    .selectFrom('tasks')
    .select('id')
    .where('subject_id', '=', personId)
    .where('app_id', '=', appId)
    .where('state', 'in', ['waiting', 'running'])
    .limit(1);

/**
 * Has Usher look whether people have taken away by hand what was left of a removal, and then have that proven. Returns of
 * how many of its tasks: none at a second click.
 */
export function verifyRemoval(parts: StoreParts, requestId: string, actorId: string): Promise<number> {
  return parts.database.transact(async (transaction) => {
    const gate = await readGate(parts, transaction);
    const rows = await transaction
      .selectFrom('tasks')
      .selectAll()
      .where('request_id', '=', requestId)
      .where('unassign', 'is not', null)
      .where('state', '=', 'done')
      .orderBy('position')
      .execute();
    const left = rows.filter((row) => isVerifiable(toTask(row)));
    const looks = left.map(({ id, lane }) => ({
      ...{ id, lane, awaits_assignment: 0, again: null },
      assigning: 'byHand' as const,
    }));
    await putBack(parts, transaction, gate, looks, { requestId, actorId, kind: 'verificationOrdered' });
    return left.length;
  });
}
