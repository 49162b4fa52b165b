import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGraphClient, type ObservedCall } from '../../src/graph/client.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, captureLog, clientFor, sleepwalkingClock, startBench, startHttp } from './support.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const alex = `/users/${people.alex.id}`;

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.close());

describe('a call to Graph', () => {
  it('has an id of its own, and keeps the id and the date that Graph gave it', async () => {
    const first = await bench.graph.send({ path: alex });
    const second = await bench.graph.send({ path: alex });

    expect(first.trace.clientRequestId).toMatch(guid);
    expect(first.trace.clientRequestId).not.toBe(second.trace.clientRequestId);
    expect(bench.sandbox.requests.map((request) => request.clientRequestId)).toEqual([
      first.trace.clientRequestId,
      second.trace.clientRequestId,
    ]);
    expect(first.trace.requestId).toMatch(guid);
    expect(Date.parse(first.trace.date ?? '')).not.toBeNaN();
  });

  it('returns the body of a success', async () => {
    const answer = await bench.graph.send({ path: alex, query: { $select: 'displayName' } });

    expect(answer).toMatchObject({ kind: 'ok', status: 200, body: { displayName: 'Alex Wilber' } });
  });

  it('sends the bearer token, JSON, and the consistency level only where the caller asked for it', async () => {
    const seen: IncomingMessage[] = [];
    const bodies: string[] = [];
    const server = await startHttp(async (request, response) => {
      seen.push(request);
      bodies.push((await request.toArray()).join(''));
      response.end('{}');
    });
    const graph = createGraphClient({
      baseUrl: server.url,
      token: async () => 'the.token',
      clock: sleepwalkingClock(),
      log: captureLog().log,
    });

    await graph.send({ path: '/users', query: { $search: '"displayName:a + b & c"' }, eventual: true });
    await graph.send({ method: 'POST', path: '/x', body: { a: 1 } });

    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer the.token', consistencylevel: 'eventual' });
    expect(seen[0]?.url).toBe('/v1.0/users?%24search=%22displayName%3Aa%20%2B%20b%20%26%20c%22');
    expect(seen[1]?.headers['content-type']).toBe('application/json');
    expect(seen[1]?.headers.consistencylevel).toBeUndefined();
    expect(bodies).toEqual(['', '{"a":1}']);
    await graph.close();
    await server.close();
  });

  it('sends no authorization where Graph needs none', async () => {
    await bench.graph.send({ path: alex });

    expect(bench.sandbox.requests[0]?.hasToken).toBe(false);
  });
});

describe('an answer of Graph', () => {
  it('is a refusal with code, message and the wait it asks for', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 429, headers: { 'Retry-After': '7' } });

    const answer = await bench.graph.send({ path: alex });

    expect(answer).toMatchObject({
      kind: 'refused',
      status: 429,
      code: 'TooManyRequests',
      message: 'Please retry again later.',
      retryAfterMs: 7000,
    });
    expect(answer.trace.requestId).toMatch(guid);
  });

  it('is a refusal without a code when the body is a web page', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 403, body: '<html>Blocked</html>' });

    const answer = await bench.graph.send({ path: alex });

    expect(answer).toMatchObject({ kind: 'refused', status: 403, code: '', message: '', retryAfterMs: null });
  });

  it.each(['html', 'truncated', 'empty'] as const)('is unreadable, and no success, when it is %s', async (kind) => {
    bench.sandbox.failNext('/users', { kind });

    const answer = await bench.graph.send({ path: alex });

    expect(answer).toMatchObject({ kind: 'unreadable', status: 200 });
    expect(answer.trace.requestId).toMatch(guid);
  });

  it('may be empty under 204', async () => {
    const server = await startHttp((_request, response) => {
      // Not chained: another suite of this worker may have loaded restify.
      response.writeHead(204);
      response.end();
    });
    const graph = clientFor(server.url);

    const answer = await graph.send({ method: 'POST', path: '/x' });

    expect(answer).toMatchObject({ kind: 'ok', status: 204, body: null });
    await graph.close();
    await server.close();
  });

  it.each([
    ['announces its size', true],
    ['comes in chunks', false],
  ])('is unreadable when it is larger than 4 MB and %s', async (_how, announced) => {
    const huge = Buffer.alloc(5 * 1024 * 1024, ' ');
    let calls = 0;
    const server = await startHttp((_request, response) => {
      calls += 1;
      response.setHeader('request-id', 'id-of-graph');
      if (announced) response.setHeader('content-length', huge.length);
      response.write('{}');
      response.end(huge.subarray(2));
    });
    const graph = clientFor(server.url);

    const answer = await graph.read({ path: '/x' });

    expect(answer).toMatchObject({ kind: 'unreadable', status: 200, trace: { requestId: 'id-of-graph' } });
    expect(calls).toBe(1);
    await graph.close();
    await server.close();
  });

  it('is no success when it is a redirect, though it brings JSON', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 307, body: { id: 'somebody else' } });

    const answer = await bench.graph.send({ path: alex });

    expect(answer).toMatchObject({ kind: 'unreadable', status: 307 });
  });

  it('is never a redirect that is followed', async () => {
    let strayed = 0;
    const elsewhere = await startHttp((_request, response) => {
      strayed += 1;
      response.end('{}');
    });
    bench.sandbox.failNext('/users', { kind: 'redirect', location: `${elsewhere.url}/users` });

    const answer = await bench.graph.read({ path: alex });

    expect(answer).toMatchObject({ kind: 'unreadable', status: 302 });
    expect(strayed).toBe(0);
    await elsewhere.close();
  });
});

describe('a call that gets no answer', () => {
  it('ends when its time is up', async () => {
    bench.sandbox.failNext('/users', { kind: 'silence' });

    const answer = await bench.graph.read({ path: alex, timeoutMs: 50 });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'timeout' });
    // On a busy machine the time can be up before the call has left at all.
    expect(bench.sandbox.requests.length).toBeLessThanOrEqual(1);
    expect(bench.clock.slept).toEqual([]);
  });

  it('ends as soon as its caller gives up', async () => {
    bench.sandbox.failNext('/users', { kind: 'silence' });
    const stop = new AbortController();
    const call = bench.graph.send({ path: alex, signal: stop.signal });

    stop.abort();

    expect(await call).toMatchObject({ kind: 'noAnswer', why: 'stopped' });
  });

  it('is not even sent when its caller had given up before', async () => {
    const answer = await bench.graph.read({ path: alex, signal: AbortSignal.abort() });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'stopped' });
    expect(bench.sandbox.requests).toHaveLength(0);
  });

  it('reports it when the connection breaks', async () => {
    bench.sandbox.failNext('/users', { kind: 'reset' });

    const answer = await bench.graph.send({ path: alex });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'connectionLost', trace: { requestId: null } });
  });

  it('keeps the id of Graph when the connection breaks in the middle of the body', async () => {
    const server = await startHttp((_request, response) => {
      response.writeHead(200, { 'request-id': 'id-of-graph', 'content-length': 1000 });
      response.write('{"value":', () => response.destroy());
    });
    const graph = clientFor(server.url);

    const answer = await graph.send({ path: '/x' });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'connectionLost', trace: { requestId: 'id-of-graph' } });
    await graph.close();
    await server.close();
  });

  it('reports it when no server listens', async () => {
    const server = await startHttp(() => undefined);
    await server.close();
    const graph = clientFor(server.url);

    const answer = await graph.send({ path: '/x' });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'unreachable', unsent: true, code: 'ECONNREFUSED' });
    await graph.close();
  });
});

describe('a call that gets no token', () => {
  it('is not sent', async () => {
    const failing = await startBench({ token: () => Promise.reject(new Error('no managed identity here')) });

    const answer = await failing.graph.read({ path: alex });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'noCredential' });
    expect(failing.sandbox.requests).toHaveLength(0);
    expect(failing.lines.join('')).toContain('no managed identity here');
    await failing.close();
  });

  it('does not wait forever for a credential that hangs', async () => {
    const signals: AbortSignal[] = [];
    const hanging = await startBench({
      token: (signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });

    const answer = await hanging.graph.send({ path: alex, timeoutMs: 30 });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'noCredential' });
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    await hanging.close();
  });

  it('is aborted, and not short of a credential, when its caller gives up meanwhile', async () => {
    const stop = new AbortController();
    const hanging = await startBench({ token: () => new Promise(() => undefined) });
    const call = hanging.graph.send({ path: alex, signal: stop.signal });

    stop.abort();

    expect(await call).toMatchObject({ kind: 'noAnswer', why: 'stopped' });
    await hanging.close();
  });
});

describe('a next link', () => {
  it('is followed as it is, its own query included', async () => {
    const answer = await bench.graph.send({ path: `${bench.sandbox.url}/users?$top=1&$select=id` });

    expect(answer).toMatchObject({ kind: 'ok', body: { value: [{ id: people.alex.id }] } });
  });

  it.each([
    'https://graph.evil.example/v1.0/users',
    'http://127.0.0.1:1/v1.0/users',
    'HTTP://graph.evil.example/v1.0/users',
    'https://',
  ])('to another host is refused before anything is sent: %s', async (path) => {
    const tokens: string[] = [];
    const guarded = await startBench({
      token: async () => {
        tokens.push('taken');
        return 'the.token';
      },
    });

    const answer = await guarded.graph.read({ path });

    expect(answer).toMatchObject({ kind: 'unreadable', status: 0 });
    expect(tokens).toEqual([]);
    await guarded.close();
  });

  it('that only looks like Graph is refused', async () => {
    const { host } = new URL(bench.sandbox.url);
    const links = [
      `http://${host}@evil.example/v1.0/users`,
      `http://${host}.evil.example/v1.0/users`,
      `http://someone@${host}/v1.0/users`,
      `http://${host}/v1.0/../_sandbox/stats`,
      `http://${host}/v1.0evil/users`,
    ];

    const answers = await Promise.all(links.map((path) => bench.graph.send({ path })));

    expect(answers.map((answer) => answer.kind)).toEqual(links.map(() => 'unreadable'));
    expect(bench.sandbox.requests).toEqual([]);
  });
});

describe('the observer of the client', () => {
  it('hears of every exchange, repeats and those without an answer included', async () => {
    const heard: ObservedCall[] = [];
    const observed = await startBench({ observe: (call) => void heard.push(call) });
    observed.sandbox.failNext('/users', { kind: 'status', status: 503 });

    await observed.graph.read({ path: alex });
    observed.sandbox.failNext('/users', { kind: 'reset' });
    await observed.graph.send({ path: `${observed.sandbox.url}/users?$top=1` });

    expect(heard).toEqual([
      { endpoint: '/users/{id}', method: 'GET', status: 503, seconds: expect.any(Number) },
      { endpoint: '/users/{id}', method: 'GET', status: 200, seconds: expect.any(Number) },
      { endpoint: '/users', method: 'GET', status: 'none', seconds: expect.any(Number) },
    ]);
    await observed.close();
  });
});

describe('the log of calls', () => {
  it('names method, endpoint, status and both ids, and nothing of the person of the call', async () => {
    const logged = await startBench({ token: async () => 'header.SECRETTOKEN.signature' });

    const answer = await logged.graph.send({ path: '/users/adele%40contoso.com', query: { $select: 'id' } });
    await logged.graph.send({ path: '/users', query: { $search: '"displayName:Adele"' }, eventual: true });
    await logged.graph.send({ path: `${logged.sandbox.url}/users?$filter=mail eq 'adele@contoso.com'&$top=1` });
    logged.sandbox.failNext('/users', { kind: 'reset' });
    await logged.graph.send({ path: '/users/adele%40contoso.com' });

    const [first = '{}'] = logged.lines;
    expect(JSON.parse(first)).toMatchObject({
      msg: 'Graph answered',
      method: 'GET',
      endpoint: '/users/{id}',
      answer: 'ok',
      status: 200,
      clientRequestId: answer.trace.clientRequestId,
      requestId: answer.trace.requestId,
    });
    expect(logged.lines.map((line) => JSON.parse(line).endpoint)).toEqual([
      '/users/{id}',
      '/users',
      '/users',
      '/users/{id}',
      '/users/{id}',
    ]);
    expect(logged.lines.join('')).not.toMatch(/SECRETTOKEN|bearer|adele/i);
    expect(logged.sandbox.requests.every((request) => request.hasToken)).toBe(true);
    await logged.close();
  });
});
