import { anyMay, type StillMay } from '../../access/still-may.ts';
import type { Bus } from '../../bus.ts';
import { createMessages } from '../../chat/messages.ts';
import type { OutboxRow, OutboxSource } from '../../chat/outbox.ts';
import type { Drawing } from '../../chat/reply.ts';
import { putOff } from '../../db/handing-out.ts';
import type { AccessParts } from '../../requests/access-parts.ts';
import { findRequest } from '../../requests/store.ts';
import {
  type AccessCard,
  accessCardPosted,
  approversCards,
  dueAccessCards,
  keyOfRoute,
} from './access-requests/access-cards.ts';
import { mayBeDone } from './access-requests/awaiting.ts';
import { dueNotices, type Notice, type NoticeKind, noticeSent, ownConversations } from './access-requests/notices.ts';
import { findAccessRequest } from './access-requests/store.ts';
import { giveUpConversation } from './access-requests/undelivered.ts';
import { noticeText } from './cards/notice-text.ts';

export interface AccessOutboxParts {
  readonly store: AccessParts;
  /** An access card as it would look now. */
  readonly draw: (liveId: string) => Promise<Drawing | null>;
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
  /** An access request must be shown elsewhere: wakes the approval scheduler. */
  readonly publish: Bus['publish'];
  /** Whether requests for this app may be shown now in this approval channel or personal chat. */
  readonly mayBeShown: (appId: string, key: string) => Promise<StillMay>;
}

/** Notices for approvers, sent where they were shown the request. */
const toApprovers: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['reminder', 'expired', 'cancelled']);

/** The access cards that have not been posted, and the unsent notices. */
export function accessOutbox(parts: AccessOutboxParts): {
  readonly cards: OutboxSource;
  readonly notices: OutboxSource;
} {
  const { store, draw, entraPortal, publish, mayBeShown } = parts;
  const { database, clock } = store;

  /** Moves the request to another conversation where its approvers read of it. */
  async function moveOn(
    { accessRequestId, conversation }: Pick<Notice, 'accessRequestId' | 'conversation'>,
    why: 'gone' | 'failed' | 'mayNot',
  ): Promise<void> {
    if (await giveUpConversation(store, { accessRequestId, conversation }, why)) publish('access', accessRequestId);
  }

  async function cardRows(limit: number): Promise<readonly OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (const card of await dueAccessCards(database, clock.now(), limit)) {
      const { id, conversation, accessRequestId } = card;
      const isForApprovers = card.audience === 'approvers';
      const standing = isForApprovers ? await standingOf(accessRequestId, [card]) : 'may';
      // As long as Graph does not tell, the item is due again in a minute.
      if (standing === 'unknown') continue;
      if (standing !== 'may') {
        await moveOn(card, 'mayNot');
        continue;
      }
      rows.push({
        ...card,
        name: id,
        about: () => accessRequestId,
        async make() {
          const drawing = await draw(id);
          return drawing === null ? null : { kind: 'card', liveId: id, conversation, drawing };
        },
        async sent(cardId) {
          if (cardId !== null) await accessCardPosted(store, id, cardId);
        },
        putOff: (dueAt) => putOff(database, 'access_cards', id, dueAt),
        ...(isForApprovers ? { gaveUp: (why) => moveOn(card, why) } : {}),
      });
    }
    return rows;
  }

  async function noticeRows(limit: number): Promise<readonly OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (const notice of await dueNotices(database, clock.now(), limit)) {
      const { id, conversation, accessRequestId } = notice;
      const standing = await standingThere(notice);
      if (standing === 'unknown') continue;
      if (standing !== 'may') {
        await moveOn(notice, 'mayNot');
        await putOff(database, 'notices', id, null);
        continue;
      }
      rows.push({
        ...notice,
        name: `notice-${id}`,
        about: () => accessRequestId,
        async make() {
          const text = await textOf(notice);
          return text === null ? null : { kind: 'text', noticeId: id, conversation, text };
        },
        sent: () => noticeSent(database, id),
        putOff: (dueAt) => putOff(database, 'notices', id, dueAt),
        ...(notice.kind === 'reminder' ? { gaveUp: (why) => moveOn(notice, why) } : {}),
      });
    }
    return rows;
  }

  /** Whether these cards' request may be shown in the conversations where they are now. */
  async function standingOf(accessRequestId: string, cards: readonly AccessCard[]): Promise<StillMay> {
    const app = (await findAccessRequest(database, accessRequestId))?.app;
    if (app === undefined || cards.length === 0) return 'may';
    const standings = cards.map(async (card): Promise<StillMay> => {
      const key = keyOfRoute(card);
      if (card.withdrawn === true) return 'mayNot';
      return key === null ? 'may' : mayBeShown(app.id, key);
    });
    return anyMay(await Promise.all(standings));
  }

  /** Notices for the requester and the decider always go where they made the request or the decision. */
  async function standingThere({ accessRequestId, conversation, kind }: Notice): Promise<StillMay> {
    if (!toApprovers.has(kind)) return 'may';
    const isThere = (other: string) => store.conversationKey(other) === store.conversationKey(conversation);
    if ((await ownConversations(database, accessRequestId)).some(isThere)) return 'may';
    const cards = await approversCards(database, accessRequestId);
    return standingOf(
      accessRequestId,
      cards.filter((card) => isThere(card.conversation)),
    );
  }

  async function textOf({ accessRequestId, kind, reader }: Notice): Promise<string | null> {
    const accessRequest = await findAccessRequest(database, accessRequestId);
    if (accessRequest === null) return null;
    const { state } = accessRequest;
    const request = state.kind === 'finished' ? await findRequest(database, state.requestId) : null;
    const task = request?.tasks[0]?.state;
    return noticeText(createMessages(reader.locale, reader.timeZone), {
      accessRequest,
      kind,
      outcome: task?.kind === 'done' ? task.outcome : null,
      mayBeDone: await mayBeDone(database, accessRequest),
      entraPortalUrl: entraPortal,
    });
  }

  return { cards: { due: cardRows }, notices: { due: noticeRows } };
}
