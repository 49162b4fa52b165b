import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type AddedWatch, findWatchingPlaces, type WatchingPlace } from '../../chat/watching-places.ts';
import type { Schema } from '../../db/schema.ts';
import { insertMessages } from '../../outbox/message-store.ts';
import type { AccessParts } from '../../requests/access-parts.ts';
import type { Repair } from './repair.ts';

/**
 * Who is told of a repair besides its card, in the transaction of the step: an edit of a card notifies no reader.
 *
 *     ended        the person who asked, where that took longer than a minute
 *     notStarted   the person who asked, and the conversations that watch the app: a paused job does not start again
 */
export interface RepairNote {
  readonly news: 'ended' | 'notStarted';
  /** Where the conversation is told because it watches the app. */
  readonly watch?: AddedWatch | undefined;
}

type Recipient = Pick<WatchingPlace, 'conversation' | 'reader'> & { readonly watch?: AddedWatch };

/** The person who asked is likely still looking at the card. */
const soonMs = 60_000;

export async function queueRepairNotes(
  store: AccessParts,
  transaction: Transaction<Schema>,
  repair: Repair,
): Promise<void> {
  const news = newsOf(repair, store.clock.now());
  if (news === null) return;
  const own: Recipient = { conversation: repair.conversation, reader: repair.reader };
  const places = news === 'notStarted' ? [own, ...(await findWatchingPlaces(transaction, repair.app.id))] : [own];
  const now = store.clock.now();
  await insertMessages(
    transaction,
    places.map(({ conversation, reader, watch }) => ({
      id: `repair-${randomUUID()}`,
      kind: 'repairNote' as const,
      reference: repair.id,
      // The same news is told once in a conversation.
      source: `repair|${repair.id}|${news}|${store.conversationKey(conversation)}`,
      conversation,
      reader,
      details: JSON.stringify({ news, watch } satisfies RepairNote),
      dueAt: now,
    })),
    now,
  );
}

function newsOf({ state, tries, createdAt, requestId }: Repair, now: number): RepairNote['news'] | null {
  if (state.kind === 'starting') return tries > 0 ? 'notStarted' : null;
  if (state.kind !== 'ended' || state.as === 'rejected') return null;
  // Its provisioning request has a card of its own, which tells the outcome.
  if (requestId !== null && (state.as === 'started' || state.as === 'startedAlready')) return null;
  return now - createdAt > soonMs ? 'ended' : null;
}
