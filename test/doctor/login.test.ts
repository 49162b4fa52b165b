import { createHttpHeaders, type HttpClient, RestError } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { type Environment, linesOf } from './support.ts';

const id = '5eed0000-0000-4000-8000-0000000000b0';
let sandbox: SandboxGraph;
let installed: Environment;
beforeAll(async () => {
  sandbox = await startSandboxGraph({ port: 0 });
  const { GRAPH_AUTH: _, BOT_AUTH: __, ...rest } = sandboxEnvironment(sandbox.url);
  installed = {
    ...rest,
    DATABASE_URL: 'file:/nowhere/usher.db',
    METRICS: 'off',
    MicrosoftAppId: id,
    MicrosoftAppTenantId: id,
    MicrosoftAppPassword: 'a#secret',
    AZURE_TENANT_ID: id,
    AZURE_CLIENT_ID: id,
    AZURE_CLIENT_SECRET: 'a#secret',
  };
});
afterAll(() => sandbox.close());

/** What a real way to the login does, each on the first request and all others. */
const failing =
  (code: string, message: string): HttpClient['sendRequest'] =>
  async (request) => {
    throw new RestError(message, { code, request });
  };
const answering =
  (status: number, body: string, type: string): HttpClient['sendRequest'] =>
  async (request) => ({
    request,
    status,
    headers: createHttpHeaders({ 'content-type': type }),
    bodyAsText: body,
  });
const refusing = (text: string, error = 'invalid_client') =>
  answering(
    401,
    JSON.stringify({ error, error_description: `${text}\r\nTrace ID: 1`, error_codes: [] }),
    'application/json',
  );
const page = '<html><body>Please sign in to the network</body></html>';

async function tokenLines(sendRequest: HttpClient['sendRequest'], environment: Environment = {}) {
  const lines = await linesOf({ ...installed, ...environment }, { login: { httpClient: { sendRequest } } });
  return ['botToken', 'graphToken'].map((wanted) => lines.find((line) => line.id === wanted));
}

describe('a login that is not reached is told as the network, and not as credentials', () => {
  it.each([
    ['DNS', failing('ENOTFOUND', 'getaddrinfo ENOTFOUND'), /DNS does not know login\.microsoftonline\.com/, /DNS/],
    ['a resolver that is away', failing('EAI_AGAIN', 'getaddrinfo EAI_AGAIN'), /DNS does not know/, /DNS/],
    ['a firewall that refuses', failing('ECONNREFUSED', 'connect ECONNREFUSED'), /refuses connections/, /firewall/],
    ['a firewall that drops', failing('ETIMEDOUT', 'connect ETIMEDOUT'), /cannot be reached/, /firewall/],
    ['a connection that breaks', failing('ECONNRESET', 'socket hang up'), /broke/, /firewall/],
    [
      'a proxy that opens TLS',
      failing('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
      /certificate of login\.microsoftonline\.com is not trusted/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    ['a certificate that has ended', failing('CERT_HAS_EXPIRED', 'certificate has expired'), /not trusted/, /clock/],
    ['a proxy that wants a password', answering(407, page, 'text/html'), /something else answers .* with 407/, /proxy/],
    ["a network's own page", answering(200, page, 'text/html'), /something else answers .* with 200/, /proxy/],
  ])('%s', async (_name, sendRequest, detail, fix) => {
    const lines = await tokenLines(sendRequest);

    for (const line of lines) {
      expect(line).toMatchObject({
        outcome: 'wrong',
        detail: expect.stringMatching(/^the login was not reached, so the credentials were not tried/),
        fix: expect.not.stringMatching(/MicrosoftAppId|AZURE_CLIENT_ID/),
      });
      expect(line).toMatchObject({ detail: expect.stringMatching(detail), fix: expect.stringMatching(fix) });
    }
  });

  it('nor is a fault of its own', async () => {
    const lines = await tokenLines(answering(503, '{"error":"temporarily_unavailable"}', 'application/json'));

    for (const line of lines)
      expect(line).toMatchObject({
        outcome: 'wrong',
        detail: expect.stringMatching(/trouble of its own: it answers 503/),
      });
  });

  it('in another cloud, at its own login', async () => {
    const lines = await tokenLines(failing('ENOTFOUND', 'getaddrinfo ENOTFOUND'), { CLOUD: 'usgov' });

    for (const line of lines)
      expect(line).toMatchObject({ detail: expect.stringContaining('login.microsoftonline.us') });
  });
});

describe('credentials that the login refuses are told as that', () => {
  it.each([
    ['AADSTS7000222: The provided client secret keys for app are expired.', /has ended: make a new one/],
    ['AADSTS7000215: Invalid client secret provided.', /take its value, not its id, and put it in quotes/],
    ['AADSTS700016: Application was not found in the directory.', /not in this tenant/],
    ['AADSTS90002: Tenant not found.', /no such tenant/],
    ['AADSTS700027: The certificate is not registered.', /does not have this certificate/],
    ['AADSTS700024: Client assertion is not within its valid time range.', /clock of this machine/],
    ['AADSTS7000112: Application is disabled.', /is disabled/],
    ['AADSTS9999999: Something new.', /^check (MicrosoftAppId|AZURE_TENANT_ID)/],
  ])('%s', async (text, fix) => {
    const lines = await tokenLines(refusing(text));

    for (const line of lines) {
      expect(line).toMatchObject({
        outcome: 'wrong',
        detail: expect.stringContaining(text.slice(0, 12)),
        fix: expect.stringMatching(fix),
      });
      expect(JSON.stringify(line)).not.toContain('a#secret');
    }
  });
});
