import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { findSeal, hashOf, readHead, readSealed } from '../../src/seals/chain.ts';
import { entriesPerPack, packRecord } from '../../src/seals/pack-record.ts';
import { entriesOf, type Pack, packOf } from '../../src/seals/packs.ts';
import { pruneRecord } from '../../src/seals/prune.ts';
import type { SealedEntry } from '../../src/seals/sealed-entry.ts';
import { verifyRecord } from '../../src/seals/verify.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { insertEntry, november, sealAll, seals, takeOut, writeEntries } from './support.ts';

const second = 1_000;
const later = november + 3_600 * second;
const rest = 20;

describe.each(engines)('the packs of the audit log on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let kept: Awaited<ReturnType<typeof readHead>>;

  beforeEach(async () => {
    await place.empty();
    database = await place.open(systemClock);
    await writeEntries(database.query, 2 * entriesPerPack + rest);
    await sealAll(database);
    kept = await readHead(database.query);
  });
  afterEach(() => database.close());

  async function packAll(before = later): Promise<number> {
    let packs = 0;
    while (await packRecord(database, before)) packs += 1;
    return packs;
  }
  const packs = () => database.query.selectFrom('entry_packs').selectAll().orderBy('last_seq').execute();
  const entries = () => database.query.selectFrom('audit_log').selectAll().orderBy('id').execute();
  const entriesAt = async (place: number) => {
    const found = (await readSealed(database.query, place - 1, 1))[0];
    if (found === undefined) throw new Error('there is such an entry');
    return found;
  };
  /** As somebody would who can write to the database: with the pack's own hashes left as they are. */
  async function change(which: number, edit: (all: SealedEntry[]) => readonly SealedEntry[], more: Partial<Pack> = {}) {
    const pack = (await packs())[which];
    if (pack === undefined) throw new Error('there is such a pack');
    let head = { seq: pack.first_seq - 1, hash: pack.hash_before };
    const own = (entriesOf(pack) ?? []).map(({ mark: _, ...entry }) => {
      head = { seq: entry.seq, hash: hashOf(head, entry) };
      return { ...entry, hash: head.hash };
    });
    const { content } = packOf(head, edit(own));
    await database.query
      .updateTable('entry_packs')
      .set({ content, ...more })
      .where('last_seq', '=', pack.last_seq)
      .execute();
  }
  const faults = async () => (await verifyRecord(database, kept)).faults;

  it('hold what was in the rows, and leave those that are young or too few', async () => {
    const before = await readSealed(database.query, 0, 1_000);

    const made = await packAll();

    const after = [];
    for (let seq = 0; ; ) {
      const some = await readSealed(database.query, seq, 100);
      after.push(
        ...some.map(({ seq, id, at, actor_id, kind, request_id, details }) => ({
          seq,
          id,
          at,
          actor_id,
          kind,
          request_id,
          details,
        })),
      );
      if (some.length === 0) break;
      seq = some.at(-1)?.seq ?? 0;
    }
    expect([made, (await entries()).length, (await seals(database)).length]).toEqual([2, rest, rest]);
    expect(after).toEqual(before);
    expect(await packAll(november)).toBe(0);
  });

  it('verify, and sealing goes on behind them, even where no entry is left beside them', async () => {
    await packAll();
    const whole = await verifyRecord(database, kept);
    await database.query.deleteFrom('seals').execute();
    await database.query.deleteFrom('audit_log').execute();
    const head = await readHead(database.query);

    await writeEntries(database.query, 2, later);
    await sealAll(database);

    expect(whole).toMatchObject({ head: kept, compared: 2 * entriesPerPack + rest, unsealed: 0, faults: [] });
    expect(head.seq).toBe(2 * entriesPerPack);
    expect((await seals(database)).map(({ seq }) => seq)).toEqual([head.seq + 1, head.seq + 2]);
    expect(await verifyRecord(database, head)).toMatchObject({ unsealed: 0, faults: [] });
  });

  it('tell of an entry that was changed', async () => {
    await packAll();
    const { id } = await entriesAt(entriesPerPack + 3);

    await change(1, (all) => all.map((entry, at) => (at === 2 ? { ...entry, actor_id: 'mallory' } : entry)));

    expect(await faults()).toEqual([{ kind: 'changed', seq: entriesPerPack + 3, id }]);
  });

  it('tell of the last entry, changed with all that the pack has of its hash', async () => {
    await packAll();

    await change(0, (all) =>
      all.map((entry, at) =>
        at === all.length - 1 ? { ...entry, details: '{}', hash: `${entry.hash.slice(0, 20)}A` } : entry,
      ),
    );

    expect((await faults())[0]).toMatchObject({ kind: 'changed', seq: entriesPerPack });
  });

  it('tell of a pack that was made anew, as what follows builds on another hash', async () => {
    await packAll();
    let head = { seq: 0, hash: '' };
    await change(
      0,
      (all) =>
        all.map((entry) => {
          const changed = { ...entry, kind: 'denied' };
          head = { seq: entry.seq, hash: hashOf(head, changed) };
          return { ...changed, hash: head.hash };
        }),
      {},
    );
    await database.query.updateTable('entry_packs').set({ hash: head.hash }).where('first_seq', '=', 1).execute();

    expect(await faults()).toMatchObject([{ kind: 'changed', seq: entriesPerPack + 1 }]);
  });

  it.each([
    ['swapped', (all: SealedEntry[]) => [all[1], all[0], ...all.slice(2)] as SealedEntry[], 'changed'],
    ['deleted', (all: SealedEntry[]) => all.slice(1), 'unreadable'],
    ['inserted', (all: SealedEntry[]) => [...all.slice(0, 1), ...all], 'unreadable'],
  ])('tell of entries that were %s', async (_what, edit, kind) => {
    await packAll();

    await change(1, edit);

    expect((await faults())[0]).toMatchObject({ kind });
  });

  it('tell of a pack that is gone, that cannot be read, and of an end that was cut off', async () => {
    await packAll();
    await database.query
      .updateTable('entry_packs')
      .set({ content: Buffer.from('x') })
      .where('first_seq', '=', 1)
      .execute();
    const unreadable = await faults();
    await database.query.deleteFrom('entry_packs').where('first_seq', '=', 1).execute();
    const gone = await faults();
    await database.query.deleteFrom('seals').execute();
    await database.query.deleteFrom('audit_log').execute();

    expect(unreadable).toEqual([{ kind: 'unreadable', from: 1, to: entriesPerPack }]);
    expect(gone).toMatchObject([{ kind: 'gap', from: 1, to: entriesPerPack }]);
    expect((await faults()).at(-1)).toMatchObject({ kind: 'cut', kept: kept.seq });
  });

  it('tell of an old entry that was inserted beside them', async () => {
    await packAll();
    const { id } = await takeOut(database, 1);
    await insertEntry(database, {
      id: 1,
      at: november - 90_000 * second,
      actor_id: 'mallory',
      kind: 'asked',
      request_id: null,
      details: '{}',
    });

    expect((await faults()).map(({ kind }) => kind).toSorted()).toEqual(['deleted', 'inserted']);
    expect(id).toBeGreaterThan(1);
  });

  it('are not made of what does not verify, so that the rows stay that show it', async () => {
    await database.query.updateTable('audit_log').set({ actor_id: 'mallory' }).where('kind', '=', 'asked').execute();

    const made = await packAll();

    expect([made, (await entries()).length]).toEqual([0, 2 * entriesPerPack + rest]);
  });

  it('go as a whole once their youngest entry is past its time, and the rest verifies', async () => {
    await packAll();
    const { id } = await entriesAt(entriesPerPack);
    const counts = [];
    for (let round = 0; round < 3; round += 1)
      counts.push(await pruneRecord(database, november + (entriesPerPack + 10) * second, 100));

    const verified = await verifyRecord(database, kept);

    expect(counts).toEqual([entriesPerPack, 0, 0]);
    expect(verified).toMatchObject({ compared: entriesPerPack + rest, faults: [] });
    expect(verified.pruned).toEqual({ entries: entriesPerPack, until: november + (entriesPerPack - 1) * second });
    expect(await findSeal(database.query, id)).toBe(entriesPerPack);
  });

  it('have the number of each entry', async () => {
    const { id, seq } = await entriesAt(entriesPerPack + 7);

    await packAll();

    expect([await findSeal(database.query, id), await findSeal(database.query, 10_000)]).toEqual([seq, null]);
  });

  it('are made whole or not at all', async () => {
    const failing = {
      ...database,
      transact: <T>(work: Parameters<Database['transact']>[0]) =>
        database.transact<T>(async (transaction) => {
          await work(transaction);
          throw new Error('killed before the commit');
        }),
    } as Database;

    await expect(packRecord(failing, later)).rejects.toThrow('killed');

    expect([(await packs()).length, (await entries()).length]).toEqual([0, 2 * entriesPerPack + rest]);
    expect(await faults()).toEqual([]);
  });
});
