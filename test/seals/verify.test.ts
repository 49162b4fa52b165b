import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { type Head, readHead } from '../../src/seals/chain.ts';
import { type Fault, mostFaults, verifyRecord } from '../../src/seals/verify.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { insertEntry, november, sealAll, takeOut, writeEntries } from './support.ts';

const dayMs = 24 * 3_600_000;

describe.each(engines)('the chain of the audit log on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let ids: readonly number[];
  let kept: Head;

  /** Ten sealed entries; the fifth id was lost, as that of a transaction that was rolled back. */
  beforeEach(async () => {
    await place.empty();
    database = await place.open(systemClock);
    await writeEntries(database.query, 5);
    await writeEntries(database.query, 6, november + 2 * dayMs);
    const { id } = await takeOut(database, 5);
    await sealAll(database);
    const found = await database.query.selectFrom('audit_log').select('id').orderBy('id').execute();
    ids = [...found.map((entry) => entry.id).slice(0, 4), id, ...found.map((entry) => entry.id).slice(4)];
    kept = await readHead(database.query);
  });
  afterEach(() => database.close());

  const idAt = (position: number) => ids[position - 1] ?? 0;
  /** Of the sealed entries; the number of the seal is the position. */
  const idOf = (seq: number) => idAt(seq < 5 ? seq : seq + 1);
  const run = (statement: string) => sql.raw(statement).execute(database.query);
  const faultsFound = async (against: Head | null = null) => (await verifyRecord(database, against)).faults;

  it('is whole where nothing was touched, and tells its end', async () => {
    expect(await verifyRecord(database, kept)).toEqual({
      ...{ head: kept, compared: 10, unsealed: 0, pruned: null, backdated: null, faults: [], faultCount: 0 },
    });
    expect(kept.seq).toBe(10);
  });

  it('tells entries that are not sealed yet as a number', async () => {
    await writeEntries(database.query, 3, november + 3 * dayMs);

    expect(await verifyRecord(database, kept)).toMatchObject({ unsealed: 3, faultCount: 0 });
  });

  it('is whole without an entry', async () => {
    await place.empty();

    expect(await verifyRecord(database, null)).toMatchObject({ head: { seq: 0 }, compared: 0, faultCount: 0 });
  });

  it.each([
    'at = at + 1',
    "actor_id = 'johanna'",
    "kind = 'denied'",
    "request_id = 'R9'",
    'request_id = null',
    `details = '{"subject":"person 2"}'`,
  ])('shows that an entry was changed: %s', async (change) => {
    await run(`update audit_log set ${change} where id = ${idOf(3)}`);

    expect(await faultsFound()).toEqual([{ kind: 'changed', seq: 3, id: idOf(3) }]);
  });

  it('shows that a seal was changed, at it and at the one that was built on it', async () => {
    await run(`update seals set hash = '${'x'.repeat(43)}' where seq = 3`);

    expect(await faultsFound()).toEqual([
      { kind: 'changed', seq: 3, id: idOf(3) },
      { kind: 'changed', seq: 4, id: idOf(4) },
    ]);
  });

  it('shows that an entry was deleted', async () => {
    await run(`delete from audit_log where id = ${idOf(3)}`);

    expect(await faultsFound()).toEqual([{ kind: 'deleted', seq: 3, id: idOf(3) }]);
  });

  it('shows that entries were deleted together with their seals', async () => {
    await run(`delete from audit_log where id in (${idOf(1)}, ${idOf(6)}, ${idOf(7)})`);
    await run('delete from seals where seq in (1, 6, 7)');

    expect(await faultsFound()).toEqual([
      { kind: 'gap', from: 1, to: 1 },
      { kind: 'gap', from: 6, to: 7 },
    ]);
  });

  it('shows that the last entries were deleted, where their seals are left', async () => {
    await run(`delete from audit_log where id >= ${idOf(9)}`);

    expect(await faultsFound()).toEqual([
      { kind: 'deleted', seq: 9, id: idOf(9) },
      { kind: 'deleted', seq: 10, id: idOf(10) },
    ]);
  });

  it('shows that two entries were swapped, and that two seals were', async () => {
    const swap = async (table: string, key: string, columns: string, one: number, other: number) => {
      await run(`create table swapped as select * from ${table} where ${key} in (${one}, ${other})`);
      await run(
        `update ${table} set ${columns
          .split(' ')
          .map((name) => `${name} = (select ${name} from swapped where swapped.${key} <> ${table}.${key})`)
          .join(', ')} where ${key} in (${one}, ${other})`,
      );
      await run('drop table swapped');
    };
    await swap('audit_log', 'id', 'at kind request_id details', idOf(2), idOf(3));
    const ofEntries = await faultsFound();
    await swap('seals', 'seq', 'hash', 6, 7);

    const ofBoth = await faultsFound();

    const changed = (seq: number): Fault => ({ kind: 'changed', seq, id: idOf(seq) });
    expect(ofEntries).toEqual([changed(2), changed(3)]);
    expect(ofBoth).toEqual([changed(2), changed(3), changed(6), changed(7), changed(8)]);
  });

  it('shows that an entry was inserted among earlier ones, before it is sealed and after', async () => {
    const inserted = { id: idAt(5), at: november + 4_000, actor_id: 'alex', kind: 'accessApproved' };
    await insertEntry(database, { ...inserted, request_id: null, details: '{}' });

    const before = await faultsFound(kept);
    await sealAll(database);
    const after = await faultsFound(kept);

    expect(before).toEqual([{ kind: 'inserted', seq: null, id: idAt(5) }]);
    expect(after).toEqual([{ kind: 'inserted', seq: 11, id: idAt(5) }]);
  });

  it('shows that an entry was inserted together with a seal that moved the others on', async () => {
    const inserted = { id: idAt(5), at: november + 4_000, actor_id: 'alex', kind: 'accessApproved' };
    await insertEntry(database, { ...inserted, request_id: null, details: '{}' });
    await run('update seals set seq = -seq where seq >= 5');
    await run('update seals set seq = 1 - seq where seq < 0');
    await run(`insert into seals (seq, entry_id, hash) values (5, ${idAt(5)}, '${'x'.repeat(43)}')`);

    expect((await faultsFound()).map((fault) => fault.kind)).toEqual(Array(7).fill('changed'));
  });

  it('tells entries that are dated long before the one before them, which a clock that was set back does too', async () => {
    await writeEntries(database.query, 2, november);
    await sealAll(database);

    expect(await verifyRecord(database, kept)).toMatchObject({
      backdated: { count: 1, first: expect.any(Number) },
      faultCount: 0,
    });
  });

  it('shows that the end was cut off, by a count and a hash that were kept elsewhere', async () => {
    await run(`delete from audit_log where id >= ${idOf(9)}`);
    await run('delete from seals where seq >= 9');

    const alone = await faultsFound();
    const cut = await faultsFound(kept);
    await writeEntries(database.query, 4, november + 3 * dayMs);
    await sealAll(database);
    const regrown = await faultsFound(kept);

    expect(alone).toEqual([]);
    expect(cut).toEqual([{ kind: 'cut', seq: 8, kept: 10 }]);
    expect(regrown).toEqual([{ kind: 'rewritten', seq: 10 }]);
  });

  it('shows that all was rewritten and sealed anew, by a count and a hash that were kept elsewhere', async () => {
    await run(`update audit_log set actor_id = 'johanna' where id = ${idOf(2)}`);
    await run('delete from seals');
    await sealAll(database);

    expect(await faultsFound()).toEqual([]);
    expect(await faultsFound(kept)).toEqual([{ kind: 'rewritten', seq: 10 }]);
  });

  it('counts the faults beyond those that it names', async () => {
    await writeEntries(database.query, mostFaults + 20, november + 3 * dayMs);
    await sealAll(database);
    await run("update audit_log set kind = 'denied'");

    const { faults, faultCount } = await verifyRecord(database, null);

    expect(faults).toHaveLength(mostFaults);
    expect(faultCount).toBe(10 + mostFaults + 20);
  });
});
