import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder';
import { type BotEndpoints, clouds } from '../clouds.ts';
import type { BotConfig, Config } from '../config.ts';

type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/** botbuilder's two halves: what reads the token of an activity, and what runs turns and sends. */
export interface Adapter {
  readonly adapter: CloudAdapter;
  readonly authentication: ConfigurationBotFrameworkAuthentication;
}

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
export function createAdapter(config: Config, overrides: AdapterOverrides = {}): Adapter {
  const credentials =
    overrides.credentials ?? new ConfigurationServiceClientCredentialFactory(credentialOptions(config.bot));
  const endpoints = { ...clouds[config.cloud].bot, ...overrides.endpoints };
  const authentication = new ConfigurationBotFrameworkAuthentication(
    { ...endpoints, ValidateAuthority: true },
    credentials,
  );
  return { adapter: new CloudAdapter(authentication), authentication };
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
