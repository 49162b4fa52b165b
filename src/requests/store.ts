import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { insertMessages } from '../outbox/message-store.ts';
import { type GateParts, readGate, type StoredGate } from '../rate-gate/gate-row.ts';
import { type Lane, laneNumbers } from '../rate-gate/lanes.ts';
import { type AuditEntry, writeAudit } from './audit-log.ts';
import { type LeftOut, membersPerCall, type Person, type Reader, type Request, type Subject } from './request.ts';
import { unusedId } from './request-id.ts';
import { toTask, withoutTasks } from './rows.ts';

/** A new request, before it has an id. */
export interface NewRequest {
  /** Where it came from, e.g. conversation and activity id. A second one from the same source is the first one. */
  readonly source: string;
  readonly requestedBy: Person;
  readonly app: { readonly id: string; readonly name: string };
  readonly reader: Reader;
  readonly conversation: string;
  readonly lane: Lane;
  readonly jobId: string;
  readonly ruleId: string;
  readonly leftOut: readonly LeftOut[];
  /** True to wait for the requester's confirmation; see `confirmation.ts`. */
  readonly held: boolean;
  /** One for each call, in the order in which they were named; at least one. */
  readonly tasks: readonly NewTask[];
}

export interface NewTask {
  readonly subject: Subject;
  /** At most `membersPerCall`; empty for everything but a group. */
  readonly members: readonly Subject[];
  /** True where Usher has just assigned the subject to the app; see `Task`. */
  readonly awaitsAssignment?: boolean;
}

/**
 * The distance between two tasks of a request: so many later requests, a window's worth, may go ahead of the next task.
 */
export const turnLength = 5;

/** What the store, the queue and the gate before it share. */
export type StoreParts = GateParts;

/**
 * Stores a request with its tasks, waiting or held, and its card; or finds the one that the same source made before.
 *
 * @throws for a task with more members than Graph takes in one call.
 */
export async function createRequest(parts: StoreParts, wanted: NewRequest): Promise<Request> {
  const { database } = parts;
  const id = await database.transact(async (transaction) => {
    const requestId = await insertRequest(parts, transaction, await readGate(parts, transaction), wanted);
    const { conversation, reader } = wanted;
    const now = parts.clock.now();
    const card = { id: requestId, kind: 'request', reference: requestId, conversation, reader } as const;
    await insertMessages(transaction, [{ ...card, dueAt: null }], now);
    return requestId;
  });
  const request = await findRequest(database, id);
  if (request === null) throw new Error(`request ${id} vanished while it was being stored`);
  return request;
}

/** The same in a transaction that has locked the gate; returns the id of what was stored or found. */
export async function insertRequest(
  { clock }: StoreParts,
  transaction: Transaction<Schema>,
  { turns }: StoredGate,
  wanted: NewRequest,
): Promise<string> {
  if (wanted.tasks.some(({ members }) => members.length > membersPerCall))
    throw new Error(`a call takes no more than ${membersPerCall} members`);
  const { source, requestedBy, app, reader, conversation } = wanted;
  const earlier = await transaction.selectFrom('requests').select('id').where('source', '=', source).executeTakeFirst();
  if (earlier !== undefined) return earlier.id;
  const now = clock.now();
  const requestId = await unusedId(transaction);
  await transaction
    .insertInto('requests')
    .values({
      id: requestId,
      source,
      requested_by_id: requestedBy.id,
      requested_by_name: requestedBy.name,
      app_id: app.id,
      app_name: app.name,
      locale: reader.locale,
      time_zone: reader.timeZone,
      conversation,
      revision: 1,
      created_at: now,
      left_out: JSON.stringify(wanted.leftOut),
    })
    .execute();
  const lane = laneNumbers[wanted.lane];
  const turn = turns[lane] ?? 0;
  await transaction
    .insertInto('tasks')
    .values(
      wanted.tasks.map(({ subject, members, awaitsAssignment = false }, position) => ({
        id: randomUUID(),
        request_id: requestId,
        position,
        subject_id: subject.id,
        subject_type: subject.type,
        subject_name: subject.name,
        subject_label: subject.label,
        subject_guest: subject.guest === true ? 1 : 0,
        members: JSON.stringify(members),
        awaits_assignment: awaitsAssignment ? 1 : 0,
        job_id: wanted.jobId,
        rule_id: wanted.ruleId,
        state: wanted.held ? ('held' as const) : ('waiting' as const),
        lane,
        // The nth task of a request comes n turns later, so requests that wait together are served in rotation.
        turn: turn + position * turnLength,
        enqueued_at: now,
        due_at: now,
        attempts: 0,
      })),
    )
    .execute();
  const details = askedFor(wanted);
  await writeAudit(transaction, { at: now, actorId: requestedBy.id, kind: 'asked', requestId, details });
  return requestId;
}

function askedFor({ app, tasks }: NewRequest): AuditEntry['details'] {
  const members = tasks.flatMap((task) => task.members.map(({ id }) => id));
  const subjects = [...new Set(tasks.map(({ subject }) => subject.id))];
  return { app: app.id, subjects, ...(members.length === 0 ? {} : { members }) };
}

/** Counts a change, which makes the card out of date. Call it after the task's own row has been written. */
export async function bumpRevision(transaction: Transaction<Schema>, requestId: string): Promise<void> {
  await transaction
    .updateTable('requests')
    .set((set) => ({ revision: set('revision', '+', 1) }))
    .where('id', '=', requestId)
    .execute();
}

/** The Entra object id of the person who made the request; null when there is no such request. */
export async function findRequesterOf({ query }: Database, id: string): Promise<string | null> {
  const row = await query.selectFrom('requests').select('requested_by_id').where('id', '=', id).executeTakeFirst();
  return row?.requested_by_id ?? null;
}

/** The same of a request that exists. */
export async function requesterOf(transaction: Transaction<Schema>, id: string): Promise<string> {
  const { requested_by_id } = await transaction
    .selectFrom('requests')
    .select('requested_by_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return requested_by_id;
}

export async function findRequest({ query }: Database, id: string): Promise<Request | null> {
  const row = await query.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const ofRequest = query.selectFrom('tasks').selectAll().where('request_id', '=', id);
  return { ...withoutTasks(row), tasks: (await ofRequest.orderBy('position').execute()).map(toTask) };
}
