import { parseArgs } from 'node:util';
import { systemClock } from '../clock.ts';
import { type Config, describeProblems, readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { startUsher } from '../main.ts';
import { loopback, sandboxEnvironment } from './environment.ts';
import { type SandboxGraph, startSandboxGraph } from './graph/server.ts';
import { startPlayground } from './playground.ts';
import { sayOnce } from './say.ts';

/**
 * Usher against the make-believe tenant, with no configuration:
 *
 *     npm run demo                         the Playground in the browser, as Alex
 *     npm run demo -- --headless           bot and sandbox Graph alone
 *     npm run demo -- --say "LINE"         one message, its card printed as text as it changes
 *     npm run demo -- --say "LINE" --as megan
 */
const playgroundPort = 56150;

async function demo(): Promise<number> {
  const { values } = parseArgs({
    options: { headless: { type: 'boolean' }, say: { type: 'string' }, as: { type: 'string' } },
  });
  const latency = process.env.SANDBOX_LATENCY_MS;
  const isOneLine = values.say !== undefined;
  const sandbox = await startSandboxGraph({
    host: loopback,
    port: isOneLine ? 0 : Number(process.env.SANDBOX_PORT ?? 3979),
    limit: Number(process.env.PROVISION_LIMIT ?? 5),
    windowMs: Number(process.env.PROVISION_WINDOW_MS ?? 10_000),
    ...(latency === undefined || latency === '' ? {} : { latencyMs: Number(latency) }),
  });
  const config = demoConfig(sandbox, isOneLine);
  const usher = await startUsher(config, { log: createLog(config.logLevel), clock: systemClock });
  const endpoint = `http://${loopback}:${usher.port}/api/messages`;

  if (values.say !== undefined) {
    const code = await sayOnce({ endpoint, line: values.say, as: values.as ?? 'alex', settled: usher.settled, write });
    await usher.stop();
    await sandbox.close();
    return code;
  }

  const playground = values.headless === true ? null : await startPlayground({ endpoint, port: playgroundPort });
  write(`\nUsher is ready.\n`);
  if (playground !== null) {
    write(`\n  Chat as Alex Wilber:   ${playground.address}\n`);
    write(`  Try:                   provision user isaiah@contoso.com to Salesforce\n`);
  }
  write(`\n  Bot:                   ${endpoint}\n  Sandbox Graph:         ${sandbox.url}\n`);
  write(`\nEverything here is make-believe; nothing leaves this machine. Ctrl+C ends it.\n\n`);

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await playground?.stop();
  await usher.stop();
  await sandbox.close();
  return 0;
}

/** The configuration of a real bot, pointed at this machine. A one-line run keeps its database in memory. */
function demoConfig(sandbox: SandboxGraph, isOneLine: boolean): Config {
  const read = readConfig({
    LOG_LEVEL: isOneLine ? 'silent' : 'warn',
    DATABASE_URL: isOneLine ? 'file::memory:' : `file:data/demo-${process.pid}.db`,
    ...process.env,
    ...(isOneLine ? { PORT: '0' } : {}),
    ...sandboxEnvironment(sandbox.url),
  });
  if (!read.ok) throw new Error(describeProblems(read.problems));
  return read.config;
}

function write(text: string): void {
  process.stdout.write(text);
}

demo().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`The demo cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
