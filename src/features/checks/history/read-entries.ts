import { type ExpressionBuilder, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { AccessRequestRow, RequestRow, Schema, TaskRow } from '../../../db/schema.ts';
import type { OutcomeKind } from '../../../graph/outcome.ts';
import { readArchived } from '../../../requests/archive/looking.ts';
import type { Entitlement } from '../../../requests/entitlement.ts';
import { findEntitlementsOf, toEntitlement } from '../../../requests/find-entitlements.ts';
import type { Person } from '../../../requests/request.ts';
import { appsIn, removalMark, ticketMark } from '../../../requests/rows.ts';
import type { HistoryEntry, HistoryResult } from './history-entry.ts';
import type { Key } from './keys.ts';

interface Part {
  readonly requestedById: string | null;
  readonly subjectIds: readonly string[];
}

type Provisioning = Extract<HistoryEntry, { kind: 'provisioning' }>;

/**
 * The history lines of these keys, in their order. An outcome's report is never read: it is long, and a line shows none
 * of it. With `only`, another person's request for several people shows these people alone; each key must have a call
 * for one of them.
 */
export async function readEntries(
  database: Database,
  keys: readonly Key[],
  only: Part | null = null,
): Promise<HistoryEntry[]> {
  const { query } = database;
  const idsOf = (kind: Key['kind']) => keys.filter((key) => key.kind === kind).map(({ id }) => id);
  const accessIds = idsOf('access');
  const access =
    accessIds.length === 0
      ? []
      : await query
          .selectFrom('access_requests')
          .select(['id', 'created_at', 'requested_by_id', 'requested_by_name'])
          .select(['app_id', 'app_name', 'request_id', 'state'])
          .select(['subject_id', 'subject_name', 'subject_label', 'decided_by_id', 'decided_by_name'])
          .select(['starts_at', 'time_zone', 'ticket', 'ticket_url'])
          .where('id', 'in', accessIds)
          .execute();
  const carriedOut = access.flatMap(({ request_id }) => (request_id === null ? [] : [request_id]));
  const provisionings = await readProvisionings(database, [...idsOf('provisioning'), ...carriedOut], only);
  const entries = new Map<string, HistoryEntry>(provisionings);
  for (const row of access) entries.set(row.id, accessEntry(row, provisionings));
  const missing = keys.flatMap(({ id }) => (entries.has(id) ? [] : [id]));
  for (const [id, entry] of await readArchivedEntries(database, missing, only)) entries.set(id, entry);
  return keys.flatMap(({ id }) => entries.get(id) ?? []);
}

type AccessColumns = Pick<
  Selectable<AccessRequestRow>,
  | 'id'
  | 'created_at'
  | 'requested_by_id'
  | 'requested_by_name'
  | 'app_id'
  | 'app_name'
  | 'request_id'
  | 'state'
  | 'subject_id'
  | 'subject_name'
  | 'subject_label'
  | 'decided_by_id'
  | 'decided_by_name'
  | 'starts_at'
  | 'time_zone'
  | 'ticket'
  | 'ticket_url'
>;

function accessEntry(row: AccessColumns, provisionings: ReadonlyMap<string, Provisioning>): HistoryEntry {
  return {
    kind: 'access',
    at: row.created_at,
    accessRequestId: row.id,
    requestedBy: { id: row.requested_by_id, name: row.requested_by_name },
    apps: [{ id: row.app_id, name: row.app_name }],
    subject: { id: row.subject_id, name: row.subject_name, label: row.subject_label },
    state: row.state,
    startsAt: row.starts_at,
    timeZone: row.time_zone,
    decidedBy: personOf(row.decided_by_id, row.decided_by_name),
    requestId: row.request_id,
    ...ticketMark(row),
    // A request that waits for a retry, or was given up after an attempt, is shown by its own state.
    ends: provisionings.get(row.request_id ?? '')?.ends ?? [],
    result: isCarriedOut(row.state) ? (provisionings.get(row.request_id ?? '')?.result ?? null) : null,
  };
}

/** What the queries below find, in the rows of archived requests, which are few. */
async function readArchivedEntries(
  { query }: Database,
  ids: readonly string[],
  only: Part | null,
): Promise<ReadonlyMap<string, HistoryEntry>> {
  if (ids.length === 0) return new Map();
  const { requests, tasks, access_requests: access, entitlements } = await readArchived(query, ids);
  const provisionings = new Map<string, Provisioning>();
  for (const request of requests) {
    const isOwn = only === null || request.requested_by_id === only.requestedById;
    const isSeen = (id: string) => isOwn || only.subjectIds.includes(id);
    const calls = tasks.filter(({ request_id: id, subject_id }) => id === request.id && isSeen(subject_id));
    const [first] = calls.toSorted((one, other) => one.position - other.position);
    const carries = access.find(({ request_id: id }) => id === request.id);
    const ending = entitlements.filter((row) => [row.request_id, row.removal_id].includes(request.id));
    const row = {
      ...request,
      decided_by_id: carries?.decided_by_id ?? null,
      decided_by_name: carries?.decided_by_name ?? null,
    };
    provisionings.set(
      request.id,
      provisioningEntry(row, {
        first: only !== null || first?.position === 0 ? first : undefined,
        counts: calls.map(({ state, outcome_kind }) => ({ state, outcome_kind, tasks: 1 })),
        people: request.apps === null ? null : new Set(calls.map(({ subject_id: id }) => id)).size,
        members: tasks
          .filter(({ request_id: id }) => id === request.id)
          .reduce((sum, { members }) => sum + (JSON.parse(members) as readonly unknown[]).length, 0),
        ending: ending
          .filter(({ subject_id }) => isSeen(subject_id))
          .toSorted((one, other) => one.ends_at - other.ends_at)
          .map(toEntitlement),
      }),
    );
  }
  const entries = new Map<string, HistoryEntry>(provisionings);
  for (const row of access) entries.set(row.id, accessEntry(row, provisionings));
  return entries;
}

const isCarriedOut = (state: AccessRequestRow['state']): boolean => state === 'started' || state === 'finished';

async function readProvisionings(
  { query }: Database,
  ids: readonly string[],
  only: Part | null,
): Promise<Map<string, Provisioning>> {
  if (ids.length === 0) return new Map();
  const rows = await query
    .selectFrom('requests')
    .leftJoin('access_requests', 'access_requests.request_id', 'requests.id')
    .select(['requests.id', 'requests.created_at', 'requests.requested_by_id', 'requests.requested_by_name'])
    .select(['requests.app_id', 'requests.app_name', 'requests.apps', 'requests.ticket', 'requests.ticket_url'])
    .select(['requests.purpose', 'requests.second_person', 'requests.second_person_decision', 'requests.reason'])
    .select(['access_requests.decided_by_id', 'access_requests.decided_by_name'])
    .where('requests.id', 'in', ids)
    .execute();
  const own = rows.filter((row) => only !== null && row.requested_by_id === only.requestedById).map(({ id }) => id);
  const inThese = query.selectFrom('tasks').where('request_id', 'in', ids);
  const calls =
    only === null
      ? inThese
      : inThese.where((call) => call.or([isIn(call, 'subject_id', only.subjectIds), isIn(call, 'request_id', own)]));
  const counts = await calls
    .select(['request_id', 'state', 'outcome_kind'])
    .select((select) => select.fn.countAll<number>().as('tasks'))
    .groupBy(['request_id', 'state', 'outcome_kind'])
    .execute();
  const firsts = await (only === null ? calls.where('position', '=', 0) : calls)
    .select(['request_id', 'subject_id', 'subject_type', 'subject_name', 'subject_label'])
    .orderBy('position')
    .execute();
  const groupIds = firsts.filter((first) => isGroup(first.subject_type)).map(({ request_id }) => request_id);
  const members = await countMembers(query, groupIds);

  const overSeveral = rows.filter(({ apps }) => apps !== null).map(({ id }) => id);
  const peopleOf = await countPeople(calls.where('request_id', 'in', overSeveral), overSeveral);

  // The access that ends there is archived a day before the request that ends it.
  const atEnd = rows.filter(({ purpose }) => purpose === 'end').map(({ id }) => id);
  const { entitlements } = await readArchived(query, atEnd);
  const ending = [...(await findEntitlementsOf({ query }, ids)), ...entitlements.map(toEntitlement)].filter(
    ({ requestId, subject }) => only === null || only.subjectIds.includes(subject.id) || own.includes(requestId),
  );

  const provisionings = rows.map((row): [string, Provisioning] => [
    row.id,
    provisioningEntry(row, {
      first: firsts.find(({ request_id }) => request_id === row.id),
      counts: counts.filter(({ request_id }) => request_id === row.id),
      people: peopleOf.get(row.id) ?? null,
      members: members.get(row.id) ?? 0,
      ending: ending.filter(({ requestId, removalId }) => requestId === row.id || removalId === row.id),
    }),
  ]);
  return new Map(provisionings);
}

type ProvisioningColumns = Pick<
  Selectable<RequestRow>,
  | 'id'
  | 'created_at'
  | 'requested_by_id'
  | 'requested_by_name'
  | 'app_id'
  | 'app_name'
  | 'apps'
  | 'ticket'
  | 'ticket_url'
  | 'purpose'
  | 'second_person'
  | 'second_person_decision'
  | 'reason'
> &
  Pick<Selectable<AccessRequestRow>, 'decided_by_id' | 'decided_by_name'>;

/** What its tasks and the ends of its access tell. */
interface Told {
  readonly first:
    | Pick<Selectable<TaskRow>, 'subject_id' | 'subject_type' | 'subject_name' | 'subject_label'>
    | undefined;
  readonly counts: readonly Count[];
  /** Null where each has one call. */
  readonly people: number | null;
  readonly members: number;
  readonly ending: readonly Entitlement[];
}

function provisioningEntry(row: ProvisioningColumns, { first, counts, members, ending, ...told }: Told): Provisioning {
  const people = told.people ?? counts.reduce((total, { tasks }) => total + tasks, 0);
  const ofGroup = isGroup(first?.subject_type);
  const isOne = first !== undefined && (ofGroup || people === 1);
  return {
    kind: 'provisioning',
    at: row.created_at,
    requestId: row.id,
    requestedBy: { id: row.requested_by_id, name: row.requested_by_name },
    apps: appsIn(row),
    subject: isOne ? { id: first.subject_id, name: first.subject_name, label: first.subject_label } : null,
    people: ofGroup ? members : people,
    isGroup: ofGroup,
    result: resultOf(counts),
    approvedBy: personOf(row.decided_by_id, row.decided_by_name),
    ...removalMark(row),
    ends: ending.filter(({ requestId }) => requestId === row.id),
    ...endMark(ending.find(({ removalId }) => removalId === row.id)),
    ...ticketMark(row),
  };
}

const isGroup = (type: string | undefined) => type?.toLowerCase() === 'group';

const endMark = (endOf: Entitlement | undefined) => (endOf === undefined ? {} : { endOf });

/** Of requests over several apps, whose people have several calls each. */
async function countPeople(
  calls: SelectQueryBuilder<Schema, 'tasks', unknown>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await calls
    .select('request_id')
    .select((select) => select.fn.count<number>('subject_id').distinct().as('people'))
    .groupBy('request_id')
    .execute();
  return new Map(rows.map(({ request_id, people }) => [request_id, Number(people)]));
}

type CallOf = ExpressionBuilder<Schema, 'tasks'>;

/** PostgreSQL rejects an empty list. */
const isIn = (call: CallOf, column: 'subject_id' | 'request_id', ids: readonly string[]) =>
  ids.length === 0 ? sql<boolean>`1 = 0` : call(column, 'in', ids);

/** The members are stored after the reports in their rows, so they are read for groups alone. */
async function countMembers(query: Database['query'], ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  if (ids.length === 0) return counts;
  const rows = await query
    .selectFrom('tasks')
    .select(['request_id', 'members'])
    .where('request_id', 'in', ids)
    .execute();
  for (const { request_id, members } of rows) {
    const { length } = JSON.parse(members) as readonly unknown[];
    counts.set(request_id, (counts.get(request_id) ?? 0) + length);
  }
  return counts;
}

interface Count {
  readonly state: TaskRow['state'];
  readonly outcome_kind: string | null;
  readonly tasks: number;
}

function resultOf(counts: readonly Count[]): HistoryResult {
  const some = (state: TaskRow['state']) => counts.some((count) => count.state === state);
  if (some('held')) return { kind: 'held' };
  if (some('running') || (some('waiting') && some('done'))) return { kind: 'running' };
  if (some('waiting')) return { kind: 'waiting' };
  if (!some('done')) return { kind: 'cancelled' };
  const outcomes: Partial<Record<OutcomeKind, number>> = {};
  let cancelled = 0;
  for (const { state, outcome_kind, tasks } of counts) {
    const kind = outcome_kind as OutcomeKind | null;
    if (state === 'done' && kind !== null) outcomes[kind] = (outcomes[kind] ?? 0) + tasks;
    if (state === 'cancelled') cancelled += tasks;
  }
  return { kind: 'done', counts: outcomes, cancelled };
}

function personOf(id: string | null, name: string | null): Person | null {
  return id === null ? null : { id, name: name ?? '' };
}
