import type { Outcome, RefusalCause } from '../outcome.ts';
import { type ErrorMeaning, explainErrorCode } from './error-codes.ts';

/** Faults that pass without anybody changing data or settings. */
const passingFaults: ReadonlySet<ErrorMeaning> = new Set(['appFault', 'agentUnavailable']);

/**
 * Whether asking again, with nothing else changed, may bring something better. It is always safe to ask again; this
 * says only whether offering it makes sense.
 */
export function isWorthRetrying(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'unknown':
    // An assignment takes some minutes to be honoured.
    case 'notInScope':
    case 'skipped':
      return true;
    case 'refused':
      return mayPass(outcome.cause);
    case 'failed':
      return passingFaults.has(explainErrorCode(outcome.code));
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
    case 'inSync':
      return false;
    default: {
      const never: never = outcome;
      return never;
    }
  }
}

function mayPass(cause: RefusalCause): boolean {
  switch (cause) {
    case 'throttled':
    case 'serviceUnavailable':
      return true;
    case 'quarantined':
    case 'permission':
    case 'wrongRule':
    case 'notFound':
    case 'credentialsMissing':
    case 'other':
      return false;
    default: {
      const never: never = cause;
      return never;
    }
  }
}
