import {
  type Activity,
  ActivityTypes,
  CardFactory,
  type CloudAdapter,
  type ConversationReference,
  TeamsInfo,
  type TurnContext,
} from 'botbuilder';
import type { Content, FileOffer, SignInInvitation } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { retryAfterMs } from '../graph/odata.ts';
import type { Pausing, PostEnd } from '../outbox/message.ts';
import { attaching, consentActivity, fileActivity, type StoredFile } from './file-cards.ts';
import { isServiceOf, type ServiceHosts } from './guard.ts';
import { signInActivity } from './user-tokens.ts';
import { fieldsOf, statusOf, textOf } from './wire.ts';

/**
 * Sends to Teams, in a turn or long after it. Everything is sent by a stored conversation reference, because the
 * context of a turn is invalid when the turn ends.
 *
 * Here is decided what is repeated at once: only what Teams has said that it did not take, 429 and 412, by its
 * Retry-After. What may be repeated later follows from the result, see `outbox/message.ts`. Failures to send are normal
 * for a bot, so each of these resolves with the result and none rejects for that.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
 */
export interface Conversations {
  /** Posts a card or a text. Rejects only as `pausing` does. */
  post(conversation: string, content: Content, pausing?: Pausing): Promise<Posted>;
  /** Posts the question whether a file may be stored; only personal chats support it. */
  offerFile(conversation: string, offer: FileOffer): Promise<Posted>;
  /** Posts Teams' own card that asks a person to sign in by this connection. */
  askToSignIn(conversation: string, connection: string, invitation: SignInInvitation): Promise<Posted>;
  /** Posts the card of a stored file; `summary` is the text of the notification. */
  showFile(conversation: string, file: StoredFile, summary: string): Promise<Posted>;
  /** Replaces a posted card. */
  edit(conversation: string, cardId: string, content: Content): Promise<Sent>;
  /** The Entra object id of a member, by their Teams id; null when the roster does not have it. */
  findMember(conversation: string, memberId: string): Promise<string | null>;
  /** Deletes a card. */
  remove(conversation: string, cardId: string): Promise<Sent>;
  /** Whether Teams answers for this conversation, whatever it says; it changes nothing. */
  answers(conversation: string): Promise<boolean>;
}

export type Posted = Extract<PostEnd, { kind: 'done' }> | NotSent<'perhaps' | 'failed' | 'gone'>;
export type Sent = { readonly kind: 'done' } | NotSent<'perhaps' | 'failed' | 'gone'>;

/** Teams refuses the card, and may take its sentence. */
export const cardRefused: readonly (number | null)[] = [400, 413];

/** See `PostEnd`. */
export interface NotSent<Kind> {
  readonly kind: Kind;
  readonly status: number | null;
  /** How long Teams wants to be left alone, in milliseconds; missing where it did not say. */
  readonly retryAfterMs?: number;
  readonly error: unknown;
}

/** The result of one message to Teams, with its retries. */
export interface ObservedMessage {
  readonly kind: 'post' | 'edit' | 'text' | 'remove';
  readonly result: PostEnd['kind'];
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

/** The part of botbuilder's connector client that reads a roster. */
interface MemberReader {
  readonly conversations: { getConversationPagedMembers(id: string, page: { pageSize: number }): Promise<unknown> };
}

const goneStatuses: readonly (number | null)[] = [400, 403, 404, 405, 410, 413];
/** Teams has not taken it, and may do so in a moment. */
const againStatuses: readonly (number | null)[] = [412, 429];
const againPausesMs = [1_000, 2_000];
/** A longer wait is not spent here, where the next message of the conversation would wait as well. */
const longestPauseMs = 5_000;

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

  async function attempt<T>(
    work: () => Promise<T>,
    pausing?: Pausing,
  ): Promise<T | NotSent<'perhaps' | 'failed' | 'gone'>> {
    for (const usualMs of [...againPausesMs, null]) {
      try {
        return await work();
      } catch (error) {
        const failure = failureOf(error, clock);
        const pauseMs = failure.retryAfterMs ?? usualMs;
        if (!againStatuses.includes(failure.status) || usualMs === null || pauseMs === null || pauseMs > longestPauseMs)
          return failure;
        await pausing?.begins();
        await clock.sleep(pauseMs);
        await pausing?.ends();
      }
    }
    throw new Error('unreachable: the last attempt returns');
  }

  async function observed<T extends { readonly kind: PostEnd['kind'] }>(
    kind: ObservedMessage['kind'] | null,
    work: () => Promise<T>,
    pausing?: Pausing,
  ) {
    const result = await attempt(work, pausing);
    if (kind !== null) observe?.({ kind, result: result.kind });
    return result;
  }

  const acting = async (
    kind: ObservedMessage['kind'] | null,
    conversation: string,
    act: (context: TurnContext) => Promise<unknown>,
  ): Promise<Sent> =>
    observed(kind, () =>
      within(conversation, async (context) => {
        await act(context);
        return { kind: 'done' } as const;
      }),
    );

  const posting = (
    conversation: string,
    make: (context: TurnContext) => Promise<Partial<Activity>> | Partial<Activity>,
    kind: ObservedMessage['kind'] = 'post',
    pausing?: Pausing,
  ) =>
    observed(
      kind,
      async (): Promise<Posted> => {
        const send = async (context: TurnContext) => (await context.sendActivity(await make(context)))?.id ?? '';
        const id = await within(conversation, send);
        return { kind: 'done', activityId: id === '' ? null : id };
      },
      pausing,
    );

  return {
    async findMember(conversation, memberId) {
      const found = await attempt(() => within(conversation, (context) => TeamsInfo.getMember(context, memberId)));
      const id = textOf(fieldsOf(found).aadObjectId);
      return id === '' ? null : id;
    },
    async post(conversation, content, pausing) {
      const isText = 'text' in content;
      const posted = await posting(conversation, () => toActivity(content), isText ? 'text' : 'post', pausing);
      // A text is never edited.
      return isText && posted.kind === 'done' ? { ...posted, activityId: null } : posted;
    },
    offerFile: (conversation, offer) => posting(conversation, () => consentActivity(offer)),
    askToSignIn: (conversation, connection, invitation) =>
      posting(conversation, (context) => signInActivity(adapter, context, connection, invitation)),
    showFile: (conversation, file, summary) => posting(conversation, () => fileActivity(file, summary)),
    edit: (conversation, cardId, content) =>
      acting('edit', conversation, (context) => context.updateActivity({ ...toActivity(content), id: cardId })),
    remove: (conversation, cardId) => acting('remove', conversation, (context) => context.deleteActivity(cardId)),
    async answers(conversation) {
      const read = await acting(null, conversation, async ({ turnState, activity }) => {
        const client: MemberReader = turnState.get(adapter.ConnectorClientKey);
        return client.conversations.getConversationPagedMembers(activity.conversation.id, { pageSize: 1 });
      });
      return read.kind === 'done' || (read.status !== null && read.status < 500);
    },
  };
}

/** What a message shows, as an activity. `summary` is the text of the notification. */
function toActivity(content: Content): Partial<Activity> {
  if (!('text' in content)) return attaching(content.summary, CardFactory.adaptiveCard(content.card));
  const { text } = content;
  return { type: ActivityTypes.Message, text, textFormat: 'plain', summary: text };
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

function failureOf(error: unknown, clock: Clock): NotSent<'perhaps' | 'failed' | 'gone'> {
  const status = statusOf(error);
  const { isSent, retryAfter } = fieldsOf(error);
  const retryAfterIn = retryAfterMs(textOf(retryAfter) || null, clock);
  const told = {
    status,
    error: withoutContent(error),
    ...(retryAfterIn === null ? {} : { retryAfterMs: retryAfterIn }),
  };
  if (goneStatuses.includes(status)) return { kind: 'gone', ...told };
  // Without an answer it was sent only where the client says so: a token that was not obtained sends nothing.
  const mayHaveArrived = status === null ? isSent === true : status >= 500 || status === 408;
  return { kind: mayHaveArrived ? 'perhaps' : 'failed', ...told };
}

/**
 * An error of the connector client has the body of the answer as its message, and refers to the request with the bot's
 * token and the card. Only status and code are passed on and logged.
 */
function withoutContent(error: unknown): unknown {
  const status = statusOf(error);
  if (status === null) return error;
  const code = /^[\w.-]{1,60}$/.exec(textOf(fieldsOf(error).code))?.[0];
  const named = code === undefined ? {} : { code };
  return Object.assign(new Error(`Teams answered ${status}`), { statusCode: status, ...named });
}
