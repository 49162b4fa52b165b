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

/** Old entries in packs; and the ids of deleted requests, which nothing else could look up in these. */
export async function addPacks(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const [number, bytes] = engine === 'sqlite' ? ['integer', 'blob'] : ['bigint', 'bytea'];
  await sql`create table entry_packs (
    last_seq ${sql.raw(number)} primary key, first_seq bigint not null unique, hash_before text not null, hash text not null,
    first_id bigint not null, last_id bigint not null, first_at bigint not null, last_at bigint not null,
    content ${sql.raw(bytes)} not null)`.execute(db);
  await sql`create table spent_ids (id text primary key, at bigint not null)`.execute(db);
  await sql`create index spent_ids_at on spent_ids (at)`.execute(db);
}
