import type { Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { SealAnchorRow } from '../db/seals-schema.ts';
import { lockChain } from './chain.ts';
import { entriesOf, type Pack } from './packs.ts';
import { mayPrune } from './rights.ts';

/**
 * Removes the oldest sealed entries, those before this time, at most so many, and returns how many it removed. It keeps
 * the last removed seal as the anchor on which the first one that is left builds, so that the rest can still be
 * verified.
 *
 * Packs, which are older than all else, go as a whole, one at a time. It stops at the first entry in the order of
 * sealing that is not that old, as the chain can only lose its beginning; an entry without a seal is not old enough. It
 * removes nothing where the database's role may not: then the owner of the tables does it, see `docs/operations.md`.
 */
export async function pruneRecord(database: Database, before: number, limit: number): Promise<number> {
  if (!(await mayPrune(database))) return 0;
  return database.transact(async (transaction) => {
    await lockChain(database, transaction);
    const packs = transaction.selectFrom('entry_packs').selectAll().orderBy('last_seq').limit(1);
    const pack = await packs.executeTakeFirst();
    if (pack !== undefined) return prunePack(transaction, pack, before);
    const oldest = await transaction
      .selectFrom('seals')
      .leftJoin('audit_log', 'audit_log.id', 'seals.entry_id')
      .select(['seals.seq', 'seals.hash', 'seals.entry_id', 'audit_log.at'])
      .orderBy('seals.seq')
      .limit(limit)
      .execute();
    const kept = oldest.findIndex(({ at }) => at !== null && at >= before);
    const old = kept === -1 ? oldest : oldest.slice(0, kept);
    // An attacker may have removed some of them, which then have no time of their own.
    const last = old.findLast(({ at }) => at !== null);
    if (last === undefined || last.at === null) return 0;
    const { seq, hash, entry_id, at } = last;
    const ids = old.filter((one) => one.seq <= seq).map((one) => one.entry_id);
    await transaction.deleteFrom('audit_log').where('id', 'in', ids).execute();
    await transaction.deleteFrom('seals').where('seq', '<=', seq).execute();
    await moveAnchor(transaction, { seq, hash, entry_id, at });
    return ids.length;
  });
}

async function prunePack(transaction: Transaction<Schema>, pack: Pack, before: number): Promise<number> {
  if (pack.last_at >= before) return 0;
  const { last_seq: seq, hash, last_id, last_at } = pack;
  const last = entriesOf(pack)?.at(-1);
  await transaction.deleteFrom('entry_packs').where('last_seq', '=', seq).execute();
  await moveAnchor(transaction, { seq, hash, entry_id: last?.id ?? last_id, at: last?.at ?? last_at });
  return seq - pack.first_seq + 1;
}

async function moveAnchor(transaction: Transaction<Schema>, anchor: SealAnchorRow): Promise<void> {
  await transaction.deleteFrom('seal_anchors').execute();
  await transaction.insertInto('seal_anchors').values(anchor).execute();
}
