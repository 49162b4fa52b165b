import { assertNever } from '../assert-never.ts';
import { neverHappened, type Quarantine, realError, stateOf } from './job-state.ts';
import { duration, type JobError, moment, type StoredExecution, type StoredJob, type TypeCount } from './stored-job.ts';

/**
 * The status of a synchronization job, for a caller who asks "is it the sync?". Graph's words are an open set and
 * misleading: a job that never ran says that its last execution failed in the year 1, with the error `None`.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationstatus
 */
export interface JobStatus {
  readonly id: string;
  /** The kind of connector, e.g. `AD2AADProvisioning`; null when the job does not say. */
  readonly template: string | null;
  readonly health: JobHealth;
  /** Null when the job never ran, or does not say. */
  readonly lastRun: LastRun | null;
  /** When a run last succeeded; milliseconds since 1970, as all times here. */
  readonly lastSuccess: number | null;
  /**
   * When the next run is due by the schedule, possibly in the past. Null unless the schedule is active and no run is
   * going.
   */
  readonly nextRun: number | null;
  /** How many objects of each type the app has through this job; types as the service spells them. */
  readonly counts: readonly TypeCount[];
  /** More disables and deletions than this in a cycle are held back; missing where the job does not tell. */
  readonly deletionThreshold?: number;
  /**
   * Microsoft itself has stopped it: `failures` after too many in its first cycle, which it then dropped; `quarantine`
   * after four weeks in one. Missing for a job that was not, and for one that people have paused.
   */
  readonly stoppedByService?: 'failures' | 'quarantine';
}

/** A closed set for Graph's open one: `other` is a state that Microsoft may add. */
export type JobHealth =
  /**
   * `failing`: the job is active, but its last run failed as a whole; enough of these end in quarantine. `disabled`: no
   * cycle is scheduled, as for every job that was never started; on-demand calls work all the same.
   */
  | { readonly kind: 'healthy' | 'running' | 'failing' | 'paused' | 'neverRun' | 'disabled' | 'notConfigured' }
  | { readonly kind: 'quarantined'; readonly quarantine: Quarantine }
  | { readonly kind: 'other'; readonly code: string };

export interface LastRun {
  readonly began: number | null;
  /** Null while it runs. */
  readonly ended: number | null;
  readonly result: RunResult;
  readonly error: JobError | null;
  readonly counts: RunCounts;
}

export type RunResult =
  /** `entryErrors`: the run itself succeeded, but single objects failed. */
  { readonly kind: 'succeeded' | 'failed' | 'entryErrors' } | { readonly kind: 'other'; readonly code: string };

/** The counts of one run. `escrowed` are objects that failed and are retried later. */
export type RunCounts = Readonly<Record<'entitled' | 'inScope' | 'imported' | 'exported' | 'escrowed', number | null>>;

/** How many disables and deletions in a cycle the job allows; null where it does not tell, as most do not. */
export function deletionThresholdOf({ synchronizationJobSettings }: StoredJob): number | null {
  const setting = synchronizationJobSettings.find(
    ({ name }) => name.toLowerCase() === 'quarantinetoomanydeletesthreshold',
  );
  return /^\d{1,9}$/.test(setting?.value ?? '') ? Number(setting?.value) : null;
}

/**
 * The pause between two regular cycles in milliseconds; null where none is scheduled, or at an interval that means
 * "never". Missing where the job does not say.
 */
export function cycleOf({ schedule }: StoredJob): { readonly cycleMs?: number | null } {
  if (schedule === null) return {};
  if (schedule.state !== null && schedule.state.toLowerCase() !== 'active') return { cycleMs: null };
  return schedule.interval === null ? {} : { cycleMs: duration(schedule.interval) };
}

/** The job's complete status. */
export function statusOf(stored: StoredJob): JobStatus {
  const lastRun = lastRunOf(stored);
  const health = healthOf(stored, lastRun);
  const deletionThreshold = deletionThresholdOf(stored);
  return {
    id: stored.id,
    template: templateOf(stored),
    health,
    lastRun,
    lastSuccess: moment(stored.status?.lastSuccessfulExecution?.timeEnded),
    nextRun: nextRun(stored, health, lastRun),
    counts: stored.status?.synchronizedEntryCountByType ?? [],
    ...(deletionThreshold === null ? {} : { deletionThreshold }),
    ...stoppedBy(stored),
  };
}

function stoppedBy(stored: StoredJob): Pick<JobStatus, 'stoppedByService'> {
  const { kind } = stateOf(stored);
  if (kind === 'pausedByService') return { stoppedByService: 'failures' };
  return kind === 'switchedOff' ? { stoppedByService: 'quarantine' } : {};
}

/**
 * The last cycle that succeeded, for how long one takes and for how many objects: while a cycle runs, the last one says
 * neither.
 */
export function lastSuccessOf({ status }: StoredJob): LastRun | null {
  return runIn(status?.lastSuccessfulExecution ?? null);
}

/** The last cycle, whatever its result. */
export function lastRunOf({ status }: StoredJob): LastRun | null {
  return runIn(status?.lastExecution ?? null);
}

function runIn(execution: StoredExecution | null): LastRun | null {
  return execution === null || neverHappened(execution) ? null : runOf(execution);
}

/** The connector's template: as the job names it, or else the beginning of its id. */
export function templateOf({ id, templateId }: StoredJob): string | null {
  const [beginning = '', ...others] = id.split('.');
  return templateId ?? (others.length > 0 ? beginning : null);
}

function healthOf(stored: StoredJob, lastRun: LastRun | null): JobHealth {
  const state = stateOf(stored);
  const code = stored.status?.code?.toLowerCase();
  const isDisabled = stored.schedule?.state?.toLowerCase() === 'disabled';
  switch (state.kind) {
    case 'active':
      return { kind: lastRun?.result.kind === 'failed' ? 'failing' : 'healthy' };
    case 'quarantined':
    case 'deletionsHeldBack':
      return { kind: 'quarantined', quarantine: state.quarantine };
    case 'neverRun':
      if (state.isScheduled) return { kind: state.cycle === null ? 'neverRun' : 'running' };
      return { kind: isDisabled ? 'disabled' : 'paused' };
    case 'switchedOff':
      return { kind: 'disabled' };
    case 'pausedByService':
      return { kind: 'paused' };
    case 'paused':
      // Where the service itself still calls it quarantined, that explains more than the pause does.
      if (code === 'quarantine' && state.quarantine !== null)
        return { kind: 'quarantined', quarantine: state.quarantine };
      // Without a word of a pause it is only known that no cycle is scheduled.
      return { kind: isDisabled && code !== 'paused' ? 'disabled' : 'paused' };
    case 'running':
    case 'notConfigured':
      return { kind: state.kind };
    case 'other':
      return state;
    default:
      return assertNever(state, 'state');
  }
}

function runOf(execution: StoredExecution): LastRun {
  const began = moment(execution.timeBegan);
  const ended = moment(execution.timeEnded);
  return {
    began,
    // While a cycle runs, its beginning may stand beside the end of the one before.
    ended: began !== null && ended !== null && began > ended ? null : ended,
    result: resultOf(execution.state ?? ''),
    error: realError(execution.error),
    counts: {
      entitled: execution.countEntitled,
      inScope: execution.countEntitledForProvisioning,
      imported: execution.countImported,
      exported: execution.countExported,
      escrowed: execution.countEscrowed,
    },
  };
}

const runResults = new Map<string, 'succeeded' | 'failed' | 'entryErrors'>([
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['entrylevelerrors', 'entryErrors'],
]);

function resultOf(state: string): RunResult {
  const kind = runResults.get(state.toLowerCase());
  return kind === undefined ? { kind: 'other', code: state } : { kind };
}

function nextRun({ schedule }: StoredJob, health: JobHealth, lastRun: LastRun | null): number | null {
  const rests = health.kind === 'healthy' || health.kind === 'failing';
  const began = lastRun?.began ?? lastRun?.ended ?? null;
  const intervalMs = duration(schedule?.interval);
  if (!rests || began === null || intervalMs === null || schedule?.state?.toLowerCase() !== 'active') return null;
  // A run longer than the interval is followed by the next one at once.
  return Math.max(began + intervalMs, lastRun?.ended ?? 0);
}
