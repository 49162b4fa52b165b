import { sql } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { AuditEntry } from '../../../requests/audit-log.ts';
import type { AppRef, Removal } from '../../../requests/request.ts';
import type { About } from './history-entry.ts';

/** One entry of the append-only record, as exported for auditors. */
export interface AuditLine {
  /** Of the entry; it never changes. */
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: string;
  /** Entra object id; empty for actions of time alone, or an activity without an id. */
  readonly actorId: string;
  /** The actor's name in the history; null for a person whom no request names. */
  readonly actorName: string | null;
  /** Id of a provisioning or an access request. */
  readonly requestId: string | null;
  readonly appId: string | null;
  readonly appName: string | null;
  /** The ticket of its request. */
  readonly ticket: string | null;
  /** What was typed for asking or denying, as its request has it. */
  readonly reason: string | null;
  /** The people that the entry itself names, or the one person that an access request is for. */
  readonly subjectIds: readonly string[];
  readonly details: AuditEntry['details'];
}

export interface ExportFilter {
  /** Milliseconds since 1970. */
  readonly since: number | null;
  /** The same: only what was before. */
  readonly before?: number | null;
  /** Only what was sealed after the seal with this number, in the order of sealing, so that nothing is missed or repeated. */
  readonly afterSeal?: number | null;
  readonly about: About | null;
}

/** How many entries are in memory at a time. */
export const linesAtOnce = 500;

/**
 * The whole record, denials included, oldest first. The next page is read when the one before has been consumed, so a
 * day takes the same memory as ten years.
 */
export async function* exportAuditLog(
  database: Pick<Database, 'query'>,
  { since, before = null, afterSeal = null, about }: ExportFilter,
): AsyncGenerator<AuditLine> {
  const begin: Place = afterSeal === null ? { at: since ?? 0, id: 0 } : { seq: afterSeal };
  for (let after = begin; ; ) {
    const rows = await readPage(database, after, about);
    for (const row of rows) {
      if (row.at < (since ?? 0) || row.at >= (before ?? Number.POSITIVE_INFINITY)) continue;
      const line = toLine(row);
      if ((row.concerned === 1 && !isOfAnotherApp(line, about)) || (about !== null && namesIt(line, about))) yield line;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < linesAtOnce) return;
    after = 'seq' in after ? { seq: last.seq ?? 0 } : { at: last.at, id: last.id };
  }
}

/** The last entry of a page. */
type Place = { readonly at: number; readonly id: number } | { readonly seq: number };

interface Row {
  readonly id: number;
  /** Of its seal, where the pages are in that order. */
  readonly seq: number | null;
  readonly at: number;
  readonly actor_id: string;
  readonly kind: string;
  readonly request_id: string | null;
  readonly details: string;
  readonly actor_name: string | null;
  readonly app_id: string | null;
  readonly app_name: string | null;
  /** See `RequestRow`. */
  readonly apps: string | null;
  /** JSON: how a removal was decided, and by whom. */
  readonly decision: string | null;
  readonly ticket: string | null;
  readonly reason: string | null;
  readonly subject_id: string | null;
  /** 1 where the entry's request is about the person or app in question. */
  readonly concerned: number;
}

/**
 * Every entry of the period is read and filtered here: a search for a rare name would otherwise be one query that runs
 * over the whole record.
 */
async function readPage(
  { query }: Pick<Database, 'query'>,
  after: Place,
  about: About | null,
): Promise<readonly Row[]> {
  const order =
    'seq' in after
      ? {
          seals: sql`join seals on seals.entry_id = entry.id`,
          seq: sql`seals.seq`,
          by: sql`seals.seq`,
          last: sql`${after.seq}`,
        }
      : { seals: sql``, seq: sql`null`, by: sql`entry.at, entry.id`, last: sql`${after.at}, ${after.id}` };
  const { rows } = await sql<Row>`
    select entry.id, ${order.seq} as seq, entry.at, entry.actor_id, entry.kind, entry.request_id, entry.details,
      coalesce(
        case when access.ended_by_id = entry.actor_id then access.ended_by_name end,
        (select name from known_names
          where folded = lower(entry.actor_id) and kind = 'person' and known_names.id = entry.actor_id)
      ) as actor_name,
      coalesce(asked.app_id, access.app_id) as app_id,
      coalesce(asked.app_name, access.app_name) as app_name,
      asked.apps, asked.second_person_decision as decision,
      nullif(coalesce(asked.ticket, access.ticket), '') as ticket,
      case entry.kind when 'asked' then asked.reason when 'accessAsked' then access.reason
        when 'accessDenied' then access.decision_reason end as reason,
      access.subject_id,
      case when ${isConcerned(about)} then 1 else 0 end as concerned
    from audit_log entry ${order.seals}
    left join requests asked on asked.id = entry.request_id
    left join access_requests access on access.id = entry.request_id
    where (${order.by}) > (${order.last})
    order by ${order.by}
    limit ${sql.lit(linesAtOnce)}`.execute(query);
  return rows;
}

function isConcerned(about: About | null) {
  if (about === null) return sql`1 = 1`;
  if ('appId' in about)
    return sql`coalesce(asked.app_id, access.app_id) = ${about.appId} or (asked.apps is not null
      and exists (select 1 from tasks where tasks.request_id = asked.id and tasks.app_id = ${about.appId}))`;
  if ('ticket' in about) return sql`coalesce(asked.ticket, access.ticket) = ${about.ticket}`;
  const { personId } = about;
  return sql`entry.actor_id = ${personId} or asked.requested_by_id = ${personId} or access.requested_by_id = ${personId}
    or access.subject_id = ${personId}
    or exists (select 1 from tasks where tasks.subject_id = ${personId} and tasks.asked_at = asked.created_at
      and tasks.request_id = asked.id)`;
}

function toLine(row: Row): AuditLine {
  const details = JSON.parse(row.details) as AuditEntry['details'];
  const named = subjectsIn(details);
  const ofAccess = row.subject_id === null ? [] : [row.subject_id];
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    kind: row.kind,
    actorId: row.actor_id,
    actorName: row.actor_name ?? deciderIn(row, details),
    requestId: row.request_id,
    ...appOf(row, details),
    ticket: row.ticket,
    reason: row.reason,
    subjectIds: named.length > 0 ? named : ofAccess,
    details,
  };
}

/** The name of a person who confirmed or rejected a removal, and whom no request names. */
function deciderIn({ kind, decision }: Row, details: AuditEntry['details']): string | null {
  const isDecision = kind === 'confirmed' || (kind === 'cancelled' && details.as === 'secondPerson');
  return isDecision && decision !== null ? (JSON.parse(decision) as NonNullable<Removal['decision']>).by : null;
}

/** The keys under which writers of entries store subjects and app; see `writeAudit`'s callers. */
function subjectsIn({ subject, subjects, members }: AuditEntry['details']): string[] {
  return [...new Set([subject, subjects, members].flatMap((ids) => ids ?? []).map(String))];
}

function appIn({ app }: AuditEntry['details']): string | null {
  return typeof app === 'string' ? app : null;
}

/** Of a request over several apps, an entry about one call names that call's app, and no other entry has one app. */
function appOf(row: Row, details: AuditEntry['details']): Pick<AuditLine, 'appId' | 'appName'> {
  if (row.apps === null) return { appId: row.app_id ?? appIn(details), appName: row.app_name };
  const appId = appIn(details);
  const apps = JSON.parse(row.apps) as readonly AppRef[];
  return { appId, appName: apps.find(({ id }) => id === appId)?.name ?? null };
}

/** A request over several apps concerns each of them; a call of it concerns its own. */
function isOfAnotherApp({ appId }: AuditLine, about: About | null): boolean {
  return about !== null && 'appId' in about && appId !== null && appId !== about.appId;
}

/** For an entry without a request, or about a group's member: the entry itself may name the person or app. */
function namesIt(line: AuditLine, about: About): boolean {
  if ('ticket' in about) return false;
  return 'appId' in about ? line.appId === about.appId : line.subjectIds.includes(about.personId);
}
