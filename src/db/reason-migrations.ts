import { type Kysely, sql } from 'kysely';

/** Takes typed reasons out of the record; their requests have them as well. Returns whether there were any. */
export async function takeReasonsOut(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<boolean> {
  const without = engine === 'sqlite' ? "json_remove(details, '$.reason')" : "(details::jsonb - 'reason')::text";
  // Other kinds of entries have codes there.
  const { numAffectedRows = 0n } = await sql
    .raw(`update audit_log set details = ${without}
      where kind in ('asked', 'accessAsked', 'accessDenied') and details like '%"reason":%'`)
    .execute(db);
  return numAffectedRows > 0n;
}
