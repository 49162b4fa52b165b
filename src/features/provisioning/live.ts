import type { CommandParts } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Request } from '../../requests/request.ts';
import { drawRequest } from './draw.ts';

/**
 * The live card of a request. A request that carries out an access request has no card of its own, as it shows on the
 * access cards; shown by itself, it is a snapshot.
 */
export async function cardOf(parts: CommandParts, request: Request): Promise<Reply> {
  const live: Reply = { kind: 'live', liveId: request.id };
  if (request.cardId !== null || (await parts.registry.accessRequests.find(parts, request.id)) === null) return live;
  const drawing = await drawRequest(parts, request.id);
  return drawing === null ? live : { kind: 'card', message: drawing.message };
}
