import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import { copyWithCard } from '../../../requests/access-requests/copies.ts';
import { act } from '../../../requests/access-requests/store.ts';
import { cancelRequest } from '../../../requests/holding.ts';
import type { Reply } from '../../reply.ts';
import { type CommandParts, refuseUnless, say, type Turn } from '../turn.ts';

/** Cancel of an access request: its asker while it waits, an operator until its call has been sent. */
export async function cancelAccess(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const by = { id: turn.caller.id, name: turn.caller.name };
  if (request.asker.id !== by.id) {
    const refusal = await refuseUnless(parts, turn, 'access.cancel');
    if (refusal !== null) return refusal;
  }
  const acted = await act(parts.store, request.id, { kind: 'cancel', by });
  const isDone = acted.kind === 'done' || (await calledOff(parts, acted, by.id));
  parts.accessChanged(request.id);
  if (!isDone) {
    const sent = acted.kind === 'unchanged' && acted.accessRequest.state.kind === 'started';
    return say(turn.words, sent ? { kind: 'alreadySent', sent: 1 } : { kind: 'nothingToCancel' });
  }
  const { what } = turn.incoming;
  const clicked = what.kind === 'text' ? null : await copyWithCard(parts.store.database, what.cardId);
  if (clicked === null) return say(turn.words, { kind: 'cancelledAccess', id: request.id });
  return { kind: 'live', liveId: clicked.id };
}

/** What has started is a provisioning request already, and may still wait in line. */
async function calledOff(
  parts: CommandParts,
  acted: Awaited<ReturnType<typeof act>>,
  actorId: string,
): Promise<boolean> {
  if (acted.kind !== 'unchanged' || acted.accessRequest.state.kind !== 'started') return false;
  const { cancelled } = await cancelRequest(parts.store, acted.accessRequest.state.requestId, actorId);
  return cancelled > 0;
}
