import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import { openCopy } from '../../../requests/access-requests/copies.ts';
import { findAccessRequest } from '../../../requests/access-requests/store.ts';
import { drawRequest } from '../../draw.ts';
import type { Reply } from '../../reply.ts';
import { type CommandParts, refuseUnless, say, type Turn, troubleReply } from '../turn.ts';
import { approversOf, isTheirs, placeKeyOf } from './found-request.ts';

/**
 * `show ID`: the card of a request once more, for whoever may see the history, of which it is a part. An access request
 * gets a further live card; a provisioning request has its own, so here it is shown as it stands now.
 */
export async function show(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'history.show');
  if (refusal !== null) return refusal;
  const accessRequest = await findAccessRequest(parts.store.database, id);
  if (accessRequest !== null) return showAccess(parts, turn, accessRequest);
  const drawing = await drawRequest(parts, id);
  if (drawing === null) return say(turn.words, { kind: 'unknownRequest', id });
  return { kind: 'card', message: drawing.message };
}

async function showAccess(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const approvers = await approversOf(parts, request.app.id);
  if (!approvers.ok) return troubleReply(turn.words, approvers.trouble);
  const decides = isTheirs(turn.caller, request, approvers.value);
  const { conversation, reader, id, place } = turn.incoming;
  const audience = decides ? 'approvers' : 'asker';
  const shownHere = `show|${place.key}|`;
  const liveId = await openCopy(parts.store, {
    accessRequestId: request.id,
    source: shownHere + id,
    // One in a place is kept up to date, however often it is asked for.
    insteadOf: shownHere,
    conversation,
    reader,
    audience,
    shownBy: { actorId: turn.caller.id, key: placeKeyOf(turn.incoming) },
  });
  return { kind: 'live', liveId };
}
