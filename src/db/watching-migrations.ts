import { type Kysely, sql } from 'kysely';

/** Hours in which a conversation is told no news of what it watches, and the news that wait for their end. */
export async function addQuietHours(db: Kysely<unknown>): Promise<void> {
  await sql`alter table watches add column read_until bigint`.execute(db);
  await sql`alter table watches add column due_at bigint`.execute(db);
  await sql`create table quiet_hours (
    key text primary key, begins integer not null, ends integer not null, time_zone text not null,
    set_by text not null, set_at bigint not null)`.execute(db);
  await sql`create table held_news (
    id text primary key, key text not null, conversation text not null, locale text not null, time_zone text not null,
    news text not null, created_at bigint not null, due_at bigint not null)`.execute(db);
  await sql`create index held_news_due on held_news (due_at)`.execute(db);
}
