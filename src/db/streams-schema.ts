import type { Generated } from 'kysely';

/** How far the record has been sent; see `streams/stream-rows.ts`. */
export interface StreamRow {
  name: 'audit' | 'events';
  /** The number of the last seal whose entry was sent, or given up. */
  position: Generated<number>;
  /** How many attempts have failed since the last entry that arrived, and since when they do. */
  failures: Generated<number>;
  failing_since: Generated<number | null>;
  /** When it is tried again; null for at once. */
  due_at: Generated<number | null>;
  /** When the receiver switched it off; null while it is on. */
  off_at: Generated<number | null>;
  lease_owner: Generated<string | null>;
  lease_until: Generated<number | null>;
}
