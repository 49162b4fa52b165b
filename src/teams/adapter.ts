import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder';
import { type BotEndpoints, type CloudName, clouds } from '../clouds.ts';
import type { BotConfig, Config } from '../config.ts';
import { botToken } from '../graph/credential.ts';
import { createConnectorHttp } from './connector-http.ts';
import type { ServiceHosts } from './guard.ts';

type ConnectorFactory = ReturnType<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>;
type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/** The two parts of botbuilder: one validates an activity's token, the other runs turns and sends. */
export interface Adapter {
  readonly adapter: CloudAdapter;
  readonly authentication: ConfigurationBotFrameworkAuthentication;
}

export interface AdapterOverrides {
  /** Where the channel's signing keys are published; tests use their own key set. */
  readonly endpoints?: Partial<BotEndpoints>;
  /** How the bot obtains its tokens for sending. */
  readonly credentials?: CredentialsFactory;
  /** The hosts that activities may name for replies, instead of the cloud's Teams. */
  readonly serviceHosts?: ServiceHosts;
}

const tokenTimeoutMs = 10_000;
/** A cloud's Teams has some ten addresses. */
const mostClients = 50;

/**
 * CloudAdapter with botbuilder's own token validation, set up from Usher's configuration alone. Without an app id
 * botbuilder accepts any caller, which `config.ts` allows on loopback only.
 */
export function createAdapter(config: Config, overrides: AdapterOverrides = {}): Adapter {
  const credentials = overrides.credentials ?? botCredentials(config.bot, config.cloud);
  const endpoints = { ...clouds[config.cloud].bot, ...overrides.endpoints };
  const settings = { ...endpoints, ValidateAuthority: true };
  const authentication = new ConfigurationBotFrameworkAuthentication(settings, credentials, undefined, undefined, {
    httpClient: createConnectorHttp(),
  });
  shareClients(authentication);
  return { adapter: new CloudAdapter(authentication), authentication };
}

/**
 * botbuilder makes two clients with their whole pipelines for each turn and each message. Those of one address are alike:
 * there is one bot, and its credentials get a token for each request.
 */
function shareClients(authentication: ConfigurationBotFrameworkAuthentication): void {
  const makeFactory = authentication.createConnectorFactory.bind(authentication);
  const makeUserTokens = authentication.createUserTokenClient.bind(authentication);
  const authenticate = authentication.authenticateRequest.bind(authentication);
  const connectors = keeping<Awaited<ReturnType<ConnectorFactory['create']>>>();
  const userTokens = keeping<Awaited<ReturnType<typeof makeUserTokens>>>();
  const factoryFor = (identity: Parameters<typeof makeFactory>[0]): ConnectorFactory => ({
    create: (serviceUrl, audience) =>
      connectors(JSON.stringify([serviceUrl, audience]), () => makeFactory(identity).create(serviceUrl, audience)),
  });
  Object.assign(authentication, {
    createConnectorFactory: factoryFor,
    createUserTokenClient: (identity: Parameters<typeof makeUserTokens>[0]) =>
      userTokens('', () => makeUserTokens(identity)),
    async authenticateRequest(...request: Parameters<typeof authenticate>) {
      const authenticated = await authenticate(...request);
      return { ...authenticated, connectorFactory: factoryFor(authenticated.claimsIdentity) };
    },
  });
}

/** Keeps each client that could be made, by its key. */
function keeping<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  const clients = new Map<string, Promise<T>>();
  return (key, make) => {
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (clients.size >= mostClients) clients.clear();
    clients.set(key, made);
    made.catch(() => clients.delete(key));
    return made;
  };
}

/** The hosts that activities may name for replies: the cloud's Teams, or without tokens only this machine. */
export function serviceHostsOf({ bot, cloud }: Config, overrides: AdapterOverrides = {}): ServiceHosts {
  return overrides.serviceHosts ?? (bot.auth === 'none' ? 'loopback' : clouds[cloud].teamsHosts);
}

/**
 * botbuilder's own factories are not enough: those for certificates and federated credentials sign in to the public
 * cloud whatever the endpoints say, the federated one keeps its first assertion beyond the hour that it is valid, and
 * all treat an unknown `MicrosoftAppType` as a multitenant bot. So the token is obtained the same way as Graph's, and
 * only for this cloud's channel service.
 */
export function botCredentials(bot: BotConfig, cloud: CloudName): CredentialsFactory {
  // For botbuilder, MultiTenant means "use what is configured", and here nothing is.
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
