import type { Selectable, Transaction, Updateable } from 'kysely';
import { byItself } from '../../../access/basis.ts';
import { assertNever } from '../../../assert-never.ts';
import type { AccessRequestRow, Schema } from '../../../db/schema.ts';
import { readGate } from '../../../rate-gate/gate-row.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { type AuditEntry, writeAudit } from '../../../requests/audit-log.ts';
import { runAgain } from '../../../requests/queue.ts';
import type { Person } from '../../../requests/request.ts';
import { insertRequest, type NewRequest } from '../../../requests/store.ts';
import {
  type AccessAction,
  type AccessRequest,
  isAwaited,
  type LapseReason,
  mayRetryLapsed,
  type StartBasis,
  stateAfter,
} from './access-request.ts';
import { enqueueNotices, releaseApproval } from './notices.ts';
import { toAccessRequest } from './rows.ts';

/**
 * Every transition of an access request. The row is locked, the action is looked up among the possible transitions, and
 * the new state, its record and its notices are written together. A second caller finds another state, and changes
 * nothing.
 */
export type Acted =
  /** With the access request's present state. */
  | { readonly kind: 'done'; readonly accessRequest: AccessRequest }
  /** The action is not possible in its state, or not yet. */
  | { readonly kind: 'unchanged'; readonly accessRequest: AccessRequest }
  | { readonly kind: 'unknown' };

/**
 * Applies the action if the state allows it. `expire` does nothing before the expiry; after it, a decision expires the
 * request.
 */
export async function act(parts: AccessParts, id: string, action: AccessAction): Promise<Acted> {
  return parts.database.transact(async (transaction): Promise<Acted> => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row === null) return { kind: 'unknown' };
    const acted = await applyAction(parts, transaction, row, action);
    await carryOn(parts, transaction, [row], action);
    return acted;
  });
}

/** The same action on several of one joint request, in one transaction; where a state does not allow it, it is unchanged. */
export async function actOnAll(
  parts: AccessParts,
  ids: readonly string[],
  action: AccessAction,
): Promise<readonly KnownActed[]> {
  // One moment, so that one notice tells of all.
  const at = parts.clock.now();
  const atOnce = { ...parts, clock: { ...parts.clock, now: () => at } };
  return parts.database.transact(async (transaction) => {
    const acted: KnownActed[] = [];
    const rows: Row[] = [];
    for (const id of ids) {
      const row = await lockAccessRequest(parts, transaction, id);
      if (row === null) continue;
      rows.push(row);
      acted.push(await applyAction(atOnce, transaction, row, action));
    }
    await carryOn(atOnce, transaction, rows, action);
    return acted;
  });
}

type KnownActed = Exclude<Acted, { kind: 'unknown' }>;

/**
 * Starts it: stores its provisioning request and points to it, both or neither. So a request that was cancelled a
 * moment before leaves no call behind. One that has been attempted before reruns its provisioning request.
 */
export async function startApproved(
  parts: AccessParts,
  id: string,
  request: NewRequest,
  basis?: StartBasis,
): Promise<Acted> {
  return parts.database.transact(async (transaction): Promise<Acted> => {
    const gate = await readGate(parts, transaction);
    const row = await lockAccessRequest(parts, transaction, id);
    if (row === null) return { kind: 'unknown' };
    if (stateAfter(row.state, 'start') === null) return { kind: 'unchanged', accessRequest: toAccessRequest(row) };
    const tried = row.request_id;
    const requestId = tried ?? (await insertRequest(parts, transaction, gate, request)).id;
    if (tried !== null) await runAgain(parts, transaction, gate, tried, request);
    return applyAction(parts, transaction, row, {
      kind: 'start',
      requestId,
      ...(basis === undefined ? {} : { basis }),
    });
  });
}

type Row = Selectable<AccessRequestRow>;

/** Reads the row, locked where others could read it too, together with all of its joint request. */
export async function lockAccessRequest(
  { database }: Pick<AccessParts, 'database'>,
  transaction: Transaction<Schema>,
  id: string,
): Promise<Row | null> {
  const rows = transaction.selectFrom('access_requests').selectAll();
  const found = (one: string) => rows.where('id', '=', one);
  if (!database.dialect.lockRows) return (await found(id).executeTakeFirst()) ?? null;
  const known = await found(id).executeTakeFirst();
  if (known === undefined) return null;
  // In one order, so that two actions on a joint request wait for each other instead of blocking each other.
  const locked = await (known.joint_id === null ? found(id) : jointRows(transaction, known.joint_id))
    .forUpdate()
    .execute();
  return locked.find((row) => row.id === id) ?? null;
}

const jointRows = (transaction: Transaction<Schema>, jointId: string) =>
  transaction.selectFrom('access_requests').selectAll().where('joint_id', '=', jointId).orderBy('id');

/** Locks the access request that a card or a notice refers to; of a group's, one that waits for a decision, if any does. */
export async function lockReferred(
  parts: Pick<AccessParts, 'database'>,
  transaction: Transaction<Schema>,
  reference: string,
): Promise<Row | null> {
  const rows = await transaction
    .selectFrom('access_requests')
    .select(['id', 'state'])
    .where((row) => row.or([row('id', '=', reference), row('joint_group', '=', reference)]))
    .execute();
  const row = rows.find(({ state }) => state === 'pending') ?? rows[0];
  return row === undefined ? null : lockAccessRequest(parts, transaction, row.id);
}

/** Like `act`, for a row that is locked. */
export async function applyAction(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  row: Selectable<AccessRequestRow>,
  action: AccessAction,
): Promise<Exclude<Acted, { kind: 'unknown' }>> {
  const now = parts.clock.now();
  const state = stateAfter(row.state, action.kind);
  const isPast = now >= row.expires_at;
  const isOver = action.kind === 'retry' && row.state === 'lapsed' && !mayRetryLapsed(row.ended_as as LapseReason);
  if (state === null || isOver || (action.kind === 'expire' && !isPast))
    return { kind: 'unchanged', accessRequest: toAccessRequest(row) };
  if (isPast && (action.kind === 'approve' || action.kind === 'deny')) {
    // It is past its expiry, though the scheduler has not expired it yet, so no decision may count.
    const { accessRequest } = await applyAction(parts, transaction, row, { kind: 'expire' });
    return { kind: 'unchanged', accessRequest };
  }
  const after = await transaction
    .updateTable('access_requests')
    .set({
      state,
      revision: row.revision + 1,
      due_at: state === 'approved' ? Math.max(now, row.starts_at ?? now) : null,
      held_up: null,
      held_up_since: null,
      ...columnsOf(action, row, now),
      lease_owner: null,
      lease_until: null,
    })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .returningAll()
    .executeTakeFirstOrThrow();
  const { details, ...done } = entryOf(action, row);
  const kit = row.kit !== null && isOfKit(action) ? { kit: (JSON.parse(row.kit) as { name: string }).name } : {};
  const entry = { at: now, requestId: row.id, ...done, details: { ...details, ...kit } };
  await writeAudit(transaction, entry, entry.actorId === '' ? byItself : parts.basis);
  await releaseApproval(transaction, row.id, now);
  await enqueueNotices(parts, transaction, after, action);
  return { kind: 'done', accessRequest: toAccessRequest(after) };
}

/** What an action on some access requests, read before it, means for the others of their joint request. */
async function carryOn(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  before: readonly Row[],
  action: AccessAction,
): Promise<void> {
  const [first] = before;
  if (first === undefined || first.joint_id === null) return;
  const rows = await jointRows(transaction, first.joint_id).execute();
  const now = parts.clock.now();
  for (const { joint_group } of before.filter(({ state, routed }) => state === 'pending' && routed === 0)) {
    // The group's card has not been shown, which another one of the group has to see to now.
    const next = rows.find((row) => row.joint_group === joint_group && row.state === 'pending');
    if (next !== undefined) await setDue(transaction, [next.id], { routed: 0, due_at: now });
  }
  if (first.joint_whole !== 1) return;
  // It was to be all or none: one that is not approved ends the others.
  const isBroken = rows.some(({ state }) => state === 'denied' || state === 'expired' || state === 'cancelled');
  if (!isBroken) {
    const isWhole = rows.every(({ state }) => state === 'approved');
    const approved = action.kind === 'approve' ? rows.filter(({ state }) => state === 'approved') : [];
    const due_at = isWhole ? Math.max(now, first.starts_at ?? now) : null;
    return setDue(
      transaction,
      approved.map(({ id }) => id),
      { due_at },
    );
  }
  for (const row of rows) {
    if (row.state === 'approved')
      await applyAction(parts, transaction, row, action.kind === 'cancel' ? action : { kind: 'lapse', why: 'notAll' });
    if (row.state === 'pending')
      await applyAction(
        parts,
        transaction,
        row,
        'by' in action ? { kind: 'cancel', by: action.by } : { kind: 'expire' },
      );
  }
}

async function setDue(
  transaction: Transaction<Schema>,
  ids: readonly string[],
  due: Pick<Updateable<AccessRequestRow>, 'routed' | 'due_at'>,
): Promise<void> {
  if (ids.length === 0) return;
  await transaction.updateTable('access_requests').set(due).where('id', 'in', ids).execute();
}

function columnsOf(action: AccessAction, row: Selectable<AccessRequestRow>, now: number): Updateable<AccessRequestRow> {
  switch (action.kind) {
    case 'approve':
    case 'deny':
      return {
        decided_by_id: action.by.id,
        decided_by_name: action.by.name,
        decided_at: now,
        decision_reason: action.kind === 'deny' ? action.reason : null,
        decided_from: JSON.stringify(action.from),
        ...(action.kind === 'approve' && action.ends !== undefined ? { ends: JSON.stringify(action.ends) } : {}),
      };
    case 'cancel':
      return { ended_at: now, ended_by_id: action.by.id, ended_by_name: action.by.name };
    case 'expire':
      return { ended_at: now };
    case 'start':
      return {
        request_id: action.requestId,
        // This distinguishes later attempts from the first one.
        ...(isAwaited(row.held_up) ? { held_up: row.held_up, held_up_since: row.held_up_since } : {}),
      };
    case 'lapse':
      return { ended_at: now, ended_as: action.why };
    case 'finish':
      return { ended_at: now, ended_as: action.outcome };
    case 'await':
      return {
        due_at: Math.min(now + action.delayMs, action.until),
        held_up: action.heldUp,
        held_up_since: row.held_up === action.heldUp ? row.held_up_since : now,
        awaiting_since: row.awaiting_since ?? now,
        awaiting_until: action.until,
      };
    case 'retry':
      return {
        ended_at: null,
        ended_as: null,
        ended_by_id: null,
        ended_by_name: null,
        awaiting_since: null,
        awaiting_until: null,
      };
    default:
      return assertNever(action, 'action');
  }
}

/** An action that only time causes (a reminder, an expiry) has no actor. A typed reason stays out of the entry. */
function entryOf(
  action: AccessAction,
  { request_id, assigning }: Pick<Selectable<AccessRequestRow>, 'request_id' | 'assigning'>,
): Pick<AuditEntry, 'actorId' | 'kind' | 'details'> {
  const assignment = assigning === null ? {} : { assignment: assigning };
  switch (action.kind) {
    case 'approve':
      return {
        actorId: action.by.id,
        kind: 'accessApproved',
        details: action.ends === undefined ? {} : { endsAt: action.ends.endsAt },
      };
    case 'deny':
      return { actorId: action.by.id, kind: 'accessDenied', details: {} };
    case 'cancel':
      return { actorId: action.by.id, kind: 'accessCancelled', details: assignment };
    case 'expire':
      return { actorId: '', kind: 'accessExpired', details: {} };
    case 'start':
      return { actorId: '', kind: 'accessStarted', details: { request: action.requestId, ...bothOf(action.basis) } };
    case 'lapse':
      return { actorId: '', kind: 'accessLapsed', details: { why: action.why, ...assignment } };
    case 'finish':
      return { actorId: '', kind: 'accessFinished', details: { outcome: action.outcome } };
    case 'await':
      return { actorId: '', kind: 'accessAwaits', details: { request: request_id, why: action.heldUp } };
    case 'retry':
      return { actorId: action.by.id, kind: 'accessRetried', details: { request: request_id } };
    default:
      return assertNever(action, 'action');
  }
}

/** The kit's approvers may be those who decide. */
const isOfKit = ({ kind }: AccessAction): boolean => kind === 'approve' || kind === 'deny' || kind === 'start';

function bothOf(basis: StartBasis | undefined): AuditEntry['details'] {
  if (basis === undefined) return {};
  const { requester, decider } = basis;
  return {
    ...{ requesterRole: requester.details.role ?? null, requesterThrough: requester.details.through ?? [] },
    ...{ deciderRole: decider.details.role ?? null, deciderThrough: decider.details.through ?? [] },
  };
}

/**
 * Notes who cancelled a started request, after its provisioning request was cancelled: that one stores the person's id,
 * and this one the name, which messages show.
 */
export async function noteCalledOff(parts: AccessParts, id: string, by: Person): Promise<void> {
  await parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    // The scheduler may have recorded its end a moment ago.
    if (row === null || (row.state !== 'started' && row.ended_as !== 'cancelled')) return;
    await transaction
      .updateTable('access_requests')
      .set({ ended_by_id: by.id, ended_by_name: by.name, revision: row.revision + 1 })
      .where('id', '=', id)
      .execute();
    const details = { request: row.request_id };
    const entry = { at: parts.clock.now(), actorId: by.id, kind: 'accessCancelled', requestId: id, details } as const;
    await writeAudit(transaction, entry, parts.basis);
  });
}
