import type { Outcome, RefusalCause } from '../outcome.ts';

/** What Graph's error body and status say; the shape of a refused `GraphAnswer`, as far as it matters here. */
export interface Refusal {
  readonly status: number;
  /** The OData error code, or `''`. */
  readonly code: string;
  readonly message: string;
  /** The call was made by the right of a person. */
  readonly onBehalf?: true;
}

/**
 * Turns a non-2xx answer of provisionOnDemand into an outcome. 504 alone becomes `unknown`: the gateway gave up
 * waiting, and the service may still have done the work behind it.
 *
 * @param job the job's state as last read, or null when nobody looked
 */
export function readRefusal(refusal: Refusal, job: { readonly quarantined: boolean } | null): Outcome {
  if (refusal.status === 504) return { kind: 'unknown', why: 'gatewayTimeout' };
  const { status, code, message } = refusal;
  const cause = causeOf(refusal, job?.quarantined ?? false);
  const isOwn = cause === 'permission' && refusal.onBehalf === true;
  return { kind: 'refused', status, code, message, cause: isOwn ? 'ownRole' : cause };
}

/** Of a call that was not made, as whoever asked for it is not signed in any more. */
export const signInGone: Outcome = {
  kind: 'refused',
  status: 401,
  code: 'SignInGone',
  message: '',
  cause: 'signInGone',
};

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
