import type { GraphAnswer, GraphTrouble } from '../graph/answer.ts';
import { readOutcome } from '../graph/outcome/read-outcome.ts';
import { readRefusal, signInGone } from '../graph/outcome/refusal.ts';
import type { Outcome } from '../graph/outcome.ts';
import type { IsShown } from '../masking/attributes.ts';
import type { Task } from './request.ts';
import type { GateNews, Postponement } from './running.ts';

/**
 * One call of a task and what follows from its answer. Every repeat goes back through the queue and takes a grant of
 * its own, because the server counts attempts, not tasks.
 *
 *     answer                         then
 *     200, readable                  done
 *     200, not in scope, though      again after 30 s, 1, 2 and 4 minutes; then done
 *       Usher has just assigned
 *     200, unreadable                done: unknown (the call went through; a person decides about another)
 *     429                            again when the gate opens, which closes for everybody; the 20th: done: refused
 *     500, 502, 503                  again after 5, 10, 20 s; then done: refused
 *     no token to call with          done: refused, also where the asker's sign-in has just ended
 *     504, no answer, reset          again once after 5 s; then done: unknown
 *     400 RequestParameterInvalid    the rule is read anew; again at once if it changed, else done: refused
 *     anything else                  done: refused, with the likely cause
 *
 * A call that was turned away with 429 did not reach the service, and one that came before the assignment was to be seen
 * says nothing about it, so neither counts where the others are counted.
 */
export type Settlement =
  | ({
      readonly kind: 'done';
      readonly outcome: Outcome;
      readonly graphRequestId: string | null;
      readonly clientRequestId: string | null;
    } & GateNews)
  | { readonly kind: 'again'; readonly postponement: Postponement };

/** What an attempt needs of Graph. */
export interface ProvisioningService {
  provisionOnDemand(call: ProvisioningCall, signal: AbortSignal, onSend: () => void): Promise<GraphAnswer>;
  /** Which attributes an outcome keeps the values of; those of the default list where none is given. */
  readonly isShown?: IsShown;
  /** Whether the job is quarantined now, read past every cache. False when it cannot be told. */
  isQuarantined(servicePrincipalId: string, jobId: string): Promise<boolean>;
  /** The rule to use now, read past every cache; null when there is none or it cannot be told. */
  ruleAnew(servicePrincipalId: string, jobId: string, subjectType: string): Promise<string | null>;
}

export interface ProvisioningCall {
  readonly servicePrincipalId: string;
  readonly jobId: string;
  readonly ruleId: string;
  readonly subject: { readonly id: string; readonly type: string };
  /** Of a group: the members to provision with it. */
  readonly members: readonly { readonly id: string; readonly type: string }[];
}

const throttledAttempts = 20;
const unavailableAttempts = 4;
const unansweredAttempts = 2;
/**
 * An assignment takes up to a few minutes to reach the provisioning service.
 * https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand
 */
const defaultAssignmentDelaysMs: readonly number[] = [30_000, 60_000, 120_000, 240_000];
/** A rule that changes at every look is no rule to go by. */
const ruleAttempts = 4;
const firstDelayMs = 5_000;
/** A task is not put off longer than this, whatever the service asks for: somebody waits for its answer. */
const longestDelayMs = 10 * 60_000;

/** Sends the call once and says what follows. Never throws for anything that Graph or the network may do. */
export async function attempt(
  graph: ProvisioningService,
  servicePrincipalId: string,
  task: Task,
  signal: AbortSignal,
  onSend: () => void,
  assignmentDelaysMs = defaultAssignmentDelaysMs,
): Promise<Settlement> {
  const { jobId, ruleId, subject, members } = task;
  const call: ProvisioningCall = { servicePrincipalId, jobId, ruleId, subject, members };
  const answer = await graph.provisionOnDemand(call, signal, onSend);
  const ids = { graphRequestId: answer.trace.requestId, clientRequestId: answer.trace.clientRequestId };
  const done = (outcome: Outcome) => ({ kind: 'done' as const, outcome, ...ids });
  switch (answer.kind) {
    case 'ok': {
      const outcome = readOutcome(answer.body, graph.isShown);
      const delayMs = task.awaitsAssignment ? assignmentDelaysMs[task.unseen] : undefined;
      if (outcome.kind !== 'notInScope' || delayMs === undefined) return done(outcome);
      return again({ reason: 'assignmentUnseen', delayMs });
    }
    case 'unreadable':
      return done({ kind: 'unknown', why: 'unreadable' });
    case 'noAnswer':
      if (answer.why === 'stopped') return again({ reason: 'interrupted', delayMs: 0 });
      if (answer.why === 'noCredential' && answer.onBehalf === true) return done(signInGone);
      if (answer.why === 'noCredential')
        return done({ kind: 'refused', status: 401, code: 'NoCredential', message: '', cause: 'permission' });
      if (heardAttempts(task) < unansweredAttempts) return again({ reason: 'noAnswer', delayMs: firstDelayMs });
      return done({ kind: 'unknown', why: answer.why });
    case 'refused':
      return settleRefusal(graph, servicePrincipalId, task, answer, done);
    default: {
      const never: never = answer;
      throw new Error(`unexpected answer ${JSON.stringify(never)}`);
    }
  }
}

/** Calls so far that tell of the service or the subject, the present one included. */
function heardAttempts(task: Task): number {
  return task.attempts - task.throttles - task.unseen;
}

function again(postponement: Postponement): Settlement {
  return { kind: 'again', postponement };
}

async function settleRefusal(
  graph: ProvisioningService,
  servicePrincipalId: string,
  task: Task,
  answer: Extract<GraphTrouble, { kind: 'refused' }>,
  done: (outcome: Outcome) => Settlement & { readonly kind: 'done' },
): Promise<Settlement> {
  const { status, code, retryAfterMs } = answer;
  const attempts = heardAttempts(task);
  if (status === 429 && task.throttles + 1 < throttledAttempts)
    return again({ reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs } });
  if (status === 504) {
    if (heardAttempts(task) < unansweredAttempts) return again({ reason: 'noAnswer', delayMs: firstDelayMs });
    return done({ kind: 'unknown', why: 'gatewayTimeout' });
  }
  if ([500, 502, 503].includes(status) && attempts < unavailableAttempts) {
    const backoffMs = firstDelayMs * 2 ** (attempts - 1);
    const delayMs = Math.min(Math.max(retryAfterMs ?? 0, backoffMs), longestDelayMs);
    return again({ reason: 'serviceUnavailable', delayMs });
  }
  if (status === 400 && code.toLowerCase() === 'requestparameterinvalid' && attempts < ruleAttempts) {
    const ruleId = await graph.ruleAnew(servicePrincipalId, task.jobId, task.subject.type);
    if (ruleId !== null && ruleId !== task.ruleId) return again({ reason: 'ruleChanged', delayMs: 0, ruleId });
  }
  // A quarantined job answers 401 without a word; only the job itself tells it from a missing permission.
  const quarantined = status === 401 && (await graph.isQuarantined(servicePrincipalId, task.jobId));
  const settlement = done(readRefusal(answer, { quarantined }));
  return status === 429 ? { ...settlement, closesGate: { retryAfterMs } } : settlement;
}
