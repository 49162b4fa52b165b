import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { assertNever } from '../assert-never.ts';
import { isDatabaseFault } from '../db/database.ts';
import { createSteadiness } from '../db/leases.ts';
import { isSameName } from '../graph/app-bindings.ts';
import type { Assignments, PersonsAssignment } from '../graph/assignments.ts';
import { ordererMayNot, type RemovalLeft, removalLeft } from '../graph/outcome/refusal.ts';
import { underLease } from '../lease.ts';
import type { Log } from '../log.ts';
import { startWorker, type Worker } from '../worker.ts';
import {
  beginAssigning,
  claimAssignments,
  type DueAssignment,
  isNew,
  nextAssignmentAt,
  noteAssigned,
  noteRefused,
  putOffAssigning,
  renewAssignment,
} from './assignment-steps.ts';
import type { Authority } from './authority.ts';
import { endWaiting } from './ending.ts';
import { isBeingProvisioned, isBeingRemoved } from './removals.ts';
import { isLeftToPeople, type Task } from './request.ts';
import type { Stays } from './rows.ts';
import { accessSource, type StoreParts } from './store.ts';

/**
 * Assigns the app roles that tasks want before their calls, and deletes a person's own assignments for those that take
 * access away. It takes no grant of the rate gate, which counts on-demand calls alone: a task with its step before it is
 * out of line, for the claim and for the forecast, and gets in line when the step is taken.
 *
 *     due ──▶ may the person who ordered it still? ──no──▶ done: refused
 *                 │ yes
 *                 ▼
 *     is the person assigned, directly or through a group? ──yes──▶ found (made, where a call was begun); in line
 *                 │ no
 *                 ▼
 *     `begun` is written ──cancelled meanwhile──▶ nothing is sent
 *                 │
 *                 ▼
 *     Entra is asked to assign ──assigned──▶ made; in line, where the call is repeated until Graph has noticed
 *                 │      └──refused──▶ done: refused, with the code
 *                 └──no clear answer──▶ unanswered; all of this again after a minute, then at growing pauses; after a
 *                                       day done: refused
 *
 * A process leases the row meanwhile. When it dies, the lease expires, and another one begins at the top: the question
 * whether the person is assigned finds what the dead one did, and Entra itself refuses a second assignment of one role.
 *
 * A deletion goes the same way: Usher reads which assignments are the person's own, notes them in the record, and deletes
 * them one by one, unless what has happened since it was asked for keeps Usher from it. Those that are gone by the next
 * attempt count as deleted. What the person has through groups stays.
 *
 * What people take away by hand it only looks for, at growing pauses for an hour, as Entra's lists lag behind: it is gone
 * once the list has it no more.
 */
export interface AssignerParts {
  readonly store: StoreParts;
  readonly assignments: Pick<Assignments, 'find' | 'forget' | 'assign' | 'list' | 'unassign'>;
  readonly authority: Authority;
  /** Why the person's assignments are not to be deleted now; null where they may be, and when it cannot be told. */
  readonly whyLeft: (task: Task) => Promise<RemovalLeft | null>;
  /** Called after each change of a request, once it is stored. `ofAccess`: it carries out an access request. */
  readonly changed: (requestId: string, ofAccess: boolean) => void;
  readonly log: Log;
  readonly leaseMs?: number;
}

const defaultLeaseMs = 30_000;
/** Each makes a few calls to Graph, which other people's commands need as well. */
const concurrency = 4;
/** A step that another process stores wakes that process itself; this one takes over what it leaves. */
const idlePauseMs = 20_000;
const firstPauseMs = 60_000;
const longestPauseMs = 60 * 60_000;
const otherCallPauseMs = 5_000;
const firstLookPauseMs = 30_000;

/** Whether the assignment is one of these; of all where there are none named. */
const isAmong = (only: readonly string[] | null, { id }: PersonsAssignment): boolean => only?.includes(id) ?? true;

/** What assigns the person beside these. */
const beside = (only: readonly string[] | null, all: readonly PersonsAssignment[]): Stays => ({
  through: all.flatMap((one) => (one.via === 'group' ? [one.groupName ?? one.principalId] : [])),
  others: all.some((one) => one.via === 'direct' && !isAmong(only, one)),
});

export function startAssigner(parts: AssignerParts): Worker {
  const { store, assignments, authority, log, leaseMs = defaultLeaseMs } = parts;
  const { clock } = store;
  const owner = randomUUID();
  const isSteady = createSteadiness(clock, leaseMs);

  async function assignDue(): Promise<number | null> {
    let next = await nextAssignmentAt(store);
    if (next !== null && next <= clock.now()) {
      const due = await claimAssignments(store, { owner, until: clock.now() + leaseMs }, concurrency, isSteady());
      await pMap(due, seeTo, { concurrency });
      if (due.length > 0) return 0;
      // What is due already belongs to another process.
      next = await nextAssignmentAt(store, clock.now());
    }
    return next === null ? null : Math.max(next - clock.now(), 1);
  }

  /** An error in one affects no other. */
  async function seeTo(due: DueAssignment): Promise<void> {
    const { id: taskId } = due.task;
    const renew = (until: number) => renewAssignment(store, due, until);
    await underLease({ leaseMs, renew, clock, log, details: { taskId } }, async () => {
      try {
        await takeSteps(due);
      } catch (error) {
        log.error({ error, code: 'assignment_failed', taskId }, 'the assignment before a task broke off');
        // Should the database be away, the lease expires. Whether a call was begun is in the row.
        if (!isDatabaseFault(error)) await putOff(due, !isNew(due)).catch(() => undefined);
      }
    });
    tell(due);
  }

  async function takeSteps(due: DueAssignment): Promise<void> {
    const { task, orderedBy, assignment } = due;
    const standing = await authority.of(due);
    switch (standing) {
      case 'may':
        break;
      case 'unknown':
        return putOff(due, false);
      case 'mayNot':
      case 'unread':
        await endWaiting(store, task.requestId, ordererMayNot, { reason: 'ordererMayNot', orderedBy });
        return;
      default:
        return assertNever(standing, 'standing');
    }
    switch (assignment.kind) {
      case 'assign':
        return assign(due, assignment.appRole);
      case 'unassign':
        return isLeftToPeople(due) ? look(due) : unassign(due, assignment.only);
      default:
        return assertNever(assignment, 'assignment');
    }
  }

  async function assign(due: DueAssignment, appRole: string): Promise<void> {
    const { task } = due;
    const { app, subject } = task;
    if (isNew(due) && (await isBeingRemoved(store.database, { personId: subject.id, appId: app.id })))
      return putOffAssigning(store, due, { pauseMs: otherCallPauseMs, isBegun: false });
    assignments.forget(app.id, subject.id);
    const found = await assignments.find(app.id, subject.id);
    if (!found.ok) return putOff(due, !isNew(due));
    if (found.value.kind === 'assigned') {
      if (isNew(due)) return noteAssigned(store, due, 'found');
      return noteAssigned(store, due, 'made', { assignmentId: await findOwn(due, appRole) });
    }

    if (!(await beginAssigning(store, due))) return;
    const assigned = await assignments.assign(app.id, subject.id, appRole);
    const ids = { requestId: task.requestId, taskId: task.id };
    switch (assigned.kind) {
      case 'assigned':
      case 'already': {
        // Another one was quicker than Usher's first call: what Usher did not make, it never takes away.
        if (assigned.kind === 'already' && isNew(due)) return noteAssigned(store, due, 'found');
        log.info({ ...ids }, 'an app role was assigned');
        const assignmentId = assigned.kind === 'assigned' ? assigned.id : await findOwn(due, appRole);
        return noteAssigned(store, due, 'made', { assignmentId });
      }
      case 'trouble':
        return putOff(due, true);
      case 'refused':
        log.warn({ ...ids, code: 'assignment_refused', reason: assigned.code }, 'an app role could not be assigned');
        return noteRefused(store, due, assigned.code);
      default:
        return assertNever(assigned, 'assignment');
    }
  }

  /** The assignment that a call without an answer made; null where it cannot be told from others. */
  async function findOwn({ task: { app, subject } }: DueAssignment, appRole: string): Promise<string | null> {
    const found = await assignments.list(subject.id, app.id);
    if (!found.ok) return null;
    const own = found.value.filter(({ via, roleName }) => via === 'direct' && isSameName(roleName ?? '', appRole));
    return own.length === 1 ? (own[0]?.id ?? null) : null;
  }

  /** `only`: the ids of those to delete; null for all that are the person's own. */
  async function unassign(due: DueAssignment, only: readonly string[] | null): Promise<void> {
    const { task } = due;
    const { app, subject } = task;
    // A provisioning that was asked for before may still create the account.
    if (isNew(due) && (await isBeingProvisioned(store.database, { personId: subject.id, appId: app.id })))
      return putOffAssigning(store, due, { pauseMs: otherCallPauseMs, isBegun: false });
    const left = isNew(due) ? await parts.whyLeft(task) : null;
    if (left !== null) {
      await endWaiting(store, task.requestId, removalLeft(left), { taskId: task.id, reason: left });
      return;
    }
    const found = await assignments.list(subject.id, app.id);
    if (!found.ok) return putOff(due, !isNew(due));
    const own = found.value.flatMap((one) => (one.via === 'direct' && isAmong(only, one) ? [one] : []));
    const stays = beside(only, found.value);
    const ids = own.map(({ id }) => id);
    if (own.length === 0) return noteAssigned(store, due, isNew(due) ? 'found' : 'made', { deleted: ids, stays });

    if (!(await beginAssigning(store, due, ids))) return;
    for (const one of own) {
      const gone = await assignments.unassign(subject.id, one);
      switch (gone.kind) {
        case 'done':
        case 'gone':
          break;
        case 'trouble':
          return putOff(due, true);
        case 'refused':
          log.warn(
            { requestId: task.requestId, taskId: task.id, code: 'unassignment_refused', reason: gone.code },
            'an assignment could not be deleted',
          );
          return noteRefused(store, due, gone.code);
        default:
          return assertNever(gone, 'unassignment');
      }
    }
    log.info({ requestId: task.requestId, taskId: task.id, count: ids.length }, 'assignments were deleted');
    return noteAssigned(store, due, 'made', { deleted: ids, stays });
  }

  /** Whether people have taken away all that assigns the person, also what is not Usher's to delete. */
  async function look(due: DueAssignment): Promise<void> {
    const found = await assignments.list(due.task.subject.id, due.task.app.id);
    if (!found.ok) return putOff(due, false);
    const stays = beside(null, found.value);
    if (found.value.length === 0) return noteAssigned(store, due, 'found', { deleted: [], stays });
    const pauseMs = Math.max(clock.now() - due.enqueuedAt, firstLookPauseMs);
    return putOffAssigning(store, due, { pauseMs, isBegun: false, stays });
  }

  /** The next pause is as long as the wait so far. */
  function putOff(due: DueAssignment, isBegun: boolean): Promise<void> {
    log.warn({ code: 'assignment_unanswered', taskId: due.task.id, isBegun }, 'Graph did not answer for an assignment');
    const waitedMs = clock.now() - due.enqueuedAt;
    return putOffAssigning(store, due, {
      pauseMs: Math.min(Math.max(waitedMs, firstPauseMs), longestPauseMs),
      isBegun,
    });
  }

  /** A listener's error cannot harm a task. */
  function tell({ task: { requestId }, source }: DueAssignment): void {
    try {
      parts.changed(requestId, source.startsWith(accessSource));
    } catch (error) {
      log.error({ error, code: 'change_unheard', requestId }, 'a change of a request was not passed on');
    }
  }

  return startWorker({
    name: 'assigner',
    failed: { code: 'assigner_failed', message: 'could not look which assignments are due' },
    work: assignDue,
    clock,
    log,
    maxIdleMs: idlePauseMs,
    giveWay: store.giveWay,
  });
}
