import { isWorthRetrying } from '../../graph/outcome/retry.ts';
import { requeueTasks } from '../../requests/queue.ts';
import type { Request } from '../../requests/request.ts';
import type { Reply } from '../reply.ts';
import { findOwnRequest } from './own-request.ts';
import type { CommandParts, Turn } from './turn.ts';

/**
 * The Retry button and `retry ID`: what has not ended well runs once more, on the same card. A second click finds
 * nothing to put back and shows the card as it is.
 */
export async function retry(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.retry', requestId);
  if (found.kind === 'reply') return found.reply;
  const { request } = found;
  if ((await requeueTasks(parts.store, request.id, failedTasks(request), turn.caller.id)) > 0) parts.wake();
  return { kind: 'request', requestId: request.id };
}

function failedTasks(request: Request): string[] {
  return request.tasks
    .filter(({ state }) => state.kind === 'done' && isWorthRetrying(state.outcome))
    .map((task) => task.id);
}
