import type { Clock } from '../clock.ts';
import { onceFor } from '../once-for.ts';
import { type Fetched, fetched, type GraphAnswer, mapped } from './answer.ts';
import { type Cache, createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import { jobPath, jobsPath } from './job-address.ts';
import { cycleOfRun, type JobState, stateOf } from './job-state.ts';
import {
  cycleOf,
  deletionThresholdOf,
  type JobStatus,
  type LastRun,
  lastRunOf,
  lastSuccessOf,
  statusOf,
  templateOf,
} from './job-status.ts';
import { isAbsence, readAll, readOne } from './read.ts';
import {
  chooseRule,
  chooseSourceRule,
  fitnessFor,
  type Rule,
  type SynchronizationSchema,
  schemaSchema,
} from './rules.ts';
import { type StoredJob, storedJobSchema } from './stored-job.ts';

export { holdsDeletionsBack, type JobState } from './job-state.ts';

/**
 * Synchronization jobs: finds them, reads their status, and provisions on demand.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
 */
export interface Synchronization {
  /**
   * The job by which the app provisions objects of this type (`User`, `Group`; users by default); of several, the one
   * whose rules suit them best. `none` means that provisioning is not set up; a job that only syncs password hashes
   * provisions nothing, and is never chosen.
   */
  findJob(servicePrincipalId: string, objectType?: string): Promise<Fetched<JobMatch>>;
  /** The full status of the job for people, and the app's other jobs, if it has any. */
  findStatus(servicePrincipalId: string): Promise<Fetched<JobStatusMatch>>;
  /** Whether the app has a job, according to reads of the last half hour; null where there were none. */
  knowsJob(servicePrincipalId: string): boolean | null;
  /**
   * The rule by which this job provisions an object of this type (`user`, `group`, in any case). `fresh`: uncached, as
   * the job has just said that it does not know the rule.
   */
  findRule(
    servicePrincipalId: string,
    jobId: string,
    objectType: string,
    options?: { readonly fresh: boolean },
  ): Promise<Fetched<Rule | null>>;
  /** The rule for people, whatever the job's source calls them: `Worker` in some HR systems. */
  findSourceRule(servicePrincipalId: string, jobId: string): Promise<Fetched<Rule | null>>;
  /** Reads the app's jobs anew next time, as one of them has just been changed. */
  forgetJob(servicePrincipalId: string): void;
  /** The job as it is now, uncached. */
  readJob(servicePrincipalId: string, jobId: string): Promise<Fetched<Job>>;
  /**
   * Whether the app's list of jobs, read anew, has no such job any more, or the app is gone: the proof of a 404, which may
   * pass. False where Graph does not tell.
   */
  isJobGone(servicePrincipalId: string, jobId: string): Promise<boolean>;
  /**
   * One call of provisionOnDemand, sent once: the caller holds a grant of the rate gate. `onSend` is called when the
   * request is written to the connection.
   */
  provisionOnDemand(call: OnDemandCall, signal: AbortSignal, onSend?: () => void): Promise<GraphAnswer>;
}

export type JobMatch = { readonly kind: 'one'; readonly job: Job } | { readonly kind: 'none' };

export type JobStatusMatch =
  | { readonly kind: 'one'; readonly status: JobStatus; readonly others: readonly JobStatus[] }
  | { readonly kind: 'none' };

export interface Job {
  readonly id: string;
  readonly state: JobState;
  /** The connector provisions nothing on demand now, as its regular cycles are scheduled, or one of them runs. */
  readonly mustStopFirst: boolean;
  /** The last cycle: when, how it ended, and what it counted; its end is null while it runs. Null when none ever ran. */
  readonly lastRun: LastRun | null;
  /** The last one that succeeded, which tells how long one takes, and for how many objects. */
  readonly lastSuccess: LastRun | null;
  /** More disables and deletions than this in a cycle are held back; missing where the job does not tell. */
  readonly deletionThreshold?: number;
  /** Between two regular cycles; null for never. Missing where the job does not tell. */
  readonly cycleMs?: number | null;
}

export interface OnDemandCall {
  readonly servicePrincipalId: string;
  readonly jobId: string;
  readonly ruleId: string;
  readonly subject: ObjectReference;
  /** Of a group: at most five of its direct users. Empty, or left out, for everything else. */
  readonly members?: readonly ObjectReference[];
}

/** An object as the job's source knows it; the type as the job's rule spells it. */
export interface ObjectReference {
  readonly id: string;
  readonly type: string;
}

/**
 * Without it Graph answers `unknownFutureValue` for each member of an enumeration that came after the first version.
 */
const prefer = ['include-unknown-enum-members'];
/** No app is known to have hundreds of jobs. */
const mostPages = 5;
/** Short, as a quarantine must show before a call is spent on it. */
const jobKeepMs = 15_000;
/** Rules change when an admin edits the mapping; Graph's 400 reveals a stale one, which is then read again. */
const schemaKeepMs = 30 * 60_000;
/** Most apps of a tenant have no job, and do not get one between two surveys. */
const knowledgeKeepMs = 30 * 60_000;
/** "Typically under 30 seconds", says Microsoft; twice that before it counts as no answer. */
const defaultOnDemandTimeoutMs = 60_000;

export interface SynchronizationParts {
  readonly graph: GraphClient;
  readonly clock: Clock;
  /** How long an on-demand call may take, in milliseconds. */
  readonly onDemandTimeoutMs?: number;
}

export function createSynchronization(parts: SynchronizationParts): Synchronization {
  const { graph, clock, onDemandTimeoutMs = defaultOnDemandTimeoutMs } = parts;
  const jobs: Cache<readonly StoredJob[]> = createCache(clock, jobKeepMs);
  const schemas: Cache<SynchronizationSchema> = createCache(clock, schemaKeepMs);
  const known = new Map<string, { readonly at: number; readonly hasJob: boolean }>();

  async function readJobs(servicePrincipalId: string): Promise<Fetched<readonly StoredJob[]>> {
    return jobs.get(servicePrincipalId, async () => {
      const read = await readAll(graph, { path: jobsPath(servicePrincipalId), prefer }, storedJobSchema, mostPages);
      if (read.ok) known.set(servicePrincipalId, { at: clock.monotonic(), hasJob: read.value.items.some(provisions) });
      // An app usually has one job; where it has more, one that can work comes before one that cannot.
      return mapped(read, ({ items }) => items.toSorted((one, other) => readiness(one) - readiness(other)));
    });
  }

  /** Of several jobs, those first whose rules suit objects of this type best. A single job's rules are not read. */
  async function bestFirst(
    servicePrincipalId: string,
    stored: readonly StoredJob[],
    objectType: string,
  ): Promise<Fetched<readonly StoredJob[]>> {
    if (stored.length < 2) return fetched(stored);
    const fitting: { readonly job: StoredJob; readonly fitness: number }[] = [];
    for (const job of stored) {
      const schema = await readSchema(servicePrincipalId, job.id);
      if (!schema.ok && !isAbsence(schema.trouble)) return schema;
      const fitness = schema.ok ? fitnessFor(schema.value, objectType) : null;
      fitting.push({ job, fitness: fitness ?? Number.MAX_SAFE_INTEGER });
    }
    return fetched(fitting.toSorted((one, other) => one.fitness - other.fitness).map(({ job }) => job));
  }

  const readSchema = (servicePrincipalId: string, jobId: string) =>
    schemas.get(`${servicePrincipalId}/${jobId}`, () =>
      readOne(graph, { path: `${jobPath({ servicePrincipalId, jobId })}/schema`, prefer }, schemaSchema),
    );

  return {
    async findJob(servicePrincipalId, objectType = 'User') {
      const stored = await readJobs(servicePrincipalId);
      if (!stored.ok) return stored;
      const sorted = await bestFirst(servicePrincipalId, stored.value.filter(provisions), objectType);
      if (!sorted.ok) return sorted;
      const [first] = sorted.value;
      return fetched(first === undefined ? { kind: 'none' } : { kind: 'one', job: jobOf(first) });
    },
    async findStatus(servicePrincipalId) {
      const stored = await readJobs(servicePrincipalId);
      if (!stored.ok) return stored;
      const candidates = stored.value.filter(provisions);
      const sorted = await bestFirst(servicePrincipalId, candidates, 'User');
      // The jobs' status can be reported without their rules.
      const [first, ...rest] = sorted.ok ? sorted.value : candidates;
      if (first === undefined) return fetched({ kind: 'none' });
      const others = [...rest, ...stored.value.filter((job) => !provisions(job))].map(statusOf);
      return fetched({ kind: 'one', status: statusOf(first), others });
    },
    knowsJob(servicePrincipalId) {
      const kept = known.get(servicePrincipalId);
      return kept === undefined || clock.monotonic() - kept.at >= knowledgeKeepMs ? null : kept.hasJob;
    },
    async findRule(servicePrincipalId, jobId, objectType, { fresh } = { fresh: false }) {
      if (fresh) schemas.forget(`${servicePrincipalId}/${jobId}`);
      return mapped(await readSchema(servicePrincipalId, jobId), (schema) => chooseRule(schema, objectType));
    },
    findSourceRule: async (servicePrincipalId, jobId) =>
      mapped(await readSchema(servicePrincipalId, jobId), chooseSourceRule),
    forgetJob: (servicePrincipalId) => jobs.forget(servicePrincipalId),
    async readJob(servicePrincipalId, jobId) {
      const call = { path: jobPath({ servicePrincipalId, jobId }), prefer };
      return mapped(await readOne(graph, call, storedJobSchema), jobOf);
    },
    async isJobGone(servicePrincipalId, jobId) {
      jobs.forget(servicePrincipalId);
      const listed = await readJobs(servicePrincipalId);
      return listed.ok ? listed.value.every(({ id }) => id !== jobId) : isAbsence(listed.trouble);
    },
    provisionOnDemand: (call, signal, onSend) =>
      graph.send({
        method: 'POST',
        path: `${jobPath(call)}/provisionOnDemand`,
        body: onDemandBody(call),
        timeoutMs: onDemandTimeoutMs,
        signal,
        ...(onSend === undefined ? {} : { onSend }),
      }),
  };
}

/** A list of jobs is cached, and each line about an app asks for its job. */
const jobOf = onceFor((stored: StoredJob): Job => {
  const deletionThreshold = deletionThresholdOf(stored);
  const isOauth = oauthConnector.test(templateOf(stored) ?? '');
  return {
    id: stored.id,
    state: stateOf(stored),
    mustStopFirst: isOauth && (isScheduled(stored) || cycleOfRun(stored) !== null),
    lastRun: lastRunOf(stored),
    lastSuccess: lastSuccessOf(stored),
    ...(deletionThreshold === null ? {} : { deletionThreshold }),
    ...cycleOf(stored),
  };
});

/**
 * Box, G Suite, Slack and Workplace by the names of their templates, of which some end in `OutDelta`.
 * https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand#known-limitations
 */
const oauthConnector = /^(box(net)?|slack|gsuite|google\w*|workplace\w*|facebook\w*)(outdelta)?$/i;

const isScheduled = ({ schedule }: StoredJob) => schedule?.state?.toLowerCase() === 'active';

/** Cloud sync keeps password hashes in a job of their own, which provisions no object. */
const provisions = (stored: StoredJob) => !/passwordhash/i.test(templateOf(stored) ?? '');

const order: readonly JobState['kind'][] = [
  ...(['active', 'running', 'paused', 'pausedByService', 'neverRun', 'other'] as const),
  ...(['quarantined', 'deletionsHeldBack', 'switchedOff', 'notConfigured'] as const),
];

function readiness(stored: StoredJob): number {
  const state = stateOf(stored);
  // One that was started comes before one that was not.
  return order.indexOf(state.kind) + (state.kind === 'neverRun' && !state.isScheduled ? 0.5 : 0);
}

/** https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand#examples */
function onDemandBody({ ruleId, subject, members = [] }: OnDemandCall): unknown {
  const links = members.length === 0 ? {} : { links: { members: members.map(referenceBody) } };
  return { parameters: [{ ruleId, subjects: [{ ...referenceBody(subject), ...links }] }] };
}

function referenceBody({ id, type }: ObjectReference): { readonly objectId: string; readonly objectTypeName: string } {
  return { objectId: id, objectTypeName: type };
}
