import { sql } from 'kysely';
import type { Database } from '../../db/database.ts';

/** Somebody or something that the history knows. */
export interface Known {
  readonly kind: 'person' | 'app';
  readonly id: string;
  readonly name: string;
}

/** More are never of use: with two, the asker has to choose already. */
const mostKnown = 10;

/**
 * Whom or what Usher's own record knows by this id, name or user principal name, without regard to case. It reads
 * whole tables: for the command line, and for the chat where the directory knows nobody of that name.
 */
export async function findKnown({ query }: Database, text: string): Promise<readonly Known[]> {
  const wanted = sql`lower(${text.trim()})`;
  const { rows } = await sql<Known>`
    select kind, id, max(name) as name from (
      select 'app' as kind, app_id as id, app_name as name from requests
        where lower(app_id) = ${wanted} or lower(app_name) = ${wanted}
      union all
      select 'app', app_id, app_name from access_requests
        where lower(app_id) = ${wanted} or lower(app_name) = ${wanted}
      union all
      select 'person', subject_id, subject_name from tasks
        where lower(subject_id) = ${wanted} or lower(subject_name) = ${wanted} or lower(subject_label) = ${wanted}
      union all
      select 'person', subject_id, subject_name from access_requests
        where lower(subject_id) = ${wanted} or lower(subject_name) = ${wanted} or lower(subject_label) = ${wanted}
      union all
      select 'person', asker_id, asker_name from requests
        where lower(asker_id) = ${wanted} or lower(asker_name) = ${wanted}
      union all
      select 'person', asker_id, asker_name from access_requests
        where lower(asker_id) = ${wanted} or lower(asker_name) = ${wanted}
      union all
      select 'person', decided_by_id, decided_by_name from access_requests
        where lower(decided_by_id) = ${wanted} or lower(decided_by_name) = ${wanted}
    ) known
    group by kind, id
    order by kind, id
    limit ${sql.lit(mostKnown)}`.execute(query);
  if (rows.length > 0) return rows;
  // Somebody who was only ever turned away stands in the record by id alone.
  const denied = await query
    .selectFrom('records')
    .select('actor_id')
    .where(sql<boolean>`lower(actor_id) = ${wanted}`)
    .where('actor_id', '!=', '')
    .limit(1)
    .executeTakeFirst();
  return denied === undefined ? [] : [{ kind: 'person', id: denied.actor_id, name: denied.actor_id }];
}
