import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import type { Incoming } from '../chat/incoming.ts';
import type { AdaptiveCard, Reply } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { isTooSlow, withinMs } from '../time-limit.ts';
import type { TurnAnswerer } from './turn-answerer.ts';

/**
 * Universal Actions. A click on an Action.Execute button is an invoke, whose HTTP response is the answer: a card that
 * replaces the clicked one for the person who clicked, or a message beside it, which leaves the card. The card that
 * others see is edited as well, as after any change.
 * https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 *
 * Teams shows an error below the card when it waits for long, and may deliver an invoke again. So the wait is bounded,
 * after which the answer comes as a new card; and invokes are not stored: a click's change is a compare-and-set, so
 * that a second delivery finds it done and gets the present card.
 */
export interface InvokeHandler {
  /** `finished` resolves when all readers see the answer. Neither rejects. */
  answer(incoming: Incoming): Promise<{ readonly response: InvokeResponse; readonly finished: Promise<void> }>;
}

/** All of them have HTTP status 200: for any other status a client shows "something went wrong". */
export type InvokeResponse =
  | { readonly statusCode: 200; readonly type: typeof wholeCard; readonly value: AdaptiveCard }
  | { readonly statusCode: 200; readonly type: typeof sentence; readonly value: string };

/** The name of such an invoke. */
export const actionName = 'adaptiveCard/action';

const wholeCard = 'application/vnd.microsoft.card.adaptive';
const sentence = 'application/vnd.microsoft.activity.message';

export interface InvokeHandlerParts {
  readonly chat: Pick<Chat, 'draw' | 'isPosted' | 'checking'>;
  readonly answering: Pick<TurnAnswerer, 'reply' | 'deliver' | 'apology'>;
  readonly clock: Clock;
}

/** Teams gives a click ten seconds; phones are said to give less. */
const patienceMs = 4_500;

export function createInvokeHandler({ chat, answering, clock }: InvokeHandlerParts): InvokeHandler {
  async function respond(incoming: Incoming, replying: Promise<Reply>): Promise<InvokeResponse> {
    const reply = await replying;
    try {
      switch (reply.kind) {
        case 'live': {
          const content = (await chat.draw(reply.liveId))?.content;
          if (content === undefined || 'text' in content) throw new Error(`card ${reply.liveId} cannot be drawn`);
          return replaceBy(content.card);
        }
        case 'card':
          return (await mayReplace(incoming, reply))
            ? replaceBy(reply.message.card)
            : saySentence(reply.message.summary);
        case 'fileOffer':
          // It comes as a separate message.
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

  /** No answer ever hides the card of a request, not even from the person who clicked. */
  async function mayReplace({ what }: Incoming, reply: Reply & { kind: 'card' }): Promise<boolean> {
    if (reply.inPlace !== true || what.kind !== 'action') return false;
    return !(await chat.isPosted(what.cardId));
  }

  /**
   * The rest of the work, in the conversation: the person who clicked may have their answer, but others see the card
   * too.
   */
  async function followUp(
    incoming: Incoming,
    replying: Promise<Reply>,
    response: InvokeResponse | null,
    since: number,
  ): Promise<void> {
    const reply = await replying;
    const isOver = reply.kind === 'card' || (reply.kind === 'live' && response?.type === sentence);
    if (response === null || !isOver) await answering.deliver(incoming, reply, since);
  }

  return {
    async answer(incoming) {
      const since = clock.now();
      const replying = answering.reply(incoming);
      const early = await withinMs(respond(incoming, replying), patienceMs, clock);
      const response = isTooSlow(early) ? null : early;
      return {
        response: response ?? saySentence(chat.checking(incoming.reader).summary),
        finished: followUp(incoming, replying, response, since),
      };
    },
  };
}

/** Also the response to an invoke that is not for Usher: an empty sentence is not shown. */
export function saySentence(value: string): InvokeResponse {
  return { statusCode: 200, type: sentence, value };
}

function replaceBy(value: AdaptiveCard): InvokeResponse {
  return { statusCode: 200, type: wholeCard, value };
}
