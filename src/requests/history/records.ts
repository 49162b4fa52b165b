import { sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { Entry } from '../record.ts';
import type { About } from './deed.ts';

/** One entry of the append-only record, as auditors get it. */
export interface RecordLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: string;
  /** Entra object id; empty for what time alone did, or an activity that carried none. */
  readonly actorId: string;
  /** As the history knows the actor; null for a person whom no request names. */
  readonly actorName: string | null;
  /** Of a provisioning or an access request. */
  readonly requestId: string | null;
  readonly appId: string | null;
  readonly appName: string | null;
  /** Whom the entry itself names, or the one person that an access request is for. */
  readonly subjectIds: readonly string[];
  readonly details: Entry['details'];
}

export interface ExportFilter {
  /** Milliseconds since 1970. */
  readonly since: number | null;
  readonly about: About | null;
}

/** So many entries are in memory at a time. */
export const recordsAtOnce = 500;

/**
 * The whole record, denials included, oldest first. The next page is read when the one before has been taken, so it
 * takes the same memory for a day as for ten years.
 */
export async function* exportRecords(
  database: Pick<Database, 'query'>,
  { since, about }: ExportFilter,
): AsyncGenerator<RecordLine> {
  let after = { at: since ?? 0, id: 0 };
  for (;;) {
    const rows = await readPage(database, after, about);
    for (const row of rows) {
      const line = toLine(row);
      if (row.concerned === 1 || about === null || namesIt(line, about)) yield line;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < recordsAtOnce) return;
    after = { at: last.at, id: last.id };
  }
}

interface Row {
  readonly id: number;
  readonly at: number;
  readonly actor_id: string;
  readonly kind: string;
  readonly request_id: string | null;
  readonly details: string;
  readonly actor_name: string | null;
  readonly app_id: string | null;
  readonly app_name: string | null;
  readonly subject_id: string | null;
  /** 1 where the request behind the entry is about what is looked for. */
  readonly concerned: number;
}

/**
 * Every entry of the stretch is read, and looked at here: a search for a rare name would otherwise be one query that
 * runs for as long as the record is.
 */
async function readPage(
  { query }: Pick<Database, 'query'>,
  after: { readonly at: number; readonly id: number },
  about: About | null,
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select entry.id, entry.at, entry.actor_id, entry.kind, entry.request_id, entry.details,
      coalesce(
        case when access.ended_by_id = entry.actor_id then access.ended_by_name end,
        (select name from known_names
          where folded = lower(entry.actor_id) and kind = 'person' and known_names.id = entry.actor_id)
      ) as actor_name,
      coalesce(asked.app_id, access.app_id) as app_id,
      coalesce(asked.app_name, access.app_name) as app_name,
      access.subject_id,
      case when ${isConcerned(about)} then 1 else 0 end as concerned
    from records entry
    left join requests asked on asked.id = entry.request_id
    left join access_requests access on access.id = entry.request_id
    where (entry.at, entry.id) > (${after.at}, ${after.id})
    order by entry.at, entry.id
    limit ${sql.lit(recordsAtOnce)}`.execute(query);
  return rows;
}

function isConcerned(about: About | null) {
  if (about === null) return sql`1 = 1`;
  if ('appId' in about) return sql`coalesce(asked.app_id, access.app_id) = ${about.appId}`;
  const { personId } = about;
  return sql`entry.actor_id = ${personId} or asked.asker_id = ${personId} or access.asker_id = ${personId}
    or access.subject_id = ${personId}
    or exists (select 1 from tasks where tasks.subject_id = ${personId} and tasks.asked_at = asked.created_at
      and tasks.request_id = asked.id)`;
}

function toLine(row: Row): RecordLine {
  const details = JSON.parse(row.details) as Entry['details'];
  const named = subjectsIn(details);
  const ofAccess = row.subject_id === null ? [] : [row.subject_id];
  return {
    at: new Date(row.at).toISOString(),
    kind: row.kind,
    actorId: row.actor_id,
    actorName: row.actor_name,
    requestId: row.request_id,
    appId: row.app_id ?? appIn(details),
    appName: row.app_name,
    subjectIds: named.length > 0 ? named : ofAccess,
    details,
  };
}

/** By these names the writers of entries tell whom and which app they are about; see `writeRecord`'s callers. */
function subjectsIn({ subject, subjects, members }: Entry['details']): string[] {
  return [...new Set([subject, subjects, members].flatMap((ids) => ids ?? []).map(String))];
}

function appIn({ app }: Entry['details']): string | null {
  return typeof app === 'string' ? app : null;
}

/** Of no request, or of a group whose member it is: the entry itself may name it all the same. */
function namesIt(line: RecordLine, about: About): boolean {
  return 'appId' in about ? line.appId === about.appId : line.subjectIds.includes(about.personId);
}
