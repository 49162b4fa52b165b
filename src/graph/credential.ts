import type { TokenCredential, TokenCredentialOptions } from '@azure/identity';
import { assertNever } from '../assert-never.ts';
import { type CloudName, clouds } from '../clouds.ts';
import type { BotConfig, GraphConfig } from '../config.ts';
import type { Identity } from '../identity.ts';
import { lazily } from '../lazily.ts';
import type { GraphClientParts } from './client.ts';

const azure = lazily<typeof import('@azure/identity')>('@azure/identity');

/**
 * Entra tokens, for Graph and for the bot's own channel service. `@azure/identity` caches each and renews it in time.
 * The configured cloud alone decides where it signs in, not `AZURE_AUTHORITY_HOST`.
 * https://learn.microsoft.com/javascript/api/@azure/identity
 */
export type TokenSource = GraphClientParts['token'];

/** How to reach the login, e.g. one on this machine. */
export type LoginOptions = Pick<TokenCredentialOptions, 'httpClient' | 'retryOptions' | 'additionalPolicies'>;

/**
 * Usher's own token.
 *
 * @returns null from the function where Graph is the local sandbox and needs no token, and where Usher has no
 * permission of its own, as all callers sign in.
 */
export function graphToken(config: GraphConfig, cloud: CloudName, options: LoginOptions = {}): TokenSource {
  if (config.auth !== 'azure') return async () => null;
  const { graphRoot, loginAuthority } = clouds[cloud];
  const login = { authority: loginAuthority, tenantOfMany: '' };
  return tokenOf(() => createCredential(config.identity, cloud, login, options), graphRoot);
}

/** @returns null from the function where activities carry no tokens. */
export function botToken(config: BotConfig, cloud: CloudName, options: LoginOptions = {}): TokenSource {
  if (config.auth === 'none') return async () => null;
  const { ToChannelFromBotLoginUrl, ToChannelFromBotOAuthScope } = clouds[cloud].bot;
  const { origin, pathname } = new URL(ToChannelFromBotLoginUrl);
  const login = { authority: origin, tenantOfMany: pathname.slice(1) };
  return tokenOf(() => createCredential(config.identity, cloud, login, options), ToChannelFromBotOAuthScope);
}

/** A credential caches its token until it is about to expire; a new one has an empty cache, so it asks the login. */
function tokenOf(create: () => TokenCredential, resource: string): TokenSource {
  let credential = create();
  async function ask(abortSignal: AbortSignal): Promise<string> {
    const token = await credential.getToken(`${resource}/.default`, { abortSignal });
    if (token === null) throw new Error('the credential gave no token');
    return token.token;
  }
  return async (abortSignal, rejected) => {
    const token = await ask(abortSignal);
    if (token !== rejected) return token;
    credential = create();
    return ask(abortSignal);
  };
}

interface Login {
  readonly authority: string;
  /** The tenant in which a multitenant bot signs in; a registration for Graph always names its tenant. */
  readonly tenantOfMany: string;
}

/** Makes no request before the first token is needed. */
export function createCredential(
  identity: Identity,
  cloud: CloudName,
  login: Login,
  loginOptions: LoginOptions = {},
): TokenCredential {
  const {
    ClientAssertionCredential,
    ClientCertificateCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
  } = azure();
  const options = { ...loginOptions, authorityHost: login.authority };
  const tenantId = ('tenantId' in identity && identity.tenantId) || login.tenantOfMany;
  switch (identity.kind) {
    case 'secret':
      return new ClientSecretCredential(tenantId, identity.clientId, identity.secret.reveal(), options);
    case 'certificate':
      return new ClientCertificateCredential(tenantId, identity.clientId, identity.path, options);
    case 'tokenFile': {
      const { clientId, path: tokenFilePath } = identity;
      return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
    }
    case 'federatedIdentity': {
      // Its own tokens last for a day; it caches them, and is called whenever the registration's token is renewed.
      const voucher = new ManagedIdentityCredential({ clientId: identity.identityId, ...loginOptions });
      const vouch = async () => (await voucher.getToken(`${clouds[cloud].tokenExchange}/.default`)).token;
      return new ClientAssertionCredential(tenantId, identity.clientId, vouch, options);
    }
    case 'managedIdentity':
      return new ManagedIdentityCredential({ clientId: identity.clientId, ...loginOptions });
    case 'ambient':
      return new DefaultAzureCredential(
        identity.clientId === '' ? options : { ...options, managedIdentityClientId: identity.clientId },
      );
    default:
      return assertNever(identity, 'credential');
  }
}
