import type { Kysely } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { AuditEntry } from '../requests/audit-log.ts';
import { readSealed as readChain } from '../seals/chain.ts';

/** An entry of the record with the number of its seal, which is its place in the order of all. */
export interface SealedEntry {
  readonly id: number;
  readonly seq: number;
  readonly at: number;
  readonly actorId: string;
  /** Another version may have written a kind that this one does not know. */
  readonly kind: string;
  readonly requestId: string | null;
  readonly details: AuditEntry['details'];
}

/** The next entries after a seal's number, at most so many, in the order of sealing. */
export async function readSealed(query: Kysely<Schema>, after: number, limit: number): Promise<readonly SealedEntry[]> {
  const rows = await readChain(query, after, limit);
  return rows.map(({ id, seq, at, kind, actor_id: actorId, request_id: requestId, details }) => ({
    ...{ id, seq, at, kind, actorId, requestId },
    details: JSON.parse(details) as AuditEntry['details'],
  }));
}
