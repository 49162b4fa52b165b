import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../../../db/database.ts';
import { handedOutForMs, handOut } from '../../../db/handing-out.ts';
import type { AccessCardRow, Schema } from '../../../db/schema.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { Reader } from '../../../requests/request.ts';
import type { StoreParts } from '../../../requests/store.ts';

/**
 * The cards of an access request: one for its requester, and one in each conversation of its approvers. Each is updated
 * on its own. A card shows the access request and its provisioning request, so its revision is the sum of both: either
 * only ever grows.
 */
export interface AccessCard {
  /** Begins with `copy-`. */
  readonly id: string;
  readonly accessRequestId: string;
  /** What caused this card. */
  readonly source: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly audience: Audience;
  /** Null until it has been posted. */
  readonly cardId: string | null;
  readonly revision: number;
  /** The revision that the card last showed. */
  readonly drawnRevision: number;
  /** How often posting has failed. */
  readonly failures: number;
  /** The conversation may not see it any more. */
  readonly withdrawn?: true;
}

export type Audience = 'requester' | 'approvers';

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
    const find = () =>
      transaction.selectFrom('access_cards').select('id').where('source', '=', source).executeTakeFirst();
    const earlier = await find();
    if (earlier !== undefined) return earlier.id;
    const at = clock.now();
    await insertCards(transaction, [wanted], at, at + handedOutForMs);
    const row = await find();
    if (row === undefined) throw new Error('a card vanished while it was being stored');
    if (insteadOf !== null) await forgetEarlier(transaction, requestId, insteadOf, row.id);
    if (shownBy !== null) {
      const { actorId, key } = shownBy;
      await writeAudit(transaction, { at, actorId, kind: 'accessShown', requestId, details: { key } });
    }
    return row.id;
  });
}

async function forgetEarlier(
  transaction: Transaction<Schema>,
  accessRequestId: string,
  start: string,
  latest: string,
): Promise<void> {
  const rows = await transaction
    .selectFrom('access_cards')
    .select(['id', 'source'])
    .where('access_request_id', '=', accessRequestId)
    .execute();
  const earlier = rows.filter(({ id, source }) => id !== latest && source.startsWith(start)).map(({ id }) => id);
  if (earlier.length > 0) await transaction.deleteFrom('access_cards').where('id', 'in', earlier).execute();
}

const routeStart = (accessRequestId: string) => `route|${accessRequestId}|`;

/** The source of a card that Usher shows in this conversation unasked: `key` identifies the conversation. */
export const routeSource = (accessRequestId: string, key: string): string => routeStart(accessRequestId) + key;

/** The conversation's key; null for a card that a person asked for. */
export function keyOfRoute({ accessRequestId, source }: Pick<AccessCard, 'accessRequestId' | 'source'>): string | null {
  const start = routeStart(accessRequestId);
  return source.startsWith(start) ? source.slice(start.length) : null;
}

/** Stores cards to be posted; see `dueAccessCards`. */
export async function enqueueAccessCards(
  transaction: Transaction<Schema>,
  wanted: readonly NewAccessCard[],
  now: number,
): Promise<void> {
  await insertCards(transaction, wanted, now, now);
}

async function insertCards(
  query: Kysely<Schema>,
  wanted: readonly NewAccessCard[],
  now: number,
  dueAt: number,
): Promise<void> {
  if (wanted.length === 0) return;
  await query
    .insertInto('access_cards')
    .values(
      wanted.map(({ accessRequestId, source, conversation, reader, audience }) => ({
        id: `copy-${randomUUID()}`,
        access_request_id: accessRequestId,
        source,
        conversation,
        locale: reader.locale,
        time_zone: reader.timeZone,
        audience,
        card_id: null,
        drawn_revision: 0,
        created_at: now,
        due_at: dueAt,
      })),
    )
    .onConflict((conflict) => conflict.column('source').doNothing())
    .execute();
}

export async function findAccessCard({ query }: Database, id: string): Promise<AccessCard | null> {
  const row = await selectCards(query).where('access_cards.id', '=', id).executeTakeFirst();
  return row === undefined ? null : toAccessCard(row);
}

/** The approvers' cards of the request, posted or not. */
export async function approversCards({ query }: Database, accessRequestId: string): Promise<AccessCard[]> {
  const rows = await selectCards(query)
    .where('access_cards.access_request_id', '=', accessRequestId)
    .where('access_cards.audience', '=', 'approvers')
    .execute();
  return rows.map(toAccessCard);
}

/** The access request card with this card id, if there is one. */
export async function accessCardOfActivity({ query }: Database, cardId: string): Promise<AccessCard | null> {
  const row = await selectCards(query).where('access_cards.card_id', '=', cardId).limit(1).executeTakeFirst();
  return row === undefined ? null : toAccessCard(row);
}

/** The posted cards that show one of these provisioning requests. */
export async function accessCardsShowing({ query }: Database, requestIds: readonly string[]): Promise<string[]> {
  if (requestIds.length === 0) return [];
  const rows = await query
    .selectFrom('access_cards')
    .innerJoin('access_requests', 'access_requests.id', 'access_cards.access_request_id')
    .select('access_cards.id')
    .where('access_requests.request_id', 'in', requestIds)
    .where('access_cards.card_id', 'is not', null)
    .execute();
  return rows.map(({ id }) => id);
}

/** The ids of the posted cards, oldest first. */
export async function accessCardsOf({ query }: Database, accessRequestId: string): Promise<string[]> {
  const rows = await query
    .selectFrom('access_cards')
    .select('id')
    .where('access_request_id', '=', accessRequestId)
    .where('card_id', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Stores which Teams card this is, once it has been posted; `attachCard` says what happens to a second one.
 *
 * @param instead the card that it replaces; null for the first one.
 * @returns the present Teams card.
 */
export async function attachAccessCard(
  { query }: Database,
  id: string,
  cardId: string,
  instead: string | null,
): Promise<string> {
  await query
    .updateTable('access_cards')
    .set({ card_id: cardId, due_at: null, drawn_revision: 0 })
    .where('id', '=', id)
    .where((card) => card.or([card('card_id', 'is', null), card('card_id', '=', instead ?? '')]))
    .where((card) => card.or([card('card_id', 'is', null), card('card_id', '!=', cardId)]))
    .execute();
  const row = await query.selectFrom('access_cards').select('card_id').where('id', '=', id).executeTakeFirst();
  return row?.card_id ?? cardId;
}

/** The same for a card from the outbox: the record notes once where the request was shown. */
export async function accessCardPosted(
  { database, clock }: Pick<StoreParts, 'database' | 'clock'>,
  id: string,
  cardId: string,
): Promise<void> {
  await database.transact(async (transaction) => {
    const posted = await transaction
      .updateTable('access_cards')
      .set({ card_id: cardId, due_at: null })
      .where('id', '=', id)
      .where('card_id', 'is', null)
      .returning(['access_request_id', 'source'])
      .executeTakeFirst();
    if (posted === undefined) return;
    const { access_request_id: requestId, source } = posted;
    const key = keyOfRoute({ accessRequestId: requestId, source });
    await writeAudit(transaction, { at: clock.now(), actorId: '', kind: 'accessShown', requestId, details: { key } });
  });
}

/** Stores that the card shows this revision. A late older edit changes nothing. */
export async function markAccessCardDrawn({ query }: Database, id: string, revision: number): Promise<void> {
  await query
    .updateTable('access_cards')
    .set({ drawn_revision: revision })
    .where('id', '=', id)
    .where('drawn_revision', '<', revision)
    .execute();
}

/** The posted cards that do not show the latest revision, e.g. after a crash. */
export async function findUndrawnAccessCards({ query }: Database, limit: number): Promise<string[]> {
  const rows = await query
    .selectFrom('access_cards')
    .select('id')
    .where('card_id', 'is not', null)
    .whereRef('drawn_revision', '<', 'latest_revision')
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Hands out the cards to post now, oldest first. A card that is neither posted nor put off is due again in a minute.
 */
export function dueAccessCards(database: Database, now: number, limit: number): Promise<AccessCard[]> {
  return database.transact(async (transaction) => {
    const ids = (await handOut(database, transaction, 'access_cards', now, limit)).map(({ id }) => id);
    if (ids.length === 0) return [];
    const cards = await selectCards(transaction).where('access_cards.id', 'in', ids).execute();
    return cards.map(toAccessCard).toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  });
}

const latestRevision = sql<number>`access_requests.revision + coalesce(requests.revision, 0)`;

function selectCards(query: Kysely<Schema>) {
  return query
    .selectFrom('access_cards')
    .innerJoin('access_requests', 'access_requests.id', 'access_cards.access_request_id')
    .leftJoin('requests', 'requests.id', 'access_requests.request_id')
    .selectAll('access_cards')
    .select(latestRevision.as('revision'));
}

function toAccessCard(row: Selectable<AccessCardRow> & { readonly revision: number }): AccessCard {
  return {
    id: row.id,
    accessRequestId: row.access_request_id,
    source: row.source,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    audience: row.audience,
    cardId: row.card_id,
    revision: row.revision,
    drawnRevision: row.drawn_revision,
    failures: row.failures,
    ...(row.gone === 2 ? { withdrawn: true } : {}),
  };
}
