import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, describeProblems, readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { startUsher } from '../main.ts';
import { forTerminal } from '../masking/hidden.ts';
import { prepareDemo, withGitHubAssigned } from './demo-tenant.ts';
import { loopback, sandboxEnvironment } from './environment.ts';
import { type SandboxGraph, startSandboxGraph } from './graph/server.ts';
import { createLeapingClock } from './leaping-clock.ts';
import { startPlaygrounds } from './playground.ts';
import { tell } from './say.ts';
import { type GivenOption, readStory } from './story.ts';
import { createTenant } from './tenant/tenant.ts';

/**
 * Usher against the sandbox tenant, without any configuration. `demo.ts` starts it.
 */
export interface DemoOptions {
  readonly headless?: boolean | undefined;
  /** The other options, in the order of the command line. */
  readonly given: readonly GivenOption[];
}

const playgroundPort = 56150;
const sandboxPort = 3979;
/** One person can play both sides of an approval, in two tabs, and a manager who reads another language in a third. */
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
  {
    name: 'Chloé Marchand',
    peopleFile: '.m365agentsplayground.chloe.yml',
    // The Playground calls everyone's Teams English.
    tries: ['language français', 'demander l’accès pour elodie à ServiceNow car elle rejoint le support'],
  },
];

/** @returns the exit code of the process */
export async function runDemo({ headless, given }: DemoOptions): Promise<number> {
  // The reader of the output may close it (`| head`); that is not an error.
  process.stdout.on('error', () => process.exit(0));
  const latency = process.env.SANDBOX_LATENCY_MS;
  const steps = readStory(given);
  const isStory = steps.length > 0;
  const clock = createLeapingClock();
  const sandbox = await startSandboxGraph({
    host: loopback,
    port: isStory ? 0 : portFrom('SANDBOX_PORT', sandboxPort),
    faults: process.env.SANDBOX_FAULTS ?? '',
    // A window shortened for a trial is shortened on both sides; the limit stays Graph's own.
    windowMs: Number(process.env.SANDBOX_WINDOW_MS ?? process.env.PROVISION_WINDOW_MS ?? 10_000),
    clock,
    leap: clock.leap,
    tenant: createTenant({
      clock,
      seasonal: Number(process.env.SANDBOX_PEOPLE ?? 0),
      apps: Number(process.env.SANDBOX_APPS ?? 0),
      replicationMs: Number(process.env.SANDBOX_REPLICATION_MS ?? 20_000),
    }),
    ...(latency === undefined || latency === '' ? {} : { latencyMs: Number(latency) }),
  });
  prepareDemo(sandbox.tenant);
  const folder = mkdtempSync(join(tmpdir(), 'usher-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const config = demoConfig(sandbox, folder, isStory);
  const usher = await startUsher(config, { log: createLog(config.logLevel), clock });
  const endpoint = `http://${loopback}:${usher.port}/api/messages`;

  const end = async () => {
    await usher.stop();
    await sandbox.close();
  };

  if (isStory) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    const control = async (name: string, body: string) => {
      const answer = await fetch(new URL(`/_sandbox/${name}`, sandbox.url), { method: 'POST', body });
      return answer.ok ? null : answer.text();
    };
    const code = await tell({ endpoint, steps, control, settled: usher.settled, write });
    await end();
    return code;
  }

  const seats = headless === true ? [] : playgrounds;
  const peopleFiles = seats.map(({ peopleFile }) => peopleFile);
  const open = await startPlaygrounds({ endpoint, firstPort: playgroundPort, peopleFiles });
  write(`\nUsher is ready.\n`);
  for (const [index, { name, tries }] of seats.entries()) {
    write(`\n  ${`Chat as ${name}:`.padEnd(25)}${open[index]?.address}\n`);
    for (const line of tries) write(`  Try:                     ${line}\n`);
  }
  if (seats.length > 0)
    write('\n  Open them: what Megan and Chloé ask for arrives in the chat of Alex, who approves it there.\n');
  write(`\n  Bot:                     ${endpoint}\n  Sandbox Graph:           ${sandbox.url}\n`);
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
function demoConfig(sandbox: SandboxGraph, folder: string, isStory: boolean): Config {
  const environment = sandboxEnvironment(sandbox.url);
  const appsFile = join(folder, 'apps.json');
  writeFileSync(appsFile, withGitHubAssigned(readFileSync(environment.APPS_FILE ?? '', 'utf8')));
  const read = readConfig({
    LOG_LEVEL: isStory ? 'silent' : 'warn',
    DATABASE_URL: `file:${join(folder, 'usher.db')}`,
    ...process.env,
    ...(isStory ? { PORT: '0' } : {}),
    ...environment,
    APPS_FILE: appsFile,
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
