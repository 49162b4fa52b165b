import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/clock.ts';
import { type SandboxGraph, startSandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { call, onDemandBody, onDemandPath, post, provision, startSandbox, stillClock } from '../support.ts';

const open: SandboxGraph[] = [];

afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

const start = async (options: Parameters<typeof startSandbox>[0] = {}): Promise<SandboxGraph> => {
  const sandbox = await startSandbox(options);
  open.push(sandbox);
  return sandbox;
};
const isaiah = { objectId: people.isaiah.id };
const origin = (sandbox: SandboxGraph) => sandbox.url.slice(0, -'/v1.0'.length);

describe('the rate limit of the sandbox', () => {
  it('answers five on-demand calls and refuses the sixth with Retry-After', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, limit: 5 });
    for (const _ of Array(5)) {
      expect((await provision(sandbox, apps.salesforce, isaiah)).status).toBe(200);
      clock.advance(500);
    }

    const { status, headers, body } = await provision(sandbox, apps.salesforce, isaiah);

    expect(status).toBe(429);
    // 2.5 s have gone by since the first call; seconds are rounded up.
    expect(headers.get('retry-after')).toBe('8');
    expect(body.error).toMatchObject({
      code: 'TooManyRequests',
      message: 'Please retry again later.',
      innerError: { code: '429', status: '429', message: 'Please retry after' },
    });
    expect(sandbox.stats()).toMatchObject({ calls: 5, throttled: 1 });
  });

  it('admits again after the wait it asked for, and counts over all applications', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, limit: 2, windowMs: 4_000 });
    await provision(sandbox, apps.salesforce, isaiah);
    await provision(sandbox, apps.serviceNow, isaiah);
    const early = await provision(sandbox, apps.concur, isaiah);

    clock.advance(Number(early.headers.get('retry-after')) * 1000);
    const late = await provision(sandbox, apps.concur, isaiah);

    expect([early.status, late.status]).toEqual([429, 200]);
  });

  it('dates a call by its arrival and not by the end of its body', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, limit: 1 });
    const arrivedAt = clock.monotonic();
    const body = JSON.stringify(onDemandBody(apps.salesforce, isaiah));
    const socket = createConnection(sandbox.port, '127.0.0.1');
    socket.write(
      `POST /v1.0${onDemandPath(apps.salesforce)} HTTP/1.1\r\nHost: sandbox\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    while (sandbox.stats().arrivals.length === 0) await new Promise(setImmediate);

    clock.advance(9_999);
    socket.write(body);
    await new Promise((resolve) => socket.once('data', resolve));
    const next = await provision(sandbox, apps.salesforce, isaiah);
    socket.destroy();

    expect(sandbox.stats().arrivals).toEqual([arrivedAt, arrivedAt + 9_999]);
    expect(next.headers.get('retry-after')).toBe('1');
  });

  it('counts an invalid call like a valid one, and leaves every other endpoint alone', async () => {
    const sandbox = await start({ limit: 1 });
    const wrong = await post(sandbox.url, onDemandPath(apps.salesforce), {});
    const next = await provision(sandbox, apps.salesforce, isaiah);
    const other = await call(sandbox.url, '/users');

    expect([wrong.status, next.status, other.status]).toEqual([400, 429, 200]);
  });

  it('returns its statistics over HTTP, outside of /v1.0', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, limit: 1 });
    await provision(sandbox, apps.salesforce, isaiah);
    clock.advance(10);
    await provision(sandbox, apps.salesforce, isaiah);

    const { body } = await call(origin(sandbox), '/_sandbox/stats');

    expect(body).toEqual({ calls: 1, throttled: 1, arrivals: [clock.monotonic() - 10, clock.monotonic()] });
  });
});

describe('a reset', () => {
  it('brings back the first day, over HTTP too', async () => {
    const sandbox = await start({ limit: 1 });
    await provision(sandbox, apps.salesforce, isaiah);
    sandbox.failNext('/users', { kind: 'empty' });

    const { status } = await call(origin(sandbox), '/_sandbox/reset', { method: 'POST' });
    const statsAfter = sandbox.stats();
    const requestsAfter = [...sandbox.requests];
    const again = await provision(sandbox, apps.salesforce, isaiah);
    const users = await call(sandbox.url, '/users?$top=999');

    expect(status).toBe(204);
    expect(statsAfter).toEqual({ calls: 0, throttled: 0, arrivals: [] });
    expect(requestsAfter).toEqual([]);
    expect(again.body.key).toBe('{"result":"Success","details":{}}');
    // More people than a page holds.
    expect(users.body.value).toHaveLength(999);
  });
});

describe('latency', () => {
  it('is for on-demand calls only', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, latencyMs: 250 });

    await call(sandbox.url, '/users');
    await provision(sandbox, apps.salesforce, isaiah);

    expect(clock.slept).toEqual([250]);
  });

  it('lies between 300 and 1500 ms by default, and is the same again for the same seed', async () => {
    const sleeps = async (seed: number) => {
      const clock = stillClock();
      const sandbox = await start({ clock, latencyMs: undefined, seed });
      for (const _ of Array(20)) await provision(sandbox, apps.salesforce, isaiah);
      return clock.slept;
    };

    const [one, same, other] = [await sleeps(1), await sleeps(1), await sleeps(2)];

    expect(one.filter((ms) => ms < 300 || ms > 1500)).toEqual([]);
    expect(new Set(one).size).toBeGreaterThan(10);
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('does not apply to refused calls', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, limit: 1, latencyMs: 250 });

    await provision(sandbox, apps.salesforce, isaiah);
    await provision(sandbox, apps.salesforce, isaiah);

    expect(clock.slept).toEqual([250]);
  });
});

describe('every answer', () => {
  it('carries the ids of the call, in headers and in errors', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock });
    const headers = { 'client-request-id': 'b7a5a7c8-7fd5-4d5e-9f8f-5f7a9b6f2f10' };

    const { headers: answered, body } = await call(sandbox.url, '/users/nobody', { headers });

    expect(answered.get('client-request-id')).toBe(headers['client-request-id']);
    expect(answered.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answered.get('date')).toBe(new Date(clock.now()).toUTCString());
    expect(body.error?.innerError).toEqual({
      date: '2026-03-02T09:00:00',
      'request-id': answered.get('request-id'),
      'client-request-id': headers['client-request-id'],
    });
  });

  it('is an OData error where a path does not exist', async () => {
    const sandbox = await start();

    for (const [base, path] of [
      [sandbox.url, '/planets'],
      [sandbox.url, '/users/alex@contoso.com/shoes'],
      [origin(sandbox), '/beta/users'],
      [origin(sandbox), '/_sandbox/nothing'],
    ] as const) {
      const { status, body } = await call(base, path);

      expect(status).toBe(404);
      expect(body.error?.code).toBe('ResourceNotFound');
    }
  });

  it('is 405 for a method that a path does not have', async () => {
    const sandbox = await start();

    const deleted = await call(sandbox.url, `/users/${people.alex.id}`, { method: 'DELETE' });
    const read = await call(sandbox.url, onDemandPath(apps.salesforce));

    expect([deleted.status, read.status]).toEqual([405, 405]);
    expect(sandbox.stats().arrivals).toEqual([]);
  });

  it('is 400 for invalid JSON and for a URL that cannot be decoded', async () => {
    const sandbox = await start();

    const json = await call(sandbox.url, onDemandPath(apps.salesforce), { method: 'POST', body: '{"parameters":' });
    const url = await call(sandbox.url, '/users/%E0%A4%A');

    expect([json.status, url.status]).toEqual([400, 400]);
    expect(json.body.error?.message).toContain('Unable to read JSON');
  });

  it('is 413 for a body over one megabyte', async () => {
    const sandbox = await start();

    const { status } = await post(sandbox.url, onDemandPath(apps.salesforce), { filler: 'x'.repeat(1024 * 1024) });

    expect(status).toBe(413);
  });
});

describe('scripted faults', () => {
  const path = onDemandPath(apps.salesforce);
  const send = (sandbox: SandboxGraph) => {
    const body = JSON.stringify(onDemandBody(apps.salesforce, isaiah));
    return fetch(sandbox.url + path, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(5_000) });
  };

  it('strike once, in the order of the script, and only where they fit', async () => {
    const sandbox = await start();
    sandbox.failNext('/users', { kind: 'status', status: 503 });
    sandbox.failNext(/manager$/, { kind: 'status', status: 500 });
    sandbox.failNext('/users', { kind: 'status', status: 504 });

    const statuses: number[] = [];
    for (const where of ['/groups', '/users?$top=1', '/users/isaiah@contoso.com/manager', '/users', '/users']) {
      statuses.push((await call(sandbox.url, where)).status);
    }

    expect(statuses).toEqual([200, 503, 500, 504, 200]);
  });

  it('strikes the call about the one person, in whatever order the calls arrive', async () => {
    const sandbox = await start();
    sandbox.failNext(/provisionOnDemand$/, { kind: 'status', status: 503, about: people.isaiah.id });

    const adele = await provision(sandbox, apps.salesforce, { objectId: people.adele.id });
    const struck = await provision(sandbox, apps.salesforce, isaiah);
    const again = await provision(sandbox, apps.salesforce, isaiah);

    expect([adele.status, struck.status, again.status]).toEqual([200, 503, 200]);
  });

  it('give a 429 without Retry-After, which counts as throttled', async () => {
    const sandbox = await start();
    sandbox.failNext(/provisionOnDemand$/, { kind: 'status', status: 429 });

    const response = await send(sandbox);

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toMatchObject({ error: { code: 'TooManyRequests' } });
    expect(sandbox.stats()).toMatchObject({ calls: 0, throttled: 1 });
  });

  it('take a body and headers of their own', async () => {
    const sandbox = await start();
    const headers = { 'Retry-After': '3' };
    sandbox.failNext('/servicePrincipals', { kind: 'status', status: 429, body: { error: 'busy' }, headers });
    sandbox.failNext('/servicePrincipals', { kind: 'status', status: 502, body: '<h1>Bad Gateway</h1>' });

    const json = await send(sandbox);
    const html = await send(sandbox);

    expect(json.headers.get('retry-after')).toBe('3');
    expect(await json.json()).toEqual({ error: 'busy' });
    expect(html.headers.get('content-type')).toBe('text/html');
    expect(await html.text()).toBe('<h1>Bad Gateway</h1>');
  });

  it('give a web page, cut-off JSON or nothing under status 200', async () => {
    const sandbox = await start();
    for (const kind of ['html', 'truncated', 'empty'] as const) sandbox.failNext(/provisionOnDemand$/, { kind });

    const answers = [await send(sandbox), await send(sandbox), await send(sandbox)];
    const [html = '', truncated = '', empty = ''] = await Promise.all(answers.map((answer) => answer.text()));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(html).toContain('<!doctype html>');
    expect(truncated).toMatch(/^\{"@odata\.context"/);
    expect(() => JSON.parse(truncated)).toThrow(SyntaxError);
    expect(empty).toBe('');
  });

  it('redirect', async () => {
    const sandbox = await start();
    sandbox.failNext(/provisionOnDemand$/, { kind: 'redirect', location: 'https://example.com/' });

    const response = await send(sandbox);

    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('https://example.com/');
  });

  it('break the connection, with the work undone or done', async () => {
    const sandbox = await start();
    sandbox.failNext(/provisionOnDemand$/, { kind: 'reset' });
    sandbox.failNext(/provisionOnDemand$/, { kind: 'reset', workDone: true });
    const hasAccount = () => sandbox.tenant.account(apps.salesforce.id, people.isaiah.id) !== undefined;

    await expect(send(sandbox)).rejects.toThrow('fetch failed');
    expect(hasAccount()).toBe(false);
    await expect(send(sandbox)).rejects.toThrow('fetch failed');
    expect(hasAccount()).toBe(true);
    expect(sandbox.stats()).toMatchObject({ calls: 0, throttled: 0 });
    expect(sandbox.stats().arrivals).toHaveLength(2);
  });

  it('delay an answer', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock, latencyMs: 100 });
    sandbox.failNext(/provisionOnDemand$/, { kind: 'slow', ms: 30_000 });

    const response = await send(sandbox);

    expect(response.status).toBe(200);
    expect(clock.slept).toEqual([30_100]);
  });

  it('say nothing until the server closes, which it does at once', async () => {
    const sandbox = await startSandbox();
    sandbox.failNext(/provisionOnDemand$/, { kind: 'silence' });
    const unanswered = send(sandbox);
    const outcome = expect(unanswered).rejects.toThrow('fetch failed');
    while (sandbox.requests.length === 0) await new Promise(setImmediate);

    const began = performance.now();
    await sandbox.close();

    expect(performance.now() - began).toBeLessThan(1_000);
    await outcome;
  });

  it('do not strike calls that the rate limit refuses', async () => {
    const sandbox = await start({ limit: 1 });
    await send(sandbox);
    sandbox.failNext(/provisionOnDemand$/, { kind: 'html' });

    const { status } = await send(sandbox);

    expect(status).toBe(429);
  });
});

describe('closing', () => {
  it('does not wait for calls that are still being worked on', async () => {
    const sandbox = await startSandboxGraph({ port: 0, latencyMs: 60_000, clock: systemClock });
    const outcome = expect(provision(sandbox, apps.salesforce, isaiah)).rejects.toThrow('fetch failed');
    while (sandbox.requests.length === 0) await new Promise(setImmediate);

    const began = performance.now();
    await sandbox.close();

    expect(performance.now() - began).toBeLessThan(1_000);
    await outcome;
    expect(sandbox.tenant.account(apps.salesforce.id, people.isaiah.id)).toBeUndefined();
  });
});

describe('the request log', () => {
  it('keeps the calls, and no token', async () => {
    const clock = stillClock();
    const sandbox = await start({ clock });
    const headers = { 'client-request-id': 'b7a5a7c8-7fd5-4d5e-9f8f-5f7a9b6f2f10', Authorization: 'Bearer secret' };

    await call(sandbox.url, `/users?$filter=${encodeURIComponent("mail eq 'x'")}`, { headers });
    await provision(sandbox, apps.salesforce, isaiah);

    expect(sandbox.requests).toEqual([
      {
        method: 'GET',
        path: '/users',
        query: "$filter=mail eq 'x'",
        clientRequestId: headers['client-request-id'],
        hasToken: true,
        at: clock.monotonic(),
      },
      {
        method: 'POST',
        path: onDemandPath(apps.salesforce),
        query: '',
        clientRequestId: null,
        hasToken: false,
        at: clock.monotonic(),
        body: onDemandBody(apps.salesforce, isaiah),
      },
    ]);
    expect(JSON.stringify(sandbox.requests)).not.toContain('secret');
  });
});

describe('starting', () => {
  it('rejects when the port is taken', async () => {
    const sandbox = await start();

    await expect(startSandboxGraph({ port: sandbox.port })).rejects.toThrow('EADDRINUSE');
  });
});
