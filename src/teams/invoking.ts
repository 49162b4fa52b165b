import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { AdaptiveCard, Reply } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import type { Answering } from './answering.ts';

/**
 * Universal Actions. A click on an Action.Execute button is an invoke, whose HTTP response is the answer: a card that
 * takes the place of the clicked one for whoever clicked, or a message beside it, after which the card stays. What
 * others see of the card is edited as well, as after any change.
 * https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 *
 * Teams shows an error below the card when it waits for long, and may deliver an invoke again. So the wait is bounded,
 * after which the answer comes as a card of its own; and an invoke is not remembered: what a click may change is changed
 * by compare-and-set, so that a second delivery finds it done and gets the card as it is now.
 */
export interface Invoking {
  /** `finished` resolves when everybody sees the answer. Neither rejects. */
  answer(incoming: Incoming): Promise<{ readonly response: InvokeResponse; readonly finished: Promise<void> }>;
}

/** All of them go with HTTP 200: a client makes "something went wrong" of any other status. */
export type InvokeResponse =
  | { readonly statusCode: 200; readonly type: typeof wholeCard; readonly value: AdaptiveCard }
  | { readonly statusCode: 200; readonly type: typeof sentence; readonly value: string };

/** The name of such an invoke. */
export const actionName = 'adaptiveCard/action';

const wholeCard = 'application/vnd.microsoft.card.adaptive';
const sentence = 'application/vnd.microsoft.activity.message';

export interface InvokingParts {
  readonly chat: Pick<Chat, 'draw' | 'isRequestCard' | 'checking'>;
  readonly answering: Pick<Answering, 'reply' | 'deliver' | 'apology'>;
  readonly clock: Clock;
}

/** Teams gives a click ten seconds; phones are said to give it less. */
const patienceMs = 4_500;

export function createInvoking({ chat, answering, clock }: InvokingParts): Invoking {
  async function respond(incoming: Incoming, replying: Promise<Reply>): Promise<InvokeResponse> {
    const reply = await replying;
    try {
      switch (reply.kind) {
        case 'live':
          return await respondLive(reply.liveId);
        case 'card':
          return (await mayReplace(incoming, reply))
            ? replaceBy(reply.message.card)
            : saySentence(reply.message.summary);
        case 'fileOffer':
          // It comes as a message of its own.
          return saySentence('');
        case 'signIn':
          return saySentence(reply.invitation.summary);
        default:
          return assertNever(reply, 'reply');
      }
    } catch (error) {
      return saySentence(answering.apology(incoming, error).summary);
    }
  }

  async function respondLive(liveId: string): Promise<InvokeResponse> {
    const drawing = await chat.draw(liveId);
    if (drawing === null) throw new Error(`card ${liveId} cannot be drawn`);
    return replaceBy(drawing.message.card);
  }

  /** The card of a request is never hidden behind another answer, not even from whoever clicked it. */
  async function mayReplace({ what }: Incoming, reply: Reply & { kind: 'card' }): Promise<boolean> {
    if (reply.inPlace !== true || what.kind !== 'action') return false;
    return !(await chat.isRequestCard(what.cardId));
  }

  /** What is left to do in the conversation: whoever clicked may have been answered, and others see the card too. */
  async function followUp(
    incoming: Incoming,
    replying: Promise<Reply>,
    response: InvokeResponse | null,
  ): Promise<void> {
    const reply = await replying;
    const isOver =
      response !== null &&
      reply.kind !== 'fileOffer' &&
      reply.kind !== 'signIn' &&
      (reply.kind === 'card' || response.type === sentence);
    if (!isOver) await answering.deliver(incoming, reply);
  }

  return {
    async answer(incoming) {
      const replying = answering.reply(incoming);
      const enough = new AbortController();
      const late = clock.sleep(patienceMs, enough.signal).then(() => null);
      const response = await Promise.race([respond(incoming, replying), late]);
      enough.abort();
      return {
        response: response ?? saySentence(chat.checking(incoming.reader).summary),
        finished: followUp(incoming, replying, response),
      };
    },
  };
}

/** Also what an invoke hears that is none of Usher's business: an empty sentence is shown to nobody. */
export function saySentence(value: string): InvokeResponse {
  return { statusCode: 200, type: sentence, value };
}

function replaceBy(value: AdaptiveCard): InvokeResponse {
  return { statusCode: 200, type: wholeCard, value };
}
