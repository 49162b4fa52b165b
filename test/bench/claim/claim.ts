import { systemClock } from '../../../src/clock.ts';
import { secret } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/db/database.ts';
import { recoverTasks } from '../../../src/requests/crashed.ts';
import { claimTask } from '../../../src/requests/queue.ts';
import { finishTask } from '../../../src/requests/running.ts';
import type { StoreParts } from '../../../src/requests/store.ts';
import type { BenchOptions } from '../bench.ts';
import { createStore, type Engine } from '../support/bots.ts';
import { type Report, table, type Verdict, verdicts } from '../support/report.ts';
import { duration, median, percentile, ratio } from '../support/statistics.ts';
import { emptyLine, fillLine, lookOver } from './waiting.ts';

/**
 * Table 5: what the dispatcher asks of the database for each task, with few and with very many waiting tasks. Each is
 * the function that the dispatcher calls. After a claim the bench finishes the task and adds another one to the queue,
 * untimed, so that as many wait for the next.
 */
interface Steps {
  /** `claimTask` while the gate is open: takes the next task and its grant. */
  readonly claim: number[];
  /** `claimTask` while the gate is shut: says when to look again. */
  readonly shut: number[];
  /** `recoverTasks`, which comes before every claim. */
  readonly recover: number[];
}

interface Filled {
  readonly engine: Engine;
  readonly waiting: number;
  readonly steps: Steps;
}

const engines: readonly Engine[] = ['sqlite', 'postgres'];
const engineNames: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
const stepNames: Readonly<Record<keyof Steps, string>> = {
  claim: 'a claim',
  shut: 'a look at the shut gate',
  recover: 'looking for abandoned tasks',
};
const openGate = { limit: 1_000_000, windowMs: 1, guardMs: 0 };
const shutGate = { limit: 1, windowMs: 3_600_000, guardMs: 0 };
const mostGrowth = 2;
/** Of no importance here. */
const done = { outcome: { kind: 'unknown', why: 'timeout' }, graphRequestId: null, clientRequestId: null } as const;

export async function measureClaims({ quick }: BenchOptions): Promise<Report> {
  const sizes = quick ? [10, 1_000, 50_000] : [10, 10_000, 1_000_000];
  const [warmUps, repetitions] = quick ? [10, 50] : [50, 300];
  const all: Filled[] = [];
  for (const engine of engines) {
    const store = await createStore(engine);
    const database = await openDatabase(
      engine === 'sqlite'
        ? { kind: 'sqlite', path: store.databaseUrl.slice('file:'.length) }
        : { kind: 'postgres', url: secret(store.databaseUrl) },
      systemClock,
    );
    try {
      for (const waiting of sizes) {
        await fillLine(database, waiting);
        await lookOver(database);
        all.push({ engine, waiting, steps: await timeSteps(database, waiting, { warmUps, repetitions }) });
        await emptyLine(database);
      }
    } finally {
      await database.close();
      await store.remove();
    }
  }
  const told = `Median (99th percentile) of ${repetitions} after ${warmUps} to warm up; the ratio is to the median with ${sizes[0]} waiting.`;
  return { parts: [told, stepTable(all, sizes), verdicts(verdictsOf(all))] };
}

async function timeSteps(
  database: Database,
  waiting: number,
  { warmUps, repetitions }: { warmUps: number; repetitions: number },
): Promise<Steps> {
  const parts = (limits: StoreParts['gate']['limits']): StoreParts => ({
    database,
    clock: systemClock,
    gate: { scope: 'tenant', limits },
  });
  const [open, shut] = [parts(openGate), parts(shutGate)];
  const steps: Steps = { claim: [], shut: [], recover: [] };
  for (let index = -warmUps; index < repetitions; index += 1) {
    const keep = (step: keyof Steps, ms: number) => {
      if (index >= 0) steps[step].push(ms);
    };
    const lease = { owner: 'bench', until: systemClock.now() + 30_000 };
    const [recoverMs] = await timed(() => recoverTasks(open, 'bench'));
    keep('recover', recoverMs);
    const [claimMs, claim] = await timed(() => claimTask(open, lease));
    if (claim.kind !== 'claimed') throw new Error(`nothing was claimed of ${waiting}: ${claim.kind}`);
    keep('claim', claimMs);
    await finishTask(open, claim.claimed, done);
    await fillLine(database, 1, 1_000_000 + index);
    const [shutMs, look] = await timed(() => claimTask(shut, lease));
    if (look.kind !== 'later') throw new Error(`the gate was to be shut: ${look.kind}`);
    keep('shut', shutMs);
  }
  return steps;
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const startedAt = performance.now();
  const result = await work();
  return [performance.now() - startedAt, result];
}

function stepTable(all: readonly Filled[], sizes: readonly number[]): string {
  const rows = engines.flatMap((engine) =>
    (Object.keys(stepNames) as (keyof Steps)[]).map((step) => [
      `${engineNames[engine]}: ${stepNames[step]}`,
      ...sizes.map((waiting) => {
        const times = timesOf(all, engine, waiting, step);
        const grown =
          waiting === sizes[0] ? '' : ` ${ratio(median(times), median(timesOf(all, engine, sizes[0] ?? 0, step)))}`;
        return `${duration(median(times))} (${duration(percentile(times, 0.99))})${grown}`;
      }),
    ]),
  );
  return table(['', ...sizes.map((size) => `${size.toLocaleString('en-US')} waiting`)], rows);
}

function timesOf(all: readonly Filled[], engine: Engine, waiting: number, step: keyof Steps): readonly number[] {
  return all.find((filled) => filled.engine === engine && filled.waiting === waiting)?.steps[step] ?? [];
}

function verdictsOf(all: readonly Filled[]): Verdict[] {
  const growth = (step: keyof Steps) =>
    engines.flatMap((engine) => {
      const ofEngine = all.filter((filled) => filled.engine === engine);
      const medians = ofEngine.map(({ steps }) => median(steps[step]));
      const [least = Number.NaN, most = Number.NaN] = [medians[0], medians.at(-1)];
      return most <= mostGrowth * least ? [] : [`${ratio(most, least)} on ${engineNames[engine]}`];
    });
  return (Object.keys(stepNames) as (keyof Steps)[]).map((step) => ({
    target: `${stepNames[step]} takes at most ${mostGrowth} × as long with the most waiting as with the fewest`,
    misses: growth(step),
  }));
}
