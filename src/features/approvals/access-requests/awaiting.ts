import type { Database } from '../../../db/database.ts';
import type { GraphTrouble } from '../../../graph/answer.ts';
import type { Assignments } from '../../../graph/assignments.ts';
import { lastTold } from '../../../graph/outcome/over-all.ts';
import type { Outcome } from '../../../graph/outcome.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { findRequest } from '../../../requests/store.ts';
import { type AccessRequest, type AwaitedThing, leftOfAssignment } from './access-request.ts';
import { type EndVerdict, finish, type StartVerdict } from './approval-scheduler.ts';

/**
 * An approved request whose person is not assigned to the app yet keeps its approval and waits for the assignment, for
 * as long as `ASSIGNMENT_WAIT_HOURS` says.
 *
 *     the service says                        it waits for    and checks again
 *     not assigned, and Entra lists none      assignment      in Entra alone; at the latest every ten minutes
 *     not assigned, though Entra lists one    replication     on demand, at growing intervals
 *     not assigned, Entra may not be read     assignment      on demand, at growing intervals
 *     assigned with a role without account    entitlement     on demand, at growing intervals
 *     not in scope, without a reason          assignment      the same, unless Entra lists one
 *
 * The answer to the last attempt counts, even where the effect of an earlier attempt is unknown: then the wait ends as
 * "unknown" at worst, and meanwhile no card says that there is no account (`mayBeDone`).
 *
 * Only the service knows whether it requires an assignment at all: an app may take all users. So the first call is
 * always made, and what Entra lists counts only after it. An assignment does not fix a disabled account or a scoping
 * filter, so these are not waited for; nor is an assignment that Usher has made itself, which `attempt.ts` waits for.
 */
export interface AwaitingParts {
  readonly store: AccessParts;
  readonly assignments: Assignments;
}

/** The first pause between two checks; later ones grow from it. */
const firstLookMs = 30_000;
const longestLookMs = 10 * 60_000;
const longestCallPauseMs = 60 * 60_000;
const hourMs = 60 * 60_000;

/** Whether a request whose last attempt was answered "not in scope" waits or ends. */
export async function judgeEnd(parts: AwaitingParts, accessRequest: AccessRequest): Promise<EndVerdict> {
  const { store, assignments } = parts;
  const { state, awaiting, app, subject } = accessRequest;
  const now = store.clock.now();
  const until = awaiting?.until ?? now + store.approvals.assignmentWaitHours * hourMs;
  if (state.kind !== 'started' || now >= until) return finish;
  const [task = null] = (await findRequest(store.database, state.requestId))?.tasks ?? [];
  if (leftOfAssignment(accessRequest, task) === 'made') return finish;
  const lack = task?.state.kind === 'done' ? lackOf(task.state.outcome) : null;
  if (lack === null) return finish;

  assignments.forget(app.id, subject.id);
  const found = await assignments.find(app.id, subject.id);
  const isMissing = found.ok && found.value.kind === 'missing';
  const listsNone = found.ok ? isMissing : !onlyServiceTells(found.trouble);
  if (lack === 'unnamed' && !listsNone) return finish;
  const heldUp = thingOf(lack, found.ok ? found.value.kind : null);
  const sinceMs = accessRequest.heldUp === heldUp ? now - (accessRequest.heldUpSince ?? now) : 0;
  return { kind: 'await', heldUp, until, delayMs: isMissing ? lookPause(sinceMs) : callPause(sinceMs) };
}

/** What an assignment would fix; null where it would not. `unnamed`: the service does not say what is wrong. */
function lackOf(outcome: Outcome): 'assigned' | 'entitled' | 'unnamed' | null {
  const told = lastTold(outcome);
  if (told.kind !== 'notInScope') return null;
  const failed = told.failedChecks;
  if (failed.includes('active') || failed.includes('scopingFilter')) return null;
  if (failed.includes('assigned')) return 'assigned';
  return failed.includes('entitled') ? 'entitled' : 'unnamed';
}

/**
 * Whether a request that has gone back from `started` may already have provisioned the person, as the effect of one of
 * its attempts is unknown.
 */
export async function mayBeDone(
  database: Database,
  { state, requestId }: Pick<AccessRequest, 'state' | 'requestId'>,
): Promise<boolean> {
  const isTold = state.kind === 'started' || state.kind === 'finished';
  if (isTold || requestId === null) return false;
  const [task] = (await findRequest(database, requestId))?.tasks ?? [];
  return (task?.perhaps ?? null) !== null;
}

/** `listed`: what Entra lists; null where it does not say. */
function thingOf(lack: 'assigned' | 'entitled' | 'unnamed', listed: 'assigned' | 'missing' | null): AwaitedThing {
  if (listed === 'missing') return 'assignment';
  if (lack === 'entitled') return 'entitlement';
  return listed === 'assigned' ? 'replication' : 'assignment';
}

/**
 * Checks in Entra before a request that waits for an assignment is attempted again, which saves an on-demand call. Null
 * when it may be attempted: the assignment exists now, or only the service can tell.
 */
export async function lookForAssignment(
  parts: AwaitingParts,
  { app, subject, heldUpSince }: AccessRequest,
): Promise<StartVerdict | null> {
  const { assignments, store } = parts;
  assignments.forget(app.id, subject.id);
  const found = await assignments.find(app.id, subject.id);
  if (found.ok ? found.value.kind === 'assigned' : onlyServiceTells(found.trouble)) return null;
  const now = store.clock.now();
  return { kind: 'later', heldUp: 'assignment', delayMs: lookPause(now - (heldUpSince ?? now)) };
}

/** Usher may not read assignments, or the person is gone, which the next attempt reveals. Any other trouble passes. */
function onlyServiceTells(trouble: GraphTrouble): boolean {
  return trouble.kind === 'refused' && [401, 403, 404].includes(trouble.status);
}

function lookPause(sinceMs: number): number {
  return Math.min(Math.max(sinceMs / 4, firstLookMs), longestLookMs);
}

/** The next pause is as long as the wait so far, so a day of waiting costs some thirty calls. */
function callPause(sinceMs: number): number {
  return Math.min(Math.max(sinceMs, firstLookMs), longestCallPauseMs);
}
