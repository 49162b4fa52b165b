import { sql, type Transaction } from 'kysely';
import type { Basis } from '../access/basis.ts';
import type { Schema } from '../db/schema.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { writeAudit } from './audit-log.ts';
import { insertEntitlements } from './entitlement.ts';
import type { Person, Removal, Ticket } from './request.ts';
import { awaitedTicket, ticketColumns, toTask } from './rows.ts';
import { bumpRevision, type StoreParts, turnLength } from './store.ts';

/**
 * Confirms a held request, and cancels what has not been sent yet. Both are compare-and-set on the tasks' states under
 * the gate's lock, so that a concurrent claim comes before or after, and a second click finds nothing left to do.
 */
export type Confirmation =
  /** How many tasks wait now because of it: none at a second click. */
  | { readonly kind: 'confirmed'; readonly tasks: number }
  /** Too much may have changed since its card was drawn, so nothing was done. */
  | { readonly kind: 'expired' };

/** A held request can be confirmed for an hour; by a second person, who may not be there now, for a day. */
export const heldForMs = 60 * 60_000;
export const heldForSecondPersonMs = 24 * heldForMs;

/**
 * Queues the held tasks of a request, as if it had been made now. `ticket`: what one that awaits a ticket gets.
 * `confirmedBy`: the name of the actor, of a removal. `evenLate`: its confirmation came in time, and what it waits for has
 * taken longer.
 */
export async function confirmRequest(
  parts: StoreParts,
  requestId: string,
  actorId: string,
  {
    ticket = null,
    confirmedBy = null,
    evenLate = false,
  }: { readonly ticket?: Ticket | null; readonly confirmedBy?: string | null; readonly evenLate?: boolean } = {},
): Promise<Confirmation> {
  const { database, clock } = parts;
  return database.transact(async (transaction): Promise<Confirmation> => {
    const { turns } = await readGate(parts, transaction);
    const now = clock.now();
    const held = await transaction
      .selectFrom('tasks')
      .innerJoin('requests', 'requests.id', 'tasks.request_id')
      .select(['requests.created_at', 'requests.second_person', 'tasks.lane'])
      .where('tasks.request_id', '=', requestId)
      .where('tasks.state', '=', 'held')
      .limit(1)
      .executeTakeFirst();
    if (held === undefined) return { kind: 'confirmed', tasks: 0 };
    if (!evenLate && now - held.created_at > (held.second_person === 1 ? heldForSecondPersonMs : heldForMs))
      return { kind: 'expired' };
    const turn = turns[held.lane] ?? 0;
    const { numUpdatedRows } = await transaction
      .updateTable('tasks')
      .set({
        state: 'waiting',
        // A turn needs a wider type than the position from which it is computed.
        turn: sql<number>`cast(${turn} as bigint) + position * ${sql.lit(turnLength)}`,
        enqueued_at: now,
        due_at: now,
        ordered_by: actorId,
      })
      .where('request_id', '=', requestId)
      .where('state', '=', 'held')
      .executeTakeFirstOrThrow();
    const tasks = Number(numUpdatedRows);
    const ending = await transaction
      .selectFrom('tasks')
      .selectAll()
      .where('request_id', '=', requestId)
      .where('state', '=', 'waiting')
      .where('ends_at', 'is not', null)
      .execute();
    await insertEntitlements(transaction, ending.map(toTask), now);
    if (ticket !== null)
      await transaction
        .updateTable('requests')
        .set(ticketColumns(ticket))
        .where('id', '=', requestId)
        .where('ticket', '=', awaitedTicket)
        .execute();
    if (confirmedBy !== null) await noteDecision(transaction, requestId, { how: 'confirmed', by: confirmedBy });
    await bumpRevision(transaction, requestId);
    const details = {
      tasks,
      ...(ticket === null ? {} : { ticket: ticket.number }),
      ...(held.second_person === 1 ? { as: 'secondPerson' } : {}),
    };
    await writeAudit(transaction, { at: now, actorId, kind: 'confirmed', requestId, details }, parts.basis);
    return { kind: 'confirmed', tasks };
  });
}

export interface Cancellation {
  readonly cancelled: number;
  /** Tasks sent before, running or done: they stay as they are. */
  readonly alreadySent: number;
}

/**
 * Cancels unsent tasks, held and waiting. A running one goes on, but if its call turns out not to have got through
 * (throttled, or too late to be sent) it is not sent again.
 */
export function cancelRequest(parts: StoreParts, requestId: string, actorId: string): Promise<Cancellation> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    return cancelUnsent(transaction, parts.clock.now(), requestId, actorId, parts.basis);
  });
}

/** The same in a transaction that has locked the gate. */
export async function cancelUnsent(
  transaction: Transaction<Schema>,
  now: number,
  requestId: string,
  actorId: string,
  basis?: Basis,
): Promise<Cancellation> {
  const { numUpdatedRows } = await transaction
    .updateTable('tasks')
    .set({ state: 'cancelled', finished_at: now, cancelled_by: actorId })
    .where('request_id', '=', requestId)
    .where('state', 'in', ['held', 'waiting'])
    .executeTakeFirstOrThrow();
  const cancelled = Number(numUpdatedRows);
  await transaction
    .updateTable('tasks')
    .set({ cancelled_by: actorId })
    .where('request_id', '=', requestId)
    .where('state', '=', 'running')
    .execute();
  const { alreadySent } = await transaction
    .selectFrom('tasks')
    .select((select) => select.fn.countAll<number>().as('alreadySent'))
    .where('request_id', '=', requestId)
    .where('state', 'in', ['running', 'done'])
    .executeTakeFirstOrThrow();
  if (cancelled > 0) {
    await bumpRevision(transaction, requestId);
    const details = { tasks: cancelled, alreadySent };
    await writeAudit(transaction, { at: now, actorId, kind: 'cancelled', requestId, details }, basis);
  }
  return { cancelled, alreadySent };
}

/** Cancels a held removal as its second person; false where it is not held any more. */
export function rejectRemoval(parts: StoreParts, requestId: string, by: Person): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    await readGate(parts, transaction);
    const now = parts.clock.now();
    const { numUpdatedRows } = await transaction
      .updateTable('tasks')
      .set({ state: 'cancelled', finished_at: now, cancelled_by: by.id })
      .where('request_id', '=', requestId)
      .where('state', '=', 'held')
      .executeTakeFirstOrThrow();
    const tasks = Number(numUpdatedRows);
    if (tasks === 0) return false;
    await noteDecision(transaction, requestId, { how: 'rejected', by: by.name });
    await bumpRevision(transaction, requestId);
    const details = { tasks, alreadySent: 0, as: 'secondPerson' };
    const entry = { at: now, actorId: by.id, kind: 'cancelled', requestId, details } as const;
    await writeAudit(transaction, entry, parts.basis);
    return true;
  });
}

async function noteDecision(
  transaction: Transaction<Schema>,
  id: string,
  decision: NonNullable<Removal['decision']>,
): Promise<void> {
  const second_person_decision = JSON.stringify(decision);
  await transaction.updateTable('requests').set({ second_person_decision }).where('id', '=', id).execute();
}
