import { mayDecide } from '../../../access/deciding.ts';
import { addPlace, removePlace } from '../../../requests/access-requests/places.ts';
import type { Reply } from '../../reply.ts';
import { type CommandParts, refuseUnless, say, type Turn, troubleReply } from '../turn.ts';

/**
 * `send approvals here`: from now on this channel or group chat sees what its approver decides on. Whoever decides for
 * some apps only brings only those.
 */
export async function sendApprovalsHere(parts: CommandParts, turn: Turn): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'access.decide');
  if (refusal !== null) return refusal;
  const { place, conversation, reader } = turn.incoming;
  if (place.kind === 'personal') return say(turn.words, { kind: 'placeIsPersonal' });
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const own = listing.value.items.filter(({ approvers }) => approvers.length > 0 && mayDecide(turn.caller, approvers));
  const general = mayDecide(turn.caller, []);
  await addPlace(parts.store, {
    key: place.key,
    conversation,
    reader,
    general,
    apps: own.map(({ id }) => id),
    addedBy: turn.caller.id,
  });
  return say(turn.words, { kind: 'placeAdded', apps: general ? null : own.map(({ displayName }) => displayName) });
}

/** `stop sending approvals`: the way back. */
export async function stopSendingApprovals(parts: CommandParts, turn: Turn): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'access.decide');
  if (refusal !== null) return refusal;
  const { place } = turn.incoming;
  if (place.kind === 'personal') return say(turn.words, { kind: 'placeIsPersonal' });
  const removed = await removePlace(parts.store, place.key, turn.caller.id);
  return say(turn.words, { kind: removed ? 'placeRemoved' : 'placeUnknown' });
}
