import { signInGone } from '../graph/outcome/refusal.ts';
import type { ProvisioningService } from './attempt.ts';
import { endWaiting } from './ending.ts';
import type { StoreParts } from './store.ts';

/**
 * Where calls use delegated permission, a task whose requester is not signed in cannot be sent, and must not be sent
 * with another person's permission. It ends without a grant: what is not sent takes no start from the gate. A retry
 * by its requester queues it again, like any task that has not ended well.
 */
export interface SignedInRequesters {
  /** Graph with this person's delegated permission; null when they are not signed in. */
  serviceFor(requestedById: string): ProvisioningService | null;
  /** The ids of all people who are signed in. */
  present(): readonly string[];
}

/** Ends the waiting tasks of requesters who are not signed in; returns the requests concerned. */
export async function cancelSignedOut(parts: StoreParts, present: readonly string[]): Promise<readonly string[]> {
  const waiting = await parts.database.query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select('requests.id')
    .distinct()
    .where('tasks.state', '=', 'waiting')
    .$if(present.length > 0, (tasks) => tasks.where('requests.requested_by_id', 'not in', [...present]))
    .execute();
  const ended: string[] = [];
  for (const { id } of waiting) if (await endWaiting(parts, id, signInGone, { reason: 'signInGone' })) ended.push(id);
  return ended;
}
