import type { Selectable, Transaction } from 'kysely';
import { isFreeLease } from '../../../db/leases.ts';
import type { AccessRequestRow, Schema } from '../../../db/schema.ts';
import { lastTold } from '../../../graph/outcome/over-all.ts';
import type { Outcome } from '../../../graph/outcome.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { Lease } from '../../../requests/request.ts';
import { enqueueAccessCards, routeSource } from './access-cards.ts';
import { type FinishedAs, type HeldUp, isAwaited, type LapseReason, type Wait } from './access-request.ts';
import { applyAction, lockAccessRequest } from './acting.ts';
import type { ApprovalChannel } from './approval-channels.ts';
import { enqueueReminder, enqueueUnreached, releaseApproval } from './notices.ts';

/**
 * What is due next for an access request, and when, as stored in its row: `due_at`. A process leases the row to do it,
 * so that several processes share the work; the lease of a dead one expires. A lease only saves work: results are
 * written only where the row still asks for them.
 */
export type DueActionKind = 'expire' | 'route' | 'remind' | 'start';

/** An approved request that is held up for longer lapses. */
const longestHeldUpMs = 24 * 60 * 60_000;

type Row = Selectable<AccessRequestRow>;

/** `abandoned`: the process that leased it before died or hung while working on it. */
export type ClaimedRow = Row & { readonly abandoned: boolean };

/** What is due for it now; null when nothing is after all. */
export function dueActionOf(row: Row, now: number): DueActionKind | null {
  if (row.state === 'approved') return 'start';
  if (row.state !== 'pending') return null;
  if (now >= row.expires_at) return 'expire';
  if (row.routed === 0) return 'route';
  return row.reminded_at === null && now >= row.remind_at ? 'remind' : null;
}

/** When a pending request that has been routed is due next. */
function nextDue({ remind_at, expires_at }: Row, remindedAt: number | null): number {
  return remindedAt === null ? Math.min(remind_at, expires_at) : expires_at;
}

/**
 * Leases due requests that no other process works on, longest due first. `isSteady` is false where the clock has jumped
 * and says nothing about leases.
 */
export function claimDue(
  { database, clock }: AccessParts,
  lease: Lease,
  limit: number,
  isSteady = true,
): Promise<ClaimedRow[]> {
  const now = clock.now();
  const soleOwner = database.dialect.singleProcess ? lease.owner : null;
  return database.transact(async (transaction) => {
    const due = transaction
      .selectFrom('access_requests')
      .select(['id', 'lease_owner'])
      .where('due_at', '<=', now)
      .where(isFreeLease({ now, isSteady, soleOwner }))
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit);
    const found = await (database.dialect.lockRows ? due.forUpdate().skipLocked() : due).execute();
    if (found.length === 0) return [];
    const ids = found.map(({ id }) => id);
    const abandoned = new Set(found.filter((row) => row.lease_owner !== null).map(({ id }) => id));
    const rows = await transaction
      .updateTable('access_requests')
      .set((row) => ({
        lease_owner: lease.owner,
        lease_until: lease.until,
        // A lease that was not released belongs to a process that died or hung.
        crashes: row
          .case()
          .when('lease_owner', 'is not', null)
          .then(row('crashes', '+', 1))
          .else(row.ref('crashes'))
          .end(),
      }))
      .where('id', 'in', ids)
      .returningAll()
      .execute();
    return rows.map((row) => ({ ...row, abandoned: abandoned.has(row.id) }));
  });
}

/** Renews the lease until then, unless it is lost. */
export async function renewDue({ database }: AccessParts, id: string, { owner, until }: Lease): Promise<void> {
  await database.query
    .updateTable('access_requests')
    .set({ lease_until: until })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute();
}

/** Releases the lease, if still held; nothing is done before `dueAt`. */
export async function releaseDue({ database }: AccessParts, id: string, owner: string, dueAt: number): Promise<void> {
  await database.query
    .updateTable('access_requests')
    .set({ lease_owner: null, lease_until: null, due_at: dueAt })
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .execute();
}

/** When the next action is due, or the next one after this time; null when none is. */
export async function nextDueAt({ database }: AccessParts, after = -1): Promise<number | null> {
  const row = await database.query
    .selectFrom('access_requests')
    .select((select) => select.fn.min('due_at').as('due'))
    .where('due_at', '>', after)
    .executeTakeFirst();
  return row?.due ?? null;
}

/** A conversation with approvers. */
export type ShownTo = Pick<ApprovalChannel, 'key' | 'conversation' | 'reader'>;

/**
 * Queues the approvers' cards, once. False when that was done before, or no longer applies. The record notes each card
 * when it is posted.
 */
export function finishRouting(parts: AccessParts, id: string, to: readonly ShownTo[]): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row?.state !== 'pending' || row.routed === 1) return false;
    await changeRow(transaction, row, { routed: 1, due_at: nextDue(row, row.reminded_at) });
    const now = parts.clock.now();
    const reference = row.joint_group ?? id;
    const cards = to.map(({ key, conversation, reader }) => {
      const source = routeSource(reference, key);
      return { accessRequestId: reference, source, conversation, reader, audience: 'approvers' } as const;
    });
    await enqueueAccessCards(transaction, cards, now);
    if (to.length === 0) await enqueueUnreached(parts, transaction, row);
    return true;
  });
}

/** Queues a reminder to the approvers, once. False when that was done before, or no longer applies. */
export function remind(parts: AccessParts, id: string): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row?.state !== 'pending' || row.reminded_at !== null) return false;
    const now = parts.clock.now();
    await writeAudit(transaction, { at: now, actorId: '', kind: 'accessReminded', requestId: id, details: {} });
    // A group of a joint request has one reminder.
    const isHeard = (await isRemindedOf(transaction, row)) || (await enqueueReminder(parts, transaction, row));
    // Where the request was shown to no approver, there may be one by now.
    const next = isHeard && row.routed === 1 ? { due_at: nextDue(row, now) } : { routed: 0, due_at: now };
    await changeRow(transaction, row, { reminded_at: now, ...next });
    return true;
  });
}

async function isRemindedOf(transaction: Transaction<Schema>, { joint_group }: Row): Promise<boolean> {
  if (joint_group === null) return false;
  const reminded = await transaction
    .selectFrom('access_requests')
    .select('id')
    .where('joint_group', '=', joint_group)
    .where('reminded_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return reminded !== undefined;
}

/**
 * Notes what holds up its start, which is retried after `delayMs`. After a day it lapses instead; where it waits for
 * the assignment, at the end of that wait. False when nothing has changed that a reader could see.
 */
export function holdUp(
  parts: AccessParts,
  id: string,
  owner: string,
  { heldUp, delayMs }: { readonly heldUp: HeldUp; readonly delayMs: number },
): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row?.state !== 'approved' || row.lease_owner !== owner) return false;
    const now = parts.clock.now();
    // A wait for the assignment and a wait for anything else are timed separately.
    const since = isAwaited(row.held_up) === isAwaited(heldUp) ? (row.held_up_since ?? now) : now;
    const until = isAwaited(heldUp) ? (row.awaiting_until ?? now) : since + longestHeldUpMs;
    if (now >= until) {
      await applyAction(parts, transaction, row, { kind: 'lapse', why: LAPSES[heldUp] });
      return true;
    }
    // The day may end before the pause does: then it is checked once more.
    const due = { held_up_since: since, due_at: Math.min(now + delayMs, until) };
    const isNews = row.held_up !== heldUp;
    await releaseApproval(transaction, id, now);
    await changeRow(transaction, row, { ...due, held_up: heldUp, revision: row.revision + (isNews ? 1 : 0) });
    return isNews;
  });
}

const LAPSES = {
  quarantine: 'quarantined',
  jobRuns: 'jobRan',
  graphAway: 'graphAway',
  appsFile: 'appsFile',
  assignment: 'notAssigned',
  replication: 'notAssigned',
  entitlement: 'notAssigned',
} as const satisfies Record<HeldUp, LapseReason>;

/**
 * A started request waits for this from now on, since its provisioning request ended without it. False when that
 * request has been requeued meanwhile, or another process was first.
 */
export function awaitThing(parts: AccessParts, id: string, { heldUp, until, delayMs }: Wait): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row === null || row.state !== 'started' || row.request_id === null) return false;
    const task = await transaction
      .selectFrom('tasks')
      .select(['state', 'outcome'])
      .where('request_id', '=', row.request_id)
      .where('position', '=', 0)
      .executeTakeFirst();
    if (task?.state !== 'done' || task.outcome === null) return false;
    if (lastTold(JSON.parse(task.outcome) as Outcome).kind !== 'notInScope') return false;
    const acted = await applyAction(parts, transaction, row, { kind: 'await', heldUp, until, delayMs });
    return acted.kind === 'done';
  });
}

/** Makes a held-up approved request due now, to be attempted whatever held it up. False where nothing does. */
export function lookNow(parts: AccessParts, id: string, actorId: string): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row?.state !== 'approved' || row.held_up === null) return false;
    const now = parts.clock.now();
    const details = { request: row.request_id };
    const entry = { at: now, actorId, kind: 'accessRetried', requestId: id, details } as const;
    await writeAudit(transaction, entry, parts.basis);
    await changeRow(transaction, row, { held_up: null, held_up_since: null, due_at: now });
    return true;
  });
}

/** Writes columns other than the state, and releases the lease. Counts as a change by default. */
async function changeRow(
  transaction: Transaction<Schema>,
  { id, revision }: Row,
  changes: Partial<Pick<Row, 'routed' | 'reminded_at' | 'held_up' | 'held_up_since' | 'due_at' | 'revision'>>,
): Promise<void> {
  await transaction
    .updateTable('access_requests')
    .set({ revision: revision + 1, ...changes, lease_owner: null, lease_until: null })
    .where('id', '=', id)
    .execute();
}

/** The started requests with no task waiting or running, and how their provisioning request ended. */
export async function findEnded(
  { database }: AccessParts,
  limit: number,
): Promise<{ readonly id: string; readonly outcome: FinishedAs }[]> {
  const rows = await database.query
    .selectFrom('access_requests')
    .innerJoin('tasks', 'tasks.request_id', 'access_requests.request_id')
    .select(['access_requests.id', 'tasks.state', 'tasks.outcome_kind'])
    .where('access_requests.state', '=', 'started')
    // It is for one person, so it has one task.
    .where('tasks.position', '=', 0)
    .where('tasks.state', 'in', ['done', 'cancelled'])
    .orderBy('access_requests.created_at')
    .limit(limit)
    .execute();
  return rows.map(({ id, state, outcome_kind }) => ({
    id,
    outcome: state === 'cancelled' ? 'cancelled' : ((outcome_kind ?? 'unknown') as FinishedAs),
  }));
}
