import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A bot as a process of its own, started with the flags that `npm start` gives to Usher. */
export interface Program {
  readonly port: number;
  readonly pid: number;
  /** What Teams would post to. */
  readonly endpoint: string;
  /** From the start of the process to its first good answer. */
  readonly readyAfterMs: number;
  /** Resident memory in bytes, now. */
  memory(): number;
  stop(): Promise<void>;
}

interface ProgramOptions {
  /** Below the project's root. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A path that the bot answers with 200 as soon as it would take a message. */
  readonly readyPath: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readyWithinMs = 120_000;
const readyPollMs = 5;
const stopWithinMs = 8_000;

/** Resolves when the bot is ready. @throws with its output when it never is. */
export async function startProgram({ file, environment, readyPath }: ProgramOptions): Promise<Program> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...startFlags(), file], {
    cwd: root,
    // Not this process's own environment, where a developer may have settings of a real bot.
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  tieToThisProcess(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-2_000);
  });
  while (!(await answers(`http://127.0.0.1:${port}${readyPath}`))) {
    if (child.exitCode !== null || performance.now() - startedAt > readyWithinMs) {
      child.kill('SIGKILL');
      throw new Error(`${file} did not get ready:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, readyPollMs));
  }
  const readyAfterMs = performance.now() - startedAt;
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    endpoint: `http://127.0.0.1:${port}/api/messages`,
    readyAfterMs,
    memory: () => residentBytes(pid),
    stop: () => end(child),
  };
}

/** All but the one that would read the settings of a real bot. */
function startFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: { start: string } };
  return scripts.start
    .split(' ')
    .slice(1, -1)
    .filter((flag) => !flag.startsWith('--env-file'));
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

const tied = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of tied) child.kill('SIGKILL');
});

/** The bot does not outlive this process, however this one ends. */
export function tieToThisProcess(child: ChildProcess): void {
  tied.add(child);
  child.once('exit', () => tied.delete(child));
}

/** SIGTERM, and SIGKILL for a process that does not heed it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await gone;
  clearTimeout(impatience);
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port');
  return address.port;
}

function residentBytes(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return Number.NaN;
  const [, kilobytes = 'NaN'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
