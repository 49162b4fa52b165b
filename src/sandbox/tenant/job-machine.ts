import { assertNever } from '../../assert-never.ts';
import type { Guesses, SynchronizationJob } from './synchronization-job.ts';

/**
 * What calls and time do to a synchronization job.
 *
 *     notConfigured ──credentials──▶ off ──start──▶ neverRun ──first cycle ends──▶ active
 *     active, neverRun, quarantined ──pause──▶ paused ──start──▶ what it was
 *     active, neverRun ──a cycle ends, credentials refused──▶ quarantined ──start, restart──▶ active
 *     quarantined ──next attempt, credentials mended──▶ active
 *     quarantined ──four weeks──▶ switchedOff ──start, restart──▶ active
 *
 * A start, and a restart that reprocesses, begins a cycle. It ends by the clock, also on a job that was paused since.
 * Documented are these arrows; what the pages leave open is in `Guesses`.
 *
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria
 * https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
 */
export type ResetScope = (typeof resetScopes)[number];
export const resetScopes = [
  ...(['None', 'ConnectorDataStore', 'Escrows', 'Watermark', 'QuarantineState', 'Full', 'ForceDeletes'] as const),
];

/** What a call does besides the job's own state. */
export interface Moved {
  readonly job: SynchronizationJob;
  /** The deletions that were held back are carried out. */
  readonly runsHeldBack: boolean;
  /** The links between people and their accounts are lost. */
  readonly breaksLinks: boolean;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const longestQuarantineMs = 28 * dayMs;

/** When the service tries a job in quarantine again, after the first failure: 6, 12, 24 hours, then once a day. */
function attempts(seriesBegan: number): readonly number[] {
  const daily = Array.from({ length: 28 }, (_, day) => (day + 1) * dayMs);
  return [6 * hourMs, 12 * hourMs, ...daily].map((after) => seriesBegan + after);
}

/** The quarantine's series up to now. */
export function seriesOf(seriesBegan: number, now: number): { readonly nextAttempt: number; readonly count: number } {
  const all = attempts(seriesBegan);
  const count = 1 + all.filter((at) => at <= now).length;
  return { nextAttempt: all.find((at) => at > now) ?? seriesBegan + longestQuarantineMs, count };
}

/** The job as time has left it. */
export function settled(before: SynchronizationJob, now: number): SynchronizationJob {
  let job = before;
  if (job.cycle !== null && now >= job.cycle.endsAt) {
    const { cycle } = job;
    job = { ...job, cycle: null, lastCycle: cycle };
    if (job.health === 'paused')
      job = { ...job, pausedFrom: job.pausedFrom === 'neverRun' ? 'active' : job.pausedFrom };
    else if (job.credentials === 'refused') job = quarantinedFrom(job, cycle.endsAt);
    else if (job.health === 'neverRun') job = { ...job, health: 'active' };
  }
  const { quarantinedAt, mendedAt } = job;
  if (job.health !== 'quarantined' || quarantinedAt === null) return job;
  const isCredentials = job.quarantineReason === 'EncounteredQuarantineException';
  if (isCredentials && mendedAt !== null && attempts(quarantinedAt).some((at) => at >= mendedAt && at <= now))
    return { ...job, health: 'active', quarantinedAt: null };
  return now >= quarantinedAt + longestQuarantineMs ? { ...job, health: 'switchedOff' } : job;
}

function quarantinedFrom(job: SynchronizationJob, at: number): SynchronizationJob {
  return { ...job, health: 'quarantined', quarantineReason: 'EncounteredQuarantineException', quarantinedAt: at };
}

/** The job with what a test changes of it, and what follows from that. */
export function withChanges(
  before: SynchronizationJob,
  changes: Partial<SynchronizationJob>,
  now: number,
): SynchronizationJob {
  const job = { ...before, ...changes };
  const isMended = before.credentials === 'refused' && job.credentials === 'working';
  const isPaused = before.health !== 'paused' && job.health === 'paused';
  return {
    ...job,
    ...(isMended ? { mendedAt: now } : {}),
    ...(isPaused ? { pausedAt: changes.pausedAt ?? now } : {}),
  };
}

/** Whether regular cycles are due. */
export function isScheduled({ health }: SynchronizationJob): boolean {
  return health === 'active' || health === 'neverRun' || health === 'quarantined';
}

/** `null`: refused, as there are no credentials. */
export function start(job: SynchronizationJob, now: number, guesses: Guesses): Moved | null {
  switch (job.health) {
    case 'notConfigured':
      return null;
    case 'active':
    case 'neverRun':
      return guesses.startWhileRunning === 'stops' ? pause(job, now) : unmoved(job);
    case 'off':
    case 'paused':
    case 'quarantined':
    case 'switchedOff':
      return running(job, now, guesses);
    default:
      return assertNever(job.health, 'health');
  }
}

export function pause(job: SynchronizationJob, now: number): Moved {
  const { health } = job;
  if (health !== 'active' && health !== 'neverRun' && health !== 'quarantined') return unmoved(job);
  return unmoved({ ...job, health: 'paused', pausedFrom: health, pausedAt: now, escrowsPruned: false });
}

/**
 * An empty scope is what the portal's "Restart provisioning" sends: all but the data store.
 *
 * @returns null: refused, as there are no credentials.
 */
export function restart(
  before: SynchronizationJob,
  asked: readonly ResetScope[],
  now: number,
  guesses: Guesses,
): Moved | null {
  const { health } = before;
  if (health === 'notConfigured') return null;
  const scopes = new Set<ResetScope>(asked.length === 0 ? ['Watermark', 'Escrows', 'QuarantineState'] : asked);
  const isFull = scopes.has('Full');
  const breaksLinks = isFull || scopes.has('ConnectorDataStore');
  const watermark = isFull || scopes.has('Watermark');
  const lifts = isFull || scopes.has('QuarantineState');
  const allows = scopes.has('ForceDeletes');
  const job = isFull || scopes.has('Escrows') ? { ...before, escrowed: 0 } : before;
  const again = (): Moved => ({ ...running(job, now, guesses, allows), breaksLinks });
  const still = { ...unmoved(job), breaksLinks };
  switch (health) {
    case 'off':
      return watermark ? again() : still;
    case 'active':
    case 'neverRun':
      return watermark ? { ...still, job: { ...job, cycle: cycleFrom(job, now) } } : still;
    case 'paused':
      return guesses.restartEndsPause || watermark ? again() : still;
    case 'quarantined': {
      if (watermark || lifts || (allows && job.quarantineReason === 'TooManyDeletes')) return again();
      // The counter towards quarantine starts anew.
      return scopes.has('Escrows') && job.quarantinedAt !== null
        ? { ...still, job: { ...job, quarantinedAt: now } }
        : still;
    }
    case 'switchedOff':
      return watermark || allows ? again() : still;
    default:
      return assertNever(health, 'health');
  }
}

const unmoved = (job: SynchronizationJob): Moved => ({ job, runsHeldBack: false, breaksLinks: false });

const cycleFrom = ({ cycleMs }: SynchronizationJob, now: number) => ({ beganAt: now, endsAt: now + cycleMs });

/** The job runs: its quarantine is over for now, and a cycle begins. */
function running(job: SynchronizationJob, now: number, guesses: Guesses, allowed = false): Moved {
  const isFirst = job.health === 'off' || (job.health === 'paused' && job.pausedFrom === 'neverRun');
  const runsHeldBack = holdsBack(job) && (allowed || guesses.startRunsHeldBack);
  return {
    job: {
      ...job,
      health: isFirst ? 'neverRun' : 'active',
      cycle: job.cycle ?? cycleFrom(job, now),
      quarantinedAt: null,
      pausedAt: null,
      escrowsPruned: false,
      heldBack: runsHeldBack ? [] : job.heldBack,
    },
    runsHeldBack,
    breaksLinks: false,
  };
}

function holdsBack({ health, pausedFrom, quarantineReason }: SynchronizationJob): boolean {
  const isQuarantined = health === 'quarantined' || (health === 'paused' && pausedFrom === 'quarantined');
  return isQuarantined && quarantineReason === 'TooManyDeletes';
}
