import { anyMay, type StillMay } from '../access/still-may.ts';
import { isDatabaseFault } from '../db/away.ts';
import type { Log } from '../log.ts';
import { mayBeDone } from '../requests/access-requests/awaiting.ts';
import {
  approversCopies,
  type Copy,
  copyPosted,
  dueCopies,
  keyOfRoute,
  putOffCopy,
} from '../requests/access-requests/copies.ts';
import {
  dueNotices,
  type Notice,
  type NoticeKind,
  noticeSent,
  ownConversations,
  putOffNotice,
} from '../requests/access-requests/notices.ts';
import { type AccessParts, findAccessRequest } from '../requests/access-requests/store.ts';
import { giveUpConversation } from '../requests/access-requests/undelivered.ts';
import { findRequest } from '../requests/store.ts';
import { announcementSent, dueAnnouncements, putOffAnnouncement } from '../requests/watching/announcements.ts';
import { findWatch, type Watch } from '../requests/watching/watches.ts';
import type { Outbox, OutboxItem } from './outbox.ts';
import type { Drawing } from './reply.ts';
import { noticeText } from './views/access/notice-text.ts';
import { announcementCard } from './views/checks/announcement-card.ts';
import { createWords } from './words.ts';

export interface OutboxParts {
  readonly store: AccessParts;
  /** A live card as it would look now. */
  readonly draw: (liveId: string) => Promise<Drawing | null>;
  /** The cloud's Entra admin centre. */
  readonly entraPortal: string;
  /** An access request has to be shown elsewhere: the calendar may look. */
  readonly accessChanged: (accessRequestId: string) => void;
  /** Whether requests for this app may be shown in this place or personal chat now. */
  readonly mayBeShown: (appId: string, key: string) => Promise<StillMay>;
  /** Whether the person who added this watch may still watch. */
  readonly mayWatch: (watch: Watch) => Promise<StillMay>;
  readonly log: Log;
}

/** Pauses between tries. Beyond the last one Teams was away for about a day, and nobody waits for it any more. */
const againMs = [2_000, 8_000, 30_000, 120_000, 600_000];
const mostFailures = 150;

/** The notices that approvers are owed where they were shown the request. */
const toApprovers: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['reminder', 'expired', 'cancelled']);

/** To whom an item is owed, and how often it could not be handed on. */
interface Owed {
  readonly failures: number;
  /** Of an access request whose approvers are shown or reminded of it there. */
  readonly accessRequestId: string | null;
}

/** The outbox over its tables: cards that have not been posted, announcements, and notices that have not been said. */
export function createOutbox({
  store,
  draw,
  entraPortal,
  accessChanged,
  mayBeShown,
  mayWatch,
  log,
}: OutboxParts): Outbox {
  const { database, clock } = store;
  const owed = new WeakMap<OutboxItem, Owed>();

  /** What cannot be drawn is put off by itself: whatever is wrong with it is no reason to keep the others waiting. */
  async function made<T extends { readonly failures: number }, Item>(
    row: T,
    make: (row: T) => Promise<Item | null> | Item,
    putOffRow: (dueAt: number | null) => Promise<void>,
  ): Promise<Item[]> {
    try {
      const item = await make(row);
      if (item === null) await putOffRow(null);
      return item === null ? [] : [item];
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      log.error({ error, code: 'outbox_undrawn' }, 'an item of the outbox could not be drawn');
      await putOffRow(againAt(row.failures));
      return [];
    }
  }

  /** Null when it was tried often enough. */
  function againAt(times: number): number | null {
    if (times >= mostFailures) return null;
    return clock.now() + (againMs[times] ?? againMs.at(-1) ?? 0);
  }

  async function cardItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const copy of await dueCopies(database, clock.now(), limit)) {
      const { id, conversation, failures, accessRequestId } = copy;
      const make = async () => {
        const drawing = await draw(id);
        return drawing === null ? null : ({ kind: 'card', liveId: id, conversation, drawing } as const);
      };
      const isForApprovers = copy.audience === 'approvers';
      const standing = isForApprovers ? await standingOf(accessRequestId, [copy]) : 'may';
      // As long as Graph does not tell, it is handed out again in a minute.
      if (standing === 'unknown') continue;
      if (standing !== 'may') {
        await withdraw(copy);
        continue;
      }
      for (const item of await made(copy, make, (dueAt) => putOffCopy(database, id, dueAt))) {
        owed.set(item, { failures, accessRequestId: isForApprovers ? accessRequestId : null });
        items.push(item);
      }
    }
    return items;
  }

  async function textItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const notice of await dueNotices(database, clock.now(), limit)) {
      const { id, conversation, failures, accessRequestId } = notice;
      const standing = await standingThere(notice);
      if (standing === 'unknown') continue;
      if (standing !== 'may') {
        await withdraw(notice);
        await putOffNotice(database, id, null);
        continue;
      }
      const make = async () => {
        const text = await textOf(notice);
        return text === null ? null : ({ kind: 'text', noticeId: id, conversation, text } as const);
      };
      for (const item of await made(notice, make, (dueAt) => putOffNotice(database, id, dueAt))) {
        owed.set(item, { failures, accessRequestId: notice.kind === 'reminder' ? accessRequestId : null });
        items.push(item);
      }
    }
    return items;
  }

  /** Whether what these copies are about may be sent to where they are now. */
  async function standingOf(accessRequestId: string, copies: readonly Copy[]): Promise<StillMay> {
    const app = (await findAccessRequest(database, accessRequestId))?.app;
    if (app === undefined || copies.length === 0) return 'may';
    const standings = copies.map(async (copy): Promise<StillMay> => {
      const key = keyOfRoute(copy);
      if (copy.withdrawn === true) return 'mayNot';
      return key === null ? 'may' : mayBeShown(app.id, key);
    });
    return anyMay(await Promise.all(standings));
  }

  /** What the asker and the decider are owed as well is told where they said what they did. */
  async function standingThere({ accessRequestId, conversation, kind }: Notice): Promise<StillMay> {
    if (!toApprovers.has(kind)) return 'may';
    const isThere = (other: string) => store.conversationKey(other) === store.conversationKey(conversation);
    if ((await ownConversations(database, accessRequestId)).some(isThere)) return 'may';
    const copies = await approversCopies(database, accessRequestId);
    return standingOf(
      accessRequestId,
      copies.filter((copy) => isThere(copy.conversation)),
    );
  }

  /** It may not be sent there any more: it is given up, and the request goes elsewhere unless others are shown it. */
  async function withdraw({ accessRequestId, conversation }: Pick<Notice, 'accessRequestId' | 'conversation'>) {
    if (await giveUpConversation(store, { accessRequestId, conversation }, 'mayNot')) accessChanged(accessRequestId);
  }

  async function postItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const due of await dueAnnouncements(database, clock.now(), limit)) {
      const { id, key, conversation, reader, details, failures } = due;
      const watch = await findWatch(database, key, details.app.id);
      const standing = watch === null ? 'may' : await mayWatch(watch);
      if (standing === 'unknown') continue;
      if (standing !== 'may') {
        log.info({ announcementId: id, code: 'watch_not_counting' }, 'who added a watch may not watch any more');
        await putOffAnnouncement(database, id, null);
        continue;
      }
      const make = () => {
        const { app, change, status, at } = details;
        const words = createWords(reader.locale, reader.timeZone);
        const message = announcementCard(words, { app, change, status, now: at, entraPortalUrl: entraPortal });
        return { kind: 'post', announcementId: id, conversation, message } as const;
      };
      for (const item of await made(due, make, (dueAt) => putOffAnnouncement(database, id, dueAt))) {
        owed.set(item, { failures, accessRequestId: null });
        items.push(item);
      }
    }
    return items;
  }

  async function textOf({ accessRequestId, kind, reader }: Notice): Promise<string | null> {
    const accessRequest = await findAccessRequest(database, accessRequestId);
    if (accessRequest === null) return null;
    const { state } = accessRequest;
    const request = state.kind === 'finished' ? await findRequest(database, state.requestId) : null;
    const task = request?.tasks[0]?.state;
    const outcome = task?.kind === 'done' ? task.outcome : null;
    const words = createWords(reader.locale, reader.timeZone);
    const isPerhapsDone = await mayBeDone(database, accessRequest);
    return noticeText(words, {
      accessRequest,
      kind,
      outcome,
      mayBeDone: isPerhapsDone,
      entraPortalUrl: entraPortal,
    });
  }

  function putOff(item: OutboxItem, dueAt: number | null): Promise<void> {
    switch (item.kind) {
      case 'card':
        return putOffCopy(database, item.liveId, dueAt);
      case 'post':
        return putOffAnnouncement(database, item.announcementId, dueAt);
      case 'text':
        return putOffNotice(database, item.noticeId, dueAt);
      default: {
        const never: never = item;
        throw new Error(`unexpected item ${JSON.stringify(never)}`);
      }
    }
  }

  return {
    async due(limit) {
      const cards = await cardItems(limit);
      const posts = await postItems(limit - cards.length);
      return [...cards, ...posts, ...(await textItems(limit - cards.length - posts.length))];
    },
    async sent(item, cardId) {
      if (item.kind === 'text') await noticeSent(database, item.noticeId);
      else if (item.kind === 'post') await announcementSent(database, item.announcementId);
      else if (cardId !== null) await copyPosted(store, item.liveId, cardId);
    },
    async failed(item, kind) {
      const { failures, accessRequestId } = owed.get(item) ?? { failures: 0, accessRequestId: null };
      const dueAt = kind === 'gone' ? null : againAt(failures);
      if (dueAt === null && accessRequestId !== null) {
        // Before the item is given up itself: whoever dies in between comes back to it.
        const { conversation } = item;
        if (await giveUpConversation(store, { accessRequestId, conversation }, kind)) accessChanged(accessRequestId);
      }
      await putOff(item, dueAt);
    },
  };
}
