import { once } from 'node:events';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../../src/clock.ts';
import { describeProblems, readConfig } from '../../../src/config.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { auditFile } from '../../../src/features/checks/history/audit-file.ts';
import { startUsher } from '../../../src/main.ts';

/**
 * Usher with a watch on its event loop, as a process of its own. Beside Usher's port, at `WATCH_PORT`:
 *
 *     /reset    forgets the measurements so far
 *     /seen     the longest block of the event loop, how much of such a block the answering thread was at work, the
 *               processor's time of all threads, and the most memory
 *     /export   begins to write the whole audit log as an export does, and to discard it
 *     /exported the result; null as long as the export is being written
 */
export interface Seen {
  readonly longestHoldMs: number;
  /** The same, without the time in which other processes had the processor. */
  readonly longestWorkMs: number;
  readonly processorMs: number;
  readonly residentBytes: number;
}

export interface Exported {
  readonly sizeBytes: number;
  readonly sizeMs: number;
  readonly textMs: number;
}

const memoryEveryMs = 50;
const turnEveryMs = 5;
const read = readConfig();
if (!read.ok) throw new Error(describeProblems(read.problems));
const { config } = read;
const delay = monitorEventLoopDelay({ resolution: 5 });
let before = process.cpuUsage();
let residentBytes = 0;
let longestWorkMs = 0;
let workedMs = threadMs();
setInterval(() => {
  residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
}, memoryEveryMs);
setInterval(() => {
  const now = threadMs();
  longestWorkMs = Math.max(longestWorkMs, now - workedMs);
  workedMs = now;
}, turnEveryMs);

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function reset(): null {
  delay.reset();
  before = process.cpuUsage();
  longestWorkMs = 0;
  workedMs = threadMs();
  residentBytes = process.memoryUsage.rss();
  return null;
}

function seen(): Seen {
  const { user, system } = process.cpuUsage(before);
  return { longestHoldMs: delay.max / 1e6, longestWorkMs, processorMs: (user + system) / 1_000, residentBytes };
}

async function exported(): Promise<Exported> {
  const database = await openDatabase(config.database, systemClock);
  try {
    const startedAt = performance.now();
    const until = new Date().toISOString();
    const file = await auditFile(database, { about: null, since: null, until });
    const sizedAt = performance.now();
    let sizeBytes = 0;
    for await (const text of file.read()) sizeBytes += Buffer.byteLength(text);
    if (sizeBytes !== file.sizeBytes) throw new Error('the export has not the size that it was said to have');
    return { sizeBytes, sizeMs: sizedAt - startedAt, textMs: performance.now() - sizedAt };
  } finally {
    await database.close();
  }
}

let done: Exported | null = null;

async function begin(): Promise<null> {
  done = null;
  exported().then(
    (all) => {
      done = all;
    },
    (error: unknown) => {
      throw error;
    },
  );
  return null;
}

const answers: Readonly<Record<string, () => unknown>> = {
  '/reset': reset,
  '/seen': seen,
  '/export': begin,
  '/exported': () => done,
};
const server = createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await answers[request.url ?? '']?.()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
server.listen(Number(process.env.WATCH_PORT), '127.0.0.1');
await once(server, 'listening');
const usher = await startUsher(config);
delay.enable();
process.once('SIGTERM', async () => {
  await usher.stop();
  process.exit(0);
});
