import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from './log.ts';

/** `/metrics` on a port of its own, which listens to this machine alone: no proxy that passes on the bot's port has it. */
export interface MetricsPort {
  /** Of use where 0 was asked for. */
  readonly port: number;
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';

/** Listens. Rejects when the port cannot be had. */
export async function startMetricsPort(parts: {
  readonly port: number;
  readonly text: () => Promise<string>;
  readonly contentType: string;
  readonly log: Log;
}): Promise<MetricsPort> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    if (request.method !== 'GET' || path !== '/metrics') {
      send(404, 'application/json', '{"code":"no_such_path"}');
      return;
    }
    parts.text().then(
      (text) => send(200, parts.contentType, text),
      (error: unknown) => {
        parts.log.error({ error, code: 'metrics_failed' }, 'the metrics could not be told');
        send(500, 'application/json', '{"code":"internal"}');
      },
    );

    // Where restify is loaded, its `writeHead` returns nothing.
    function send(status: number, contentType: string, body: string): void {
      response.writeHead(status, { 'content-type': contentType });
      response.end(body);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, loopback, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
