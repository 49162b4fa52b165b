import { Client } from '@microsoft/microsoft-graph-client';
import Bottleneck from 'bottleneck';
import PQueue from 'p-queue';
import pThrottle from 'p-throttle';
import { request } from 'undici';
import { createBullmq } from './bullmq.ts';

/**
 * The npm packages that a developer would choose to keep the limit, each set up as its own documentation says for "so
 * many calls in a window". None but BullMQ and the Graph client knows of 429; with the others a refused call waits as
 * `Retry-After` asks and queues at the limiter again, as careful users write around them.
 */
export type LibraryName =
  | 'p-queue'
  | 'p-throttle'
  | 'bottleneckReservoir'
  | 'bottleneckMinTime'
  | 'bullmqPostgres'
  | 'bullmqRedis'
  | 'graphClient';

export interface LibraryOptions {
  readonly library: LibraryName;
  /** Ends in `/v1.0`. */
  readonly url: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Of PostgreSQL or Redis, for BullMQ. */
  readonly storeUrl: string;
}

export interface Limiter {
  /** Resolves when the server has admitted and answered the call; rejects when the library gives up. */
  provision(subject: string, isSingle: boolean): Promise<void>;
  close(): Promise<void>;
}

export type Exchanged = { readonly kind: 'done' } | { readonly kind: 'throttled'; readonly retryAfterMs: number };
/** Puts a call behind the limiter. */
type Schedule = (call: () => Promise<Exchanged>, isSingle: boolean) => Promise<Exchanged>;

const onDemandPath = '/servicePrincipals/app/synchronization/jobs/job/provisionOnDemand';

export function createLimiter(options: LibraryOptions): Promise<Limiter> {
  const { library, limit, windowMs } = options;
  switch (library) {
    case 'p-queue': {
      // https://github.com/sindresorhus/p-queue#strict
      const queue = new PQueue({ intervalCap: limit, interval: windowMs, strict: true });
      return ready(options, (call, isSingle) => queue.add(call, { priority: isSingle ? 1 : 0 }));
    }
    case 'p-throttle': {
      // https://github.com/sindresorhus/p-throttle#strict
      const throttled = pThrottle({ limit, interval: windowMs, strict: true })((call: () => Promise<Exchanged>) =>
        call(),
      );
      return ready(options, (call) => throttled(call));
    }
    case 'bottleneckReservoir': {
      // Reservoir Intervals, with `minTime` and `maxConcurrent` beside them "for safety", in the README's proportions.
      const limiter = new Bottleneck({
        reservoir: limit,
        reservoirRefreshAmount: limit,
        reservoirRefreshInterval: windowMs,
        maxConcurrent: limit,
        minTime: windowMs / limit / 2,
      });
      return ready(options, scheduleBy(limiter), () => limiter.disconnect());
    }
    case 'bottleneckMinTime': {
      const limiter = new Bottleneck({ maxConcurrent: limit, minTime: windowMs / limit });
      return ready(options, scheduleBy(limiter), () => limiter.disconnect());
    }
    case 'bullmqPostgres':
    case 'bullmqRedis':
      return createBullmq(options, (subject) => exchange(options.url, subject));
    case 'graphClient':
      return createGraphClient(options);
    default: {
      const never: never = library;
      throw new Error(`no library ${String(never)}`);
    }
  }
}

function scheduleBy(limiter: Bottleneck): Schedule {
  // 5 is its default priority, 0 its highest.
  return (call, isSingle) => limiter.schedule({ priority: isSingle ? 0 : 5 }, call);
}

async function ready(options: LibraryOptions, schedule: Schedule, close?: () => Promise<void>): Promise<Limiter> {
  return {
    async provision(subject, isSingle) {
      for (;;) {
        const exchanged = await schedule(() => exchange(options.url, subject), isSingle);
        if (exchanged.kind === 'done') return;
        await new Promise((resolve) => setTimeout(resolve, exchanged.retryAfterMs));
      }
    },
    close: async () => close?.(),
  };
}

/** All calls at once, and its own three retries, which honor `Retry-After`: what comes with Microsoft's client. */
async function createGraphClient({ url }: LibraryOptions): Promise<Limiter> {
  const client = Client.init({
    baseUrl: url.replace(/\/v1\.0$/, ''),
    defaultVersion: 'v1.0',
    customHosts: new Set(['127.0.0.1']),
    authProvider: (done) => done(null, 'token'),
  });
  return {
    async provision(subject) {
      await client.api(onDemandPath).post(bodyFor(subject));
    },
    close: async () => undefined,
  };
}

async function exchange(url: string, subject: string): Promise<Exchanged> {
  const { statusCode, headers, body } = await request(`${url}${onDemandPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyFor(subject)),
  });
  await body.dump();
  if (statusCode === 200) return { kind: 'done' };
  if (statusCode !== 429) throw new Error(`unexpected status ${statusCode}`);
  return { kind: 'throttled', retryAfterMs: Number(headers['retry-after']) * 1_000 };
}

function bodyFor(subject: string): unknown {
  return { parameters: [{ ruleId: 'rule', subjects: [{ objectId: subject, objectTypeName: 'User' }] }] };
}
