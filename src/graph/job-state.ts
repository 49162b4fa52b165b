import { type JobError, moment, type StoredExecution, type StoredJob } from './stored-job.ts';

/**
 * The state of a synchronization job, as far as it decides which calls are safe. Graph spreads it over two fields, the
 * schedule and the status code, which mislead when they are read alone: a job that was never started looks paused, and a
 * job whose deletions are held back looks like any other in quarantine.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationstatus
 *
 * What Graph documents is the code of each state. Guessed, so that reading it wrongly must be survivable: what the
 * schedule of a paused job says (`Disabled` and `Paused` are taken for the same), what a job says that was switched off
 * after four weeks, whether a paused job keeps its quarantine, and how a running cycle shows.
 */
export type JobState =
  | { readonly kind: 'notConfigured' }
  /**
   * Its first cycle has not ended. `isScheduled`: it is started, so that this cycle is due or runs. Otherwise it was
   * never started, and a start begins the first cycle over all people in its scope.
   */
  | { readonly kind: 'neverRun'; readonly isScheduled: boolean; readonly cycle: RunningCycle | null }
  /** Between two cycles. */
  | { readonly kind: 'active' }
  | { readonly kind: 'running'; readonly cycle: RunningCycle }
  /**
   * Paused after it has run, by an administrator or by Usher: Graph does not say by whom. A cycle that ran at that moment
   * goes on to its end. `quarantine`: it was in quarantine before, and a start lifts that too.
   */
  | { readonly kind: 'paused'; readonly cycle: RunningCycle | null; readonly quarantine: Quarantine | null }
  /**
   * `escrowsPruned`: too many objects failed in the first cycle, so the service forgot these failures, completed the cycle
   * and then paused the job itself.
   */
  | { readonly kind: 'pausedByService'; readonly cycle: RunningCycle | null }
  | { readonly kind: 'quarantined'; readonly quarantine: Quarantine }
  /**
   * A quarantine because a cycle would have disabled and deleted more accounts than the app's threshold allows. A start
   * or a restart may carry that out.
   * https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
   */
  | { readonly kind: 'deletionsHeldBack'; readonly isPaused: boolean; readonly quarantine: Quarantine }
  /** By Microsoft, after four weeks in quarantine. */
  | { readonly kind: 'switchedOff'; readonly quarantine: Quarantine }
  /** A code that Microsoft may have added, or none. */
  | { readonly kind: 'other'; readonly code: string };

export interface RunningCycle {
  readonly began: number | null;
  /** How many objects the cycle has been through, and of how many, where it tells. */
  readonly done: number | null;
  readonly total: number | null;
}

/** Times in milliseconds since 1970. */
export interface Quarantine {
  /** As the service spells it, e.g. `EncounteredQuarantineException`. */
  readonly reason: string | null;
  readonly since: number | null;
  /** As Graph tells it. It is not computed: Microsoft's own example is five minutes after the beginning. */
  readonly nextAttempt: number | null;
  /** When the first failure of this series was. */
  readonly seriesBegan: number | null;
  /** About when Microsoft turns the job off; null when the job does not say since when it is in quarantine. */
  readonly endsAt: number | null;
  /** How many attempts in a row have failed. */
  readonly seriesCount: number | null;
  readonly error: JobError | null;
}

/** The state that a job's JSON tells. */
export function stateOf(stored: StoredJob): JobState {
  const { schedule, status } = stored;
  const code = (status?.code ?? '').toLowerCase();
  const scheduled = schedule?.state?.toLowerCase();
  const isStopped = scheduled === 'disabled' || scheduled === 'paused' || code === 'paused';
  if (code === 'notconfigured') return { kind: 'notConfigured' };

  if (code === 'quarantine' || (isStopped && status?.quarantine != null) || heldBackInLastRun(stored, isStopped)) {
    const quarantine = quarantineOf(stored);
    if (isTooManyDeletes(quarantine.reason) || heldBackInLastRun(stored, isStopped))
      return { kind: 'deletionsHeldBack', isPaused: isStopped, quarantine };
    if (scheduled === 'disabled' && lastedToTheEnd(stored, quarantine)) return { kind: 'switchedOff', quarantine };
    if (isStopped) return { kind: 'paused', cycle: cycleOfRun(stored), quarantine };
    return { kind: 'quarantined', quarantine };
  }

  const cycle = cycleOfRun(stored);
  const hasRun = !neverHappened(status?.lastExecution ?? null);
  if (code === 'notrun' || code === 'notstarted') return { kind: 'neverRun', isScheduled: !isStopped, cycle };
  if (code === 'paused' || (code === 'active' && isStopped)) {
    if (!hasRun) return { kind: 'neverRun', isScheduled: false, cycle };
    return status?.escrowsPruned === true
      ? { kind: 'pausedByService', cycle }
      : { kind: 'paused', cycle, quarantine: null };
  }
  // The documentation does not list this code; it was seen in the field.
  if (code === 'inprogress') return { kind: 'running', cycle: cycle ?? { began: null, done: null, total: null } };
  if (code !== 'active') return { kind: 'other', code: status?.code ?? '' };
  if (cycle !== null) return { kind: 'running', cycle };
  // A job that reports no execution at all is believed when it says that it is active.
  const isNew = !hasRun && (status?.lastExecution ?? null) !== null;
  return isNew ? { kind: 'neverRun', isScheduled: true, cycle } : { kind: 'active' };
}

/** Whether the job holds disables and deletions back: it is then to be left alone but for allowing them. */
export function holdsDeletionsBack(state: JobState): boolean {
  return state.kind === 'deletionsHeldBack';
}

/** The cycle that runs now, also on a job that was paused meanwhile; null between cycles. */
export function cycleOfRun({ status }: StoredJob): RunningCycle | null {
  const [progress] = status?.progress ?? [];
  const execution = status?.lastExecution ?? null;
  const began = moment(execution?.timeBegan);
  const ended = moment(execution?.timeEnded);
  const isRunning = progress !== undefined || (began !== null && (ended === null || began > ended));
  if (!isRunning) return null;
  return { began, done: progress?.completedUnits ?? null, total: progress?.totalUnits ?? null };
}

const unknownQuarantine = {
  ...{ reason: null, currentBegan: null, seriesBegan: null, nextAttempt: null },
  ...{ seriesCount: null, error: null },
};

/**
 * Microsoft turns a job off after four weeks in quarantine, counted from its first failure.
 * https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
 */
const longestQuarantineMs = 28 * 24 * 60 * 60_000;
const dayMs = 24 * 60 * 60_000;

/** The job's quarantine, each part null where the job does not tell it. */
export function quarantineOf({ status }: StoredJob): Quarantine {
  const { reason, seriesCount, error, ...times } = status?.quarantine ?? unknownQuarantine;
  const since = moment(times.currentBegan);
  const seriesBegan = moment(times.seriesBegan);
  const began = seriesBegan ?? since;
  return {
    reason,
    since,
    nextAttempt: moment(times.nextAttempt),
    seriesBegan,
    endsAt: began === null ? null : began + longestQuarantineMs,
    seriesCount,
    error: realError(error),
  };
}

const isTooManyDeletes = (code: string | null | undefined) => code?.toLowerCase() === 'toomanydeletes';

/** A pause may take the quarantine's own entry away; what the last run ended with stays. */
function heldBackInLastRun({ status }: StoredJob, isStopped: boolean): boolean {
  return isStopped && isTooManyDeletes(status?.lastExecution?.error?.code);
}

/** Tells a job that was switched off from one that was paused in quarantine: one has had its last attempt. */
function lastedToTheEnd({ status }: StoredJob, { nextAttempt, endsAt }: Quarantine): boolean {
  const latest = Math.max(nextAttempt ?? 0, moment(status?.lastExecution?.timeBegan) ?? 0);
  if (endsAt === null || latest === 0) return status?.code?.toLowerCase() === 'quarantine';
  return latest >= endsAt - dayMs;
}

/** A job that never ran may report an execution all the same: failed, in the year 1, with the error `None`. */
export function neverHappened(execution: StoredExecution | null): boolean {
  if (execution === null) return true;
  const { timeBegan, timeEnded, error } = execution;
  return moment(timeBegan) === null && moment(timeEnded) === null && realError(error) === null;
}

/** Null for the error that says that there is none. */
export function realError(error: JobError | null): JobError | null {
  const code = error?.code ?? '';
  const isNone = code === '' || code.toLowerCase() === 'none';
  return error === null || (isNone && (error.message ?? '') === '') ? null : error;
}
