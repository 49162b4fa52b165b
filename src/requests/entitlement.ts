import { sql, type Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { writeAudit } from './audit-log.ts';
import type { Task } from './request.ts';
import type { OverdueReason, TaskEnd } from './task-end.ts';

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
 * A later request calls off an end that has not begun to delete anything; it waits for one that has, and assigns anew.
 *
 * `ending` points to a provisioning request that takes the access away (`removal`): it is stored in the transaction of
 * that step, so a process that dies leaves either both or none. A process leases what is due; the row decides whether
 * something still is, so nothing is done twice.
 */
export interface Entitlement extends Required<TaskEnd> {
  /** The task that gives the access. */
  readonly taskId: string;
  readonly requestId: string;
  readonly subject: { readonly id: string; readonly name: string; readonly label: string | null };
  readonly app: { readonly id: string; readonly name: string };
  /** The provisioning request that takes it away. */
  readonly removalId: string | null;
  /** How often that has been tried. */
  readonly tries: number;
  /** The name of the person who ended it early, or who said that it was done by hand. */
  readonly endedBy: string | null;
  /** Usher has made an assignment, for it or for earlier access whose end it puts off, and takes that away at this end. */
  readonly inherits: boolean;
}

/** No further call can prove these. */
const hopeless: ReadonlySet<OverdueReason> = new Set([
  ...(['syncsAll', 'skipsDeletions', 'noActiveMapping', 'notAssignedByUsher'] as const),
]);
export const isHopeless = (why: OverdueReason): boolean => hopeless.has(why);

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** After a try without proof; the last one repeats. */
const againMs = [hourMs / 4, hourMs, 4 * hourMs, dayMs];
/** From telling of a hopeless one to telling of it again. */
const tellAgainMs = [dayMs, 7 * dayMs];

/** The pause after so many tries, or tellings of a hopeless one. */
export function pauseAfter(tries: number, why: OverdueReason): number {
  const pauses = isHopeless(why) ? tellAgainMs : againMs;
  return pauses[Math.min(tries, pauses.length) - 1] ?? dayMs;
}

/**
 * Which telling of an overdue one a try belongs to: the first, the one a day later, then one a week. Usher tries more
 * often than people want to hear of it.
 */
export function tellingOf({ tries, state }: Pick<Entitlement, 'tries' | 'state'>): number {
  if (state.kind !== 'overdue' || isHopeless(state.why)) return tries;
  return tries <= againMs.length ? 0 : 1 + Math.floor((tries - againMs.length - 1) / 7);
}

/** The source prefix of a request that ends access; the task id of the entitlement follows. */
export const endSource = 'end|';

const longestReminderMs = 14 * dayMs;

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
    const ending = await callOffRemovals(transaction, task, now);
    const earlier = await transaction
      .updateTable('entitlements')
      .set({ state: 'ended', ended_as: 'extended', extended_by: task.id, due_at: null })
      .where('subject_id', '=', subject.id)
      .where('app_id', '=', app.id)
      .where((row) =>
        row.or([
          row('state', 'in', ['active', 'overdue']),
          ...(ending.length === 0 ? [] : [row('removal_id', 'in', ending)]),
        ]),
      )
      .returning(['task_id', 'request_id', 'inherited_assignment', 'ends_at'])
      .execute();
    let inherited: string | null = null;
    for (const { task_id, request_id: requestId, inherited_assignment } of earlier) {
      const details = { subject: subject.id, app: app.id, step: 'extended', by: task.requestId };
      await writeAudit(transaction, { at: now, actorId: '', kind: 'accessEnd', requestId, details });
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

/** Those that take this access away at its end, and have not begun to: they are called off. */
async function callOffRemovals(
  transaction: Transaction<Schema>,
  { subject, app }: Task,
  now: number,
): Promise<readonly string[]> {
  const calledOff = await transaction
    .updateTable('tasks')
    .set({ state: 'cancelled', finished_at: now, cancelled_by: '' })
    .where('state', '=', 'waiting')
    .where('assigning', 'is', null)
    .where((task) =>
      task(
        'request_id',
        'in',
        task
          .selectFrom('entitlements')
          .select('removal_id')
          .where('subject_id', '=', subject.id)
          .where('app_id', '=', app.id)
          .where('state', '=', 'ending')
          .where('removal_id', 'is not', null)
          .$castTo<{ removal_id: string }>(),
      ),
    )
    .returning('request_id')
    .execute();
  return calledOff.map(({ request_id: removalId }) => removalId);
}

/**
 * Notes what Usher has assigned for a task, in that transaction. A later request may have extended its access before
 * that was known, and takes it over; access whose end has come meanwhile begins to end.
 */
export async function noteMade(
  transaction: Transaction<Schema>,
  { id, subject, app }: Task,
  assignmentId: string,
  now: number,
): Promise<void> {
  // It is written before it is read: whichever request extends it at this moment comes before or after.
  const own = await transaction
    .updateTable('entitlements')
    .set({ inherited_assignment: assignmentId })
    .where('task_id', '=', id)
    .returning('state')
    .executeTakeFirst();
  if (own?.state !== 'ended' && own?.state !== 'overdue') return;
  const taken = await transaction
    .updateTable('entitlements')
    .set({ inherited_assignment: assignmentId })
    .where('subject_id', '=', subject.id)
    .where('app_id', '=', app.id)
    .where('state', 'in', ['active', 'overdue'])
    .returning(['task_id', 'why'])
    .execute();
  const late =
    taken.length === 0 ? [id] : taken.flatMap((one) => (one.why === 'notAssignedByUsher' ? one.task_id : []));
  if (late.length === 0) return;
  await transaction
    .updateTable('entitlements')
    .set({ state: 'active', ended_as: null, why: null, due_at: now, ends_at: endedBy(now) })
    .where('task_id', 'in', late)
    .execute();
}

const endedBy = (now: number) => sql<number>`case when ends_at > ${now} then ${now} else ends_at end`;

/** The removal of an overdue one is tried again. False for any other removal. */
export async function noteTry(transaction: Transaction<Schema>, removalId: string): Promise<boolean> {
  const noted = await transaction
    .updateTable('entitlements')
    .set((row) => ({
      state: 'ending',
      tries: row('tries', '+', 1),
      due_at: null,
      lease_owner: null,
      lease_until: null,
    }))
    .where('removal_id', '=', removalId)
    .where('state', '=', 'overdue')
    .returning('task_id')
    .executeTakeFirst();
  return noted !== undefined;
}
