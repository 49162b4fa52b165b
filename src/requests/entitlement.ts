import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { NotRemoved, RefusalCause } from '../graph/outcome.ts';
import type { Task } from './request.ts';

/**
 * An entitlement is access that Usher knows the end of: one for each task that gives some, stored with it. At its end
 * Usher takes away what it has assigned itself, and it is over only once the answer proves that.
 *
 *     active ──its time──▶ ending ──proven──▶ ended: verified
 *       │                   │   ▲
 *       │            no proof   └──again, at growing pauses──┐
 *       │                   ▼                                │
 *       │                overdue ────────────────────────────┘
 *       │                   ├──said to be done by hand──▶ ended: byHand
 *       │                   └──a later end was given───▶ ended: extended
 *       ├──its time, but Usher has assigned nothing──▶ overdue: `notAssignedByUsher`, never tried
 *       ├──its time, and its task gave nothing──▶ ended: neverGiven
 *       ├──a later approval without an end gives the same access──▶ ended: extended
 *       └──a later request gives the same access until then──▶ ended: extended (which hands on what Usher assigned)
 *                                                                  │
 *       ┌──the later request came to nothing, at the earlier end───┘
 *       ▼
 *     active
 *
 * `ending` points to a provisioning request that takes the access away (`removal`): it is stored in the transaction of
 * that step, so a process that dies leaves either both or none. A process leases what is due; the row decides whether
 * something still is, so nothing is done twice.
 */
export interface Entitlement {
  /** The task that gives the access. */
  readonly taskId: string;
  readonly requestId: string;
  readonly subject: { readonly id: string; readonly name: string; readonly label: string | null };
  readonly app: { readonly id: string; readonly name: string };
  /** Milliseconds since 1970. `isTimed`: by the clock, and not the end of a day. */
  readonly endsAt: number;
  readonly isTimed: boolean;
  readonly state: EntitlementState;
  /** The provisioning request that takes it away. */
  readonly removalId: string | null;
  /** How often that has been tried. */
  readonly tries: number;
}

export type EntitlementState =
  | { readonly kind: 'active' }
  | { readonly kind: 'ending' }
  | { readonly kind: 'overdue'; readonly why: OverdueReason }
  | { readonly kind: 'ended'; readonly as: EndedAs };

export type EndedAs = 'verified' | 'byHand' | 'extended' | 'neverGiven';

/** Why access that should have ended is not known to have. */
export type OverdueReason =
  | NotRemoved
  /** Usher has assigned nothing that it could take away. */
  | 'notAssignedByUsher'
  | 'failed'
  | 'unknown'
  | `refused.${RefusalCause}`
  | 'other';

/** The source prefix of a request that ends access; the task id of the entitlement follows. */
export const endSource = 'end|';

const hourMs = 60 * 60_000;
const longestReminderMs = 14 * 24 * hourMs;

/** When its end is announced: a tenth of its time before, at least an hour and at most two weeks; null for too short. */
export function reminderOf(startsAt: number, endsAt: number): number | null {
  const beforeMs = Math.min(Math.max((endsAt - startsAt) / 10, hourMs), longestReminderMs);
  return endsAt - beforeMs > startsAt ? Math.round(endsAt - beforeMs) : null;
}

/** Stores the entitlements of tasks that have an end, in the transaction that stores them. */
export async function insertEntitlements(
  transaction: Transaction<Schema>,
  tasks: readonly Task[],
  now: number,
): Promise<void> {
  for (const task of tasks) {
    const { subject, app, ends } = task;
    if (ends === undefined) continue;
    const remindAt = reminderOf(now, ends.endsAt);
    const earlier = await transaction
      .updateTable('entitlements')
      .set({ state: 'ended', ended_as: 'extended', extended_by: task.id, due_at: null })
      .where('subject_id', '=', subject.id)
      .where('app_id', '=', app.id)
      .where('state', 'in', ['active', 'overdue'])
      .returning(['task_id', 'inherited_assignment', 'ends_at'])
      .execute();
    let inherited: string | null = null;
    for (const { task_id, inherited_assignment } of earlier) {
      const given = await transaction
        .selectFrom('tasks')
        .select('assignment_id')
        .where('id', '=', task_id)
        .executeTakeFirst();
      inherited = given?.assignment_id ?? inherited_assignment ?? inherited;
    }
    await transaction
      .insertInto('entitlements')
      .values({
        task_id: task.id,
        request_id: task.requestId,
        subject_id: subject.id,
        subject_name: subject.name,
        subject_label: subject.label,
        app_id: app.id,
        app_name: app.name,
        ends_at: ends.endsAt,
        timed: ends.isTimed ? 1 : 0,
        remind_at: remindAt,
        state: 'active',
        inherited_assignment: inherited,
        // At an earlier end it has to be known whether this request came to anything.
        due_at: Math.min(remindAt ?? ends.endsAt, ...earlier.map(({ ends_at }) => ends_at)),
      })
      .execute();
  }
}
