import { startConnector } from '../../../src/sandbox/teams/connector.ts';
import type { Gate } from '../support/bots.ts';
import { watchProcessors } from '../support/machine.ts';
import { type Report, table, type Verdict, verdicts } from '../support/report.ts';
import { duration, median, ratio, spread } from '../support/statistics.ts';
import { type Cell, type Measured, optimumMs, type Run, runSideBySide } from './cell.ts';
import { type Contender, libraryContender, usherOnce, usherThrice } from './contenders.ts';
import type { CountingRule } from './counting-server.ts';
import { findRedis } from './redis.ts';

/**
 * Table 1: how long a list takes against the shortest time that is possible, and how many calls are refused.
 *
 * The whole window is measured as it is; for 500 people it is shortened, and with it everything that is measured in
 * windows: the guard, the jitter, the time of a call. The libraries run side by side, a cell each in a process of its
 * own, and each kind of Usher by itself after them: the guard only covers the delay of a busy processor, and the load
 * of other contenders is not what the table measures. With the short window three replicas take the server's rules one
 * after the other as well.
 */
interface Scale {
  readonly windowMs: number;
  readonly sizes: readonly { readonly count: number; readonly repetitions: number }[];
  /** Side by side within a batch, one batch after the other. */
  batches(contenders: Contenders): readonly Batch[];
}

interface Contenders {
  readonly libraries: readonly Contender[];
  readonly ushers: readonly Contender[];
}

interface Batch {
  readonly contenders: readonly Contender[];
  readonly rules: readonly CountingRule[];
}

const limit = 5;
const documentedWindowMs = 10_000;
const rules: readonly CountingRule[] = ['sliding', 'fixed'];
/** Of the documented window, and shortened with it. */
const jittersMs = [0, 50, 250];
const guardMs = 500;
const latencyMs = 900;
const targetRatio = 1.06;
const aboutFixed =
  'The optimum is that of a sliding window. A fixed window lets in five more when it happens to turn just after the first five, so there a time may lie below it.';

const wholeBatches: Scale['batches'] = ({ libraries, ushers }) => [
  { contenders: libraries, rules },
  ...ushers.map((usher) => ({ contenders: [usher], rules })),
];
const shortBatches: Scale['batches'] = ({ libraries }) => [
  { contenders: libraries, rules },
  { contenders: [usherOnce], rules },
  ...rules.map((rule) => ({ contenders: [usherThrice], rules: [rule] })),
];

const fullScales: readonly Scale[] = [
  {
    windowMs: documentedWindowMs,
    sizes: [
      { count: 20, repetitions: 4 },
      { count: 100, repetitions: 1 },
    ],
    batches: wholeBatches,
  },
  { windowMs: 1_000, sizes: [{ count: 500, repetitions: 1 }], batches: shortBatches },
];
const quickScales: readonly Scale[] = [
  { windowMs: 2_000, sizes: [{ count: 20, repetitions: 2 }], batches: wholeBatches },
  { windowMs: 1_000, sizes: [{ count: 50, repetitions: 1 }], batches: shortBatches },
];

export async function measureLimit({ quick }: { readonly quick: boolean }): Promise<Report> {
  const redis = await findRedis();
  const libraries = [
    ...(['p-queue', 'p-throttle', 'bottleneckReservoir', 'bottleneckMinTime', 'bullmqPostgres'] as const),
    ...(redis.kind === 'there' ? (['bullmqRedis'] as const) : []),
    'graphClient' as const,
  ].map(libraryContender);
  const contenders = { libraries, ushers: [usherOnce, usherThrice] };
  const connector = await startConnector();
  const surroundings = { connector, redisUrl: redis.kind === 'there' ? redis.url : null };
  try {
    const parts: string[] = [];
    const misses: Misses = { cells: 0, ratios: [], throttles: [] };
    for (const scale of quick ? quickScales : fullScales) {
      const measured: Measured[] = [];
      const busy: number[] = [];
      for (const batch of scale.batches(contenders)) {
        const processors = watchProcessors();
        measured.push(...(await runSideBySide(cellsOf(batch, scale), surroundings)));
        busy.push(processors());
      }
      for (const { count } of scale.sizes) {
        const ofSize = measured.filter(({ cell }) => cell.count === count);
        parts.push(sizeTable(ofSize, scale, contenders, redis.kind === 'missing' ? redis.why : null));
        collectMisses(ofSize, misses);
      }
      parts.push(disturbance(measured, busy));
    }
    return { parts: [...parts, aboutFixed, verdicts(verdictsOf(misses))] };
  } finally {
    await connector.close();
    if (redis.kind === 'there') await redis.close();
  }
}

function gateOf({ windowMs }: Scale): Gate {
  return { limit, windowMs, guardMs: scaled(guardMs, windowMs) };
}

/** What this is when the documented window is `windowMs` long. */
function scaled(ms: number, windowMs: number): number {
  return (ms * windowMs) / documentedWindowMs;
}

function cellsOf({ contenders, rules: ofBatch }: Batch, scale: Scale): Cell[] {
  const cells: Cell[] = [];
  for (const contender of contenders) {
    for (const rule of ofBatch) {
      for (const jitterMs of jittersMs) {
        for (const size of scale.sizes) {
          const { windowMs } = scale;
          cells.push({
            contender,
            rule,
            gate: gateOf(scale),
            jitterMs: scaled(jitterMs, windowMs),
            latencyMs: scaled(latencyMs, windowMs),
            ...size,
          });
        }
      }
    }
  }
  return cells;
}

function sizeTable(
  measured: readonly Measured[],
  scale: Scale,
  { libraries, ushers }: Contenders,
  noRedis: string | null,
): string {
  const [first] = measured;
  if (first === undefined) return '';
  const { windowMs } = scale;
  const columns = rules.flatMap((rule) =>
    jittersMs.map((jitterMs) => ({ rule, jitterMs: scaled(jitterMs, windowMs) })),
  );
  const rows = [...ushers, ...libraries].map((contender) => [
    contender.name,
    ...columns.map(({ rule, jitterMs }) => {
      const found = measured.find(
        ({ cell }) => cell.contender === contender && cell.rule === rule && cell.jitterMs === jitterMs,
      );
      return found === undefined ? '–' : describeRuns(found);
    }),
  ]);
  if (noRedis !== null)
    rows.push(['BullMQ limiter on Redis', `not measured: ${noRedis}`, ...columns.slice(1).map(() => '')]);
  const { cell } = first;
  const times =
    cell.repetitions === 1 ? 'one run' : `median of ${cell.repetitions} runs and, if it differs, the spread`;
  const shortened =
    windowMs === documentedWindowMs
      ? ''
      : ` Everything is shortened to ${windowMs / documentedWindowMs}: window, guard, jitter and the time of a call.`;
  return [
    `#### ${cell.count} people, 5 calls in ${windowMs / 1_000} s: optimum ${duration(optimumMs(cell))}`,
    `Time (against the optimum), calls refused with 429; ${times}.${shortened}`,
    table(['', ...columns.map(({ rule, jitterMs }) => `${rule}, ${jitterMs} ms`)], rows),
  ].join('\n\n');
}

function describeRuns({ cell, runs }: Measured): string {
  const throttled = runs.reduce((sum, run) => sum + run.throttled, 0);
  const times = timesOf(runs);
  if (times.length < runs.length) {
    const admitted = Math.min(...runs.map((run) => run.admitted));
    return `gave up: ${admitted} of ${cell.count} done, ${throttled} × 429`;
  }
  const middle = median(times);
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const [least, greatest] = [seconds(Math.min(...times)), seconds(Math.max(...times))];
  const spreading = least === greatest ? '' : `, ${spread(times, seconds)}`;
  return `${duration(middle)} (${ratio(middle, optimumMs(cell))}${spreading}), ${throttled} × 429`;
}

function timesOf(runs: readonly Run[]): number[] {
  return runs.flatMap(({ ms }) => (ms === null ? [] : [ms]));
}

/** Where Usher misses a target, worst first, and how many cells were looked at. */
interface Misses {
  cells: number;
  readonly ratios: { readonly by: number; readonly where: string }[];
  readonly throttles: { readonly by: number; readonly where: string }[];
}

function collectMisses(measured: readonly Measured[], misses: Misses): void {
  for (const { cell, runs } of measured) {
    if (!cell.contender.name.includes('Usher')) continue;
    misses.cells += 1;
    const where = `${cell.contender.name.replaceAll('*', '')}, ${cell.count} people, ${cell.rule}, ${cell.jitterMs} ms`;
    const times = timesOf(runs);
    const by = times.length < runs.length ? Number.POSITIVE_INFINITY : median(times) / optimumMs(cell);
    if (by > targetRatio) misses.ratios.push({ by, where });
    const throttled = runs.reduce((sum, run) => sum + run.throttled, 0);
    if (throttled > 0) misses.throttles.push({ by: throttled, where });
  }
}

function verdictsOf({ cells, ratios, throttles }: Misses): Verdict[] {
  const told = (misses: Misses['ratios'], show: (by: number) => string) => {
    const [worst] = misses.toSorted((one, other) => other.by - one.by);
    if (worst === undefined) return [];
    return [`missed in ${misses.length} of ${cells} cells, by most with ${worst.where}: ${show(worst.by)}`];
  };
  const showRatio = (by: number) => (Number.isFinite(by) ? `${by.toFixed(2)}×` : 'it did not finish');
  return [
    { target: `Usher takes at most ${targetRatio} × the optimum in every cell`, misses: told(ratios, showRatio) },
    { target: 'Usher is not refused once with 429 in any cell', misses: told(throttles, (by) => `${by} × 429`) },
  ];
}

/** So that a reader can tell whether the machine or the contender was slow. */
function disturbance(measured: readonly Measured[], busy: readonly number[]): string {
  const stalls = measured.flatMap(({ runs }) => runs.map(({ stalledMs }) => stalledMs));
  const shares = spread(busy, (share) => `${Math.round(share * 100)} %`);
  return `While these ran, the processors were busy for ${shares} of the time, and no server's clock was held up for longer than ${duration(Math.max(...stalls))} (half of them for less than ${duration(median(stalls))}).`;
}
