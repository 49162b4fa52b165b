import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { startSandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';
import type { CountingOptions, Tally } from './counting-server.ts';

/**
 * What runs inside the thread of `startCountingServer`. An on-demand call first spends its time on the way, then
 * arrives and is counted by this thread's own clock, and is refused or, after the service's own time, answered as one
 * and the same call of Graph's. What else a bot asks of Graph goes on to the sandbox.
 *
 *     sliding   fewer than `limit` admitted in the `windowMs` before: admitted
 *     fixed     fewer than `limit` admitted since the last full multiple of `windowMs`: admitted
 */
const { rule, limit, windowMs, jitterMs, latencyMs } = workerData as CountingOptions;

const answer = readFileSync(
  new URL('../../fixtures/graph/01-docs-user-Skipped-RedundantExport.response.json', import.meta.url),
);
const refusal = JSON.stringify({ error: { code: 'TooManyRequests', message: 'Too many requests.' } });
const sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, tenant: createTenant({ seasonal: 500 }) });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

let admitted: number[] = [];
let tally = { begunAt: performance.now(), throttled: 0, starts: [] as { subject: string; atMs: number }[] };

const server = createServer((incoming, outgoing) => {
  const isOnDemand = incoming.method === 'POST' && (incoming.url ?? '').endsWith('/provisionOnDemand');
  const work = isOnDemand ? provision(incoming, outgoing) : Promise.resolve(forward(incoming, outgoing));
  work.catch(() => outgoing.destroy());
});

async function provision(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  await pause(Math.random() * jitterMs);
  const now = performance.now();
  const waitMs = admit(now);
  if (waitMs > 0) {
    tally.throttled += 1;
    outgoing.writeHead(429, { 'content-type': 'application/json', 'retry-after': String(Math.ceil(waitMs / 1_000)) });
    outgoing.end(refusal);
    return;
  }
  const [, subject = ''] = /"objectId"\s*:\s*"([^"]*)"/.exec(body) ?? [];
  tally.starts.push({ subject, atMs: performance.timeOrigin + now });
  await pause(latencyMs);
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.end(answer);
}

/** Zero when it is admitted, otherwise how many milliseconds to stay away. */
function admit(now: number): number {
  const since = rule === 'sliding' ? now - windowMs : Math.floor(now / windowMs) * windowMs;
  admitted = admitted.filter((at) => (rule === 'sliding' ? at > since : at >= since));
  const oldest = admitted[0];
  if (oldest !== undefined && admitted.length >= limit) return (rule === 'sliding' ? oldest : since) + windowMs - now;
  admitted.push(now);
  return 0;
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request({ port: sandbox.port, method, path: url, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  parentPort?.postMessage({ kind: 'ready', url: `http://127.0.0.1:${port}/v1.0` });
});

parentPort?.on('message', (asked: 'begin' | 'tell') => {
  if (asked === 'begin') {
    tally = { begunAt: performance.timeOrigin + performance.now(), throttled: 0, starts: [] };
    delay.reset();
  }
  const told: Tally = { ...tally, stalledMs: delay.max / 1e6 };
  parentPort?.postMessage({ kind: 'tally', tally: told });
});
