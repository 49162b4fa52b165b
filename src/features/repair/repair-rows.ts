import type { Selectable, Transaction, UpdateQueryBuilder } from 'kysely';
import { type Basis, byItself } from '../../access/basis.ts';
import { isFreeLease } from '../../db/leases.ts';
import type { RepairRow, Schema } from '../../db/schema.ts';
import type { Query } from '../../outbox/message-store.ts';
import { insertMessages } from '../../outbox/message-store.ts';
import { readGate } from '../../rate-gate/gate-row.ts';
import { writeAudit } from '../../requests/audit-log.ts';
import { cancelUnsent } from '../../requests/confirmation.ts';
import type { Lease, Person } from '../../requests/request.ts';
import { newRequestId } from '../../requests/request-id.ts';
import { insertRequest, type NewRequest, type StoreParts } from '../../requests/store.ts';
import {
  heldForSecondMs,
  heldRepairMs,
  type Repair,
  type RepairEnd,
  type RepairState,
  type RepairWhy,
} from './repair.ts';

/** The rows behind the repairs; `repair.ts` has the picture. */

/** It may stand among the messages and in the record beside requests. */
const idLength = 8;

export interface NewRepair
  extends Pick<
    Repair,
    'kind' | 'app' | 'jobId' | 'requestedBy' | 'reader' | 'conversation' | 'reason' | 'needsSecondPerson' | 'pauseUntil'
  > {
  /** Identifies what asked for it, so that a repeated delivery finds it. */
  readonly source: string;
  /** The provisioning that it makes room for: stored with it, held. */
  readonly request?: NewRequest;
  /** It waits for a confirmation. */
  readonly held: boolean;
}

export type Stored =
  | { readonly kind: 'stored'; readonly repair: Repair }
  /** The app has an open repair, which comes first. */
  | { readonly kind: 'other'; readonly repair: Repair };

/** Stores a repair with its card. `further` stores what belongs to it, in the same transaction. */
export function storeRepair(
  parts: StoreParts,
  wanted: NewRepair,
  further: (transaction: Transaction<Schema>, repair: Repair) => Promise<void> = async () => undefined,
): Promise<Stored> {
  const { database, clock } = parts;
  return database.transact(async (transaction): Promise<Stored> => {
    const gate = await readGate(parts, transaction);
    const { source } = wanted;
    const same = await transaction.selectFrom('repairs').selectAll().where('source', '=', source).executeTakeFirst();
    if (same !== undefined) return { kind: 'stored', repair: toRepair(same) };
    const other = await findActive(transaction, wanted.app.id);
    if (other !== null) return { kind: 'other', repair: other };
    const request = wanted.request === undefined ? null : await insertRequest(parts, transaction, gate, wanted.request);
    const now = clock.now();
    const row = await transaction
      .insertInto('repairs')
      .values({
        id: newRequestId(idLength),
        source,
        kind: wanted.kind,
        app_id: wanted.app.id,
        app_name: wanted.app.name,
        job_id: wanted.jobId,
        requested_by_id: wanted.requestedBy.id,
        requested_by_name: wanted.requestedBy.name,
        locale: wanted.reader.locale,
        time_zone: wanted.reader.timeZone,
        conversation: wanted.conversation,
        reason: wanted.reason,
        needs_second_person: wanted.needsSecondPerson ? 1 : 0,
        pause_until: wanted.pauseUntil,
        request_id: request?.id ?? null,
        state: wanted.held ? 'held' : 'due',
        since: now,
        due_at: wanted.held ? null : now,
        created_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const repair = toRepair(row);
    const { id, conversation, reader } = repair;
    await insertMessages(transaction, [{ id, kind: 'repair', reference: id, conversation, reader, dueAt: null }], now);
    await noteRepair(transaction, now, repair, repair.requestedBy.id, { step: 'asked', basis: parts.basis });
    await further(transaction, repair);
    return { kind: 'stored', repair };
  });
}

/** The app's repair that is under way, whatever the held ones; null where there is none. */
async function findActive(query: Query, appId: string): Promise<Repair | null> {
  const row = await query
    .selectFrom('repairs')
    .selectAll()
    .where('app_id', '=', appId)
    .where('state', 'not in', ['held', 'ended'])
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toRepair(row);
}

export async function findRepair({ query }: { readonly query: Query }, id: string): Promise<Repair | null> {
  const row = await query.selectFrom('repairs').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : toRepair(row);
}

/** The repairs that are under way; of one app alone, where it is given. */
export async function openRepairs(
  { query }: { readonly query: Query },
  appId: string | null,
): Promise<readonly Repair[]> {
  const rows = await query
    .selectFrom('repairs')
    .selectAll()
    .where('state', 'not in', ['held', 'ended'])
    .$if(appId !== null, (some) => some.where('app_id', '=', appId ?? ''))
    .orderBy('created_at')
    .execute();
  return rows.map(toRepair);
}

export type Confirmed = 'confirmed' | 'already' | 'expired' | { readonly kind: 'other'; readonly repair: Repair };

/** Lets a held repair go. `as`: whether the actor is its second person. */
export function confirmRepair(
  parts: StoreParts,
  id: string,
  actor: Person,
  as: 'requester' | 'secondPerson',
): Promise<Confirmed> {
  return parts.database.transact(async (transaction): Promise<Confirmed> => {
    await readGate(parts, transaction);
    const now = parts.clock.now();
    const held = await findRepair({ query: transaction }, id);
    if (held?.state.kind !== 'held') return 'already';
    if (now - held.createdAt > (held.needsSecondPerson ? heldForSecondMs : heldRepairMs)) {
      await moveTo(transaction, id, { state: 'ended', since: now, ended_as: 'notConfirmed', due_at: null });
      await dropRequest(transaction, now, held);
      return 'expired';
    }
    const other = await findActive(transaction, held.app.id);
    if (other !== null) return { kind: 'other', repair: other };
    const second = as === 'secondPerson' ? { second_person: actor.name } : {};
    await moveTo(transaction, id, { state: 'due', since: now, due_at: now, ...second });
    await noteRepair(transaction, now, held, actor.id, { step: 'confirmed', as, basis: parts.basis });
    return 'confirmed';
  });
}

/** Takes a held repair back. False where it is not held any more. */
export function dropRepair(
  parts: StoreParts,
  id: string,
  actor: Person,
  as: 'requester' | 'secondPerson',
): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const held = await findRepair({ query: transaction }, id);
    if (held?.state.kind !== 'held') return false;
    const now = parts.clock.now();
    const second = as === 'secondPerson' ? { second_person: actor.name } : {};
    await moveTo(transaction, id, { state: 'ended', since: now, ended_as: 'rejected', due_at: null, ...second });
    await noteRepair(transaction, now, held, actor.id, { step: 'rejected', as, basis: parts.basis });
    await dropRequest(transaction, now, held, actor.id, parts.basis);
    return true;
  });
}

/** Cancels the provisioning of a pause that did not come about, in a transaction that has locked the gate. */
async function dropRequest(
  transaction: Transaction<Schema>,
  now: number,
  { requestId }: Repair,
  actorId = '',
  basis: Basis = byItself,
): Promise<void> {
  if (requestId !== null) await cancelUnsent(transaction, now, requestId, actorId, basis);
}

/** Starts a paused job before its time. False where it is not paused by this. */
export function endPause(parts: StoreParts, id: string, actorId: string): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const now = parts.clock.now();
    const paused = await findRepair({ query: transaction }, id);
    if (paused?.state.kind !== 'paused') return false;
    await moveTo(transaction, id, { state: 'starting', since: now, tries: 0, due_at: now });
    await noteRepair(transaction, now, paused, actorId, { step: 'startedEarly', basis: parts.basis });
    return true;
  });
}

function moveTo(transaction: Query, id: string, changes: Partial<Selectable<RepairRow>>): Promise<unknown> {
  return transaction
    .updateTable('repairs')
    .set((row) => ({ ...changes, revision: row('revision', '+', 1), lease_owner: null, lease_until: null }))
    .where('id', '=', id)
    .execute();
}

/** A repair that this process works on. */
export interface ClaimedRepair {
  readonly repair: Repair;
  readonly lease: Lease;
}

/** Leases due repairs that no other process works on, longest due first. */
export function claimRepairs(
  { database, clock }: StoreParts,
  lease: Lease,
  limit: number,
  isSteady: boolean,
): Promise<readonly ClaimedRepair[]> {
  const now = clock.now();
  const soleOwner = database.dialect.singleProcess ? lease.owner : null;
  return database.transact(async (transaction) => {
    const due = transaction
      .selectFrom('repairs')
      .select('id')
      .where('due_at', '<=', now)
      .where(isFreeLease({ now, isSteady, soleOwner }))
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit);
    const found = await (database.dialect.lockRows ? due.forUpdate().skipLocked() : due).execute();
    if (found.length === 0) return [];
    const ids = found.map(({ id }) => id);
    const leased = { lease_owner: lease.owner, lease_until: lease.until };
    const rows = await transaction.updateTable('repairs').set(leased).where('id', 'in', ids).returningAll().execute();
    return rows.map((row) => ({ repair: toRepair(row), lease }));
  });
}

/** When the next repair is due after this time, however long ago; null when none is. */
export async function nextRepairAt({ database }: StoreParts, after = -1): Promise<number | null> {
  const row = await database.query
    .selectFrom('repairs')
    .select((select) => select.fn.min('due_at').as('due'))
    .where('due_at', '>', after)
    .executeTakeFirst();
  return row?.due ?? null;
}

/** Renews the lease until then. False when it is lost already. */
export async function renewRepair({ database }: StoreParts, claimed: ClaimedRepair, until: number): Promise<boolean> {
  const change = ofLease(database.query.updateTable('repairs').set({ lease_until: until }), claimed);
  return (await change.returning('id').executeTakeFirst()) !== undefined;
}

function ofLease<Output>(
  change: UpdateQueryBuilder<Schema, 'repairs', 'repairs', Output>,
  { repair, lease }: ClaimedRepair,
): UpdateQueryBuilder<Schema, 'repairs', 'repairs', Output> {
  return change.where('id', '=', repair.id).where('lease_owner', '=', lease.owner);
}

/** What comes of a step. */
export type Next =
  /** The call is about to leave: written before it does, and the lease is kept. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'due' | 'paused' | 'starting' | 'watching'; readonly dueAt: number }
  /** The same state, looked at again. */
  | { readonly kind: 'again'; readonly dueAt: number }
  | { readonly kind: 'ended'; readonly as: RepairEnd; readonly why?: RepairWhy };

/**
 * Stores the end of a step, with its entry in the record; `tell` queues what people are told of it, in the same
 * transaction. Null where the lease was lost, and another process goes on with it.
 */
export function noteStep(
  parts: StoreParts,
  claimed: ClaimedRepair,
  next: Next,
  tell: (transaction: Transaction<Schema>, repair: Repair) => Promise<void> = async () => undefined,
): Promise<Repair | null> {
  return parts.database.transact(async (transaction) => {
    const { repair } = claimed;
    const isDropped = next.kind === 'ended' && ['refused', 'unknown', 'jobGone'].includes(next.as);
    if (isDropped && repair.requestId !== null) await readGate(parts, transaction);
    const now = parts.clock.now();
    const change = transaction
      .updateTable('repairs')
      .set((row) => ({ ...columnsOf(repair, next, now), revision: row('revision', '+', 1) }));
    const row = await ofLease(change, claimed).where('state', '=', repair.state.kind).returningAll().executeTakeFirst();
    if (row === undefined) return null;
    const after = toRepair(row);
    if (next.kind !== 'again') {
      const step = next.kind === 'ended' ? next.as : next.kind;
      const why = next.kind === 'ended' ? next.why : undefined;
      await noteRepair(transaction, now, after, '', { step, why, basis: byItself });
    }
    if (isDropped) await dropRequest(transaction, now, after);
    await tell(transaction, after);
    return after;
  });
}

const free = { lease_owner: null, lease_until: null } as const;

function columnsOf(repair: Repair, next: Next, now: number): Partial<Selectable<RepairRow>> {
  switch (next.kind) {
    case 'sent':
      return { state: 'sent', since: now, tries: 0 };
    case 'again':
      return { due_at: next.dueAt, tries: repair.tries + 1, ...free };
    case 'ended':
      return {
        ...{ state: 'ended', since: now, ended_as: next.as, due_at: null },
        ...{ why: next.why === undefined ? null : JSON.stringify(next.why) },
        ...free,
      };
    case 'due':
    case 'paused':
    case 'starting':
    case 'watching':
      // What is watched is compared with the moment of its call.
      return {
        state: next.kind,
        since: next.kind === 'watching' && repair.state.kind === 'sent' ? repair.state.since : now,
        tries: 0,
        due_at: next.dueAt,
        ...free,
      };
    default:
      return next satisfies never;
  }
}

function noteRepair(
  transaction: Query,
  at: number,
  { id, kind, app, requestId }: Repair,
  actorId: string,
  { step, as, why, basis }: Noted,
): Promise<void> {
  const details = {
    ...{ step, repair: kind, app: app.id },
    ...(as === 'secondPerson' ? { as } : {}),
    ...(why === undefined ? {} : { why: why.word, code: why.code }),
  };
  const entry = { at, actorId, kind: 'repair', requestId: requestId ?? id, details } as const;
  return writeAudit(transaction, entry, basis);
}

interface Noted {
  readonly step: string;
  readonly as?: 'requester' | 'secondPerson';
  readonly why?: RepairWhy | undefined;
  readonly basis: Basis | undefined;
}

function toRepair(row: Selectable<RepairRow>): Repair {
  return {
    id: row.id,
    kind: row.kind,
    app: { id: row.app_id, name: row.app_name },
    jobId: row.job_id,
    requestedBy: { id: row.requested_by_id, name: row.requested_by_name },
    reader: { locale: row.locale, timeZone: row.time_zone },
    conversation: row.conversation,
    reason: row.reason,
    needsSecondPerson: row.needs_second_person === 1,
    secondPerson: row.second_person,
    pauseUntil: row.pause_until,
    requestId: row.request_id,
    state: toState(row),
    tries: row.tries,
    createdAt: row.created_at,
    revision: row.revision,
  };
}

function toState({ state, since, ended_as, why }: Selectable<RepairRow>): RepairState {
  if (state !== 'ended') return { kind: state, since };
  return { kind: 'ended', since, as: ended_as ?? 'unknown', why: why === null ? null : (JSON.parse(why) as RepairWhy) };
}
