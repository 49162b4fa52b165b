import type { Server as HttpServer } from 'node:http';
import restify, { type Request, type Response } from 'restify';
import type { Log } from './log.ts';
import type { CloudAdapter, TurnContext } from './teams/adapter.ts';

/** The HTTP face: Teams' endpoint and what an orchestrator asks. */
export interface Server {
  /** The port it listens on; of use where 0 was asked for. */
  readonly port: number;
  /** No new connections; resolves when those that are open have been answered, or after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface ServerParts {
  readonly host: string;
  readonly port: number;
  readonly adapter: CloudAdapter;
  readonly onTurn: (context: TurnContext) => Promise<void>;
  /** What `/readyz` asks; each part's name goes into the answer, never its error. */
  readonly checks: Readonly<Record<string, () => Promise<boolean>>>;
  readonly log: Log;
}

/** Teams' own messages stay below 100 KB. */
const largestBodyBytes = 256 * 1024;
const checkTimeoutMs = 5_000;

/** Listens. Rejects when the port cannot be had. */
export async function startServer(parts: ServerParts): Promise<Server> {
  const { adapter, log } = parts;
  const server = restify.createServer({ name: 'usher' });
  let stopping = false;

  server.use(restify.plugins.bodyParser({ maxBodySize: largestBodyBytes, mapParams: false, mapFiles: false }));

  server.post('/api/messages', async (request: Request, response: Response) => {
    if (stopping) return answer(response, 503, 'stopping');
    if (!isActivity(request.body)) return answer(response, 400, 'not_an_activity');
    try {
      const { headers, body } = request;
      await adapter.process({ method: 'POST', headers, body }, guardedResponse(response), parts.onTurn);
    } catch (error) {
      log.error({ error, code: 'messages_failed' }, 'the messages endpoint failed');
      if (!response.headersSent) answer(response, 500, 'internal');
    }
  });

  server.get('/healthz', async (_request: Request, response: Response) => response.send(200, { status: 'alive' }));

  server.get('/readyz', async (_request: Request, response: Response) => {
    const checked = await Promise.all(
      Object.entries(parts.checks).map(async ([name, check]) => [name, await holds(check, name)] as const),
    );
    const ready = !stopping && checked.every(([, ok]) => ok);
    response.send(ready ? 200 : 503, {
      status: ready ? 'ready' : 'not ready',
      ...Object.fromEntries(checked.map(([name, ok]) => [name, ok ? 'ok' : 'failed'])),
    });
  });

  async function holds(check: () => Promise<boolean>, name: string): Promise<boolean> {
    try {
      return await Promise.race([check(), timeout()]);
    } catch (error) {
      log.warn({ error, check: name, code: 'not_ready' }, 'a readiness check failed');
      return false;
    }
  }

  // What restify says of its own accord (bad JSON, a body too large, no such path) names neither parser nor stack.
  server.on(
    'restifyError',
    (_request: Request, response: Response, error: { statusCode?: number }, done: () => void) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) log.error({ error, code: 'http_failed' }, 'a request failed');
      if (!response.headersSent) answer(response, status, reasons[status] ?? 'refused');
      done();
    },
  );

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, () => resolve());
  });

  const http: HttpServer = server.server;
  return {
    port: server.address().port,
    async stop(graceMs) {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      http.closeIdleConnections();
      const grace = setTimeout(() => http.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(grace);
    },
  };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'not_json',
  404: 'no_such_path',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'not_json',
};

function answer(response: Response, status: number, code: string): void {
  response.send(status, { code });
}

/** An object that names a type: the least that makes an activity. */
function isActivity(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && !Array.isArray(body) && 'type' in body && typeof body.type === 'string'
  );
}

/**
 * botbuilder writes an error's own message into its 401s and 500s. Bodies of errors are dropped on the way out; the
 * invoke's answer, which is a body that matters, goes through.
 */
function guardedResponse(response: Response) {
  return {
    socket: response.socket,
    status: (code: number) => response.status(code),
    header: (name: string, value: unknown) => response.header(name, String(value)),
    send: (...parts: unknown[]) => (response.statusCode >= 400 ? undefined : response.send(...parts)),
    end: () => response.end(),
  };
}

async function timeout(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), checkTimeoutMs).unref());
}
