import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql, type Transaction } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { AccessRequestRow, Schema } from '../../../db/schema.ts';
import { readGate } from '../../../rate-gate/gate-row.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { type AuditEntry, writeAudit } from '../../../requests/audit-log.ts';
import type { Person, Reader } from '../../../requests/request.ts';
import { unusedId } from '../../../requests/request-id.ts';
import { ticketColumns } from '../../../requests/rows.ts';
import type { StoreParts } from '../../../requests/store.ts';
import { type AccessRequest, openStates } from './access-request.ts';
import { toAccessRequest } from './rows.ts';
import { addWorkingDays } from './working-days.ts';

export { type Acted, act } from './acting.ts';

/** A new access request, before it has an id. */
export interface NewAccessRequest
  extends Pick<
    AccessRequest,
    'requestedBy' | 'subject' | 'app' | 'reason' | 'ticket' | 'startsAt' | 'ends' | 'askedAs' | 'kit'
  > {
  /** Where it came from, e.g. conversation and activity id. A second one from the same source is the first one. */
  readonly source: string;
  readonly reader: Reader;
  readonly conversation: string;
}

/** How many requests one person may have open. */
export const mostOpen = 10;
const dayMs = 24 * 60 * 60_000;

export type Creation =
  | { readonly kind: 'created'; readonly accessRequest: AccessRequest }
  /** The same source has made it before. */
  | { readonly kind: 'same'; readonly accessRequest: AccessRequest }
  /** An open request for the same person and app exists. */
  | { readonly kind: 'alreadyOpen'; readonly accessRequest: AccessRequest }
  | { readonly kind: 'tooMany'; readonly open: number }
  /** Open or not: each was shown to approvers. */
  | { readonly kind: 'tooManyToday'; readonly made: number };

/** Stores an access request that waits for a decision, or returns why not. */
export async function createAccessRequest(parts: AccessParts, wanted: NewAccessRequest): Promise<Creation> {
  return parts.database.transact(async (transaction): Promise<Creation> => {
    // The gate's lock serializes all new requests, so the counts still hold when it is written.
    await readGate(parts, transaction);
    const requests = transaction.selectFrom('access_requests').selectAll();
    const earlier = await requests.where('source', '=', wanted.source).executeTakeFirst();
    if (earlier !== undefined) return { kind: 'same', accessRequest: toAccessRequest(earlier) };
    const twin = await findTwin(transaction, wanted);
    if (twin !== null) return { kind: 'alreadyOpen', accessRequest: twin };
    const refusal = await refusalOf(parts, transaction, wanted.requestedBy);
    if (refusal !== null) return refusal;
    return { kind: 'created', accessRequest: await insertAccessRequest(parts, transaction, wanted, {}) };
  });
}

/** The open request for the same person and app. */
export async function findTwin(
  transaction: Transaction<Schema>,
  { subject, app }: Pick<AccessRequest, 'subject' | 'app'>,
): Promise<AccessRequest | null> {
  const twin = await transaction
    .selectFrom('access_requests')
    .selectAll()
    .where('state', 'in', openStates)
    .where('subject_id', '=', subject.id)
    .where('app_id', '=', app.id)
    .limit(1)
    .executeTakeFirst();
  return twin === undefined ? null : toAccessRequest(twin);
}

/** Why this person may make no further request now; null where they may. */
export async function refusalOf(
  { clock, approvals }: AccessParts,
  transaction: Transaction<Schema>,
  requestedBy: Person,
): Promise<Extract<Creation, { kind: 'tooMany' | 'tooManyToday' }> | null> {
  const count = await countMade(transaction, requestedBy, (row) => row('state', 'in', openStates));
  if (count >= mostOpen) return { kind: 'tooMany', open: count };
  const since = clock.now() - dayMs;
  const made = await countMade(transaction, requestedBy, (row) => row('created_at', '>', since));
  return made >= (approvals.requestsPerDay ?? Number.POSITIVE_INFINITY) ? { kind: 'tooManyToday', made } : null;
}

/** Writes one, in a transaction that has locked the gate. `joint`: its place in a joint request. */
export async function insertAccessRequest(
  { clock, approvals, basis }: AccessParts,
  transaction: Transaction<Schema>,
  wanted: NewAccessRequest,
  joint: Partial<
    Pick<Selectable<AccessRequestRow>, 'routed' | `joint_${'id' | 'group' | 'position' | 'whole' | 'left_out'}`>
  >,
): Promise<AccessRequest> {
  const now = clock.now();
  const id = await unusedId(transaction);
  const { requestedBy, subject, app, reader } = wanted;
  const expiresAt = now + approvals.expireAfterDays * dayMs;
  const remindAt = addWorkingDays(now, approvals.remindAfterWorkingDays, reader.timeZone);
  const row = await transaction
    .insertInto('access_requests')
    .values({
      id,
      source: wanted.source,
      requested_by_id: requestedBy.id,
      requested_by_name: requestedBy.name,
      subject_id: subject.id,
      subject_name: subject.name,
      subject_label: subject.label,
      subject_guest: subject.guest === true ? 1 : 0,
      app_id: app.id,
      app_name: app.name,
      reason: wanted.reason,
      ...ticketColumns(wanted.ticket ?? null),
      starts_at: wanted.startsAt,
      ends: wanted.ends == null ? null : JSON.stringify(wanted.ends),
      kit: wanted.kit == null ? null : JSON.stringify(wanted.kit),
      asked_as: wanted.askedAs,
      locale: reader.locale,
      time_zone: reader.timeZone,
      conversation: wanted.conversation,
      created_at: now,
      expires_at: expiresAt,
      remind_at: remindAt,
      revision: 1,
      state: 'pending',
      due_at: joint.routed === 1 ? Math.min(remindAt, expiresAt) : now,
      ...joint,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const { startsAt, ticket = null } = wanted;
  const asked = { app: app.id, subject: subject.id, startsAt };
  const details = {
    ...asked,
    ...(ticket === null ? {} : { ticket: ticket.number }),
    ...(joint.joint_id == null ? {} : { joint: joint.joint_id }),
    ...(wanted.ends == null ? {} : { endsAt: wanted.ends.endsAt }),
    ...(wanted.kit == null ? {} : { kit: wanted.kit.name }),
  };
  const entry = { at: now, actorId: requestedBy.id, kind: 'accessAsked', requestId: id, details } as const;
  await writeAudit(transaction, entry, basis);
  return toAccessRequest(row);
}

/** How many requests this person has made, of those that the condition leaves; a joint one counts once. */
async function countMade(
  transaction: Transaction<Schema>,
  { id }: Person,
  condition: (row: ExpressionBuilder<Schema, 'access_requests'>) => Expression<SqlBool>,
): Promise<number> {
  const { made } = await transaction
    .selectFrom('access_requests')
    .select((select) => select.fn.count<number>(sql`coalesce(joint_id, id)`).distinct().as('made'))
    .where('requested_by_id', '=', id)
    .where(condition)
    .executeTakeFirstOrThrow();
  return Number(made);
}

export async function findAccessRequest({ query }: Database, id: string): Promise<AccessRequest | null> {
  const row = await query.selectFrom('access_requests').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : toAccessRequest(row);
}

/** The access request that this provisioning request carries out; null for one that was typed. */
export async function findCarriedOutBy({ query }: Database, requestId: string): Promise<AccessRequest | null> {
  const carried = query.selectFrom('access_requests').selectAll().where('request_id', '=', requestId);
  const row = await carried.executeTakeFirst();
  return row === undefined ? null : toAccessRequest(row);
}

/** The requests that wait for a decision, oldest first. */
export async function findPending(
  { query }: Database,
  page: { readonly limit: number; readonly offset: number },
): Promise<AccessRequest[]> {
  const rows = await query
    .selectFrom('access_requests')
    .selectAll()
    .where('state', '=', 'pending')
    .orderBy('created_at')
    .orderBy('id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toAccessRequest);
}

/** Records that a person tried an action that they may not take. */
export async function recordRefusal(
  { database, clock, refusals }: Pick<StoreParts, 'database' | 'clock' | 'refusals'>,
  id: string,
  actorId: string,
  details: AuditEntry['details'],
): Promise<void> {
  if (refusals?.take(actorId, String(details.why)) === false) return;
  await writeAudit(database.query, { at: clock.now(), actorId, kind: 'accessRefused', requestId: id, details });
}
