import { createPostgresBackend, Queue, Worker } from 'bullmq';
import type { Exchanged, LibraryOptions, Limiter } from './libraries.ts';

/**
 * BullMQ with its limiter, and with its manual rate limit where the server says 429:
 * https://docs.bullmq.io/guide/rate-limiting. Redis is what it was made for; PostgreSQL is its other backend.
 */
export async function createBullmq(
  { library, limit, windowMs, storeUrl }: LibraryOptions,
  exchange: (subject: string) => Promise<Exchanged>,
): Promise<Limiter> {
  const name = `bench-${process.pid}-${Math.random().toString(36).slice(2)}`;
  // As many calls as may be under way when each lasts longer than a window: the limiter is to be the limit.
  const options = { limiter: { max: limit, duration: windowMs }, concurrency: 10 * limit };
  const waiting = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const { queue, worker } = library === 'bullmqRedis' ? onRedis() : await onPostgres();
  worker.on('completed', (job: Job) => waiting.get(job.data)?.resolve());
  worker.on('failed', (job: Job | undefined, error: Error) => waiting.get(job?.data ?? '')?.reject(error));
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  return {
    provision: (subject, isSingle) =>
      new Promise((resolve, reject) => {
        waiting.set(subject, { resolve, reject });
        // 1 is the highest priority of those that have one.
        queue.add('provision', subject, { priority: isSingle ? 1 : 10 }).catch(reject);
      }),
    async close() {
      await worker.close(true);
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };

  function onRedis() {
    const connection = { url: storeUrl };
    const queue = new Queue(name, { connection });
    const pause = (ms: number) => queue.rateLimit(ms);
    return { queue, worker: new Worker(name, (job: Job) => work(job, pause), { ...options, connection }) };
  }

  async function onPostgres() {
    const connection = { connectionString: storeUrl, migrate: true };
    const queue = new Queue(name, { connection }, createPostgresBackend);
    await queue.waitUntilReady();
    const pause = (ms: number) => queue.rateLimit(ms);
    const each = (job: Job) => work(job, pause);
    return { queue, worker: new Worker(name, each, { ...options, connection }, createPostgresBackend) };
  }

  async function work({ data }: Job, pause: (ms: number) => Promise<void>): Promise<void> {
    const exchanged = await exchange(data);
    if (exchanged.kind === 'done') return;
    await pause(exchanged.retryAfterMs);
    throw Worker.RateLimitError();
  }
}

interface Job {
  readonly data: string;
}
