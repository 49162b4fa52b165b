import { sql } from 'kysely';
import type { Database } from '../../../src/db/database.ts';
import { laneNumbers } from '../../../src/rate-gate/lanes.ts';
import { turnLength } from '../../../src/requests/store.ts';

/** The size of the lists that the waiting tasks belong to. */
const listLength = 500;
const dueSince = 60_000;
/** A statement may take ten seconds in Usher, and PostgreSQL cannot store a million rows in that time. */
const rowsAtOnce = 20_000;

/**
 * Puts so many tasks into the queue, as lists of 500 that were confirmed one after the other. `firstList` keeps the ids
 * of one filling from those of another.
 */
export async function fillLine(database: Database, count: number, firstList = 0): Promise<void> {
  const now = Date.now() - dueSince;
  const numbers = (from: number, below: number) =>
    database.dialect.singleProcess
      ? sql`(with recursive n(i) as (select ${sql.lit(from)} union all select i + 1 from n where i + 1 < ${sql.lit(below)}) select i from n) as n`
      : sql`generate_series(${sql.lit(from)}, ${sql.lit(below - 1)}) as n(i)`;
  const lists = Math.ceil(count / listLength);
  await sql`
    insert into requests (id, source, requested_by_id, requested_by_name, app_id, app_name, locale, time_zone, conversation,
      revision, created_at)
    select 'L' || (i + ${sql.lit(firstList)}), 'source ' || (i + ${sql.lit(firstList)}), 'alex', 'Alex Wilber',
      'salesforce', 'Salesforce', 'en-US', 'UTC', 'conversation', 1, ${sql.lit(now)}
    from ${numbers(0, lists)}`.execute(database.query);
  for (let from = 0; from < count; from += rowsAtOnce) {
    const list = sql`(i / ${sql.lit(listLength)} + ${sql.lit(firstList)})`;
    const position = sql`(i % ${sql.lit(listLength)})`;
    await sql`
      insert into tasks (id, request_id, position, subject_id, subject_type, subject_name, subject_label, job_id,
        rule_id, state, lane, turn, enqueued_at, due_at, attempts)
      select 'task ' || ${list} || ' ' || ${position}, 'L' || ${list}, ${position}, 'person ' || i, 'User',
        'Person ' || i, 'person' || i || '@contoso.com', 'job', 'rule', 'waiting', ${sql.lit(laneNumbers.bulk)},
        ${position} * ${sql.lit(turnLength)}, ${sql.lit(now)} + ${list}, ${sql.lit(now)}, 0
      from ${numbers(from, Math.min(count, from + rowsAtOnce))}`.execute(database.query);
  }
}

/** What PostgreSQL does by itself soon after so many changes; SQLite never does it. */
export async function lookOver(database: Database): Promise<void> {
  if (!database.dialect.singleProcess) await sql`analyze tasks, requests`.execute(database.query);
}

export async function emptyLine(database: Database): Promise<void> {
  for (const table of ['tasks', 'requests', 'audit_log', 'gates'] as const)
    await (database.dialect.singleProcess
      ? sql`delete from ${sql.table(table)}`
      : sql`truncate ${sql.table(table)} cascade`
    ).execute(database.query);
}
