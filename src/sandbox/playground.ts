import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Microsoft 365 Agents Playground: a Teams-like chat in the browser, in its own process. */
export interface Playground {
  readonly address: string;
  stop(): Promise<void>;
}

export interface PlaygroundOptions {
  /** The bot's messages endpoint. */
  readonly endpoint: string;
  /** The first port to try; used ports are skipped. */
  readonly firstPort: number;
  /** The files, in this folder, with each Playground's people and its user. */
  readonly peopleFiles: readonly string[];
}

const loopbackOnly = new URL('./loopback-only.ts', import.meta.url).href;
const startTimeoutMs = 20_000;

/**
 * Starts a Playground for each file, in their order, and resolves when their pages answer. Opens no browser and sends
 * no telemetry.
 */
export async function startPlaygrounds(options: PlaygroundOptions): Promise<readonly Playground[]> {
  const { endpoint, firstPort, peopleFiles } = options;
  const seats: Seat[] = [];
  for (const peopleFile of peopleFiles) {
    const port = await freePort((seats.at(-1)?.port ?? firstPort - 1) + 1);
    seats.push({ endpoint, peopleFile, port });
  }
  return Promise.all(seats.map(startPlayground));
}

interface Seat {
  readonly endpoint: string;
  readonly peopleFile: string;
  readonly port: number;
}

async function startPlayground({ endpoint, peopleFile, port }: Seat): Promise<Playground> {
  const logFile = join(tmpdir(), `usher-playground-${port}.log`);
  const child = spawn(
    process.execPath,
    [
      '--import',
      loopbackOnly,
      playgroundEntry(),
      '-e',
      endpoint,
      '-c',
      'msteams',
      '-p',
      String(port),
      '--disable-telemetry',
    ],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        TEAMSAPPTESTER_BROWSER: 'none',
        BROWSER: 'none',
        M365_AGENTS_PLAYGROUND_LOGFILE: logFile,
        M365_AGENTS_PLAYGROUND_CONFIG_PATH: fileURLToPath(new URL(peopleFile, import.meta.url)),
      },
    },
  );
  // Also when another Playground fails to start and the demo ends at once.
  process.once('exit', () => child.kill('SIGTERM'));
  const address = `http://localhost:${port}`;
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(address))) {
    if (child.exitCode !== null)
      throw new Error(`the Playground ended at once (code ${child.exitCode}); is port ${port} taken?`);
    if (Date.now() > deadline) throw new Error('the Playground did not answer');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    address,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(logFile, { force: true });
    },
  };
}

/** The next free port. The Playground would silently use another one. */
async function freePort(first: number): Promise<number> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(first, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
  return free ? first : freePort(first + 1);
}

function playgroundEntry(): string {
  const manifest = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/package.json');
  return join(dirname(manifest), 'cli.js');
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false;
  }
}
