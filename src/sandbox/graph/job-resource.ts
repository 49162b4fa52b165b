import { assertNever } from '../../assert-never.ts';
import type { Application } from '../tenant/applications.ts';
import { invalidCredentials, quarantineBegan } from '../tenant/directory-audit.ts';
import { stableGuid } from '../tenant/identity.ts';
import { seriesOf } from '../tenant/job-machine.ts';
import { timestamp } from '../tenant/provisioning/report.ts';
import type { Cycle, Guesses, SynchronizationJob } from '../tenant/synchronization-job.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Entity } from './entities.ts';

/**
 * The synchronization job as Graph shows it. The regular cycle does not run here; its dates follow the clock all the same,
 * every forty minutes, so that a healthy job stays healthy in a long demo. A cycle that a call begins shows as running.
 */

const minuteMs = 60_000;
const cycleMs = 40 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

/** .NET's "no date". It is sent for cycles that never ran, and must not be read as a date. */
const never = '0001-01-01T00:00:00Z';

/** .NET's longest span: the interval of a job that was never started. */
const neverAgain = 'P10675199DT2H48M5.4775807S';

export function jobResource(tenant: Tenant, application: Application, job: SynchronizationJob): Entity {
  return {
    id: job.id,
    templateId: job.templateId,
    schedule: scheduleOf(job, tenant.guesses()),
    status: jobStatus(tenant, application, job),
    synchronizationJobSettings: [
      { name: 'AzureIngestionAttributeOptimization', value: 'False' },
      ...(job.deletionThreshold === null
        ? []
        : [{ name: 'QuarantineTooManyDeletesThreshold', value: String(job.deletionThreshold) }]),
    ],
  };
}

function scheduleOf({ health }: SynchronizationJob, { pausedSchedule }: Guesses) {
  const isNew = health === 'off' || health === 'notConfigured';
  if (isNew) return { expiration: null, interval: neverAgain, state: 'Disabled' };
  const stopped = health === 'paused' ? pausedSchedule : 'Disabled';
  const isStopped = health === 'paused' || health === 'switchedOff';
  return { expiration: null, interval: 'PT40M', state: isStopped ? stopped : 'Active' };
}

type Fields = Readonly<Record<string, unknown>>;

function jobStatus(tenant: Tenant, application: Application, job: SynchronizationJob): Fields {
  const guesses = tenant.guesses();
  switch (job.health) {
    case 'active':
      return ranStatus(tenant, application, job, 'Active');
    case 'quarantined':
      return { ...failedStatus(tenant, application, job), code: 'Quarantine' };
    case 'switchedOff':
      return { ...failedStatus(tenant, application, job), code: guesses.switchedOffCode };
    case 'neverRun':
      return {
        ...status0,
        code: 'NotRun',
        lastExecution: firstRun(job),
        progress: progressOf(tenant, application, job),
      };
    case 'paused': {
      if (job.pausedFrom === 'neverRun')
        return {
          ...status0,
          code: 'Paused',
          lastExecution: firstRun(job),
          progress: progressOf(tenant, application, job),
        };
      if (job.pausedFrom === 'active') return ranStatus(tenant, application, job, 'Paused');
      const failed = failedStatus(tenant, application, job);
      return { ...failed, code: 'Paused', ...(guesses.pauseKeepsQuarantine ? {} : { quarantine: null }) };
    }
    case 'off':
      return { ...status0, code: 'Paused', lastExecution: null };
    case 'notConfigured':
      return { ...status0, code: 'NotConfigured', lastExecution: null };
    default:
      return assertNever(job.health, 'health');
  }
}

/**
 * The latest regular cycle, as of when the job was paused, and from before the cycle that runs now because of a call. The
 * cycles of applications start at different minutes.
 */
function regularCycle(tenant: Tenant, { displayName }: Application, { pausedAt, cycle }: SynchronizationJob): Cycle {
  const present = pausedAt ?? tenant.clock.now();
  const now = cycle === null ? present : Math.min(present, cycle.beganAt - 1);
  const earlierMs = (1 + (displayName.length % 7)) * minuteMs;
  const beganAt = Math.floor((now + earlierMs) / cycleMs) * cycleMs - earlierMs;
  return { beganAt, endsAt: Math.min(beganAt + 1.5 * minuteMs, now) };
}

/** Of a job that has run, whether it is paused now or not. */
function ranStatus(tenant: Tenant, application: Application, job: SynchronizationJob, code: string): Fields {
  const regular = regularCycle(tenant, application, job);
  const { lastCycle, cycle, escrowed } = job;
  const last = lastCycle !== null && lastCycle.endsAt > regular.endsAt ? lastCycle : regular;
  const users = tenant.accountCount(application.id, 'User');
  const groups = tenant.accountCount(application.id, 'Group');
  const execution = {
    ...execution0,
    activityIdentifier: stableGuid('activity', application.id, String(last.beganAt)),
    countEntitled: users + groups,
    countEntitledForProvisioning: users + groups,
    countEscrowed: escrowed,
    countEscrowedRaw: escrowed,
    countImported: users + groups,
    state: escrowed > 0 ? 'EntryLevelErrors' : 'Succeeded',
    timeBegan: timestamp(last.beganAt),
    timeEnded: timestamp(last.endsAt),
    error: null,
  };
  // While a cycle runs, its beginning stands beside the end of the one before.
  const running = { ...execution0, state: 'Succeeded', timeEnded: execution.timeEnded, error: null };
  return {
    ...status0,
    code,
    escrowsPruned: job.escrowsPruned,
    lastExecution: cycle === null ? execution : { ...running, timeBegan: timestamp(cycle.beganAt) },
    lastSuccessfulExecution: execution,
    lastSuccessfulExecutionWithExports: { ...execution, countExports: 1, countExported: 1 },
    progress: progressOf(tenant, application, job),
    steadyStateFirstAchievedTime: timestamp(last.beganAt - 30 * dayMs),
    steadyStateLastAchievedTime: timestamp(last.beganAt),
    synchronizedEntryCountByType: [
      { key: 'User', value: users },
      ...(groups === 0 ? [] : [{ key: 'Group', value: groups }]),
    ],
  };
}

function firstRun({ cycle }: SynchronizationJob): Fields {
  const none = { code: 'None', message: '', tenantActionable: false };
  return { ...execution0, timeBegan: cycle === null ? never : timestamp(cycle.beganAt), error: none };
}

function progressOf(tenant: Tenant, { id }: Application, { cycle }: SynchronizationJob): readonly Fields[] {
  if (cycle === null) return [];
  const total = tenant.assignments(id).length;
  const now = tenant.clock.now();
  const done = Math.floor((total * (now - cycle.beganAt)) / (cycle.endsAt - cycle.beganAt));
  return [{ completedUnits: done, totalUnits: total, units: 'users', progressObservationDateTime: timestamp(now) }];
}

const heldBackMessage = 'The number of deletions is above the threshold that was set for this application.';

/** Of a job in quarantine. */
function failedStatus(tenant: Tenant, application: Application, job: SynchronizationJob): Fields {
  const now = tenant.clock.now();
  const { quarantinedAt, quarantineReason: reason } = job;
  const regular = regularCycle(tenant, application, job);
  // Deletions that are held back are no error of the application's.
  const error =
    reason === 'TooManyDeletes'
      ? null
      : {
          code: invalidCredentials,
          message: `Please provide a valid tenant URL and secret token for your application: ${application.displayName} answered 401.`,
          tenantActionable: true,
        };
  const began = quarantineBegan(job, now);
  // A job that has long been in quarantine is tried once a day.
  const always = { nextAttempt: began + 3 * dayMs, count: 3 };
  const { nextAttempt, count } = quarantinedAt === null ? always : seriesOf(quarantinedAt, now);
  return {
    ...status0,
    countSuccessiveCompleteFailures: count,
    escrowsPruned: job.escrowsPruned,
    lastExecution: {
      ...execution0,
      activityIdentifier: stableGuid('activity', application.id, String(regular.beganAt)),
      countEscrowed: job.escrowed,
      countEscrowedRaw: job.escrowed,
      timeBegan: timestamp(job.cycle?.beganAt ?? regular.beganAt),
      timeEnded: timestamp(regular.beganAt + 925),
      error: error ?? { code: reason, message: heldBackMessage, tenantActionable: true },
    },
    progress: progressOf(tenant, application, job),
    quarantine: {
      currentBegan: timestamp(began),
      nextAttempt: timestamp(nextAttempt),
      reason,
      seriesBegan: timestamp(began),
      seriesCount: count,
      error,
    },
  };
}

const status0 = {
  countSuccessiveCompleteFailures: 0,
  escrowsPruned: false,
  lastSuccessfulExecution: null,
  lastSuccessfulExecutionWithExports: null,
  progress: [],
  quarantine: null,
  steadyStateFirstAchievedTime: never,
  steadyStateLastAchievedTime: never,
  synchronizedEntryCountByType: [],
  troubleshootingUrl: '',
};

// A job that never ran reports that its last execution failed. So does Graph.
const execution0 = {
  activityIdentifier: null,
  countEntitled: 0,
  countEntitledForProvisioning: 0,
  countEscrowed: 0,
  countEscrowedRaw: 0,
  countExported: 0,
  countExports: 0,
  countImported: 0,
  countImportedDeltas: 0,
  countImportedReferenceDeltas: 0,
  state: 'Failed',
  timeBegan: never,
  timeEnded: never,
};
