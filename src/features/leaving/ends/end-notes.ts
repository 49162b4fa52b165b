import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { findKnownPeople } from '../../../chat/known-people.ts';
import { type AddedWatch, findWatchingPlaces } from '../../../chat/watching-places.ts';
import type { Schema } from '../../../db/schema.ts';
import { insertMessages } from '../../../outbox/message-store.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { tellingOf } from '../../../requests/entitlement.ts';
import type { Step } from '../../../requests/entitlement-steps.ts';
import type { Reader } from '../../../requests/request.ts';
import { accessSource } from '../../../requests/store.ts';

/**
 * Who is told of access that ends, in the transaction of the step. A conversation is told once, however many of its
 * readers are concerned.
 *
 *     reminder   the person who asked, and the person who has the access
 *     overdue    the person who asked, the approver, and the conversations that watch the app: at once, after a day, and
 *                then every week, and in between for another reason
 *     verified, byHand   the same, if they were told before; else the person who asked
 */
export interface EndNote {
  readonly news: 'reminder' | 'verified' | 'overdue' | 'byHand';
  readonly taskId: string;
  /** Of an overdue one: why, when the note was queued. */
  readonly why: string | null;
  /** The name of the person who says that it was done by hand. */
  readonly by?: string | null;
  /** Where the conversation is told because it watches the app. */
  readonly watch?: AddedWatch | undefined;
}

interface Recipient {
  readonly conversation: string;
  readonly reader: Reader;
  readonly watch?: AddedWatch;
}

/** Who said that it was done by hand, and in which conversation, which needs no note. */
export interface SaidBy {
  readonly name: string;
  readonly conversation: string;
}

export async function queueEndNotes(
  store: AccessParts,
  transaction: Transaction<Schema>,
  { entitlement, news }: Step,
  said: SaidBy | null = null,
): Promise<void> {
  if (news === null || news === 'begun') return;
  const { taskId, requestId, state } = entitlement;
  const why = state.kind === 'overdue' ? state.why : null;
  const to = await recipientsOf(store, transaction, { entitlement, news });
  const seen = new Set(said === null ? [] : [store.conversationKey(said.conversation)]);
  const apart = to.filter(({ conversation }) => {
    const key = store.conversationKey(conversation);
    return !seen.has(key) && seen.add(key);
  });
  const now = store.clock.now();
  await insertMessages(
    transaction,
    apart.map(({ conversation, reader, watch }) => ({
      id: `end-${randomUUID()}`,
      kind: 'endNote' as const,
      reference: requestId,
      // The same news of one entitlement is told once in a conversation.
      source: [
        ...['end', taskId, news, why ?? '', entitlement.endsAt, tellingOf(entitlement)],
        store.conversationKey(conversation),
      ].join('|'),
      conversation,
      reader,
      details: JSON.stringify({ news, taskId, why, by: said?.name ?? null, watch } satisfies EndNote),
      dueAt: now,
    })),
    now,
  );
}

async function recipientsOf(
  { database }: AccessParts,
  transaction: Transaction<Schema>,
  { entitlement, news }: Step,
): Promise<readonly Recipient[]> {
  const { requestId, subject, app } = entitlement;
  const request = await transaction
    .selectFrom('requests')
    .select(['source', 'conversation', 'locale', 'time_zone'])
    .where('id', '=', requestId)
    .executeTakeFirstOrThrow();
  const requester: Recipient = {
    conversation: request.conversation,
    reader: { locale: request.locale, timeZone: request.time_zone },
  };
  if (news === 'verified' && entitlement.tries <= 1) return [requester];
  const { source } = request;
  if (news === 'reminder')
    return [requester, ...(await findKnownPeople({ ...database, query: transaction }, [subject.id]))];
  const decided = source.startsWith(accessSource)
    ? await transaction
        .selectFrom('access_requests')
        .select('decided_from')
        .where('id', '=', source.slice(accessSource.length))
        .executeTakeFirst()
    : undefined;
  const decider = decided?.decided_from == null ? [] : [JSON.parse(decided.decided_from) as Recipient];
  return [requester, ...decider, ...(await findWatchingPlaces(transaction, app.id))];
}
