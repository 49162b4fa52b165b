import type { GraphClient } from './client.ts';
import type { JobAddress } from './job-address.ts';
import { type CallEnd, type CredentialTest, pauseJob, restartJob, startJob, testCredentials } from './job-calls.ts';
import type { JobChangeCall } from './job-verbs.ts';
import type { Synchronization } from './synchronization.ts';

/** The calls that test and change a job, over one connection to Graph. */
export interface JobRepairs {
  test(job: JobAddress): Promise<CredentialTest>;
  send(call: JobChangeCall, job: JobAddress): Promise<CallEnd>;
}

export function createJobRepairs(
  graph: GraphClient,
  synchronization: Pick<Synchronization, 'readJob' | 'forgetJob'>,
): JobRepairs {
  const parts = { graph, synchronization };
  return {
    test: (job) => testCredentials(parts, job),
    send(call, job) {
      if (call === 'pause') return pauseJob(parts, job);
      return call === 'start' ? startJob(parts, job) : restartJob(parts, job, call);
    },
  };
}
