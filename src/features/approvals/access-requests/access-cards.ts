import { randomUUID } from 'node:crypto';
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql, type Transaction } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { Schema } from '../../../db/schema.ts';
import type { Audience, Message } from '../../../outbox/message.ts';
import { insertMessages, toMessage } from '../../../outbox/message-store.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { Reader } from '../../../requests/request.ts';
import type { StoreParts } from '../../../requests/store.ts';

/**
 * The cards of an access request: one for its requester, and one in each conversation of its approvers. Each is updated
 * on its own. A card shows the access request and its provisioning request, so its revision is the sum of both: either
 * only ever grows.
 */
export interface NewAccessCard {
  readonly accessRequestId: string;
  /** What caused this card; a second call with the same source finds the first card. */
  readonly source: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly audience: Audience;
}

/** Who had the card shown, and in which conversation, for the record. */
export interface ShownBy {
  /** Entra object id. */
  readonly actorId: string;
  readonly key: string;
}

/**
 * Stores a card that the caller posts at once; if it is not posted within a minute, as the caller died or lost the
 * database, the outbox sends it. Returns its id. Recorded where a person asked for it.
 *
 * @param insteadOf stops the updates of earlier cards whose source begins with this.
 */
export async function openAccessCard(
  { database, clock }: Pick<StoreParts, 'database' | 'clock'>,
  {
    shownBy = null,
    insteadOf = null,
    ...wanted
  }: NewAccessCard & { readonly shownBy?: ShownBy | null; readonly insteadOf?: string | null },
): Promise<string> {
  const { source, accessRequestId: requestId } = wanted;
  return database.transact(async (transaction) => {
    const at = clock.now();
    const [card] = await insertMessages(transaction, [toNewMessage(wanted, null)], at);
    const messages = transaction.selectFrom('messages').select('id');
    if (card === undefined) return (await messages.where('source', '=', source).executeTakeFirstOrThrow()).id;
    if (insteadOf !== null) await forgetEarlier(transaction, requestId, insteadOf, card.id);
    if (shownBy !== null) {
      const { actorId, key } = shownBy;
      await writeAudit(transaction, { at, actorId, kind: 'accessShown', requestId, details: { key } });
    }
    return card.id;
  });
}

const toNewMessage = ({ accessRequestId: reference, ...card }: NewAccessCard, dueAt: number | null) =>
  ({ ...card, reference, id: `copy-${randomUUID()}`, kind: 'access', dueAt }) as const;

async function forgetEarlier(
  transaction: Transaction<Schema>,
  accessRequestId: string,
  start: string,
  latest: string,
): Promise<void> {
  const cards = transaction.deleteFrom('messages').where('reference', '=', accessRequestId).where('id', '!=', latest);
  await cards.where(sql`substr(source, 1, ${start.length})`, '=', start).execute();
}

const routeStart = (accessRequestId: string) => `route|${accessRequestId}|`;

/** The source of a card that Usher shows in this conversation unasked: `key` identifies the conversation. */
export const routeSource = (accessRequestId: string, key: string): string => routeStart(accessRequestId) + key;

/** The conversation's key; null for a card that a person asked for. */
export function keyOfRoute({ reference, source }: Pick<Message, 'reference' | 'source'>): string | null {
  const start = routeStart(reference);
  return source?.startsWith(start) === true ? source.slice(start.length) : null;
}

/** Stores cards to be posted by the outbox. */
export async function enqueueAccessCards(
  transaction: Transaction<Schema>,
  wanted: readonly NewAccessCard[],
  now: number,
): Promise<void> {
  const cards = wanted.map((card) => toNewMessage(card, now));
  await insertMessages(transaction, cards, now);
}

/** The approvers' cards of the request, posted or not, oldest first. */
export async function approversCards(query: Kysely<Schema>, accessRequestId: string): Promise<Message[]> {
  return (await cardsOf(query, accessRequestId)).filter(({ audience }) => audience === 'approvers');
}

/** Whether an approver's card has readers, or will have: it is posted or in the outbox, and was not refused. */
export const hasReaders = ({ gone, activityId, dueAt, shownRevision }: Message): boolean =>
  gone === 'no' && (activityId !== null || dueAt !== null || shownRevision > 0);

async function cardsOf(query: Kysely<Schema>, accessRequestId: string): Promise<Message[]> {
  const rows = await query
    .selectFrom('messages')
    .selectAll()
    .where('reference', '=', accessRequestId)
    .where('kind', '=', 'access')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toMessage);
}

/** The cards that show one of these provisioning requests. */
export async function accessCardsShowing({ query }: Database, requestIds: readonly string[]): Promise<string[]> {
  if (requestIds.length === 0) return [];
  return cardIds(query, (row) => row('request_id', 'in', requestIds));
}

/** The ids of the cards, those of its joint request included. */
export function accessCardsOf({ query }: Database, accessRequestId: string): Promise<string[]> {
  return cardIds(query, (row) => row.or([row('id', '=', accessRequestId), row('joint_id', '=', accessRequestId)]));
}

/** The cards that show one of these access requests, alone or in its joint request. */
async function cardIds(
  query: Kysely<Schema>,
  which: (row: ExpressionBuilder<Schema, 'access_requests'>) => Expression<SqlBool>,
): Promise<string[]> {
  const shown = await query.selectFrom('access_requests').select(['id', 'joint_id']).where(which).execute();
  if (shown.length === 0) return [];
  const joint = [...new Set(shown.flatMap(({ joint_id }) => joint_id ?? []))];
  const together = query.selectFrom('access_requests').select('joint_group').distinct();
  const groups = joint.length === 0 ? [] : await together.where('joint_id', 'in', joint).execute();
  const references = [
    ...shown.map(({ id }) => id),
    ...joint,
    ...groups.flatMap(({ joint_group }) => joint_group ?? []),
  ];
  const rows = await query
    .selectFrom('messages')
    .select('id')
    // A statement of its own: as one, PostgreSQL would read all messages.
    .where('reference', 'in', references)
    .where('kind', '=', 'access')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
