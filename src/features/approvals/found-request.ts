import type { Caller } from '../../access/caller.ts';
import { mayDecide } from '../../access/deciding.ts';
import { deny } from '../../access/policy.ts';
import type { Incoming } from '../../chat/incoming.ts';
import { personalKey } from '../../chat/known-people.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { usersPageUrl } from '../../chat/views/entra-link.ts';
import type { Fetched } from '../../graph/answer.ts';
import { fetched } from '../../graph/answer.ts';
import { type Message, mayStand } from '../../outbox/message.ts';
import { findPosted } from '../../outbox/message-store.ts';
import { approversCards, openAccessCard } from './access-requests/access-cards.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { asAskedFor } from './access-requests/asked-app.ts';
import { findAccessRequest, findCarriedOutBy } from './access-requests/store.ts';
import { say } from './problems.ts';

/**
 * Who decides on access to an app: the approvers in `APPS_FILE`, else all approvers (empty list). Null where the app
 * cannot be found or its entry is unsettled: Usher then cannot know the app's approvers, so no approver decides.
 */
export async function approversOf(
  parts: CommandParts,
  appId: string,
  request: Pick<AccessRequest, 'kit'> = {},
): Promise<Fetched<Approvers>> {
  const found = await parts.applications.find(appId);
  if (!found.ok) return found;
  const app = found.value.kind === 'one' ? found.value.app : null;
  return fetched(app === null || app.unsettled === true ? null : asAskedFor(app, request).approvers);
}

/** Whether the app exists while an `APPS_FILE` entry of its name matches no app, or several. */
export async function isUnsettledApp(parts: CommandParts, appId: string): Promise<boolean> {
  const found = await parts.applications.find(appId);
  return found.ok && found.value.kind === 'one' && found.value.app.unsettled === true;
}

export type Approvers = readonly string[] | null;

/** Whether this caller may decide on this request: decides for its app, and neither made it nor is its subject. */
export function isTheirs(caller: Caller, request: AccessRequest, approvers: Approvers): boolean {
  if (approvers === null) return false;
  return mayDecide(caller, approvers) && request.requestedBy.id !== caller.id && request.subject.id !== caller.id;
}

/** Whether this caller may see this request: its requester, its approvers, and operators. */
export function maySee(caller: Caller, request: AccessRequest, approvers: Approvers): boolean {
  const isRequester = request.requestedBy.id === caller.id;
  return isRequester || isTheirs(caller, request, approvers) || deny(caller, 'access.cancel') === null;
}

/** The app's page of assigned people, for a reader who is told that an assignment may remain. */
export function assignmentsLink({ entraPortal }: CommandParts, { app }: AccessRequest): string {
  return usersPageUrl(entraPortal, app.id);
}

/** The access request of this id, or the one carried out by the provisioning request of this id; null for neither. */
export async function eitherAccessRequest({ store }: CommandParts, id: string): Promise<AccessRequest | null> {
  return (await findAccessRequest(store.database, id)) ?? findCarriedOutBy(store.database, id);
}

/** The key by which the database tells this conversation from others. */
export function placeKeyOf({ place, speaker }: Incoming): string {
  return place.kind === 'personal' ? personalKey(speaker.id) : place.key;
}

/** Answers an unknown access request id: a typo when typed, an old card when clicked. */
export function unknownAccess(turn: Turn, id: string): Reply {
  const isTyped = turn.incoming.what.kind === 'text';
  return say(turn.words, isTyped ? { kind: 'unknownAccessRequest', id } : { kind: 'staleButton' });
}

/**
 * The message that the clicked card is; null where Usher has none of these references in this conversation. A card that
 * Usher does not know is the one whose post was left open, which the click proves to stand there.
 */
export async function clickedCardOf(
  { store }: CommandParts,
  { conversation }: Turn['incoming'],
  references: readonly string[],
  cardId: string,
): Promise<Message | null> {
  if (cardId === '') return null;
  const { database, conversationKey } = store;
  const isOfHere = (card: Message) =>
    references.includes(card.reference) && conversationKey(card.conversation) === conversationKey(conversation);
  const posted = await findPosted(database, cardId);
  if (posted !== null) return isOfHere(posted) ? posted : null;
  for (const reference of references) {
    const cards = await approversCards(database.query, reference);
    const card = cards.find((one) => isOfHere(one) && mayStand(one));
    if (card !== undefined) return card;
  }
  return null;
}

/** Another live card with this reference, here: a conversation keeps one, however often it is shown again. */
export async function showHere(
  parts: CommandParts,
  turn: Turn,
  reference: string,
  audience: 'requester' | 'approvers',
): Promise<Reply> {
  const { conversation, reader, id, place } = turn.incoming;
  const shownHere = `show|${place.key}|`;
  const liveId = await openAccessCard(parts.store, {
    accessRequestId: reference,
    source: shownHere + id,
    insteadOf: shownHere,
    ...{ conversation, reader, audience },
    shownBy: { actorId: turn.caller.id, key: placeKeyOf(turn.incoming) },
  });
  return { kind: 'live', liveId };
}
