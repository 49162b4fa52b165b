import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, clientFor, sleepwalkingClock, startBench, startHttp } from './support.ts';

const alex = `/users/${people.alex.id}`;

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.close());

describe('a read', () => {
  it('waits as long as Graph asks, and then asks again under a new id', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 429, headers: { 'Retry-After': '3' } });

    const answer = await bench.graph.read({ path: alex });

    expect(answer.kind).toBe('ok');
    expect(bench.clock.slept).toEqual([3000]);
    expect(new Set(bench.sandbox.requests.map((request) => request.clientRequestId)).size).toBe(2);
  });

  it('understands a wait that is given as a date', async () => {
    const date = new Date(bench.clock.now() + 4000).toUTCString();
    bench.sandbox.failNext('/users', { kind: 'status', status: 503, headers: { 'Retry-After': date } });

    await bench.graph.read({ path: alex });

    expect(bench.clock.slept).toEqual([4000]);
  });

  it('returns the answer when Graph asks for more patience than users have', async () => {
    bench.sandbox.failNext('/users', { kind: 'status', status: 429, headers: { 'Retry-After': '120' } });

    const answer = await bench.graph.read({ path: alex });

    expect(answer).toMatchObject({ kind: 'refused', status: 429, retryAfterMs: 120_000 });
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it.each([429, 500, 502, 503, 504])(
    'is repeated three times after %i, ever later, and then gives up',
    async (status) => {
      for (let time = 0; time < 5; time += 1) bench.sandbox.failNext('/users', { kind: 'status', status });

      const answer = await bench.graph.read({ path: alex });

      expect(answer).toMatchObject({ kind: 'refused', status });
      expect(bench.sandbox.requests).toHaveLength(4);
      expect(bench.clock.slept).toEqual([500, 1000, 2000]);
    },
  );

  it('is repeated after a broken connection', async () => {
    bench.sandbox.failNext('/users', { kind: 'reset' });
    bench.sandbox.failNext('/users', { kind: 'reset' });

    const answer = await bench.graph.read({ path: alex });

    expect(answer.kind).toBe('ok');
    expect(bench.sandbox.requests).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409])('is not repeated after %i', async (status) => {
    bench.sandbox.failNext('/users', { kind: 'status', status });

    const answer = await bench.graph.read({ path: alex });

    expect(answer).toMatchObject({ kind: 'refused', status });
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it('is repeated over a new connection, as the old one leads to the same overloaded server', async () => {
    const ports: (number | undefined)[] = [];
    const server = await startHttp((request, response) => {
      ports.push(request.socket.remotePort);
      response.writeHead(ports.length <= 2 ? 503 : 200);
      response.end('{}');
    });
    const graph = clientFor(server.url);

    await graph.read({ path: '/x' });

    expect(ports).toHaveLength(3);
    expect(new Set(ports).size).toBe(3);
    await graph.close();
    await server.close();
  });

  it('stops waiting when its caller gives up', async () => {
    const stop = new AbortController();
    const impatient = await startBench({ clock: { ...sleepwalkingClock(), sleep: async () => stop.abort() } });
    impatient.sandbox.failNext('/users', { kind: 'status', status: 503 });

    const answer = await impatient.graph.read({ path: alex, signal: stop.signal });

    expect(answer).toMatchObject({ kind: 'noAnswer', why: 'stopped' });
    expect(impatient.sandbox.requests).toHaveLength(1);
    await impatient.close();
  });
});

describe('a call that is sent once', () => {
  it.each([
    { kind: 'status', status: 429 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 504 },
    { kind: 'reset' },
    { kind: 'html' },
  ] as const)('is never repeated: %j', async (fault) => {
    bench.sandbox.failNext('/users', fault);

    const answer = await bench.graph.send({
      method: 'POST',
      path: `${alex}/checkMemberGroups`,
      body: { groupIds: [] },
    });

    expect(answer.kind).not.toBe('ok');
    expect(bench.sandbox.requests).toHaveLength(1);
    expect(bench.clock.slept).toEqual([]);
  });
});
