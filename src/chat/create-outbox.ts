import { attachCopyCard, dueCopies, putOffCopy } from '../requests/access-requests/copies.ts';
import { dueNotices, type Notice, noticeSent, putOffNotice } from '../requests/access-requests/notices.ts';
import { findAccessRequest } from '../requests/access-requests/store.ts';
import { findRequest, type StoreParts } from '../requests/store.ts';
import type { Outbox, OutboxItem } from './outbox.ts';
import type { Drawing } from './reply.ts';
import { noticeText } from './views/access/notice-text.ts';
import { createWords } from './words.ts';

export interface OutboxParts {
  readonly store: StoreParts;
  /** A live card as it would look now. */
  readonly draw: (liveId: string) => Promise<Drawing | null>;
}

/** Pauses between tries. Beyond the last one Teams was away for about a day, and nobody waits for it any more. */
const againMs = [2_000, 8_000, 30_000, 120_000, 600_000];
const mostFailures = 150;

/** The outbox over its two tables: cards that have not been posted, and notices that have not been said. */
export function createOutbox({ store, draw }: OutboxParts): Outbox {
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

  async function textOf({ accessRequestId, kind, reader }: Notice): Promise<string | null> {
    const accessRequest = await findAccessRequest(database, accessRequestId);
    if (accessRequest === null) return null;
    const { state } = accessRequest;
    const request = state.kind === 'finished' ? await findRequest(database, state.requestId) : null;
    const task = request?.tasks[0]?.state;
    const outcome = task?.kind === 'done' ? task.outcome : null;
    return noticeText(createWords(reader.locale, reader.timeZone), { accessRequest, kind, outcome });
  }

  const putOff = (item: OutboxItem, dueAt: number | null) =>
    item.kind === 'card' ? putOffCopy(database, item.liveId, dueAt) : putOffNotice(database, item.noticeId, dueAt);

  return {
    async due(limit) {
      const cards = await cardItems(limit);
      return [...cards, ...(await textItems(limit - cards.length))];
    },
    async sent(item, cardId) {
      if (item.kind === 'text') await noticeSent(database, item.noticeId);
      else if (cardId !== null) await attachCopyCard(database, item.liveId, cardId);
    },
    async failed(item, kind) {
      const times = failures.get(item) ?? 0;
      if (kind === 'gone' || times >= mostFailures) return putOff(item, null);
      await putOff(item, clock.now() + (againMs[times] ?? againMs.at(-1) ?? 0));
    },
  };
}
