import { assertNever } from '../assert-never.ts';
import { type GraphAnswer, type GraphTrouble, refusesToken } from '../graph/answer.ts';
import { readOutcome } from '../graph/outcome/read-outcome.ts';
import { isInProgress, readRefusal, signInGone } from '../graph/outcome/refusal.ts';
import { lastRemovalOutcome, removalOutcome } from '../graph/outcome/removal-outcome.ts';
import type { Outcome } from '../graph/outcome.ts';
import type { OnDemandCall } from '../graph/synchronization.ts';
import type { IsShown } from '../masking/attributes.ts';
import type { Evidence } from '../rate-gate/fault.ts';
import { longestBlockMs } from '../rate-gate/gate.ts';
import type { Task } from './request.ts';
import type { CallNews, Postponement } from './running.ts';

/**
 * One call of a task and what follows from its answer. Every repeat goes back through the queue and takes a grant of
 * its own, because the server counts attempts, not tasks.
 *
 *     answer                         then
 *     200, readable                  done
 *     200, not in scope, though      again after 30 s, 1, 2 and 4 minutes; then done
 *       Usher has just assigned, or
 *       assigned, though it is not
 *     200, unreadable                done: unknown (the call went through; a person decides about another)
 *     429                            again when the gate opens, which closes for all tasks; the 20th: done: refused
 *     500, 502, 503                  again after 5, 10, 20 s; then done: refused
 *     no connection came about,      again when the gate opens, which closes for all; no attempt, as nothing left
 *       no token to call with
 *     the requester's sign-in ended  done: refused
 *     401 about the token            again at once with a fresh one; the second in a row: done: refused
 *     504, no answer, reset          again once after 5 s; then done: unknown
 *     409, other work under way      again after 10, 20, 40, then 60 s; the eighth: done: refused
 *     400 RequestParameterInvalid    the rule is read anew; again at once if it changed, else done: refused
 *     anything else                  done: refused, with the likely cause
 *
 * Where Graph asks for a longer pause it gets it, up to a day; what it asks beyond that ends the task, which says so.
 * This is one attempt's own end. What the task's end is, over all its attempts, `graph/outcome/over-all.ts` judges.
 *
 * Three tasks in a row that meet a 5xx or silence close the gate too, see `rate-gate/fault.ts`. A probe that
 * meets the same fault is put back without being counted, however often: the fault is not the task's own.
 * What waits for longer than a day ends as not sent, see `graph-away.ts`.
 *
 * A call that was answered with 429 did not reach the service, and one that came before Graph had replicated the
 * assignment says nothing about it, so neither counts toward the other limits.
 */
export type Settlement =
  | ({
      readonly kind: 'done';
      readonly outcome: Outcome;
      readonly graphRequestId: string | null;
      readonly clientRequestId: string | null;
    } & CallNews)
  | { readonly kind: 'again'; readonly postponement: Postponement };

/** What an attempt needs of Graph. */
export interface ProvisioningService {
  provisionOnDemand(call: OnDemandCall, signal: AbortSignal, onSend: () => void): Promise<GraphAnswer>;
  /** Which attributes an outcome keeps the values of; those of the default list where none is given. */
  readonly isShown?: IsShown;
  /** Whether the job is quarantined now, read past every cache. False when it cannot be told. */
  isQuarantined(servicePrincipalId: string, jobId: string): Promise<boolean>;
  /** The rule to use now, read past every cache; null when there is none or it cannot be told. */
  freshRule(servicePrincipalId: string, jobId: string, subjectType: string): Promise<string | null>;
}

export interface AttemptOptions {
  readonly assignmentDelaysMs?: readonly number[];
  /** The gate is closed by a fault, and this call is to find out whether that is over. */
  readonly isProbe?: boolean;
}

const throttledAttempts = 20;
const unavailableAttempts = 4;
const unansweredAttempts = 2;
/**
 * An assignment takes up to a few minutes to reach the provisioning service.
 * https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand
 */
const defaultAssignmentDelaysMs: readonly number[] = [30_000, 60_000, 120_000, 240_000];
/** A rule that changes at every read cannot be relied on. */
const ruleAttempts = 4;
const firstDelayMs = 5_000;
const inProgressAttempts = 8;
const firstProgressDelayMs = 10_000;
const longestProgressDelayMs = 60_000;
/** Graph is not called sooner than it asks. If it asks for more than a day, the task ends. */
const longestDelayMs = longestBlockMs;

/** Sends the call once and says what follows. Never throws for anything that Graph or the network may do. */
export async function attempt(
  graph: ProvisioningService,
  task: Task,
  signal: AbortSignal,
  onSend: () => void,
  { assignmentDelaysMs = defaultAssignmentDelaysMs, isProbe = false }: AttemptOptions = {},
): Promise<Settlement> {
  const { app, jobId, ruleId, subject, members } = task;
  const call = { servicePrincipalId: app.id, jobId, ruleId, subject, members };
  const answer = await graph.provisionOnDemand(call, signal, onSend);
  const ids = { graphRequestId: answer.trace.requestId, clientRequestId: answer.trace.clientRequestId };
  const done = (outcome: Outcome) => ({ kind: 'done' as const, outcome, ...ids });
  switch (answer.kind) {
    case 'ok': {
      const outcome = readOutcome(answer.body, graph.isShown);
      const delayMs = task.awaitsAssignment ? assignmentDelaysMs[task.assignmentMisses] : undefined;
      if (task.assignment.kind === 'unassign') {
        const removal = removalOutcome(outcome, task.assignment);
        if (removal !== null) return done(removal);
        return delayMs === undefined
          ? done(lastRemovalOutcome(outcome))
          : again({ reason: 'unassignmentUnseen', delayMs });
      }
      if (outcome.kind !== 'notInScope' || delayMs === undefined) return done(outcome);
      return again({ reason: 'assignmentUnseen', delayMs });
    }
    case 'unreadable':
      return done({ kind: 'unknown', why: 'unreadable' });
    case 'noAnswer':
      return settleSilence(task, answer, isProbe, done);
    case 'refused':
      return settleRefusal(graph, task, answer, isProbe, done);
    default:
      return assertNever(answer, 'answer');
  }
}

function settleSilence(
  task: Task,
  answer: Extract<GraphTrouble, { kind: 'noAnswer' }>,
  isProbe: boolean,
  done: (outcome: Outcome) => Settlement & { readonly kind: 'done' },
): Settlement {
  const { why, code = '' } = answer;
  switch (why) {
    case 'stopped': {
      const unsent = answer.unsent === true ? { unsent: answer.unsent } : {};
      return again({ reason: 'interrupted', delayMs: 0, ...unsent, evidence: { kind: 'nothing' } });
    }
    case 'noCredential':
    case 'unreachable': {
      const cause = why === 'noCredential' ? 'noToken' : why;
      // A person's sign-in concerns that person's calls alone.
      if (cause === 'noToken' && answer.onBehalf === true)
        return { ...done(signInGone), unsent: true, evidence: { kind: 'nothing' } };
      return again({ reason: cause, delayMs: 0, unsent: true, evidence: { kind: 'fault', cause, code } });
    }
    case 'timeout':
    case 'connectionLost': {
      const evidence: Evidence = { kind: 'trouble', code, retryAfterMs: null };
      if (isProbe || heardAttempts(task) < unansweredAttempts)
        return again({ reason: 'noAnswer', delayMs: firstDelayMs, evidence });
      return { ...done({ kind: 'unknown', why }), evidence };
    }
    default:
      return assertNever(why, 'silence');
  }
}

/** Calls so far that say something about the service or the subject, the present one included. */
function heardAttempts(task: Task): number {
  return task.attempts - task.throttles - task.assignmentMisses - (task.excused ?? 0);
}

/** 5, 10, 20 s. */
function backoffMs(task: Task): number {
  return firstDelayMs * 2 ** (heardAttempts(task) - 1);
}

function again(postponement: Postponement): Settlement {
  return { kind: 'again', postponement };
}

async function settleRefusal(
  graph: ProvisioningService,
  task: Task,
  answer: Extract<GraphTrouble, { kind: 'refused' }>,
  isProbe: boolean,
  done: (outcome: Outcome) => Settlement & { readonly kind: 'done' },
): Promise<Settlement> {
  const { status, code, retryAfterMs } = answer;
  const attempts = heardAttempts(task);
  const asksForMs = retryAfterMs ?? 0;
  const isTooLong = asksForMs > longestDelayMs;
  if (status === 429 && !isTooLong && task.throttles + 1 < throttledAttempts)
    return again({ reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs } });
  if (status >= 500) {
    // Missing credentials are the app's own trouble, whatever the status.
    const isOwn = code.toLowerCase() === 'credentialsmissing';
    const evidence: Evidence = isOwn ? { kind: 'answered' } : { kind: 'trouble', code: `HTTP_${status}`, retryAfterMs };
    const isOver = (most: number) => isTooLong || ((isOwn || !isProbe) && attempts >= most);
    if (status === 504 && isOver(unansweredAttempts))
      return { ...done({ kind: 'unknown', why: 'gatewayTimeout' }), evidence };
    if (status === 504) return again({ reason: 'noAnswer', delayMs: Math.max(asksForMs, firstDelayMs), evidence });
    if (![500, 502, 503].includes(status) || isOver(unavailableAttempts))
      return { ...done(readRefusal(answer, null)), evidence };
    return again({ reason: 'serviceUnavailable', delayMs: Math.max(asksForMs, backoffMs(task)), evidence });
  }
  if (isInProgress(answer) && !isTooLong && attempts < inProgressAttempts) {
    const pauseMs = Math.min(firstProgressDelayMs * 2 ** (attempts - 1), longestProgressDelayMs);
    return again({ reason: 'inProgress', delayMs: Math.max(asksForMs, pauseMs) });
  }
  if (refusesToken(answer) && answer.onBehalf !== true && !isSecondRefusalOfToken(task))
    return again({ reason: 'tokenRefused', delayMs: 0 });
  if (status === 400 && code.toLowerCase() === 'requestparameterinvalid' && attempts < ruleAttempts) {
    const ruleId = await graph.freshRule(task.app.id, task.jobId, task.subject.type);
    if (ruleId !== null && ruleId !== task.ruleId) return again({ reason: 'ruleChanged', delayMs: 0, ruleId });
  }
  // For a quarantined job Graph answers a bare 401; only the job's state tells it from a missing permission.
  const quarantined = status === 401 && !refusesToken(answer) && (await graph.isQuarantined(task.app.id, task.jobId));
  const settlement = done(readRefusal(answer, { quarantined }));
  return status === 429 ? { ...settlement, closesGate: { retryAfterMs } } : settlement;
}

function isSecondRefusalOfToken({ state }: Task): boolean {
  return state.kind === 'running' && state.waitReason === 'tokenRefused';
}
