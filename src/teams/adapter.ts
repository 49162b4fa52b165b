import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder';
import { type BotEndpoints, type CloudName, clouds } from '../clouds.ts';
import type { BotConfig, Config } from '../config.ts';
import { botToken } from '../graph/credential.ts';
import type { ServiceHosts } from './guard.ts';

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
  /** Where activities may ask to be answered, instead of the cloud's Teams. */
  readonly serviceHosts?: ServiceHosts;
}

const tokenTimeoutMs = 10_000;

/**
 * CloudAdapter with the token validation that botbuilder ships, set up from our configuration alone. Without an app id
 * botbuilder accepts anybody, which `config.ts` allows on loopback only.
 */
export function createAdapter(config: Config, overrides: AdapterOverrides = {}): Adapter {
  const credentials = overrides.credentials ?? botCredentials(config.bot, config.cloud);
  const endpoints = { ...clouds[config.cloud].bot, ...overrides.endpoints };
  const authentication = new ConfigurationBotFrameworkAuthentication(
    { ...endpoints, ValidateAuthority: true },
    credentials,
  );
  return { adapter: new CloudAdapter(authentication), authentication };
}

/** Where activities may ask to be answered: at the cloud's Teams, or without tokens on this machine alone. */
export function serviceHostsOf({ bot, cloud }: Config, overrides: AdapterOverrides = {}): ServiceHosts {
  return overrides.serviceHosts ?? (bot.auth === 'none' ? 'loopback' : clouds[cloud].teamsHosts);
}

/**
 * botbuilder's own factories are not enough: those for certificates and federated credentials sign in at the public
 * cloud whatever the endpoints say, the federated one keeps its first assertion past the hour that it is good for, and
 * all take a `MicrosoftAppType` that they do not know for a bot of many tenants. So the token comes by the same way as
 * Graph's, for this cloud's channel service and nobody else.
 */
export function botCredentials(bot: BotConfig, cloud: CloudName): CredentialsFactory {
  // MultiTenant is botbuilder's name for "whatever is there", and here nothing is.
  if (bot.auth === 'none')
    return new ConfigurationServiceClientCredentialFactory({ MicrosoftAppId: '', MicrosoftAppType: 'MultiTenant' });
  const token = botToken(bot, cloud);
  return {
    isValidAppId: async (appId) => appId === bot.appId,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({
      async signRequest(request) {
        const bearer = await token(AbortSignal.timeout(tokenTimeoutMs));
        request.headers.set('authorization', `Bearer ${bearer}`);
        return request;
      },
    }),
  };
}
