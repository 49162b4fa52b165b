import { startConnector } from '../../../src/sandbox/teams/connector.ts';
import { generatedPeople } from '../../../src/sandbox/tenant/people.ts';
import { startSandboxThread } from '../../support/sandbox-thread.ts';
import type { BenchOptions } from '../bench.ts';
import { pause } from '../limit/cell.ts';
import { createStore, startEchoBot, startUsherProgram, wideGate } from '../support/bots.ts';
import { askMany, createConversing } from '../support/conversing.ts';
import type { Program } from '../support/program.ts';
import { type Report, table, type Verdict, verdicts } from '../support/report.ts';
import { duration, median, ratio, spread } from '../support/statistics.ts';

/**
 * Table 4: from the start of the process to the moment it would take a message, and how much memory it holds, beside
 * the echo bot. Starts alternate; memory is what the operating system counts as resident.
 */
interface Kind {
  readonly name: string;
  readonly text: (index: number) => string;
  start(): Promise<Program>;
  readonly starts: number[];
  atRest: number;
  afterWork: number;
}

const atOnce = 16;
const startRatio = 1.5;
const memoryRatio = 1.5;

export async function measureResources({ quick }: BenchOptions): Promise<Report> {
  const [starts, requests, restMs] = quick ? [3, 300, 1_000] : [11, 10_000, 10_000];
  const sandbox = await startSandboxThread({ limit: 1_000_000, windowMs: 1 });
  const stores = [await createStore('sqlite'), await createStore('postgres')] as const;
  try {
    const kind = (name: string, text: Kind['text'], start: Kind['start']): Kind => ({
      name,
      text,
      start,
      starts: [],
      atRest: Number.NaN,
      afterWork: Number.NaN,
    });
    const provision = (index: number) =>
      `provision ${generatedPeople[index % generatedPeople.length]?.userPrincipalName ?? 'isaiah'} to Salesforce`;
    const echo = kind('echo bot', () => 'hello', startEchoBot);
    const ushers = stores.map((store, index) =>
      kind(index === 0 ? 'Usher on SQLite' : 'Usher on PostgreSQL', provision, () =>
        startUsherProgram(store, sandbox.url, wideGate),
      ),
    );
    const all = [echo, ...ushers];
    for (let start = 0; start <= starts; start += 1) {
      for (const one of all) {
        const program = await one.start();
        // The first start brings files into the machine's memory and makes the tables.
        if (start > 0) one.starts.push(program.readyAfterMs);
        await program.stop();
      }
    }
    // Side by side, since resident memory does not depend on how busy the machine is.
    await Promise.all(all.map((one) => watchMemory(one, { requests, restMs })));
    const told = `${starts} starts each, in turn, after one to warm up, with the tables there already; both bots with the flags of \`npm start\`. At rest: ${restMs / 1_000} s after it is ready. Then ${requests.toLocaleString('en-US')} requests, ${atOnce} at a time (Usher: \`provision …\`, each stored, called and shown on its card; echo bot: as many messages), and ${restMs / 1_000} s of rest again. A PostgreSQL's own memory is not counted.`;
    return { parts: [told, resourceTable(all, echo), verdicts(verdictsOf(ushers, echo))] };
  } finally {
    for (const store of stores) await store.remove();
    await sandbox.close();
  }
}

async function watchMemory(kind: Kind, { requests, restMs }: { requests: number; restMs: number }): Promise<void> {
  const connector = await startConnector();
  const program = await kind.start();
  const { ask, close } = createConversing(connector);
  try {
    await pause(restMs);
    kind.atRest = program.memory();
    await askMany(requests, atOnce, (index) => ask(program.endpoint, kind.text(index)));
    await pause(restMs);
    kind.afterWork = program.memory();
  } finally {
    close();
    await program.stop();
    await connector.close();
  }
}

function resourceTable(all: readonly Kind[], echo: Kind): string {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
  const rows = all.map(({ name, starts, atRest, afterWork }) => [
    name,
    `${duration(median(starts))} (${spread(starts, duration)})`,
    ratio(median(starts), median(echo.starts)),
    megabytes(atRest),
    ratio(atRest, echo.atRest),
    megabytes(afterWork),
    ratio(afterWork, echo.afterWork),
  ]);
  return table(['', 'start to ready', 'of echo', 'at rest', 'of echo', 'after the requests', 'of echo'], rows);
}

function verdictsOf(ushers: readonly Kind[], echo: Kind): Verdict[] {
  const exceeding = (most: number, pick: (kind: Kind) => number, what: string) =>
    ushers.flatMap((usher) =>
      pick(usher) <= most * pick(echo) ? [] : [`${ratio(pick(usher), pick(echo))} ${what}, ${usher.name}`],
    );
  return [
    {
      target: `ready in at most ${startRatio} s on a machine where the echo bot needs 1, so in ${startRatio} × its time`,
      misses: exceeding(startRatio, ({ starts }) => median(starts), 'from start to ready'),
    },
    {
      target: `at most ${memoryRatio} × the echo bot's memory`,
      misses: [
        ...exceeding(memoryRatio, ({ atRest }) => atRest, 'at rest'),
        ...exceeding(memoryRatio, ({ afterWork }) => afterWork, 'after the requests'),
      ],
    },
  ];
}
