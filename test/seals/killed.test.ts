import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { readHead } from '../../src/seals/chain.ts';
import { verifyRecord } from '../../src/seals/verify.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { sealAll, writeEntries } from './support.ts';

const program = fileURLToPath(new URL('sealing-process.ts', import.meta.url));
const count = 2_000;

describe.each(engines)('processes that are killed while they seal on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
    for (let from = 0; from < count; from += 500)
      await database.transact((transaction) => writeEntries(transaction, 500));
  });

  function start(): ChildProcess {
    const { config } = place;
    const address = config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
    return spawn(process.execPath, [program, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  it('leave one whole chain, which the next process continues', async () => {
    // One at a time may use an SQLite file.
    const together = database.dialect.singleProcess ? 1 : 3;
    const heads: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const running = Array.from({ length: together }, start);
      const ended = running.map((one) => once(one, 'exit'));
      await Promise.all(running.map((one) => once(one.stdout ?? one, 'data')));
      // Each at another point of its work.
      for (const one of running) {
        if (one.stdout !== null) await once(one.stdout, 'data');
        one.kill('SIGKILL');
      }
      await Promise.all(ended);
      heads.push((await readHead(database.query)).seq);
      expect(await verifyRecord(database, null)).toMatchObject({ compared: heads.at(-1), faults: [] });
    }
    const killedAt = heads.at(-1) ?? count;

    await sealAll(database);

    expect(killedAt).toBeGreaterThan(0);
    expect(killedAt).toBeLessThan(count);
    expect(await verifyRecord(database, null)).toMatchObject({ compared: count, unsealed: 0, faults: [] });
  }, 60_000);
});
