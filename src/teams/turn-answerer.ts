import type { Chat } from '../chat/chat.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { CardMessage, Reply } from '../chat/reply.ts';
import { isDatabaseFault } from '../db/database.ts';
import { defaultRepeatPauseMs } from '../outbox/message.ts';
import { newReference } from '../requests/crash-guard.ts';
import { isTooSlow, withinMs } from '../time-limit.ts';
import { type AnswerCardsParts, createAnswerCards, mostCopies, nothingShown, type Own } from './answer-cards.ts';
import { clickedCard } from './clicked-card.ts';
import type { OpenTurn } from './turns.ts';

/**
 * From a message to its one card. The chat may need Graph, and Graph may be slow, so if there is no answer after half a
 * second, a card says that Usher is working on it, and the answer replaces it. Any error ends in a short apology with a
 * reference number, whose detail is in the log.
 *
 * An answer that Teams does not take now is retried; one that could not be sent by then hands its turn back, to be
 * resumed while it is ten minutes old at most. An answer that may have arrived is posted once more and not a third time,
 * also where its process dies meanwhile, see `turns.ts`; a turn resumed after that shows no card before its answer. The
 * card of a request is left to the outbox after the first try.
 */
export interface TurnAnswerer {
  /**
   * Answers, and resolves when the first card has been posted, so that the turn can end; `finished` resolves when the
   * answer is posted. `earlier` is what an interrupted attempt has shown. Neither rejects.
   */
  answer(
    incoming: Incoming,
    earlier?: Pick<OpenTurn, 'cardId' | 'copies'> | null,
  ): Promise<{ readonly finished: Promise<void> }>;
  /** The chat's reply, or an apology if the chat throws. Never rejects. */
  reply(incoming: Incoming): Promise<Reply>;
  /** Posts a reply to the turn that began at `since`; resolves when it is posted, or never can be. Never rejects. */
  deliver(incoming: Incoming, reply: Reply, since?: number): Promise<void>;
  /**
   * Ends a turn that killed or froze too many processes, without reading the message: apologizes, with a reference.
   * Resolves when the apology is posted, or never can be. Never rejects.
   */
  giveUp(incoming: Incoming, cardId: string | null, attempts: number): Promise<void>;
  /** Apologizes for a turn that failed before it was stored; false where Teams may not have shown that either. */
  apologize(where: Reading, error: unknown): Promise<boolean>;
  /** The text of that apology, to be sent by the caller; the detail goes into the log. */
  apology(where: Reading, error: unknown): CardMessage;
}

type Where = Pick<Incoming, 'conversation'>;
type Reading = Pick<Incoming, 'conversation' | 'reader'>;

export interface TurnAnswererParts extends AnswerCardsParts {
  readonly chat: AnswerCardsParts['chat'] & Pick<Chat, 'answer' | 'apology' | 'givenUp' | 'databaseAway'>;
  /** A turn was given up, for metrics. */
  readonly gaveUp?: () => void;
  /** The pause before the one repetition of an answer that may have arrived; milliseconds. */
  readonly repeatPauseMs?: number | undefined;
}

/** Leaves the other half of a second for the network: the first card must appear within one second. */
const patienceMs = 500;
/** Teams delivers an activity again after ten to fifteen seconds without a response. */
const longestTurnMs = 5_000;
const deliverAgainMs = [2_000, 8_000, 30_000];
/** An older message is not answered after a restart either. */
const repeatWithinMs = 10 * 60_000;
export function createTurnAnswerer(parts: TurnAnswererParts): TurnAnswerer {
  const { chat, conversations, turns, clock, ending, log, repeatPauseMs = defaultRepeatPauseMs } = parts;
  const { show, showChecking, post, noteCopies, warnNotTaken } = createAnswerCards(parts);

  async function replyTo(incoming: Incoming): Promise<Reply> {
    try {
      return await chat.answer(incoming);
    } catch (error) {
      return { kind: 'card', message: apology(incoming, error) };
    }
  }

  /** `begun`: part of what was asked for may have been stored before the error. */
  function apology(where: Reading, error: unknown, begun = true): CardMessage {
    if (isDatabaseFault(error)) {
      log.error({ error, code: 'database_away' }, 'the database cannot be reached or written');
      return chat.databaseAway(begun, where.reader);
    }
    const reference = newReference();
    log.error({ error, reference, code: 'turn_failed' }, 'a turn failed');
    return chat.apology(reference, where.reader);
  }

  /** The answer is posted, whether its owner can be noted or not. */
  async function noteOwner({ place, speaker }: Incoming, reply: Reply, cardId: string | null): Promise<void> {
    if (cardId === null || place.kind !== 'shared' || reply.kind !== 'card' || reply.inPlace !== true) return;
    await parts.owners?.note(place.key, cardId, speaker.id).catch((error: unknown) => {
      log.warn({ error, code: 'owner_not_noted' }, 'could not store whose card this is');
    });
  }

  /**
   * Tells whether the answer is posted, or never can be. What Teams has not taken is tried again; an answer that may
   * have arrived is repeated once, when Teams answers again.
   */
  async function deliver(incoming: Incoming, reply: Reply, own: Own, clicked: string | null): Promise<boolean> {
    const pausesMs = [...deliverAgainMs];
    let { copies } = own;
    for (;;) {
      const shown = await show(incoming, reply, { ...own, copies }, clicked);
      if (shown.kind === 'done') {
        await noteOwner(incoming, reply, shown.activityId);
        return true;
      }
      if (shown.kind === 'spent') {
        log.warn({ code: 'answer_left_open' }, 'an answer may have been shown twice, and is not posted again');
        return true;
      }
      warnNotTaken(shown);
      if (shown.kind === 'gone') return true;
      if (shown.kind === 'perhaps') {
        copies += 1;
        if (copies >= mostCopies) return true;
        // The next process may post it once more.
        if (!(await isBack(incoming))) return !ending.aborted;
        continue;
      }
      if (shown.mayStand) copies = Math.max(copies, 1);
      else await noteCopies(incoming, copies);
      const pauseMs = pausesMs.shift();
      if (pauseMs === undefined || ending.aborted) return false;
      await clock.sleep(Math.max(pauseMs, shown.retryAfterMs ?? 0), ending);
    }
  }

  /** Waits until Teams answers again; false where it does not for as long as an answer is of use. */
  async function isBack({ conversation }: Where): Promise<boolean> {
    const until = clock.monotonic() + repeatWithinMs;
    while (!ending.aborted && clock.monotonic() < until) {
      await clock.sleep(repeatPauseMs, ending);
      if (await conversations.answers(conversation)) return true;
    }
    return false;
  }

  /** A turn without its answer is handed back, so that the recovery loop resumes it while that is of use. */
  async function finish(
    incoming: Incoming,
    replying: Promise<Reply>,
    own: Own,
    clicked: string | null = null,
  ): Promise<void> {
    try {
      const reply = await replying;
      const isDone = await deliver(incoming, reply, own, clicked).catch((error: unknown) => {
        // The request may be stored, and an apology would be the only message about it.
        if (isDatabaseFault(error)) throw error;
        return deliver(incoming, { kind: 'card', message: apology(incoming, error) }, own, null);
      });
      if (isDone) {
        const isUnread = reply.kind === 'card' && reply.unread === true;
        if (isUnread && incoming.what.kind === 'text') await leaveUnread(incoming.edits ?? incoming.id);
        return await turns.close(incoming.id);
      }
      log.error({ code: 'answer_lost' }, 'an answer could not be delivered');
    } catch (error) {
      const code = isDatabaseFault(error) ? 'answer_put_off' : 'answer_lost';
      log.error({ error, code }, 'an answer could not be delivered now');
    }
    await turns.handBack(incoming.id).catch(() => undefined);
  }

  /** Without this note an edit of the message is not read. */
  async function leaveUnread(messageId: string): Promise<void> {
    await turns.leaveUnread(messageId).catch((error: unknown) => {
      log.warn({ error, code: 'unread_not_stored' }, 'that a message was not understood could not be stored');
    });
  }

  return {
    async answer(incoming, earlier = null) {
      const replying = replyTo(incoming);
      // Its process may have died right after the post of a card.
      const since = clock.now();
      const own =
        earlier === null ? { ...nothingShown, since } : { ...earlier, hasEarlierCard: earlier.cardId === null, since };
      // Where a message may show the answer already, a card for it to replace would show it once more.
      if (own.copies === 0 && isTooSlow(await withinMs(replying, patienceMs, clock))) {
        const shown = await showChecking(incoming, own);
        return { finished: finish(incoming, replying, shown) };
      }
      const finished = finish(incoming, replying, own, clickedCard(incoming));
      await withinMs(finished, longestTurnMs, clock);
      return { finished };
    },
    reply: replyTo,
    deliver: (incoming, reply, since = nothingShown.since) =>
      finish(incoming, Promise.resolve(reply), { ...nothingShown, since }, clickedCard(incoming)),
    apology,
    giveUp(incoming, cardId, attempts) {
      const reference = newReference();
      const actorId = incoming.speaker.id;
      log.error({ reference, attempts, actorId, code: 'turn_given_up' }, 'processes ended in the middle of a turn');
      parts.gaveUp?.();
      const message = chat.givenUp(reference, incoming.reader);
      // One of the dead processes may have posted a card that says that Usher is working.
      const own = { ...nothingShown, cardId, hasEarlierCard: cardId === null };
      return finish(incoming, Promise.resolve({ kind: 'card', message }), own);
    },
    async apologize(where, error) {
      const posted = await post(where, apology(where, error, false));
      if (posted.kind !== 'done') {
        log.warn({ error: posted.error, status: posted.status, code: 'apology_not_taken' }, 'Teams took no apology');
      }
      return posted.kind === 'done' || posted.kind === 'gone';
    },
  };
}
