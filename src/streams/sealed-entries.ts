import type { Kysely } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { AuditEntry } from '../requests/audit-log.ts';

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

/** The next entries after a seal's number, in the order of sealing. */
export async function readSealed(query: Kysely<Schema>, after: number, limit: number): Promise<readonly SealedEntry[]> {
  const rows = await query
    .selectFrom('seals')
    .innerJoin('audit_log', 'audit_log.id', 'seals.entry_id')
    .selectAll('audit_log')
    .select('seals.seq')
    .where('seals.seq', '>', after)
    .orderBy('seals.seq')
    .limit(limit)
    .execute();
  return rows.map(({ actor_id: actorId, request_id: requestId, details, ...rest }) => ({
    ...rest,
    actorId,
    requestId,
    details: JSON.parse(details) as AuditEntry['details'],
  }));
}
