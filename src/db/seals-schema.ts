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
