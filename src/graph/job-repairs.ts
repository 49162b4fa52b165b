import { maskLabel, maskText } from '../masking/mask-text.ts';
import type { GraphTrouble } from './answer.ts';
import type { GraphClient } from './client.ts';
import type { JobChangeCall } from './job-verbs.ts';
import { graphPath } from './odata.ts';

/** The calls that test and change a synchronization job. */
export interface JobRepairs {
  /** Whether the app takes the saved credentials. */
  test(appId: string, jobId: string): Promise<CredentialsTest>;
  send(call: JobChangeCall, appId: string, jobId: string): Promise<CallEnd>;
}

export type CredentialsTest =
  | { readonly kind: 'passed' }
  /** That the test failed does not say that the credentials are wrong. Code and message are the service's, masked. */
  | { readonly kind: 'failed'; readonly code: string | null; readonly message: string | null }
  /** This cloud has no such call. */
  | { readonly kind: 'notOffered' }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

export type CallEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly code: string | null; readonly message: string | null }
  | { readonly kind: 'notOffered' }
  /** It may have been carried out. */
  | { readonly kind: 'unknown' };

/** https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials */
export function createJobRepairs(graph: GraphClient): JobRepairs {
  const post = (appId: string, jobId: string, call: string, body?: unknown) =>
    graph.send({
      method: 'POST',
      path: `${graphPath('servicePrincipals', appId)}/synchronization/jobs${graphPath(jobId)}/${call}`,
      ...(body === undefined ? {} : { body }),
    });
  return {
    async test(appId, jobId) {
      const answer = await post(appId, jobId, 'validateCredentials', { useSavedCredentials: true });
      if (answer.kind === 'ok') return { kind: 'passed' };
      if (answer.kind !== 'refused') return { kind: 'trouble', trouble: answer };
      if (answer.status === 405) return { kind: 'notOffered' };
      if (answer.status === 401 || answer.status === 403 || answer.status === 429 || answer.status >= 500)
        return { kind: 'trouble', trouble: answer };
      return { kind: 'failed', code: maskLabel(answer.code), message: maskText(answer.message) };
    },
    async send(call, appId, jobId) {
      const answer = await (call === 'pause' || call === 'start'
        ? post(appId, jobId, call)
        : post(appId, jobId, 'restart', { criteria: { resetScope: SCOPES[call] } }));
      if (answer.kind === 'ok') return { kind: 'done' };
      if (answer.kind === 'refused' && answer.status === 405) return { kind: 'notOffered' };
      if (answer.kind === 'refused' && answer.status < 500 && answer.status !== 429)
        return { kind: 'refused', code: maskLabel(answer.code), message: maskText(answer.message) };
      return { kind: 'unknown' };
    },
  };
}

const SCOPES = {
  quarantine: 'QuarantineState',
  escrows: 'Escrows',
  watermark: 'Watermark',
  forceDeletes: 'ForceDeletes',
} as const;
