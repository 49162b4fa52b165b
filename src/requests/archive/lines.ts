import { hash } from 'node:crypto';
import type { Insertable, Selectable } from 'kysely';
import type { ArchivedLineRow } from '../../db/archive-schema.ts';
import type { AccessRequestRow, TaskRow } from '../../db/schema.ts';
import { failureKinds } from '../../graph/outcome/worth-retrying.ts';
import type { PackedRows } from './packing.ts';

/**
 * `reference`: an id by which an archived request is found as well: of the line to which it belongs, or of the request
 * that took its access away.
 */
export const lineKinds = { provisioning: 0, access: 1, reference: 2 } as const;

/**
 * The number that stands for the id of a person or an app: 50 bits of its SHA-256. An id takes four times as much in
 * each index, and of a hundred thousand people two have the same number with a probability of one in two hundred
 * thousand. SQLite keeps whole numbers of up to 51 bits as they are.
 */
export function markOf(id: string): number {
  return Number(hash('sha256', id, 'buffer').readBigUInt64BE() >> 14n);
}

type Line = Omit<Insertable<ArchivedLineRow>, 'archived_id'>;
const unset = { decided_by: null, access_at: null, given_at: null, removed_at: null, ticket: null };
const flags = { is_first: 0, is_further: 0, has_failed: 0, is_open: 0 };
const flag = (is: boolean) => (is ? 1 : 0);

export function linesOf({ requests, tasks, access_requests: access, entitlements }: PackedRows): readonly Line[] {
  const lines: Line[] = [];
  for (const request of requests) {
    const own = tasks.filter((task) => task.request_id === request.id).toSorted((a, b) => a.position - b.position);
    const carried = access.filter(({ request_id: id }) => id === request.id);
    const has_failed = flag(own.some(hasFailed));
    const is_open = flag(own.some(({ state }) => state === 'held'));
    for (const [index, task] of own.entries()) {
      const { finished_at, outcome_kind } = task;
      lines.push({
        ...{ ...unset, id: request.id, kind: lineKinds.provisioning, at: request.created_at },
        ...{ access_at: request.access_at, ticket: request.ticket, has_failed, is_open },
        ...{
          requested_by: markOf(request.requested_by_id),
          app: markOf(task.app_id),
          subject: markOf(task.subject_id),
        },
        ...{ is_first: flag(index === 0), is_further: flag(task.is_further === 1) },
        ...{
          given_at: givesWithoutEnd(task, carried) ? finished_at : null,
          removed_at: outcome_kind === 'removed' ? finished_at : null,
        },
      });
    }
  }
  for (const one of access)
    lines.push({
      ...{
        ...unset,
        ...flags,
        id: one.id,
        kind: lineKinds.access,
        at: one.created_at,
        ticket: one.ticket,
        is_first: 1,
      },
      ...{ requested_by: markOf(one.requested_by_id), app: markOf(one.app_id), subject: markOf(one.subject_id) },
      decided_by: one.decided_by_id === null ? null : markOf(one.decided_by_id),
    });
  const named = access.flatMap(({ joint_id, joint_group }) => [joint_id ?? [], joint_group ?? []].flat());
  const removals = entitlements.flatMap(({ removal_id: id }) => id ?? []);
  const own = new Set(lines.map(({ id }) => id));
  for (const id of new Set([...named, ...removals]))
    if (!own.has(id))
      lines.push({ ...unset, ...flags, id, kind: lineKinds.reference, at: 0, requested_by: 0, app: 0, subject: 0 });
  return lines;
}

const hasFailed = ({ state, outcome_kind }: Selectable<TaskRow>) =>
  state === 'done' && (failureKinds as readonly (string | null)[]).includes(outcome_kind);
const isAssigned = ({ assign_role, assigning }: Selectable<TaskRow>) => assign_role !== null && assigning === 'made';

const giving: readonly (string | null)[] = ['created', 'updated', 'otherChange', 'inSync', 'unknown'];

/**
 * Whether a call gave access without an end, by an approval or an assignment of Usher's: as the review of access
 * (`features/checks/reviewing/`) has it. `carried`: the access requests that its request carries out.
 */
export function givesWithoutEnd(
  task: Selectable<TaskRow>,
  carried: readonly Pick<Selectable<AccessRequestRow>, 'state'>[],
): boolean {
  const { state, finished_at, ends_at, unassign, assigning, outcome_kind } = task;
  const isApproved = carried.some((one) => one.state === 'started' || one.state === 'finished');
  const isOver = (state === 'done' || state === 'cancelled') && finished_at !== null;
  if (!isOver || ends_at !== null || unassign !== null) return false;
  const isUshers = isApproved || (carried.length === 0 && isAssigned(task));
  return isUshers && (assigning === 'made' || giving.includes(outcome_kind));
}
