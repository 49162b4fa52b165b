import { type Kysely, sql } from 'kysely';

/** Requests that were finished long ago: packed, with what the history searches them by; see `requests/archive/`. */
export async function addArchive(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const isSqlite = engine === 'sqlite';
  const run = (statement: string) => sql.raw(statement).execute(db);
  await run(`create table archived (
    id ${isSqlite ? 'integer' : 'bigint'} primary key, over_at bigint not null, place_id bigint references places (id),
    content ${isSqlite ? 'blob' : 'bytea'} not null)`);
  await run('create index archived_by_place on archived (place_id) where place_id is not null');
  await run(`create table archived_lines (
    archived_id bigint not null, at bigint not null, requested_by bigint not null, app bigint not null,
    subject bigint not null, decided_by bigint, access_at bigint, given_at bigint, removed_at bigint,
    kind smallint not null, is_first smallint not null, is_further smallint not null, has_failed smallint not null,
    is_open smallint not null, id text not null, ticket text)`);
  for (const [name, columns, where] of [
    ['by_id', 'id', ''],
    ['newest', 'at, id', 'is_first = 1'],
    ['by_requester', 'requested_by, at, id', 'is_first = 1'],
    ['by_app', 'app, at, id', 'is_first = 1'],
    ['by_further_app', 'app, at, id', 'is_further = 1'],
    ['by_subject', 'subject, at, id', ''],
    ['by_ticket', 'ticket, at, id', 'is_first = 1 and ticket is not null'],
    ['by_decider', 'decided_by', 'decided_by is not null'],
    ['given', 'given_at', 'given_at is not null'],
  ])
    await run(
      `create index archived_lines_${name} on archived_lines (${columns}) ${where === '' ? '' : `where ${where}`}`,
    );
}
