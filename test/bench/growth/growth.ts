import { systemClock } from '../../../src/clock.ts';
import { secret } from '../../../src/config.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { ENTRIES_PER_PAGE } from '../../../src/features/checks/cards/history-card.ts';
import { sandboxEnvironment } from '../../../src/sandbox/environment.ts';
import { startConnector } from '../../../src/sandbox/teams/connector.ts';
import { startSandboxThread } from '../../support/sandbox-thread.ts';
import { gateEnvironment, unlimited } from '../../support/usher.ts';
import type { BenchOptions } from '../bench.ts';
import { createStore, type Engine, type Store, wideGate } from '../support/bots.ts';
import { createConversing } from '../support/conversing.ts';
import { watchProcessors } from '../support/machine.ts';
import { freePort, startProgram } from '../support/program.ts';
import { type Report, table, type Verdict, verdicts } from '../support/report.ts';
import { duration, median } from '../support/statistics.ts';
import { fillHistory, leaver } from './fill.ts';
import type { Exported, Seen } from './watched-usher.ts';

/**
 * Table 6: what a long history costs. The bench types each command to an Usher on a database with a million finished
 * requests, and the process reports for how long its event loop was blocked meanwhile.
 */
interface Line {
  readonly text: string;
  readonly waits: readonly number[];
  readonly holds: readonly number[];
  /** The part of a block in which the thread was at work; in the rest other processes had the processor. */
  readonly ownHolds: readonly number[];
  /** The processor's time, of all threads. */
  readonly work: readonly number[];
}

interface Measured {
  readonly engine: Engine;
  readonly readyAfterMs: number;
  readonly lines: readonly Line[];
  readonly exported: Exported & Seen & { readonly atRestBytes: number };
}

const engines: readonly Engine[] = ['sqlite', 'postgres'];
const engineNames: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
const lookEveryMs = 250;
const longestHoldMs = 100;
const longestAnswerMs = 300;
const mostGrowthBytes = 150 * 1024 ** 2;
const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;

const linesFor = (count: number): readonly string[] => [
  'history',
  `history page ${Math.floor(count / ENTRIES_PER_PAGE / 2)}`,
  `history page ${Math.floor(count / ENTRIES_PER_PAGE)}`,
  `history page ${Math.floor(count / ENTRIES_PER_PAGE) * 2}`,
  'history since yesterday',
  'history adele',
  `history ${leaver.label}`,
  `history ${leaver.label} page ${Math.floor(count / 20 / 7 / ENTRIES_PER_PAGE)}`,
  'history Salesforce',
  'history Salesforce page 1000',
  'history zzyzx',
  'requests',
  `requests ${Math.floor(count / 2 / ENTRIES_PER_PAGE)}`,
  'show R10000500',
  'queue',
  'pending',
  'check adele in Salesforce',
  'status',
  'provision isaiah to Salesforce',
];

export async function measureGrowth({ quick }: BenchOptions): Promise<Report> {
  const [count, repetitions] = quick ? [20_000, 3] : [1_000_000, 7];
  const isBusy = watchProcessors();
  const all: Measured[] = [];
  for (const engine of engines) {
    const store = await createStore(engine);
    try {
      await fill(engine, store, count);
      all.push(await measure(engine, store, count, repetitions));
    } finally {
      await store.remove();
    }
  }
  return reportOf(all, { count, repetitions, busy: isBusy() });
}

export function reportOf(
  all: readonly Measured[],
  { count, repetitions, busy }: { readonly count: number; readonly repetitions: number; readonly busy: number },
): Report {
  const told = `${count.toLocaleString('en-US')} finished requests, of which one in ten came of an access request, with ${(count * 3.1).toLocaleString('en-US')} entries of the audit log. Each line ${repetitions} times after one to warm up, one at a time: the median time to the first answer, the processor's time for it in all threads of Usher's process (PostgreSQL's own is not counted), and how long nothing else had its turn meanwhile: the longest by the monitor of the event loop, and of it what the answering thread was at work for itself, without the time in which other processes had the processor; medians. Graph is the sandbox, which answers without delay. All processors were busy for ${Math.round(busy * 100)} % of the time.`;
  return { parts: [told, lineTable(all, count), exportTable(all), verdicts(verdictsOf(all))] };
}

async function fill(engine: Engine, { databaseUrl }: Store, count: number): Promise<void> {
  const database = await openDatabase(
    engine === 'sqlite'
      ? { kind: 'sqlite', path: databaseUrl.slice('file:'.length) }
      : { kind: 'postgres', url: secret(databaseUrl) },
    systemClock,
  );
  try {
    await fillHistory(database, count);
  } finally {
    await database.close();
  }
}

export async function measure(engine: Engine, store: Store, count: number, repetitions: number): Promise<Measured> {
  const sandbox = await startSandboxThread({ limit: 1_000_000, windowMs: 1 });
  const connector = await startConnector();
  const conversing = createConversing(connector);
  const watchPort = await freePort();
  const program = await startProgram({
    file: 'test/bench/growth/watched-usher.ts',
    readyPath: '/readyz',
    environment: {
      ...sandboxEnvironment(sandbox.url),
      ...gateEnvironment(wideGate),
      COMMANDS_PER_MINUTE: unlimited,
      DATABASE_URL: store.databaseUrl,
      LOG_LEVEL: 'warn',
      METRICS: 'on',
      WATCH_PORT: String(watchPort),
    },
  });
  async function watch<T>(path: string): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${watchPort}${path}`);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as T;
  }
  async function timed(text: string, work: () => Promise<unknown>): Promise<Line> {
    const line = { text, waits: [] as number[], holds: [] as number[], ownHolds: [] as number[], work: [] as number[] };
    for (let index = -1; index < repetitions; index += 1) {
      await watch('/reset');
      const startedAt = performance.now();
      await work();
      const wait = performance.now() - startedAt;
      const { longestHoldMs: hold, longestWorkMs: ownHold, processorMs } = await watch<Seen>('/seen');
      if (index < 0) continue;
      line.waits.push(wait);
      line.holds.push(hold);
      line.ownHolds.push(ownHold);
      line.work.push(processorMs);
    }
    return line;
  }
  try {
    const lines: Line[] = [];
    for (const text of linesFor(count)) lines.push(await timed(text, () => conversing.ask(program.endpoint, text)));
    const scrape = () => fetch(`http://127.0.0.1:${program.port}/metrics`).then((answer) => answer.text());
    lines.push(await timed('`/metrics`', scrape));
    await watch('/reset');
    const { residentBytes: atRestBytes } = await watch<Seen>('/seen');
    await watch('/export');
    let exported = await watch<Exported | null>('/exported');
    while (exported === null) {
      await systemClock.sleep(lookEveryMs);
      exported = await watch<Exported | null>('/exported');
    }
    return {
      engine,
      readyAfterMs: program.readyAfterMs,
      lines,
      exported: { ...exported, ...(await watch<Seen>('/seen')), atRestBytes },
    };
  } finally {
    conversing.close();
    await program.stop();
    await connector.close();
    await sandbox.close();
  }
}

function lineTable(all: readonly Measured[], count: number): string {
  const head = all.flatMap(({ engine }) => [`${engineNames[engine]}: answer`, 'work', 'held (by itself)']);
  const cells = ({ waits, work, holds, ownHolds }: Line) => [
    duration(median(waits)),
    duration(median(work)),
    `${duration(median(holds))} (${duration(median(ownHolds))})`,
  ];
  const rows = linesFor(count).map((text) => `\`${text}\``);
  return table(
    ['', ...head],
    [
      ['from the start of the process to ready', ...all.flatMap((one) => [duration(one.readyAfterMs), '', ''])],
      ...[...rows, '`/metrics`'].map((name, index) => [
        name,
        ...all.flatMap(({ lines }) => lines.slice(index, index + 1).flatMap(cells)),
      ]),
    ],
  );
}

function exportTable(all: readonly Measured[]): string {
  return table(
    [
      '`export history`',
      'size of the file',
      'to know its size',
      'to write it',
      'held (by itself)',
      'memory before',
      'at most',
    ],
    all.map(({ engine, exported }) => [
      engineNames[engine],
      megabytes(exported.sizeBytes),
      duration(exported.sizeMs),
      duration(exported.textMs),
      `${duration(exported.longestHoldMs)} (${duration(exported.longestWorkMs)})`,
      megabytes(exported.atRestBytes),
      megabytes(exported.residentBytes),
    ]),
  );
}

function verdictsOf(all: readonly Measured[]): Verdict[] {
  const of = (most: number, pick: (line: Line) => number) =>
    all.flatMap(({ engine, lines }) =>
      lines
        .filter((line) => pick(line) > most)
        .map((line) => `${duration(pick(line))} on ${engineNames[engine]} for “${line.text}”`),
    );
  const ofExports = (most: number, pick: (one: Measured['exported']) => number, tell: (value: number) => string) =>
    all
      .filter(({ exported }) => pick(exported) > most)
      .map(({ engine, exported }) => `${tell(pick(exported))} on ${engineNames[engine]} for the export`);
  return [
    {
      target: `no command and no export holds the event loop for more than ${longestHoldMs} ms by itself`,
      misses: [
        ...of(longestHoldMs, ({ ownHolds }) => median(ownHolds)),
        ...ofExports(longestHoldMs, (one) => one.longestWorkMs, duration),
      ],
    },
    {
      target: `every command but the export answers within ${longestAnswerMs} ms, by the median`,
      misses: of(longestAnswerMs, ({ waits }) => median(waits)),
    },
    {
      target: `an export takes at most ${megabytes(mostGrowthBytes)} more memory`,
      misses: ofExports(mostGrowthBytes, (one) => one.residentBytes - one.atRestBytes, megabytes),
    },
  ];
}
