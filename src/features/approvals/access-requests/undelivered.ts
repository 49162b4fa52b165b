import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../db/database.ts';
import type { Schema } from '../../../db/schema.ts';
import type { Message } from '../../../outbox/message.ts';
import { setGone } from '../../../outbox/message-store.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import { approversCards, hasReaders, keyOfRoute } from './access-cards.ts';
import { lockReferred } from './acting.ts';
import {
  common,
  forgetApprovalChannel,
  isEmpty,
  joined,
  keepGrants,
  lockApprovalChannel,
  type Share,
  without,
} from './approval-channels.ts';
import { enqueueChannelEnded } from './notices.ts';

/**
 * A chat that Teams refuses for good: the bot was removed from it, or is blocked there. A request shown to approvers
 * only there would wait forever. So the conversation is forgotten, and once no other card for approvers is left, the
 * request is routed again, without the conversations that refused it. The same goes for a chat that may no longer be
 * shown it, as the person who added it may no longer decide (`readers.ts`): its cards are withdrawn.
 */
export type Refused =
  /** Nothing can ever be sent there. */
  | 'gone'
  /** It was tried for a day. */
  | 'failed'
  /** It may not be shown there any more. */
  | 'mayNot';

/** Gives up the approvers' cards of a request in a conversation. True when it has to be routed again. */
export function giveUpConversation(
  parts: AccessParts,
  { reference, conversation }: Pick<Message, 'reference' | 'conversation'>,
  why: Refused,
): Promise<boolean> {
  const { database, clock, conversationKey } = parts;
  return database.transact(async (transaction) => {
    const row = await lockReferred(parts, transaction, reference);
    if (row === null) return false;
    const { id } = row;
    const at = clock.now();
    const cards = await approversCards(transaction, reference);
    const isThere = (card: Message) => conversationKey(card.conversation) === conversationKey(conversation);
    for (const card of cards.filter((one) => isThere(one) && one.gone === 'no')) {
      await setGone(transaction, card.id, why === 'mayNot' ? 'withdrawn' : 'refused');
      const key = keyOfRoute(card);
      const details = { key, why };
      if (card.activityId === null)
        await writeAudit(transaction, { at, actorId: '', kind: 'accessNotShown', requestId: id, details });
      if (key !== null && why === 'gone') await forgetApprovalChannel(transaction, { key, why, at });
    }
    const isRead = cards.some((card) => !isThere(card) && hasReaders(card));
    if (isRead || row.state !== 'pending') return false;
    await reroute(transaction, id, at);
    return true;
  });
}

async function reroute(transaction: Transaction<Schema>, id: string, at: number): Promise<void> {
  await transaction
    .updateTable('access_requests')
    .set({ routed: 0, due_at: at, revision: sql<number>`revision + 1` })
    .where('id', '=', id)
    .execute();
}

/** The keys of the conversations that refused this request. */
export async function findRefusing({ query }: Database, reference: string): Promise<ReadonlySet<string>> {
  const cards = await approversCards(query, reference);
  return new Set(cards.flatMap((card) => (card.gone === 'no' ? [] : (keyOfRoute(card) ?? []))));
}

/**
 * Removes from a channel what these people have added it for and may no longer decide on. If no other grant covers
 * that, the channel is told, and the pending requests concerned go elsewhere.
 */
export function endGrants(
  parts: AccessParts,
  { key, by, share, accessRequestId }: EndedGrants & { readonly accessRequestId: string },
): Promise<void> {
  return parts.database.transact(async (transaction) => {
    const channel = await lockApprovalChannel(parts.database, transaction, key);
    const lost = channel?.grants.filter((grant) => by.includes(grant.by) && !isEmpty(common(grant, share))) ?? [];
    if (channel === null || lost.length === 0) return;
    const at = parts.clock.now();
    const left = channel.grants.map((grant) => (by.includes(grant.by) ? without(grant, share) : grant));
    await keepGrants(transaction, key, left);
    for (const grant of lost) {
      const details = { place: key, why: 'adderMayNot', addedBy: grant.by, ...common(grant, share) };
      await writeAudit(transaction, { at, actorId: '', kind: 'placeRemoved', requestId: null, details });
    }
    const ended = without(joined(lost.map((grant) => common(grant, share))), joined(left));
    if (isEmpty(ended)) return;
    await withdrawCards(transaction, { key, ended, apps: channel.apps, at });
    await enqueueChannelEnded(parts, transaction, accessRequestId, channel);
  });
}

interface EndedGrants {
  readonly key: string;
  /** Entra object ids. */
  readonly by: readonly string[];
  readonly share: Share;
}

/**
 * An operator or an approver ends a channel, even one that others added. Returns the conversation to tell; null where
 * there was none.
 */
export function endApprovalChannel(parts: AccessParts, key: string, actorId: string): Promise<string | null> {
  return parts.database.transact(async (transaction) => {
    const channel = await lockApprovalChannel(parts.database, transaction, key);
    if (channel === null) return null;
    const at = parts.clock.now();
    const { general, apps } = channel;
    await keepGrants(transaction, key, []);
    const details = { place: key, general, apps };
    await writeAudit(transaction, { at, actorId, kind: 'placeRemoved', requestId: null, details });
    await withdrawCards(transaction, { key, ended: channel, apps, at });
    return channel.conversation;
  });
}

/**
 * Withdraws the cards that the channel may no longer show, and has pending requests that were shown nowhere else routed
 * again. `apps`: those with approvers of their own for which the channel was added.
 */
async function withdrawCards(
  transaction: Transaction<Schema>,
  {
    key,
    ended,
    apps,
    at,
  }: { readonly key: string; readonly ended: Share; readonly apps: readonly string[]; readonly at: number },
): Promise<void> {
  const rows = await transaction
    .selectFrom('messages')
    .innerJoin('access_requests', (join) => join.on(referenceOf, '=', sql.ref('messages.reference')))
    .select(['messages.id', 'access_requests.id as requestId', 'access_requests.app_id', 'access_requests.state'])
    .select('messages.reference')
    .where('messages.audience', '=', 'approvers')
    .where('messages.gone', '=', 0)
    .where('messages.source', '=', routeSourceOf(key))
    .execute();
  for (const { id, requestId, app_id, state, reference } of rows) {
    if (!(apps.includes(app_id) ? ended.apps.includes(app_id) : ended.general)) continue;
    await setGone(transaction, id, 'withdrawn');
    // The cards of the request show it at their next edit.
    await transaction
      .updateTable('access_requests')
      .set({ revision: sql<number>`revision + 1` })
      .where('id', '=', requestId)
      .execute();
    const isRead = (await approversCards(transaction, reference)).some(hasReaders);
    if (state === 'pending' && !isRead) await reroute(transaction, requestId, at);
  }
}

/** See `cardReference`. */
const referenceOf = sql<string>`coalesce(access_requests.joint_group, access_requests.id)`;

/** What `routeSource` gives for this conversation, for the request of any row. */
const routeSourceOf = (key: string) => sql<string>`'route|' || ${referenceOf} || '|' || ${key}`;
