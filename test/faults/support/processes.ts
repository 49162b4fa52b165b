import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** A process compiles for seconds on a machine that is busy. */
const readyWithinMs = 60_000;

export interface Started {
  readonly child: ChildProcess;
  /** What the process printed when it was ready: the first group of the pattern. */
  readonly told: string;
}

export interface ProcessOptions {
  /** Below the project's root. */
  readonly file: string;
  readonly flags?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What the process prints on its standard output when it is ready. */
  readonly ready: RegExp;
  readonly heard?: (text: string) => void;
}

/**
 * Starts a process that lives no longer than this one: its standard input ends with us, however we end. It joins
 * `children` at once, so that the cleanup finds it even where it never gets ready.
 */
export async function startProcess(
  { file, flags = [], environment, ready, heard }: ProcessOptions,
  children: Set<ChildProcess>,
): Promise<Started> {
  const child = spawn(process.execPath, [...flags, file], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const told = await new Promise<string>((resolve, reject) => {
    let seen: string | null = '';
    const timer = setTimeout(() => reject(new Error(`${file} was not ready in time: ${seen}`)), readyWithinMs);
    child.stdout?.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      heard?.(text);
      if (seen === null) return;
      seen += text;
      const found = ready.exec(seen);
      if (found === null) return;
      seen = null;
      clearTimeout(timer);
      resolve(found[1] ?? '');
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`${file} ended with ${code ?? signal}: ${seen ?? ''}`));
    });
  });
  return { child, told };
}

/** SIGKILL ends a process that is paused as well. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
