import { overAll } from '../graph/outcome/over-all.ts';
import { signInGone } from '../graph/outcome/refusal.ts';
import type { ProvisioningService } from './attempt.ts';
import { endWaiting } from './ending.ts';
import type { StoreParts } from './store.ts';

/**
 * Where calls go out by the right of whoever asked, a task whose asker is not signed in (any more) cannot be sent, and
 * must not be sent by anybody else's right. It comes to its end without a grant: what nobody sends takes nobody's place
 * before the gate. A retry by its asker puts it in line again, like any task that has not ended well.
 */
export interface Askers {
  /** Graph by this person's right; null when they are not signed in. */
  serviceFor(askerId: string): ProvisioningService | null;
  /** The ids of all who are signed in. */
  present(): readonly string[];
}

/** Ends what waits for somebody who is not signed in; returns the requests concerned. */
export async function endSignedOut(parts: StoreParts, present: readonly string[]): Promise<readonly string[]> {
  const waiting = await parts.database.query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select('requests.id')
    .distinct()
    .where('tasks.state', '=', 'waiting')
    .$if(present.length > 0, (tasks) => tasks.where('requests.asker_id', 'not in', [...present]))
    .execute();
  const ended: string[] = [];
  for (const { id } of waiting)
    if (await endWaiting(parts, id, (perhaps) => overAll(perhaps, signInGone), { reason: 'signInGone' }))
      ended.push(id);
  return ended;
}
