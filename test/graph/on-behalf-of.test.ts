import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { onBehalfOf } from '../../src/graph/on-behalf-of.ts';
import type { Identity } from '../../src/identity.ts';
import { secret } from '../../src/secret.ts';
import { type Asked, type Login, type LoginAnswer, startLogin } from '../support/login.ts';
import { unsignedToken } from '../support/tokens.ts';

const tenantId = '5eed0000-0000-4000-8000-00000000face';
const clientId = '5eed0000-0000-4000-8000-0000000b07b0';
const registration = { tenantId, clientId };
const withSecret: Identity = { ...registration, kind: 'secret', secret: secret('pass~word') };
const certificate = fileURLToPath(new URL('../fixtures/tls/registration.pem', import.meta.url));
const signal = new AbortController().signal;

let login: Login;
let folder: string;
let answer: ReturnType<LoginAnswer> = null;
/** An assertion that no earlier test has used. */
let brought = 0;
const assertion = () => {
  brought += 1;
  return unsignedToken({ oid: 'somebody', jti: brought });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-on-behalf-of-'));
  login = await startLogin(({ url }) => (url.endsWith('/token') ? answer : null));
});
afterAll(async () => {
  await login.close();
  rmSync(folder, { recursive: true });
});

function lastAsked(): Asked {
  const last = login.asked.findLast(({ url }) => url.endsWith('/token'));
  if (last === undefined) throw new Error('no token was requested');
  return last;
}

/** Entra's answer when it does not give a token. */
function refusing(status: number, error: string, code: number): void {
  const description = `AADSTS${code}: Something about somebody@contoso.com. Trace ID: 1`;
  answer = { status, body: { error, error_description: description, error_codes: [code] } };
}

describe('the exchange on behalf of a person', () => {
  it('sends the person’s assertion and the registration’s secret, and asks for all that was consented to', async () => {
    answer = null;
    const own = assertion();

    const exchanged = await onBehalfOf(withSecret, 'public', login.options)(own, signal);

    expect(exchanged).toMatchObject({ kind: 'token', token: 'token of the registration' });
    expect(exchanged.kind === 'token' && exchanged.expiresAt).toBeGreaterThan(0);
    expect(lastAsked().url).toBe(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`);
    expect(lastAsked().fields).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      requested_token_use: 'on_behalf_of',
      assertion: own,
      client_id: clientId,
      client_secret: 'pass~word',
      scope: expect.stringContaining('https://graph.microsoft.com/.default'),
    });
  });

  it('goes to the login and the Graph of the cloud', async () => {
    answer = null;

    await onBehalfOf(withSecret, 'usgov', login.options)(assertion(), signal);

    expect(lastAsked().url).toBe(`https://login.microsoftonline.us/${tenantId}/oauth2/v2.0/token`);
    expect(lastAsked().fields.scope).toContain('https://graph.microsoft.us/.default');
  });

  it('is signed with a certificate, or vouched for by the token of a file, which is read anew', async () => {
    answer = null;
    const path = join(folder, 'federated');
    writeFileSync(path, 'first voucher\n');
    const fromFile = onBehalfOf({ ...registration, kind: 'tokenFile', path }, 'public', login.options);

    await onBehalfOf(
      { ...registration, kind: 'certificate', path: certificate },
      'public',
      login.options,
    )(assertion(), signal);
    const signed = lastAsked().fields;
    await fromFile(assertion(), signal);
    const first = lastAsked().fields;
    writeFileSync(path, 'second voucher\n');
    await fromFile(assertion(), signal);

    expect(signed.client_assertion?.split('.')).toHaveLength(3);
    expect(signed.client_secret).toBeUndefined();
    expect(first.client_assertion).toBe('first voucher');
    expect(lastAsked().fields.client_assertion).toBe('second voucher');
  });

  it.each([
    ['consent is missing', 400, 'invalid_grant', 65001, 'interaction'],
    ['a second factor is due', 400, 'interaction_required', 50076, 'interaction'],
    ['a policy wants another device', 400, 'invalid_grant', 53000, 'interaction'],
    ['the assertion is too old', 400, 'invalid_grant', 500133, 'refused'],
    ['the assertion is for another app', 400, 'invalid_grant', 500131, 'refused'],
    ['the secret is wrong', 401, 'invalid_client', 7000215, 'unavailable'],
  ])('reports when %s', async (_name, status, error, code, kind) => {
    refusing(status, error, code);

    const exchanged = await onBehalfOf(withSecret, 'public', login.options)(assertion(), signal);

    expect(exchanged).toMatchObject({ kind, code: `AADSTS${code}` });
  });

  it('passes on nothing of what Entra says of the person, and nothing of the assertion', async () => {
    refusing(401, 'invalid_client', 7000215);
    const own = assertion();

    const exchanged = await onBehalfOf(withSecret, 'public', login.options)(own, signal);

    const { error } = exchanged.kind === 'unavailable' ? exchanged : { error: null };
    expect(error).toBeInstanceOf(Error);
    const told = JSON.stringify([exchanged, String(error), Object.entries(error as object)]);
    expect(told).not.toContain('somebody');
    expect(told).not.toContain(own);
  });

  it('is not available to a managed identity, which acts for itself alone', () => {
    expect(() => onBehalfOf({ kind: 'managedIdentity', clientId }, 'public')).toThrow('a proof of its own');
  });
});
