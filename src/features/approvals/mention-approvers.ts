import type { Contact } from '../../access/caller.ts';
import { mentioning } from '../../chat/cards/mentions.ts';
import { personOf } from '../../chat/known-people.ts';
import type { Messages } from '../../chat/messages.ts';
import type { CardMessage } from '../../chat/reply.ts';
import { short } from '../../chat/views/parts.ts';
import type { Message } from '../../outbox/message.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import { keyOfRoute } from './access-requests/access-cards.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { asAskedFor } from './access-requests/asked-app.ts';
import { decidersOf, someDeciders } from './deciders.ts';
import type { FactParts } from './read-decision-facts.ts';

const contactsMs = 1_500;

/**
 * The card with its approvers mentioned, for its first post in a channel or group chat that gets the request; null for
 * any other. Where Graph does not tell in time who they are, there is no mention.
 */
export async function withMentions(
  parts: FactParts,
  words: Messages,
  card: Message,
  accessRequest: AccessRequest,
  content: CardMessage,
): Promise<CardMessage | null> {
  const key = keyOfRoute(card);
  if (key === null || personOf(key) !== null || !isFirstPost(card)) return null;
  const found = await withinMs(findDeciders(parts, accessRequest), contactsMs, parts.store.clock);
  if (isTooSlow(found)) return null;
  const { people, others } = someDeciders(found, [accessRequest.requestedBy.id, accessRequest.subject.id]);
  const named = others.map(({ group, count }) => words.plain('mention.others', { group: short(group, 60), count }));
  return mentioning(words, content, people, named);
}

/** Neither posted before nor perhaps posted, so that no approver is mentioned twice. */
function isFirstPost({ activityId, shownRevision, leftOpen, isInterrupted, hasEarlierCard }: Message): boolean {
  return activityId === null && shownRevision === 0 && leftOpen === 'nothing' && !isInterrupted && !hasEarlierCard;
}

async function findDeciders(parts: FactParts, request: AccessRequest): Promise<readonly Contact[]> {
  const found = await parts.applications.find(request.app.id);
  return found.ok && found.value.kind === 'one' ? decidersOf(parts, asAskedFor(found.value.app, request)) : [];
}
