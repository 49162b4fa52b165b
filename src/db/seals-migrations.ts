import { type Kysely, sql } from 'kysely';

/**
 * Seals stand in a table of their own, so that a role that may not update `audit_log` can write them. The entries that
 * are there already are sealed by the sealer, in batches, as a migration would hold the start up.
 */
export async function addSeals(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // Only by this name SQLite makes the column the key of the table itself, without a second index.
  const number = sql.raw(engine === 'sqlite' ? 'integer' : 'bigint');
  await sql`create table seals (
    seq ${number} primary key, entry_id bigint not null unique, hash text not null)`.execute(db);
  await sql`create table seal_anchors (
    seq ${number} primary key, hash text not null, entry_id bigint not null, at bigint not null)`.execute(db);
}
