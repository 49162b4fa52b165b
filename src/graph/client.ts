import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import { type Answered, exchangeOver, headerOf } from '../http-exchange.ts';
import type { Log } from '../log.ts';
import { addressOf, endpointName } from './address.ts';
import { type GraphAnswer, type GraphMethod, refusesToken, type Trace } from './answer.ts';
import { acceptedEncodings, largestAnswerBytes, unpackedText } from './body.ts';
import { readODataError, retryAfterMs } from './odata.ts';
import { version } from './version.ts';

/**
 * The one HTTP client for Graph: a pool of kept-alive connections, a time limit on every step, a bound on the size of
 * answers, no redirects. It sends each call with a fresh `client-request-id` and keeps Graph's `request-id`, which is
 * what Microsoft's support asks for. What comes back is a value; nothing here throws for what the network may do.
 */
export interface GraphClient {
  /** One exchange, sent once. */
  send(call: GraphCall): Promise<GraphAnswer>;
  /**
   * The same, repeated while Graph is throttled or away: 429, 500, 502, 503, 504, and connections that were lost or
   * never came about, at most three times, as `Retry-After` asks or else after 0.5, 1 and 2 s. Where Graph asks for
   * more patience than a person in a chat has, its answer is handed on at once. A token that Graph does not take is
   * replaced once. Only for calls that change nothing.
   * https://learn.microsoft.com/graph/throttling
   */
  read(call: GraphCall): Promise<GraphAnswer>;
  close(): Promise<void>;
}

export interface GraphCall {
  readonly method?: GraphMethod;
  /** Below the version, beginning with a slash, segments encoded by `graphPath`; or a whole `@odata.nextLink`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Advanced queries (`$search`, `$count`) need `ConsistencyLevel: eventual`. */
  readonly eventual?: boolean;
  /** What `Prefer` asks for, e.g. `include-unknown-enum-members`; several stand in one header. */
  readonly prefer?: readonly string[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called at the moment in which the call goes onto the wire: token and connection are there by then. */
  readonly onSend?: () => void;
}

/** One exchange as a metric may show it: without the person whom it was about. */
export interface ObservedCall {
  /** The path with its ids taken out, e.g. `/users/{id}/manager`. */
  readonly endpoint: string;
  readonly method: GraphMethod;
  /** `none` where no answer came. */
  readonly status: number | 'none';
  /** From the call to its answer, getting a token included. */
  readonly seconds: number;
}

export interface GraphClientParts {
  /** Ends in `/v1.0`. */
  readonly baseUrl: string;
  /** Graph's own host in the configured cloud, where `baseUrl` may be a proxy's: its next links name that host. */
  readonly graphRoot?: string;
  /**
   * Gives the bearer token, or null where Graph wants none. The signal aborts when no caller waits any more. `rejected`
   * is the token that Graph has rejected: another one is wanted, if there is any.
   */
  readonly token: (signal: AbortSignal, rejected?: string) => Promise<string | null>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called for every exchange, retries included; it must not throw. */
  readonly observe?: (call: ObservedCall) => void;
  /** The tokens are those of a person who has signed in: what Graph refuses then, it refuses that person. */
  readonly onBehalf?: true;
}

/** The connections to Graph, for clients that call it with different permissions. */
export interface GraphPool {
  /** Its `close` leaves the pool open. */
  clientFor(rights: Pick<GraphClientParts, 'token' | 'onBehalf'>): GraphClient;
  close(): Promise<void>;
}

const userAgent = `Usher/${version}`;
const connectionOptions = { connect: { timeout: 5_000 }, maxResponseSize: largestAnswerBytes };
const defaultTimeoutMs = 10_000;
const readRetries = 3;
const longestRetryWaitMs = 10_000;

export function createGraphClient(parts: GraphClientParts): GraphClient {
  const pool = createGraphPool(parts);
  return { ...pool.clientFor(parts), close: pool.close };
}

export function createGraphPool(parts: Omit<GraphClientParts, 'token' | 'onBehalf'>): GraphPool {
  const agent = new Agent({ ...connectionOptions, connections: 32, keepAliveTimeout: 60_000 });
  return {
    clientFor: ({ token, onBehalf }) =>
      createClient({ ...parts, token, ...(onBehalf === undefined ? {} : { onBehalf }) }, agent),
    close: () => agent.destroy(),
  };
}

function createClient(parts: GraphClientParts, pool: Dispatcher): GraphClient {
  const { baseUrl, token, clock, log } = parts;
  const byWhom = parts.onBehalf === true ? { onBehalf: true as const } : {};
  /** The latest token that Graph rejected. */
  let rejected: string | undefined;

  async function send(call: GraphCall, freshConnection = false): Promise<GraphAnswer> {
    const clientRequestId = randomUUID();
    const started = clock.monotonic();
    const { deadline, lift } = setDeadline(call.timeoutMs ?? defaultTimeoutMs);
    const answer = await exchange(call, clientRequestId, deadline, freshConnection).finally(lift);
    const ms = clock.monotonic() - started;
    const method = call.method ?? 'GET';
    const endpoint = endpointName(call.path);
    const status = 'status' in answer ? answer.status : undefined;
    parts.observe?.({ endpoint, method, status: status || 'none', seconds: ms / 1_000 });
    const isRefused = answer.kind === 'refused';
    log[isRefused ? 'info' : 'debug'](
      {
        method,
        endpoint,
        answer: answer.kind,
        status,
        code: isRefused ? answer.code : undefined,
        retryAfterMs: isRefused ? (answer.retryAfterMs ?? undefined) : undefined,
        ms: Math.round(ms),
        clientRequestId,
        requestId: answer.trace.requestId,
      },
      isRefused ? 'Graph refused' : 'Graph answered',
    );
    return answer;
  }

  async function exchange(
    call: GraphCall,
    clientRequestId: string,
    deadline: AbortSignal,
    freshConnection: boolean,
  ): Promise<GraphAnswer> {
    const method = call.method ?? 'GET';
    const which = { clientRequestId, endpoint: endpointName(call.path), method };
    const unanswered: Trace = { ...which, requestId: null, date: null };
    const url = addressOf(baseUrl, parts.graphRoot, call);
    if (url === null) return { kind: 'unreadable', status: 0, trace: unanswered };
    const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
    let bearer: string | null;
    try {
      bearer = await orAborted(token(signal, rejected), signal);
    } catch (error) {
      if (call.signal?.aborted === true) return { kind: 'noAnswer', why: 'stopped', unsent: true, trace: unanswered };
      if (parts.onBehalf === true) log.warn({ code: 'sign_in_gone' }, 'a sign-in ended while it was in use');
      else log.error({ error, code: 'no_graph_token' }, 'no token for Graph; check the AZURE_* settings');
      const code = loginCode(error);
      const told = code === null ? {} : { code };
      return { kind: 'noAnswer', why: 'noCredential', unsent: true, ...told, ...byWhom, trace: unanswered };
    }
    // After a 503 or 504 Microsoft asks for a new connection, as the old one leads to the same tired front end.
    const fresh = freshConnection ? new Agent(connectionOptions) : null;
    let trace = unanswered;
    let isSent = false;
    const onSend = () => {
      isSent = true;
      call.onSend?.();
    };
    try {
      const answered = await exchangeOver(fresh ?? pool, url, {
        method,
        headers: {
          accept: 'application/json',
          'accept-encoding': acceptedEncodings,
          'user-agent': userAgent,
          'client-request-id': clientRequestId,
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(call.eventual === true ? { consistencylevel: 'eventual' } : {}),
          ...(call.prefer === undefined || call.prefer.length === 0 ? {} : { prefer: call.prefer.join(', ') }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal,
        onSend,
        onHeaders(headers) {
          trace = { ...which, requestId: headerOf(headers, 'request-id'), date: headerOf(headers, 'date') };
        },
      });
      const answer = await readAnswer(answered, trace, clock);
      if (answer.kind !== 'refused') return answer;
      if (bearer !== null && refusesToken(answer)) rejected = bearer;
      return { ...answer, ...byWhom };
    } catch (error) {
      const unsent = isSent ? {} : { unsent: true as const };
      if (call.signal?.aborted === true) return { kind: 'noAnswer', why: 'stopped', ...unsent, trace };
      if (deadline.aborted && isSent) return { kind: 'noAnswer', why: 'timeout', trace };
      log.warn({ error, clientRequestId, endpoint: which.endpoint }, 'no answer from Graph');
      const code = codeOf(error);
      return {
        kind: 'noAnswer',
        why: isSent ? 'connectionLost' : 'unreachable',
        ...unsent,
        ...(code === null ? {} : { code }),
        trace,
      };
    } finally {
      void fresh?.destroy();
    }
  }

  return {
    send: (call) => send(call),
    async read(call) {
      let tokensRefused = 0;
      for (let retry = 0; ; retry += 1) {
        const answer = await send(call, retry > 0);
        if (answer.kind === 'refused' && refusesToken(answer) && tokensRefused === 0 && rejected !== undefined) {
          tokensRefused += 1;
          retry -= 1;
          continue;
        }
        if (!worthRepeating(answer) || retry === readRetries || call.signal?.aborted === true) return answer;
        const waitMs = waitBefore(answer, retry);
        // Retrying sooner than Graph asks only lengthens the wait for all callers.
        if (waitMs > longestRetryWaitMs) return answer;
        await clock.sleep(waitMs, call.signal);
      }
    },
    close: () => Promise.resolve(),
  };
}

function worthRepeating(answer: GraphAnswer): boolean {
  if (answer.kind === 'refused') return [429, 500, 502, 503, 504].includes(answer.status);
  return answer.kind === 'noAnswer' && (answer.why === 'connectionLost' || answer.why === 'unreachable');
}

function waitBefore(answer: GraphAnswer, retry: number): number {
  const asked = answer.kind === 'refused' ? answer.retryAfterMs : null;
  return asked ?? 500 * 2 ** retry;
}

async function readAnswer(
  { status, headers, body: bytes }: Answered,
  trace: Trace,
  clock: Clock,
): Promise<GraphAnswer> {
  // Unreadable where it is larger than anything Graph has to say.
  const text = bytes === null ? '' : await unpackedText(bytes, headerOf(headers, 'content-encoding'));
  const body = parseJson(text);
  if (status >= 400) {
    const { code, message } = readODataError(body);
    return {
      kind: 'refused',
      status,
      code,
      message,
      retryAfterMs: retryAfterMs(headerOf(headers, 'retry-after'), clock),
      trace,
    };
  }
  // A redirect would carry the token elsewhere, and Graph sends none.
  if (status >= 300 || (body === undefined && status !== 204)) return { kind: 'unreadable', status, trace };
  return { kind: 'ok', status, body: body ?? null, trace };
}

/** `AbortSignal.timeout` would abort some time after each call that has long been answered. */
function setDeadline(ms: number): { readonly deadline: AbortSignal; readonly lift: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('no answer in time', 'TimeoutError')), ms);
  return { deadline: controller.signal, lift: () => clearTimeout(timer) };
}

/** Rejects as soon as the signal aborts: a credential that hangs must not hold up its caller. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's error code of a connection that was not made, or was lost. */
function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,59}$/.test(code) ? code : null;
}

/** Why no token could be obtained: Entra's own code where Entra refused, else the system's. */
function loginCode(error: unknown): string | null {
  const said = error instanceof Error ? error.message : '';
  if (error instanceof Error && error.name === 'TimeoutError') return 'ETIMEDOUT';
  const entras = /\bAADSTS\d{4,8}\b/.exec(said)?.[0];
  // The login library has error codes of its own for everything that keeps it from reaching the login.
  return entras ?? (/\b(?:network_error|endpoints_resolution_error)\b/.test(said) ? 'NETWORK_ERROR' : codeOf(error));
}
