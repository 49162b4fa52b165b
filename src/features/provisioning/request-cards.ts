import type { CommandParts, LiveCards } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Request } from '../../requests/request.ts';
import { attachCard, findUndrawn, isRequestCard, markDrawn } from '../../requests/store.ts';
import { drawRequest } from './draw.ts';

/** The cards of provisioning requests. A request's card has the request's id. */
export const requestCards: LiveCards = {
  // Asked last: every id that no other feature owns is a request's.
  owns: () => true,
  draw: drawRequest,
  async attach({ store, publish }, liveId, cardId, instead) {
    const attached = await attachCard(store.database, liveId, cardId, instead);
    publish('tasks', null);
    return attached;
  },
  markDrawn: ({ store }, liveId, revision) => markDrawn(store.database, liveId, revision),
  undrawn: ({ store }, limit) => findUndrawn(store.database, limit),
  isCard: ({ store }, cardId) => isRequestCard(store.database, cardId),
  async placeOf({ store }, liveId) {
    const row = await store.database.query
      .selectFrom('requests')
      .select(['id', 'conversation', 'locale', 'time_zone', 'revision'])
      .where('id', '=', liveId)
      .executeTakeFirst();
    if (row === undefined) return null;
    const { id, conversation, locale, time_zone: timeZone, revision } = row;
    return { id, conversation, reader: { locale, timeZone }, revision };
  },
};

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
