import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { findSeal, readHead } from '../../src/seals/chain.ts';
import { pruneRecord } from '../../src/seals/prune.ts';
import { verifyRecord } from '../../src/seals/verify.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { november, sealAll, seals, writeEntries } from './support.ts';

const second = 1_000;

describe.each(engines)('pruning the audit log on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeEach(async () => {
    await place.empty();
    database = await place.open(systemClock);
    await writeEntries(database.query, 20);
    await sealAll(database);
  });
  afterEach(() => database.close());

  const entriesLeft = async () => (await database.query.selectFrom('audit_log').selectAll().execute()).length;

  it('removes the oldest entries in batches, and what is left verifies', async () => {
    const kept = await readHead(database.query);
    const counts = [];
    for (let round = 0; round < 4; round += 1) counts.push(await pruneRecord(database, november + 12 * second, 5));

    const verified = await verifyRecord(database, kept);

    expect(counts).toEqual([5, 5, 2, 0]);
    expect(await entriesLeft()).toBe(8);
    expect((await seals(database)).map(({ seq }) => seq)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
    expect(verified).toMatchObject({ compared: 8, pruned: { entries: 12, until: november + 11 * second }, faults: [] });
  });

  it('goes on sealing behind the last one where all were removed', async () => {
    const kept = await readHead(database.query);
    await pruneRecord(database, november + 60 * second, 100);
    const emptied = await verifyRecord(database, kept);
    await writeEntries(database.query, 2, november + 60 * second);

    await sealAll(database);

    expect(emptied).toMatchObject({ head: kept, compared: 0, pruned: { entries: 20 }, faults: [] });
    expect((await seals(database)).map(({ seq }) => seq)).toEqual([21, 22]);
    expect(await verifyRecord(database, kept)).toMatchObject({ compared: 2, faults: [] });
  });

  it('leaves entries that have no seal, and stops at the first one that is not old', async () => {
    await database.query
      .updateTable('audit_log')
      .set({ at: november + 900 * second })
      .where('at', '=', november + 2 * second)
      .execute();
    await writeEntries(database.query, 3, november - 60 * second);

    const pruned = await pruneRecord(database, november + 60 * second, 100);

    expect(pruned).toBe(2);
    expect(await entriesLeft()).toBe(21);
  });

  it('still shows what was changed, deleted or cut among what is left', async () => {
    const kept = await readHead(database.query);
    await pruneRecord(database, november + 10 * second, 100);
    await database.query
      .deleteFrom('audit_log')
      .where('at', '=', november + 10 * second)
      .execute();
    await database.query
      .updateTable('audit_log')
      .set({ kind: 'denied' })
      .where('at', '=', november + 11 * second)
      .execute();
    await database.query.deleteFrom('seals').where('seq', '=', 20).execute();

    const { faults } = await verifyRecord(database, kept);

    expect(faults).toMatchObject([
      { kind: 'deleted', seq: 11 },
      { kind: 'changed', seq: 12 },
      { kind: 'cut', seq: 19, kept: 20 },
    ]);
  });

  it('shows that the beginning was deleted by another hand', async () => {
    await pruneRecord(database, november + 5 * second, 100);
    await database.query
      .deleteFrom('audit_log')
      .where('at', '<', november + 8 * second)
      .execute();
    await database.query.deleteFrom('seals').where('seq', '<=', 8).execute();

    expect((await verifyRecord(database, null)).faults).toEqual([{ kind: 'gap', from: 6, to: 8 }]);
  });

  it('says nothing wrong of a verification during which it removed entries', async () => {
    const pruning = {
      ...database,
      query: database.query.withPlugin({
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          await pruneRecord(database, november + 15 * second, 5);
          return result;
        },
      }),
    };

    const verified = await verifyRecord(pruning, null);

    expect(verified).toMatchObject({ faults: [], pruned: { entries: 15 } });
  });

  it('finds the seal of the entry that was removed last, where an export goes on', async () => {
    const [, , third] = await seals(database);
    await pruneRecord(database, november + 3 * second, 100);

    expect(await findSeal(database.query, third?.entry_id ?? 0)).toBe(3);
    expect(await findSeal(database.query, (third?.entry_id ?? 0) - 1)).toBeNull();
  });
});
