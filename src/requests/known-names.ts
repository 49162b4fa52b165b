import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { isInArchive } from './archive/looking.ts';

/** A person or an app in the history. */
export interface Known {
  readonly kind: 'person' | 'app';
  readonly id: string;
  readonly name: string;
}

/** More are never useful: with two, the caller has to choose already. */
const mostKnown = 10;
/** Names stay a day longer than what they are of. */
const mostLooked = 100;

/**
 * The people or apps that Usher's own record has under this id, name or user principal name, ignoring case. Of the
 * noted names, those count that are still in the history.
 */
export async function findKnown({ query }: Database, text: string): Promise<readonly Known[]> {
  const wanted = sql`lower(${text.trim()})`;
  const { rows } = await sql<Known & { readonly stands: number }>`
    select known.kind, known.id, known.name, case when
      known.kind = 'app' and (${stands('requests', 'app_id')} or ${stands('access_requests', 'app_id')}
        or (select 1 from tasks where app_id = known.id and is_further = 1 limit 1) = 1)
      or known.kind = 'person' and (
        ${stands('tasks', 'subject_id', 'asked_at')} or ${stands('requests', 'requested_by_id')}
        or ${stands('access_requests', 'subject_id')} or ${stands('access_requests', 'requested_by_id')}
        or ${stands('access_requests', 'decided_by_id', 'decided_at')}) then 1 else 0 end as stands
    from known_names known
    where known.folded = ${wanted} and known.kind in ('app', 'person')
    order by known.kind, known.id
    limit ${sql.lit(mostLooked)}`.execute(query);
  const known: Known[] = [];
  for (const { kind, id, name, stands: isThere } of rows)
    if (known.length < mostKnown && (Number(isThere) === 1 || (await isInArchive(query, id))))
      known.push({ kind, id, name });
  if (known.length > 0) return known;
  // A person who was only ever refused is in the record by id alone.
  const turnedAway = await query
    .selectFrom('known_names')
    .select('id')
    .where(sql<boolean>`folded = ${wanted}`)
    .where('kind', '=', 'actor')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return turnedAway === undefined ? [] : [{ kind: 'person', id: turnedAway.id, name: turnedAway.id }];
}

/** In the order of the index; otherwise PostgreSQL would scan the table, hoping to find a match soon. */
const stands = (table: string, column: string, time = 'created_at') =>
  sql`(select 1 from ${sql.table(table)} where ${sql.ref(column)} = known.id order by ${sql.ref(time)} desc limit 1) = 1`;
