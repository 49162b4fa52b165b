import { findAccessRequestOf } from '../../requests/access-requests/store.ts';
import type { Request } from '../../requests/request.ts';
import { drawRequest } from '../draw.ts';
import type { CommandParts } from '../registry/define-command.ts';
import type { Reply } from '../reply.ts';

/**
 * The card of a request, which changes as the request does. One that carries out an access request has no card of its
 * own, as it shows on those of that; where it was looked at by itself it is shown as it stands.
 */
export async function cardOf(parts: CommandParts, request: Request): Promise<Reply> {
  const live: Reply = { kind: 'live', liveId: request.id };
  if (request.cardId !== null || (await findAccessRequestOf(parts.store.database, request.id)) === null) return live;
  const drawing = await drawRequest(parts, request.id);
  return drawing === null ? live : { kind: 'card', message: drawing.message };
}
