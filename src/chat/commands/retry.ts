import { isWorthRetrying } from '../../graph/outcome/retry.ts';
import { requeueTasks } from '../../requests/queue.ts';
import { findRequest } from '../../requests/store.ts';
import type { Reply } from '../reply.ts';
import { type CommandParts, refuseUnless, say, type Turn } from './turn.ts';

/**
 * The Retry button: the tasks that are worth it run once more, on the same card. A second click finds nothing to put
 * back and shows the card as it is.
 */
export async function retry(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'request.retry');
  if (refusal !== null) return refusal;
  const request = await findRequest(parts.store.database, requestId);
  if (request === null) return say(turn.words, { kind: 'staleButton' });
  const tasks = request.tasks.filter(({ state }) => state.kind === 'done' && isWorthRetrying(state.outcome));
  if (tasks.length > 0) {
    const taskIds = tasks.map((task) => task.id);
    await requeueTasks(parts.store, request.id, taskIds, turn.caller.id);
    parts.wake();
  }
  return { kind: 'request', requestId: request.id };
}
