import { type Kysely, sql } from 'kysely';

/** What is made lean, and what the deletion of rows past their time looks for: texts by age, and the repairs of a request. */
export async function addRetention(db: Kysely<unknown>, countedId: string): Promise<void> {
  await sql`create table places (${sql.raw(`id ${countedId}`)}, conversation text not null unique)`.execute(db);
  await sql`alter table requests add column place_id bigint references places (id)`.execute(db);
  await sql`create index requests_by_place on requests (place_id) where place_id is not null`.execute(db);
  await sql`alter table tasks add column is_lean integer not null default 0`.execute(db);
  await sql`create index tasks_not_lean on tasks (finished_at) where is_lean = 0 and outcome is not null`.execute(db);
  await sql`create index messages_texts on messages (created_at, id) where latest_revision is null`.execute(db);
  await sql`create index repairs_by_request on repairs (request_id) where request_id is not null`.execute(db);
}
