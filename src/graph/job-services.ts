import type { JobAddress } from './job-address.ts';
import {
  type CallEnd,
  type CredentialTest,
  type JobCallParts,
  pauseJob,
  type RestartScope,
  restartJob,
  startJob,
  testCredentials,
} from './job-calls.ts';
import { type QuarantineHistory, quarantineHistory } from './quarantine-history.ts';

/** What can be done with a job besides provisioning on demand, by one caller's permission. */
export interface JobServices {
  testCredentials(job: JobAddress): Promise<CredentialTest>;
  start(job: JobAddress): Promise<CallEnd>;
  pause(job: JobAddress): Promise<CallEnd>;
  restart(job: JobAddress, scope: RestartScope): Promise<CallEnd>;
  /** @param since milliseconds since 1970. */
  quarantineHistory(servicePrincipalId: string, since: number): Promise<QuarantineHistory>;
}

export function createJobServices(parts: JobCallParts): JobServices {
  const { graph } = parts;
  return {
    testCredentials: (job) => testCredentials(parts, job),
    start: (job) => startJob(parts, job),
    pause: (job) => pauseJob(parts, job),
    restart: (job, scope) => restartJob(parts, job, scope),
    quarantineHistory: (servicePrincipalId, since) => quarantineHistory(graph, servicePrincipalId, since),
  };
}
