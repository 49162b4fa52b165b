import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
  type TurnContext,
} from 'botbuilder';
import { type BotEndpoints, clouds } from '../clouds.ts';
import type { BotConfig, Config } from '../config.ts';

// The server hands these through without knowing botbuilder.
export type { CloudAdapter, TurnContext } from 'botbuilder';

type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

export interface AdapterOverrides {
  /** Where the channel's signing keys are published; a test's own key set. */
  readonly endpoints?: Partial<BotEndpoints>;
  /** How the bot gets its tokens for sending. */
  readonly credentials?: CredentialsFactory;
}

/**
 * CloudAdapter with the token validation that botbuilder ships, set up from our configuration alone. Without an app id
 * botbuilder accepts anybody, which `config.ts` allows on loopback only.
 */
export function createAdapter(config: Config, overrides: AdapterOverrides = {}): CloudAdapter {
  const credentials =
    overrides.credentials ?? new ConfigurationServiceClientCredentialFactory(credentialOptions(config.bot));
  const endpoints = { ...clouds[config.cloud].bot, ...overrides.endpoints };
  return new CloudAdapter(
    new ConfigurationBotFrameworkAuthentication({ ...endpoints, ValidateAuthority: true }, credentials),
  );
}

function credentialOptions(bot: BotConfig) {
  // MultiTenant is botbuilder's name for "whatever is there", and here nothing is.
  if (bot.auth === 'none') return { MicrosoftAppId: '', MicrosoftAppType: 'MultiTenant' };
  return {
    MicrosoftAppId: bot.appId,
    MicrosoftAppPassword: bot.appPassword.reveal(),
    MicrosoftAppType: bot.appType,
    MicrosoftAppTenantId: bot.appTenantId,
  };
}

/** The issuer of the token that the activity of this turn came with; undefined when it came with none. */
export function issuerOf(adapter: CloudAdapter, context: TurnContext): string | undefined {
  const identity: unknown = context.turnState.get(adapter.BotIdentityKey);
  if (typeof identity !== 'object' || identity === null || !('getClaimValue' in identity)) return undefined;
  const { getClaimValue } = identity;
  if (typeof getClaimValue !== 'function') return undefined;
  const issuer: unknown = getClaimValue.call(identity, 'iss');
  return typeof issuer === 'string' ? issuer : undefined;
}
