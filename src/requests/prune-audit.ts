import type { Batch } from './expired.ts';
import type { StoreParts } from './store.ts';

const entriesAtOnce = 200;

/** The oldest entries of the audit log. */
export async function pruneAudit({ database }: StoreParts, before: number): Promise<Batch> {
  const gone = await database.query
    .deleteFrom('audit_log')
    .where('id', 'in', (select) =>
      select
        .selectFrom('audit_log')
        .select('id')
        .where('at', '<', before)
        .orderBy('at')
        .orderBy('id')
        .limit(entriesAtOnce),
    )
    .executeTakeFirstOrThrow();
  const deleted = Number(gone.numDeletedRows);
  return { deleted: { audit_log: deleted }, next: deleted < entriesAtOnce ? null : [] };
}
