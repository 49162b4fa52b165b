import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { LoginOptions } from '../../src/graph/credential.ts';

/**
 * Entra's login on this machine, over HTTP. What a credential sends to any host arrives here with the host that it was
 * meant for, and is answered with a token; the machine's managed identity is here too.
 */
export interface Login {
  /** Lets a credential reach this login in the place of every host. */
  readonly options: LoginOptions;
  /** The requests so far, oldest first. */
  readonly asked: readonly Asked[];
  /** Forgets the requests so far. */
  forget(): void;
  /** Where it listens, for a process that is to reach it by `loginAt`. */
  readonly address: string;
  /** Where a managed identity gets its tokens, as App Service tells it in the environment. */
  readonly identityEndpoint: string;
  close(): Promise<void>;
}

export interface Asked {
  /** The address as the credential meant it, without its query. */
  readonly url: string;
  /** The fields of the form or query. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The login's answer to a request; null for the usual token. */
export type LoginAnswer = (asked: Asked) => { readonly status: number; readonly body: object } | null;

export async function startLogin(answerTo: LoginAnswer = () => null): Promise<Login> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', String(request.headers['x-meant-for'] ?? address));
    const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'));
    const question = {
      url: `${url.origin}${url.pathname}`,
      fields: Object.fromEntries([...url.searchParams, ...form]),
    };
    asked.push(question);
    response.setHeader('content-type', 'application/json');
    const answer = answerTo(question);
    if (answer !== null) {
      response.statusCode = answer.status;
      response.end(JSON.stringify(answer.body));
      return;
    }
    response.end(
      JSON.stringify({
        token_type: 'Bearer',
        expires_in: 3_600,
        expires_on: Math.floor(Date.now() / 1_000) + 3_600,
        access_token: url.pathname === '/identity' ? 'token of the managed identity' : 'token of the registration',
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    asked,
    forget() {
      asked.length = 0;
    },
    address,
    identityEndpoint: `${address}/identity`,
    options: loginAt(address),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Lets a credential reach the login at this address in the place of every host. */
export function loginAt(address: string): LoginOptions {
  return {
    httpClient: {
      async sendRequest(request) {
        const { origin, pathname, search } = new URL(request.url);
        const response = await fetch(`${address}${pathname}${search}`, {
          method: request.method,
          headers: { ...request.headers.toJSON(), 'x-meant-for': origin },
          ...(request.method === 'GET' ? {} : { body: String(request.body ?? '') }),
        });
        return {
          request,
          status: response.status,
          headers: createHttpHeaders(Object.fromEntries(response.headers)),
          bodyAsText: await response.text(),
        };
      },
    },
  };
}
