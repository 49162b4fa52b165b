import type { Kysely } from 'kysely';
import type { Schema } from '../../src/db/schema.ts';
import type { AuditEntry, AuditKind } from '../../src/requests/audit-log.ts';

/** The newest entries first. */
export async function readAudit(database: Kysely<Schema>, limit: number): Promise<AuditEntry[]> {
  const rows = await database
    .selectFrom('audit_log')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    at: row.at,
    actorId: row.actor_id,
    kind: row.kind as AuditKind,
    requestId: row.request_id,
    details: JSON.parse(row.details) as AuditEntry['details'],
  }));
}
