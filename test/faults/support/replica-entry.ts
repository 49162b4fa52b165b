import { flushCompileCache } from 'node:module';
import { describeProblems, readConfig } from '../../../src/config.ts';
import { startUsher } from '../../../src/main.ts';

/**
 * Starts what `src/main.ts` starts, as a process that is killed, paused and cut off, with a lease short enough for a
 * test to outlast it. It ends with its standard input, and so with its parent process.
 */
process.stdin.resume().on('end', () => process.exit(0));
const read = readConfig();
if (!read.ok) throw new Error(describeProblems(read.problems));
await startUsher(read.config, { leaseMs: Number(process.env.LEASE_MS), editEveryMs: 500 });
// A killed replica writes no compile cache at its end, so it leaves the compiled modules to its successors now.
flushCompileCache();
