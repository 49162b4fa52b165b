import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { secret } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { type MetricsPage, type Server, startServer } from '../src/server.ts';

const token = 'scrape-token-of-24-chars';
const page: MetricsPage = {
  text: async () => 'usher_ready 1\n',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  token: null,
};
/** An address of this machine that others could reach it by; some machines have none. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let server: Server;
afterEach(() => server.stop(0));

async function start(
  metrics: Partial<MetricsPage> | null,
  host = '127.0.0.1',
  lines: string[] = [],
  directOnly: boolean | null = null,
): Promise<void> {
  server = await startServer({
    host,
    port: 0,
    receive: async () => ({ kind: 'taken' }),
    checks: {},
    ...(directOnly === null ? {} : { directOnly }),
    ...(metrics === null ? {} : { metrics: { ...page, ...metrics } }),
    log: createLog('info', { write: (line) => void lines.push(line) }),
  });
}

/** `fetch` would not send a Host of one's own choice. */
async function scrape(headers: Readonly<Record<string, string>> = {}, host = '127.0.0.1') {
  const outgoing = request({ host, port: server.port, path: '/metrics', headers: { connection: 'close', ...headers } });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  const body: string = (await response.toArray()).join('');
  return { status: response.statusCode, type: response.headers['content-type'], body };
}

describe('the metrics, where no token is configured,', () => {
  it('are served to this machine, as plain text', async () => {
    await start({});

    expect(await scrape()).toEqual({ status: 200, type: page.contentType, body: 'usher_ready 1\n' });
    expect(await scrape({ host: 'localhost:3978' })).toMatchObject({ status: 200 });
  });

  it.each([
    [{ 'x-forwarded-for': '203.0.113.7' }],
    [{ forwarded: 'for=203.0.113.7' }],
    [{ 'x-forwarded-host': 'usher.contoso.com' }],
    [{ 'x-real-ip': '203.0.113.7' }],
    [{ via: '1.1 proxy' }],
    [{ host: 'usher.contoso.com' }],
    [{ host: '127.0.0.1.evil.example' }],
  ] as Record<string, string>[][])(
    'are not served to a client for which a proxy on this machine speaks: %j',
    async (headers) => {
      await start({});

      expect(await scrape(headers)).toMatchObject({ status: 404, body: '{"code":"no_such_path"}' });
    },
  );

  it('are not served to what nginx passes on by default: HTTP/1.0, by the address of this machine', async () => {
    await start({});
    const socket = connect(server.port, '127.0.0.1');

    socket.write(`GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
    const answer = (await socket.toArray()).join('');

    expect(answer).toContain(' 404 ');
    expect(answer).not.toContain('usher_ready');
  });

  it('are not served at all where a proxy may stand before Usher, as it may look like this machine', async () => {
    await start({}, '127.0.0.1', [], false);

    expect(await scrape()).toMatchObject({ status: 404 });
  });

  (ownAddress === undefined ? it.skip : it)('are not there for others', async () => {
    await start({}, '0.0.0.0');

    expect(await scrape({}, ownAddress)).toMatchObject({ status: 404 });
    expect(await scrape({ host: '127.0.0.1' }, ownAddress)).toMatchObject({ status: 404 });
    expect(await scrape()).toMatchObject({ status: 200 });
  });
});

describe('the metrics, where a token is configured,', () => {
  it('are served to a client that brings it, proxy or not', async () => {
    await start({ token: secret(token) });

    const answer = await scrape({ authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7' });

    expect(answer).toMatchObject({ status: 200, body: 'usher_ready 1\n' });
  });

  it.each([{}, { authorization: 'Bearer ' }, { authorization: `Bearer ${token}x` }, { authorization: token }] as Record<
    string,
    string
  >[])('are not served to a client that brings %j, even from this machine', async (headers) => {
    await start({ token: secret(token) });

    expect(await scrape(headers)).toMatchObject({ status: 401, body: '{"code":"unauthorized"}' });
  });
});

describe('the metrics', () => {
  it('have no path where they are switched off', async () => {
    await start(null);

    expect(await scrape()).toMatchObject({ status: 404, body: '{"code":"no_such_path"}' });
  });

  it('that are unavailable are an error in a word, and a line in the log', async () => {
    const lines: string[] = [];
    await start({ text: () => Promise.reject(new Error('the password is hunter2')) }, '127.0.0.1', lines);

    expect(await scrape()).toMatchObject({ status: 500, body: '{"code":"internal"}' });
    expect(lines.map((line) => JSON.parse(line).code)).toEqual(['metrics_failed']);
  });
});

describe('a Usher without tokens', () => {
  async function answerTo(headers: Readonly<Record<string, string>>): Promise<readonly (number | undefined)[]> {
    await start({}, '127.0.0.1', [], true);
    const activity = JSON.stringify({ type: 'message', serviceUrl: 'http://127.0.0.1', conversation: { id: 'a' } });
    const statuses: (number | undefined)[] = [];
    for (const path of ['/api/messages', '/metrics', '/healthz']) {
      const isPost = path === '/api/messages';
      const all = { ...(isPost ? { 'content-type': 'application/json' } : {}), connection: 'close', ...headers };
      const outgoing = request({ port: server.port, path, method: isPost ? 'POST' : 'GET', headers: all });
      outgoing.end(isPost ? activity : undefined);
      const [response] = await once(outgoing, 'response');
      await response.toArray();
      statuses.push(response.statusCode);
    }
    return statuses;
  }

  it('accepts what this machine sends by itself', async () => {
    expect(await answerTo({})).toEqual([200, 200, 200]);
  });

  it.each([
    [{ forwarded: 'for=203.0.113.7' }],
    [{ 'x-forwarded-for': '203.0.113.7' }],
    [{ 'x-forwarded-proto': 'https' }],
    [{ 'x-forwarded-anything': '1' }],
    [{ 'x-original-host': 'usher.contoso.com' }],
    [{ 'x-real-ip': '203.0.113.7' }],
    [{ via: '1.1 proxy' }],
    [{ 'cf-connecting-ip': '203.0.113.7' }],
    [{ host: 'usher.contoso.com' }],
    [{ host: 'localhost.evil.example:3978' }],
    [{ host: '10.0.0.1' }],
  ] as Record<string, string>[][])('refuses what a proxy or tunnel passes on: %j', async (headers) => {
    expect(await answerTo(headers)).toEqual([403, 403, 403]);
  });
});
