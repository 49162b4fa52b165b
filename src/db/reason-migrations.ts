import { type Kysely, sql } from 'kysely';

/** The kinds of entries that once held what was typed for asking or denying. */
const kinds = "('asked', 'accessAsked', 'accessDenied')";

/**
 * Takes typed reasons out of the record; their requests have them as well. On PostgreSQL a process of an earlier
 * version may still write some, which the database takes out then. Returns whether there were any.
 */
export async function takeReasonsOut(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<boolean> {
  const isSqlite = engine === 'sqlite';
  const run = (statement: string) => sql.raw(statement).execute(db);
  const without = isSqlite ? "json_remove(details, '$.reason')" : "(details::jsonb - 'reason')::text";
  const { numAffectedRows = 0n } = await run(
    `update audit_log set details = ${without} where kind in ${kinds} and details like '%"reason":%'`,
  );
  if (isSqlite) return numAffectedRows > 0n;
  await run(`create or replace function usher_audit_log_reasons() returns trigger language plpgsql as $$
    begin new.details := (new.details::jsonb - 'reason')::text; return new; end $$`);
  await run(`create or replace trigger usher_audit_log_reasons before insert on audit_log for each row
    when (new.kind in ${kinds} and new.details like '%"reason":%') execute function usher_audit_log_reasons()`);
  return numAffectedRows > 0n;
}
