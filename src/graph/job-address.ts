import { graphPath } from './odata.ts';

/** Where a synchronization job is. Both ids are opaque. */
export interface JobAddress {
  /** The object id of the service principal. */
  readonly servicePrincipalId: string;
  readonly jobId: string;
}

export function jobsPath(servicePrincipalId: string): string {
  return `${graphPath('servicePrincipals', servicePrincipalId)}/synchronization/jobs`;
}

export function jobPath({ servicePrincipalId, jobId }: JobAddress): string {
  return `${jobsPath(servicePrincipalId)}${graphPath(jobId)}`;
}
