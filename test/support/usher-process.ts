import { describeProblems, readConfig } from '../../src/config.ts';
import { startUsher } from '../../src/main.ts';

/**
 * What `src/main.ts` starts, as a process to be killed. It does not keep a card still for two seconds between edits,
 * so that a test need not either.
 */
const read = readConfig();
if (!read.ok) throw new Error(describeProblems(read.problems));
await startUsher(read.config, { editEveryMs: 20 });
