import { describe, expect, it } from '@jest/globals';
import { createLog } from '../src/log.ts';
import { startMetricsPort } from '../src/server.ts';

describe('the port of the metrics', () => {
  it('serves them, and nothing else', async () => {
    const contentType = 'text/plain; version=0.0.4; charset=utf-8';
    const text = async () => 'usher_ready 1\n';
    const port = await startMetricsPort({ port: 0, text, contentType, log: createLog('silent') });
    const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port.port}${path}`, { method });

    const told = await ask('/metrics');
    const body = await told.text();
    const others = [await ask('/'), await ask('/api/messages', 'POST'), await ask('/healthz')];
    await port.stop();

    expect([told.status, told.headers.get('content-type'), body]).toEqual([200, contentType, 'usher_ready 1\n']);
    expect(others.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('answers in a word when they are unavailable', async () => {
    const text = () => Promise.reject(new Error('the password is hunter2'));
    const port = await startMetricsPort({ port: 0, text, contentType: 'text/plain', log: createLog('silent') });

    const told = await fetch(`http://127.0.0.1:${port.port}/metrics`);
    const body = await told.text();
    await port.stop();

    expect([told.status, body]).toEqual([500, '{"code":"internal"}']);
  });
});
