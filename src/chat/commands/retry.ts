import { findFailedTasks } from '../../requests/overview.ts';
import { requeueTasks } from '../../requests/queue.ts';
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
  const failed = await findFailedTasks(parts.store.database, request.id);
  if ((await requeueTasks(parts.store, request.id, failed, turn.caller.id)) > 0) parts.wake();
  return { kind: 'request', requestId: request.id };
}
