import { anyMay, type StillMay } from '../../access/still-may.ts';
import { createMessages } from '../../chat/messages.ts';
import type { CommandParts, MessageDeclaration } from '../../chat/registry/define-command.ts';
import { withHelpdesk } from '../../chat/views/viewpoint.ts';
import type { Message } from '../../outbox/message.ts';
import { writeAudit } from '../../requests/audit-log.ts';
import { findRequest } from '../../requests/store.ts';
import { approversCards, keyOfRoute } from './access-requests/access-cards.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { mayBeDone } from './access-requests/awaiting.ts';
import { findJoint, linesOf } from './access-requests/joint-request.ts';
import { type NoticeKind, ownConversations } from './access-requests/notices.ts';
import { mayBeShown } from './access-requests/readers.ts';
import { findAccessRequest } from './access-requests/store.ts';
import { giveUpConversation } from './access-requests/undelivered.ts';
import { needsHelpdesk } from './cards/access-content.ts';
import { jointNotice } from './cards/joint-notice.ts';
import { noticeContent } from './cards/notice-text.ts';
import { drawAccessCard } from './draw-access-card.ts';
import { drawJointCard, readLines } from './draw-joint-card.ts';

/** Notices for approvers, sent where they were shown the request; those of an end come from an earlier release. */
const toApprovers: ReadonlySet<string> = new Set<NoticeKind>(['reminder', 'expired', 'cancelled']);

/** The cards of access requests, one in each conversation that shows it. */
export const accessCards: MessageDeclaration = {
  draw: async (parts, card) => (await drawAccessCard(parts, card)) ?? drawJointCard(parts, card),
  mayBePosted: async (parts, card) =>
    card.audience === 'approvers' ? standingOf(parts, card.reference, [card]) : 'may',
  async posted({ store }, transaction, card) {
    const key = keyOfRoute(card);
    // The record has noted one that a person asked for.
    if (key === null) return;
    const [requestId = card.reference] = card.reference.split('.');
    const entry = { at: store.clock.now(), actorId: '', kind: 'accessShown', requestId } as const;
    await writeAudit(transaction, { ...entry, details: { key } });
  },
  async gaveUp(parts, card, why) {
    if (card.audience === 'approvers') await moveOn(parts, card, why);
  },
};

/** The texts about access requests. */
export const accessNotices: MessageDeclaration = {
  async draw(parts, notice) {
    const content = await contentOf(parts, notice);
    return content === null ? null : { content, fingerprint: notice.id, finished: true };
  },
  mayBePosted: standingThere,
  async gaveUp(parts, notice, why) {
    if (notice.details === ('reminder' satisfies NoticeKind) || why === 'mayNot') await moveOn(parts, notice, why);
  },
};

/** Moves the request to another conversation where its approvers read of it. */
async function moveOn(
  { store, publish }: CommandParts,
  message: Message,
  why: 'gone' | 'failed' | 'mayNot',
): Promise<void> {
  if (await giveUpConversation(store, message, why)) publish('access', message.reference);
}

/** Whether these cards' request may be shown in the conversations where they are now. */
async function standingOf(parts: CommandParts, reference: string, cards: readonly Message[]): Promise<StillMay> {
  const { database } = parts.store;
  const request = (await findAccessRequest(database, reference)) ?? (await lineOf(parts, reference));
  if (request === undefined || cards.length === 0) return 'may';
  const standings = cards.map(async (card): Promise<StillMay> => {
    const key = keyOfRoute(card);
    if (card.gone === 'withdrawn') return 'mayNot';
    return key === null ? 'may' : mayBeShown({ ...parts, database }, request, key);
  });
  return anyMay(await Promise.all(standings));
}

/** Notices for the requester and the decider always go where they made the request or the decision. */
async function standingThere(parts: CommandParts, { reference, conversation, details }: Message): Promise<StillMay> {
  if (!toApprovers.has(details ?? '')) return 'may';
  const { database, conversationKey } = parts.store;
  const isThere = (other: string) => conversationKey(other) === conversationKey(conversation);
  if ((await ownConversations(database, reference)).some(isThere)) return 'may';
  const cards = await approversCards(database.query, reference);
  return standingOf(
    parts,
    reference,
    cards.filter((card) => isThere(card.conversation)),
  );
}

/** A line of the joint request or of the group of this reference: the same approvers decide on all of a group. */
async function lineOf(parts: CommandParts, reference: string): Promise<AccessRequest | undefined> {
  const joint = await findJoint(parts.store.database, reference);
  return joint === null ? undefined : linesOf(joint, reference)[0];
}

async function contentOf(parts: CommandParts, { reference, reader, details }: Message) {
  const { database } = parts.store;
  const accessRequest = await findAccessRequest(database, reference);
  if (accessRequest === null) {
    const joint = await findJoint(database, reference);
    if (joint === null) return null;
    const words = createMessages(reader.locale, reader.timeZone);
    const lines = await readLines(parts, joint);
    return jointNotice(words, { id: joint.id, lines, kind: details as NoticeKind });
  }
  const { state } = accessRequest;
  const request = state.kind === 'finished' ? await findRequest(database, state.requestId) : null;
  const [task = null] = request?.tasks ?? [];
  return noticeContent(createMessages(reader.locale, reader.timeZone), {
    accessRequest,
    kind: details as NoticeKind,
    task,
    mayBeDone: await mayBeDone(database, accessRequest),
    entraPortalUrl: parts.entraPortal,
    helpdesk:
      task?.state.kind !== 'done' && !needsHelpdesk(accessRequest)
        ? []
        : (await withHelpdesk(parts, 'anyone')).helpdesk,
  });
}
