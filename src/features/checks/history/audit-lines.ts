import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { Schema } from '../../../db/schema.ts';
import { readArchived } from '../../../requests/archive/looking.ts';
import type { PackedRows } from '../../../requests/archive/packing.ts';
import type { AuditEntry } from '../../../requests/audit-log.ts';
import type { AppRef, Removal } from '../../../requests/request.ts';
import { entriesOf, nextPack, type Pack } from '../../../seals/packs.ts';
import type { NumberedEntry } from '../../../seals/sealed-entry.ts';
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

/** Entries that stand in a pack that cannot be read have one line for all of them, of this kind, in any export. */
const unreadable = 'unreadable';

/**
 * The whole record, denials included, oldest first. The next page is read when the one before has been consumed, so a
 * day takes the same memory as ten years.
 */
export async function* exportAuditLog(
  database: Pick<Database, 'query'>,
  { since, before = null, afterSeal = null, about }: ExportFilter,
): AsyncGenerator<AuditLine> {
  const pages =
    afterSeal === null ? pagesByTime(database, since ?? 0, about) : pagesBySeal(database, afterSeal, since ?? 0, about);
  for await (const rows of pages)
    for (const row of rows) {
      if (row.at < (since ?? 0) || row.at >= (before ?? Number.POSITIVE_INFINITY)) continue;
      const line = toLine(row);
      if (isAbout(line, row, about)) yield line;
    }
}

function isAbout(line: AuditLine, { kind, concerned }: Row, about: About | null): boolean {
  // It may hold entries about any person and app.
  if (about === null || kind === unreadable) return true;
  return (concerned === 1 && !isOfAnotherApp(line, about)) || namesIt(line, about);
}

type Reading = Pick<Database, 'query'>;

/** Packs are the oldest in this order; entries that are packed meanwhile are found there. */
async function* pagesBySeal(
  database: Reading,
  begin: number,
  since: number,
  about: About | null,
): AsyncGenerator<readonly Row[]> {
  for (let after = begin; ; ) {
    const pack = await nextPack(database.query, after);
    if (pack !== undefined) {
      const entries = readableIn(pack, since).filter(({ seq }) => seq > after);
      yield await describe(database, entries, about);
      after = pack.last_seq;
      continue;
    }
    const rows = await readPage(database, { seq: after }, about);
    yield rows;
    const last = rows.at(-1);
    // Some may have been packed before this page was read, and are not in it.
    if (last === undefined || rows.length < linesAtOnce) {
      if ((await nextPack(database.query, last?.seq ?? after)) === undefined) return;
    }
    after = last?.seq ?? after;
  }
}

/** So many packs are looked at together. */
const packsAtOnce = 4;

/**
 * By time the packs overlap a little, one another and the entries that have rows. So each step takes what is not later
 * than a moment up to which it has read all: rows before packs, as an entry may be packed in between.
 */
async function* pagesByTime(database: Reading, begin: number, about: About | null): AsyncGenerator<readonly Row[]> {
  for (let after = { at: begin, id: 0 }; ; ) {
    const rows = await readPage(database, after, about);
    const last = rows.at(-1);
    const packs = await packsFrom(database.query, after.at, begin);
    const beyond = packs.beyond === null ? null : { at: packs.beyond, id: -1 };
    const ends = [rows.length < linesAtOnce ? null : last, beyond].flatMap((end) => end ?? []);
    const end = ends.toSorted(inOrder)[0] ?? null;
    const isNow = (entry: Placed) => inOrder(entry, after) > 0 && (end === null || inOrder(entry, end) <= 0);
    const own = rows.filter(isNow);
    const known = new Set(own.map(({ id }) => id));
    const packed = packs.entries.filter((entry) => isNow(entry) && !known.has(entry.id));
    yield [...own, ...(await describe(database, packed, about))].toSorted(inOrder);
    if (end === null) return;
    after = { at: end.at, id: end.id };
  }
}

type Placed = { readonly at: number; readonly id: number };
const inOrder = (one: Placed, other: Placed) => one.at - other.at || one.id - other.id;

/** The entries of the next packs, and when those behind begin; null for none. */
async function packsFrom(query: Kysely<Schema>, at: number, begin: number) {
  const later = query.selectFrom('entry_packs').select('last_seq').where('last_at', '>=', at).limit(1);
  if ((await later.executeTakeFirst()) === undefined) return { entries: [], beyond: null };
  const [begun, next] = [query.selectFrom('entry_packs').selectAll(), query.selectFrom('entry_packs').selectAll()];
  const packs = [
    ...(await begun.where('last_at', '>=', at).where('first_at', '<=', at).execute()),
    ...(await next.where('first_at', '>', at).orderBy('first_at').limit(packsAtOnce).execute()),
  ];
  const latest = Math.max(at, ...packs.map((pack) => pack.first_at));
  const { beyond } = await query
    .selectFrom('entry_packs')
    .select(({ fn }) => fn.min('first_at').as('beyond'))
    .where('first_at', '>', latest)
    .executeTakeFirstOrThrow();
  const same = await query.selectFrom('entry_packs').selectAll().where('first_at', '=', latest).execute();
  const all = new Map([...packs, ...same].map((pack) => [pack.last_seq, pack]));
  return { entries: [...all.values()].flatMap((pack) => readableIn(pack, begin)), beyond };
}

/** Its entries, or one that says that they cannot be read, no earlier than the export begins. */
function readableIn(pack: Pack, begin: number): readonly NumberedEntry[] {
  const { first_id: firstId, last_id: lastId, first_seq: firstSeq, last_seq: lastSeq, first_at } = pack;
  const details = JSON.stringify({ firstId, lastId, firstSeq, lastSeq });
  const said = { id: lastId, seq: lastSeq, at: Math.max(first_at, begin), kind: unreadable };
  return entriesOf(pack) ?? [{ ...said, actor_id: '', request_id: null, details }];
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
function readPage({ query }: Reading, after: Place, about: About | null): Promise<readonly Row[]> {
  const order =
    'seq' in after
      ? {
          seals: sql`join seals on seals.entry_id = entry.id`,
          seq: sql`seals.seq`,
          by: sql`seals.seq`,
          last: sql`${after.seq}`,
        }
      : { seals: sql``, seq: sql`null`, by: sql`entry.at, entry.id`, last: sql`${after.at}, ${after.id}` };
  const rest = sql`where (${order.by}) > (${order.last}) order by ${order.by} limit ${sql.lit(linesAtOnce)}`;
  return describeIn(query, about, { with: sql``, seq: order.seq, from: sql`audit_log entry ${order.seals}`, rest });
}

/** The same of entries that are packed, in their order. */
async function describe(
  { query }: Reading,
  entries: readonly NumberedEntry[],
  about: About | null,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < entries.length; at += linesAtOnce) {
    const values = entries.slice(at, at + linesAtOnce).map((entry) => {
      // PostgreSQL takes what it is told nothing about for texts.
      const [id, seq, when] = [entry.id, entry.seq, entry.at].map((number) => sql`cast(${number} as bigint)`);
      const texts = [entry.actor_id, entry.kind, entry.request_id, entry.details].map(
        (text) => sql`cast(${text} as text)`,
      );
      return sql`(${sql.join([id, seq, when, ...texts])})`;
    });
    const given = sql`with entry (id, seq, at, actor_id, kind, request_id, details) as (values ${sql.join(values)})`;
    rows.push(
      ...(await describeIn(query, about, {
        ...{ with: given, seq: sql`entry.seq`, from: sql`entry`, rest: sql`order by entry.seq` },
      })),
    );
  }
  return rows;
}

interface Source {
  readonly with: RawBuilder<unknown>;
  readonly seq: RawBuilder<unknown>;
  readonly from: RawBuilder<unknown>;
  readonly rest: RawBuilder<unknown>;
}

async function describeIn(query: Kysely<Schema>, about: About | null, source: Source): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    ${source.with}
    select entry.id, ${source.seq} as seq, entry.at, entry.actor_id, entry.kind, entry.request_id, entry.details,
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
    from ${source.from}
    left join requests asked on asked.id = entry.request_id
    left join access_requests access on access.id = entry.request_id
    ${source.rest}`.execute(query);
  // A request that stands there has an app.
  const missing = new Set(rows.flatMap(({ request_id: id, app_id }) => (id !== null && app_id === null ? [id] : [])));
  if (missing.size === 0) return rows;
  const archived = await readArchived(query, [...missing]);
  return rows.map((row) => (row.app_id === null ? withArchived(row, archived, about) : row));
}

/** What the query finds of a request that is archived. */
function withArchived(row: Row, { requests, tasks, access_requests: all }: PackedRows, about: About | null): Row {
  const asked = requests.find(({ id }) => id === row.request_id);
  const access = all.find(({ id }) => id === row.request_id);
  const found = asked ?? access;
  if (found === undefined) return row;
  const calls = tasks.filter(({ request_id: id }) => id === row.request_id);
  const endedBy = access?.ended_by_id === row.actor_id ? access.ended_by_name : null;
  return {
    ...row,
    actor_name: endedBy ?? row.actor_name,
    app_id: found.app_id,
    app_name: found.app_name,
    apps: asked?.apps ?? null,
    decision: asked?.second_person_decision ?? null,
    ticket: found.ticket === '' ? null : found.ticket,
    reason:
      (row.kind === 'accessDenied' ? access?.decision_reason : /^(?:a|accessA)sked$/.test(row.kind) && found.reason) ||
      null,
    subject_id: access?.subject_id ?? null,
    concerned: concerns() ? 1 : row.concerned,
  };

  function concerns(): boolean {
    if (about === null) return true;
    if ('appId' in about) return [found?.app_id, ...calls.map(({ app_id: id }) => id)].includes(about.appId);
    if ('ticket' in about) return found?.ticket === about.ticket;
    const people = [found?.requested_by_id, access?.subject_id, ...calls.map(({ subject_id: id }) => id)];
    return people.includes(about.personId);
  }
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
function isOfAnotherApp({ appId }: AuditLine, about: About): boolean {
  return 'appId' in about && appId !== null && appId !== about.appId;
}

/** For an entry without a request, or about a group's member: the entry itself may name the person or app. */
function namesIt(line: AuditLine, about: About): boolean {
  if ('ticket' in about) return false;
  return 'appId' in about ? line.appId === about.appId : line.subjectIds.includes(about.personId);
}
