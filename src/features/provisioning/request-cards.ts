import type { CommandParts, MessageDeclaration } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { findMessage } from '../../outbox/message-store.ts';
import { drawRequest } from './draw.ts';

/** The cards of provisioning requests. */
export const requestCards: MessageDeclaration = {
  draw: (parts, { reference }) => drawRequest(parts, reference),
};

/**
 * The live card of a request. A request that carries out an access request has no card of its own, as it shows on the
 * access cards; shown by itself, it is a snapshot.
 */
export async function cardOf(parts: CommandParts, requestId: string): Promise<Reply> {
  const live: Reply = { kind: 'live', liveId: requestId };
  if ((await findMessage(parts.store.database, requestId)) !== null) return live;
  const drawn = await drawRequest(parts, requestId);
  return drawn === null ? live : { kind: 'card', message: drawn.content };
}
