import { isWorthRetrying } from '../../graph/outcome/retry.ts';
import { requeueTasks } from '../../requests/queue.ts';
import { findRequest } from '../../requests/store.ts';
import type { Reply } from '../reply.ts';
import { type CommandParts, refuseUnless, say, type Turn, troubleReply } from './turn.ts';

/**
 * The Retry button: the tasks that are worth it run once more, on the same card. A second click finds nothing to put
 * back and shows the card as it is. Whoever may provision only from Active Directory may retry only that.
 */
export async function retry(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'request.retry');
  if (refusal !== null) return refusal;
  const request = await findRequest(parts.store.database, requestId);
  const [task] = request?.tasks ?? [];
  if (request === null || task === undefined) return say(turn.words, { kind: 'staleButton' });

  const rule = await parts.synchronization.findRule(request.app.id, task.jobId, task.subject.type);
  if (!rule.ok) return troubleReply(turn.words, rule.trouble);
  const ground = { cloudSync: rule.value?.source === 'activeDirectory' };
  const outOfBounds = await refuseUnless(parts, turn, 'request.retry', ground);
  if (outOfBounds !== null) return outOfBounds;

  const tasks = request.tasks.filter(({ state }) => state.kind === 'done' && isWorthRetrying(state.outcome));
  if (tasks.length > 0) {
    const taskIds = tasks.map(({ id }) => id);
    await requeueTasks(parts.store, request.id, taskIds, turn.caller.id);
    parts.wake();
  }
  return { kind: 'request', requestId: request.id };
}
