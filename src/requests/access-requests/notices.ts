import { type Selectable, sql, type Transaction } from 'kysely';
import { assertNever } from '../../assert-never.ts';
import type { Database } from '../../db/database.ts';
import type { AccessRequestRow, Schema } from '../../db/schema.ts';
import type { Reader } from '../request.ts';
import type { AccessAction } from './access-request.ts';
import type { AccessParts } from './parts.ts';
import { toDecidedFrom } from './rows.ts';

/**
 * Short texts that somebody is owed. They are written in the transaction of what they tell, so that nothing happens
 * without them, and stand there until they have been sent:
 *
 *     approved, denied   the asker
 *     lapsed, finished   the asker and the decider
 *     waits              the asker and the decider, once, when the person turns out not to be assigned
 *     expired            the asker and whoever was shown the request to decide on it
 *     cancelled          whoever was shown it, whoever approved it, and the asker, when it was somebody else
 *     reminded           whoever was shown it
 *     nobody to show to  the asker
 *     place has ended    the place
 *
 * A conversation is told once, even where the asker and the decider both read it. What is approved and starts at once is
 * told when it is known whether it does start, or after ten seconds: by then an app in quarantine holds it up.
 */
export type NoticeKind =
  | 'approved'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'lapsed'
  /** It waits for the person to be assigned. */
  | 'waits'
  /** The provisioning request has ended. */
  | 'result'
  | 'reminder'
  | 'nobodyReached'
  /** Not about the request: the place gets no more of them, as those who have added it may not decide any more. */
  | 'placeEnded';

export interface Notice {
  readonly id: number;
  readonly accessRequestId: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly kind: NoticeKind;
  /** How often sending it failed. */
  readonly failures: number;
}

/** Where somebody reads, and how. */
interface Ear {
  readonly conversation: string;
  readonly reader: Reader;
}

type Row = Selectable<AccessRequestRow>;

/** Writes what is owed after an action. Call it with the row as it is then. */
export async function oweNotices(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  row: Row,
  action: AccessAction,
): Promise<void> {
  switch (action.kind) {
    case 'approve':
      return owe(parts, transaction, row, 'approved', [earOfAsker(row)], startsAtOnce(row) ? firstLookMs : 0);
    case 'deny':
      return owe(parts, transaction, row, 'denied', [earOfAsker(row)]);
    case 'lapse':
      return owe(parts, transaction, row, 'lapsed', [earOfAsker(row), ...earOfDecider(row)]);
    case 'finish':
      return owe(parts, transaction, row, 'result', [earOfAsker(row), ...earOfDecider(row)]);
    case 'await':
      // That it still waits after another try is no news.
      if (await hasBeenTold(transaction, row)) return;
      return owe(parts, transaction, row, 'waits', [earOfAsker(row), ...earOfDecider(row)]);
    case 'expire':
      return owe(parts, transaction, row, 'expired', [earOfAsker(row), ...(await earsOfApprovers(transaction, row))]);
    case 'cancel': {
      const asker = action.by.id === row.asker_id ? [] : [earOfAsker(row)];
      const decider = action.by.id === row.decided_by_id ? [] : earOfDecider(row);
      const approvers = await earsOfApprovers(transaction, row);
      return owe(parts, transaction, row, 'cancelled', [...asker, ...decider, ...approvers]);
    }
    case 'start':
    case 'retry':
      return;
    default:
      return assertNever(action, 'event');
  }
}

/** Whether the present wait has been told of; one that a retry has begun is another. */
async function hasBeenTold(transaction: Transaction<Schema>, { id, awaiting_since }: Row): Promise<boolean> {
  const told = await transaction
    .selectFrom('notices')
    .select('id')
    .where('access_request_id', '=', id)
    .where('kind', '=', 'waits')
    .where('created_at', '>=', awaiting_since ?? 0)
    .limit(1)
    .executeTakeFirst();
  return told !== undefined;
}

/** False where there is nobody to remind. */
export async function oweReminder(parts: AccessParts, transaction: Transaction<Schema>, row: Row): Promise<boolean> {
  const ears = await earsOfApprovers(transaction, row);
  await owe(parts, transaction, row, 'reminder', ears);
  return ears.length > 0;
}

export async function oweNobodyReached(parts: AccessParts, transaction: Transaction<Schema>, row: Row): Promise<void> {
  await owe(parts, transaction, row, 'nobodyReached', [earOfAsker(row)]);
}

/** `accessRequestId`: the request that was not shown there any more, of which the text tells nothing. */
export async function owePlaceEnded(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  accessRequestId: string,
  { conversation, reader }: Ear,
): Promise<void> {
  await owe(parts, transaction, { id: accessRequestId }, 'placeEnded', [{ conversation, reader }]);
}

/** Rather than on a day to come. */
function startsAtOnce({ decided_at, due_at }: Row): boolean {
  return due_at !== null && decided_at !== null && due_at <= decided_at;
}

/** It is known now whether it starts: the asker need not wait any longer to hear of the approval. */
export async function releaseApproval(transaction: Transaction<Schema>, id: string, at: number): Promise<void> {
  await transaction
    .updateTable('notices')
    .set({ due_at: at })
    .where('access_request_id', '=', id)
    .where('kind', '=', 'approved')
    // Not one that is handed out or was put off: those are due later than this.
    .where('due_at', '=', (notice) => sql<number>`${notice.ref('created_at')} + ${sql.lit(firstLookMs)}`)
    .where('due_at', '>', at)
    .execute();
}

function earOfAsker({ conversation, locale, time_zone }: Row): Ear {
  return { conversation, reader: { locale, timeZone: time_zone } };
}

function earOfDecider(row: Row): Ear[] {
  const from = toDecidedFrom(row);
  return from === null ? [] : [from];
}

/** A card that could not be posted, and never will be, is not heard of again. */
async function earsOfApprovers(transaction: Transaction<Schema>, { id }: Row): Promise<Ear[]> {
  const rows = await transaction
    .selectFrom('access_cards')
    .select(['conversation', 'locale', 'time_zone'])
    .where('access_request_id', '=', id)
    .where('audience', '=', 'approvers')
    .where('gone', '=', 0)
    .where((card) => card.or([card('card_id', 'is not', null), card('due_at', 'is not', null)]))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ conversation, locale, time_zone }) => ({ conversation, reader: { locale, timeZone: time_zone } }));
}

async function owe(
  { clock, conversationKey }: AccessParts,
  transaction: Transaction<Schema>,
  { id }: Pick<Row, 'id'>,
  kind: NoticeKind,
  ears: readonly Ear[],
  delayMs = 0,
): Promise<void> {
  const told = new Map<string, Ear>();
  for (const ear of ears) {
    const key = conversationKey(ear.conversation);
    if (!told.has(key)) told.set(key, ear);
  }
  if (told.size === 0) return;
  const at = clock.now();
  const rows = [...told.values()].map(({ conversation, reader }) => ({
    access_request_id: id,
    conversation,
    locale: reader.locale,
    time_zone: reader.timeZone,
    kind,
    created_at: at,
    due_at: at + delayMs,
  }));
  await transaction.insertInto('notices').values(rows).execute();
}

/** So long does the calendar have to find out whether what was approved starts. */
export const firstLookMs = 10_000;

/** What is handed out to be sent is handed out to nobody else for so long. */
export const handedOutForMs = 60_000;

/** Where its asker asked, and where it was decided on. */
export async function ownConversations({ query }: Database, accessRequestId: string): Promise<string[]> {
  const row = await query
    .selectFrom('access_requests')
    .selectAll()
    .where('id', '=', accessRequestId)
    .executeTakeFirst();
  return row === undefined ? [] : [earOfAsker(row), ...earOfDecider(row)].map(({ conversation }) => conversation);
}

/** Hands out what is to be sent now, oldest first. Whatever is neither sent nor put off is due again in a minute. */
export function dueNotices(database: Database, now: number, limit: number): Promise<Notice[]> {
  return database.transact(async (transaction) => {
    const due = transaction
      .selectFrom('notices')
      .selectAll()
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit);
    const rows = await (database.dialect.lockRows ? due.forUpdate().skipLocked() : due).execute();
    if (rows.length === 0) return [];
    await transaction
      .updateTable('notices')
      .set({ due_at: now + handedOutForMs })
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute();
    return rows.map((row) => ({
      id: row.id,
      accessRequestId: row.access_request_id,
      conversation: row.conversation,
      reader: { locale: row.locale, timeZone: row.time_zone },
      kind: row.kind as NoticeKind,
      failures: row.failures,
    }));
  });
}

export async function noticeSent({ query }: Database, id: number): Promise<void> {
  await query.updateTable('notices').set({ due_at: null }).where('id', '=', id).execute();
}

/** Sending failed. It is tried again then; with null never, for nobody is there to be told. */
export async function putOffNotice({ query }: Database, id: number, dueAt: number | null): Promise<void> {
  await query
    .updateTable('notices')
    .set((notice) => ({ due_at: dueAt, failures: notice('failures', '+', 1) }))
    .where('id', '=', id)
    .execute();
}
