import { assertNever } from '../assert-never.ts';
import { parsed } from '../masking/cut-outcome.ts';
import type { Fetched, GraphAnswer, GraphTrouble } from './answer.ts';
import type { GraphCall, GraphClient } from './client.ts';
import { type JobAddress, jobPath } from './job-address.ts';
import type { UnknownEnd } from './outcome.ts';
import type { Job, Synchronization } from './synchronization.ts';

/**
 * The calls that change a synchronization job, and the test of its credentials. Each is sent once. Whether a job's state
 * allows one is for the caller to decide, by `allowed` of `job-verbs.ts` and the job as it was just read.
 *
 * After a lost answer (5xx, a time-out, a broken connection) the call may have been carried out: its end is `unknown`,
 * never "not done", and the job is read again.
 */
export type CallEnd =
  | { readonly kind: 'done' }
  | JobRefusal
  /** Certainly nothing was sent. */
  | { readonly kind: 'unsent'; readonly trouble: GraphTrouble }
  | {
      readonly kind: 'unknown';
      readonly why: UnknownEnd;
      /** The job as it was read after the call. */
      readonly job: Fetched<Job>;
    };

export interface JobRefusal {
  readonly kind: 'refused';
  readonly why: WhyRefused;
  readonly status: number;
  readonly code: string;
  /** Masked. */
  readonly message: string;
  /** How long Graph asked to be left alone, in milliseconds from its answer. */
  readonly retryAfterMs: number | null;
}

export type WhyRefused =
  /** Usher's own permission. Graph answers a job in quarantine and a missing permission alike for calls on demand only. */
  | 'permission'
  /** The same for a delegated call: the caller's own role is not enough. */
  | 'ownRole'
  | 'throttled'
  /** The job has no credentials. */
  | 'credentialsMissing'
  /** The job is gone; or the cloud lacks the call, which some answer alike. */
  | 'notFound'
  | 'cloudLacksCall'
  /** Two writers, or a job that was just made: it may work in a while. */
  | 'conflict'
  | 'other';

export interface JobCallParts {
  readonly graph: GraphClient;
  readonly synchronization: Pick<Synchronization, 'readJob' | 'forgetJob'>;
}

/** Longer than the calls are known to take: an answer given up too early leaves its end unknown. */
const timeoutMs = 30_000;

/**
 * Goes on where a paused job stopped, lifts a quarantine, and begins the first cycle of a job that was never started.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start
 */
export function startJob(parts: JobCallParts, job: JobAddress): Promise<CallEnd> {
  return change(parts, job, { method: 'POST', path: `${jobPath(job)}/start` });
}

/**
 * Lets no further cycle begin. The one that runs goes on to its end.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-pause
 */
export function pauseJob(parts: JobCallParts, job: JobAddress): Promise<CallEnd> {
  return change(parts, job, { method: 'POST', path: `${jobPath(job)}/pause` });
}

/**
 * What a restart resets. `escrows` forgets the failed objects, which are then no longer retried. `watermark` looks at
 * everyone again. `forceDeletes` carries out the deletions that were held back. The scopes that Graph has besides are not
 * here: two that it warns against, and one that breaks the links between people and their accounts.
 */
export type RestartScope = keyof typeof resetScopes;

const resetScopes = {
  quarantine: 'QuarantineState',
  escrows: 'Escrows',
  watermark: 'Watermark',
  forceDeletes: 'ForceDeletes',
} as const;

/**
 * Resets one thing; a paused job runs again thereafter.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart
 */
export function restartJob(parts: JobCallParts, job: JobAddress, scope: RestartScope): Promise<CallEnd> {
  const body = { criteria: { resetScope: resetScopes[scope] } };
  return change(parts, job, { method: 'POST', path: `${jobPath(job)}/restart`, body });
}

async function change(parts: JobCallParts, job: JobAddress, call: GraphCall): Promise<CallEnd> {
  const answer = await parts.graph.send({ ...call, timeoutMs });
  // What was read before the call no longer counts.
  parts.synchronization.forgetJob(job.servicePrincipalId);
  const end = endOf(answer);
  if (end.kind !== 'unknown') return end;
  return { ...end, job: await parts.synchronization.readJob(job.servicePrincipalId, job.jobId) };
}

export type CredentialTest =
  | { readonly kind: 'passed' }
  /**
   * The test failed. That is not to say that the credentials are wrong: apps whose provisioning works have answered the
   * probe with 404.
   */
  | {
      readonly kind: 'failed';
      /** The service's innermost code. */
      readonly code: string;
      /** What the service quotes of the app's answer, masked. */
      readonly message: string;
      /** How the app answered, where the message tells. */
      readonly app: 'unauthorized' | 'notFound' | null;
    }
  | { readonly kind: 'noCredentials' }
  | JobRefusal
  | { readonly kind: 'unsent'; readonly trouble: GraphTrouble }
  /** No clear answer came. The test changes nothing, so it may be repeated. */
  | { readonly kind: 'unknown'; readonly why: UnknownEnd };

/** The service asks the app, which may take its time. */
const testTimeoutMs = 60_000;

/**
 * Tests the credentials that are saved; no secret passes through Usher.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials
 */
export async function testCredentials(
  { graph }: Pick<JobCallParts, 'graph'>,
  job: JobAddress,
): Promise<CredentialTest> {
  const body = { useSavedCredentials: true };
  const call = { method: 'POST', path: `${jobPath(job)}/validateCredentials`, body } as const;
  const answer = await graph.send({ ...call, timeoutMs: testTimeoutMs });
  // The status that goes with these codes is not documented, so they are known by themselves.
  if (answer.kind === 'refused') {
    if (answer.code.toLowerCase() === 'credentialsmissing') return { kind: 'noCredentials' };
    if (/credential(validation|s?invalid)|invalidcredentials/i.test(answer.code)) return failedTest(answer);
  }
  const end = endOf(answer);
  return end.kind === 'done' ? { kind: 'passed' } : end;
}

/** The message may be JSON that holds the app's answer. Masking may have broken it, so each text is read by itself. */
function failedTest({ code, message }: Pick<JobRefusal, 'code' | 'message'>): CredentialTest {
  const field = (name: string) => parsed(new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(message)?.[1] ?? '');
  const [inner, text] = [field('code'), field('message')];
  const said = typeof text === 'string' ? text.replaceAll(/\s+/g, ' ') : message;
  const app = /\b401\b|unauthorized/i.test(said) ? 'unauthorized' : /\b404\b|not found/i.test(said) ? 'notFound' : null;
  return { kind: 'failed', code: typeof inner === 'string' ? inner : code, message: said, app };
}

type KnownEnd = Extract<CallEnd, { kind: 'done' | 'refused' | 'unsent' }>;

/** How a call ended that changes a job, or tests it. */
export function endOf(answer: GraphAnswer): KnownEnd | { readonly kind: 'unknown'; readonly why: UnknownEnd } {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'done' };
    case 'unreadable':
      return { kind: 'unknown', why: 'unreadable' };
    case 'noAnswer':
      if (answer.unsent === true) return { kind: 'unsent', trouble: answer };
      switch (answer.why) {
        case 'timeout':
        case 'connectionLost':
          return { kind: 'unknown', why: answer.why };
        case 'stopped':
          return { kind: 'unknown', why: 'interrupted' };
        case 'unreachable':
        case 'noCredential':
          return { kind: 'unknown', why: 'noAnswer' };
        default:
          return assertNever(answer.why, 'no answer');
      }
    case 'refused':
      if (answer.status === 504) return { kind: 'unknown', why: 'gatewayTimeout' };
      // Not implemented: nothing was done.
      if (answer.status >= 500 && answer.status !== 501) return { kind: 'unknown', why: 'serverError' };
      return refusalOf(answer);
    default:
      return assertNever(answer, 'answer');
  }
}

/** The refusal that Graph's answer is. */
export function refusalOf(refused: Extract<GraphTrouble, { kind: 'refused' }>): JobRefusal {
  const { status, code, message, retryAfterMs } = refused;
  return { kind: 'refused', why: whyRefused(refused), status, code, message, retryAfterMs };
}

function whyRefused({ status, code, message, onBehalf }: Extract<GraphTrouble, { kind: 'refused' }>): WhyRefused {
  if (status === 429) return 'throttled';
  if (code.toLowerCase() === 'credentialsmissing') return 'credentialsMissing';
  // Graph's word for a path that it does not know.
  const isNoPath = /not found for the segment/i.test(message);
  if (status === 405 || status === 501 || isNoPath) return 'cloudLacksCall';
  if (status === 401 || status === 403) return onBehalf === true ? 'ownRole' : 'permission';
  if (status === 404) return 'notFound';
  return status === 409 ? 'conflict' : 'other';
}
