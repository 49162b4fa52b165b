import { sql } from 'kysely';
import { systemClock } from '../../../src/clock.ts';
import { secret } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/db/database.ts';
import { sealNext } from '../../../src/seals/chain.ts';
import { packRecord } from '../../../src/seals/pack-record.ts';
import { verifyRecord } from '../../../src/seals/verify.ts';
import type { BenchOptions } from '../bench.ts';
import { createStore, type Engine } from '../support/bots.ts';
import { type Report, table, verdicts } from '../support/report.ts';
import { duration, median } from '../support/statistics.ts';

/** Table 7: how long it takes to seal the entries of an earlier version, and to verify them all, before and after they are packed. */
const engines: readonly Engine[] = ['sqlite', 'postgres'];
const engineNames: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
/** As the sealer takes them; what is left then is sealed in large batches, untimed. */
const batch = 200;
const timedBatches = 300;
const largeBatch = 5_000;
const mostMs = 60_000;
const rowsAtOnce = 20_000;

export async function measureVerifying({ quick }: BenchOptions): Promise<Report> {
  const count = quick ? 20_000 : 1_000_000;
  const rows: string[][] = [];
  const misses: string[] = [];
  for (const engine of engines) {
    const store = await createStore(engine);
    const database = await openDatabase(
      engine === 'sqlite'
        ? { kind: 'sqlite', path: store.databaseUrl.slice('file:'.length) }
        : { kind: 'postgres', url: secret(store.databaseUrl) },
      systemClock,
    );
    try {
      await fill(database, count);
      const batches: number[] = [];
      for (let sealed = batch; sealed === batch && batches.length < timedBatches; ) {
        const batchAt = performance.now();
        sealed = await sealNext(database, batch);
        batches.push(performance.now() - batchAt);
      }
      while ((await sealNext(database, largeBatch)) > 0);
      const asRowsMs = await verifyingMs(database, count);
      while (await packRecord(database, Date.now()));
      const packedMs = await verifyingMs(database, count);
      const times = [median(batches), Math.max(...batches), asRowsMs, packedMs];
      rows.push([engineNames[engine], ...times.map(duration)]);
      const slowest = Math.max(asRowsMs, packedMs);
      if (slowest > mostMs) misses.push(`${engineNames[engine]}: ${duration(slowest)}`);
    } finally {
      await database.close();
      await store.remove();
    }
  }
  const all = count.toLocaleString('en-US');
  const head = ['', `sealing ${batch}, median`, 'the longest', `verifying ${all}`, 'once they are packed'];
  return { parts: [table(head, rows), verdicts([{ target: 'a million entries verify within a minute', misses }])] };
}

async function verifyingMs(database: Database, count: number): Promise<number> {
  const startedAt = performance.now();
  const { compared, faultCount } = await verifyRecord(database, null);
  if (compared !== count || faultCount !== 0) throw new Error(`${compared} compared, ${faultCount} faults`);
  return performance.now() - startedAt;
}

async function fill({ query, dialect }: Database, count: number): Promise<void> {
  for (let from = 0; from < count; from += rowsAtOnce) {
    const [first, last] = [sql.lit(from), sql.lit(from + rowsAtOnce - 1)];
    const numbers =
      dialect.engine === 'sqlite'
        ? sql`(with recursive n(i) as (select ${first} union all select i + 1 from n where i < ${last}) select i from n) as n`
        : sql`generate_series(cast(${first} as bigint), ${last}) as n(i)`;
    await sql`insert into audit_log (at, actor_id, kind, request_id, details)
      select 1700000000000 + i * 1000, 'c1a2e5b0-1111-4222-8333-444455556666', 'finished', 'R' || cast(i as text),
        '{"task":"' || cast(i as text) || '","outcome":"created","app":"salesforce","subject":"person"}'
      from ${numbers}`.execute(query);
  }
}
