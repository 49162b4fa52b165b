import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Fetched, fetched, type GraphAnswer } from './answer.ts';
import { type Cache, createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import { graphPath } from './odata.ts';
import { type Listing, readAll, readOne } from './read.ts';
import { chooseRule, chooseSourceRule, type Rule, type SynchronizationSchema, schemaSchema } from './rules.ts';

/**
 * Synchronization jobs: how an application is provisioned, how that stands, and provisioning on demand.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
 */
export interface Synchronization {
  /** How the app is set up for provisioning; `none` is what people call "not set up". */
  findJob(servicePrincipalId: string): Promise<Fetched<JobMatch>>;
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

export interface Job {
  readonly id: string;
  readonly state: JobState;
}

/** A closed reading of an open set: `other` is a state that Microsoft may add. */
export type JobState =
  | { readonly kind: 'active' | 'paused' | 'neverRun' | 'notConfigured' | 'disabled' }
  | {
      readonly kind: 'quarantined';
      readonly reason: string | null;
      readonly since: string | null;
      readonly nextAttempt: string | null;
      readonly errorCode: string | null;
      readonly message: string | null;
      /** Whether an admin of the tenant can mend it, as Microsoft sees it. */
      readonly tenantActionable: boolean | null;
    }
  | { readonly kind: 'other'; readonly code: string };

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

const text = z.string().nullable().default(null).catch(null);
const quarantineSchema = z
  .object({
    reason: text,
    currentBegan: text,
    nextAttempt: text,
    error: z
      .object({ code: text, message: text, tenantActionable: z.boolean().nullable().default(null).catch(null) })
      .nullable()
      .default(null)
      .catch(null),
  })
  .nullable()
  .default(null)
  .catch(null);

const jobSchema = z
  .object({
    id: z.string(),
    schedule: z.object({ state: text }).nullable().default(null).catch(null),
    status: z.object({ code: text, quarantine: quarantineSchema }).nullable().default(null).catch(null),
  })
  .transform(({ id, schedule, status }): Job => ({ id, state: readState(schedule?.state, status) }));

type StoredStatus = { readonly code: string | null; readonly quarantine: z.infer<typeof quarantineSchema> } | null;

function readState(schedule: string | null | undefined, status: StoredStatus): JobState {
  const code = status?.code ?? '';
  if (code.toLowerCase() === 'quarantine') {
    const quarantine = status?.quarantine ?? null;
    return {
      kind: 'quarantined',
      reason: quarantine?.reason ?? null,
      since: quarantine?.currentBegan ?? null,
      nextAttempt: quarantine?.nextAttempt ?? null,
      errorCode: quarantine?.error?.code ?? null,
      message: quarantine?.error?.message ?? null,
      tenantActionable: quarantine?.error?.tenantActionable ?? null,
    };
  }
  if (schedule?.toLowerCase() === 'disabled') return { kind: 'disabled' };
  switch (code.toLowerCase()) {
    case 'active':
      return { kind: schedule?.toLowerCase() === 'paused' ? 'paused' : 'active' };
    case 'paused':
      return { kind: 'paused' };
    case 'notrun':
    case 'notstarted':
      return { kind: 'neverRun' };
    case 'notconfigured':
      return { kind: 'notConfigured' };
    default:
      return { kind: 'other', code };
  }
}

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
  const jobs: Cache<Listing<Job>> = createCache(clock, jobKeepMs);
  const schemas: Cache<SynchronizationSchema> = createCache(clock, schemaKeepMs);
  const jobsPath = (servicePrincipalId: string) =>
    `${graphPath('servicePrincipals', servicePrincipalId)}/synchronization/jobs`;
  const jobPath = (servicePrincipalId: string, jobId: string) => `${jobsPath(servicePrincipalId)}${graphPath(jobId)}`;

  const readSchema = (servicePrincipalId: string, jobId: string) =>
    schemas.get(`${servicePrincipalId}/${jobId}`, () =>
      readOne(graph, { path: `${jobPath(servicePrincipalId, jobId)}/schema` }, schemaSchema),
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
      const listing = await jobs.get(servicePrincipalId, () =>
        readAll(graph, { path: jobsPath(servicePrincipalId) }, jobSchema),
      );
      if (!listing.ok) return listing;
      // An app has one job as a rule; where it has more, one that can work goes before one that cannot.
      const [job] = listing.value.items.toSorted((one, other) => readiness(one.state) - readiness(other.state));
      return fetched(job === undefined ? { kind: 'none' } : { kind: 'one', job });
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
    readJob: (servicePrincipalId, jobId) => readOne(graph, { path: jobPath(servicePrincipalId, jobId) }, jobSchema),
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

function readiness(state: JobState): number {
  const order: JobState['kind'][] = [
    'active',
    'paused',
    'neverRun',
    'other',
    'quarantined',
    'disabled',
    'notConfigured',
  ];
  return order.indexOf(state.kind);
}

/** https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand#examples */
function onDemandBody({ ruleId, subject, members = [] }: OnDemandCall): unknown {
  const links = members.length === 0 ? {} : { links: { members: members.map(referenceBody) } };
  return { parameters: [{ ruleId, subjects: [{ ...referenceBody(subject), ...links }] }] };
}

function referenceBody({ id, type }: ObjectReference): { readonly objectId: string; readonly objectTypeName: string } {
  return { objectId: id, objectTypeName: type };
}
