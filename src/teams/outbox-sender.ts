import type { Outbox } from '../chat/outbox.ts';
import { type CardMessage, type Drawing, outcomeOf } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { isPerhapsTold, needsPlaceholder, type Pausing, type PostEnd } from '../outbox/message.ts';
import type { GiveWay } from '../precedence.ts';
import type { Reader } from '../requests/request.ts';
import { startWorker, type Worker } from '../worker.ts';
import { type Conversations, cardRefused, type Posted } from './conversations.ts';
import type { Pacing } from './pacing.ts';

/**
 * Sends the outbox to Teams: the cards that no answer has posted, outcomes of cards that cannot be edited, and what
 * Usher says unprompted.
 *
 * How a post ended is noted only after Teams has answered, so a process that dies in between leaves a message that may
 * have arrived, and the next one treats it as such. While the process lives it remembers what Teams took but the outbox
 * could not note, and then only notes it.
 *
 * What a repeated or postponed message waits for is in `outbox/message.ts`. The messages of one conversation are sent in
 * order and no faster than Teams allows, a few conversations at a time.
 */
export interface OutboxSenderParts {
  readonly outbox: Outbox;
  readonly conversations: Pick<Conversations, 'post' | 'remove' | 'answers'>;
  readonly pacing: Pacing;
  /** Identifies a conversation. */
  readonly keyOf: (conversation: string) => string;
  /** A card that tells nothing yet. */
  readonly placeholder: (reader: Reader) => CardMessage;
  /** A card has been posted, and shows this drawing. */
  readonly posted: (drawing: Drawing, isOutdated: boolean) => void;
  /** A card may be out of date. */
  readonly touch: (id: string) => void;
  readonly clock: Clock;
  /** Aborts when Usher ends: nothing is sent after that. */
  readonly ending: AbortSignal;
  readonly log: Log;
  /** How often it polls, for messages that became due or that another process stored; milliseconds. */
  readonly pollMs?: number;
  readonly giveWay?: GiveWay | undefined;
}

const withEarlierCard = (drawing: Drawing): Drawing => ({
  ...drawing,
  stored: { ...drawing.stored, hasEarlierCard: true },
});

const defaultPollMs = 5_000;
/** Few enough that all of them are sent well within the minute for which the outbox reserves them. */
const mostAtOnce = 20;
const concurrency = 4;

export function startOutboxSender(parts: OutboxSenderParts): Worker {
  const { outbox, conversations, pacing, keyOf, clock, ending, log, pollMs = defaultPollMs } = parts;
  /** By id: what was posted, and how that ended, where it is not noted yet. */
  const unnoted = new Map<string, { readonly drawing: Drawing; readonly posted: PostEnd }>();

  /** Sends what is due; what could not be noted would be handed out again at once, and waits for the next poll. */
  async function empty(): Promise<number | null> {
    if (ending.aborted) return null;
    const drawings = await outbox.due(mostAtOnce);
    const isAllNoted = await sendAll(drawings);
    return drawings.length > 0 && isAllNoted ? 0 : outbox.dueInMs();
  }

  /** Tells whether the result of every message is stored in the outbox. */
  async function sendAll(drawings: readonly Drawing[]): Promise<boolean> {
    const queues = [...Map.groupBy(drawings, ({ stored }) => keyOf(stored.conversation)).values()];
    let isAllNoted = true;
    const work = async () => {
      for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
        for (const drawing of queue) {
          if (ending.aborted) return;
          if (!(await send(drawing))) isAllNoted = false;
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return isAllNoted;
  }

  const asSent = (drawing: Drawing): Drawing =>
    needsPlaceholder(drawing.stored, outcomeOf(drawing))
      ? { ...drawing, content: parts.placeholder(drawing.stored.reader), isPlaceholder: true }
      : drawing;

  async function send(due: Drawing): Promise<boolean> {
    const drawing = asSent(due);
    const { id, conversation, isInterrupted, dueAt } = drawing.stored;
    try {
      const earlier = unnoted.get(id);
      if (earlier !== undefined) return await note(earlier.drawing, earlier.posted);
      // What its process posted is not known: it may have been an earlier drawing, which says that the request waits.
      if (isInterrupted) return await note(withEarlierCard(drawing), { kind: 'perhaps' });
      // What is perhaps told can be repeated only once, so not to a connector that is still away.
      const isRepeated = isPerhapsTold(drawing.stored, outcomeOf(drawing));
      const isAway = isRepeated && !(await conversations.answers(conversation));
      if (!isAway) await pause(conversation);
      // By now another process may have it.
      if (ending.aborted || (dueAt !== null && clock.now() >= dueAt)) return false;
      if (isAway) return await note(drawing, { kind: 'failed' });
      const posted = await outbox.attempt(drawing, (pausing) => post(drawing, pausing));
      return posted === null || (await note(drawing, posted));
    } catch (error) {
      log.error({ error, messageId: id, code: 'outbox_failed' }, 'a message could not be sent or noted');
      return false;
    }
  }

  const pause = (conversation: string) =>
    clock.sleep(pacing.take(keyOf(conversation), clock.monotonic()) - clock.monotonic(), ending);

  async function post(drawing: Drawing, pausing: Pausing): Promise<Posted> {
    const { stored, content, finished, isPlaceholder = false } = drawing;
    const { id, conversation } = stored;
    const posted = await postFirst(drawing, pausing);
    if (posted.kind === 'done') return posted;
    const { error, status, kind: outcome } = posted;
    log.warn({ error, status, outcome, messageId: id, code: 'outbox_not_taken' }, 'Teams did not take a message');
    const isCardRefused = outcome === 'gone' && cardRefused.includes(status);
    if (!isCardRefused || isPlaceholder || !finished || 'text' in content) return posted;
    await pause(conversation);
    return conversations.post(conversation, { text: content.summary }, pausing);
  }

  /** Teams may refuse a card because it cannot resolve a mention, and takes it without. */
  async function postFirst({ stored, content, mentioning }: Drawing, pausing: Pausing): Promise<Posted> {
    const { id, conversation } = stored;
    if (mentioning === undefined) return conversations.post(conversation, content, pausing);
    const posted = await conversations.post(conversation, mentioning, pausing);
    if (posted.kind !== 'gone' || posted.status !== 400) return posted;
    const { error, status } = posted;
    log.warn({ error, status, messageId: id, code: 'mentions_refused' }, 'Teams did not take a card with mentions');
    await pause(conversation);
    return conversations.post(conversation, content, pausing);
  }

  async function note(drawing: Drawing, posted: PostEnd): Promise<true> {
    const { id, conversation, revision } = drawing.stored;
    unnoted.set(id, { drawing, posted });
    const noted = await outbox.ended(drawing, posted);
    unnoted.delete(id);
    if (posted.kind !== 'done' || posted.activityId === null) {
      // A text does not change.
      if (revision > 0) parts.touch(id);
    } else if (noted === 'tooLate') await conversations.remove(conversation, posted.activityId);
    else if (drawing.isPlaceholder) parts.touch(id);
    else parts.posted(drawing, noted === 'outdated');
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
    giveWay: parts.giveWay,
  });
}
