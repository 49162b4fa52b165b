import { randomBytes } from 'node:crypto';
import type { Chat } from '../chat/chat.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { Reply } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Conversations, conversationKey } from './conversations.ts';
import type { Pacing } from './pacing.ts';
import type { Turns } from './turns.ts';

/**
 * From a message to its one card. The chat may need Graph, and Graph may take its time, so if there is no answer after
 * half a second a card says that Usher is at it, and the answer takes its place. Whatever goes wrong ends in a short
 * apology with a reference number, whose detail is in the log.
 */
export interface Answering {
  /**
   * Answers and resolves when the first card has been posted, so that the turn can end; `finished` resolves when the
   * answer stands. `cardId` is a card that is there already, to be replaced.
   */
  answer(incoming: Incoming, cardId: string | null): Promise<{ readonly finished: Promise<void> }>;
}

export interface AnsweringParts {
  readonly chat: Chat;
  readonly conversations: Conversations;
  readonly pacing: Pacing;
  readonly turns: Turns;
  /** The request has a card now, or one that may be behind. */
  readonly touch: (requestId: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Leaves the other half of a second for the way to Teams: the first card is to be there within one. */
const patienceMs = 500;

export function createAnswering(parts: AnsweringParts): Answering {
  const { chat, conversations, pacing, turns, clock, log } = parts;

  /** Posts, or replaces a card; a card that cannot be replaced is answered by a new one. */
  async function put(incoming: Incoming, cardId: string | null, message: Parameters<Conversations['post']>[1]) {
    pacing.sent(conversationKey(incoming.conversation), clock.monotonic());
    if (cardId !== null) {
      const edited = await conversations.edit(incoming.conversation, cardId, message);
      if (edited.kind === 'done') return cardId;
      log.warn({ error: edited.error, status: edited.status, code: 'edit_failed' }, 'a card could not be replaced');
    }
    return conversations.post(incoming.conversation, message);
  }

  async function show(incoming: Incoming, reply: Reply, cardId: string | null): Promise<void> {
    switch (reply.kind) {
      case 'card':
        await put(incoming, cardId, reply.message);
        return;
      case 'request': {
        const drawing = await chat.draw(reply.requestId);
        if (drawing === null) throw new Error(`request ${reply.requestId} cannot be drawn`);
        if (drawing.request.cardId === null) {
          const shown = await put(incoming, cardId, drawing.message);
          await chat.attachCard(reply.requestId, shown);
        }
        parts.touch(reply.requestId);
        return;
      }
      default: {
        const never: never = reply;
        throw new Error(`unexpected reply ${JSON.stringify(never)}`);
      }
    }
  }

  async function replyTo(incoming: Incoming): Promise<Reply> {
    try {
      return await chat.answer(incoming);
    } catch (error) {
      return apologise(incoming, error);
    }
  }

  function apologise(incoming: Incoming, error: unknown): Reply {
    const reference = randomBytes(4).toString('hex').toUpperCase();
    log.error({ error, reference, code: 'turn_failed' }, 'a turn failed');
    return { kind: 'card', message: chat.apology(reference, incoming.reader) };
  }

  return {
    async answer(incoming, cardId) {
      const replacing = cardId ?? cardToReplace(incoming);
      const replying = replyTo(incoming);
      const patience = new AbortController();
      const early = await Promise.race([replying, clock.sleep(patienceMs, patience.signal)]);
      patience.abort();
      let shownId = replacing;
      if (early === undefined) {
        shownId = await put(incoming, replacing, chat.checking(incoming.reader));
        await turns.showed(incoming.id, shownId);
      }
      const finished = replying
        .then((reply) =>
          show(incoming, reply, shownId).catch((error: unknown) => show(incoming, apologise(incoming, error), shownId)),
        )
        .then(() => turns.close(incoming.id))
        .catch((error: unknown) => log.error({ error, code: 'answer_lost' }, 'an answer could not be delivered'));
      if (early !== undefined) await finished;
      return { finished };
    },
  };
}

/** A chosen line takes the place of the card that offered it; all else is answered by a card of its own. */
function cardToReplace(incoming: Incoming): string | null {
  const { what } = incoming;
  return what.kind === 'action' && what.action.verb === 'choose' && what.cardId !== '' ? what.cardId : null;
}
