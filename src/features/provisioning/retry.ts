import { readRequestId, writeRequestId } from '../../chat/grammar/id-lines.ts';
import {
  type ApprovalOfRequest,
  type CommandParts,
  defineCommand,
  type Turn,
} from '../../chat/registry/define-command.ts';
import { sayNoneNamed } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { findFailedTasks } from '../../requests/overview.ts';
import { requeueTasks } from '../../requests/queue.ts';
import type { Request, TaskState } from '../../requests/request.ts';
import { findOwnRequest, resolveRequest } from './own-request.ts';
import { say } from './problems.ts';

/**
 * The Retry button and `retry ID`: runs the failed tasks again, on the same card. A second click finds nothing to
 * requeue and shows the current card. The id of an access request works as well as that of its provisioning request.
 */
async function retry(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const accessRequest = await parts.registry.accessRequests.find(parts, id);
  if (accessRequest === null) return retryProvisioning(parts, turn, id, null);
  const { progress } = accessRequest;
  if (progress.kind === 'notStarted') return progress.retry(turn);
  return retryProvisioning(parts, turn, progress.requestId, accessRequest);
}

async function retryProvisioning(
  parts: CommandParts,
  turn: Turn,
  requestId: string,
  accessRequest: ApprovalOfRequest | null,
): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.retry', requestId);
  if (found.kind === 'reply') return found.reply;
  const { request } = found;
  const failed = await findFailedTasks(parts.store.database, request.id);
  const count = await requeueTasks(parts.store, request.id, failed, turn.caller.id);
  const clicked = (await accessRequest?.clickedCard(turn)) ?? null;
  if (count === 0) return clicked ?? nothingToRetry(turn, request);
  // The requester and the approver are told the new result, too.
  await accessRequest?.note('retried', { id: turn.caller.id, name: turn.caller.name });
  parts.publish('tasks', null);
  if (clicked !== null) return clicked;
  // A button is on the card that changes now; a typed id may be far from the card.
  if (turn.incoming.what.kind === 'text') return say(turn.words, { kind: 'retried', id: request.id, count });
  return { kind: 'live', liveId: request.id };
}

/**
 * A second click finds the tasks queued already, which the card shows. A typed retry gets the reason why nothing was
 * retried.
 */
function nothingToRetry(turn: Turn, request: Request): Reply {
  if (turn.incoming.what.kind !== 'text') return { kind: 'live', liveId: request.id };
  const has = (kind: TaskState['kind']) => request.tasks.some(({ state }) => state.kind === kind);
  if (has('held')) return say(turn.words, { kind: 'stillHeld', id: request.id });
  if (has('waiting') || has('running')) return say(turn.words, { kind: 'stillRuns', id: request.id });
  return say(turn.words, { kind: has('cancelled') ? 'wasCancelled' : 'nothingToRetry', id: request.id });
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `requestId` as printed on the card. */
    retry: { readonly requestId: string };
  }
}

export const retryCommand = defineCommand({
  verb: 'retry',
  read: (words) => readRequestId('retry', words),
  write: writeRequestId,
  permission: 'request.retry',
  ground: 'job',
  freshRoles: 'clicked',
  chapter: 'requests',
  examples: ['retry R7K3MQ'],
  tryIt: null,
  incomplete: async (parts, turn, _line, said) =>
    (await parts.registry.ownRequests(parts, turn, 'failed', said)) ??
    sayNoneNamed(turn, 'retry', said, 'my failed requests'),
  resolve: resolveRequest,
  run: (parts, turn, { requestId }) => retry(parts, turn, requestId),
});
