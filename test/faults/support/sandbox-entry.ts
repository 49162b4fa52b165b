import { startSandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';
import { faultsFor } from './graph-faults.ts';
import { gate, scale } from './scale.ts';

/**
 * The sandbox Graph as a process of its own, so that no other work delays the clock by which it dates what arrives. It
 * ends with its standard input, and so with its parent process.
 */
process.stdin.resume().on('end', () => process.exit(0));
const sandbox = await startSandboxGraph({
  port: 0,
  latencyMs: 0,
  limit: gate.limit,
  windowMs: gate.windowMs,
  tenant: createTenant({ seasonal: scale.people }),
});
for (const fault of faultsFor(Number(process.env.SEED))) sandbox.failNext(/provisionOnDemand$/, fault);
process.stdout.write(`${sandbox.url}\n`);
