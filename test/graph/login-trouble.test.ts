import { RestError } from '@azure/core-rest-pipeline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { secret } from '../../src/config.ts';
import { createGraphClient } from '../../src/graph/client.ts';
import { graphToken, type LoginOptions } from '../../src/graph/credential.ts';
import { createLog } from '../../src/log.ts';
import { type Login, startLogin } from '../support/login.ts';

let login: Login | null = null;
afterEach(async () => {
  await login?.close();
  login = null;
});

/** The error of a call for which the registration gets no token. */
async function callBy(options: LoginOptions) {
  const identity = { kind: 'secret', tenantId: tenant, clientId: tenant, secret: secret('a secret') } as const;
  const token = graphToken(
    { auth: 'azure', identity } as unknown as Parameters<typeof graphToken>[0],
    'public',
    options,
  );
  const log = createLog('silent', { write: () => undefined });
  const client = createGraphClient({ baseUrl: 'http://127.0.0.1:9/v1.0', token, clock: systemClock, log });
  const answer = await client.send({ path: '/users', timeoutMs: 15_000 });
  await client.close();
  return answer;
}

const tenant = '5eed0000-0000-4000-8000-00000000face';

describe('a call without a token', () => {
  it.each(['AADSTS7000222', 'AADSTS7000215', 'AADSTS700016'])('keeps Entra’s own code, %s', async (code) => {
    login = await startLogin(({ url }) =>
      url.endsWith('/token')
        ? {
            status: 401,
            body: { error: 'invalid_client', error_description: `${code}: The client secret is not valid.` },
          }
        : null,
    );

    const answer = await callBy(login.options);

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'noCredential', unsent: true, code });
  });

  it('reports that the login was unreachable, where that is so', async () => {
    const httpClient: LoginOptions['httpClient'] = {
      sendRequest: () => Promise.reject(new RestError('getaddrinfo ENOTFOUND login', { code: 'ENOTFOUND' })),
    };

    const answer = await callBy({ httpClient, retryOptions: { maxRetries: 0 } } as LoginOptions);

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'noCredential', unsent: true, code: 'NETWORK_ERROR' });
  });
});
