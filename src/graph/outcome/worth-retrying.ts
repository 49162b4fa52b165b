import { assertNever } from '../../assert-never.ts';
import type { Outcome } from '../outcome.ts';

/**
 * Whether offering a retry makes sense: what has not ended well may end better, by itself (an assignment takes some
 * minutes to take effect, a service recovers) or once an administrator has fixed what the card names. A retry is always
 * safe.
 */
export function isWorthRetrying(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'unknown':
    case 'notInScope':
    case 'skipped':
    case 'failed':
    case 'refused':
      return true;
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
    case 'inSync':
      return false;
    default:
      return assertNever(outcome, 'outcome');
  }
}
