import { type Kysely, sql } from 'kysely';

/** How far each stream of the record has come, and the process that sends it. */
export async function addStreams(db: Kysely<unknown>): Promise<void> {
  await sql`create table streams (
    name text primary key, position bigint not null default 0, failures integer not null default 0,
    failing_since bigint, due_at bigint, off_at bigint, lease_owner text, lease_until bigint)`.execute(db);
}
