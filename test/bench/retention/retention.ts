import { statSync } from 'node:fs';
import { sql } from 'kysely';
import { systemClock } from '../../../src/clock.ts';
import { secret } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/db/database.ts';
import { type Cursor, pruneRequests } from '../../../src/requests/expired.ts';
import { createRequest } from '../../../src/requests/store.ts';
import { sealNext } from '../../../src/seals/chain.ts';
import { noLimits, storeParts, wanted } from '../../requests/support.ts';
import type { BenchOptions } from '../bench.ts';
import { fillHistory, usuallyApartMs } from '../growth/fill.ts';
import { createStore, type Engine } from '../support/bots.ts';
import { type Report, table, verdicts } from '../support/report.ts';
import { duration, median } from '../support/statistics.ts';

/**
 * What a million requests of a year take, and what their deletion costs those who ask meanwhile. A smaller number is
 * spread over the same year, so that as many of a hundred are lean.
 */
const [million, longestHoldMs, mostBytes] = [1_000_000, 100, 2e9];
const [batches, askEveryMs, pauseMs] = [300, 50, 100];
const engineNames: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

interface Measured {
  readonly engine: Engine;
  readonly bytes: number;
  readonly recordBytes: number;
  readonly pruned: number;
  readonly holdMs: number;
  readonly batchMs: number;
  readonly answerMs: number;
  readonly slowestAnswerMs: number;
}

export async function measureRetention({ quick }: BenchOptions): Promise<Report> {
  const count = Number(process.env.BENCH_REQUESTS ?? (quick ? 20_000 : million));
  const all: Measured[] = [];
  for (const engine of ['sqlite', 'postgres'] as const) all.push(await measure(engine, count));
  const perMillion = (bytes: number) => `${((bytes / count) * (million / 1e9)).toFixed(2)} GB`;
  const told = `${count.toLocaleString('en-US')} finished requests of a year, one in ten by an access request, with the ${(count * 3.1).toLocaleString('en-US')} sealed entries of the audit log; sizes by the million. Then ${batches} batches of the deletion, with the pauses that Usher makes, while a request is stored every ${askEveryMs} ms.`;
  const rows = all.map((one) => [
    engineNames[one.engine],
    perMillion(one.bytes),
    perMillion(one.recordBytes),
    perMillion(one.bytes - one.recordBytes),
    String(one.pruned),
    duration(one.batchMs),
    duration(one.holdMs),
    `${duration(one.answerMs)} (${duration(one.slowestAnswerMs)})`,
  ]);
  const head = [
    '',
    'in all',
    'audit log',
    'all else',
    'deleted',
    'a batch',
    'most work of one',
    'a request stored (slowest)',
  ];
  return {
    parts: [
      told,
      table(head, rows),
      verdicts([
        {
          target: 'a million requests take at most 2 GB, the audit log left out',
          misses: all
            .filter(({ bytes, recordBytes }) => ((bytes - recordBytes) / count) * million > mostBytes)
            .map((one) => `${perMillion(one.bytes - one.recordBytes)} on ${engineNames[one.engine]}`),
        },
        {
          target: `no batch of the deletion holds the event loop for more than ${longestHoldMs} ms by itself`,
          misses: all
            .filter(({ holdMs }) => holdMs > longestHoldMs)
            .map(({ engine, holdMs }) => `${duration(holdMs)} on ${engineNames[engine]}`),
        },
      ]),
    ],
  };
}

async function measure(engine: Engine, count: number): Promise<Measured> {
  const place = await createStore(engine);
  const path = place.databaseUrl.replace(/^file:/, '');
  const config = engine === 'sqlite' ? { kind: engine, path } : { kind: engine, url: secret(place.databaseUrl) };
  const database = await openDatabase(config, systemClock);
  try {
    await fillHistory(database, count, (usuallyApartMs * million) / count);
    while ((await sealNext(database, 1_000)) > 0);
    const sizes = await sizesOf(database, path);
    return { engine, ...sizes, ...(await pruneWhileAsked(database, count)) };
  } finally {
    await database.close();
    await place.remove();
  }
}

async function sizesOf({ query, dialect }: Database, path: string): Promise<Pick<Measured, 'bytes' | 'recordBytes'>> {
  if (dialect.engine === 'sqlite') {
    await sql`pragma wal_checkpoint(truncate)`.execute(query);
    const { rows } = await sql<{ bytes: number }>`select sum(pgsize) as bytes from dbstat
      where name in (select name from sqlite_schema where tbl_name in ('audit_log', 'seals'))`.execute(query);
    return { bytes: statSync(path).size, recordBytes: Number(rows[0]?.bytes) };
  }
  const { rows } = await sql<{
    bytes: number;
    record: number;
  }>`select pg_database_size(current_database())::float8 as bytes,
    (pg_total_relation_size('audit_log') + pg_total_relation_size('seals'))::float8 as record`.execute(query);
  return { bytes: rows[0]?.bytes ?? 0, recordBytes: rows[0]?.record ?? 0 };
}

/** What the thread was at work, without the time in which other processes had the processor. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

async function pruneWhileAsked(database: Database, count: number) {
  const store = storeParts(database, systemClock, noLimits);
  const before = systemClock.now() - (usuallyApartMs * million) / 2;
  const [times, works, answers]: [number[], number[], number[]] = [[], [], []];
  const done = new AbortController();
  async function ask(): Promise<void> {
    while (!done.signal.aborted) {
      const startedAt = performance.now();
      await createRequest(store, wanted({}));
      answers.push(performance.now() - startedAt);
      await systemClock.sleep(askEveryMs);
    }
  }
  const asking = ask();
  let [after, pruned]: [Cursor | null, number] = [null, 0];
  for (let index = 0; index < Math.min(batches, count / 100); index += 1) {
    const [startedAt, workedMs] = [performance.now(), threadMs()];
    const { deleted, next } = await pruneRequests(store, before, after);
    times.push(performance.now() - startedAt);
    works.push(threadMs() - workedMs);
    [after, pruned] = [next, pruned + (deleted.requests ?? 0)];
    await systemClock.sleep(pauseMs);
  }
  done.abort();
  await asking;
  const told = { batchMs: median(times), answerMs: median(answers), slowestAnswerMs: Math.max(...answers) };
  return { pruned, holdMs: Math.max(...works), ...told };
}
