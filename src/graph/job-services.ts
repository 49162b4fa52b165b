import type { Clock } from '../clock.ts';
import type { Fetched } from './answer.ts';
import { type Cache, createCache } from './cache.ts';
import type { GraphClient } from './client.ts';
import type { JobAddress } from './job-address.ts';
import {
  type CallEnd,
  type CredentialTest,
  pauseJob,
  type RestartScope,
  restartJob,
  startJob,
  testCredentials,
} from './job-calls.ts';
import {
  type ExpressionQuery,
  type ExpressionValue,
  type FilterOperator,
  filterOperators,
  parseExpression,
} from './job-expressions.ts';
import { type JobSchema, readSchema } from './job-schema.ts';
import { type QuarantineHistory, quarantineHistory } from './quarantine-history.ts';
import type { Synchronization } from './synchronization.ts';

/** What can be done with a job besides provisioning on demand, by one caller's permission. */
export interface JobServices {
  testCredentials(job: JobAddress): Promise<CredentialTest>;
  start(job: JobAddress): Promise<CallEnd>;
  pause(job: JobAddress): Promise<CallEnd>;
  restart(job: JobAddress, scope: RestartScope): Promise<CallEnd>;
  /** Cached for some minutes, as it is large. */
  readSchema(job: JobAddress): Promise<Fetched<JobSchema>>;
  parseExpression(job: JobAddress, query: ExpressionQuery): Promise<ExpressionValue>;
  filterOperators(job: JobAddress): Promise<Fetched<readonly FilterOperator[]>>;
  /** @param since milliseconds since 1970. */
  quarantineHistory(servicePrincipalId: string, since: number): Promise<QuarantineHistory>;
}

export interface JobServicesParts {
  readonly graph: GraphClient;
  readonly synchronization: Pick<Synchronization, 'readJob' | 'forgetJob'>;
  readonly clock: Clock;
}

/** Short, as an administrator may just have edited the mappings. */
const schemaKeepMs = 5 * 60_000;

export function createJobServices(parts: JobServicesParts): JobServices {
  const { graph, clock } = parts;
  const schemas: Cache<JobSchema> = createCache(clock, schemaKeepMs);
  return {
    testCredentials: (job) => testCredentials(parts, job),
    start: (job) => startJob(parts, job),
    pause: (job) => pauseJob(parts, job),
    restart: (job, scope) => restartJob(parts, job, scope),
    readSchema: (job) => schemas.get(`${job.servicePrincipalId}/${job.jobId}`, () => readSchema(graph, job)),
    parseExpression: (job, query) => parseExpression(graph, job, query),
    filterOperators: (job) => filterOperators(graph, job),
    quarantineHistory: (servicePrincipalId, since) => quarantineHistory(graph, servicePrincipalId, since),
  };
}
