import { anyMay, type StillMay } from '../access/still-may.ts';
import { assertNever } from '../assert-never.ts';
import { isDatabaseFault } from '../db/away.ts';
import type { Log } from '../log.ts';
import {
  type AccessCard,
  accessCardPosted,
  approversCards,
  dueAccessCards,
  keyOfRoute,
  putOffAccessCard,
} from '../features/approvals/access-requests/access-cards.ts';
import { mayBeDone } from '../features/approvals/access-requests/awaiting.ts';
import {
  dueNotices,
  type Notice,
  type NoticeKind,
  noticeSent,
  ownConversations,
  putOffNotice,
} from '../features/approvals/access-requests/notices.ts';
import type { AccessParts } from '../features/approvals/access-requests/parts.ts';
import { findAccessRequest } from '../features/approvals/access-requests/store.ts';
import { giveUpConversation } from '../features/approvals/access-requests/undelivered.ts';
import type { CrashGuard } from '../requests/crash-guard.ts';
import type { Reader } from '../requests/request.ts';
import { findRequest } from '../requests/store.ts';
import { announcementSent, dueAnnouncements, putOffAnnouncement } from '../features/checks/watching/announcements.ts';
import { findWatch, type Watch } from '../features/checks/watching/watches.ts';
import { type GiveUpParts, tellGivenUp } from './give-up.ts';
import { createMessages } from './messages.ts';
import type { Outbox, OutboxItem } from './outbox.ts';
import type { Drawing } from './reply.ts';
import { noticeText } from '../features/approvals/cards/notice-text.ts';
import { announcementCard } from '../features/checks/cards/announcement-card.ts';

export interface OutboxParts {
  readonly store: AccessParts;
  /** A live card as it would look now. */
  readonly draw: (liveId: string) => Promise<Drawing | null>;
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
  /** Stops retrying items that crash their process while drawn or sent; without it nothing is counted. */
  readonly guard?: Pick<CrashGuard, 'run' | 'giveUp'>;
  readonly post: GiveUpParts['post'];
  /** An access request must be shown elsewhere: wakes the approval scheduler. */
  readonly accessChanged: (accessRequestId: string) => void;
  /** Whether requests for this app may be shown now in this approval channel or personal chat. */
  readonly mayBeShown: (appId: string, key: string) => Promise<StillMay>;
  /** Whether the person who added this watch may still watch. */
  readonly mayWatch: (watch: Watch) => Promise<StillMay>;
  readonly log: Log;
}

/** Pauses between tries; the last one repeats. After `mostFailures`, about a day, the message is outdated. */
const againMs = [2_000, 8_000, 30_000, 120_000, 600_000];
const mostFailures = 150;

/** Notices for approvers, sent where they were shown the request. */
const toApprovers: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['reminder', 'expired', 'cancelled']);

/** An outbox row: its recipient conversation, and how often sending failed. */
interface Owed {
  /** Distinguishes rows across the outbox's tables. */
  readonly name: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly failures: number;
  /** What the row is about, for the message that says it was given up. */
  readonly about: () => string;
  /** The access request that this row shows to approvers or reminds them of; else null. */
  readonly accessRequestId: string | null;
  readonly putOff: (dueAt: number | null) => Promise<void>;
}

/** The outbox over its tables: cards that have not been posted, announcements, and unsent notices. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { store, draw, entraPortal, accessChanged, mayBeShown, mayWatch, guard, log } = parts;
  const { database, clock } = store;
  const owed = new WeakMap<OutboxItem, Owed>();

  /** Postpones an item that cannot be drawn by itself, so that the others need not wait. */
  async function made(row: Owed, make: () => Promise<OutboxItem | null>): Promise<OutboxItem[]> {
    try {
      const item = await attempt('message', row, make);
      if (item === null) return [];
      if (item.value === null) await row.putOff(null);
      else owed.set(item.value, row);
      return item.value === null ? [] : [item.value];
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      log.error({ error, code: 'outbox_undrawn' }, 'an item of the outbox could not be drawn');
      const dueAt = againAt(row.failures);
      await row.putOff(dueAt);
      if (dueAt === null) await guard?.giveUp({ kind: 'message', id: row.name }, (reference) => tell(row, reference));
      return [];
    }
  }

  /** Null where the work was not done: it crashed processes, so the row is given up, or another process is at it. */
  async function attempt<T>(
    kind: 'message' | 'send',
    row: Owed,
    work: () => Promise<T>,
  ): Promise<{ readonly value: T } | null> {
    if (guard === undefined) return { value: await work() };
    let isTold = false;
    const attempted = await guard.run({ kind, id: row.name }, work, async (reference) => {
      isTold = await tell(row, reference);
      return isTold;
    });
    switch (attempted.kind) {
      case 'done':
        return attempted;
      case 'busy':
        return null;
      case 'givenUp': {
        const dueAt = attempted.again ? againAt(row.failures) : null;
        if (dueAt === null && !isTold) await giveUpPlace(row, 'failed');
        await row.putOff(dueAt);
        return null;
      }
      default:
        return assertNever(attempted, 'attempt');
    }
  }

  function tell(row: Owed, reference: string): Promise<boolean> {
    return tellGivenUp(parts, row, { kind: 'messageGivenUp', about: row.about() }, reference);
  }

  /** Moves the request to another conversation where its approvers read of it. */
  async function giveUpPlace({ accessRequestId, conversation }: Owed, why: 'gone' | 'failed'): Promise<void> {
    if (accessRequestId === null) return;
    if (await giveUpConversation(store, { accessRequestId, conversation }, why)) accessChanged(accessRequestId);
  }

  /** Null after too many tries. */
  function againAt(times: number): number | null {
    if (times >= mostFailures) return null;
    return clock.now() + (againMs[times] ?? againMs.at(-1) ?? 0);
  }

  async function cardItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const copy of await dueAccessCards(database, clock.now(), limit)) {
      const { id, conversation, accessRequestId } = copy;
      const row: Owed = {
        ...copy,
        name: id,
        about: () => accessRequestId,
        accessRequestId: copy.audience === 'approvers' ? accessRequestId : null,
        putOff: (dueAt) => putOffAccessCard(database, id, dueAt),
      };
      const make = async () => {
        const drawing = await draw(id);
        return drawing === null ? null : ({ kind: 'card', liveId: id, conversation, drawing } as const);
      };
      const standing = copy.audience === 'approvers' ? await standingOf(accessRequestId, [copy]) : 'may';
      // As long as Graph does not tell, the item is due again in a minute.
      if (standing === 'unknown') continue;
      if (standing === 'may') items.push(...(await made(row, make)));
      else await withdraw(copy);
    }
    return items;
  }

  async function textItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const notice of await dueNotices(database, clock.now(), limit)) {
      const { id, conversation, accessRequestId } = notice;
      const row: Owed = {
        ...notice,
        name: `notice-${id}`,
        about: () => accessRequestId,
        accessRequestId: notice.kind === 'reminder' ? accessRequestId : null,
        putOff: (dueAt) => putOffNotice(database, id, dueAt),
      };
      const standing = await standingThere(notice);
      if (standing === 'unknown') continue;
      if (standing !== 'may') {
        await withdraw(notice);
        await row.putOff(null);
        continue;
      }
      const make = async () => {
        const text = await textOf(notice);
        return text === null ? null : ({ kind: 'text', noticeId: id, conversation, text } as const);
      };
      items.push(...(await made(row, make)));
    }
    return items;
  }

  /** Whether these cards' request may be shown in the conversations where they are now. */
  async function standingOf(accessRequestId: string, copies: readonly AccessCard[]): Promise<StillMay> {
    const app = (await findAccessRequest(database, accessRequestId))?.app;
    if (app === undefined || copies.length === 0) return 'may';
    const standings = copies.map(async (copy): Promise<StillMay> => {
      const key = keyOfRoute(copy);
      if (copy.withdrawn === true) return 'mayNot';
      return key === null ? 'may' : mayBeShown(app.id, key);
    });
    return anyMay(await Promise.all(standings));
  }

  /** Notices for the requester and the decider always go where they made the request or the decision. */
  async function standingThere({ accessRequestId, conversation, kind }: Notice): Promise<StillMay> {
    if (!toApprovers.has(kind)) return 'may';
    const isThere = (other: string) => store.conversationKey(other) === store.conversationKey(conversation);
    if ((await ownConversations(database, accessRequestId)).some(isThere)) return 'may';
    const copies = await approversCards(database, accessRequestId);
    return standingOf(
      accessRequestId,
      copies.filter((copy) => isThere(copy.conversation)),
    );
  }

  /**
   * The item may no longer be sent there: gives it up, and moves the request elsewhere unless other approvers are shown
   * it.
   */
  async function withdraw({ accessRequestId, conversation }: Pick<Notice, 'accessRequestId' | 'conversation'>) {
    if (await giveUpConversation(store, { accessRequestId, conversation }, 'mayNot')) accessChanged(accessRequestId);
  }

  async function postItems(limit: number): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (const due of await dueAnnouncements(database, clock.now(), limit)) {
      const { id, conversation, reader, failures } = due;
      const watch = await findWatch(database, due.key, due.appId);
      const standing = watch === null ? 'may' : await mayWatch(watch);
      if (standing === 'unknown') continue;
      const row: Owed = {
        ...{ conversation, reader, failures },
        name: `announcement-${id}`,
        about: () => due.details.app.name,
        accessRequestId: null,
        putOff: (dueAt) => putOffAnnouncement(database, id, dueAt),
      };
      if (standing !== 'may') {
        log.info({ announcementId: id, code: 'watch_not_counting' }, 'who added a watch may not watch any more');
        await row.putOff(null);
        continue;
      }
      const make = async () => {
        const { app, change, status, at } = due.details;
        const words = createMessages(reader.locale, reader.timeZone);
        const message = announcementCard(words, { app, change, status, now: at, entraPortalUrl: entraPortal });
        return { kind: 'post', announcementId: id, conversation, message } as const;
      };
      items.push(...(await made(row, make)));
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
    const words = createMessages(reader.locale, reader.timeZone);
    const isPerhapsDone = await mayBeDone(database, accessRequest);
    return noticeText(words, {
      accessRequest,
      kind,
      outcome,
      mayBeDone: isPerhapsDone,
      entraPortalUrl: entraPortal,
    });
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
      else if (cardId !== null) await accessCardPosted(store, item.liveId, cardId);
    },
    async attempt(item, work) {
      const row = owed.get(item);
      return row === undefined ? work() : ((await attempt('send', row, work))?.value ?? null);
    },
    async failed(item, kind) {
      const row = owed.get(item);
      if (row === undefined) throw new Error('an item that the outbox has not handed out');
      const dueAt = kind === 'gone' ? null : againAt(row.failures);
      // Before the item itself is given up: after a crash in between, the item is due again.
      if (dueAt === null) await giveUpPlace(row, kind);
      await row.putOff(dueAt);
    },
  };
}
