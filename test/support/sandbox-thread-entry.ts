import { parentPort, workerData } from 'node:worker_threads';
import { startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import type { SandboxThreadOptions } from './sandbox-thread.ts';

/** What runs inside the thread of `startSandboxThread`: the sandbox Graph, which tells its address once it listens. */
const { seasonal = 0, latencyMs = 0, limit, windowMs } = workerData as SandboxThreadOptions;
const { url } = await startSandboxGraph({ port: 0, latencyMs, limit, windowMs, tenant: createTenant({ seasonal }) });
parentPort?.postMessage(url);
