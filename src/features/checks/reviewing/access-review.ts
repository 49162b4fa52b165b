import { sql } from 'kysely';
import type { RoleSource } from '../../../access/caller.ts';
import type { Clock } from '../../../clock.ts';
import type { Database } from '../../../db/database.ts';
import type { Directory } from '../../../graph/directory.ts';
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

/** As the writers of these entries put it: the details are JSON without spaces. */
async function countDecisions({ reader }: Pick<Database, 'reader'>, since: number) {
  const { rows } = await sql<{ id: string; approved: number; denied: number }>`
    select actor_id as id,
      sum(case when kind in ('accessDenied', 'cancelled') or details like '%"step":"rejected"%' then 0 else 1 end)
        as approved,
      sum(case when kind in ('accessDenied', 'cancelled') or details like '%"step":"rejected"%' then 1 else 0 end)
        as denied
    from audit_log
    where at >= ${since} and actor_id <> ''
      and (kind in ('accessApproved', 'accessDenied')
        or (kind in ('confirmed', 'cancelled', 'repair') and details like '%"as":"secondPerson"%'))
    group by actor_id
    order by count(*) desc, actor_id`.execute(reader);
  return rows.map(({ id, approved, denied }) => ({ id, approved: Number(approved), denied: Number(denied) }));
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
  const rows = both.flatMap((one) => one.rows).toSorted((one, other) => other.at - one.at);
  // Given twice, it is the latest that counts.
  const latest = new Map(rows.toReversed().map((row) => [`${row.person_id} ${row.app_id}`, row]));
  const given = [...latest.values()].toSorted((one, other) => other.at - one.at);
  return { given: given.slice(0, most).map(toGiven), isMore: given.length > most || rows.length > most };
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
