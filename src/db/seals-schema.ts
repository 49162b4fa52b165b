/** The tables that make the audit log evidence; see `seals/chain.ts`. Rows are only ever added, and removed by pruning. */

/** The seal of an entry of `audit_log`. */
export interface SealRow {
  /** From 1, without gaps, in the order of sealing. */
  seq: number;
  entry_id: number;
  /** Over the entry and the hash before it: SHA-256 in base64url. */
  hash: string;
}

/** The last seal that was pruned, on which the first one that is left builds. */
export interface SealAnchorRow {
  seq: number;
  hash: string;
  /** The last entry that was pruned: its id and its time. */
  entry_id: number;
  at: number;
}

/** Entries that were sealed long ago, with their seals; see `seals/packs.ts`. */
export interface PackRow {
  /** The numbers of its first and last seal, the hash before the first, and the hash of the last. */
  first_seq: number;
  last_seq: number;
  hash_before: string;
  hash: string;
  /** The lowest and the highest id of its entries, and the earliest and latest time. */
  first_id: number;
  last_id: number;
  first_at: number;
  last_at: number;
  content: Uint8Array;
}

/** The id of a request that was deleted while the audit log tells of it. */
export interface SpentIdRow {
  id: string;
  /** When it was deleted. */
  at: number;
}
