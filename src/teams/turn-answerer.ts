import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import { withEarlierNote } from '../chat/draw-message.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { Noted } from '../chat/outbox.ts';
import type { CardMessage, Content, Drawing, Reply, SignInInvitation } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';
import { defaultRepeatPauseMs, type PostEnd } from '../outbox/message.ts';
import { newReference } from '../requests/crash-guard.ts';
import { isTooSlow, withinMs } from '../time-limit.ts';
import type { CardOwners } from './card-owners.ts';
import { clickedCard } from './clicked-card.ts';
import { type Conversations, cardRefused, conversationKey, type Posted, type Sent } from './conversations.ts';
import type { Pacing } from './pacing.ts';
import type { Turns } from './turns.ts';

/**
 * From a message to its one card. The chat may need Graph, and Graph may be slow, so if there is no answer after half a
 * second, a card says that Usher is working on it, and the answer replaces it. Any error ends in a short apology with a
 * reference number, whose detail is in the log.
 *
 * An answer that Teams does not take now is retried; one that could not be sent by then hands its turn back, to be
 * resumed while it is ten minutes old at most. The card of a request is left to the outbox after the first try.
 */
export interface TurnAnswerer {
  /**
   * Answers, and resolves when the first card has been posted, so that the turn can end; `finished` resolves when the
   * answer is posted. `earlier` is what an interrupted attempt has shown. Neither rejects.
   */
  answer(
    incoming: Incoming,
    earlier?: { readonly cardId: string | null } | null,
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

export interface TurnAnswererParts {
  readonly chat: Pick<
    Chat,
    'answer' | 'draw' | 'outbox' | 'isPosted' | 'besideEarlier' | 'checking' | 'apology' | 'givenUp' | 'databaseAway'
  >;
  readonly conversations: Conversations;
  readonly pacing: Pacing;
  readonly turns: Turns;
  /** The owners of cards that other people see as well; without it no owner is checked. */
  readonly owners?: Pick<CardOwners, 'note' | 'find'>;
  /** See `CardUpdater`. */
  readonly posted: (drawing: Drawing, isOutdated: boolean) => void;
  readonly showed: (drawing: Drawing, end: 'done' | 'perhaps') => Promise<void>;
  /** The card of a request may be out of date. */
  readonly touch: (requestId: string) => void;
  /** Posts the card that asks a person to sign in; absent where Graph is called with Usher's own permission. */
  readonly askToSignIn?: (incoming: Incoming, invitation: SignInInvitation) => Promise<Posted>;
  readonly clock: Clock;
  /** A turn was given up, for metrics. */
  readonly gaveUp?: () => void;
  /** The pause before the one repetition of an answer that may have arrived; milliseconds. */
  readonly repeatPauseMs?: number | undefined;
  /** Aborts when Usher ends: then there are no more retries. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

/** Leaves the other half of a second for the network: the first card must appear within one second. */
const patienceMs = 500;
/** Teams delivers an activity again after ten to fifteen seconds without a response. */
const longestTurnMs = 5_000;
/** As long as a lease: after that another process answers. */
const noteWithinMs = 30_000;
const noteAgainMs = 250;
const deliverAgainMs = [2_000, 8_000, 30_000];
/** An older message is not answered after a restart either. */
const repeatWithinMs = 10 * 60_000;
/** What a turn has shown before its answer. */
interface Own {
  readonly cardId: string | null;
  /** A card that says that Usher is working, or that a request waits, may stand there, and cannot be edited. */
  readonly hasEarlierCard: boolean;
  /** When it began, by the wall clock: another turn may have posted the card of an older message. */
  readonly since: number;
}

const nothingShown: Own = { cardId: null, hasEarlierCard: false, since: Number.NEGATIVE_INFINITY };

/** How an attempt to answer ended. With `mayStand` an edit may have shown the answer, and may be repeated freely. */
type Attempt = Posted & { readonly mayStand?: true };

/** What an answer may replace. */
interface Shown extends Own {
  /** The turn's own card, and not the one that was clicked. */
  readonly isOwn: boolean;
}

export function createTurnAnswerer(parts: TurnAnswererParts): TurnAnswerer {
  const { chat, conversations, pacing, turns, clock, ending, log, repeatPauseMs = defaultRepeatPauseMs } = parts;

  async function post({ conversation }: Where, content: Content): Promise<Posted> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    return conversations.post(conversation, content);
  }

  async function edit({ conversation }: Where, cardId: string, content: Content): Promise<Sent> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    const edited = await conversations.edit(conversation, cardId, content);
    if (edited.kind !== 'done')
      log.warn({ error: edited.error, status: edited.status, code: 'edit_failed' }, 'a card could not be replaced');
    return edited;
  }

  /** Replaces a card, or posts one. One that can never be replaced may go on saying that Usher is working. */
  async function put(incoming: Reading, shown: Shown, message: CardMessage): Promise<Attempt> {
    const { cardId, hasEarlierCard } = shown;
    const edited = cardId === null ? null : await edit(incoming, cardId, message);
    if (edited?.kind === 'done') return { kind: 'done', activityId: cardId };
    if (edited?.kind === 'failed') return edited;
    if (edited?.kind === 'perhaps') return { ...edited, kind: 'failed', mayStand: true };
    const hasEarlier = hasEarlierCard || (edited !== null && shown.isOwn);
    const posted = await post(incoming, hasEarlier ? chat.besideEarlier(message, incoming.reader) : message);
    if (posted.kind !== 'gone' || !cardRefused.includes(posted.status)) return posted;
    return post(incoming, { text: message.summary });
  }

  /** `own` is a card that this turn has already shown; `clicked` the card with the clicked button. */
  async function show(incoming: Incoming, reply: Reply, own: Own, clicked: string | null): Promise<Attempt> {
    const cardId = own.cardId ?? (clicked !== null && (await carriesOn(incoming, reply, clicked)) ? clicked : null);
    const shown = { ...own, cardId, isOwn: own.cardId !== null };
    switch (reply.kind) {
      case 'card':
        return put(incoming, shown, reply.message);
      case 'live':
        return showLive(incoming, reply, shown);
      case 'fileOffer':
        return showBeside(incoming, own, () => conversations.offerFile(incoming.conversation, reply.offer));
      case 'signIn': {
        const { askToSignIn } = parts;
        if (askToSignIn === undefined) throw new Error('this installation has no sign-in');
        return showBeside(incoming, own, () => askToSignIn(incoming, reply.invitation));
      }
      default:
        return assertNever(reply, 'reply');
    }
  }

  /**
   * Whether an answer may replace the clicked card. Any member of a channel can click, and can forge a click: a refusal
   * of one person must not remove what others need, and nothing may replace a request's card.
   */
  async function carriesOn({ place, speaker }: Incoming, reply: Reply, clicked: string): Promise<boolean> {
    if (reply.kind === 'fileOffer' || reply.kind === 'signIn' || (reply.kind === 'card' && reply.inPlace !== true))
      return false;
    if (await chat.isPosted(clicked)) return false;
    const owner = place.kind === 'shared' ? await parts.owners?.find(place.key, clicked) : null;
    return owner === null || owner === undefined || owner === speaker.id;
  }

  /**
   * Shows a message of the outbox. Whatever becomes of that is noted there, and the outbox sees to the rest, so that the
   * turn has its answer.
   */
  async function showLive(
    { conversation }: Where,
    { liveId, drawing: given }: Reply & { kind: 'live' },
    { cardId, hasEarlierCard, since }: Shown,
  ): Promise<Posted> {
    const found = given ?? (await chat.draw(liveId));
    if (found === null) throw new Error(`card ${liveId} cannot be drawn`);
    const { createdAt, failures, shownRevision } = found.stored;
    const isUnnoted = createdAt < since && failures === 0 && shownRevision === 0;
    // The store does not know yet of an earlier card there.
    const isNews = (hasEarlierCard || isUnnoted) && !found.stored.hasEarlierCard;
    const drawing = isNews ? withEarlierNote({ ...found, stored: { ...found.stored, hasEarlierCard: true } }) : found;
    const known = drawing.stored.activityId;
    const elsewhere = async (own: string | null): Promise<Posted> => {
      // The request has its card elsewhere, so this one would say "checking" forever.
      if (own !== null) await conversations.remove(conversation, own);
      parts.touch(liveId);
      return { kind: 'done', activityId: known };
    };
    if (known !== null && known !== cardId) {
      if (isNews) await note(drawing, { kind: 'perhaps' }, null);
      return elsewhere(cardId);
    }
    if (cardId === null) {
      const posted = await post({ conversation }, drawing.content);
      if (posted.kind !== 'done') warnNotTaken(posted);
      const noted = await note(drawing, posted, null);
      if (posted.kind !== 'done' || posted.activityId === null) parts.touch(liveId);
      else if (noted === 'tooLate') return elsewhere(posted.activityId);
      else parts.posted(drawing, noted === 'outdated');
      return { kind: 'done', activityId: null };
    }
    // It shows nothing of the request yet.
    const blank = { ...drawing, stored: { ...drawing.stored, revision: 0 }, finished: false, needsAnswer: false };
    if (known === null && (await note(blank, { kind: 'done', activityId: cardId }, known)) === 'tooLate')
      return elsewhere(cardId);
    const edited = await edit({ conversation }, cardId, drawing.content);
    if (edited.kind === 'done' || edited.kind === 'perhaps') await parts.showed(drawing, edited.kind);
    else parts.touch(liveId);
    return { kind: 'done', activityId: cardId };
  }

  /** Teams may have the card, and no other process could find it there: if that is not stored now, it is posted twice. */
  async function note(drawing: Drawing, end: PostEnd, instead: string | null): Promise<Noted> {
    const until = clock.monotonic() + noteWithinMs;
    for (;;) {
      try {
        return await chat.outbox.ended(drawing, end, instead);
      } catch (error) {
        if (!isDatabaseFault(error) || ending.aborted || clock.monotonic() > until) throw error;
        log.warn({ error, code: 'card_not_attached', id: drawing.stored.id }, 'could not store how a post ended yet');
      }
      await clock.sleep(noteAgainMs, ending);
    }
  }

  /** One of Teams' own cards; it cannot replace another one. */
  async function showBeside({ conversation }: Where, { cardId }: Own, send: () => Promise<Posted>): Promise<Posted> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    const shown = await send();
    if (shown.kind === 'done' && cardId !== null) await conversations.remove(conversation, cardId);
    return shown;
  }

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
    let isRepeated = false;
    for (;;) {
      const shown = await show(incoming, reply, own, clicked);
      if (shown.kind === 'done') {
        await noteOwner(incoming, reply, shown.activityId);
        return true;
      }
      warnNotTaken(shown);
      if (shown.kind === 'gone') return true;
      if (shown.kind === 'failed' && shown.mayStand) isRepeated = true;
      if (shown.kind === 'perhaps') {
        if (isRepeated || !(await isBack(incoming))) return true;
        isRepeated = true;
        continue;
      }
      const pauseMs = pausesMs.shift();
      if (pauseMs === undefined || ending.aborted) return false;
      await clock.sleep(Math.max(pauseMs, shown.retryAfterMs ?? 0), ending);
    }
  }

  function warnNotTaken({ kind: outcome, status, error }: Exclude<Posted, { kind: 'done' }>): void {
    log.warn({ error, status, outcome, code: 'answer_not_taken' }, 'Teams did not take an answer');
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

  /** The card that says that Usher is working. Without it the answer still comes, only late. */
  async function showChecking(incoming: Incoming, own: Own): Promise<Own> {
    const shown = await put(incoming, { ...own, hasEarlierCard: false, isOwn: true }, chat.checking(incoming.reader));
    if (shown.kind !== 'done') {
      const { error, status } = shown;
      log.warn({ error, status, code: 'checking_failed' }, 'Teams did not take a first card');
      return { ...own, hasEarlierCard: own.hasEarlierCard || shown.kind === 'perhaps' };
    }
    const { activityId } = shown;
    if (activityId === null) return { ...own, cardId: null, hasEarlierCard: true };
    await turns.showed(incoming.id, activityId).catch((error: unknown) => {
      log.warn({ error, code: 'turn_not_stored' }, 'the first card of a turn was not stored');
    });
    return { ...own, cardId: activityId };
  }

  return {
    async answer(incoming, earlier = null) {
      const replying = replyTo(incoming);
      // Its process may have died right after the post of a card.
      const since = clock.now();
      const own =
        earlier === null ? { ...nothingShown, since } : { ...earlier, hasEarlierCard: earlier.cardId === null, since };
      if (isTooSlow(await withinMs(replying, patienceMs, clock))) {
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
