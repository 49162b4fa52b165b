import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { type Head, hashOf, origin, rangeOfIds, type StoredEntry, unsealedIn } from './chain.ts';
import { entriesOf, hasMark, nextPack, type Pack } from './packs.ts';

/** What was found of the chain. Faults beyond `mostFaults` are only counted. */
export interface Verified {
  /** The last seal; keep it away from the database. */
  readonly head: Head;
  /** How many sealed entries are there. */
  readonly compared: number;
  /** How many entries have no seal yet: written a moment ago, or by a version that made none. */
  readonly unsealed: number;
  /** How many were removed for their age, and the time of the last of these; null for none. */
  readonly pruned: { readonly entries: number; readonly until: number } | null;
  /**
   * How often an entry is dated long before the one that was sealed before it, and the first such entry; null for none.
   * A clock that was set back does that too, so it is no fault.
   */
  readonly backdated: { readonly count: number; readonly first: number } | null;
  readonly faults: readonly Fault[];
  readonly faultCount: number;
}

/** Numbers are those of seals; an id is that of an entry. */
export type Fault =
  /** The entry does not have the hash of its seal: one of the two was changed, or put in the place of another. */
  | { readonly kind: 'changed'; readonly seq: number; readonly id: number }
  /** The entry of this seal is gone. */
  | { readonly kind: 'deleted'; readonly seq: number; readonly id: number }
  /** The pack of these seals is there, and cannot be read: it was changed, or damaged. */
  | { readonly kind: 'unreadable'; readonly from: number; readonly to: number }
  /** These seals are gone. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** The entry got its id before others that are sealed, and is dated long before them, yet has no seal or a later one. */
  | { readonly kind: 'inserted'; readonly seq: number | null; readonly id: number }
  /** More entries were sealed when this was kept. */
  | { readonly kind: 'cut'; readonly seq: number; readonly kept: number }
  /** The seal of this number had another hash when it was kept: entries up to it were changed, and sealed anew. */
  | { readonly kind: 'rewritten'; readonly seq: number };

export const mostFaults = 100;
const sealsAtOnce = 10_000;
/**
 * On PostgreSQL a transaction may commit after others with higher ids, so that its entry is sealed up to an hour later
 * (`sealer.ts`). This leaves room for that.
 */
const lateMs = 24 * 3_600_000;

/** An entry, if it is there, with its seal. */
type Link = Head & { readonly entry_id: number } & { readonly [K in keyof StoredEntry]: StoredEntry[K] | null };

/**
 * Compares every entry with its seal, and each seal with the one before, in pages, while Usher runs. `kept`: a count
 * and hash that were noted earlier, without which nothing tells that the end was cut off.
 *
 * @param repeats how often it begins again where entries were pruned meanwhile
 */
export async function verifyRecord(database: Database, kept: Head | null, repeats = 3): Promise<Verified> {
  const { query } = database;
  const anchor = () => query.selectFrom('seal_anchors').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const pruned = await anchor();
  const faults: Fault[] = [];
  let faultCount = 0;
  const tell = (fault: Fault) => {
    faultCount += 1;
    if (faultCount <= mostFaults) faults.push(fault);
  };
  let head: Head = pruned ?? origin;
  let keptHash = kept?.seq === head.seq ? head.hash : null;
  let compared = 0;
  let backdated = null as Verified['backdated'];
  let newest = { id: 0, at: Number.NEGATIVE_INFINITY };
  const noteTime = (seq: number, id: number, at: number) => {
    const isLate = at < newest.at - lateMs;
    if (isLate && id < newest.id) tell({ kind: 'inserted', seq, id });
    else if (isLate) backdated = { count: (backdated?.count ?? 0) + 1, first: backdated?.first ?? id };
    if (id > newest.id) newest = { id, at };
  };
  const look = (link: Link) => {
    const { seq, entry_id: id } = link;
    const isNext = seq === head.seq + 1;
    if (!isNext) tell({ kind: 'gap', from: head.seq + 1, to: seq - 1 });
    if (!isEntry(link)) tell({ kind: 'deleted', seq, id });
    else {
      compared += 1;
      // After a gap the hash before this one is unknown.
      if (isNext && hashOf(head, link) !== link.hash) tell({ kind: 'changed', seq, id });
      noteTime(seq, id, link.at);
    }
    if (seq === kept?.seq) keptHash = link.hash;
    head = { seq, hash: link.hash };
  };
  /** A pack is left with the hash that it has, so that what follows is verified by itself. */
  const lookInto = (pack: Pack) => {
    const entries = entriesOf(pack);
    if (pack.first_seq > head.seq + 1) tell({ kind: 'gap', from: head.seq + 1, to: pack.first_seq - 1 });
    if (entries === null) tell({ kind: 'unreadable', from: pack.first_seq, to: pack.last_seq });
    let before: Head = { seq: pack.first_seq - 1, hash: pack.hash_before };
    // What it builds on is known where nothing is missing before it.
    let isBroken = head.seq === before.seq && head.hash !== before.hash;
    if (isBroken) tell({ kind: 'changed', seq: pack.first_seq, id: entries?.[0]?.id ?? pack.first_id });
    for (const entry of entries ?? []) {
      const { seq, id, at } = entry;
      before = { seq, hash: hashOf(before, entry) };
      // It was packed after its row had been looked at.
      if (seq <= head.seq) continue;
      compared += 1;
      const isLast = seq === pack.last_seq;
      // All after the first that was changed have other hashes for that alone.
      if (!isBroken && !(hasMark(entry, before.hash) && (!isLast || before.hash === pack.hash))) {
        isBroken = true;
        tell({ kind: 'changed', seq, id });
      }
      noteTime(seq, id, at);
      if (seq === kept?.seq) keptHash = isBroken ? null : before.hash;
    }
    head = { seq: pack.last_seq, hash: pack.hash };
  };
  /** How many of those that were compared have rows of their own. */
  let ofRows = 0;
  for (;;) {
    const pack = await nextPack(query, head.seq);
    if (pack !== undefined) {
      lookInto(pack);
      continue;
    }
    const links: readonly Link[] = await query
      .selectFrom('seals')
      .leftJoin('audit_log', 'audit_log.id', 'seals.entry_id')
      .selectAll('audit_log')
      .select(['seals.seq', 'seals.hash', 'seals.entry_id'])
      .where('seals.seq', '>', head.seq)
      .orderBy('seals.seq')
      .limit(sealsAtOnce)
      .execute();
    const before = compared;
    for (const link of links) look(link);
    ofRows += compared - before;
    if (links.length < sealsAtOnce) break;
  }
  if (kept !== null && kept.seq > head.seq) tell({ kind: 'cut', seq: head.seq, kept: kept.seq });
  else if (kept !== null && kept.seq >= (pruned?.seq ?? 0) && keptHash !== kept.hash)
    tell({ kind: 'rewritten', seq: kept.seq });
  const unsealed = await countUnsealed(database, ofRows, (id, at) => {
    if (id < newest.id && at < newest.at - lateMs) tell({ kind: 'inserted', seq: null, id });
  });
  if (faultCount > 0 && repeats > 0 && (await anchor())?.seq !== pruned?.seq)
    return verifyRecord(database, kept, repeats - 1);
  return {
    ...{ head: { seq: head.seq, hash: head.hash }, compared, unsealed, backdated, faults, faultCount },
    pruned: pruned === undefined ? null : { entries: pruned.seq, until: pruned.at },
  };
}

function isEntry(link: Link): link is Link & StoredEntry {
  return link.id !== null;
}

/**
 * Where there are more entries than the sealed ones, it looks for the others in ranges of ids, as a database of many
 * years would take longer than a statement may.
 */
async function countUnsealed(
  { query }: Database,
  sealed: number,
  see: (id: number, at: number) => void,
): Promise<number> {
  const { rows } = await sql<{ lowest: number | null; highest: number | null; entries: number }>`
    select min(id) as lowest, max(id) as highest, count(*) as entries from audit_log`.execute(query);
  const { lowest = null, highest = null, entries = 0 } = rows[0] ?? {};
  if (lowest === null || highest === null || entries === sealed) return 0;
  let count = 0;
  for (let from = lowest; from <= highest; from += rangeOfIds) {
    const found = await unsealedIn(query, from, from + rangeOfIds)
      .select(['id', 'at'])
      .execute();
    for (const { id, at } of found) see(id, at);
    count += found.length;
  }
  return count;
}
