import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import { writeRecord } from '../record.ts';
import { lockAccessRequest } from './acting.ts';
import { keyOfRoute } from './copies.ts';
import { forgetPlace } from './places.ts';
import type { AccessParts } from './store.ts';

/**
 * A chat that Teams refuses for good: the bot was taken out of it, or is blocked there. A request whose approvers read
 * only there would wait for nobody. So the place is forgotten, and once no other copy for approvers is left, the request
 * is routed anew, past every place that did not take it.
 */
export type Refused =
  /** Nothing can ever be sent there. */
  | 'gone'
  /** It was tried for a day. */
  | 'failed';

/** Gives up the approvers' copies of a request in a conversation. True when it has to be routed once more. */
export function giveUpConversation(
  parts: AccessParts,
  { accessRequestId: id, conversation }: { readonly accessRequestId: string; readonly conversation: string },
  why: Refused,
): Promise<boolean> {
  const { database, clock, conversationKey } = parts;
  return database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row === null) return false;
    const at = clock.now();
    const copies = await transaction
      .selectFrom('access_cards')
      .select(['id', 'source', 'conversation', 'card_id', 'gone', 'due_at'])
      .where('access_request_id', '=', id)
      .where('audience', '=', 'approvers')
      .execute();
    const isThere = (copy: { readonly conversation: string }) =>
      conversationKey(copy.conversation) === conversationKey(conversation);
    for (const { id: copyId, source, card_id } of copies.filter((copy) => isThere(copy) && copy.gone === 0)) {
      await transaction.updateTable('access_cards').set({ gone: 1, due_at: null }).where('id', '=', copyId).execute();
      const key = keyOfRoute({ accessRequestId: id, source });
      const details = { key, why };
      if (card_id === null)
        await writeRecord(transaction, { at, actorId: '', kind: 'accessNotShown', requestId: id, details });
      if (key !== null && why === 'gone') await forgetPlace(transaction, { key, why, at });
    }
    const isRead = copies.some(
      (copy) => !isThere(copy) && copy.gone === 0 && (copy.card_id !== null || copy.due_at !== null),
    );
    if (isRead || row.state !== 'pending') return false;
    await routeAnew(transaction, id, at);
    return true;
  });
}

async function routeAnew(transaction: Transaction<Schema>, id: string, at: number): Promise<void> {
  await transaction
    .updateTable('access_requests')
    .set({ routed: 0, due_at: at, revision: sql<number>`revision + 1` })
    .where('id', '=', id)
    .execute();
}

/** The keys of the places that did not take this request. */
export async function findRefusing({ query }: Database, accessRequestId: string): Promise<ReadonlySet<string>> {
  const rows = await query
    .selectFrom('access_cards')
    .select('source')
    .where('access_request_id', '=', accessRequestId)
    .where('gone', '=', 1)
    .execute();
  return new Set(rows.flatMap(({ source }) => keyOfRoute({ accessRequestId, source }) ?? []));
}
