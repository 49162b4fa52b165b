import { startConnector } from '../../../src/sandbox/teams/connector.ts';
import type { BenchOptions } from '../bench.ts';
import { type Cell, closeAll, optimumMs, pause, type Readied, readyCells } from '../limit/cell.ts';
import { libraryContender, usherOnce, usherThrice } from '../limit/contenders.ts';
import { findRedis } from '../limit/redis.ts';
import { type Report, table, type Verdict, verdicts } from '../support/report.ts';
import { duration, median, spread } from '../support/statistics.ts';

/**
 * Table 2: an operator provisions one person while a list of 500 runs. From the message (or the call of a library)
 * to the arrival of that person's call at the server. A library with priorities is given the highest for it.
 */
const windowMs = 1_000;
const gate = { limit: 5, windowMs, guardMs: 50 };
const jitterMs = 5;
const latencyMs = 90;
/** The first is asked when this share of the list's time has passed, the last at the other. */
const [from, until] = [0.3, 0.6];
/** Not a multiple of the window, so that the single requests fall on all its parts. */
const unevenness = 0.37;

const targetWindows = 1;

interface Waits {
  readonly ready: Readied;
  /** In milliseconds; null for a single request that the bench did not send while the list's time was on. */
  readonly waits: readonly (number | null)[];
}

export async function measureSingle({ quick }: BenchOptions): Promise<Report> {
  const redis = await findRedis();
  const [count, questions] = quick ? [60, 4] : [500, 20];
  const contenders = [
    usherOnce,
    usherThrice,
    ...(['p-queue', 'p-throttle', 'bottleneckReservoir', 'bottleneckMinTime', 'bullmqPostgres'] as const).map(
      libraryContender,
    ),
    ...(redis.kind === 'there' ? [libraryContender('bullmqRedis')] : []),
  ];
  const connector = await startConnector();
  const readied: Readied[] = [];
  try {
    const cells = contenders.map(
      (contender): Cell => ({ contender, rule: 'sliding', gate, jitterMs, latencyMs, count, repetitions: 1 }),
    );
    await readyCells(cells, { connector, redisUrl: redis.kind === 'there' ? redis.url : null }, readied);
    const inOrder = readied.toSorted(
      (one, other) => contenders.indexOf(one.cell.contender) - contenders.indexOf(other.cell.contender),
    );
    const all = await Promise.all(
      inOrder.map(async (ready, index) => {
        await pause((index * windowMs) / readied.length);
        return askInTheMiddle(ready, questions);
      }),
    );
    return { parts: [waitTable(all, { count, questions }), verdicts([verdictOf(all)])] };
  } finally {
    await closeAll(readied);
    await connector.close();
    if (redis.kind === 'there') await redis.close();
  }
}

async function askInTheMiddle(ready: Readied, questions: number): Promise<Waits> {
  const { cell, server, started } = ready;
  await started.prepare(cell.count);
  await pause(2 * windowMs);
  await server.begin();
  void started.provision();
  const wholeMs = optimumMs(cell);
  await pause(wholeMs * from);
  const everyMs = Math.floor((wholeMs * (until - from)) / questions / windowMs) * windowMs + unevenness * windowMs;
  const asked: { subject: string; atMs: number }[] = [];
  for (let index = 0; index < questions; index += 1) {
    const atMs = performance.timeOrigin + performance.now();
    asked.push({ subject: await started.provisionSingle(index), atMs });
    await pause(everyMs);
  }
  // A contender that puts single people behind the list starts them when it is through, maybe after the optimum.
  const deadline = performance.now() + wholeMs + 10 * windowMs;
  for (;;) {
    const { starts } = await server.tally();
    const arrivals = new Map(starts.map(({ subject, atMs }) => [subject, atMs]));
    const waits = asked.map(({ subject, atMs }) => {
      const arrival = arrivals.get(subject);
      return arrival === undefined ? null : arrival - atMs;
    });
    if (!waits.includes(null) || performance.now() > deadline) return { ready, waits };
    await pause(windowMs);
  }
}

function waitTable(all: readonly Waits[], { count, questions }: { count: number; questions: number }): string {
  const windows = (ms: number) => (ms / windowMs).toFixed(2);
  const rows = all.map(({ ready, waits }) => {
    const known = waits.filter((wait) => wait !== null);
    const unsent = waits.length - known.length;
    return [
      ready.cell.contender.name,
      known.length === 0 ? '–' : duration(median(known)),
      known.length === 0 ? '–' : `${windows(median(known))} (${spread(known, windows)})`,
      unsent === 0 ? '' : `${unsent} of ${waits.length} had not started in twice the list's time`,
    ];
  });
  return [
    `${questions} single people, one after the other, in the middle of a list of ${count}; 5 calls in ${windowMs / 1_000} s by a sliding window, ${jitterMs} ms of jitter: a tenth of the documented window, of Usher's guard and of 50 ms. All contenders side by side, each before a server of its own.`,
    table(['', 'median wait', 'in windows (least to longest)', ''], rows),
    'The Graph client has no queue in which a call could wait: its list gives up before its middle.',
  ].join('\n\n');
}

function verdictOf(all: readonly Waits[]): Verdict {
  const ushers = all.filter(({ ready }) => ready.cell.contender.name.includes('Usher'));
  const misses = ushers.flatMap(({ ready, waits }) => {
    const late = waits.filter((wait) => wait === null || wait > targetWindows * windowMs);
    if (late.length === 0) return [];
    const longest = Math.max(...late.map((wait) => wait ?? Number.POSITIVE_INFINITY));
    const name = ready.cell.contender.name.replaceAll('*', '');
    return [
      `later for ${late.length} of ${waits.length} with ${name}, up to ${(longest / windowMs).toFixed(2)} windows`,
    ];
  });
  return { target: 'with Usher a single request starts within one window', misses };
}
