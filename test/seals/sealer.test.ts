import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { readHead } from '../../src/seals/chain.ts';
import { type Sealer, startSealer } from '../../src/seals/sealer.ts';
import { verifyRecord } from '../../src/seals/verify.ts';
import { quickClock } from '../requests/scene.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { insertEntry, november, sealAll, takeOut, writeEntries } from './support.ts';

const hourMs = 3_600_000;

describe.each(engines)('the sealer on $name', (engine) => {
  const place = useTestDatabase(engine);
  const clock = quickClock(5_000);
  let database: Database;
  let sealer: Sealer | null = null;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    await place.empty();
    database = await place.open(systemClock);
    lines = [];
  });
  afterEach(async () => {
    await sealer?.stop();
    await database.close();
  });

  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const start = () => {
    sealer = startSealer({ database, clock, log });
    return sealer;
  };
  const told = () =>
    lines.filter(({ code }) => code === 'audit_log_sealed').map(({ entries, hash }) => ({ seq: entries, hash }));
  const isSealed = async (count: number) => (await readHead(database.query)).seq === count;

  it('seals what an earlier version left, and what is written from then on', async () => {
    await writeEntries(database.query, 500);
    start();
    await eventually(() => isSealed(500));
    await writeEntries(database.query, 1, november + hourMs);

    await eventually(() => isSealed(501));

    expect(await verifyRecord(database, null)).toMatchObject({ compared: 501, unsealed: 0, faults: [] });
  });

  it('tells the log the count and the last hash once an hour, if there is a new entry', async () => {
    await writeEntries(database.query, 3);
    start();
    await eventually(async () => told().length === 1);
    const first = await readHead(database.query);
    await clock.sleep(2 * hourMs);
    await writeEntries(database.query, 2, november + 4 * hourMs);

    await eventually(async () => told().length === 2);

    expect(told()).toEqual([first, await readHead(database.query)]);
  });

  it('gives an entry that an earlier process missed its place before what is written from now on', async () => {
    await writeEntries(database.query, 1_010);
    const late = await takeOut(database, 2);
    await sealAll(database);
    await insertEntry(database, late);
    await writeEntries(database.query, 1, november + 48 * hourMs);
    start();

    await eventually(() => isSealed(1_011));

    expect(await verifyRecord(database, null)).toMatchObject({ compared: 1_011, unsealed: 0, faults: [] });
  });

  it('goes on when it could not write', async () => {
    await writeEntries(database.query, 2);
    let isAway = true;
    const transact: Database['transact'] = (work) =>
      isAway ? Promise.reject(new Error('away')) : database.transact(work);
    sealer = startSealer({ database: { ...database, transact }, clock, log });
    await eventually(async () => lines.some(({ code }) => code === 'sealing_failed'));
    isAway = false;

    await eventually(() => isSealed(2));

    expect(await verifyRecord(database, null)).toMatchObject({ compared: 2, faults: [] });
  });
});
