import { randomUUID } from 'node:crypto';
import { type Selectable, sql, type Transaction } from 'kysely';
import { assertNever } from '../../../assert-never.ts';
import type { Database } from '../../../db/database.ts';
import type { AccessRequestRow, Schema } from '../../../db/schema.ts';
import type { Message } from '../../../outbox/message.ts';
import { insertMessages } from '../../../outbox/message-store.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { OUTCOME_TONES } from '../../provisioning/cards/outcome-words.ts';
import { approversCards, hasReaders } from './access-cards.ts';
import { type AccessAction, type FinishedAs, openStates } from './access-request.ts';
import { toDecidedFrom } from './rows.ts';

/**
 * Short texts about access requests. They are written in the transaction of what they report, so that nothing happens
 * without them, and stay in the outbox until they are sent:
 *
 *     approved, denied   to the requester
 *     lapsed             to the requester and the approver
 *     finished           to the requester; to the approver where they decided without a card, it did not go well,
 *                        or they were told that it waited
 *     waits              to the requester and the approver, once, when the person turns out not to be assigned
 *     expired            to the requester
 *     cancelled          to the approver and the requester, unless they cancelled it
 *     reminded           to all conversations that show the request to approvers
 *     no approver        to the requester
 *     channel ended      to the channel
 *     joint decision     to the requester: one for all that were decided at once
 *     joint end          to the requester and the approvers, when the last of a joint request has ended
 *
 * A card's edit notifies no one, so the requester gets a text as well. Approvers get none that only repeats their card:
 * it is edited, or, where that is impossible, its outcome follows as a message of its own. A conversation gets a notice
 * once, even where the requester and the approver both read it. For a request that starts once it is approved, the notice
 * waits until it is known whether it does start, ten seconds at most: by then an app in quarantine holds it up.
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
  /** Not about the request: the conversation gets no more of them, as the people who added it may no longer decide. */
  | 'placeEnded'
  /** Some of a joint request, or all, were approved or denied. */
  | 'jointDecided'
  /** Nothing of a joint request goes on any more. */
  | 'jointEnded';

/** A recipient's conversation and language. */
type Recipient = Pick<Message, 'conversation' | 'reader'>;

type Row = Selectable<AccessRequestRow>;

/** Writes the notices of an action. Call it with the row as it is afterwards. */
export async function enqueueNotices(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  row: Row,
  action: AccessAction,
): Promise<void> {
  const tell = (kind: NoticeKind, to: readonly Recipient[], delayMs = 0) =>
    enqueue(parts, transaction, row, kind, to, { delayMs });
  const requester = requesterRecipient(row);
  const both = [requester, ...deciderRecipients(row)];
  if (row.joint_id !== null && action.kind !== 'await')
    return enqueueJointNotices(parts, transaction, { ...row, joint_id: row.joint_id }, action);
  switch (action.kind) {
    case 'approve':
      return tell('approved', [requester], startsAtOnce(row) ? firstLookMs : 0);
    case 'deny':
      return tell('denied', [requester]);
    case 'lapse':
      return tell('lapsed', both);
    case 'finish': {
      // A text that said that it waits is followed by one that says how it went.
      const isQuiet = isWell(action.outcome) && row.awaiting_since === null;
      const isSeen = isQuiet && (await hasCard(parts, transaction, row));
      return tell('result', isSeen ? [requester] : both);
    }
    case 'await':
      // Still waiting after another attempt is no news.
      return (await hasBeenTold(transaction, row)) ? undefined : tell('waits', both);
    case 'expire':
      return tell('expired', [requester]);
    case 'cancel': {
      const askedBy = action.by.id === row.requested_by_id ? [] : [requester];
      const decider = action.by.id === row.decided_by_id ? [] : deciderRecipients(row);
      return tell('cancelled', [...askedBy, ...decider]);
    }
    case 'start':
    case 'retry':
      return;
    default:
      return assertNever(action, 'event');
  }
}

/** Of the notices of a joint request, each is written once however many of its access requests cause it. */
async function enqueueJointNotices(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  row: Row & { readonly joint_id: string },
  action: AccessAction,
): Promise<void> {
  const { joint_id: id } = row;
  const now = parts.clock.now();
  const requester = requesterRecipient(row);
  if (action.kind === 'approve' || action.kind === 'deny')
    await enqueue(parts, transaction, { id }, 'jointDecided', [requester], { once: `${row.decided_by_id}|${now}` });
  if (action.kind === 'start' || action.kind === 'retry' || action.kind === 'approve') return;
  const rows = await transaction.selectFrom('access_requests').selectAll().where('joint_id', '=', id).execute();
  const isOver = rows.every(({ state }) => !openStates.includes(state));
  if (!isOver || rows.every(({ state }) => state === 'denied')) return;
  const isBy = (personId: string | null) => action.kind === 'cancel' && action.by.id === personId;
  const told = isBy(row.requested_by_id) ? [] : [requester];
  // A card that tells the end is looked for once a decision.
  const decisions = new Map(rows.map((one) => [`${one.joint_group} ${one.decided_from}`, one]));
  for (const one of decisions.values()) {
    const isSeen = await hasCard(parts, transaction, one);
    if (!isSeen && !isBy(one.decided_by_id)) told.push(...deciderRecipients(one));
  }
  await enqueue(parts, transaction, { id }, 'jointEnded', told, { once: `ended|${now}` });
}

/** Whether a notice of the present wait was written; a wait that a retry has begun is another. */
async function hasBeenTold(transaction: Transaction<Schema>, { id, awaiting_since }: Row): Promise<boolean> {
  const told = await transaction
    .selectFrom('messages')
    .select('id')
    .where('reference', '=', id)
    .where('kind', '=', 'notice')
    .where('details', '=', 'waits' satisfies NoticeKind)
    .where('created_at', '>=', awaiting_since ?? 0)
    .limit(1)
    .executeTakeFirst();
  return told !== undefined;
}

/** False where there is no recipient. */
export async function enqueueReminder(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  row: Row,
): Promise<boolean> {
  const recipients = await approverRecipients(transaction, row);
  await enqueue(parts, transaction, { id: referenceOf(row) }, 'reminder', recipients);
  return recipients.length > 0;
}

export async function enqueueUnreached(parts: AccessParts, transaction: Transaction<Schema>, row: Row): Promise<void> {
  await enqueue(parts, transaction, { id: referenceOf(row) }, 'nobodyReached', [requesterRecipient(row)]);
}

/** `accessRequestId`: a request that may no longer be shown there; the text does not mention it. */
export async function enqueueChannelEnded(
  parts: AccessParts,
  transaction: Transaction<Schema>,
  accessRequestId: string,
  { conversation, reader }: Recipient,
): Promise<void> {
  await enqueue(parts, transaction, { id: accessRequestId }, 'placeEnded', [{ conversation, reader }]);
}

/** Whether it starts at once, not on a later day. */
function startsAtOnce({ decided_at, due_at }: Row): boolean {
  return due_at !== null && decided_at !== null && due_at <= decided_at;
}

/** Makes the requester's notice of the approval due, as it is known now whether the request starts. */
export async function releaseApproval(transaction: Transaction<Schema>, id: string, at: number): Promise<void> {
  await transaction
    .updateTable('messages')
    .set({ due_at: at })
    .where('reference', '=', id)
    .where('kind', '=', 'notice')
    .where('details', '=', 'approved' satisfies NoticeKind)
    // Only the original due time: a notice that is being sent or was put off is due later than this.
    .where('due_at', '=', (notice) => sql<number>`${notice.ref('created_at')} + ${sql.lit(firstLookMs)}`)
    .where('due_at', '>', at)
    .execute();
}

function requesterRecipient({ conversation, locale, time_zone }: Row): Recipient {
  return { conversation, reader: { locale, timeZone: time_zone } };
}

function deciderRecipients(row: Row): Recipient[] {
  const from = toDecidedFrom(row);
  return from === null ? [] : [from];
}

/** What the approvers' cards refer to; see `cardReference`. */
const referenceOf = ({ id, joint_group }: Row): string => joint_group ?? id;

const isWell = (outcome: FinishedAs): boolean => outcome !== 'cancelled' && OUTCOME_TONES[outcome] === 'good';

/** Whether the approver decided in a conversation that has a card of the request, which tells the outcome. */
async function hasCard({ conversationKey }: AccessParts, transaction: Transaction<Schema>, row: Row): Promise<boolean> {
  const [decider] = deciderRecipients(row);
  if (decider === undefined) return false;
  const key = conversationKey(decider.conversation);
  const cards = (await approversCards(transaction, referenceOf(row))).filter(hasReaders);
  return cards.some(({ conversation }) => conversationKey(conversation) === key);
}

/** A card that can never be posted does not count. */
async function approverRecipients(transaction: Transaction<Schema>, row: Row): Promise<Recipient[]> {
  return (await approversCards(transaction, referenceOf(row))).filter(hasReaders);
}

async function enqueue(
  { clock, conversationKey }: AccessParts,
  transaction: Transaction<Schema>,
  { id }: Pick<Row, 'id'>,
  kind: NoticeKind,
  recipients: readonly Recipient[],
  { delayMs = 0, once = null }: { readonly delayMs?: number; readonly once?: string | null } = {},
): Promise<void> {
  const byConversation = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const key = conversationKey(recipient.conversation);
    if (!byConversation.has(key)) byConversation.set(key, recipient);
  }
  if (byConversation.size === 0) return;
  const at = clock.now();
  const notices = [...byConversation].map(([key, { conversation, reader }]) => ({
    id: `notice-${randomUUID()}`,
    kind: 'notice' as const,
    reference: id,
    ...(once === null ? {} : { source: `${kind}|${id}|${once}|${key}` }),
    ...{ conversation, reader },
    details: kind,
    dueAt: at + delayMs,
  }));
  await insertMessages(transaction, notices, at);
}

/** How long the scheduler has to find out whether an approved request starts. */
export const firstLookMs = 10_000;

/** The conversations of the requester and of the approver. */
export async function ownConversations({ query }: Database, reference: string): Promise<string[]> {
  const rows = await query
    .selectFrom('access_requests')
    .selectAll()
    .where((row) =>
      row.or([row('id', '=', reference), row('joint_id', '=', reference), row('joint_group', '=', reference)]),
    )
    .execute();
  return rows.flatMap((row) => [requesterRecipient(row), ...deciderRecipients(row)]).map((to) => to.conversation);
}
