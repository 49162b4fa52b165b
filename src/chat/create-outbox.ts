import { attachCopyCard, dueCopies, putOffCopy } from '../requests/access-requests/copies.ts';
import { dueNotices, type Notice, noticeSent, putOffNotice } from '../requests/access-requests/notices.ts';
import { findAccessRequest } from '../requests/access-requests/store.ts';
import { findRequest, type StoreParts } from '../requests/store.ts';
import { announcementSent, dueAnnouncements, putOffAnnouncement } from '../requests/watching/announcements.ts';
import type { Outbox, OutboxItem } from './outbox.ts';
import type { Drawing } from './reply.ts';
import { noticeText } from './views/access/notice-text.ts';
import { announcementCard } from './views/checks/announcement-card.ts';
import { createWords } from './words.ts';

export interface OutboxParts {
  readonly store: StoreParts;
  /** A live card as it would look now. */
  readonly draw: (liveId: string) => Promise<Drawing | null>;
  /** The cloud's Entra admin centre. */
  readonly entraPortal: string;
}

/** Pauses between tries. Beyond the last one Teams was away for about a day, and nobody waits for it any more. */
const againMs = [2_000, 8_000, 30_000, 120_000, 600_000];
const mostFailures = 150;

/** The outbox over its tables: cards that have not been posted, announcements, and notices that have not been said. */
export function createOutbox({ store, draw, entraPortal }: OutboxParts): Outbox {
  const { database, clock } = store;
  const failures = new WeakMap<OutboxItem, number>();

  async function cardItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const copy of await dueCopies(database, clock.now(), limit)) {
      const drawing = await draw(copy.id);
      if (drawing === null) {
        await putOffCopy(database, copy.id, null);
        continue;
      }
      const item = { kind: 'card', liveId: copy.id, conversation: copy.conversation, drawing } as const;
      failures.set(item, copy.failures);
      items.push(item);
    }
    return items;
  }

  async function textItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const notice of await dueNotices(database, clock.now(), limit)) {
      const text = await textOf(notice);
      if (text === null) {
        await putOffNotice(database, notice.id, null);
        continue;
      }
      const item = { kind: 'text', noticeId: notice.id, conversation: notice.conversation, text } as const;
      failures.set(item, notice.failures);
      items.push(item);
    }
    return items;
  }

  async function postItems(limit: number): Promise<OutboxItem[]> {
    const due = await dueAnnouncements(database, clock.now(), limit);
    return due.map(({ id, conversation, reader, details, failures: times }) => {
      const { app, change, status, at } = details;
      const words = createWords(reader.locale, reader.timeZone);
      const message = announcementCard(words, { app, change, status, now: at, entraPortalUrl: entraPortal });
      const item = { kind: 'post', announcementId: id, conversation, message } as const;
      failures.set(item, times);
      return item;
    });
  }

  async function textOf({ accessRequestId, kind, reader }: Notice): Promise<string | null> {
    const accessRequest = await findAccessRequest(database, accessRequestId);
    if (accessRequest === null) return null;
    const { state } = accessRequest;
    const request = state.kind === 'finished' ? await findRequest(database, state.requestId) : null;
    const task = request?.tasks[0]?.state;
    const outcome = task?.kind === 'done' ? task.outcome : null;
    return noticeText(createWords(reader.locale, reader.timeZone), { accessRequest, kind, outcome });
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
      else if (cardId !== null) await attachCopyCard(database, item.liveId, cardId);
    },
    async failed(item, kind) {
      const times = failures.get(item) ?? 0;
      if (kind === 'gone' || times >= mostFailures) return putOff(item, null);
      await putOff(item, clock.now() + (againMs[times] ?? againMs.at(-1) ?? 0));
    },
  };
}
