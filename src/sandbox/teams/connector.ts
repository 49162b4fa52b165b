import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { everybody } from '../tenant/people.ts';

/**
 * Stands in for Teams' connector service, over HTTP. It takes messages and edits, keeps them in order, and can be told
 * to refuse some. https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
export interface Connector {
  /** The `serviceUrl` of its activities. */
  readonly serviceUrl: string;
  /** Everything that was posted or edited, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Resolves with the first delivery, past or future, for which `test` holds. Rejects after `timeoutMs`. */
  waitFor(test: (delivery: Delivery) => boolean, timeoutMs?: number): Promise<Delivery>;
  /** Answers the next exchange of this kind with this status. */
  refuseNext(kind: Delivery['kind'], status: number): void;
  /** Calls back for each delivery from now on; returns a function that stops it. */
  listen(listener: (delivery: Delivery) => void): () => void;
  close(): Promise<void>;
}

export interface Delivery {
  readonly kind: 'post' | 'edit' | 'delete';
  readonly conversationId: string;
  readonly activityId: string;
  /** As the bot sent it. */
  readonly activity: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const defaultWaitMs = 10_000;
const memberPath = /^\/v3\/conversations\/([^/]+)\/members\/([^/?]+)/;
/** The roster of every conversation: all people of the tenant, by Teams' own id. */
const members = new Map(
  everybody.map((person) => [
    `29:${person.id}`,
    { id: `29:${person.id}`, name: person.displayName, aadObjectId: person.id },
  ]),
);
const path = /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/?]+))?/;

export async function startConnector(host = '127.0.0.1', port = 0): Promise<Connector> {
  const deliveries: Delivery[] = [];
  const listeners = new Set<(delivery: Delivery) => void>();
  const refusals: { kind: Delivery['kind']; status: number }[] = [];
  let lastId = 0;

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = memberPath.exec(request.url ?? '');
    if (request.method === 'GET' && asked !== null) {
      const member = members.get(decodeURIComponent(asked[2] ?? ''));
      return member === undefined
        ? answer(response, 404, { error: { code: 'NotFound' } })
        : answer(response, 200, member);
    }
    const body = await readBody(request);
    const target = path.exec(request.url ?? '');
    const kind = kinds[request.method ?? ''];
    if (target === null || kind === undefined) return answer(response, 404, { error: { code: 'NotFound' } });
    const refused = refusals.findIndex((refusal) => refusal.kind === kind);
    const [refusal] = refused < 0 ? [] : refusals.splice(refused, 1);
    if (refusal !== undefined)
      return answer(response, refusal.status, { error: { code: 'Refused', message: 'refused' } });
    const [, conversationId = '', knownId = ''] = target;
    lastId += 1;
    const delivery: Delivery = {
      kind,
      conversationId: decodeURIComponent(conversationId),
      activityId: kind === 'post' ? `card-${lastId}` : decodeURIComponent(knownId),
      activity: body,
      at: Date.now(),
    };
    deliveries.push(delivery);
    answer(response, kind === 'post' ? 201 : 200, { id: delivery.activityId });
    for (const listener of [...listeners]) listener(delivery);
  }

  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;

  return {
    serviceUrl: `http://${host}:${taken}`,
    deliveries,
    waitFor(test, timeoutMs = defaultWaitMs) {
      const there = deliveries.find(test);
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((resolve, reject) => {
        const listener = (delivery: Delivery) => {
          if (!test(delivery)) return;
          listeners.delete(listener);
          clearTimeout(timer);
          resolve(delivery);
        };
        const timer = setTimeout(() => {
          listeners.delete(listener);
          reject(new Error(`nothing of the kind was delivered within ${timeoutMs} ms`));
        }, timeoutMs);
        listeners.add(listener);
      });
    },
    refuseNext: (kind, status) => void refusals.push({ kind, status }),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const kinds: Readonly<Record<string, Delivery['kind']>> = { POST: 'post', PUT: 'edit', DELETE: 'delete' };

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  // Not chained: restify, in the same process, makes every response's `writeHead` return nothing.
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
