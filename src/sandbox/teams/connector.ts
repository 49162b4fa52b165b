import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pauseListening } from '../pause-listening.ts';
import { everybody } from '../tenant/people.ts';

/**
 * Stands in for Teams' connector service, over HTTP. It takes messages and edits, keeps them in order, and can be told
 * to fail, as Teams and the network before it do. https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
export interface Connector {
  /** The `serviceUrl` of its activities. */
  readonly serviceUrl: string;
  /** Everything that a person got to see, whatever the bot was told of it, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** What arrived in full and Teams showed to no person, though the bot cannot know that, oldest first. */
  readonly lost: readonly Exchange[];
  /** Resolves with the first delivery, past or future, for which `test` holds. Rejects after `timeoutMs`. */
  waitFor(test: (delivery: Delivery) => boolean, timeoutMs?: number): Promise<Delivery>;
  /** Answers the next exchange of this kind with this status. */
  refuseNext(kind: Delivery['kind'], status: number): void;
  /** Lets this happen to the next exchange of this kind, or to the next one whose activity's JSON fits `showing`. */
  failNext(kind: Delivery['kind'], fault: ConnectorFault, showing?: RegExp): void;
  /** Asked about each exchange to which nothing else was to happen; null lets it go well. */
  failBy(choose: (exchange: Exchange) => ConnectorFault | null): void;
  /** Takes and answers nothing for so long, reads of the roster included; resolves when it is back. */
  away(ms: number, how: Absence): Promise<void>;
  /** Calls back for each delivery from now on; returns a function that stops it. */
  listen(listener: (delivery: Delivery) => void): () => void;
  close(): Promise<void>;
}

/** What the bot asks of Teams. */
export interface Exchange {
  readonly kind: 'post' | 'edit' | 'delete';
  readonly conversationId: string;
  /** As the bot sent it. */
  readonly activity: Readonly<Record<string, unknown>>;
}

export interface Delivery extends Exchange {
  readonly activityId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The bot's answer left open whether this was delivered, or named no id to edit it by. */
  readonly isOpen: boolean;
}

export type ConnectorFault =
  /** Any status; `delivered` where people see the message nevertheless, as behind a gateway's 504. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** As Teams names it, e.g. `MessageWritesBlocked`. */
      readonly code?: string;
      /** A 429 has no `Retry-After` unless it is here. */
      readonly headers?: OutgoingHttpHeaders;
      readonly delivered?: boolean;
    }
  /** The connection breaks after the body was read. */
  | { readonly kind: 'reset'; readonly delivered?: boolean }
  /** Delivered, and answered by a 202 without a body, or with one that names no id. */
  | { readonly kind: 'accepted'; readonly body: 'empty' | 'withoutId' }
  /** Delivered at once, and answered `ms` milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number };

/** `refused`: no connection can be made. `reset`: each breaks after the body was read. `unavailable`: 503. */
export type Absence = 'refused' | 'reset' | 'unavailable';

const defaultWaitMs = 10_000;
const memberPath = /^\/v3\/conversations\/[^/]+\/members\/([^/?]+)/;
const rosterPath = /^\/v3\/conversations\/[^/]+\/(members|pagedmembers)(?:\?|$)/;
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
  const lost: Exchange[] = [];
  const listeners = new Set<(delivery: Delivery) => void>();
  const scripted: { kind: Delivery['kind']; fault: ConnectorFault; showing: RegExp | undefined }[] = [];
  let chooses: (exchange: Exchange) => ConnectorFault | null = () => null;
  let absence: Absence | null = null;
  let lastId = 0;
  const closing = new AbortController();

  const server = createServer((request, response) => {
    take(request, response).then(
      (answer) => send(response, answer),
      () => response.destroy(),
    );
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const activity = await readBody(request);
    const url = request.url ?? '';
    if (request.method === 'GET') return absence === null ? read(url) : wrongAnswer(absences[absence]);
    const target = path.exec(url);
    const kind = kinds[request.method ?? ''];
    if (target === null || kind === undefined) return notFound;
    const [conversationId = '', knownId = ''] = target.slice(1).map((part) => decodeURIComponent(part ?? ''));
    const exchange = { kind, conversationId, activity };
    const fault = faultOf(exchange);
    if (!isDelivered(fault)) {
      if (isOpen(fault)) lost.push(exchange);
      return wrongAnswer(fault);
    }
    lastId += 1;
    const activityId = kind === 'post' ? `card-${lastId}` : knownId;
    const delivery = { ...exchange, activityId, at: Date.now(), isOpen: isOpen(fault) };
    deliveries.push(delivery);
    response.once('close', () => {
      // The connection broke before the answer had left.
      if (!response.writableFinished) delivery.isOpen = true;
    });
    for (const listener of [...listeners]) listener(delivery);
    if (fault?.kind === 'slow') await sleep(fault.ms, undefined, { ref: false, signal: closing.signal });
    else if (fault !== null) return wrongAnswer(fault);
    return { status: kind === 'post' ? 201 : 200, body: { id: activityId } };
  }

  function faultOf(exchange: Exchange): ConnectorFault | null {
    if (absence !== null) return absences[absence];
    const fits = (showing: RegExp) => JSON.stringify(exchange.activity).search(showing) >= 0;
    const next = scripted.findIndex(
      ({ kind, showing }) => kind === exchange.kind && (showing === undefined || fits(showing)),
    );
    return (next < 0 ? undefined : scripted.splice(next, 1)[0]?.fault) ?? chooses(exchange);
  }

  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;

  return {
    serviceUrl: `http://${host}:${taken}`,
    deliveries,
    lost,
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
    refuseNext: (kind, status) => void scripted.push({ kind, fault: { kind: 'status', status }, showing: undefined }),
    failNext: (kind, fault, showing) => void scripted.push({ kind, fault, showing }),
    failBy: (choose) => {
      chooses = choose;
    },
    async away(ms, how) {
      absence = how;
      const pausing = how === 'refused' ? pauseListening(server) : null;
      if (pausing !== null) server.closeAllConnections();
      const end = await pausing;
      await sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);
      absence = null;
      await end?.(!closing.signal.aborted);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const absences: Readonly<Record<Absence, ConnectorFault>> = {
  refused: { kind: 'reset' },
  reset: { kind: 'reset' },
  unavailable: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
};

/** Whether people see the message. */
function isDelivered(fault: ConnectorFault | null): boolean {
  if (fault?.kind === 'status' || fault?.kind === 'reset') return fault.delivered ?? false;
  return true;
}

function isOpen(fault: ConnectorFault | null): boolean {
  if (fault?.kind === 'status') return fault.status >= 500;
  return fault?.kind === 'reset' || fault?.kind === 'accepted';
}

/** Null breaks the connection. */
type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: OutgoingHttpHeaders } | null;

const notFound: Answer = { status: 404, body: { error: { code: 'NotFound' } } };

function wrongAnswer(fault: ConnectorFault | null): Answer {
  if (fault?.kind === 'accepted') return fault.body === 'empty' ? { status: 202 } : { status: 202, body: {} };
  if (fault?.kind !== 'status') return null;
  const { status, code = 'Refused', headers = {} } = fault;
  return { status, body: { error: { code, message: 'refused' } }, headers };
}

function read(url: string): Answer {
  const one = members.get(decodeURIComponent(memberPath.exec(url)?.[1] ?? ''));
  if (one !== undefined) return { status: 200, body: one };
  const kind = rosterPath.exec(url)?.[1];
  if (kind === undefined) return notFound;
  const all = [...members.values()];
  const page = { members: all.slice(0, Number(/pageSize=(\d+)/.exec(url)?.[1] ?? all.length)) };
  return { status: 200, body: kind === 'members' ? all : page };
}

const kinds: Readonly<Record<string, Delivery['kind']>> = { POST: 'post', PUT: 'edit', DELETE: 'delete' };

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === null) {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, body, headers } = answer;
  // Not chained: restify, in the same process, makes every response's `writeHead` return nothing.
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
