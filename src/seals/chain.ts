import { hash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { amongPacked, entriesOf, lastPacked, nextPack } from './packs.ts';
import { type Head, type NumberedEntry, origin, type StoredEntry } from './sealed-entry.ts';

export { type Head, origin, type StoredEntry } from './sealed-entry.ts';

/**
 * The chain that makes the audit log evidence. Each entry gets a seal: the next number, and a hash over the entry and
 * the hash of the seal before it. An attacker who changes, removes, inserts or swaps entries would have to
 * make every later seal anew, and then the last one differs from the count and the hash that were kept elsewhere.
 *
 *     entry 7 ─┐      entry 9 ─┐      entry 8 ─┐
 *     seal 1 ──┴─hash─▶ seal 2 ┴─hash─▶ seal 3 ┴─hash─▶ …
 *
 * Entries are sealed in the order in which the sealer sees them, ids within a batch ascending: on PostgreSQL a
 * transaction with a lower id may commit later. From then on the number is the order.
 */
/**
 * The hash of an entry's seal: SHA-256, in base64url, of the JSON array of these values, which is the same text for the
 * same entry on both engines. Changing it would break every stored chain.
 */
export function hashOf(before: Head, { id, at, actor_id, kind, request_id, details }: StoredEntry): string {
  const sealed = [before.hash, before.seq + 1, id, at, actor_id, kind, request_id, details];
  return hash('sha256', JSON.stringify(sealed), 'base64url');
}

/** The last seal; where all were pruned, the last one that was. */
export async function readHead(query: Kysely<Schema>): Promise<Head> {
  const last = (table: 'seals' | 'seal_anchors') =>
    query.selectFrom(table).select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return (await last('seals')) ?? (await lastPacked(query)) ?? (await last('seal_anchors')) ?? origin;
}

/**
 * This far below the highest sealed id the sealer looks each time: on PostgreSQL a transaction may commit after others
 * with higher ids. `sealStragglers` finds what comes later still.
 */
const lateIds = 1_000;
/** So many ids are looked through in one statement. */
export const rangeOfIds = 50_000;

/**
 * The entries that have no seal, from this id on and below the other, if any. The range bounds the seals as well:
 * PostgreSQL would otherwise read all of them for a few entries.
 */
export function unsealedIn(query: Kysely<Schema>, from: number, end: number | null) {
  const below = end ?? Number.MAX_SAFE_INTEGER;
  return query
    .selectFrom('audit_log')
    .where('id', '>=', from)
    .where('id', '<', below)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('seals')
            .select('seq')
            .whereRef('entry_id', '=', 'audit_log.id')
            .where('entry_id', '>=', from)
            .where('entry_id', '<', below),
        ),
      ),
    )
    .orderBy('id');
}

/** Seals the next entries, at most so many; returns how many. Two statements tell that there are none. */
export async function sealNext(database: Database, most: number): Promise<number> {
  const next = async (query: Kysely<Schema>) => {
    const { highest } = await query
      .selectFrom('seals')
      .select(({ fn }) => fn.max('entry_id').as('highest'))
      .executeTakeFirstOrThrow();
    return unsealedIn(query, (highest ?? 0) - lateIds, null);
  };
  const found = await (await next(database.query)).select('id').limit(1).executeTakeFirst();
  if (found === undefined) return 0;
  return database.transact(async (transaction) => {
    await lockChain(database, transaction);
    return seal(transaction, await (await next(transaction)).selectAll().limit(most).execute());
  });
}

/** Seals the entries that committed long after those with the next ids; returns how many. It looks through all entries. */
export async function sealStragglers(database: Database, most: number): Promise<number> {
  const { query, reader } = database;
  const range = await query
    .selectNoFrom((none) => [
      none
        .selectFrom('audit_log')
        .select(({ fn }) => fn.min('id').as('id'))
        .as('lowest'),
      none
        .selectFrom('seals')
        .select(({ fn }) => fn.max('entry_id').as('id'))
        .as('highest'),
    ])
    .executeTakeFirstOrThrow();
  const end = (range.highest ?? 0) - lateIds;
  let sealed = 0;
  for (let from = range.lowest ?? end; from < end; from += rangeOfIds) {
    const late = (db: Kysely<Schema>) => unsealedIn(db, from, Math.min(from + rangeOfIds, end));
    while ((await late(reader).select('id').limit(1).executeTakeFirst()) !== undefined)
      sealed += await database.transact(async (transaction) => {
        await lockChain(database, transaction);
        return seal(transaction, await late(transaction).selectAll().limit(most).execute());
      });
  }
  return sealed;
}

/** One process seals at a time. Two that went by the same head would fork the chain; its keys would refuse the second. */
export async function lockChain({ dialect }: Database, transaction: Transaction<Schema>): Promise<void> {
  const name = 'sealing';
  await transaction
    .insertInto('rounds')
    .values({ name, due_at: 0 })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  if (dialect.lockRows)
    await transaction.selectFrom('rounds').select('name').where('name', '=', name).forUpdate().execute();
}

async function seal(transaction: Transaction<Schema>, entries: readonly StoredEntry[]): Promise<number> {
  if (entries.length === 0) return 0;
  let head = await readHead(transaction);
  const seals = entries.map((entry) => {
    head = { seq: head.seq + 1, hash: hashOf(head, entry) };
    return { ...head, entry_id: entry.id };
  });
  await transaction.insertInto('seals').values(seals).execute();
  return seals.length;
}

/** The number of the seal of an entry, even of one that was pruned last; 0 for the id 0, null where it has none. */
export async function findSeal(query: Kysely<Schema>, entryId: number): Promise<number | null> {
  if (entryId === 0) return 0;
  const among = (table: 'seals' | 'seal_anchors') =>
    query.selectFrom(table).select('seq').where('entry_id', '=', entryId).executeTakeFirst();
  return ((await among('seals')) ?? (await amongPacked(query, entryId)) ?? (await among('seal_anchors')))?.seq ?? null;
}

/** The sealed entries after the one with this number, some hundreds, in the order of sealing; none at the end. */
export async function readSealed(
  query: Kysely<Schema>,
  after: number,
  most: number,
): Promise<readonly NumberedEntry[]> {
  const pack = await nextPack(query, after);
  // One that cannot be read is left out, like an entry that is in no table any more; `verifyRecord` tells of both.
  const packed = pack === undefined ? null : (entriesOf(pack) ?? []);
  if (pack !== undefined && packed?.length === 0) return readSealed(query, pack.last_seq, most);
  if (packed !== null) return packed.filter(({ seq }) => seq > after).slice(0, most);
  return query
    .selectFrom('seals')
    .innerJoin('audit_log', 'audit_log.id', 'seals.entry_id')
    .selectAll('audit_log')
    .select('seals.seq')
    .where('seals.seq', '>', after)
    .orderBy('seals.seq')
    .limit(most)
    .execute();
}
