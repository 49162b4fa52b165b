import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { readHead, readSealed, sealNext, sealStragglers } from '../../src/seals/chain.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { insertEntry, november, sealAll, seals, takeOut, writeEntries } from './support.ts';

const digest = (...values: readonly unknown[]) => hash('sha256', JSON.stringify(values), 'base64url');

describe.each(engines)('sealing the audit log on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeEach(async () => {
    await place.empty();
    database = await place.open(systemClock);
  });
  afterEach(() => database.close());

  it('gives each entry the next number, and a hash over it and the hash before it', async () => {
    await writeEntries(database.query, 2);
    const [first, second] = await database.query.selectFrom('audit_log').selectAll().orderBy('id').execute();

    await sealAll(database);

    const details = (person: string) => `{"subject":"${person}","note":"Zoë “👩‍🚀”"}`;
    const one = digest('', 1, first?.id, november, 'alex', 'asked', 'R0', details('person 0'));
    const two = digest(one, 2, second?.id, november + 1_000, 'alex', 'asked', null, details('person 1'));
    expect(await seals(database)).toEqual([
      { seq: 1, entry_id: first?.id, hash: one },
      { seq: 2, entry_id: second?.id, hash: two },
    ]);
    expect(await readHead(database.query)).toEqual({ seq: 2, hash: two });
  });

  it('seals what an earlier version left once, in order of id, in batches', async () => {
    await writeEntries(database.query, 25);

    const counts = [];
    for (let round = 0; round < 4; round += 1) counts.push(await sealNext(database, 10));

    expect(counts).toEqual([10, 10, 5, 0]);
    const ids = (await seals(database)).map(({ entry_id }) => entry_id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(25);
  });

  it('seals an entry that committed after one with a higher id, as the next one', async () => {
    await writeEntries(database.query, 3);
    const late = await takeOut(database, 2);
    await sealAll(database);
    await insertEntry(database, late);

    await sealAll(database);

    expect((await readSealed(database.query, 2, 10)).map(({ seq, id }) => ({ seq, id }))).toEqual([
      { seq: 3, id: late.id },
    ]);
  });

  it('seals an entry that committed long after those with higher ids, when it looks through all', async () => {
    await writeEntries(database.query, 1_010);
    const late = await takeOut(database, 2);
    await sealAll(database);
    await insertEntry(database, late);

    const sealed = [await sealNext(database, 100), await sealStragglers(database, 100)];

    expect(sealed).toEqual([0, 1]);
    expect((await readSealed(database.query, 1_009, 10)).map(({ id }) => id)).toEqual([late.id]);
  });

  it('makes one chain when several processes seal at once', async () => {
    const others = await Promise.all([1, 2, 3].map(() => place.open(systemClock)));
    await writeEntries(database.query, 120);

    await Promise.all(
      [database, ...others].map(async (one) => {
        for (let round = 0; round < 40; round += 1) await sealNext(one, 7);
      }),
    );

    const stored = await readSealed(database.query, 0, 1_000);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
    const hashes = (await seals(database)).map(({ hash }) => hash);
    let before = '';
    for (const [index, { seq, id, at, actor_id, kind, request_id, details }] of stored.entries()) {
      const own = hashes[index] ?? '';
      expect(own).toBe(digest(before, seq, id, at, actor_id, kind, request_id, details));
      before = own;
    }
  });
});
