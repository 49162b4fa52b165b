import { type Kysely, sql } from 'kysely';
import type { RoleSource } from '../../../access/caller.ts';
import type { Clock } from '../../../clock.ts';
import type { Database } from '../../../db/database.ts';
import type { Schema } from '../../../db/schema.ts';
import type { Directory } from '../../../graph/directory.ts';
import { givesWithoutEnd, markOf } from '../../../requests/archive/lines.ts';
import { readArchived } from '../../../requests/archive/looking.ts';
import { packedSince } from '../../../seals/packs.ts';
import { type Holders, readHolders } from './holders.ts';

/**
 * The access review: who holds which role of Usher now and through what, who has decided how often, and what was given
 * without an end. The roles come from Entra, all else from what Usher has stored, as far back as that goes.
 */
export interface AccessReview extends Holders {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Decisions are counted from then on. */
  readonly since: number;
  /** The most decisions first. */
  readonly deciders: readonly Decider[];
  readonly withoutEnd: WithoutEnd;
}

/** Decisions on access requests, and those of second persons on removals and repairs. */
export interface Decider {
  readonly id: string;
  /** Null for a person whom Usher has no name of. */
  readonly name: string | null;
  readonly approved: number;
  readonly denied: number;
  /** The person holds a role that decides; null where not everything could be read. */
  readonly decidesStill: boolean | null;
}

export interface WithoutEnd {
  /** The latest first. */
  readonly given: readonly Given[];
  /** There is more. */
  readonly isMore: boolean;
}

/** Access that a request gave, by an approval or an assignment that Usher made, and that nothing has ended yet. */
export interface Given {
  readonly requestId: string;
  readonly at: number;
  readonly personId: string;
  readonly personName: string;
  readonly appId: string;
  readonly appName: string;
  /** Who approved it; null for an operator's own request. */
  readonly approvedBy: string | null;
}

export interface ReviewParts {
  readonly directory: Pick<Directory, 'includedBy'>;
  readonly database: Pick<Database, 'reader'>;
  readonly sources: readonly RoleSource[];
  readonly clock: Pick<Clock, 'now'>;
}

const dayMs = 24 * 60 * 60_000;
export const decisionDays = 90;

/** @param mostGiven how much of what was given without an end is listed */
export async function reviewAccess(
  { directory, database, sources, clock }: ReviewParts,
  mostGiven: number,
): Promise<AccessReview> {
  const at = clock.now();
  const since = at - decisionDays * dayMs;
  const [holders, counts, withoutEnd] = await Promise.all([
    readHolders(directory, sources),
    countDecisions(database, since),
    findWithoutEnd(database, mostGiven),
  ]);
  const names = await namesOf(
    database,
    counts.map(({ id }) => id),
  );
  const deciders = counts.map(({ id, ...counted }) => {
    const holder = holders.people.find((one) => one.id === id.toLowerCase());
    const decides = holder?.roles.some(({ role }) => role === 'approver' || role === 'appApprover') === true;
    const decidesStill = decides ? holder?.barred === null : holders.unread.length > 0 ? null : false;
    return { id, name: holder?.name ?? names.get(id) ?? null, ...counted, decidesStill };
  });
  return { at, since, ...holders, deciders, withoutEnd };
}

interface Counted {
  readonly id: string;
  readonly approved: number;
  readonly denied: number;
}

/** As the writers of these entries put it: the details are JSON without spaces. */
async function countDecisions({ reader }: Pick<Database, 'reader'>, since: number): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    select actor_id as id,
      sum(case when kind in ('accessDenied', 'cancelled') or details like '%"step":"rejected"%' then 0 else 1 end)
        as approved,
      sum(case when kind in ('accessDenied', 'cancelled') or details like '%"step":"rejected"%' then 1 else 0 end)
        as denied
    from audit_log
    where at >= ${since} and actor_id <> ''
      and (kind in ('accessApproved', 'accessDenied')
        or (kind in ('confirmed', 'cancelled', 'repair') and details like '%"as":"secondPerson"%'))
    group by actor_id`.execute(reader);
  const counts = new Map(rows.map(({ id, approved, denied }) => [id, [Number(approved), Number(denied)] as const]));
  for await (const entries of packedSince(reader, since))
    for (const { actor_id: id, kind, details } of entries) {
      if (id === '' || !isDecision(kind, details)) continue;
      const isDenied = kind === 'accessDenied' || kind === 'cancelled' || details.includes('"step":"rejected"');
      const [approved, denied] = counts.get(id) ?? [0, 0];
      counts.set(id, isDenied ? [approved, denied + 1] : [approved + 1, denied]);
    }
  const sum = ({ approved, denied }: Counted) => approved + denied;
  return [...counts]
    .map(([id, [approved, denied]]) => ({ id, approved, denied }))
    .toSorted((one, other) => sum(other) - sum(one) || (one.id < other.id ? -1 : 1));
}

function isDecision(kind: string, details: string): boolean {
  if (kind === 'accessApproved' || kind === 'accessDenied') return true;
  return ['confirmed', 'cancelled', 'repair'].includes(kind) && details.includes('"as":"secondPerson"');
}

async function namesOf({ reader }: Pick<Database, 'reader'>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, string>();
  const rows = await reader
    .selectFrom('known_names')
    .select(['id', 'name'])
    .where('kind', '=', 'person')
    .where('id', 'in', ids)
    .where(({ ref }) => sql<boolean>`${ref('folded')} = lower(${ref('id')})`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

interface Row {
  readonly task_id: string;
  readonly request_id: string;
  readonly at: number;
  readonly person_id: string;
  readonly person_name: string;
  readonly app_id: string;
  readonly app_name: string;
  readonly approved_by: string | null;
}

const columns = sql`tasks.id as task_id, tasks.request_id, tasks.finished_at as at, tasks.subject_id as person_id,
  tasks.subject_name as person_name, tasks.app_id, tasks.app_name`;
/** See `gaveAccess` and `assignmentLeft`. */
const isGiven = sql`tasks.state in ('done', 'cancelled') and tasks.finished_at is not null and tasks.ends_at is null
  and tasks.unassign is null
  and (tasks.assigning = 'made' or tasks.outcome_kind in ('created', 'updated', 'otherChange', 'inSync', 'unknown'))
  and not exists (select 1 from tasks later where later.subject_id = tasks.subject_id and later.app_id = tasks.app_id
    and later.outcome_kind = 'removed' and later.finished_at >= tasks.finished_at)
  and not exists (select 1 from entitlements ending where ending.subject_id = tasks.subject_id
    and ending.app_id = tasks.app_id and ending.state <> 'ended')`;

/** Approvals are found by their access requests, and the assignments of operators by the index of these. */
async function findWithoutEnd({ reader }: Pick<Database, 'reader'>, most: number): Promise<WithoutEnd> {
  const approved = sql<Row>`
    select ${columns}, access.decided_by_name as approved_by
    from access_requests access join tasks on tasks.request_id = access.request_id
    where access.state in ('started', 'finished') and ${isGiven}
    order by tasks.finished_at desc, tasks.id
    limit ${sql.lit(most + 1)}`;
  const assigned = sql<Row>`
    select ${columns}, null as approved_by
    from tasks
    where tasks.assign_role is not null and tasks.assigning = 'made' and ${isGiven}
      and not exists (select 1 from access_requests access where access.request_id = tasks.request_id)
    order by tasks.finished_at desc, tasks.id
    limit ${sql.lit(most + 1)}`;
  const both = await Promise.all([approved.execute(reader), assigned.execute(reader)]);
  const stored: Row[] = [];
  for (const row of both.flatMap((one) => one.rows)) if (!(await isRemovedInArchive(reader, row))) stored.push(row);
  const rows = [...stored, ...(await findArchivedGiven(reader, most + 1))].toSorted((one, other) => other.at - one.at);
  // Given twice, it is the latest that counts.
  const latest = new Map(rows.toReversed().map((row) => [`${row.person_id} ${row.app_id}`, row]));
  const given = [...latest.values()].toSorted((one, other) => other.at - one.at);
  return { given: given.slice(0, most).map(toGiven), isMore: given.length > most || rows.length > most };
}

type Access = Pick<Row, 'person_id' | 'app_id' | 'at'>;

async function isRemovedInArchive(reader: Kysely<Schema>, { person_id, app_id, at }: Access): Promise<boolean> {
  const removal = await reader
    .selectFrom('archived_lines')
    .select('id')
    .where('subject', '=', markOf(person_id))
    .where('app', '=', markOf(app_id))
    .where('removed_at', '>=', at)
    .limit(1)
    .executeTakeFirst();
  return removal !== undefined;
}

/** The same of what is archived: the latest that were given and, as far as the archive tells, not taken away. */
async function findArchivedGiven(reader: Kysely<Schema>, most: number): Promise<readonly Row[]> {
  const found: Row[] = [];
  const seen = new Set<string>();
  for (let [at, id] = [Number.MAX_SAFE_INTEGER, '']; ; ) {
    const { rows: lines } = await sql<{ id: string; given_at: number }>`
      select id, given_at from archived_lines given
      where given_at is not null and (given_at, id) < (${at}, ${id}) and not exists (
        select 1 from archived_lines later where later.subject = given.subject and later.app = given.app
          and later.removed_at >= given.given_at)
      order by given_at desc, id desc limit ${sql.lit(most)}`.execute(reader);
    const fresh = [...new Set(lines.map((line) => line.id))].filter((one) => !seen.has(one));
    const { tasks, access_requests } = await readArchived(reader, fresh);
    for (const requestId of fresh) {
      seen.add(requestId);
      const access = access_requests.filter(({ request_id }) => request_id === requestId);
      for (const task of tasks.filter((one) => one.request_id === requestId && givesWithoutEnd(one, access))) {
        const row = {
          ...{ task_id: task.id, request_id: requestId, at: task.finished_at ?? 0, person_id: task.subject_id },
          ...{ person_name: task.subject_name, app_id: task.app_id, app_name: task.app_name },
          approved_by: access[0]?.decided_by_name ?? null,
        };
        if (!(await isTakenAway(reader, row))) found.push(row);
      }
    }
    const last = lines.at(-1);
    if (lines.length < most || found.length >= most || last === undefined) return found.slice(0, most);
    [at, id] = [last.given_at, last.id];
  }
}

async function isTakenAway(reader: Kysely<Schema>, access: Access): Promise<boolean> {
  const { person_id, app_id, at } = access;
  const { rows } = await sql<{ taken: number }>`select case
    when exists (select 1 from tasks where subject_id = ${person_id} and app_id = ${app_id}
      and outcome_kind = 'removed' and finished_at >= ${at})
    or exists (select 1 from entitlements where subject_id = ${person_id} and app_id = ${app_id} and state <> 'ended')
    then 1 else 0 end as taken`.execute(reader);
  return Number(rows[0]?.taken) === 1 || (await isRemovedInArchive(reader, access));
}

function toGiven(row: Row): Given {
  return {
    requestId: row.request_id,
    at: row.at,
    personId: row.person_id,
    personName: row.person_name,
    appId: row.app_id,
    appName: row.app_name,
    approvedBy: row.approved_by,
  };
}
