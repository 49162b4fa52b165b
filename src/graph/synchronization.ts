import type { Clock } from '../clock.ts';
import { type Fetched, fetched, type GraphAnswer } from './answer.ts';
import { type Cache, createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import { type JobState, type JobStatus, stateOf, statusOf } from './job-status.ts';
import { type StoredJob, storedJobSchema } from './job-status-schema.ts';
import { graphPath } from './odata.ts';
import { type Listing, readAll, readOne } from './read.ts';
import { chooseRule, chooseSourceRule, type Rule, type SynchronizationSchema, schemaSchema } from './rules.ts';

export type { JobState } from './job-status.ts';

/**
 * Synchronization jobs: how an application is provisioned, how that stands, and provisioning on demand.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
 */
export interface Synchronization {
  /** How the app is set up for provisioning; `none` is what people call "not set up". */
  findJob(servicePrincipalId: string): Promise<Fetched<JobMatch>>;
  /** How that job stands in full, and the app's other jobs, if it has any; from the same reading as `findJob`. */
  findStatus(servicePrincipalId: string): Promise<Fetched<JobStatusMatch>>;
  /** The rule by which this job provisions an object of this type (`user`, `group`; the case does not matter). */
  findRule(servicePrincipalId: string, jobId: string, objectType: string): Promise<Fetched<Rule | null>>;
  /** The rule for people, whatever the job's source calls them: `Worker` in some HR systems. */
  findSourceRule(servicePrincipalId: string, jobId: string): Promise<Fetched<Rule | null>>;
  /** As `findRule`, past the cache: the job has just said that it does not know the rule. */
  findRuleAnew(servicePrincipalId: string, jobId: string, objectType: string): Promise<Fetched<Rule | null>>;
  /** The job as it is now, past the cache. */
  readJob(servicePrincipalId: string, jobId: string): Promise<Fetched<Job>>;
  /**
   * One call of provisionOnDemand, sent once: whoever calls holds a grant of the rate gate. `onSend` is told when it
   * goes onto the wire.
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

/** Without it Graph answers `unknownFutureValue` for each member of an enumeration that came after the first version. */
const prefer = ['include-unknown-enum-members'];
/** Short, as a quarantine must show before a call is spent on it. */
const jobKeepMs = 15_000;
/** Rules change when an admin edits the mapping; a stale one is noticed by Graph's 400 and read anew. */
const schemaKeepMs = 30 * 60_000;
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
  const jobs: Cache<Listing<StoredJob>> = createCache(clock, jobKeepMs);
  const schemas: Cache<SynchronizationSchema> = createCache(clock, schemaKeepMs);
  const jobsPath = (servicePrincipalId: string) =>
    `${graphPath('servicePrincipals', servicePrincipalId)}/synchronization/jobs`;
  const jobPath = (servicePrincipalId: string, jobId: string) => `${jobsPath(servicePrincipalId)}${graphPath(jobId)}`;

  async function readJobs(servicePrincipalId: string): Promise<Fetched<readonly StoredJob[]>> {
    const listing = await jobs.get(servicePrincipalId, () =>
      readAll(graph, { path: jobsPath(servicePrincipalId), prefer }, storedJobSchema),
    );
    // An app has one job as a rule; where it has more, one that can work goes before one that cannot.
    return listing.ok
      ? fetched(listing.value.items.toSorted((one, other) => readiness(one) - readiness(other)))
      : listing;
  }

  const readSchema = (servicePrincipalId: string, jobId: string) =>
    schemas.get(`${servicePrincipalId}/${jobId}`, () =>
      readOne(graph, { path: `${jobPath(servicePrincipalId, jobId)}/schema`, prefer }, schemaSchema),
    );

  async function findRule(
    servicePrincipalId: string,
    jobId: string,
    objectType: string,
  ): Promise<Fetched<Rule | null>> {
    const schema = await readSchema(servicePrincipalId, jobId);
    return schema.ok ? fetched(chooseRule(schema.value, objectType)) : schema;
  }

  return {
    async findJob(servicePrincipalId) {
      const stored = await readJobs(servicePrincipalId);
      if (!stored.ok) return stored;
      const [first] = stored.value;
      return fetched(first === undefined ? { kind: 'none' } : { kind: 'one', job: jobOf(first) });
    },
    async findStatus(servicePrincipalId) {
      const stored = await readJobs(servicePrincipalId);
      if (!stored.ok) return stored;
      const [first, ...others] = stored.value.map(statusOf);
      return fetched(first === undefined ? { kind: 'none' } : { kind: 'one', status: first, others });
    },
    findRule,
    async findSourceRule(servicePrincipalId, jobId) {
      const schema = await readSchema(servicePrincipalId, jobId);
      return schema.ok ? fetched(chooseSourceRule(schema.value)) : schema;
    },
    findRuleAnew(servicePrincipalId, jobId, objectType) {
      schemas.forget(`${servicePrincipalId}/${jobId}`);
      return findRule(servicePrincipalId, jobId, objectType);
    },
    async readJob(servicePrincipalId, jobId) {
      const stored = await readOne(graph, { path: jobPath(servicePrincipalId, jobId), prefer }, storedJobSchema);
      return stored.ok ? fetched(jobOf(stored.value)) : stored;
    },
    provisionOnDemand: (call, signal, onSend) =>
      graph.send({
        method: 'POST',
        path: `${jobPath(call.servicePrincipalId, call.jobId)}/provisionOnDemand`,
        body: onDemandBody(call),
        timeoutMs: onDemandTimeoutMs,
        signal,
        ...(onSend === undefined ? {} : { onSend }),
      }),
  };
}

const jobOf = (stored: StoredJob): Job => ({ id: stored.id, state: stateOf(stored) });

function readiness(stored: StoredJob): number {
  const order: JobState['kind'][] = [
    'active',
    'paused',
    'neverRun',
    'other',
    'quarantined',
    'disabled',
    'notConfigured',
  ];
  return order.indexOf(stateOf(stored).kind);
}

/** https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand#examples */
function onDemandBody({ ruleId, subject, members = [] }: OnDemandCall): unknown {
  const links = members.length === 0 ? {} : { links: { members: members.map(referenceBody) } };
  return { parameters: [{ ruleId, subjects: [{ ...referenceBody(subject), ...links }] }] };
}

function referenceBody({ id, type }: ObjectReference): { readonly objectId: string; readonly objectTypeName: string } {
  return { objectId: id, objectTypeName: type };
}
