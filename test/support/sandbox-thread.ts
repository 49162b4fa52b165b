import { Worker } from 'node:worker_threads';
import type { SandboxStats } from '../../src/sandbox/graph/server.ts';

/**
 * The sandbox Graph in a thread of its own. A bot that is busy in the test's thread blocks everything there, and a
 * sandbox beside it would date calls late that came in time, and answer 429 to them. A test that asserts on the real
 * clock that no call was throttled therefore uses this one.
 */
export interface SandboxThread {
  /** For `graphUrl` of `startTestUsher`; ends in `/v1.0`. */
  readonly url: string;
  stats(): Promise<SandboxStats>;
  /** Ends the thread, and with it all connections. */
  close(): Promise<void>;
}

export interface SandboxThreadOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** How long each on-demand call takes; none when it is left out. */
  readonly latencyMs?: number;
  /** How many of the seasonal people the tenant has. */
  readonly seasonal?: number;
}

export async function startSandboxThread(options: SandboxThreadOptions): Promise<SandboxThread> {
  const { limit, windowMs, latencyMs = 0, seasonal = 0 } = options;
  const worker = new Worker(new URL('./sandbox-thread-entry.ts', import.meta.url), {
    workerData: { limit, windowMs, latencyMs, seasonal } satisfies SandboxThreadOptions,
    // Jest's own options are not for a thread that Node loads by itself.
    execArgv: [],
  });
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('message', (address: string) => resolve(address));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the sandbox's thread ended with code ${code}`)));
  });
  // A test that fails before it closes the thread does not keep the run from ending.
  worker.unref();
  return {
    url,
    async stats() {
      const answer = await fetch(new URL('/_sandbox/stats', url));
      return (await answer.json()) as SandboxStats;
    },
    async close() {
      await worker.terminate();
    },
  };
}
