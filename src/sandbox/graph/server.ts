import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../clock.ts';
import { readLeap } from '../leaping-clock.ts';
import { createTenant, type Tenant } from '../tenant/tenant.ts';
import { createArrivals } from './arrivals.ts';
import { badRequest, noSuchSegment, refusal } from './errors.ts';
import { decodedSegments, maxBodyBytes, readBody, type SandboxRequest, type SandboxResponse } from './exchange.ts';
import { readFault, readFaults } from './fault-notation.ts';
import { createFaults, type Fault } from './faults.ts';
import { changeGuesses, changeJob, changePermissions, changeRegistration } from './job-changes.ts';
import { createLatency } from './latency.ts';
import { answer, isOnDemand } from './routes.ts';
import { strike, tooManyRequests } from './strike.ts';
import { send, type TraceOfCall, traceOf } from './wire.ts';

/**
 * The sandbox's Microsoft Graph, over real HTTP. Each call goes through these steps in order: it is dated when its
 * headers arrive; an on-demand call over the limit is refused with 429; a scripted fault may apply; an on-demand
 * call takes its time; its body must be JSON; and then it is answered, without waiting, from the tenant.
 */
export interface SandboxGraph {
  /** The value for the bot's `GRAPH_BASE_URL`; ends in `/v1.0`. */
  readonly url: string;
  readonly port: number;
  readonly tenant: Tenant;
  /** Every call below `/v1.0` since the start or the last reset, in the order in which they were read. */
  readonly requests: readonly LoggedRequest[];
  stats(): SandboxStats;
  /**
   * Scripts a fault for the next call that matches: a string is the beginning of a path below `/v1.0`, e.g. `/users`; a
   * pattern is matched against the whole path, still encoded and without its query, e.g. `/provisionOnDemand$/`.
   */
  failNext(where: string | RegExp, fault: Fault): void;
  /** Resets tenant, counters, log, window and scripted faults to their initial state. */
  reset(): void;
  /** Breaks all connections, those without an answer too, and resolves when the port is free. */
  close(): Promise<void>;
}

export interface LoggedRequest {
  readonly method: string;
  /** Path below `/v1.0`, as it was sent. */
  readonly path: string;
  /** Decoded, without the question mark. */
  readonly query: string;
  readonly clientRequestId: string | null;
  /** True when the call brought an `Authorization` header. The token itself is not kept. */
  readonly hasToken: boolean;
  /** Arrival in ms on the server's monotonic clock. */
  readonly at: number;
  readonly body?: unknown;
}

export interface SandboxStats {
  /** On-demand calls answered with anything but 429. */
  readonly calls: number;
  /** On-demand calls answered with 429. */
  readonly throttled: number;
  /** When on-demand calls arrived, throttled ones included, in ms on the server's monotonic clock. */
  readonly arrivals: readonly number[];
}

export interface SandboxGraphOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** The duration of each on-demand call; undefined for a random 300–1500 ms. */
  readonly latencyMs?: number | undefined;
  /** Makes the random latencies repeatable. */
  readonly seed?: number;
  readonly limit?: number;
  readonly windowMs?: number;
  /** Items per page without `$top`: 100 as in Graph, or fewer to see whether a client follows the links. */
  readonly pageSize?: number;
  readonly clock?: Clock;
  /** Puts the clock ahead, for `POST /_sandbox/clock`; without it there is no such call. */
  readonly leap?: ((ms: number) => void) | undefined;
  /** Faults from the start, in the format of `fault-notation.ts`. */
  readonly faults?: string;
  /** How long provisioning takes to see a new assignment; a `tenant` passed in has its own setting. */
  readonly replicationMs?: number;
  readonly tenant?: Tenant;
}

const prefix = '/v1.0';

/** What scripts and tests may change of the tenant; each says what is wrong with a body. */
const changes: ReadonlyMap<string, (tenant: Tenant, body: unknown) => string | null> = new Map([
  ['/_sandbox/jobs', changeJob],
  ['/_sandbox/guesses', changeGuesses],
  ['/_sandbox/permissions', changePermissions],
  ['/_sandbox/registrations', changeRegistration],
]);

/** Starts the server; rejects when the port is taken. */
export async function startSandboxGraph({
  port,
  host = '127.0.0.1',
  latencyMs,
  seed = 0x5eed,
  limit = 5,
  windowMs = 10_000,
  pageSize = 100,
  faults: script = '',
  clock = systemClock,
  leap,
  replicationMs = 0,
  tenant = createTenant({ clock, replicationMs }),
}: SandboxGraphOptions): Promise<SandboxGraph> {
  const arrivals = createArrivals({ limit, windowMs, now: () => clock.monotonic() });
  const faults = createFaults();
  const scriptFaults = (text: string): void => {
    for (const { where, fault } of readFaults(text)) faults.script(where, fault);
  };
  scriptFaults(script);
  const nextLatency = createLatency(latencyMs, seed);
  const closing = new AbortController();
  const requests: LoggedRequest[] = [];
  let calls = 0;
  let throttled = 0;

  const stats = (): SandboxStats => ({ calls, throttled, arrivals: arrivals.all() });
  const reset = (): void => {
    calls = 0;
    throttled = 0;
    requests.length = 0;
    arrivals.reset();
    faults.reset();
    tenant.reset();
  };

  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const at = clock.monotonic();
    const trace = traceOf(incoming, clock.now());
    const method = incoming.method ?? 'GET';
    const url = new URL(incoming.url ?? '/', 'http://sandbox');
    if (url.pathname.startsWith('/_sandbox/'))
      return send(outgoing, await control(method, url.pathname, incoming), trace);
    if (!url.pathname.startsWith(`${prefix}/`)) return send(outgoing, noSuchSegment(url.pathname), trace);

    const path = url.pathname.slice(prefix.length);
    const segments = decodedSegments(path);
    const onDemand = segments !== null && isOnDemand(method, segments);
    const waitMs = onDemand ? arrivals.admit() : 0;
    const read = await readBody(incoming);
    if (read.kind === 'gone') return;
    const parsed = read.kind === 'read' ? parseJson(read.text) : { ok: false as const };
    requests.push({
      method,
      path,
      query: url.search === '' ? '' : queryText(url.searchParams),
      clientRequestId: incoming.headers['client-request-id']?.toString() ?? null,
      hasToken: incoming.headers.authorization !== undefined,
      at,
      ...(parsed.ok && parsed.value !== undefined ? { body: parsed.value } : {}),
    });

    if (waitMs > 0) {
      throttled += 1;
      return send(outgoing, tooManyRequests({ 'Retry-After': String(Math.ceil(waitMs / 1000)) }), trace);
    }
    const work = (): SandboxResponse => {
      if (read.kind === 'tooLarge') return tooLarge;
      if (segments === null) return badRequest('The URL is not properly encoded.');
      if (!parsed.ok) return unreadableBody;
      return answer(tenant, { ...request(incoming, method, segments, url.searchParams), body: parsed.value, pageSize });
    };
    // A fault that the call itself requests; other calls never get it.
    const own = readFault(incoming.headers['x-sandbox-fault']?.toString() ?? '');
    const fault = own ?? faults.take(path, read.kind === 'read' ? read.text : '');
    if (fault !== undefined && fault.kind !== 'slow') {
      const done = fault.workDone ? work() : undefined;
      if (onDemand && fault.kind === 'status' && fault.status === 429) throttled += 1;
      else if (onDemand && fault.kind !== 'reset' && fault.kind !== 'silence') calls += 1;
      return strike(fault, outgoing, () => done ?? work(), trace);
    }
    const delayMs = (onDemand ? nextLatency() : 0) + (fault?.kind === 'slow' ? fault.ms : 0);
    if (delayMs > 0) await clock.sleep(delayMs, closing.signal);
    if (closing.signal.aborted) return;
    if (onDemand) calls += 1;
    send(outgoing, work(), trace);
  };

  const control = async (method: string, path: string, incoming: IncomingMessage): Promise<SandboxResponse> => {
    if (path === '/_sandbox/faults' && method === 'POST') {
      const read = await readBody(incoming);
      try {
        scriptFaults(read.kind === 'read' ? read.text : '');
      } catch (error) {
        return badRequest(error instanceof Error ? error.message : String(error));
      }
      return { status: 204, body: undefined };
    }
    const change = method === 'POST' ? changes.get(path) : undefined;
    if (change !== undefined) {
      const read = await readBody(incoming);
      const parsed = parseJson(read.kind === 'read' ? read.text : '');
      const problem = change(tenant, parsed.ok ? parsed.value : undefined);
      return problem === null ? { status: 204, body: undefined } : badRequest(problem);
    }
    if (path === '/_sandbox/clock' && method === 'POST' && leap !== undefined) {
      const read = await readBody(incoming);
      const parsed = parseJson(read.kind === 'read' ? read.text : '');
      const { ahead = '' } = parsed.ok ? ((parsed.value ?? {}) as { readonly ahead?: unknown }) : {};
      const ms = readLeap(String(ahead));
      if (ms === null) return badRequest('Say how far, such as {"ahead":"8h"}.');
      leap(ms);
      return { status: 204, body: undefined };
    }
    if (path === '/_sandbox/stats' && method === 'GET') return { status: 200, body: stats() };
    if (path !== '/_sandbox/reset' || method !== 'POST') return noSuchSegment(path);
    reset();
    return { status: 204, body: undefined };
  };

  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch((error: unknown) => broken(outgoing, error, traceOf(incoming, clock.now())));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}${prefix}`,
    port: actualPort,
    tenant,
    requests,
    stats,
    failNext: (where, fault) => faults.script(where, fault),
    reset,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function request(
  incoming: IncomingMessage,
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
): Omit<SandboxRequest, 'body' | 'pageSize'> {
  return {
    method,
    segments,
    query,
    eventual: incoming.headers.consistencylevel?.toString().toLowerCase() === 'eventual',
    // The host that the client used, and not the bound one: a page's links must lead back to the same address.
    baseUrl: `http://${incoming.headers.host ?? 'localhost'}${prefix}`,
  };
}

const unreadableBody = badRequest(
  'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
);
const tooLarge = refusal(413, 'RequestEntityTooLarge', `The request body is larger than ${maxBodyBytes} bytes.`);

type ParsedBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

function parseJson(text: string): ParsedBody {
  if (text === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function queryText(query: URLSearchParams): string {
  return [...query].map(([name, value]) => `${name}=${value}`).join('&');
}

// An error in the sandbox itself must not look like Graph's.
function broken(outgoing: ServerResponse, error: unknown, trace: TraceOfCall): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  send(outgoing, refusal(500, 'SandboxBroken', error instanceof Error ? (error.stack ?? error.message) : ''), trace);
}
