import { assertNever } from '../../assert-never.ts';
import type { Outcome, UnknownEnd } from '../outcome.ts';

/**
 * A task's outcome is judged over all its attempts. After an attempt with an unknown end, a later one that did nothing
 * proves nothing about it: that both sides match now, or that something was changed, is known; that nothing was done is
 * not.
 *
 * @param earlier how an attempt before this one ended, where that left open what it did; else null
 */
export function overAll(earlier: UnknownEnd | null, outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
    // Both tell the present state, whatever an earlier attempt did.
    case 'removed':
    case 'notRemoved':
      return outcome;
    case 'inSync':
      return earlier === null ? outcome : { ...outcome, earlier };
    case 'unknown':
      return outcome;
    case 'notInScope':
    case 'skipped':
    case 'failed':
      return earlier === null ? outcome : { kind: 'unknown', why: earlier, last: outcome };
    case 'refused': {
      // A server that broke while it worked may have done the work.
      const own: UnknownEnd | null = outcome.status >= 500 ? 'serverError' : null;
      const why = earlier ?? own;
      return why === null ? outcome : { kind: 'unknown', why, last: outcome };
    }
    default:
      return assertNever(outcome, 'outcome');
  }
}

/** What the last attempt was told: an unknown end may hold the answer to a later attempt. */
export function lastTold(outcome: Outcome): Outcome {
  return outcome.kind === 'unknown' ? (outcome.last ?? outcome) : outcome;
}

/** How the attempts so far leave the task, for the attempts that may follow; null where what was done is known. */
export function unknownEndOf(outcome: Outcome): UnknownEnd | null {
  return outcome.kind === 'unknown' ? outcome.why : null;
}
