import type { Database } from '../db/database.ts';
import { hashOf, lockChain } from './chain.ts';
import { lastPacked, packOf } from './packs.ts';
import { mayPack } from './rights.ts';
import { type Head, origin, type SealedEntry } from './sealed-entry.ts';

/** A pack of as many takes some 10 ms, which holds up the process. */
export const entriesPerPack = 250;

/**
 * Packs the next sealed entries, if that many are older than this time; false where they are not. It packs nothing that
 * does not verify, so that the rows stay from which one can see what was changed. Nor does it where the database's role may
 * not delete entries: then they stay as they are.
 */
export async function packRecord(database: Database, before: number): Promise<boolean> {
  if (!(await mayPack(database))) return false;
  return database.transact(async (transaction) => {
    await lockChain(database, transaction);
    const entries: readonly SealedEntry[] = await transaction
      .selectFrom('seals')
      .innerJoin('audit_log', 'audit_log.id', 'seals.entry_id')
      .selectAll('audit_log')
      .select(['seals.seq', 'seals.hash'])
      .orderBy('seals.seq')
      .limit(entriesPerPack)
      .execute();
    if (entries.length < entriesPerPack || entries.some(({ at }) => at >= before)) return false;
    const anchor = await transaction.selectFrom('seal_anchors').selectAll().orderBy('seq', 'desc').executeTakeFirst();
    const start = (await lastPacked(transaction)) ?? anchor ?? origin;
    let head: Head = start;
    for (const entry of entries) {
      if (entry.seq !== head.seq + 1 || hashOf(head, entry) !== entry.hash) return false;
      head = entry;
    }
    await transaction.insertInto('entry_packs').values(packOf(start, entries)).execute();
    const ids = entries.map(({ id }) => id);
    await transaction.deleteFrom('audit_log').where('id', 'in', ids).execute();
    await transaction.deleteFrom('seals').where('seq', '<=', head.seq).execute();
    return true;
  });
}
