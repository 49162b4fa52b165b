import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { type CloudName, cloudNames, clouds } from '../../src/clouds.ts';
import { botToken, createCredential, graphToken, type LoginOptions } from '../../src/graph/credential.ts';
import type { Identity } from '../../src/identity.ts';
import { secret } from '../../src/secret.ts';
import { type Asked, type Login, startLogin } from '../support/login.ts';

const tenantId = '5eed0000-0000-4000-8000-00000000face';
const clientId = '5eed0000-0000-4000-8000-0000000000c1';
/** One tenant for each cloud, as Entra's library keeps tokens of managed identities for the whole process. */
const identityOf = (cloud: CloudName) => `5eed0000-0000-4000-8000-0000000001c${cloudNames.indexOf(cloud)}`;
const registration = { tenantId, clientId };
const signal = new AbortController().signal;
const baseUrl = 'https://graph.microsoft.com/v1.0';
const withSecret: Identity = { ...registration, kind: 'secret', secret: secret('pass~word') };

const managed = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'AZURE_TOKEN_CREDENTIALS'] as const;
let before: Readonly<Record<string, string | undefined>>;
let login: Login;
let folder: string;

// One login for all tests, as Entra's library keeps the first address of a managed identity that it finds.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-credential-'));
  before = Object.fromEntries(managed.map((name) => [name, process.env[name]]));
  login = await startLogin();
  process.env.IDENTITY_ENDPOINT = login.identityEndpoint;
  process.env.IDENTITY_HEADER = 'a header';
  // The developer's machine may hold a real sign-in, which no test should use.
  process.env.AZURE_TOKEN_CREDENTIALS = 'EnvironmentCredential';
});
beforeEach(() => login.forget());
afterAll(async () => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await login.close();
  rmSync(folder, { recursive: true });
});

const graphTokenOf = (identity: Identity, cloud: CloudName = 'public') =>
  graphToken({ auth: 'azure', baseUrl, identity }, cloud, login.options)(signal);
const botTokenOf = (identity: Identity, cloud: CloudName = 'public') =>
  botToken({ auth: 'token', appId: clientId, identity }, cloud, login.options)(signal);
/** The last request that reached a token endpoint. */
function lastAsked(): Asked {
  const last = login.asked.findLast(({ url }) => url.endsWith('/token'));
  if (last === undefined) throw new Error(`no token was requested: ${JSON.stringify(login.asked)}`);
  return last;
}
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('a missing token', () => {
  it('is not requested where Graph is the sandbox of this machine', async () => {
    const token = graphToken({ auth: 'none', baseUrl: 'http://127.0.0.1:3979/v1.0', identity: withSecret }, 'public');

    expect(await token(signal)).toBeNull();
  });

  it('is not requested where the bot does without tokens', async () => {
    expect(await botToken({ auth: 'none', appId: '', identity: withSecret }, 'public')(signal)).toBeNull();
  });

  it('is requested before the first use, and what the machine lacks is an error then', async () => {
    const token = graphToken({ auth: 'azure', baseUrl, identity: { kind: 'ambient', clientId: '' } }, 'public');

    await expect(token(signal)).rejects.toThrow('EnvironmentCredential');
  });
});

describe.each(cloudNames)('in the %s cloud', (cloud) => {
  it("the token for Graph comes from the cloud's own login, for its own Graph", async () => {
    const token = await graphTokenOf(withSecret, cloud);

    expect(token).toBe('token of the registration');
    expect(hostsOf(clouds[cloud].loginAuthority)).toContain(new URL(lastAsked().url).host);
    expect(new URL(lastAsked().url).pathname).toBe(`/${tenantId}/oauth2/v2.0/token`);
    expect(lastAsked().fields).toMatchObject({
      client_id: clientId,
      client_secret: 'pass~word',
      scope: expect.stringContaining(`${clouds[cloud].graphRoot}/.default`),
    });
  });

  it("the bot's token comes from the cloud's own login, for its own channel service", async () => {
    await botTokenOf(withSecret, cloud);

    const { origin } = new URL(clouds[cloud].bot.ToChannelFromBotLoginUrl);
    expect(lastAsked().url).toBe(`${origin}/${tenantId}/oauth2/v2.0/token`);
    expect(lastAsked().fields.scope).toContain(`${clouds[cloud].bot.ToChannelFromBotOAuthScope}/.default`);
  });

  it('a multi-tenant bot signs in at the tenant of Microsoft', async () => {
    await botTokenOf({ ...withSecret, tenantId: '' }, cloud);

    expect(lastAsked().url.toLowerCase()).toBe(
      `${clouds[cloud].bot.ToChannelFromBotLoginUrl}/oauth2/v2.0/token`.toLowerCase(),
    );
  });

  it('a managed identity vouches for the registration by a token for this cloud', async () => {
    await botTokenOf({ ...registration, kind: 'federatedIdentity', identityId: identityOf(cloud) }, cloud);

    expect(login.asked.find(({ url }) => url === login.identityEndpoint)?.fields).toMatchObject({
      resource: clouds[cloud].tokenExchange,
      client_id: identityOf(cloud),
    });
    expect(lastAsked().fields).toMatchObject({
      client_id: clientId,
      client_assertion: 'token of the managed identity',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(lastAsked().fields).not.toHaveProperty('client_secret');
  });
});

describe.each([
  ['Graph', graphTokenOf],
  ['the bot', botTokenOf],
])('for %s', (_whom, tokenOf) => {
  it('a certificate signs what proves the registration, and its key stays here', async () => {
    const path = fileURLToPath(new URL('../fixtures/tls/registration.pem', import.meta.url));
    const certificate = new X509Certificate(readFileSync(path));

    await tokenOf({ ...registration, kind: 'certificate', path });

    const { client_assertion: assertion = '', ...fields } = lastAsked().fields;
    const { payload } = await jwtVerify(assertion, certificate.publicKey, {
      audience: lastAsked().url,
      clockTolerance: 60,
    });
    const digest = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url');
    const { x5t, 'x5t#S256': x5tS256 } = decodeProtectedHeader(assertion) as Readonly<Record<string, string>>;
    expect(payload).toMatchObject({ iss: clientId, sub: clientId });
    expect(x5tS256 ?? x5t).toBe(digest(x5tS256 === undefined ? 'sha1' : 'sha256'));
    expect(fields).not.toHaveProperty('client_secret');
    expect(JSON.stringify(login.asked)).not.toContain('PRIVATE KEY');
  });

  it('a federated token in a file is exchanged', async () => {
    await tokenOf({ ...registration, kind: 'tokenFile', path: file('token', 'token of the cluster') });

    expect(lastAsked().fields).toMatchObject({ client_id: clientId, client_assertion: 'token of the cluster' });
  });

  it('a managed identity needs no other proof', async () => {
    const token = await tokenOf({ kind: 'managedIdentity', clientId });

    expect(token).toBe('token of the managed identity');
    expect(login.asked.map(({ url }) => url)).toEqual([login.identityEndpoint]);
    expect(login.asked[0]?.fields.client_id).toBe(clientId);
  });

  it('a token is cached until it expires', async () => {
    const source =
      tokenOf === botTokenOf
        ? botToken({ auth: 'token', appId: clientId, identity: withSecret }, 'public', login.options)
        : graphToken({ auth: 'azure', baseUrl, identity: withSecret }, 'public', login.options);

    await source(signal);
    await source(signal);

    expect(login.asked.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1);
  });
});

it('a token that Graph has not accepted is not returned again without a new request to the login', async () => {
  const source = graphToken({ auth: 'azure', baseUrl, identity: withSecret }, 'public', login.options);
  const token = await source(signal);

  await source(signal, 'another token');
  const kept = login.asked.filter(({ url }) => url.endsWith('/token')).length;
  await source(signal, token ?? '');

  expect(kept).toBe(1);
  expect(login.asked.filter(({ url }) => url.endsWith('/token'))).toHaveLength(2);
});

describe('a login that redirects', () => {
  it.each([301, 302, 303, 307, 308])(
    'is not followed to another host (%d): the proof of the registration stays',
    async (status) => {
      const asked: string[] = [];
      const httpClient: LoginOptions['httpClient'] = {
        async sendRequest(request) {
          asked.push(new URL(request.url).hostname);
          const headers = createHttpHeaders({ location: 'https://evil.example/token' });
          return { request, status, headers, bodyAsText: '{}' };
        },
      };

      const token = graphToken({ auth: 'azure', baseUrl, identity: withSecret }, 'public', { httpClient })(signal);

      await expect(token).rejects.toThrow();
      expect(asked.length).toBeGreaterThan(0);
      expect(asked).not.toContain('evil.example');
    },
  );
});

describe('the credential', () => {
  const at = { authority: 'https://login.microsoftonline.com', tenantOfMany: '' };

  it.each<[Identity, string]>([
    [withSecret, 'ClientSecretCredential'],
    [{ ...registration, kind: 'certificate', path: '/somewhere.pem' }, 'ClientCertificateCredential'],
    [{ ...registration, kind: 'tokenFile', path: '/somewhere' }, 'WorkloadIdentityCredential'],
    [{ ...registration, kind: 'federatedIdentity', identityId: clientId }, 'ClientAssertionCredential'],
    [{ kind: 'managedIdentity', clientId }, 'ManagedIdentityCredential'],
    [{ kind: 'ambient', clientId: '' }, 'DefaultAzureCredential'],
    [{ kind: 'ambient', clientId }, 'DefaultAzureCredential'],
  ])('of %j is a %s', (identity, name) => {
    expect(createCredential(identity, 'public', at).constructor.name).toBe(name);
  });
});

/** Entra has two names for the login of one cloud, and its library takes the newer one. */
function hostsOf(authority: string): readonly string[] {
  const { host } = new URL(authority);
  return host === 'login.chinacloudapi.cn' ? [host, 'login.partner.microsoftonline.cn'] : [host];
}
