import type { Connector } from '../../../src/sandbox/teams/connector.ts';
import type { Gate } from '../support/bots.ts';
import type { Contender, Started } from './contenders.ts';
import { type CountingRule, type CountingServer, startCountingServer } from './counting-server.ts';

/**
 * One contender before one server: the bench hands over so many people at once, again and again until the repetitions
 * are through.
 */
export interface Cell {
  readonly contender: Contender;
  readonly rule: CountingRule;
  /** The window is what the server counts; the guard is what Usher adds. */
  readonly gate: Gate;
  readonly jitterMs: number;
  readonly latencyMs: number;
  readonly count: number;
  readonly repetitions: number;
}

export interface Run {
  /** From handing the work over to the arrival of its last call; null where the contender gave some up. */
  readonly ms: number | null;
  readonly admitted: number;
  readonly throttled: number;
  readonly stalledMs: number;
}

/** What cells share while they run side by side. */
export interface Surroundings {
  readonly connector: Connector;
  readonly redisUrl: string | null;
}

export interface Measured {
  readonly cell: Cell;
  readonly runs: readonly Run[];
}

const pollMs = 500;
/** The bench gives up a run that takes longer than this, in optima. */
const longestRun = 3;
const slackMs = 20_000;
const startsAtOnce = 3;

/** The arrival of the last call when no schedule could do better; milliseconds. */
export function optimumMs({ count, gate }: Pick<Cell, 'count' | 'gate'>): number {
  return (Math.ceil(count / gate.limit) - 1) * gate.windowMs;
}

export interface Readied {
  readonly cell: Cell;
  readonly server: CountingServer;
  readonly started: Started;
}

export async function readyCell(cell: Cell, { connector, redisUrl }: Surroundings): Promise<Readied> {
  const { rule, gate, jitterMs, latencyMs } = cell;
  const { limit, windowMs } = gate;
  const server = await startCountingServer({ rule, limit, windowMs, jitterMs, latencyMs });
  const started = await cell.contender.start({ url: server.url, gate, connector, redisUrl });
  return { cell, server, started };
}

/** Cells side by side, each beginning at another moment of the window, so that their bursts do not meet. */
export async function runSideBySide(cells: readonly Cell[], surroundings: Surroundings): Promise<Measured[]> {
  const readied: Readied[] = [];
  try {
    await readyCells(cells, surroundings, readied);
    const measured: Measured[] = [];
    await Promise.all(
      readied.map(async (ready, index) => {
        const runs: Run[] = [];
        await pause((index * ready.cell.gate.windowMs) / readied.length);
        while (runs.length < ready.cell.repetitions) runs.push(await run(ready));
        measured[index] = { cell: ready.cell, runs };
      }),
    );
    return measured;
  } finally {
    await closeAll(readied);
  }
}

/**
 * A few at a time, as a start keeps a processor busy; they gather in `readied`, and the bench closes them whatever
 * happens.
 */
export async function readyCells(cells: readonly Cell[], around: Surroundings, readied: Readied[]): Promise<void> {
  const left = [...cells];
  const work = async () => {
    for (let cell = left.shift(); cell !== undefined; cell = left.shift()) readied.push(await readyCell(cell, around));
  };
  const workers = await Promise.allSettled(Array.from({ length: startsAtOnce }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
}

export async function closeAll(readied: readonly Readied[]): Promise<void> {
  await Promise.all(
    readied.map(async ({ server, started }) => {
      await started.close();
      await server.close();
    }),
  );
}

async function run({ cell, server, started }: Readied): Promise<Run> {
  await started.prepare(cell.count);
  // The share of the window that an earlier run used is past, at the server and at the gate.
  await pause(cell.gate.windowMs + 2 * cell.gate.guardMs + cell.jitterMs);
  await server.begin();
  let hasEnded = false;
  void started.provision().then(() => {
    hasEnded = true;
  });
  const deadline = performance.now() + longestRun * optimumMs(cell) + slackMs;
  for (;;) {
    const ending = hasEnded || performance.now() > deadline;
    const { begunAt, starts, throttled, stalledMs } = await server.tally();
    const isComplete = starts.length >= cell.count;
    if (isComplete || ending) {
      const ms = isComplete ? (starts.at(-1)?.atMs ?? Number.NaN) - begunAt : null;
      return { ms, admitted: starts.length, throttled, stalledMs };
    }
    await pause(pollMs);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
