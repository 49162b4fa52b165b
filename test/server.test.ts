import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../src/log.ts';
import { type Server, type ServerParts, startServer } from '../src/server.ts';
import { eventually } from './support/eventually.ts';
import { startTestUsher, type TestUsher } from './support/usher.ts';

const silent = createLog('silent');
const json = { 'content-type': 'application/json' };
/** The minimal activity. */
const leastActivity = { type: 'message', serviceUrl: 'https://smba.example', conversation: { id: 'a' } };
const patienceMs = 2_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Rejects when no answer comes within two seconds. */
async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patienceMs) });
  return { status: response.status, body: await response.text() };
}

/**
 * Sends these bytes as they are; resolves with the answer until the end of the connection or of the test's patience.
 */
async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  const patience = setTimeout(() => socket.destroy(), patienceMs);
  socket.end(bytes);
  await once(socket, 'close');
  clearTimeout(patience);
  return Buffer.concat(chunks).toString('utf8');
}

function start(parts: Partial<ServerParts> = {}): Promise<Server> {
  return startServer({
    host: '127.0.0.1',
    port: 0,
    receive: async () => ({ kind: 'taken' }),
    checks: {},
    log: silent,
    ...parts,
  });
}

describe('a request that is no activity', () => {
  let teams: TestUsher;
  let origin: string;
  beforeAll(async () => {
    teams = await startTestUsher();
    origin = new URL(teams.endpoint).origin;
  });
  afterAll(() => teams.close());

  const post = (body: RequestInit['body'], headers: Record<string, string> = json): [string, RequestInit] => [
    '/api/messages',
    { method: 'POST', body: body ?? null, headers },
  ];
  const deep = (open: string, close: string) => `${open.repeat(20_000)}1${close.repeat(20_000)}`;
  /** Keeps the service address of a whole activity, so that the test connector receives the answer. */
  const least = (activity: object, change: object = {}) => {
    const { serviceUrl } = { serviceUrl: '', ...activity };
    return JSON.stringify({ ...leastActivity, serviceUrl, ...change });
  };
  const large = JSON.stringify({ type: 'message', text: 'x'.repeat(257 * 1024) });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each<[string, number, [string, RequestInit]]>([
    ['JSON that ends in the middle', 400, post('{"type":"mess')],
    ['JSON with words behind it', 400, post('{"type":"message"} and so on')],
    ['bytes that are no text', 400, post(Buffer.from([0xff, 0xfe, 0x00, 0x80]))],
    ['no body', 400, post(null)],
    ['an empty body', 400, post('')],
    ['a list', 400, post('[{"type":"message"}]')],
    ['a number', 400, post('7')],
    ['null', 400, post('null')],
    ['a text', 400, post('"message"')],
    ['an object without a type', 400, post('{"text":"hello"}')],
    ['an object without a conversation', 400, post('{"type":"message","serviceUrl":"https://smba.example"}')],
    ['an object without an address to answer to', 400, post('{"type":"message","conversation":{"id":"a"}}')],
    ['a type that is no text', 400, post('{"type":{"message":true}}')],
    ['a list in lists', 400, post(deep('[', ']'))],
    ['a type that is an object in objects', 400, post(`{"type":${deep('{"a":', '}')}}`)],
    ['more than 256 KB', 413, post(large)],
    ['no content type', 415, post(Buffer.from('{"type":"message"}'), {})],
    ['a form, as any web page may send it', 415, post('type=message&channelId=msteams', form)],
    ['plain text, as any web page may send it', 415, post('{"type":"message"}', { 'content-type': 'text/plain' })],
    ['a file', 415, post('--b\r\n\r\n--b--', { 'content-type': 'multipart/form-data; boundary=b' })],
    ['garbage that is called gzip', 415, post('no gzip at all', { ...json, 'content-encoding': 'gzip' })],
    ['real gzip', 415, post(gzipSync('{"type":"message"}'), { ...json, 'content-encoding': 'gzip' })],
    ['an unknown encoding', 415, post('{}', { ...json, 'content-encoding': 'zstd, br, x' })],
    ['GET', 405, ['/api/messages', {}]],
    ['PUT', 405, ['/api/messages', { method: 'PUT', body: '{"type":"message"}', headers: json }]],
    ['another path', 404, ['/', {}]],
    ['a path with a way out', 404, ['/api/messages/../../etc/passwd', {}]],
    ['a path that is not properly encoded', 404, ['/%E0%A4%A', {}]],
    ['POST to another path', 404, ['/api', { method: 'POST', body: large, headers: json }]],
  ])('(%s) is answered %d, in a word', async (_name, status, [path, init]) => {
    const answer = await ask(`${origin}${path}`, init);

    expect(answer.status).toBe(status);
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['code']);
    expect(answer.body).not.toMatch(/restify|botbuilder|node_modules|\.js|\.ts|\bat |Error|Unexpected/);
  });

  it('of more than 256 KB is refused as well when it did not announce its length', async () => {
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const outgoing = httpRequest(`${origin}/api/messages`, { method: 'POST', headers: json });
    for (let sent = 0; sent < 5; sent += 1) outgoing.write(chunk);
    outgoing.end('{"type":"message"}');

    const [response] = await once(outgoing, 'response');
    response.resume();

    expect(response.statusCode).toBe(413);
  });

  it('that is not even HTTP is answered with an error', async () => {
    const answer = await askRaw(teams.usher.port, 'EHLO mail.example\r\n\r\n');

    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/restify|Error/);
  });

  it('leaves the bot in good health', async () => {
    const status = await teams.say('alex', 'whoami');
    await teams.settled();

    expect(status).toBe(200);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it.each([
    [
      'nested without end',
      (activity: object) => JSON.stringify({ ...activity, value: 7 }).replace('7}', `${deep('[', ']')}}`),
    ],
    ['of the least that makes one', (activity: object) => least(activity)],
    [
      'with every other field of the wrong kind',
      (activity: object) => least(activity, { from: 7, recipient: [], channelData: 'x', entities: {}, text: [1] }),
    ],
    [
      'that is an invoke of nothing',
      (activity: object) => least(activity, { type: 'invoke', name: 'adaptiveCard/action' }),
    ],
  ])('(an activity %s) does no harm either', async (_name, change) => {
    const body = change(teams.message('alex', 'whoami'));

    const answer = await ask(teams.endpoint, { method: 'POST', body, headers: json });

    expect([200, 500]).toContain(answer.status);
    expect(answer.body).not.toMatch(/restify|botbuilder|node_modules|\bat |Error/);
  });
});

describe('the messages endpoint', () => {
  let server: Server;
  afterEach(() => server.stop(0));

  it.each([
    [{ kind: 'taken' }, 200, ''],
    [{ kind: 'taken', body: { statusCode: 200 } }, 200, '{"statusCode":200}'],
    [{ kind: 'refused' }, 401, '{"code":"unauthorized"}'],
    [{ kind: 'notImplemented' }, 501, '{"code":"not_implemented"}'],
    [{ kind: 'unavailable' }, 503, '{"code":"unavailable"}'],
  ] as const)('answers %j with %d', async (reception, status, body) => {
    server = await start({ receive: async () => reception });

    const answer = await ask(`http://127.0.0.1:${server.port}/api/messages`, {
      method: 'POST',
      body: JSON.stringify(leastActivity),
      headers: json,
    });

    expect(answer).toEqual({ status, body });
  });

  it('keeps the error to itself, and logs it', async () => {
    const lines: string[] = [];
    server = await start({
      receive: () => Promise.reject(new Error('the password is hunter2')),
      log: createLog('info', { write: (line) => void lines.push(line) }),
    });

    const answer = await ask(`http://127.0.0.1:${server.port}/api/messages`, {
      method: 'POST',
      body: JSON.stringify(leastActivity),
      headers: json,
    });

    expect(answer).toEqual({ status: 500, body: '{"code":"internal"}' });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ code: 'messages_failed' }]);
  });
});

describe('health', () => {
  let teams: TestUsher;
  let origin: string;
  beforeEach(async () => {
    teams = await startTestUsher();
    origin = new URL(teams.endpoint).origin;
  });
  afterEach(() => teams.close());

  it('is good when all parts work', async () => {
    const head = await fetch(`${origin}/healthz`, { method: 'HEAD' });
    const [alive, ready] = [await ask(`${origin}/healthz`), await ask(`${origin}/readyz`)];

    expect([head.status, alive.status]).toEqual([200, 200]);
    expect(ready).toEqual({ status: 200, body: '{"status":"ready","database":"ok","graph":"ok"}' });
  });

  it('is not ready while Graph refuses, and ready again afterwards', async () => {
    teams.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 403 });

    const refused = await ask(`${origin}/readyz`);
    const later = await ask(`${origin}/readyz`);

    expect(refused).toEqual({ status: 503, body: '{"status":"not ready","database":"ok","graph":"failed"}' });
    expect(later.status).toBe(200);
  });

  it('is alive but not ready when Graph is unreachable, and shows no address', async () => {
    await teams.sandbox.close();

    const [alive, ready] = [await ask(`${origin}/healthz`), await ask(`${origin}/readyz`)];

    expect(alive.status).toBe(200);
    expect(ready).toEqual({ status: 503, body: '{"status":"not ready","database":"ok","graph":"failed"}' });
  });
});

describe('readiness', () => {
  let server: Server;
  afterEach(() => server.stop(0));

  it('names the part that fails, and not why', async () => {
    server = await start({
      checks: {
        database: () => Promise.reject(new Error('SQLITE_CANTOPEN /var/lib/usher.db')),
        graph: async () => true,
      },
    });

    const answer = await ask(`http://127.0.0.1:${server.port}/readyz`);

    expect(answer).toEqual({ status: 503, body: '{"status":"not ready","database":"failed","graph":"ok"}' });
  });

  it('is checked once for all callers at the same time', async () => {
    let asked = 0;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    server = await start({
      checks: {
        graph: () => {
          asked += 1;
          return promise;
        },
      },
    });
    const address = `http://127.0.0.1:${server.port}/readyz`;

    const answers = Promise.all([ask(address), ask(address), ask(address)]);
    await ask(`http://127.0.0.1:${server.port}/healthz`);
    resolve(true);

    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked).toBe(1);
  });
});

describe('slow senders', () => {
  const halfARequest = 'POST /api/messages HTTP/1.1\r\nHost: usher\r\nContent-Type: application/json\r\n';

  it.each([
    ['a head', halfARequest],
    ['a body', `${halfARequest}Content-Length: 100\r\n\r\n{"type":`],
  ])(
    'that never end %s are cut off when their time is over, and block no other sender meanwhile',
    async (_what, bytes) => {
      const server = await start({ requestMs: 500 });
      const socket = connect(server.port, '127.0.0.1');
      const heard: Buffer[] = [];
      socket.on('data', (chunk) => heard.push(chunk));
      socket.write(bytes);

      const meanwhile = await ask(`http://127.0.0.1:${server.port}/healthz`);
      await once(socket, 'close');

      expect(meanwhile.status).toBe(200);
      expect(Buffer.concat(heard).toString('utf8')).toMatch(/^HTTP\/1\.1 408 /);
      await server.stop(0);
    },
    10_000,
  );

  it('cannot open more connections than there is room for, and room comes back', async () => {
    const server = await start({ mostConnections: 2 });
    const idle = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
    for (const socket of idle) await once(socket, 'connect');

    const turnedAway = connect(server.port, '127.0.0.1');
    await once(turnedAway, 'close');
    idle[0]?.destroy();
    await eventually(async () => (await ask(`http://127.0.0.1:${server.port}/healthz`).catch(() => null)) !== null);

    for (const socket of idle) socket.destroy();
    await server.stop(0);
  });
});

describe('the stop', () => {
  const longGraceMs = 60_000;

  it('lets a request that is under way have its answer, and accepts no other', async () => {
    const started = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const server = await start({
      receive: async () => {
        started.resolve();
        await ended.promise;
        return { kind: 'taken' };
      },
    });
    const address = `http://127.0.0.1:${server.port}/api/messages`;
    const agent = new Agent({ keepAlive: true });
    const outgoing = httpRequest(address, { method: 'POST', headers: json, agent });
    outgoing.end(JSON.stringify(leastActivity));
    await started.promise;

    const stopped = server.stop(longGraceMs);
    const refused = await ask(address, { method: 'POST', body: JSON.stringify(leastActivity), headers: json }).catch(
      (error: Error) => error.cause,
    );
    ended.resolve();
    const [response] = await once(outgoing, 'response');
    response.resume();
    const answeredAt = performance.now();
    await stopped;
    const lingeredMs = performance.now() - answeredAt;

    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect(response.statusCode).toBe(200);
    expect(lingeredMs).toBeLessThan(patienceMs);
    agent.destroy();
  });

  it('does not wait for idle connections', async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true });
    const outgoing = httpRequest(`http://127.0.0.1:${server.port}/healthz`, { agent });
    outgoing.end();
    const [response] = await once(outgoing, 'response');
    response.resume();
    await once(response, 'end');

    await server.stop(longGraceMs);

    expect(response.statusCode).toBe(200);
    agent.destroy();
  });

  it('breaks off what is not done when the grace is over', async () => {
    const started = Promise.withResolvers<void>();
    const server = await start({
      receive: () => {
        started.resolve();
        return new Promise(() => {});
      },
    });
    const lost = ask(`http://127.0.0.1:${server.port}/api/messages`, {
      method: 'POST',
      body: JSON.stringify(leastActivity),
      headers: json,
    }).catch((error: Error) => error.name);
    await started.promise;

    await server.stop(10);

    expect(await lost).toBe('TypeError');
  });
});
