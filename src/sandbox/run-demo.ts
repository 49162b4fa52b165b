import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { type Config, describeProblems, readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { startUsher } from '../main.ts';
import { forTerminal } from '../masking/hidden.ts';
import { loopback, sandboxEnvironment } from './environment.ts';
import { type SandboxGraph, startSandboxGraph } from './graph/server.ts';
import { startPlaygrounds } from './playground.ts';
import { sayOnce } from './say.ts';
import { createTenant } from './tenant/tenant.ts';

/**
 * Usher against the sandbox tenant, without any configuration. `demo.ts` starts it.
 */
export interface DemoOptions {
  readonly headless?: boolean | undefined;
  readonly say?: string | undefined;
  readonly as?: string | undefined;
}

const playgroundPort = 56150;
const sandboxPort = 3979;
/** One person can play both sides of an approval, in two tabs. */
const playgrounds = [
  {
    name: 'Alex Wilber',
    peopleFile: '.m365agentsplayground.yml',
    tries: ['provision user adele@contoso.com to Salesforce', 'pending'],
  },
  {
    name: 'Megan Bowen',
    peopleFile: '.m365agentsplayground.megan.yml',
    tries: ['request access for diego to ServiceNow because he joins Support'],
  },
];

/** @returns the exit code of the process */
export async function runDemo(values: DemoOptions): Promise<number> {
  // The reader of the output may close it (`| head`); that is not an error.
  process.stdout.on('error', () => process.exit(0));
  const latency = process.env.SANDBOX_LATENCY_MS;
  const isOneLine = values.say !== undefined;
  const sandbox = await startSandboxGraph({
    host: loopback,
    port: isOneLine ? 0 : portFrom('SANDBOX_PORT', sandboxPort),
    faults: process.env.SANDBOX_FAULTS ?? '',
    // A window shortened for a trial is shortened on both sides; the limit stays Graph's own.
    windowMs: Number(process.env.SANDBOX_WINDOW_MS ?? process.env.PROVISION_WINDOW_MS ?? 10_000),
    tenant: createTenant({
      seasonal: Number(process.env.SANDBOX_PEOPLE ?? 0),
      apps: Number(process.env.SANDBOX_APPS ?? 0),
      replicationMs: Number(process.env.SANDBOX_REPLICATION_MS ?? 20_000),
    }),
    ...(latency === undefined || latency === '' ? {} : { latencyMs: Number(latency) }),
  });
  const folder = mkdtempSync(join(tmpdir(), 'usher-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const config = demoConfig(sandbox, join(folder, 'usher.db'), isOneLine);
  const usher = await startUsher(config, { log: createLog(config.logLevel), clock: systemClock });
  const endpoint = `http://${loopback}:${usher.port}/api/messages`;

  const end = async () => {
    await usher.stop();
    await sandbox.close();
  };

  if (values.say !== undefined) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    const code = await sayOnce({ endpoint, line: values.say, as: values.as ?? 'alex', settled: usher.settled, write });
    await end();
    return code;
  }

  const seats = values.headless === true ? [] : playgrounds;
  const peopleFiles = seats.map(({ peopleFile }) => peopleFile);
  const open = await startPlaygrounds({ endpoint, firstPort: playgroundPort, peopleFiles });
  write(`\nUsher is ready.\n`);
  for (const [index, { name, tries }] of seats.entries()) {
    write(`\n  ${`Chat as ${name}:`.padEnd(23)}${open[index]?.address}\n`);
    for (const line of tries) write(`  Try:                   ${line}\n`);
  }
  if (seats.length > 0)
    write('\n  Open both: what Megan asks for arrives in the chat of Alex, who approves it there.\n');
  write(`\n  Bot:                   ${endpoint}\n  Sandbox Graph:         ${sandbox.url}\n`);
  write(`\nEverything here is make-believe; nothing leaves this machine. Ctrl+C ends it.\n\n`);

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  write('Ending …\n');
  await Promise.all(open.map((playground) => playground.stop()));
  await end();
  return 0;
}

/** The configuration of a real bot, pointed at this machine, with a database of its own that ends with the demo. */
function demoConfig(sandbox: SandboxGraph, databasePath: string, isOneLine: boolean): Config {
  const read = readConfig({
    LOG_LEVEL: isOneLine ? 'silent' : 'warn',
    DATABASE_URL: `file:${databasePath}`,
    ...process.env,
    ...(isOneLine ? { PORT: '0' } : {}),
    ...sandboxEnvironment(sandbox.url),
  });
  if (!read.ok) throw new Error(describeProblems(read.problems));
  return read.config;
}

function write(text: string): void {
  process.stdout.write(forTerminal(text));
}

function portFrom(variable: string, fallback: number): number {
  const port = Number(process.env[variable] ?? fallback);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${variable} is not a port: 0 to 65535`);
  return port;
}

/** What kept the demo from starting, for a terminal. */
export function explainDemo(error: unknown): string {
  return forTerminal(`The demo cannot start: ${reasonOf(error)}\n`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error.message;
  return `a port is taken (${error.message}).\nIs another demo running? End it, or choose other ports with PORT and SANDBOX_PORT`;
}
