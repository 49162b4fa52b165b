import {
  type Activity,
  CardFactory,
  type CloudAdapter,
  type ConversationReference,
  type TurnContext,
} from 'botbuilder';
import type { SignInInvitation } from '../chat/reply.ts';
import { attaching } from './file-cards.ts';
import { fieldsOf, textOf } from './wire.ts';

/*
 * The Bot Framework's token service, which knows the bot's OAuth connections: their sign-in pages, and the tokens
 * obtained there. https://learn.microsoft.com/azure/bot-service/bot-builder-concept-authentication
 */

/**
 * Teams' own sign-in card. A client that supports it signs the person in without showing the card, by the resource that
 * it names; otherwise its button opens the connection's page.
 */
export async function signInActivity(
  adapter: CloudAdapter,
  context: TurnContext,
  connection: string,
  { text, button, summary }: SignInInvitation,
): Promise<Partial<Activity>> {
  const { signInLink, tokenExchangeResource } = await serviceIn(adapter, context).getSignInResource(
    connection,
    context.activity,
    '',
  );
  const card = CardFactory.oauthCard(connection, button, text, signInLink, tokenExchangeResource);
  return attaching(summary, card);
}

export interface UserTokens {
  /**
   * The token that a person obtained on the connection's page, by the code that the page gave their client; null where
   * the code is not valid for them. The service keeps such tokens, so it is told to delete this one at once.
   */
  redeem(conversation: string, code: string): Promise<string | null>;
}

export function createUserTokens(parts: {
  readonly adapter: CloudAdapter;
  readonly appId: string;
  readonly connection: string;
}): UserTokens {
  const { adapter, appId, connection } = parts;
  return {
    async redeem(conversation, code) {
      const reference = JSON.parse(conversation) as Partial<ConversationReference>;
      const tokens: string[] = [];
      await adapter.continueConversationAsync(appId, reference, async (context) => {
        const service = serviceIn(adapter, context);
        const { channelId, from } = context.activity;
        const found: unknown = await service.getUserToken(from.id, connection, channelId, code);
        const token = textOf(fieldsOf(found).token);
        if (token === '') return;
        tokens.push(token);
        await service.signOutUser(from.id, connection, channelId);
      });
      return tokens[0] ?? null;
    },
  };
}

/** The part of botbuilder's client that is used; its own type is in a package that is not a direct dependency. */
interface UserTokenService {
  getSignInResource(
    connection: string,
    activity: Activity,
    finalRedirect: string,
  ): Promise<{
    readonly signInLink: string;
    readonly tokenExchangeResource: Parameters<typeof CardFactory.oauthCard>[4];
  }>;
  getUserToken(userId: string, connection: string, channelId: string, code: string): Promise<unknown>;
  signOutUser(userId: string, connection: string, channelId: string): Promise<void>;
}

function serviceIn(adapter: CloudAdapter, context: TurnContext): UserTokenService {
  const service = context.turnState.get<UserTokenService>(adapter.UserTokenClientKey);
  if (service === undefined) throw new Error('the adapter has no client of the token service');
  return service;
}
