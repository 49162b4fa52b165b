import { mayDecide } from '../../../access/deciding.ts';
import { deny } from '../../../access/policy.ts';
import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import { openCopy } from '../../../requests/access-requests/copies.ts';
import { findAccessRequest, findAccessRequestOf } from '../../../requests/access-requests/store.ts';
import type { Request } from '../../../requests/request.ts';
import { findRequest } from '../../../requests/store.ts';
import { drawRequest } from '../../draw.ts';
import type { Reply } from '../../reply.ts';
import { type CommandParts, refuseUnless, say, type Turn, troubleReply } from '../turn.ts';
import { approversOf, isTheirs, placeKeyOf } from './found-request.ts';

/**
 * `show ID`: the card of a request once more. An access request gets a further live card; a provisioning request has
 * its own, so here it is shown as it stands now. Shown to its asker, to who decides on it, and to operators.
 */
export async function show(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'apps.list');
  if (refusal !== null) return refusal;
  const accessRequest = await findAccessRequest(parts.store.database, id);
  if (accessRequest !== null) return showAccess(parts, turn, accessRequest);
  const request = await findRequest(parts.store.database, id);
  const drawing = request !== null && (await maySee(parts, turn, request)) ? await drawRequest(parts, id) : null;
  if (drawing === null) return say(turn.words, { kind: 'unknownRequest', id });
  return { kind: 'card', message: drawing.message };
}

/** Its asker, operators, and whoever decides on the access request that it carries out. */
async function maySee(parts: CommandParts, { caller }: Turn, request: Request): Promise<boolean> {
  if (request.asker.id === caller.id || deny(caller, 'request.retry') === null) return true;
  if ((await findAccessRequestOf(parts.store.database, request.id)) === null) return false;
  const approvers = await approversOf(parts, request.app.id);
  return approvers.ok && approvers.value !== null && mayDecide(caller, approvers.value);
}

async function showAccess(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const approvers = await approversOf(parts, request.app.id);
  if (!approvers.ok) return troubleReply(turn.words, approvers.trouble);
  const decides = isTheirs(turn.caller, request, approvers.value);
  const isAsker = request.asker.id === turn.caller.id;
  if (!decides && !isAsker && deny(turn.caller, 'access.cancel') !== null)
    return say(turn.words, { kind: 'unknownRequest', id: request.id });
  const { conversation, reader, id: source } = turn.incoming;
  const audience = decides ? 'approvers' : 'asker';
  const liveId = await openCopy(parts.store, {
    accessRequestId: request.id,
    source,
    conversation,
    reader,
    audience,
    shownBy: { actorId: turn.caller.id, key: placeKeyOf(turn.incoming) },
  });
  return { kind: 'live', liveId };
}
