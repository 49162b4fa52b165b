import { assertNever } from '../assert-never.ts';
import type { JobState, Quarantine } from './job-state.ts';

/**
 * Which acts a job's state allows. Each row says what Graph's pages say of that call in that state; where they say
 * nothing, the act is refused unless it can do no harm.
 *
 * - A start is for a stopped job. "Calling start continuously on a running job can cause the service to stop", so none is
 *   sent while a job runs; on a job that was never started it begins the first cycle over all people, which is what
 *   starting over does; and on a job in quarantine it lifts that.
 * - A restart ends a pause. Forgetting failures is not worth that; starting over is meant to run.
 * - While deletions are held back, a start or a restart may carry them out, so that only allowing them remains.
 *
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart
 * https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
 */
export type JobVerb = (typeof jobVerbs)[number];
export const jobVerbs = [
  'pause',
  'start',
  /** Lift the quarantine. */
  'lift',
  /** Forget the failures, which are then no longer retried. */
  'forgetFailures',
  /** A full cycle over everyone in scope. */
  'startOver',
  /** Let the disables and deletions run that were held back. */
  'allowDeletions',
] as const;

export type Allowed =
  | { readonly kind: 'allowed' }
  /** Allowed as this act, with the confirmation that this one needs. */
  | { readonly kind: 'asConfirmed'; readonly as: 'lift' | 'startOver' }
  | { readonly kind: 'refused'; readonly why: NotAllowed };

export type NotAllowed =
  /** Its credentials were never saved, so nothing runs. */
  | 'notConfigured'
  /** It was never started, and has nothing to pause or to forget. */
  | 'neverStarted'
  /** Its first cycle, over everyone, is due or runs. */
  | 'firstCycle'
  /** It runs already. */
  | 'runs'
  | 'pausedAlready'
  /** The call would end the pause. */
  | 'wouldEndPause'
  /** The service itself has forgotten the failures and paused. */
  | 'forgottenByService'
  | 'notQuarantined'
  | 'quarantined'
  | 'nothingHeldBack'
  | 'deletionsHeldBack'
  | 'switchedOff'
  /** Usher does not know the state that Graph reports. */
  | 'unknownState';

const allowedAsIs: Allowed = { kind: 'allowed' };
const refused = (why: NotAllowed): Allowed => ({ kind: 'refused', why });

/** Whether a job in this state takes this act. */
export function allowed(verb: JobVerb, state: JobState): Allowed {
  switch (verb) {
    case 'pause':
      return pause(state);
    case 'start':
      return start(state);
    case 'lift':
      return lift(state);
    case 'forgetFailures':
      return forgetFailures(state);
    case 'startOver':
      return startOver(state);
    case 'allowDeletions':
      return state.kind === 'deletionsHeldBack' ? allowedAsIs : refused(blanket(state) ?? 'nothingHeldBack');
    default:
      return assertNever(verb, 'verb');
  }
}

/** States in which no act makes sense. */
function blanket({ kind }: JobState): NotAllowed | null {
  if (kind === 'notConfigured') return 'notConfigured';
  return kind === 'other' ? 'unknownState' : null;
}

function pause(state: JobState): Allowed {
  switch (state.kind) {
    case 'active':
    case 'running':
    case 'quarantined':
      return allowedAsIs;
    case 'neverRun':
      return state.isScheduled ? allowedAsIs : refused('neverStarted');
    case 'deletionsHeldBack':
      return state.isPaused ? refused('pausedAlready') : allowedAsIs;
    case 'paused':
    case 'pausedByService':
      return refused('pausedAlready');
    case 'switchedOff':
      return refused('switchedOff');
    case 'notConfigured':
      return refused('notConfigured');
    case 'other':
      return refused('unknownState');
    default:
      return assertNever(state, 'state');
  }
}

function start(state: JobState): Allowed {
  switch (state.kind) {
    case 'paused':
      return state.quarantine === null ? allowedAsIs : { kind: 'asConfirmed', as: 'lift' };
    case 'pausedByService':
      return allowedAsIs;
    case 'quarantined':
    case 'switchedOff':
      return { kind: 'asConfirmed', as: 'lift' };
    case 'neverRun':
      return state.isScheduled ? refused('runs') : { kind: 'asConfirmed', as: 'startOver' };
    case 'active':
    case 'running':
      return refused('runs');
    case 'deletionsHeldBack':
      return refused('deletionsHeldBack');
    case 'notConfigured':
      return refused('notConfigured');
    case 'other':
      return refused('unknownState');
    default:
      return assertNever(state, 'state');
  }
}

function lift(state: JobState): Allowed {
  if (state.kind === 'deletionsHeldBack') return refused('deletionsHeldBack');
  return inQuarantine(state) === null ? refused(blanket(state) ?? 'notQuarantined') : allowedAsIs;
}

function forgetFailures(state: JobState): Allowed {
  switch (state.kind) {
    case 'active':
    case 'running':
    case 'quarantined':
      return allowedAsIs;
    case 'neverRun':
      return refused(state.isScheduled ? 'firstCycle' : 'neverStarted');
    case 'paused':
      return refused('wouldEndPause');
    case 'pausedByService':
      return refused('forgottenByService');
    case 'deletionsHeldBack':
    case 'switchedOff':
    case 'notConfigured':
      return refused(state.kind);
    case 'other':
      return refused('unknownState');
    default:
      return assertNever(state, 'state');
  }
}

function startOver(state: JobState): Allowed {
  switch (state.kind) {
    case 'active':
    case 'running':
    case 'paused':
    case 'pausedByService':
    case 'quarantined':
    case 'switchedOff':
      return allowedAsIs;
    case 'neverRun':
      return state.isScheduled ? refused('firstCycle') : allowedAsIs;
    case 'deletionsHeldBack':
    case 'notConfigured':
      return refused(state.kind);
    case 'other':
      return refused('unknownState');
    default:
      return assertNever(state, 'state');
  }
}

/** The quarantine that a lift ends; null where there is none, or one that must not be lifted. */
export function inQuarantine(state: JobState): Quarantine | null {
  if (state.kind === 'quarantined' || state.kind === 'switchedOff') return state.quarantine;
  return state.kind === 'paused' ? state.quarantine : null;
}

/** The calls that change a job, by the one scope that each may have. */
export type JobChangeCall = 'pause' | 'start' | 'quarantine' | 'escrows' | 'watermark' | 'forceDeletes';

/**
 * The call that performs an allowed act. A start is the milder way to lift a quarantine: of a restart the page says that
 * it reprocesses all objects. It is also the documented way to begin the first cycle of a job that was never started.
 */
export function callFor(verb: JobVerb, state: Pick<JobState, 'kind'>): JobChangeCall {
  switch (verb) {
    case 'pause':
      return 'pause';
    case 'start':
    case 'lift':
      return 'start';
    case 'forgetFailures':
      return 'escrows';
    case 'startOver':
      return state.kind === 'neverRun' ? 'start' : 'watermark';
    case 'allowDeletions':
      return 'forceDeletes';
    default:
      return assertNever(verb, 'verb');
  }
}
