import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import restify, { type Request, type Response } from 'restify';
import { z } from 'zod';
import { systemClock } from './clock.ts';
import { isLoopback, type Secret } from './config.ts';
import { createLog, type Log } from './log.ts';
import type { Reception } from './teams/authentication.ts';
import { withinMs } from './time-limit.ts';

/** The HTTP server: Teams' endpoint and the orchestrator's probes. */
export interface Server {
  /** The port it listens on; useful when 0 was requested. */
  readonly port: number;
  /** Accepts no new connections; resolves when the open ones have been answered, or after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface ServerParts {
  readonly host: string;
  readonly port: number;
  readonly receive: (authorization: string, activity: unknown) => Promise<Reception>;
  /**
   * Where activities come without a token: refuses requests that a proxy or tunnel passed on, or that name a host other
   * than this machine's own.
   */
  readonly directOnly?: boolean;
  /** The checks of `/readyz`; the answer has each part's name, never its error. */
  readonly checks: Readonly<Record<string, () => Promise<boolean>>>;
  /** Broken entries of `APPS_FILE`: a detail of `/readyz`, as all else works. */
  readonly brokenEntries?: () => readonly string[];
  /** The content of `/metrics`; without it the path does not exist. */
  readonly metrics?: MetricsPage;
  readonly log: Log;
  /** How long a whole request may take to arrive; milliseconds. */
  readonly requestMs?: number;
  readonly mostConnections?: number;
}

export interface MetricsPage {
  text(): Promise<string>;
  readonly contentType: string;
  /** The token that a scraper must send; null where only this machine may ask. */
  readonly token: Secret | null;
}

/** Teams' own messages stay below 100 KB. */
const largestBodyBytes = 256 * 1024;
// The parser passes these on to its reader, which its types do not show.
const bodyLimits = { maxBodySize: largestBodyBytes, mapParams: false };
const checkTimeoutMs = 5_000;
/** For a whole request to arrive; a slower sender is not Teams. */
const defaultRequestMs = 20_000;
/** How many checks for slow requests in that time. Node's default is one every half minute. */
const looksForSlowOnes = 20;
/**
 * Half-open ones included. Teams and a proxy need some dozens; each takes a file descriptor, of which a process often
 * has 1,024, and the database and Graph need some too.
 */
const defaultMostConnections = 500;
const fullEveryMs = 60_000;

/** Starts listening. Rejects when the port is not available. */
export async function startServer(parts: ServerParts): Promise<Server> {
  const { log } = parts;
  // restify's own log entries include whole requests, and with them tokens and messages. It accepts a pino log; its
  // types are those of an older restify.
  const noLog = createLog('silent') as unknown as NonNullable<restify.ServerOptions['log']>;
  const server = restify.createServer({ name: 'usher', log: noLog });
  const http: HttpServer = server.server;
  const { requestMs = defaultRequestMs, mostConnections = defaultMostConnections } = parts;
  http.requestTimeout = requestMs;
  http.headersTimeout = requestMs;
  // An option of `http.createServer`, which restify calls without options; it is read when the server begins to listen.
  Object.assign(http, { connectionsCheckingInterval: requestMs / looksForSlowOnes });
  http.maxConnections = mostConnections;
  let saidFullAt = Number.NEGATIVE_INFINITY;
  http.on('drop', () => {
    if (systemClock.monotonic() - saidFullAt < fullEveryMs) return;
    saidFullAt = systemClock.monotonic();
    log.warn({ code: 'too_many_connections', mostConnections }, 'connections are turned away: too many are open');
  });
  let stopping = false;

  if (parts.directOnly === true)
    server.pre((request: Request, response: Response, next: restify.Next) => {
      if (isDirect(request)) return next();
      log.warn(
        { code: 'not_direct' },
        'a request was refused: without BOT_AUTH=token nothing may come through a proxy',
      );
      hangUp(response, next, 403, 'not_direct');
    });

  server.post(
    '/api/messages',
    refuseUnreadable,
    restify.plugins.jsonBodyParser(bodyLimits),
    async (request: Request, response: Response) => {
      if (stopping) return answer(response, 503, 'stopping');
      if (!activitySchema.safeParse(request.body).success) return answer(response, 400, 'not_an_activity');
      try {
        answerReception(response, await parts.receive(request.headers.authorization ?? '', request.body));
      } catch (error) {
        log.error({ error, code: 'messages_failed' }, 'the messages endpoint failed');
        if (!response.headersSent) answer(response, 500, 'internal');
      }
    },
  );

  const alive = async (_request: Request, response: Response) => {
    response.send(200, { status: 'alive' });
  };
  server.get('/healthz', alive);
  server.head('/healthz', alive);

  const checks = Object.entries(parts.checks).map(
    ([name, check]) => [name, oneAtATime(() => holds(check, name))] as const,
  );
  server.get('/readyz', async (_request: Request, response: Response) => {
    const checked = await Promise.all(checks.map(async ([name, check]) => [name, await check()] as const));
    const broken = parts.brokenEntries?.() ?? [];
    const ready = !stopping && checked.every(([, ok]) => ok);
    response.send(ready ? 200 : 503, {
      status: ready ? 'ready' : 'not ready',
      ...Object.fromEntries(checked.map(([name, ok]) => [name, ok ? 'ok' : 'failed'])),
      ...(broken.length === 0 ? {} : { appsFile: broken }),
    });
  });

  const { metrics } = parts;
  if (metrics !== undefined) {
    server.get('/metrics', async (request: Request, response: Response) => {
      const status = scraperStatus(request, metrics.token, parts.directOnly !== false);
      if (status === 401) response.header('www-authenticate', 'Bearer');
      if (status !== null) return answer(response, status);
      try {
        response.sendRaw(200, await metrics.text(), { 'content-type': metrics.contentType });
      } catch (error) {
        log.error({ error, code: 'metrics_failed' }, 'could not serve the metrics');
        answer(response, 500, 'internal');
      }
    });
  }

  async function holds(check: () => Promise<boolean>, name: string): Promise<boolean> {
    try {
      return (await withinMs(check(), checkTimeoutMs, systemClock)) === true;
    } catch (error) {
      log.warn({ error, check: name, code: 'not_ready' }, 'a readiness check failed');
      return false;
    }
  }

  // restify's own answers (bad JSON, a body too large, no such path) reveal neither parser nor stack.
  server.on(
    'restifyError',
    (_request: Request, response: Response, error: { statusCode?: number }, done: () => void) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) log.error({ error, code: 'http_failed' }, 'a request failed');
      if (!response.headersSent) answer(response, status);
      done();
    },
  );

  // A kept-alive connection becomes idle with its last answer, and would delay the stop for seconds.
  server.on('after', () => {
    if (stopping) setImmediate(() => http.closeIdleConnections());
  });

  await listening(server, parts.port, parts.host);
  return {
    port: server.address().port,
    async stop(graceMs) {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const grace = setTimeout(() => http.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(grace);
    },
  };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'not_json',
  401: 'unauthorized',
  404: 'no_such_path',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'not_json',
};

function answer(response: Response, status: number, code = reasons[status] ?? 'refused'): void {
  response.send(status, { code });
}

/** Refuses a request without waiting for the rest of its body. */
function hangUp(response: Response, next: restify.Next, status: number, code?: string): void {
  response.header('connection', 'close');
  answer(response, status, code);
  next(false);
}

const notTaken = {
  refused: [401, 'unauthorized'],
  notImplemented: [501, 'not_implemented'],
  unavailable: [503, 'unavailable'],
} as const;

function answerReception(response: Response, reception: Reception): void {
  if (reception.kind === 'taken') {
    response.send(reception.status ?? 200, reception.body);
  } else {
    const [status, code] = notTaken[reception.kind];
    answer(response, status, code);
  }
}

/**
 * Teams sends plain JSON. restify's body reader would also decompress gzip, with no bound on the output and no handler
 * for its errors, which ends the process; and it would accept forms, which any web page can send without permission.
 */
function refuseUnreadable(request: Request, response: Response, next: restify.Next): void {
  const status = unreadableStatus(request);
  if (status === null) next();
  else hangUp(response, next, status);
}

function unreadableStatus(request: Request): 413 | 415 | null {
  if (request.headers['content-encoding'] !== undefined) return 415;
  if (request.contentType() !== 'application/json') return 415;
  return Number(request.headers['content-length'] ?? 0) > largestBodyBytes ? 413 : null;
}

/**
 * Null for a client that may read the metrics. The port may be reachable from outside, so without a configured token
 * only this machine may; for all others the path does not exist. A request passed on by a proxy on this machine also
 * comes from this machine, and may look just like a direct one: so where there may be a proxy, a token is always
 * required.
 *
 * @param isAlone whether Usher serves only this machine, so that there is no proxy.
 */
function scraperStatus(request: Request, token: Secret | null, isAlone: boolean): 401 | 404 | null {
  if (token !== null) return isSame(request.headers.authorization ?? '', `Bearer ${token.reveal()}`) ? null : 401;
  return isAlone && isDirect(request) ? null : 404;
}

/**
 * Whether a request seems to come directly from a program on this machine: from and to a loopback address, in a current
 * HTTP version, without proxy headers. Some proxies can be configured so that their requests look the same.
 */
function isDirect({ socket, headers, httpVersion }: Request): boolean {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const asked = (headers.host ?? '').replace(/:\d+$/, '');
  const isPassedOn = Object.keys(headers).some(
    (name) => proxyHeaders.has(name) || /^x-(forwarded|original)-/.test(name),
  );
  return isLoopback(peer) && isLoopback(asked) && httpVersion === '1.1' && !isPassedOn;
}

const proxyHeaderNames = `
  forwarded via x-forwarded x-real-ip x-client-ip x-cluster-client-ip x-proxyuser-ip true-client-ip cf-connecting-ip
  cf-ray fastly-client-ip x-arr-log-id x-azure-clientip x-envoy-external-address x-amzn-trace-id proxy-connection`;
const proxyHeaders: ReadonlySet<string> = new Set(proxyHeaderNames.trim().split(/\s+/));

/** Takes the same time wherever the two differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** An object with a type, a conversation and a reply address: the minimum of an activity. */
const activitySchema = z.object({
  type: z.string(),
  serviceUrl: z.string().min(1),
  conversation: z.object({ id: z.string().min(1) }),
});

/** Concurrent callers share one answer, so that frequent checks cost Graph nothing. */
function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | null = null;
  return () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}

/** Rejects when the port is not available. */
function listening(server: Pick<HttpServer, 'once' | 'listen'>, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

/**
 * `/metrics` on a separate port, reachable from this machine only: a proxy for the bot's port does not expose it. Rejects
 * when the port is not available.
 */
export async function startMetricsPort(
  parts: Pick<ServerParts, 'port' | 'log'> & Omit<MetricsPage, 'token'>,
): Promise<Pick<Server, 'port'> & { stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    if (request.method !== 'GET' || path !== '/metrics') {
      send(404, 'application/json', '{"code":"no_such_path"}');
      return;
    }
    parts.text().then(
      (text) => send(200, parts.contentType, text),
      (error: unknown) => {
        parts.log.error({ error, code: 'metrics_failed' }, 'could not serve the metrics');
        send(500, 'application/json', '{"code":"internal"}');
      },
    );

    // Where restify is loaded, its `writeHead` returns nothing.
    function send(status: number, contentType: string, body: string): void {
      response.writeHead(status, { 'content-type': contentType });
      response.end(body);
    }
  });
  await listening(server, parts.port, '127.0.0.1');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
