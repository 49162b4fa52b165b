import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import { withEarlierNote } from '../chat/draw-message.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { Noted } from '../chat/outbox.ts';
import type { CardMessage, Content, Drawing, Reply, SignInInvitation } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Pausing, PostEnd } from '../outbox/message.ts';
import { withinMs } from '../time-limit.ts';
import type { CardOwners } from './card-owners.ts';
import { type Conversations, cardRefused, conversationKey, type Posted, type Sent } from './conversations.ts';
import type { Pacing } from './pacing.ts';
import type { Turns } from './turns.ts';

/**
 * One attempt to show an answer: as an edit of the card that the turn has shown or that was clicked, or as a post. The
 * turn answerer decides whether there is another attempt.
 *
 * A plain answer may stand there twice at most. So how many messages may show it is stored before each of them is sent;
 * an edit of one card says the same however often it arrives. The card of a request has all of this in the outbox.
 */
export interface AnswerCards {
  /** `own` is a card that this turn has already shown; `clicked` the card with the clicked button. */
  show(incoming: Incoming, reply: Reply, own: Own, clicked: string | null): Promise<Answered>;
  /** The card that says that Usher is working. Without it the answer still comes, only late. */
  showChecking(incoming: Incoming, own: Own): Promise<Own>;
  post(where: Where, content: Content): Promise<Posted>;
  /** Stores how many messages may show an answer. Never rejects, and takes half a second at most for the first. */
  noteCopies(incoming: Incoming, copies: number): Promise<void>;
  warnNotTaken(posted: NotTaken): void;
}

export interface AnswerCardsParts {
  readonly chat: Pick<Chat, 'draw' | 'outbox' | 'isPosted' | 'besideEarlier' | 'checking'>;
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
  /** Aborts when Usher ends: then there are no more retries. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

type NotTaken = Exclude<Posted, { kind: 'done' }>;
type Where = Pick<Incoming, 'conversation'>;
type Reading = Pick<Incoming, 'conversation' | 'reader'>;

/** As long as a lease: after that another process answers. */
const noteWithinMs = 30_000;
const noteAgainMs = 250;
/** A first answer is not held up for longer by a note about it. */
const copiesWithinMs = 500;

/** What a turn has shown before its answer. */
export interface Own {
  readonly cardId: string | null;
  /** A card that says that Usher is working, or that a request waits, may stand there, and cannot be edited. */
  readonly hasEarlierCard: boolean;
  /** When it began, by the wall clock: another turn may have posted the card of an older message. */
  readonly since: number;
  /** How many messages may show the answer. */
  readonly copies: number;
}

export const nothingShown: Own = { cardId: null, hasEarlierCard: false, since: Number.NEGATIVE_INFINITY, copies: 0 };
/** An answer that may have arrived so often is not posted again. */
export const mostCopies = 2;

/** How an attempt to show a card ended. With `mayStand` an edit may have shown it, and may be repeated freely. */
type Attempt = Posted & { readonly mayStand?: true };

/** `spent`: the answer may have arrived as often as it may be posted. */
export type Answered = Attempt | { readonly kind: 'spent' };

/** What an answer may replace. */
interface Shown extends Own {
  /** The turn's own card, and not the one that was clicked. */
  readonly isOwn: boolean;
}

export function createAnswerCards(parts: AnswerCardsParts): AnswerCards {
  const { chat, conversations, pacing, turns, clock, ending, log } = parts;

  async function post({ conversation }: Where, content: Content, pausing?: Pausing): Promise<Posted> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    return conversations.post(conversation, content, pausing);
  }

  async function edit({ conversation }: Where, cardId: string, content: Content): Promise<Sent> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    const edited = await conversations.edit(conversation, cardId, content);
    if (edited.kind !== 'done')
      log.warn({ error: edited.error, status: edited.status, code: 'edit_failed' }, 'a card could not be replaced');
    return edited;
  }

  /** Null where there is no card to replace, or it can never be: then it may go on saying that Usher is working. */
  async function replace(where: Where, cardId: string | null, message: CardMessage): Promise<Attempt | null> {
    const edited = cardId === null ? null : await edit(where, cardId, message);
    switch (edited?.kind) {
      case 'done':
        return { kind: 'done', activityId: cardId };
      case 'failed':
        return edited;
      case 'perhaps':
        return { ...edited, kind: 'failed', mayStand: true };
      case 'gone':
      case undefined:
        return null;
    }
  }

  async function postCard(
    where: Reading,
    message: CardMessage,
    hasEarlierCard: boolean,
    pausing?: Pausing,
  ): Promise<Posted> {
    const posted = await post(where, hasEarlierCard ? chat.besideEarlier(message, where.reader) : message, pausing);
    if (posted.kind !== 'gone' || !cardRefused.includes(posted.status)) return posted;
    return post(where, { text: message.summary }, pausing);
  }

  /** Replaces a card, or posts one. */
  async function put(incoming: Incoming, shown: Shown, message: CardMessage): Promise<Answered> {
    const { cardId, hasEarlierCard, isOwn, copies } = shown;
    if (cardId !== null) await noteCopies(incoming, Math.max(copies, 1));
    const replaced = await replace(incoming, cardId, message);
    return (
      replaced ??
      postOnce(incoming, copies, (pausing) =>
        postCard(incoming, message, hasEarlierCard || (cardId !== null && isOwn), pausing),
      )
    );
  }

  /** Posts an answer, unless it may have arrived as often as it may be posted. */
  async function postOnce(
    incoming: Incoming,
    copies: number,
    send: (pausing: Pausing) => Promise<Posted>,
  ): Promise<Answered> {
    if (copies >= mostCopies) return { kind: 'spent' };
    const begin = () => noteCopies(incoming, copies + 1);
    await begin();
    return send({ begins: () => noteCopies(incoming, copies), ends: begin });
  }

  async function show(incoming: Incoming, reply: Reply, own: Own, clicked: string | null): Promise<Answered> {
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
  async function showBeside(
    incoming: Incoming,
    { cardId, copies }: Own,
    send: () => Promise<Posted>,
  ): Promise<Answered> {
    const { conversation } = incoming;
    const shown = await postOnce(incoming, copies, () => {
      pacing.sent(conversationKey(conversation), clock.monotonic());
      return send();
    });
    if (shown.kind === 'done' && cardId !== null) await conversations.remove(conversation, cardId);
    return shown;
  }

  /** The note is of use only where the process dies before Teams has answered. */
  async function noteCopies({ id }: Incoming, copies: number): Promise<void> {
    const stored = turns.noteCopies(id, copies).catch((error: unknown) => {
      log.warn({ error, code: 'copies_not_stored' }, 'how many messages may show an answer could not be stored');
    });
    // A repetition has waited for seconds already, and what follows a lost note would be a third message.
    await (copies < mostCopies ? withinMs(stored, copiesWithinMs, clock) : stored);
  }

  async function showChecking(incoming: Incoming, own: Own): Promise<Own> {
    const message = chat.checking(incoming.reader);
    const { cardId } = own;
    const shown = (await replace(incoming, cardId, message)) ?? (await postCard(incoming, message, cardId !== null));
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

  function warnNotTaken({ kind: outcome, status, error }: NotTaken): void {
    log.warn({ error, status, outcome, code: 'answer_not_taken' }, 'Teams did not take an answer');
  }

  return { show, showChecking, post, noteCopies, warnNotTaken };
}
