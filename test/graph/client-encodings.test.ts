import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createGraphClient, type GraphClient } from '../../src/graph/client.ts';
import { captureLog, clientFor, sleepwalkingClock, startBench, startHttp } from './support.ts';

const json = JSON.stringify({ displayName: 'Zoë Ångström' });
let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

/** A client of a server that answers with these bytes in this encoding. */
async function answering(bytes: Buffer, encoding: string, status = 200): Promise<GraphClient> {
  const server = await startHttp((_request, response) => {
    response.writeHead(status, { 'content-encoding': encoding, 'content-length': bytes.length });
    response.end(bytes);
  });
  const graph = clientFor(server.url);
  close = async () => {
    await graph.close();
    await server.close();
  };
  return graph;
}

describe('a compressed answer', () => {
  it.each([
    ['gzip', gzipSync(json)],
    ['GZIP', gzipSync(json)],
    ['deflate', deflateSync(json)],
    ['br', brotliCompressSync(json)],
    ['identity', Buffer.from(json)],
    ['deflate, gzip', gzipSync(deflateSync(json))],
  ])('is decompressed: %s', async (encoding, bytes) => {
    const graph = await answering(bytes, encoding);

    expect(await graph.send({ path: '/x' })).toMatchObject({ kind: 'ok', body: { displayName: 'Zoë Ångström' } });
  });

  it.each([
    ['is cut off', 'gzip', gzipSync(json).subarray(0, -9)],
    ['is none', 'gzip', Buffer.from(json)],
    ['comes in an encoding that the client did not ask for', 'zstd', Buffer.from(json)],
    ['unpacks to more than Graph has to say', 'gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))],
    ['does so in two layers', 'gzip, br', brotliCompressSync(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')))],
  ])('is unreadable, and no success, when it %s', async (_what, encoding, bytes) => {
    const graph = await answering(bytes, encoding);

    expect(await graph.send({ path: '/x' })).toMatchObject({ kind: 'unreadable', status: 200 });
  });

  it('of a refusal keeps its code', async () => {
    const graph = await answering(gzipSync('{"error":{"code":"Forbidden","message":"no"}}'), 'gzip', 403);

    expect(await graph.send({ path: '/x' })).toMatchObject({ kind: 'refused', status: 403, code: 'Forbidden' });
  });
});

describe('a call', () => {
  it('names itself, the encodings that it accepts, and its preference, in one header', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const server = await startHttp((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    const graph = clientFor(server.url);
    close = async () => {
      await graph.close();
      await server.close();
    };

    await graph.send({ path: '/x', prefer: ['include-unknown-enum-members', 'odata.maxpagesize=5'] });
    await graph.send({ path: '/x' });

    expect(seen[0]).toMatchObject({
      'user-agent': expect.stringMatching(/^Usher\/\d+\.\d+\.\d+$/),
      'accept-encoding': 'gzip, deflate, br',
      prefer: 'include-unknown-enum-members, odata.maxpagesize=5',
    });
    expect(seen[1]).not.toHaveProperty('prefer');
  });
});

describe('a token that Graph does not accept', () => {
  const refusal = { kind: 'status', status: 401, code: 'InvalidAuthenticationToken' } as const;

  it('is replaced once by a read, which passes the rejected token to the source', async () => {
    const asked: (string | undefined)[] = [];
    const bench = await startBench({
      token: async (_signal, rejected) => {
        asked.push(rejected);
        return rejected === undefined ? 'old' : 'new';
      },
    });
    close = bench.close;
    bench.sandbox.failNext('/users', refusal);

    const answer = await bench.graph.read({ path: '/users/alex@contoso.com' });

    expect(answer.kind).toBe('ok');
    expect(asked).toEqual([undefined, 'old']);
    expect(bench.clock.slept).toEqual([]);
  });

  it('is reported as such when Graph does not accept the fresh one either', async () => {
    const bench = await startBench({ token: async (_signal, rejected) => (rejected === undefined ? 'old' : 'new') });
    close = bench.close;
    for (let time = 0; time < 4; time += 1) bench.sandbox.failNext('/users', refusal);

    const answer = await bench.graph.read({ path: '/users/alex@contoso.com' });

    expect(answer).toMatchObject({ kind: 'refused', status: 401, code: 'InvalidAuthenticationToken' });
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it('is not sent again by a call that is sent once, and is replaced at the next', async () => {
    const asked: (string | undefined)[] = [];
    const bench = await startBench({
      token: async (_signal, rejected) => {
        asked.push(rejected);
        return rejected === undefined ? 'old' : 'new';
      },
    });
    close = bench.close;
    bench.sandbox.failNext('/users', refusal);

    await bench.graph.send({ path: '/users/alex@contoso.com' });
    const next = await bench.graph.send({ path: '/users/alex@contoso.com' });

    expect(next.kind).toBe('ok');
    expect(asked).toEqual([undefined, 'old']);
  });
});

describe('a next link', () => {
  const graphRoot = 'https://graph.microsoft.com';

  it('of Graph itself is followed through the proxy that the base is', async () => {
    const bench = await startBench();
    const graph = createGraphClient({
      baseUrl: bench.sandbox.url,
      graphRoot,
      token: async () => 'token',
      clock: sleepwalkingClock(),
      log: captureLog().log,
    });
    close = async () => {
      await graph.close();
      await bench.close();
    };

    const answer = await graph.send({ path: `${graphRoot}/v1.0/users/alex@contoso.com?$select=displayName` });

    expect(answer).toMatchObject({ kind: 'ok', body: { displayName: 'Alex Wilber' } });
    expect(bench.sandbox.requests).toMatchObject([{ path: '/users/alex@contoso.com', query: '$select=displayName' }]);
  });
});
