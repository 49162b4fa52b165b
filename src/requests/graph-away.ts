import { assertNever } from '../assert-never.ts';
import { noCredential, serviceAway, unreachable } from '../graph/outcome/refusal.ts';
import type { Outcome } from '../graph/outcome.ts';
import type { GateFault } from '../rate-gate/fault.ts';
import { endWaiting } from './ending.ts';
import type { WaitingFault } from './request.ts';
import type { StoreParts } from './store.ts';

/**
 * While no call gets through to Graph, tasks wait, and the gate lets one at a time through as a probe. They do not wait
 * silently forever: a task that has waited for a day behind the closed gate ends as not sent, which is the truth, and
 * its requester may retry.
 */
export const longestAwayMs = 24 * 60 * 60_000;

/** The fault as it concerns a task that has been waiting since `enqueuedAt`. */
export function waitingFault(fault: GateFault, enqueuedAt: number): WaitingFault {
  const { cause, code, since, closedAt } = fault;
  return { cause, code, since, endsAt: Math.max(enqueuedAt, closedAt) + longestAwayMs };
}

/** Ends tasks that have waited for too long because of the fault; returns the requests concerned. */
export async function endAway(parts: StoreParts, fault: GateFault): Promise<readonly string[]> {
  const before = parts.clock.now() - longestAwayMs;
  if (fault.closedAt > before) return [];
  const waiting = await parts.database.query
    .selectFrom('tasks')
    .select('request_id')
    .distinct()
    .where('state', '=', 'waiting')
    .where('enqueued_at', '<=', before)
    .execute();
  const ended: string[] = [];
  for (const { request_id: id } of waiting) {
    const some = { enqueuedUntil: before, reason: fault.cause };
    if (await endWaiting(parts, id, outcomeOf(fault), some)) ended.push(id);
  }
  return ended;
}

function outcomeOf({ cause, code }: GateFault): Outcome {
  switch (cause) {
    case 'unreachable':
      return unreachable(code || undefined);
    case 'noToken':
      return noCredential(code);
    case 'serviceUnavailable':
      return serviceAway;
    default:
      return assertNever(cause, 'fault');
  }
}
