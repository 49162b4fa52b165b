import { type InsertObject, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import type { Clock } from '../clock.ts';
import { compiledOnce } from '../db/compiled-once.ts';
import type { Database } from '../db/database.ts';
import { conversationOf } from '../db/places.ts';
import type { MessageRow, Schema } from '../db/schema.ts';
import type { Reader } from '../requests/request.ts';
import type { Audience, Message, MessageKind, Posted } from './message.ts';

/** The database, or a transaction of it. */
export type Query = Kysely<Schema>;

/** A message before it is stored. */
export interface NewMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly reference: string;
  readonly source?: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly audience?: Audience;
  readonly details?: string;
  /** When the outbox sends it; null where the answer to a message posts it at once. */
  readonly dueAt: number | null;
}

/** How long a message that is being posted is given to no other process. */
const claimedForMs = 60_000;

/** Stores messages and returns them, without those whose id or source is there already. */
export async function insertMessages(
  query: Query,
  wanted: readonly NewMessage[],
  now: number,
): Promise<readonly Message[]> {
  const rows = wanted.map(
    ({ id, kind, reference, source = null, conversation, reader, audience = null, details, dueAt }) => ({
      ...{ id, kind, reference, source, conversation, audience },
      locale: reader.locale,
      time_zone: reader.timeZone,
      details: details ?? null,
      latest_revision: latestRevision(kind, reference),
      created_at: now,
      // If its process dies, the outbox sends it after all.
      due_at: dueAt ?? now + claimedForMs,
      posting: dueAt === null ? 1 : 0,
    }),
  );
  const [first, ...others] = rows;
  if (first === undefined) return [];
  const isCard = others.length === 0 && first.kind === 'request';
  const inserted = isCard ? await insertCard(query, first) : await insertAll(query, rows).execute();
  return inserted.map(toMessage);
}

type NewRow = InsertObject<Schema, 'messages'>;

const insertAll = (query: Query, rows: readonly NewRow[]) =>
  query
    .insertInto('messages')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll();

/** The card of a request alone: it is stored before each first card. */
const insertCard = compiledOnce((db, row: NewRow) => insertAll(db, [row]));

/** Afterwards the database keeps it up to date, see `db/search.ts`. A text is never edited. */
function latestRevision(kind: MessageKind, reference: string) {
  if (kind === 'request' || kind === 'removal' || kind === 'repair') return 1;
  if (kind !== 'access') return null;
  return sql<number>`(select sum(access_requests.revision + coalesce(requests.revision, 0)) from access_requests
    left join requests on requests.id = access_requests.request_id
    where access_requests.id = ${reference} or access_requests.joint_id = ${reference} or access_requests.joint_id in
      (select joint_id from access_requests where joint_group = ${reference}))`;
}

export async function findMessage({ query }: Pick<Database, 'query'>, id: string): Promise<Message | null> {
  const row = await query.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : withPlace(query, row);
}

/** The message that is this Teams activity; null where it is none of those that Usher edits. */
export async function findPosted({ query }: Pick<Database, 'query'>, activityId: string): Promise<Message | null> {
  const posted = query.selectFrom('messages').selectAll().where('activity_id', '=', activityId);
  const row = await posted.limit(1).executeTakeFirst();
  return row === undefined ? null : withPlace(query, row);
}

/** The cards on which second persons confirm these removals and repairs. */
export async function questionsAbout({ query }: Pick<Database, 'query'>, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await query
    .selectFrom('messages')
    .select('id')
    .where('reference', 'in', ids)
    .where('kind', 'in', ['removal', 'repair'])
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Hands out the messages that are due, oldest first. One that is neither posted nor put off is due again in a minute:
 * another process must not send it as well, and if this process dies, it is sent after all.
 */
export async function claimDue(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  now: number,
  limit: number,
): Promise<Message[]> {
  const skipping = dialect.lockRows ? sql`for update skip locked` : sql``;
  const { rows } = await sql<Selectable<MessageRow>>`
    with due as materialized (
      select id from messages where due_at <= ${now} order by due_at, created_at, kind, id limit ${limit} ${skipping})
    update messages set due_at = ${now + claimedForMs} where id in (select id from due)
    returning *`.execute(query);
  const order = ({ createdAt, kind, id }: Message) => `${String(createdAt).padStart(20, '0')} ${kind} ${id}`;
  const due = await Promise.all(rows.map((row) => withPlace(query, row)));
  return due.toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** Stores that a process begins to post it (1): until an end is noted, or it pauses (0), it may have arrived. */
export async function notePosting({ query }: Pick<Database, 'query'>, id: string, posting: 0 | 1): Promise<void> {
  await query.updateTable('messages').set({ posting }).where('id', '=', id).execute();
}

/**
 * Notes how a post ended; resolves with the latest revision. Of two processes that posted a card, the first to note it
 * wins, and this resolves with null for the other one. A click may have named the card before its post was answered.
 *
 * @param instead the activity that it replaces; null for the first one.
 */
export async function notePost(
  query: Query,
  id: string,
  posted: Posted,
  instead: string | null = null,
): Promise<number | null> {
  const own = posted.activityId ?? '';
  const [noted] = await noteEnd(query, { messageId: id, instead: instead ?? '', own, ...columnsOf(posted) });
  if (noted !== undefined) return noted.latest_revision ?? 0;
  // The other card is edited from now on, and this one may stand beside it.
  if (posted.hasEarlierCard)
    await query.updateTable('messages').set({ earlier_card: 1 }).where('id', '=', id).execute();
  return null;
}

type NotedEnd = Updateable<MessageRow> & { readonly messageId: string; readonly instead: string; readonly own: string };

const noteEnd = compiledOnce((db, { messageId, instead, own, ...columns }: NotedEnd) =>
  db
    .updateTable('messages')
    .set(columns)
    .where('id', '=', messageId)
    .where((message) =>
      message.or([
        message('activity_id', 'is', null),
        message('activity_id', '=', instead),
        message('activity_id', '=', own),
      ]),
    )
    .returning('latest_revision'),
);

function columnsOf(posted: Posted): Updateable<MessageRow> {
  const { activityId, shownRevision, dueAt, failures, gone, hasEarlierCard, told, leftOpen } = posted;
  return {
    posting: 0,
    ...(activityId === undefined ? {} : { activity_id: activityId }),
    ...(shownRevision === undefined ? {} : { shown_revision: shownRevision }),
    ...(dueAt === undefined ? {} : { due_at: dueAt }),
    ...(failures === undefined ? {} : { failures }),
    ...(gone === undefined ? {} : { gone: goneNumbers[gone] }),
    ...(hasEarlierCard === undefined ? {} : { earlier_card: 1 }),
    ...(told === undefined ? {} : { told }),
    ...(leftOpen === undefined ? {} : { repeated: leftOpenNumbers[leftOpen] }),
  };
}

/** Postpones a message without a post, or never posts it where `dueAt` is null. */
export async function putOff(
  { query }: Pick<Database, 'query'>,
  id: string,
  dueAt: number | null,
  failures: 0 | 1 = 1,
): Promise<void> {
  await query
    .updateTable('messages')
    .set((message) => ({ due_at: dueAt, failures: message('failures', '+', failures) }))
    .where('id', '=', id)
    .execute();
}

/** It has no readers, or may not be shown any more: a withdrawn card may still be in Teams, and its next edit blanks it. */
export async function setGone(query: Query, id: string, gone: 'refused' | 'withdrawn'): Promise<void> {
  await query.updateTable('messages').set({ gone: goneNumbers[gone], due_at: null }).where('id', '=', id).execute();
}

/** Its card cannot be edited any more, so its outcome is posted as a message of its own. */
export async function letGo(
  { query }: Pick<Database, 'query'>,
  { id, activityId }: Pick<Message, 'id' | 'activityId'>,
  dueAt: number | null,
): Promise<void> {
  await query
    .updateTable('messages')
    .set({ activity_id: null, due_at: dueAt, earlier_card: 1 })
    .where('id', '=', id)
    .where('activity_id', '=', activityId)
    .execute();
}

/** The outcome of a message that nothing can be edited of is due now. */
export async function makeDue({ query }: Pick<Database, 'query'>, id: string, now: number): Promise<void> {
  await query
    .updateTable('messages')
    .set({ due_at: now })
    .where('id', '=', id)
    .where('activity_id', 'is', null)
    .where('due_at', 'is', null)
    .where('gone', '=', 0)
    .execute();
}

/** Stores that the card shows this revision, and what it tells. A late older edit changes nothing. */
export async function noteShown(
  { query }: Pick<Database, 'query'>,
  id: string,
  revision: number,
  told: string | null = null,
): Promise<void> {
  await query
    .updateTable('messages')
    .set({ shown_revision: revision, ...(told === null ? {} : { told, repeated: 0 }) })
    .where('id', '=', id)
    .where('shown_revision', '<', revision)
    .execute();
}

/**
 * Stores that an edit may have shown this outcome or question. Where a post was left open before, or was spent on a
 * placeholder, this edit was the last time: if the card is let go, nothing more is posted.
 */
export async function noteUncertain({ query }: Pick<Database, 'query'>, id: string, told: string): Promise<void> {
  const { nothing, edit } = leftOpenNumbers;
  await query
    .updateTable('messages')
    .set((message) => ({
      told,
      repeated: message
        .case()
        .when(message.and([message('told', '=', told), message('repeated', '!=', edit)]))
        .then(nothing)
        .else(edit)
        .end(),
    }))
    .where('id', '=', id)
    .execute();
}

/** The messages that do not show the latest revision and are not in the outbox, oldest first. */
export async function findUnshown({ query }: Pick<Database, 'query'>, limit: number): Promise<readonly string[]> {
  const rows = await query
    .selectFrom('messages')
    .select('id')
    .whereRef('shown_revision', '<', 'latest_revision')
    .where('due_at', 'is', null)
    .where((message) => message.or([message('gone', '=', 0), message('activity_id', 'is not', null)]))
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export interface EditingParts {
  readonly database: Database;
  readonly clock: Pick<Clock, 'now'>;
  readonly owner: string;
  /** The pause between the edits of two processes; milliseconds. */
  readonly stillMs: number;
  readonly leaseMs?: number;
}

/**
 * The right to edit a card. Several processes draw what is stored at that moment, but two concurrent edits may reach
 * Teams in either order, and the older one would stay. So one process at a time edits a card, with a short pause between
 * two processes. A process that hung for longer than its lease learns at the end that another one may have edited
 * meanwhile, and draws once more: the last edit shows the latest revision.
 */
export interface CardEdit {
  /** The latest revision when it began: what was drawn before may be older. */
  readonly revision: number;
  /** False when the card may have been edited by another process meanwhile. */
  end(): Promise<boolean>;
}

/** Longer than an edit takes with all its retries, and short enough that a dead process's card is drawn in time. */
const defaultLeaseMs = 30_000;

/** Begins an edit of a card; null while another process edits it, or did a moment ago. */
export async function beginEdit(parts: EditingParts, id: string): Promise<CardEdit | null> {
  const { database, clock, owner, stillMs, leaseMs = defaultLeaseMs } = parts;
  const { query, dialect } = database;
  // What one process has drawn nothing but itself can have changed.
  if (dialect.singleProcess) return { revision: 0, end: async () => true };
  const now = clock.now();
  const until = now + leaseMs;
  const begun = await query
    .updateTable('messages')
    .set({ edit_owner: owner, edit_until: until })
    .where('id', '=', id)
    .where((message) =>
      message.or([
        message('edit_until', 'is', null),
        message('edit_until', '<=', now),
        message('edit_owner', '=', owner),
      ]),
    )
    .returning('latest_revision')
    .executeTakeFirst();
  if (begun === undefined) return null;
  return {
    revision: begun.latest_revision ?? 0,
    async end() {
      const ended = await query
        .updateTable('messages')
        // The owner stays: a process keeps the pause between its own edits itself.
        .set({ edit_until: clock.now() + stillMs })
        .where('id', '=', id)
        .where('edit_owner', '=', owner)
        .where('edit_until', '=', until)
        .returning('id')
        .executeTakeFirst();
      return ended !== undefined;
    },
  };
}

const goneNumbers = { no: 0, refused: 1, withdrawn: 2 } as const;
const goneNames = ['no', 'refused', 'withdrawn'] as const;
const leftOpenNumbers = { nothing: 0, post: 1, edit: 2 } as const;
const leftOpenNames = ['nothing', 'post', 'edit'] as const;

/** Deletes all that was posted about these requests and repairs; returns how many messages that were. */
export async function deleteAbout(query: Query, references: readonly string[]): Promise<number> {
  if (references.length === 0) return 0;
  const gone = query.deleteFrom('messages').where('reference', 'in', references);
  return Number((await gone.executeTakeFirstOrThrow()).numDeletedRows);
}

export async function deleteMessages(query: Query, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  return Number((await query.deleteFrom('messages').where('id', 'in', ids).executeTakeFirstOrThrow()).numDeletedRows);
}

/** Has the cards of these requests stand in the conversations of the requests, without an address of their own. */
export async function emptyConversations(query: Query, requestIds: readonly string[]): Promise<void> {
  await query
    .updateTable('messages')
    .set({ conversation: '' })
    .where('kind', '=', 'request')
    .where('reference', 'in', requestIds)
    .where('conversation', '=', (select) =>
      select.selectFrom('requests').select('conversation').whereRef('requests.id', '=', 'messages.reference'),
    )
    .execute();
}

/** The card of a request that finished long ago has no conversation of its own, but that of the request. */
async function withPlace(query: Query, row: Selectable<MessageRow>): Promise<Message> {
  if (row.conversation !== '') return toMessage(row);
  const about = query.selectFrom('requests').select(['conversation', 'place_id']).where('id', '=', row.reference);
  return toMessage({ ...row, conversation: await conversationOf(query, await about.executeTakeFirstOrThrow()) });
}

export function toMessage(row: Selectable<MessageRow>): Message {
  return {
    id: row.id,
    kind: row.kind,
    reference: row.reference,
    source: row.source,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    audience: row.audience,
    details: row.details,
    activityId: row.activity_id,
    revision: row.latest_revision ?? 0,
    shownRevision: row.shown_revision,
    createdAt: row.created_at,
    dueAt: row.due_at,
    failures: row.failures,
    gone: goneNames[row.gone] ?? 'refused',
    isInterrupted: row.posting > 0,
    hasEarlierCard: row.earlier_card === 1,
    told: row.told,
    leftOpen: leftOpenNames[row.repeated] ?? 'post',
  };
}
