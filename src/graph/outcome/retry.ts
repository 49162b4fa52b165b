import { assertNever } from '../../assert-never.ts';
import type { Outcome } from '../outcome.ts';

/**
 * Whether offering another go makes sense: whatever has not ended well may end better, by itself (an assignment takes
 * some minutes to be honoured, a service comes back) or once somebody has mended what the card names. It is always
 * safe to ask again.
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
