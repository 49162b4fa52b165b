import { type Kysely, sql } from 'kysely';
import { systemClock } from '../../../src/clock.ts';
import { secret } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/db/database.ts';
import { archiveAccessRequests, archiveRequests, pruneArchived } from '../../../src/requests/archive/archive.ts';
import type { Cursor } from '../../../src/requests/expired.ts';
import { makeLean, reportDays } from '../../../src/requests/lean.ts';
import { createRequest, type StoreParts } from '../../../src/requests/store.ts';
import { sealNext } from '../../../src/seals/chain.ts';
import { packRecord } from '../../../src/seals/pack-record.ts';
import { noLimits, storeParts, wanted } from '../../requests/support.ts';
import type { BenchOptions } from '../bench.ts';
import { createStore, type Engine } from '../support/bots.ts';
import { type Report, table, verdicts } from '../support/report.ts';
import { duration, median } from '../support/statistics.ts';
import { liveThroughYear } from './year.ts';

/**
 * What a million requests of a year take, and what packing and deleting them costs those who ask meanwhile. Of a smaller
 * number, the bytes of each are told by the million.
 */
const [million, longestHoldMs, mostBytes] = [1_000_000, 100, 2e9];
const [batches, askEveryMs, pauseMs] = [300, 50, 100];
const yearMs = 365 * 24 * 3_600_000;
const monthMs = reportDays * 24 * 3_600_000;
/** PostgreSQL's autovacuum comes when a fifth of a table has changed. With the rows of a month there, that is every other day. */
const vacuumEveryDays = 2;
const engineNames: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

interface Measured {
  readonly engine: Engine;
  /** Of Usher's tables with their indices, by table. */
  readonly tables: ReadonlyMap<string, number>;
  readonly pruned: number;
  /** The most work of one batch: of those that pack through the year, and of those that delete. */
  readonly packMs: number;
  readonly holdMs: number;
  readonly batchMs: number;
  readonly answerMs: number;
  readonly slowestAnswerMs: number;
}

const ofRecord: ReadonlySet<string> = new Set(['audit_log', 'seals', 'seal_anchors', 'entry_packs']);
const sumOf = ({ tables }: Measured, isCounted: (table: string) => boolean) =>
  [...tables].reduce((sum, [table, bytes]) => sum + (isCounted(table) ? bytes : 0), 0);

export async function measureRetention({ quick }: BenchOptions): Promise<Report> {
  const count = Number(process.env.BENCH_REQUESTS ?? (quick ? 2_000 : 20_000));
  const all: Measured[] = [];
  for (const engine of ['sqlite', 'postgres'] as const) all.push(await measure(engine, count));
  const perMillion = (bytes: number) => `${((bytes / count) * (million / 1e9)).toFixed(2)} GB`;
  const inAll = (one: Measured) => sumOf(one, () => true);
  const inRecord = (one: Measured) => sumOf(one, (table) => ofRecord.has(table));
  const told = `${count.toLocaleString('en-US')} requests of a year, one in ten by an access request, written day by day by Usher's own code, with what it does once a day at the end of each: sizes of the tables with their indices, by the million. On PostgreSQL after a plain \`VACUUM\` every other day, as its autovacuum makes; the SQLite file was never compacted. Then ${batches} batches of the deletion, with the pauses that Usher makes, while a request is stored every ${askEveryMs} ms.`;
  const rows = all.map((one) => [
    engineNames[one.engine],
    perMillion(inAll(one)),
    perMillion(inRecord(one)),
    perMillion(inAll(one) - inRecord(one)),
    duration(one.packMs),
    String(one.pruned),
    duration(one.batchMs),
    duration(one.holdMs),
    `${duration(one.answerMs)} (${duration(one.slowestAnswerMs)})`,
  ]);
  const head = [
    ...['', 'in all', 'audit log', 'all else', 'most work of a batch that packs', 'deleted', 'a batch'],
    ...['most work of one', 'a request stored (slowest)'],
  ];
  const names = [...new Set(all.flatMap(({ tables }) => [...tables.keys()]))];
  const perRequest = (one: Measured, table: string) => Math.round((one.tables.get(table) ?? 0) / count);
  const largest = names
    .map((table) => [table, ...all.map((one) => perRequest(one, table))] as const)
    .filter(([, ...bytes]) => bytes.some((number) => number >= 10))
    .toSorted(([, one = 0], [, other = 0]) => other - one);
  return {
    parts: [
      told,
      table(head, rows),
      'Bytes for each request, by table, indices included:',
      table(
        ['', ...all.map(({ engine }) => engineNames[engine])],
        largest.map(([name, ...bytes]) => [`\`${name}\``, ...bytes.map(String)]),
      ),
      verdicts([
        {
          target: 'a million requests take at most 2 GB, with the audit log',
          misses: all
            .filter((one) => (inAll(one) / count) * million > mostBytes)
            .map((one) => `${perMillion(inAll(one))} on ${engineNames[one.engine]}`),
        },
        {
          target: `no batch holds the event loop for more than ${longestHoldMs} ms by itself`,
          misses: all
            .filter(({ holdMs, packMs }) => Math.max(holdMs, packMs) > longestHoldMs)
            .map(({ engine, holdMs, packMs }) => `${duration(Math.max(holdMs, packMs))} on ${engineNames[engine]}`),
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
  let packMs = 0;
  const endDay = async (store: StoreParts, day: number) => {
    while ((await sealNext(database, 200)) > 0);
    await workOfDay(store, (ms) => {
      packMs = Math.max(packMs, ms);
    });
    if (engine === 'postgres' && day % vacuumEveryDays === 0)
      for (const name of await tablesOf(database)) await sql`vacuum analyze ${sql.table(name)}`.execute(database.query);
  };
  try {
    await liveThroughYear({ database, count, endDay });
    const tables = await sizesOf(database);
    return { engine, tables, packMs, ...(await pruneWhileAsked(database, count)) };
  } finally {
    await database.close();
    await place.remove();
  }
}

/** As `retention.ts` does it, where nothing is old enough to be deleted. */
async function workOfDay(store: StoreParts, see: (ms: number) => void): Promise<void> {
  const before = store.clock.now() - monthMs;
  const steps = [
    (after: Cursor | null) => archiveAccessRequests(store, before, after),
    (after: Cursor | null) => archiveRequests(store, before, after),
    () => makeLean(store, before),
    async () => ({ next: (await packRecord(store.database, before)) ? [] : null }),
  ];
  for (const step of steps)
    for (let next: Cursor | null = null, isFirst = true; isFirst || next !== null; isFirst = false) {
      const workedMs = threadMs();
      ({ next } = await step(next));
      see(threadMs() - workedMs);
    }
}

const tablesOf = ({ query, dialect }: Database) => dialect.tables(query as unknown as Kysely<unknown>);

async function sizesOf(database: Database): Promise<ReadonlyMap<string, number>> {
  const { query, dialect } = database;
  const { rows } = await (dialect.engine === 'sqlite'
    ? sql<{ name: string; bytes: number }>`select tbl_name as name, sum(pgsize) as bytes
        from dbstat join sqlite_schema using (name) group by 1
        union all select 'free pages', freelist_count * page_size from pragma_freelist_count, pragma_page_size`
    : sql<{ name: string; bytes: number }>`select relname as name, pg_total_relation_size(oid)::float8 as bytes
        from pg_class where relkind = 'r' and relnamespace = to_regnamespace(quote_ident(current_schema()))`
  ).execute(query);
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

/** What the thread was at work, without the time in which other processes had the processor. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

async function pruneWhileAsked(database: Database, count: number) {
  const store = storeParts(database, systemClock, noLimits);
  const before = systemClock.now() - yearMs / 2;
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
    const { deleted, next } = await pruneArchived(store, before, after);
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
