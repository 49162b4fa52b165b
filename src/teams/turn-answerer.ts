import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { CardMessage, Drawing, Reply, SignInInvitation } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';
import { newReference } from '../requests/crash-guard.ts';
import { isTooSlow, withinMs } from '../time-limit.ts';
import type { CardOwners } from './card-owners.ts';
import { type Conversations, conversationKey, type Posted } from './conversations.ts';
import type { Pacing } from './pacing.ts';
import type { Turns } from './turns.ts';

/**
 * From a message to its one card. The chat may need Graph, and Graph may be slow, so if there is no answer after half a
 * second, a card says that Usher is working on it, and the answer replaces it. Any error ends in a short apology with a
 * reference number, whose detail is in the log.
 *
 * An answer that Teams does not take now is retried; an answer that could not be sent by then leaves its turn open, to
 * be resumed at the next start.
 */
export interface TurnAnswerer {
  /**
   * Answers, and resolves when the first card has been posted, so that the turn can end; `finished` resolves when the
   * answer is posted. `cardId` is an existing card to be replaced. Neither rejects.
   */
  answer(incoming: Incoming, cardId: string | null): Promise<{ readonly finished: Promise<void> }>;
  /** The chat's reply, or an apology if the chat throws. Never rejects. */
  reply(incoming: Incoming): Promise<Reply>;
  /** Posts a reply to the conversation; resolves when it is posted, or never can be. Never rejects. */
  deliver(incoming: Incoming, reply: Reply): Promise<void>;
  /** Posts a live card that is missing. Rejects where it cannot be drawn or posted. */
  postLive(liveId: string): Promise<void>;
  /**
   * Ends a turn that killed or froze too many processes, without reading the message: apologizes, with a reference.
   * Resolves when the apology is posted, or never can be. Never rejects.
   */
  giveUp(incoming: Incoming, cardId: string | null, attempts: number): Promise<void>;
  /** Apologizes for a turn that failed before it could be answered. */
  apologise(where: Reading, error: unknown): Promise<void>;
  /** The text of that apology, to be sent by the caller; the detail goes into the log. */
  apology(where: Reading, error: unknown): CardMessage;
}

type Where = Pick<Incoming, 'conversation'>;
type Reading = Pick<Incoming, 'conversation' | 'reader'>;

export interface TurnAnswererParts {
  readonly chat: Pick<
    Chat,
    'answer' | 'draw' | 'attachCard' | 'isRequestCard' | 'checking' | 'apology' | 'givenUp' | 'databaseAway'
  >;
  readonly conversations: Conversations;
  readonly pacing: Pacing;
  readonly turns: Turns;
  /** The owners of cards that other people see as well; without it no owner is checked. */
  readonly owners?: Pick<CardOwners, 'note' | 'find'>;
  /** The card of a request now shows this drawing. */
  readonly showed: (drawing: Drawing, how: 'post' | 'edit') => Promise<void>;
  /** The card of a request may be out of date. */
  readonly touch: (requestId: string) => void;
  /** Posts the card that asks a person to sign in; absent where Graph is called with Usher's own permission. */
  readonly askToSignIn?: (incoming: Incoming, invitation: SignInInvitation) => Promise<Posted>;
  readonly clock: Clock;
  /** A turn was given up, for metrics. */
  readonly gaveUp?: () => void;
  /** Aborts when Usher ends: then there are no more retries. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

/** Leaves the other half of a second for the network: the first card must appear within one second. */
const patienceMs = 500;
/** Teams delivers an activity again after ten to fifteen seconds without a response. */
const longestTurnMs = 5_000;
/** As long as a lease: after that another process answers. */
const attachWithinMs = 30_000;
const attachAgainMs = 250;
const deliverAgainMs = [2_000, 8_000, 30_000];

export function createTurnAnswerer(parts: TurnAnswererParts): TurnAnswerer {
  const { chat, conversations, pacing, turns, clock, ending, log } = parts;

  /** Posts or replaces a card; if it cannot be replaced, a new one is posted. */
  async function put(where: Where, cardId: string | null, message: CardMessage): Promise<Posted> {
    const key = conversationKey(where.conversation);
    if (cardId !== null) {
      pacing.sent(key, clock.monotonic());
      const edited = await conversations.edit(where.conversation, cardId, message);
      if (edited.kind === 'done') return { kind: 'done', cardId };
      log.warn({ error: edited.error, status: edited.status, code: 'edit_failed' }, 'a card could not be replaced');
    }
    pacing.sent(key, clock.monotonic());
    return conversations.post(where.conversation, message);
  }

  /** `own` is a card that this turn has already shown; `clicked` the card with the clicked button. */
  async function show(incoming: Incoming, reply: Reply, own: string | null, clicked: string | null): Promise<Posted> {
    const cardId = own ?? (clicked !== null && (await carriesOn(incoming, reply, clicked)) ? clicked : null);
    switch (reply.kind) {
      case 'card':
        return put(incoming, cardId, reply.message);
      case 'live':
        return showLive(incoming, reply.liveId, cardId, reply.drawing);
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
    if (await chat.isRequestCard(clicked)) return false;
    const owner = place.kind === 'shared' ? await parts.owners?.find(place.key, clicked) : null;
    return owner === null || owner === undefined || owner === speaker.id;
  }

  async function showLive(
    { conversation }: Where,
    liveId: string,
    cardId: string | null,
    drawn?: Drawing,
  ): Promise<Posted> {
    const drawing = drawn ?? (await chat.draw(liveId));
    if (drawing === null) throw new Error(`card ${liveId} cannot be drawn`);
    const known = drawing.live.cardId;
    if (known !== null && known !== cardId) {
      // The request has its card elsewhere, so this one would say "checking" forever.
      if (cardId !== null) await conversations.remove(conversation, cardId);
      parts.touch(liveId);
      return { kind: 'done', cardId: known };
    }
    const shown = await put({ conversation }, cardId, drawing.message);
    if (shown.kind !== 'done') return shown;
    const attached = await attach(liveId, shown.cardId, known);
    if (attached !== shown.cardId) {
      // Another process answered as well, and was first.
      await conversations.remove(conversation, shown.cardId);
      parts.touch(liveId);
      return { kind: 'done', cardId: attached };
    }
    await parts.showed(drawing, shown.cardId === cardId ? 'edit' : 'post');
    return shown;
  }

  /**
   * Teams has the card, and no other process could find it there: if it is not stored now, it would be posted twice.
   */
  async function attach(liveId: string, cardId: string, instead: string | null): Promise<string> {
    const until = clock.monotonic() + attachWithinMs;
    for (;;) {
      try {
        return await chat.attachCard(liveId, cardId, instead);
      } catch (error) {
        if (!isDatabaseFault(error) || ending.aborted || clock.monotonic() > until) throw error;
        log.warn({ error, code: 'card_not_attached', liveId }, 'could not store the id of a posted card yet');
      }
      await clock.sleep(attachAgainMs, ending);
    }
  }

  /** One of Teams' own cards; it cannot replace another one. */
  async function showBeside({ conversation }: Where, own: string | null, post: () => Promise<Posted>): Promise<Posted> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    const shown = await post();
    if (shown.kind === 'done' && own !== null) await conversations.remove(conversation, own);
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
    return withReference(chat.apology(reference, where.reader), reference);
  }

  /** The answer is posted, whether its owner can be noted or not. */
  async function noteOwner({ place, speaker }: Incoming, reply: Reply, cardId: string): Promise<void> {
    if (place.kind !== 'shared' || reply.kind !== 'card' || reply.inPlace !== true) return;
    await parts.owners?.note(place.key, cardId, speaker.id).catch((error: unknown) => {
      log.warn({ error, code: 'owner_not_noted' }, 'could not store whose card this is');
    });
  }

  /** Tells whether the answer is posted, or never can be. */
  async function deliver(
    incoming: Incoming,
    reply: Reply,
    own: string | null,
    clicked: string | null,
  ): Promise<boolean> {
    for (const pauseMs of [...deliverAgainMs, null]) {
      const shown = await show(incoming, reply, own, clicked);
      if (shown.kind === 'done') {
        await noteOwner(incoming, reply, shown.cardId);
        return true;
      }
      log.warn({ error: shown.error, status: shown.status, code: 'answer_not_taken' }, 'Teams did not take an answer');
      if (shown.kind === 'gone') return true;
      if (pauseMs === null || ending.aborted) return false;
      await clock.sleep(pauseMs, ending);
    }
    return false;
  }

  async function finish(
    incoming: Incoming,
    replying: Promise<Reply>,
    own: string | null,
    clicked: string | null = null,
  ): Promise<void> {
    try {
      const reply = await replying;
      const isDone = await deliver(incoming, reply, own, clicked).catch((error: unknown) => {
        // The request may be stored, and an apology would be the only message about it.
        if (isDatabaseFault(error)) throw error;
        return deliver(incoming, { kind: 'card', message: apology(incoming, error) }, own, null);
      });
      if (isDone) await turns.close(incoming.id);
      else log.error({ code: 'answer_lost' }, 'an answer could not be delivered');
    } catch (error) {
      if (isDatabaseFault(error)) return putOff(incoming, error);
      log.error({ error, code: 'answer_lost' }, 'an answer could not be delivered');
    }
  }

  /** The turn stays open, and is resumed when the database is back. */
  async function putOff({ id }: Incoming, error: unknown): Promise<void> {
    log.error({ error, code: 'answer_put_off' }, 'an answer waits for the database');
    await turns.handBack(id).catch(() => undefined);
  }

  /** The card that says that Usher is working. Without it the answer still comes, only late. */
  async function showChecking(incoming: Incoming, cardId: string | null): Promise<string | null> {
    const shown = await put(incoming, cardId, chat.checking(incoming.reader));
    if (shown.kind !== 'done') {
      const { error, status } = shown;
      log.warn({ error, status, code: 'checking_failed' }, 'Teams did not take a first card');
      return cardId;
    }
    await turns.showed(incoming.id, shown.cardId).catch((error: unknown) => {
      log.warn({ error, code: 'turn_not_stored' }, 'the first card of a turn was not stored');
    });
    return shown.cardId;
  }

  return {
    async answer(incoming, cardId) {
      const replying = replyTo(incoming);
      if (isTooSlow(await withinMs(replying, patienceMs, clock))) {
        const shownId = await showChecking(incoming, cardId);
        return { finished: finish(incoming, replying, shownId) };
      }
      const finished = finish(incoming, replying, cardId, clickedCard(incoming));
      await withinMs(finished, longestTurnMs, clock);
      return { finished };
    },
    reply: replyTo,
    deliver: (incoming, reply) => finish(incoming, Promise.resolve(reply), null, clickedCard(incoming)),
    apology,
    async postLive(liveId) {
      const drawing = await chat.draw(liveId);
      if (drawing === null || drawing.live.cardId !== null) return;
      const shown = await showLive(drawing.live, liveId, null);
      if (shown.kind !== 'done') throw new Error('Teams did not take a card', { cause: shown.error });
    },
    giveUp(incoming, cardId, attempts) {
      const reference = newReference();
      const actorId = incoming.speaker.id;
      log.error({ reference, attempts, actorId, code: 'turn_given_up' }, 'processes ended in the middle of a turn');
      parts.gaveUp?.();
      const message = withReference(chat.givenUp(reference, incoming.reader), reference);
      return finish(incoming, Promise.resolve({ kind: 'card', message }), cardId);
    },
    async apologise(where, error) {
      const posted = await put(where, null, apology(where, error, false));
      if (posted.kind !== 'done') {
        log.warn({ error: posted.error, status: posted.status, code: 'apology_not_taken' }, 'Teams took no apology');
      }
    },
  };
}

/** The summary may be all that is shown, and is of little use without the reference. */
function withReference({ card, summary }: CardMessage, reference: string): CardMessage {
  return { card, summary: `${summary} ${reference}` };
}

/**
 * A chosen line replaces the card that offered it, a page replaces the page before, and a form becomes the request that
 * was made with it. A decision is shown on the card that asked for it, even if Teams lost the id of that card. All
 * other answers are new cards.
 */
function clickedCard({ what }: Incoming): string | null {
  if (what.kind !== 'action' || what.cardId === '') return null;
  const { action } = what;
  switch (action.verb) {
    case 'choose':
    case 'ask':
    case 'approve':
    case 'deny':
      return what.cardId;
    case 'page':
      return action.on === 'page' ? what.cardId : null;
    case 'run':
    case 'personal':
    case 'retry':
    case 'cancel':
    case 'confirm':
      return null;
    default:
      return assertNever(action, 'action');
  }
}
