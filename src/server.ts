import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import restify, { type Request, type Response } from 'restify';
import { z } from 'zod';
import { assertNever } from './assert-never.ts';
import { systemClock } from './clock.ts';
import { isLoopback, type Secret } from './config.ts';
import { createLog, type Log } from './log.ts';
import type { Reception } from './teams/door.ts';

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
  readonly receive: (authorization: string, activity: unknown) => Promise<Reception>;
  /**
   * Where activities come without a token: nothing is taken that a proxy or tunnel passed on, or that asks for a name
   * other than this machine's own.
   */
  readonly directOnly?: boolean;
  /** What `/readyz` asks; each part's name goes into the answer, never its error. */
  readonly checks: Readonly<Record<string, () => Promise<boolean>>>;
  /** Entries of `APPS_FILE` that lead to no app, or to several: a detail of `/readyz`, as all else goes on. */
  readonly brokenEntries?: () => readonly string[];
  /** What `/metrics` tells; without it there is no such path. */
  readonly metrics?: MetricsPage;
  readonly log: Log;
  /** How long a whole request may take to arrive; milliseconds. */
  readonly requestMs?: number;
  readonly mostConnections?: number;
}

export interface MetricsPage {
  text(): Promise<string>;
  readonly contentType: string;
  /** What a scraper has to show; null where only this machine may ask. */
  readonly token: Secret | null;
}

/** Teams' own messages stay below 100 KB. */
const largestBodyBytes = 256 * 1024;
// The parser hands these on to its reader, which its types do not tell.
const bodyLimits = { maxBodySize: largestBodyBytes, mapParams: false };
const checkTimeoutMs = 5_000;
/** For a whole request to arrive; a sender that is slower than this is not Teams. */
const defaultRequestMs = 20_000;
/** Node looks every half minute for requests that take too long, unless it is told otherwise. */
const looksForSlowOnes = 20;
/**
 * Half-open ones included. Teams and a proxy need some dozens; each takes a file descriptor, of which a process often has
 * 1,024, and the database and Graph need theirs.
 */
const defaultMostConnections = 500;
const fullEveryMs = 60_000;

/** Listens. Rejects when the port cannot be had. */
export async function startServer(parts: ServerParts): Promise<Server> {
  const { log } = parts;
  // What restify logs by itself holds whole requests, and with them tokens and what people wrote. It takes a pino log;
  // its types are those of an older restify.
  const noLog = createLog('silent') as unknown as NonNullable<restify.ServerOptions['log']>;
  const server = restify.createServer({ name: 'usher', log: noLog });
  const http: HttpServer = server.server;
  const { requestMs = defaultRequestMs, mostConnections = defaultMostConnections } = parts;
  http.requestTimeout = requestMs;
  http.headersTimeout = requestMs;
  // An option of `http.createServer`, which restify calls without any; it is read when the server begins to listen.
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
      if (isDirect(request)) {
        next();
        return;
      }
      log.warn(
        { code: 'not_direct' },
        'a request was refused: without BOT_AUTH=token nothing may come through a proxy',
      );
      response.header('connection', 'close');
      answer(response, 403, 'not_direct');
      next(false);
    });

  server.post(
    '/api/messages',
    refuseUnreadable,
    restify.plugins.jsonBodyParser(bodyLimits),
    async (request: Request, response: Response) => {
      if (stopping) return answer(response, 503, 'stopping');
      if (!isActivity(request.body)) return answer(response, 400, 'not_an_activity');
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
      if (status !== null) return answer(response, status, reasons[status] ?? 'refused');
      try {
        response.sendRaw(200, await metrics.text(), { 'content-type': metrics.contentType });
      } catch (error) {
        log.error({ error, code: 'metrics_failed' }, 'the metrics could not be told');
        answer(response, 500, 'internal');
      }
    });
  }

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

  // A connection that is kept alive falls idle with its last answer, and would hold up the stop for seconds.
  server.on('after', () => {
    if (stopping) setImmediate(() => http.closeIdleConnections());
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, () => resolve());
  });

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

function answer(response: Response, status: number, code: string): void {
  response.send(status, { code });
}

function answerReception(response: Response, reception: Reception): void {
  switch (reception.kind) {
    case 'taken':
      response.send(reception.status ?? 200, reception.body);
      return;
    case 'refused':
      answer(response, 401, 'unauthorized');
      return;
    case 'notImplemented':
      answer(response, 501, 'not_implemented');
      return;
    case 'unavailable':
      answer(response, 503, 'unavailable');
      return;
    default:
      assertNever(reception, 'reception');
  }
}

/**
 * Teams sends plain JSON. restify's body reader would also unpack gzip, with no bound on what comes out and no ear for
 * its errors, which ends the process; and it would take forms, which any web page may send without being asked.
 */
function refuseUnreadable(request: Request, response: Response, next: restify.Next): void {
  const status = unreadableStatus(request);
  if (status === null) {
    next();
    return;
  }
  // The rest of the body is not waited for.
  response.header('connection', 'close');
  answer(response, status, reasons[status] ?? 'refused');
  next(false);
}

function unreadableStatus(request: Request): 413 | 415 | null {
  if (request.headers['content-encoding'] !== undefined) return 415;
  if (request.contentType() !== 'application/json') return 415;
  return Number(request.headers['content-length'] ?? 0) > largestBodyBytes ? 413 : null;
}

/**
 * Null for whoever may see the metrics. The port may be open to the world, so where no token was agreed on only this
 * machine may; to all others there is no such path. A request that a proxy on this machine passes on comes from this
 * machine too, and may look just like the machine's own: so where a proxy may stand, a token is wanted always.
 *
 * @param isAlone whether Usher serves this machine alone, so that no proxy has a business here.
 */
function scraperStatus(request: Request, token: Secret | null, isAlone: boolean): 401 | 404 | null {
  if (token !== null) return isSame(request.headers.authorization ?? '', `Bearer ${token.reveal()}`) ? null : 401;
  return isAlone && isDirect(request) ? null : 404;
}

/**
 * Whether a request seems to come from a program on this machine by itself: from and to a loopback address, by today's
 * HTTP, without the headers of proxies. Some proxies can be set up so that they look just like that.
 */
function isDirect({ socket, headers, httpVersion }: Request): boolean {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const asked = (headers.host ?? '').replace(/:\d+$/, '');
  const isPassedOn = Object.keys(headers).some(
    (name) => proxyHeaders.has(name) || /^x-(forwarded|original)-/.test(name),
  );
  return isLoopback(peer) && isLoopback(asked) && httpVersion === '1.1' && !isPassedOn;
}

const proxyHeaders: ReadonlySet<string> = new Set([
  ...['forwarded', 'via', 'x-forwarded', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-proxyuser-ip'],
  ...['true-client-ip', 'cf-connecting-ip', 'cf-ray', 'fastly-client-ip', 'x-arr-log-id', 'x-azure-clientip'],
  ...['x-envoy-external-address', 'x-amzn-trace-id', 'proxy-connection'],
]);

/** Takes the same time wherever the two differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** An object with a type, a conversation and an address to answer to: the least that makes an activity. */
function isActivity(body: unknown): boolean {
  return activitySchema.safeParse(body).success;
}

const activitySchema = z.object({
  type: z.string(),
  serviceUrl: z.string().min(1),
  conversation: z.object({ id: z.string().min(1) }),
});

/** Whoever asks while the answer is on its way gets the same one: asking often costs Graph nothing. */
function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | null = null;
  return () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}

async function timeout(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), checkTimeoutMs).unref());
}

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
