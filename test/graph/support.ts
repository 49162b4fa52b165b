import { createServer, type RequestListener } from 'node:http';
import { createGraphClient, type GraphClient, type GraphClientParts } from '../../src/graph/client.ts';
import { createLog, type Log } from '../../src/log.ts';
import { type SandboxGraph, type SandboxGraphOptions, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';

/** A clock on which sleeping takes no time at all but moves the clock, and which remembers each sleep. */
export function sleepwalkingClock(): TestClock & { readonly slept: readonly number[] } {
  const clock = createTestClock();
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    await clock.advance(ms);
  };
  return { ...clock, sleep, slept };
}

/** A log at its most verbose level, and its lines. */
export function captureLog(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { log: createLog('trace', { write: (line) => void lines.push(line) }), lines };
}

export interface Bench {
  readonly sandbox: SandboxGraph;
  readonly graph: GraphClient;
  readonly clock: ReturnType<typeof sleepwalkingClock>;
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** A client that talks to a sandbox of its own. */
export async function startBench(
  parts: Partial<GraphClientParts> = {},
  sandboxOptions: Partial<SandboxGraphOptions> = {},
): Promise<Bench> {
  const sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, ...sandboxOptions });
  const clock = sleepwalkingClock();
  const { log, lines } = captureLog();
  const graph = createGraphClient({ baseUrl: sandbox.url, token: async () => null, clock, log, ...parts });
  return {
    sandbox,
    graph,
    clock,
    lines,
    async close() {
      await graph.close();
      await sandbox.close();
    },
  };
}

/** A client for a server of the test's own. */
export function clientFor(baseUrl: string): GraphClient {
  return createGraphClient({ baseUrl, token: async () => null, clock: sleepwalkingClock(), log: captureLog().log });
}

/** A server that answers as a test likes, for what no sandbox would do. */
export async function startHttp(listener: RequestListener): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1.0`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
