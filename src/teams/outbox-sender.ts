import { assertNever } from '../assert-never.ts';
import type { Outbox, OutboxItem } from '../chat/outbox.ts';
import type { Drawing } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { startWorker, type Worker } from '../worker.ts';
import type { Conversations, Posted, Sent } from './conversations.ts';
import type { Pacing } from './pacing.ts';

/**
 * Sends the outbox to Teams: cards for approvers, announcements, and short texts.
 *
 * Each item arrives at least once. It leaves the outbox only after Teams has taken it, so a process that dies in
 * between sends it a second time at its next start; in the opposite order it might never arrive, and approvers would
 * not know that a request waits. While the process lives it remembers which items Teams took but the outbox could not
 * note, and then only notes them.
 *
 * An item that Teams may take later goes back into the outbox with a due time; one that Teams will never take is given
 * up there. The items of one conversation are sent in order and no faster than Teams allows, a few conversations at a
 * time.
 */
export interface OutboxSenderParts {
  readonly outbox: Outbox;
  readonly conversations: Pick<Conversations, 'post' | 'say'>;
  readonly pacing: Pacing;
  /** Identifies a conversation. */
  readonly keyOf: (conversation: string) => string;
  /** A card has been posted and shows this drawing. */
  readonly showed: (drawing: Drawing, how: 'post') => Promise<void>;
  readonly clock: Clock;
  /** Aborts when Usher ends: nothing is sent after that. */
  readonly ending: AbortSignal;
  readonly log: Log;
  /** How often it polls, for items that became due or that another process stored; milliseconds. */
  readonly pollMs?: number;
}

const defaultPollMs = 5_000;
/** Few enough that all of them are sent well within the minute for which the outbox reserves them. */
const handful = 20;
const concurrency = 4;

export function startOutboxSender(parts: OutboxSenderParts): Worker {
  const { outbox, conversations, pacing, keyOf, clock, ending, log, pollMs = defaultPollMs } = parts;
  /** Taken by Teams, and not noted yet: the card's id, or null for a text. */
  const unnoted = new Map<string, string | null>();

  /** Sends what is due; items that could not be noted would be handed out again at once, and wait for the next poll. */
  async function empty(): Promise<number | null> {
    if (ending.aborted) return null;
    const items = await outbox.due(handful);
    const isAllNoted = await sendAll(items);
    return items.length > 0 && isAllNoted ? 0 : null;
  }

  /** Tells whether the result of every item is stored in the outbox. */
  async function sendAll(items: readonly OutboxItem[]): Promise<boolean> {
    const queues = [...Map.groupBy(items, ({ conversation }) => keyOf(conversation)).values()];
    let isAllNoted = true;
    const work = async () => {
      for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
        for (const item of queue) {
          if (ending.aborted) return;
          if (!(await send(item))) isAllNoted = false;
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return isAllNoted;
  }

  async function send(item: OutboxItem): Promise<boolean> {
    try {
      const name = nameOf(item);
      const earlier = unnoted.get(name);
      if (earlier !== undefined) return await note(item, name, earlier);
      const key = keyOf(item.conversation);
      await clock.sleep(pacing.take(key, clock.monotonic()) - clock.monotonic(), ending);
      if (ending.aborted) return false;
      const sent = await outbox.attempt(item, () => hand(item));
      if (sent === null) return true;
      if (sent.kind === 'done') return await note(item, name, 'cardId' in sent ? sent.cardId : null);
      log.warn(
        { error: sent.error, status: sent.status, outcome: sent.kind, ...idOf(item), code: 'outbox_not_taken' },
        'Teams did not take an item of the outbox',
      );
      await outbox.failed(item, sent.kind);
      return true;
    } catch (error) {
      log.error({ error, ...idOf(item), code: 'outbox_failed' }, 'an item of the outbox could not be sent or noted');
      return false;
    }
  }

  function hand(item: OutboxItem): Promise<Posted | Sent> {
    switch (item.kind) {
      case 'card':
        return conversations.post(item.conversation, item.drawing.message);
      case 'post':
        return conversations.post(item.conversation, item.message);
      case 'text':
        return conversations.say(item.conversation, item.text);
      default:
        return assertNever(item, 'item');
    }
  }

  async function note(item: OutboxItem, name: string, cardId: string | null): Promise<true> {
    unnoted.set(name, cardId);
    await outbox.sent(item, cardId);
    unnoted.delete(name);
    if (item.kind === 'card') await parts.showed(item.drawing, 'post');
    return true;
  }

  return startWorker({
    name: 'outbox sender',
    failed: { code: 'outbox_unread', message: 'the outbox could not be read' },
    work: empty,
    clock,
    log,
    maxIdleMs: pollMs,
    faultPauseMs: { first: pollMs, longest: pollMs },
  });
}

function nameOf(item: OutboxItem): string {
  return [item.kind, ...Object.values(idOf(item))].join(' ');
}

/** The fields that may be logged. */
function idOf(item: OutboxItem): Readonly<Record<string, string | number>> {
  switch (item.kind) {
    case 'card':
      return { liveId: item.liveId };
    case 'post':
      return { announcementId: item.announcementId };
    case 'text':
      return { noticeId: item.noticeId };
    default:
      return assertNever(item, 'item');
  }
}
