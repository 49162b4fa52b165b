import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The part of the Bot Framework's token service that knows OAuth connections, on this machine: where to sign in, and
 * the token that a user got there, by the code that the user's client was given.
 * https://learn.microsoft.com/azure/bot-service/bot-builder-concept-authentication
 */
export interface SignInService {
  /** What botbuilder takes for `OAuthUrl`. */
  readonly url: string;
  /** For which resource clients are to bring a token. */
  readonly resource: string;
  /** A user has signed in on the page: this code gives this token, once for this user. */
  leave(userId: string, code: string, token: string): void;
  /** From now on the service answers everything with this status; null for the right answers. */
  refuse(status: number | null): void;
  /** Paths with their query, oldest first. */
  readonly asked: readonly string[];
  /** The tokens that the service still keeps. */
  kept(): readonly string[];
  close(): Promise<void>;
}

export async function startSignInService(resource: string): Promise<SignInService> {
  const asked: string[] = [];
  const tokens = new Map<string, { readonly code: string; readonly token: string }>();
  let refusal: number | null = null;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://service');
    asked.push(`${url.pathname}${url.search}`);
    const { status, body } = answer(url, request.method ?? 'GET');
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });

  function answer(url: URL, method: string): { readonly status: number; readonly body: object } {
    const userId = url.searchParams.get('userId') ?? '';
    if (refusal !== null) return { status: refusal, body: { error: { code: 'Refused', message: 'refused' } } };
    const path = url.pathname.toLowerCase();
    if (path === '/api/botsignin/getsigninresource')
      return {
        status: 200,
        body: {
          signInLink: `${address}/sign-in`,
          tokenExchangeResource: { id: randomUUID(), uri: resource, providerId: 'provider' },
        },
      };
    if (path === '/api/usertoken/gettoken') {
      const found = tokens.get(userId);
      const connectionName = url.searchParams.get('connectionName');
      if (found === undefined || found.code !== url.searchParams.get('code')) return { status: 404, body: {} };
      return { status: 200, body: { connectionName, token: found.token } };
    }
    if (path === '/api/usertoken/signout' && method === 'DELETE') {
      tokens.delete(userId);
      return { status: 200, body: {} };
    }
    return { status: 404, body: {} };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: address,
    resource,
    refuse(status) {
      refusal = status;
    },
    asked,
    leave: (userId, code, token) => void tokens.set(userId, { code, token }),
    kept: () => [...tokens.values()].map(({ token }) => token),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
