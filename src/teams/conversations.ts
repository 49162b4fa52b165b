import {
  type Activity,
  ActivityTypes,
  CardFactory,
  type CloudAdapter,
  type ConversationReference,
  type TurnContext,
} from 'botbuilder';
import type { CardMessage } from '../chat/reply.ts';

/**
 * Sending to Teams, in a turn or long after it. Everything goes by a stored conversation reference, because the
 * context of a turn is dead when the turn ends. botbuilder's client repeats 429 and 5xx by itself; what comes back
 * here has had its chance.
 */
export interface Conversations {
  /** Posts a card; returns its activity id. Throws when Teams does not take it. */
  post(conversation: string, message: CardMessage): Promise<string>;
  /** Says what came of an edit; an edit that fails is expected in the life of a card. */
  edit(conversation: string, cardId: string, message: CardMessage): Promise<EditResult>;
  /** Posts plain text. Throws when Teams does not take it. */
  say(conversation: string, text: string): Promise<void>;
}

/** `gone`: this card will never take an edit again. `failed`: it may, later. */
export type EditResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'gone' | 'failed'; readonly status: number | null; readonly error: unknown };

export function createConversations(parts: { readonly adapter: CloudAdapter; readonly appId: string }): Conversations {
  const { adapter, appId } = parts;

  async function within<T>(conversation: string, act: (context: TurnContext) => Promise<T>): Promise<T> {
    const reference = JSON.parse(conversation) as Partial<ConversationReference>;
    const results: T[] = [];
    await adapter.continueConversationAsync(appId, reference, async (context) => {
      results.push(await act(context));
    });
    const [result] = results;
    if (result === undefined) throw new Error('the conversation was continued without doing anything');
    return result;
  }

  return {
    async post(conversation, message) {
      const id = await within(
        conversation,
        async (context) => (await context.sendActivity(toActivity(message)))?.id ?? '',
      );
      if (id === '') throw new Error('Teams took the card and named no id for it');
      return id;
    },
    async edit(conversation, cardId, message) {
      try {
        await within(conversation, async (context) => {
          await context.updateActivity({ ...toActivity(message), id: cardId });
          return true;
        });
        return { kind: 'done' };
      } catch (error) {
        const status = statusOf(error);
        const gone = status !== null && [400, 403, 404, 405, 410, 413].includes(status);
        return { kind: gone ? 'gone' : 'failed', status, error };
      }
    },
    async say(conversation, text) {
      await within(conversation, async (context) => {
        await context.sendActivity({ type: ActivityTypes.Message, text, textFormat: 'plain', summary: text });
        return true;
      });
    },
  };
}

/** A card as a message. `summary` is what a notification reads. */
export function toActivity(message: CardMessage): Partial<Activity> {
  return {
    type: ActivityTypes.Message,
    summary: message.summary,
    attachments: [CardFactory.adaptiveCard(message.card)],
  };
}

/** What tells one conversation from another, for pacing. */
export function conversationKey(conversation: string): string {
  const reference = JSON.parse(conversation) as Partial<ConversationReference>;
  return `${reference.serviceUrl ?? ''}|${reference.conversation?.id ?? ''}`;
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  return typeof error.statusCode === 'number' ? error.statusCode : null;
}
