import { KeyObject, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { AdapterOverrides } from '../../src/teams/adapter.ts';

type CredentialsFactory = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/**
 * The Bot Framework's token service on this machine: OpenID metadata and signing keys over HTTP, so that botbuilder's
 * own validation runs as it does in Azure, and tokens of every kind, good and bad.
 */
export interface TokenService {
  /** The configuration by which `startUsher` trusts this service in place of Microsoft's. */
  readonly overrides: AdapterOverrides;
  /** How often the signing keys have been read. */
  readonly keyReads: () => number;
  /** A token as the channel service signs it for the bot, with these changes. */
  sign(wish?: TokenWish): Promise<string>;
  /** The same with the public key as the secret of an HMAC, for a check that lets the token choose how to read it. */
  signWithPublicKey(): Promise<string>;
  close(): Promise<void>;
}

export interface TokenWish {
  /** Claims to add or change; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `stranger` has the id of the Teams key and another secret; `unknown` is not published at all. */
  readonly key?: 'teams' | 'directLine' | 'unendorsed' | 'stranger' | 'unknown';
  /** Fields to add to the header. `ownKey` has the token bring the public half of its key along. */
  readonly header?: Readonly<Record<string, unknown>> | 'ownKey';
}

export const botAppId = '5eed0000-0000-4000-8000-0000000b07b0';
export const channelIssuer = 'https://api.botframework.com';

export async function startTokenService(serviceUrl: string): Promise<TokenService> {
  const keys = {
    teams: await newKey('teams-key'),
    directLine: await newKey('direct-line-key'),
    unendorsed: await newKey('unendorsed-key'),
    stranger: await newKey('teams-key'),
    unknown: await newKey('unknown-key'),
  };
  const published = [
    { ...(await exportJWK(keys.teams.publicKey)), kid: keys.teams.kid, use: 'sig', endorsements: ['msteams'] },
    {
      ...(await exportJWK(keys.directLine.publicKey)),
      kid: keys.directLine.kid,
      use: 'sig',
      endorsements: ['directline'],
    },
    { ...(await exportJWK(keys.unendorsed.publicKey)), kid: keys.unendorsed.kid, use: 'sig' },
  ];
  let keyReads = 0;
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    if (isKeys) keyReads += 1;
    const body = isKeys
      ? { keys: published }
      : { issuer: channelIssuer, jwks_uri: `${address}/keys`, id_token_signing_alg_values_supported: ['RS256'] };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // botbuilder keeps the keys of each address for a day, for the whole process; each service has an address of its own.
  const metadata = `${address}/${randomUUID()}/openidconfiguration`;

  return {
    overrides: {
      endpoints: { ToBotFromChannelOpenIdMetadataUrl: metadata, ToBotFromEmulatorOpenIdMetadataUrl: metadata },
      credentials: withoutOutboundTokens,
      serviceHosts: 'loopback',
    },
    keyReads: () => keyReads,
    async sign({ claims = {}, key = 'teams', header = {} } = {}) {
      const { kid, privateKey, publicKey } = keys[key];
      const added = header === 'ownKey' ? { jwk: await exportJWK(publicKey) } : header;
      return new SignJWT({ ...goodClaims(serviceUrl), ...claims })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...added })
        .sign(privateKey);
    },
    async signWithPublicKey() {
      const { kid, publicKey } = keys.teams;
      // As botbuilder writes it down.
      const pem = KeyObject.from(publicKey).export({ type: 'pkcs1', format: 'pem' });
      return new SignJWT(goodClaims(serviceUrl))
        .setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' })
        .sign(Buffer.from(pem));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A token whose header says that it needs no signature. */
export function unsignedToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', kid: 'teams-key', typ: 'JWT' })}.${part(claims)}.`;
}

/** The claims of the channel service in a token for the bot. */
export function goodClaims(serviceUrl: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iss: channelIssuer, aud: botAppId, serviceurl: serviceUrl, nbf: now - 60, exp: now + 600 };
}

interface Key {
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

async function newKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair('RS256', { extractable: true })) };
}

/** Validates the bot's id as the real one does, and sends without a token: no authority exists here to give one. */
const withoutOutboundTokens = {
  isValidAppId: async (appId: string) => appId === botAppId,
  isAuthenticationDisabled: async () => false,
  createCredentials: async () => ({
    signRequest: async <T>(request: T) => request,
  }),
} as unknown as CredentialsFactory;
