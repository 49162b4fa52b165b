import { refusesToken } from '../answer.ts';
import type { Outcome, RefusalCause } from '../outcome.ts';

/** What Graph's error body and status say; the shape of a refused `GraphAnswer`, as far as it matters here. */
export interface Refusal {
  readonly status: number;
  /** The OData error code, or `''`. */
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number | null;
  /** The call was made with a person's delegated permission. */
  readonly onBehalf?: true;
}

/**
 * Turns a non-2xx answer of provisionOnDemand into an outcome. 504 alone becomes `unknown`: the gateway gave up
 * waiting, and the service may still have done the work behind it.
 *
 * @param job the job's state as last read, or null when it was not read
 */
export function readRefusal(refusal: Refusal, job: { readonly quarantined: boolean } | null): Outcome {
  if (refusal.status === 504) return { kind: 'unknown', why: 'gatewayTimeout' };
  const { status, code, message } = refusal;
  const cause = causeOf(refusal, job?.quarantined ?? false);
  const isOwn = cause === 'permission' && refusal.onBehalf === true;
  const retryAfterMs = refusal.retryAfterMs ?? 0;
  const wait = retryAfterMs > 0 ? { retryAfterMs } : {};
  return { kind: 'refused', status, code, message, cause: isOwn ? 'ownRole' : cause, ...wait };
}

/** What a refusal is about, as exactly as status and code tell: each has words of its own. */
export type RefusalReason =
  | RefusalCause
  | 'token'
  | 'noToken'
  | 'badRequest'
  | 'conflict'
  | 'inProgress'
  | 'unreachable'
  | 'serviceAway';

export function reasonOf(refused: Extract<Outcome, { kind: 'refused' }>): RefusalReason {
  const { status, code, cause } = refused;
  if (beforeCall.has(cause)) return cause;
  if (code === serviceAway.code) return 'serviceAway';
  if (code === 'NoCredential' || (status === 0 && code.startsWith('AADSTS'))) return 'noToken';
  if (status === 0) return 'unreachable';
  if (refusesToken(refused)) return cause === 'ownRole' ? 'signInGone' : 'token';
  if (cause !== 'other') return cause;
  if (status === 409) return isInProgress(refused) ? 'inProgress' : 'conflict';
  return status === 400 ? 'badRequest' : 'other';
}

const beforeCall: ReadonlySet<RefusalCause> = new Set([
  ...(['assignmentRefused', 'assignmentUnanswered', 'unassignRefused', 'unassignUnanswered', 'removalLeft'] as const),
  ...(['stillAssigned'] as const),
]);

/** Whether a conflict is with work that is under way: a matter of waiting. No code for it is documented. */
export function isInProgress({ status, code, message }: Omit<Refusal, 'retryAfterMs'>): boolean {
  const text = `${code} ${message}`;
  return status === 409 && underWay.test(text) && !isNone.test(text);
}

/** Another account or request that exists, and a limit that was reached, are conflicts that no waiting ends. */
const underWay = new RegExp(
  [
    /in[ _-]?progress/,
    /\bunder ?way\b/,
    /\balready (?:running|started|being (?:process|provision|synchroni[sz]|execut)ed)/,
    /concurrent[ _-]?(?:request|operation|update|modification|change|call|execution)/,
    /\banother (?:request|operation|call|job|update|provisioning)\b.{0,60}\b(?:running|active|pending|executing|being (?:process|execut)ed)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);
const isNone = /\b(?:no|not|without)\b.{0,40}in[ _-]?progress/i;

/** The outcome of a call that was not made. */
const unmade = (status: number, code: string, cause: RefusalCause): Extract<Outcome, { kind: 'refused' }> => {
  return { kind: 'refused', status, code, message: '', cause };
};

/** No token could be obtained. `code` is Entra's own, where it gave one. */
export const noCredential = (code: string): Outcome =>
  unmade(0, code.startsWith('AADSTS') ? code : 'NoCredential', 'serviceUnavailable');

/** Graph kept failing for other tasks. */
export const serviceAway = unmade(0, 'ServiceAway', 'serviceUnavailable');

/** Graph could not be reached. `code` is the system's error code. */
export const unreachable = (code = 'Unreachable'): Outcome => unmade(0, code, 'serviceUnavailable');

/** The requester is no longer signed in. */
export const signInGone = unmade(401, 'SignInGone', 'signInGone');

/** The person who had started it may no longer do so. */
export const ordererMayNot = unmade(403, 'OrdererMayNot', 'ordererMayNot');

/** The app role was not assigned. `code` is Graph's, or says what was wrong before it was asked. */
export const assignmentRefused = (code: string) => unmade(0, code, 'assignmentRefused');

/** Not all of the person's assignments could be deleted. `code` is Graph's, or Usher's own. */
export const unassignRefused = (code: string) => unmade(0, code, 'unassignRefused');

/** Whether the person's assignments were deleted is unknown. */
export const unassignUnanswered = unmade(0, 'UnassignUnanswered', 'unassignUnanswered');

/**
 * Why a person's assignments are left as they are: the app's job holds deletions back, or no on-demand call reaches the
 * person any more, as Entra has disabled or deleted them.
 */
export type RemovalLeft = 'deletionsHeld' | 'accountOff' | 'deletedInEntra';

export const removalLeft = (why: RemovalLeft) => unmade(0, why, 'removalLeft');
/** The assignment that people were to take away was there still, or was not read. */
export const stillAssigned = (code: 'StillAssigned' | 'AssignmentsUnread') => unmade(0, code, 'stillAssigned');

/** Whether the app role was assigned is unknown. */
export const assignmentUnanswered = unmade(0, 'AssignmentUnanswered', 'assignmentUnanswered');

function causeOf({ status, code, message }: Refusal, quarantined: boolean): RefusalCause {
  const word = code.toLowerCase();
  // Throttling is known by its status alone: it has been seen with `UnknownError` and an empty message.
  if (status === 429) return 'throttled';
  // The status that goes with this code is not documented.
  if (word === 'credentialsmissing') return 'credentialsMissing';
  if (status >= 500) return 'serviceUnavailable';
  switch (status) {
    case 400:
      return word === 'requestparameterinvalid' ? 'wrongRule' : 'other';
    case 401:
      // A quarantined job and a missing permission answer alike; only the job's own state tells them apart.
      return quarantined && word === 'unknownerror' && message.trim() === '' ? 'quarantined' : 'permission';
    case 403:
      return 'permission';
    case 404:
      return 'notFound';
    default:
      return 'other';
  }
}
