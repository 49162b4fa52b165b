import {
  type ExpressionBuilder,
  type ExpressionWrapper,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { AccessRequestRow, Schema, TaskRow } from '../../../db/schema.ts';
import { failureKinds } from '../../../graph/outcome/worth-retrying.ts';
import type { Among, Cursor, HistoryFilter, OwnPart } from './history-entry.ts';

/**
 * The next lines of the history, by time and id alone. Every query walks an index that is already in this order and
 * stops at the page's end, so a page costs the same whether the history is a hundred lines long or a hundred thousand.
 * A search that needs two indexes at once, for a person as requester or as subject, is two queries with merged results.
 */
export interface Key extends Cursor {
  readonly kind: 'provisioning' | 'access';
}

/** The conditions of one query; all of them must hold. */
export interface Sought {
  readonly requestedById?: string;
  readonly notRequestedByIds?: readonly string[];
  readonly appId?: string;
  /** Only requests over several apps in which that app is not the first. */
  readonly isFurther?: true;
  readonly ticket?: string;
  /** One of these. */
  readonly subjectIds?: readonly string[];
  readonly among?: Among;
  readonly since?: number;
  readonly after?: Cursor;
  /** No older than this one. */
  readonly upTo?: Cursor;
}

/** The queries, of which no two find the same line. */
export function soughtBy(filter: HistoryFilter): Sought[] {
  const { among = null } = filter;
  const all = soughtOf(filter);
  return among === null ? all : all.map((sought) => ({ ...sought, among }));
}

function soughtOf({ about, requestedById, only = null }: HistoryFilter): Sought[] {
  if (only !== null) return soughtOfPart(about, only);
  const asked = requestedById === null ? {} : { requestedById };
  if (about === null) return [asked];
  if ('appId' in about) return throughEachApp({ ...asked, appId: about.appId });
  if ('ticket' in about) return [{ ...asked, ticket: about.ticket }];
  const { personId } = about;
  if (requestedById === null)
    return [{ requestedById: personId }, { subjectIds: [personId], notRequestedByIds: [personId] }];
  return requestedById === personId ? [asked] : [{ ...asked, subjectIds: [personId] }];
}

/** A request is found by its first app, and by its calls in the others. */
function throughEachApp(sought: Sought): Sought[] {
  return sought.appId === undefined ? [sought] : [sought, { ...sought, isFurther: true }];
}

/** The same where only a part may be seen; again no two find the same line. */
function soughtOfPart(about: HistoryFilter['about'], { requestedById, subjectIds }: OwnPart): Sought[] {
  const concerning = (sought: Sought) => (subjectIds.length === 0 ? [] : [{ subjectIds, ...sought }]);
  if (about === null || !('personId' in about)) {
    const own = { requestedById, ...about };
    return [
      ...(about !== null && 'ticket' in about ? [own] : throughEachApp(own)),
      ...concerning({ notRequestedByIds: [requestedById], ...about }),
    ];
  }
  const { personId } = about;
  if (personId === requestedById) return [{ requestedById }];
  const isOneOfThese = subjectIds.includes(personId);
  return [
    { requestedById, subjectIds: [personId] },
    ...concerning({ requestedById: personId }),
    ...(isOneOfThese ? [{ subjectIds: [personId], notRequestedByIds: [requestedById, personId] }] : []),
  ];
}

export function findAccessKeys({ query }: Database, sought: Sought, limit: number): Promise<Cursor[]> {
  return inOrder(accessKeys(query, sought), limit).execute();
}

/**
 * Leaves out those that carry out an access request, unless that was made before `accessSince`; null leaves out none.
 */
export function findProvisioningKeys(
  { query }: Database,
  sought: Sought,
  limit: number,
  accessSince: number | null,
): Promise<Cursor[]> {
  return inOrder(provisioningKeys(query, sought, accessSince), limit).execute();
}

/** A query for keys. */
export type Keys = SelectQueryBuilder<Schema, 'access_requests' | 'requests' | 'tasks', Cursor>;

export function inOrder<T extends keyof Schema>(keys: SelectQueryBuilder<Schema, T, Cursor>, limit: number) {
  return keys.orderBy(sql`at`, 'desc').orderBy(sql`id`, 'desc').limit(limit);
}

export function accessKeys(query: Kysely<Schema>, sought: Sought): Keys {
  let found = query.selectFrom('access_requests').select(['created_at as at', 'id']);
  if (sought.requestedById !== undefined) found = found.where('requested_by_id', '=', sought.requestedById);
  for (const id of sought.notRequestedByIds ?? []) found = found.where('requested_by_id', '!=', id);
  if (sought.appId !== undefined) found = found.where('app_id', '=', sought.appId);
  if (sought.ticket !== undefined) found = found.where('ticket', '=', sought.ticket);
  if (sought.subjectIds !== undefined) found = found.where('subject_id', 'in', sought.subjectIds);
  // What failed is a provisioning request, whether or not it carried out an access request. That has one app.
  if (sought.among === 'failed' || sought.isFurther === true) found = found.where(sql<boolean>`1 = 0`);
  if (sought.among === 'open') found = found.where('state', 'in', openStates);
  if (sought.since !== undefined) found = found.where('created_at', '>=', sought.since);
  if (sought.after !== undefined) found = found.where(olderThan('created_at', 'id', sought.after));
  if (sought.upTo !== undefined) found = found.where(noOlderThan('created_at', 'id', sought.upTo));
  return found as Keys;
}

export function provisioningKeys(query: Kysely<Schema>, sought: Sought, accessSince: number | null): Keys {
  const isSought = ofRequests(sought, accessSince);
  return isThroughCalls(sought) ? throughCalls(query, sought, isSought) : throughRequests(query, sought, isSought);
}

const isThroughCalls = ({ subjectIds, isFurther }: Sought) => subjectIds !== undefined || isFurther === true;

const openStates: readonly AccessRequestRow['state'][] = ['pending', 'approved', 'started'];
const openTaskStates: readonly TaskRow['state'][] = ['held', 'waiting', 'running'];

type OfRequests = (request: ExpressionBuilder<Schema, 'requests'>) => ExpressionWrapper<Schema, 'requests', SqlBool>;

function ofRequests(
  { requestedById, notRequestedByIds = [], appId, ticket, among, ...through }: Sought,
  accessSince: number | null,
): OfRequests {
  return (request) =>
    request.and([
      ...(among === undefined ? [] : [request.exists(tasksAmong(request, among))]),
      ...(requestedById === undefined ? [] : [request('requests.requested_by_id', '=', requestedById)]),
      ...notRequestedByIds.map((id) => request('requests.requested_by_id', '!=', id)),
      // A query through the calls looks at the app of the call itself.
      ...(appId === undefined || isThroughCalls(through) ? [] : [request('requests.app_id', '=', appId)]),
      ...(ticket === undefined ? [] : [request('requests.ticket', '=', ticket)]),
      ...(accessSince === null || among === 'failed'
        ? []
        : [request.or([request('requests.access_at', 'is', null), request('requests.access_at', '<', accessSince)])]),
    ]);
}

function tasksAmong({ selectFrom }: ExpressionBuilder<Schema, 'requests'>, among: Among) {
  const own = selectFrom('tasks').select('tasks.id').whereRef('tasks.request_id', '=', 'requests.id');
  return among === 'open'
    ? own.where('tasks.state', 'in', openTaskStates)
    : own.where('tasks.state', '=', 'done').where('tasks.outcome_kind', 'in', failureKinds);
}

function throughRequests(query: Kysely<Schema>, { since, after, upTo }: Sought, isSought: OfRequests): Keys {
  let found = query.selectFrom('requests').select(['requests.created_at as at', 'requests.id']).where(isSought);
  if (since !== undefined) found = found.where('requests.created_at', '>=', since);
  if (after !== undefined) found = found.where(olderThan('requests.created_at', 'requests.id', after));
  if (upTo !== undefined) found = found.where(noOlderThan('requests.created_at', 'requests.id', upTo));
  return found as Keys;
}

/**
 * The calls of a subject, or in an app that is not its request's first, are in order. Each one's request is looked up, not joined: if the engines expect many calls,
 * they would begin with the requests.
 */
function throughCalls(
  query: Kysely<Schema>,
  { subjectIds, isFurther, appId, since, after, upTo }: Sought,
  isSought: OfRequests,
): Keys {
  let found = query
    .selectFrom('tasks')
    .select(sql<number>`tasks.asked_at`.as('at'))
    .select('tasks.request_id as id')
    .distinct()
    .where(({ selectFrom }) => {
      const ownRequest = selectFrom('requests').whereRef('requests.id', '=', 'tasks.request_id');
      return sql<SqlBool>`${ownRequest.select((request) => isSought(request).as('is_sought'))}`;
    });
  if (subjectIds !== undefined) found = found.where('tasks.subject_id', 'in', subjectIds);
  if (isFurther === true) found = found.where('tasks.is_further', '=', sql.lit(1));
  if (appId !== undefined) found = found.where('tasks.app_id', '=', appId);
  if (since !== undefined) found = found.where('tasks.asked_at', '>=', since);
  if (after !== undefined) found = found.where(olderThan('tasks.asked_at', 'tasks.request_id', after));
  if (upTo !== undefined) found = found.where(noOlderThan('tasks.asked_at', 'tasks.request_id', upTo));
  return found as Keys;
}

/** As comparisons of pairs, for which both engines use the index. */
export const olderThan = (time: string, name: string, { at, id }: Cursor) =>
  sql<boolean>`(${sql.ref(time)}, ${sql.ref(name)}) < (${at}, ${id})`;

export const noOlderThan = (time: string, name: string, { at, id }: Cursor) =>
  sql<boolean>`(${sql.ref(time)}, ${sql.ref(name)}) >= (${at}, ${id})`;

export function newestFirst(one: Cursor, other: Cursor): number {
  if (one.at !== other.at) return other.at - one.at;
  if (one.id === other.id) return 0;
  return one.id < other.id ? 1 : -1;
}
