import { randomUUID } from 'node:crypto';
import type { ExpressionBuilder, Insertable, Selectable, Transaction } from 'kysely';
import { type Basis, byItself } from '../access/basis.ts';
import { compiledOnce } from '../db/compiled-once.ts';
import type { Database } from '../db/database.ts';
import { conversationOf } from '../db/places.ts';
import type { RequestRow, Schema, TaskRow } from '../db/schema.ts';
import type { Message } from '../outbox/message.ts';
import { insertMessages } from '../outbox/message-store.ts';
import type { GiveWay } from '../precedence.ts';
import { type GateParts, readGate, type StoredGate } from '../rate-gate/gate-row.ts';
import { type Lane, laneNumbers } from '../rate-gate/lanes.ts';
import { type AuditEntry, writeAudit } from './audit-log.ts';
import { insertEntitlements } from './entitlement.ts';
import { withEnds } from './find-entitlements.ts';
import type { Refusals } from './refusal-limit.ts';
import { membersPerCall, type Request, type Task } from './request.ts';
import { newRequestId } from './request-id.ts';
import {
  awaitedTicket,
  purposeOf,
  removalColumns,
  ticketColumns,
  toTask,
  type Unassignment,
  withoutTasks,
} from './rows.ts';

/** A new request, before it has an id. */
export interface NewRequest
  extends Pick<
    Request,
    'requestedBy' | 'reader' | 'conversation' | 'leftOut' | 'ticket' | 'awaitsTicket' | 'ticketUrl'
  > {
  /** Where it came from, e.g. conversation and activity id. A second one from the same source is the first one. */
  readonly source: string;
  readonly lane: Lane;
  /** How many calls of its asker's line are in other requests and come before; missing for none. */
  readonly behind?: number;
  /** True to wait for the requester's confirmation; see `confirmation.ts`. */
  readonly held: boolean;
  /** Its tasks take access away; missing where they give it. */
  readonly removal?: Request['removal'];
  /** One for each call, in the order in which they were named; at least one. */
  readonly tasks: readonly NewTask[];
}

/** The prefix of that source for a request that carries out an access request; the access request's id follows. */
export const accessSource = 'access|';

/** `members`: at most `membersPerCall`; empty for everything but a group. */
export type NewTask = Pick<Task, 'subject' | 'members' | 'app' | 'jobId' | 'ruleId'> &
  Partial<Pick<Task, 'awaitsAssignment' | 'ends'>> & {
    /** The app role to assign before the call. */
    readonly assignRole?: string;
    /** Which of the person's own assignments to delete before the call. */
    readonly unassign?: Unassignment;
    /** How far that step has come before, or that people take it; missing or null for not begun. */
    readonly assigning?: 'begun' | 'unanswered' | 'made' | 'byHand' | null;
  };

/**
 * The distance between two tasks of a request: so many later requests, a window's worth, may go ahead of the next task.
 */
export const turnLength = 5;

/** What the store, the queue and the gate before it share. */
export interface StoreParts extends GateParts {
  /** On what basis the person acts whose command this carries out; the record names it. */
  readonly basis?: Basis;
  /** Keeps refusals from filling the record. */
  readonly refusals?: Pick<Refusals, 'take'>;
  /** Before a step of background work: answers go first. */
  readonly giveWay?: GiveWay;
}

/**
 * Stores a request with its tasks, waiting or held, and its card; or finds the one that the same source made before.
 *
 * @throws for a task with more members than Graph takes in one call.
 */
export async function createRequest(parts: StoreParts, wanted: NewRequest): Promise<Request> {
  return parts.database.transact(async (transaction) => {
    const { request } = await insertWithCard(parts, transaction, await readGate(parts, transaction), wanted);
    return request;
  });
}

/** The same in a transaction that has locked the gate. `card`: its card, where it was stored just now. */
export async function insertWithCard(
  parts: StoreParts,
  transaction: Transaction<Schema>,
  gate: StoredGate,
  wanted: NewRequest,
): Promise<{ readonly request: Request; readonly card: Message | null }> {
  const request = await insertRequest(parts, transaction, gate, wanted);
  const { id, conversation, reader, createdAt } = request;
  const card = { id, kind: 'request', reference: id, conversation, reader, dueAt: null } as const;
  const [stored = null] = await insertMessages(transaction, [card], createdAt);
  return { request, card: stored };
}

/** A request without a card, in a transaction that has locked the gate. */
export async function insertRequest(
  { clock, basis }: StoreParts,
  transaction: Transaction<Schema>,
  { turns }: StoredGate,
  wanted: NewRequest,
  draw = newRequestId,
): Promise<Request> {
  if (wanted.tasks.some(({ members }) => members.length > membersPerCall))
    throw new Error(`a call takes no more than ${membersPerCall} members`);
  const now = clock.now();
  const row = await insertOrFind(transaction, wanted, now, draw);
  if ('earlier' in row) {
    const request = await findRequest({ query: transaction }, row.earlier);
    if (request !== null) return request;
    throw new Error('a request vanished while its source asked again');
  }
  const requestId = row.id;
  const lane = laneNumbers[wanted.lane];
  const turn = turns[lane] ?? 0;
  const rows = wanted.tasks.map(
    (
      {
        subject,
        members,
        app,
        jobId,
        ruleId,
        awaitsAssignment = false,
        assignRole = null,
        unassign,
        assigning = null,
        ends,
      },
      position,
    ): Insertable<TaskRow> => ({
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
      assign_role: assignRole,
      unassign: unassign === undefined ? null : JSON.stringify(unassign),
      assigning,
      ends_at: ends?.endsAt ?? null,
      ends_timed: ends?.isTimed === true ? 1 : 0,
      app_id: app.id,
      app_name: app.name,
      is_further: app.id === row.app_id ? 0 : 1,
      job_id: jobId,
      rule_id: ruleId,
      state: wanted.held ? 'held' : 'waiting',
      lane,
      // The nth task of a request comes n turns later, so requests that wait together are served in rotation.
      turn: turn + ((wanted.behind ?? 0) + position) * turnLength,
      enqueued_at: now,
      due_at: now,
      attempts: 0,
    }),
  );
  const [first, ...others] = rows;
  const tasks =
    first !== undefined && others.length === 0
      ? await insertTask(transaction, first)
      : await insertTasks(transaction, rows);
  const stored = tasks.map(toTask);
  // A held request has given nothing yet, and puts no end off.
  if (!wanted.held) await insertEntitlements(transaction, stored, now);
  const details = askedFor(wanted);
  // The end of access is asked for by no person.
  const actorId = wanted.removal?.atEnd === true ? '' : wanted.requestedBy.id;
  const entry = { at: now, actorId, kind: 'asked', requestId, details } as const;
  await writeAudit(transaction, entry, actorId === '' ? byItself : basis);
  return { ...withoutTasks(row), tasks: stored };
}

/** The new row, with an id that no request of either kind has; or the id of what this source has made before. */
async function insertOrFind(
  transaction: Transaction<Schema>,
  {
    source,
    requestedBy,
    reader,
    conversation,
    leftOut,
    tasks,
    ticket = null,
    awaitsTicket,
    ticketUrl,
    removal,
  }: NewRequest,
  now: number,
  draw: () => string,
): Promise<Selectable<RequestRow> | { readonly earlier: string }> {
  const [app, ...others] = appsOf(tasks);
  for (;;) {
    const id = draw();
    const row = {
      id,
      source,
      requested_by_id: requestedBy.id,
      requested_by_name: requestedBy.name,
      app_id: app.id,
      app_name: app.name,
      apps: others.length === 0 ? null : JSON.stringify([app, ...others]),
      locale: reader.locale,
      time_zone: reader.timeZone,
      conversation,
      revision: 1,
      created_at: now,
      left_out: JSON.stringify(leftOut),
      ...removalColumns(removal),
      ...ticketColumns(ticket),
      ...(awaitsTicket === true ? { ticket: awaitedTicket, ticket_url: ticketUrl ?? null } : {}),
    };
    const [inserted] = await insertNew(transaction, row);
    if (inserted !== undefined) return inserted;
    const earlier = await transaction
      .selectFrom('requests')
      .select('id')
      .where('source', '=', source)
      .executeTakeFirst();
    if (earlier !== undefined) return { earlier: earlier.id };
  }
}

/** No row where the id or the source is taken, or the id was. */
const insertNew = compiledOnce((db, row: Insertable<RequestRow>) =>
  db
    .insertInto('requests')
    .columns(Object.keys(row) as (keyof RequestRow)[])
    .expression(
      db
        .selectNoFrom((made) => Object.entries(row).map(([name, value]) => made.val(value).as(name)))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('access_requests')
                .select('id')
                .where((access) => access.or([access('id', '=', row.id), access('joint_id', '=', row.id)])),
            ),
          ),
        )
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('archived_lines').select('archived_lines.id').where('archived_lines.id', '=', row.id))),
        )
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('spent_ids').select('spent_ids.id').where('spent_ids.id', '=', row.id))),
        )
        // The audit log still tells of requests that were deleted.
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('audit_log').select('audit_log.id').where('request_id', '=', row.id))),
        ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returningAll(),
);

async function insertTasks(transaction: Transaction<Schema>, rows: readonly Insertable<TaskRow>[]) {
  const inserted: Selectable<TaskRow>[] = [];
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = rows.slice(at, at + rowsAtOnce);
    inserted.push(...(await transaction.insertInto('tasks').values(some).returningAll().execute()));
  }
  return inserted;
}

/** SQLite takes 32,766 values in a statement, and a task has some twenty. */
const rowsAtOnce = 1_000;

/** The task of a request for one person, as nearly every request is. */
const insertTask = compiledOnce((db, row: Insertable<TaskRow>) => db.insertInto('tasks').values(row).returningAll());

/** @throws without a task */
function appsOf(tasks: readonly NewTask[]): Request['apps'] {
  const [first, ...others] = new Map(tasks.map(({ app }) => [app.id, app])).values();
  if (first === undefined) throw new Error('a request has a task at least');
  return [first, ...others];
}

function askedFor({ tasks, ticket = null, removal }: NewRequest): AuditEntry['details'] {
  const members = tasks.flatMap((task) => task.members.map(({ id }) => id));
  const subjects = [...new Set(tasks.map(({ subject }) => subject.id))];
  const [app, ...others] = appsOf(tasks);
  const apps = others.length === 0 ? { app: app.id } : { apps: [app.id, ...others.map(({ id }) => id)] };
  return {
    ...apps,
    subjects,
    ...(members.length === 0 ? {} : { members }),
    ...(ticket === null ? {} : { ticket: ticket.number }),
    ...(removal === undefined ? {} : { purpose: purposeOf(removal) }),
  };
}

/**
 * Counts a change, which makes the card out of date. Call it after the task's own row has been written. Resolves with
 * what does not change of the request.
 */
export async function bumpRevision(
  transaction: Transaction<Schema>,
  id: string,
): Promise<Pick<Selectable<RequestRow>, 'requested_by_id' | 'source'>> {
  const [request] = await bump(transaction, { id });
  if (request === undefined) throw new Error('a task without a request');
  return request;
}

const bump = compiledOnce((db, { id }: { readonly id: string }) =>
  db
    .updateTable('requests')
    .set((set) => ({ revision: set('revision', '+', 1) }))
    .where('id', '=', id)
    .returning(['requested_by_id', 'source']),
);

/** The revision of the request at the moment of the statement that this is part of. */
export const revisionOf = (select: ExpressionBuilder<Schema, 'tasks'>, id: string) =>
  select.selectFrom('requests').select('requests.revision').where('requests.id', '=', id);

/** The Entra object id of the person who made the request; null when there is no such request. */
export async function findRequesterOf({ query }: Database, id: string): Promise<string | null> {
  const row = await query.selectFrom('requests').select('requested_by_id').where('id', '=', id).executeTakeFirst();
  return row?.requested_by_id ?? null;
}

export async function findRequest({ query }: Pick<Database, 'query'>, id: string): Promise<Request | null> {
  // In this order, and with this revision: see `findRequestOverview`.
  const ofRequest = query.selectFrom('tasks').selectAll().where('request_id', '=', id);
  const withRevision = ofRequest.select((select) => revisionOf(select, id).as('revision'));
  const rows = await withRevision.orderBy('position').execute();
  const row = await query.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const revision = rows[0]?.revision ?? row.revision;
  const conversation = await conversationOf(query, row);
  const tasks = await withEnds({ query }, id, rows.map(toTask));
  return { ...withoutTasks({ ...row, revision, conversation }), tasks };
}

const findFirstTwo = compiledOnce((db, { id }: { readonly id: string }) =>
  db
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .selectAll('requests')
    .selectAll('tasks')
    .where('tasks.request_id', '=', id)
    .where('tasks.position', '<', 2),
);

/** A request for one person; null for any other, whose tasks are not all read. */
export async function findSingle({ query }: Database, id: string): Promise<Request | null> {
  const rows = await findFirstTwo(query, { id });
  const [row] = rows;
  if (row === undefined || rows.length > 1 || row.members !== '[]' || row.left_out !== '[]') return null;
  const conversation = await conversationOf(query, row);
  return {
    ...withoutTasks({ ...row, id: row.request_id, conversation }),
    tasks: await withEnds({ query }, id, [toTask(row)]),
  };
}
