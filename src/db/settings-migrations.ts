import { type Kysely, sql } from 'kysely';

/** What Usher was configured with when it was started last, so that the record can name what has changed. */
export async function addSettingsSeen(db: Kysely<unknown>): Promise<void> {
  await sql`create table settings_seen (setting text primary key, print text not null)`.execute(db);
}
