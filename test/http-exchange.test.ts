import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { type Exchange, exchangeOver, headerOf } from '../src/http-exchange.ts';

let server: Server;
let agent: Agent;
let address: string;
/** What the server does with each request. */
let answer: RequestListener;
let received: IncomingMessage[];

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => {
    received.push(request);
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0/users?$top=1`;
  agent = new Agent({ connections: 1, maxResponseSize: 1_000 });
});
afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  server.close();
});

const read = (more: Partial<Exchange> = {}) =>
  exchangeOver(agent, address, { method: 'GET', headers: { accept: 'application/json' }, ...more });

describe('an exchange over HTTP', () => {
  it('sends method, path, headers and body, and reads the answer whole', async () => {
    let sent = '';
    answer = async (request, response) => {
      for await (const chunk of request) sent += String(chunk);
      response.writeHead(201, { 'request-id': 'r1', 'set-cookie': ['one', 'two'] });
      response.write('{"value"');
      setImmediate(() => response.end(':[]}'));
    };

    const answered = await read({ method: 'POST', headers: { 'client-request-id': 'c1' }, body: '{"a":1}' });

    expect([received[0]?.method, received[0]?.url, received[0]?.headers['client-request-id'], sent]).toEqual([
      'POST',
      '/v1.0/users?$top=1',
      'c1',
      '{"a":1}',
    ]);
    expect([answered.status, String(answered.body)]).toEqual([201, '{"value":[]}']);
    expect(['request-id', 'set-cookie', 'retry-after'].map((name) => headerOf(answered.headers, name))).toEqual([
      'r1',
      'one',
      null,
    ]);
  });

  it('reads an answer without a body as an empty one, and passes over what comes before an answer', async () => {
    answer = (_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(204, { 'request-id': 'r1' });
      response.end();
    };
    const told: (string | null)[] = [];

    const { status, body } = await read({ onHeaders: (headers) => told.push(headerOf(headers, 'request-id')) });

    expect([status, body?.length, told]).toEqual([204, 0, ['r1']]);
  });

  it('has no body of an answer that is larger than the bound', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'request-id': 'r1' });
      response.end('x'.repeat(1_001));
    };

    const { status, headers, body } = await read();

    expect([status, headerOf(headers, 'request-id'), body]).toEqual([200, 'r1', null]);
  });

  it('says when the request goes onto the wire, and not where no connection is made', async () => {
    answer = (_request, response) => response.end();
    const sends: string[] = [];

    await read({ onSend: () => sends.push(`before ${received.length}`) });
    await agent.destroy();
    agent = new Agent();
    server.close();
    await once(server, 'close');
    const refused = read({ onSend: () => sends.push('again') });

    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect([sends, received.length]).toEqual([['before 0'], 1]);
  });

  it('fails where the rest of an answer gets lost, whose headers it has told', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'request-id': 'r1', 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    const told: (string | null)[] = [];

    const lost = read({ onHeaders: (headers) => told.push(headerOf(headers, 'request-id')) });

    await expect(lost).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(told).toEqual(['r1']);
  });
});

describe('a signal that aborts', () => {
  let stopping: AbortController;

  beforeEach(() => {
    stopping = new AbortController();
    answer = (_request, response) => response.end();
  });

  it('keeps a connection from being made where it aborted before', async () => {
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    stopping.abort('stopped');

    await expect(read({ signal: stopping.signal })).rejects.toBe('stopped');
    await exchangeOver(new Agent({ pipelining: 0 }), address, { method: 'GET', headers: {} });

    expect([connections, received.length]).toEqual([1, 1]);
  });

  it('keeps the request from being sent where it aborts right before', async () => {
    const held = read({ signal: stopping.signal, onSend: () => stopping.abort('held') });

    await expect(held).rejects.toBe('held');
    await read();

    expect(received).toHaveLength(1);
  });

  it('ends at once a request that waits for a connection, which is never sent', async () => {
    const { promise: isThere, resolve: arrived } = Promise.withResolvers<() => void>();
    answer = (_request, response) => arrived(() => response.end());
    const first = read();
    const free = await isThere;
    let isSent = false;
    const waiting = read({
      signal: stopping.signal,
      onSend: () => {
        isSent = true;
      },
    });

    stopping.abort('stopped');

    await expect(waiting).rejects.toBe('stopped');
    answer = (_request, response) => response.end();
    free();
    await first;
    await read();
    expect([received.length, isSent]).toEqual([2, false]);
  });

  it('ends a request whose answer is on its way, with its connection', async () => {
    const { promise: isClosed, resolve: closed } = Promise.withResolvers<void>();
    answer = (_request, response) => {
      response.once('close', closed);
      response.writeHead(200);
      response.write('half');
    };

    const reading = read({ signal: stopping.signal, onHeaders: () => stopping.abort('stopped') });

    await expect(reading).rejects.toBe('stopped');
    await isClosed;
  });

  it('is not listened to any longer than the exchange takes', async () => {
    await read({ signal: stopping.signal });
    answer = (_request, response) => response.destroy();
    await read({ signal: stopping.signal }).catch(() => undefined);

    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
  });
});
