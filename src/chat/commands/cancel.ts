import type { AccessRequest } from '../../requests/access-requests/access-request.ts';
import { noteCalledOff } from '../../requests/access-requests/acting.ts';
import { cancelRequest, confirmRequest } from '../../requests/holding.ts';
import type { Reply } from '../reply.ts';
import { cardOf } from './live.ts';
import { findOwnRequest } from './own-request.ts';
import { type CommandParts, say, type Turn } from './turn.ts';

/**
 * Cancel, by button or `cancel ID`: withdraws the tasks that have not been sent, and names those that have.
 * `accessRequest` is the one that the request carries out.
 */
export async function cancel(
  parts: CommandParts,
  turn: Turn,
  requestId: string,
  accessRequest: AccessRequest | null,
): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.cancel', requestId);
  if (found.kind === 'reply') return found.reply;
  const { cancelled, alreadySent } = await cancelRequest(parts.store, found.request.id, turn.caller.id);
  if (cancelled > 0) {
    if (accessRequest !== null) {
      await noteCalledOff(parts.store, accessRequest.id, { id: turn.caller.id, name: turn.caller.name });
      parts.accessChanged(accessRequest.id);
    }
    const isTyped = turn.incoming.what.kind === 'text';
    if (isTyped) return say(turn.words, { kind: 'cancelledNow', id: found.request.id, count: cancelled });
    return cardOf(parts, found.request);
  }
  return say(turn.words, alreadySent > 0 ? { kind: 'alreadySent', sent: alreadySent } : { kind: 'nothingToCancel' });
}

/** Confirms a long list. A second click, or one on a list that has run already, shows the current card. */
export async function confirm(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'provision.run', requestId);
  if (found.kind === 'reply') return found.reply;
  const confirmed = await confirmRequest(parts.store, found.request.id, turn.caller.id);
  if (confirmed.kind === 'expired') return say(turn.words, { kind: 'listExpired' });
  if (confirmed.kind === 'confirmed') parts.wake();
  return { kind: 'live', liveId: found.request.id };
}
