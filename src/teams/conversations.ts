import {
  type Activity,
  ActivityTypes,
  CardFactory,
  type CloudAdapter,
  type ConversationReference,
  TeamsInfo,
  type TurnContext,
} from 'botbuilder';
import type { CardMessage, FileOffer, SignInInvitation } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { attaching, consentActivity, fileActivity, type StoredFile } from './file-cards.ts';
import { isServiceOf, type ServiceHosts } from './guard.ts';
import { signInActivity } from './user-tokens.ts';
import { fieldsOf, statusOf, textOf } from './wire.ts';

/**
 * Sends to Teams, in a turn or long after it. Everything is sent by a stored conversation reference, because the
 * context of a turn is invalid when the turn ends.
 *
 * botbuilder's client repeats 429 and 5xx by itself, and 412 is repeated here, so a failure that is returned is final.
 * Failures to send are normal for a bot, so each of these resolves with the result and none rejects.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
 */
export interface Conversations {
  /** Posts a card. */
  post(conversation: string, message: CardMessage): Promise<Posted>;
  /** Posts the question whether a file may be stored; only personal chats support it. */
  offerFile(conversation: string, offer: FileOffer): Promise<Posted>;
  /** Posts Teams' own card that asks a person to sign in by this connection. */
  askToSignIn(conversation: string, connection: string, invitation: SignInInvitation): Promise<Posted>;
  /** Posts the card of a stored file; `summary` is the text of the notification. */
  showFile(conversation: string, file: StoredFile, summary: string): Promise<Posted>;
  /** Replaces a posted card. */
  edit(conversation: string, cardId: string, message: CardMessage): Promise<Sent>;
  /** Posts plain text. */
  say(conversation: string, text: string): Promise<Sent>;
  /** The Entra object id of a member, by their Teams id; null when the roster does not have it. */
  findMember(conversation: string, memberId: string): Promise<string | null>;
  /** Deletes a card. */
  remove(conversation: string, cardId: string): Promise<Sent>;
}

export type Posted = { readonly kind: 'done'; readonly cardId: string } | NotSent;
export type Sent = { readonly kind: 'done' } | NotSent;

/** `gone`: Teams will never take it, or there is no recipient any more. `failed`: Teams may take it later. */
export interface NotSent {
  readonly kind: 'gone' | 'failed';
  readonly status: number | null;
  readonly error: unknown;
}

/** The result of one message to Teams, with its retries. */
export interface ObservedMessage {
  readonly kind: 'post' | 'edit' | 'text' | 'remove';
  readonly result: 'done' | NotSent['kind'];
}

export interface ConversationsParts {
  readonly adapter: CloudAdapter;
  readonly appId: string;
  /**
   * The hosts to which messages may go: each carries a token of the bot's, so an address from the database is not
   * trusted.
   */
  readonly serviceHosts: ServiceHosts;
  readonly clock: Clock;
  /** Called for every message, for metrics; it must not throw. */
  readonly observe?: (message: ObservedMessage) => void;
}

const goneStatuses: readonly (number | null)[] = [400, 403, 404, 405, 410, 413];
const preconditionFailed = 412;
const preconditionPausesMs = [1_000, 2_000];

export function createConversations(parts: ConversationsParts): Conversations {
  const { adapter, appId, serviceHosts, clock, observe } = parts;

  async function within<T>(conversation: string, act: (context: TurnContext) => Promise<T>): Promise<T> {
    const reference = JSON.parse(conversation) as Partial<ConversationReference>;
    // The same refusal as by Teams itself: there is no recipient, and retrying is useless.
    if (!isServiceOf(serviceHosts, reference.serviceUrl ?? ''))
      throw Object.assign(new Error('the address of a conversation is not of Teams'), { statusCode: 403 });
    const results: T[] = [];
    await adapter.continueConversationAsync(appId, reference, async (context) => {
      results.push(await act(context));
    });
    const [result] = results;
    if (result === undefined) throw new Error('the conversation was continued without doing anything');
    return result;
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T | NotSent> {
    for (const pauseMs of [...preconditionPausesMs, null]) {
      try {
        return await work();
      } catch (error) {
        const status = statusOf(error);
        if (status !== preconditionFailed || pauseMs === null) {
          return { kind: goneStatuses.includes(status) ? 'gone' : 'failed', status, error: withoutContent(error) };
        }
        await clock.sleep(pauseMs);
      }
    }
    throw new Error('unreachable: the last attempt returns');
  }

  async function observed<T extends Posted | Sent>(kind: ObservedMessage['kind'], work: () => Promise<T>) {
    const result = await attempt(work);
    observe?.({ kind, result: result.kind });
    return result;
  }

  const acting = (
    kind: ObservedMessage['kind'],
    conversation: string,
    act: (context: TurnContext) => Promise<unknown>,
  ) =>
    observed(kind, () =>
      within(conversation, async (context) => {
        await act(context);
        return { kind: 'done' } as const;
      }),
    );

  const post = (conversation: string, activity: Partial<Activity>) => posting(conversation, async () => activity);
  const posting = (conversation: string, make: (context: TurnContext) => Promise<Partial<Activity>>) =>
    observed('post', async (): Promise<Posted> => {
      const send = async (context: TurnContext) => (await context.sendActivity(await make(context)))?.id ?? '';
      const id = await within(conversation, send);
      if (id === '') throw new Error('Teams took the card and named no id for it');
      return { kind: 'done', cardId: id };
    });

  return {
    async findMember(conversation, memberId) {
      const found = await attempt(() => within(conversation, (context) => TeamsInfo.getMember(context, memberId)));
      const id = textOf(fieldsOf(found).aadObjectId);
      return id === '' ? null : id;
    },
    post: (conversation, message) => post(conversation, toActivity(message)),
    offerFile: (conversation, offer) => post(conversation, consentActivity(offer)),
    askToSignIn: (conversation, connection, invitation) =>
      posting(conversation, (context) => signInActivity(adapter, context, connection, invitation)),
    showFile: (conversation, file, summary) => post(conversation, fileActivity(file, summary)),
    edit: (conversation, cardId, message) =>
      acting('edit', conversation, (context) => context.updateActivity({ ...toActivity(message), id: cardId })),
    say: (conversation, text) =>
      acting('text', conversation, (context) =>
        context.sendActivity({ type: ActivityTypes.Message, text, textFormat: 'plain', summary: text }),
      ),
    remove: (conversation, cardId) => acting('remove', conversation, (context) => context.deleteActivity(cardId)),
  };
}

/** A card as a message. `summary` is the text of the notification. */
export function toActivity(message: CardMessage): Partial<Activity> {
  return attaching(message.summary, CardFactory.adaptiveCard(message.card));
}

/** Identifies a conversation, for pacing. */
export function conversationKey(conversation: string): string {
  const reference = JSON.parse(conversation) as Partial<ConversationReference>;
  return `${reference.serviceUrl ?? ''}|${reference.conversation?.id ?? ''}`;
}

/** Whether only one person reads a conversation. Any chat not known to be personal counts as shared. */
export function isPersonalChat(conversation: string): boolean {
  const reference = JSON.parse(conversation) as Partial<ConversationReference>;
  return reference.conversation?.conversationType === 'personal';
}

/** The same for all threads of a channel, which people regard as one place. */
export function placeKey(conversation: string): string {
  return conversationKey(conversation).replace(/;messageid=.*/, '');
}

/**
 * An error of the connector client has the body of the answer as its message, and refers to the request with the bot's
 * token and the card. Only status and code are passed on and logged.
 */
function withoutContent(error: unknown): unknown {
  const status = statusOf(error);
  if (status === null && !(error instanceof Error && error.name === 'RestError')) return error;
  const plain = new Error(status === null ? 'Teams gave no answer' : `Teams answered ${status}`);
  const code = /^[\w.-]{1,60}$/.exec(textOf(fieldsOf(error).code))?.[0];
  return Object.assign(plain, { code, statusCode: status ?? undefined });
}
