import { type Kysely, sql } from 'kysely';

/** What the deletion of rows past their time looks for: texts by age, and the repairs that refer to a request. */
export async function indexExpiring(db: Kysely<unknown>): Promise<void> {
  await sql`create index messages_texts on messages (created_at, id) where latest_revision is null`.execute(db);
  await sql`create index repairs_by_request on repairs (request_id) where request_id is not null`.execute(db);
}
