import { randomUUID } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import type { Schema } from '../../../db/schema.ts';
import type { HeldNewsRow } from '../../../db/watching-schema.ts';
import { insertMessages, type NewMessage } from '../../../outbox/message-store.ts';
import type { Reader } from '../../../requests/request.ts';
import type { AnnouncementDetails, FoldedNews, JobChangeDetails } from './announcement-details.ts';
import { quietNow } from './quiet-hours.ts';
import { type Watch, watchedId } from './watch-row.ts';

/**
 * The cards about what a conversation watches. Like notices, they are written in the transaction of
 * what they report, and stay in the outbox until they are sent.
 *
 *     change ──▶ a card of its own, where the conversation watches this app
 *       │
 *       ├──────▶ held until the round's end, where it watches all apps ──┐
 *       │                                                                ├──▶ one card for all that are due
 *       └──────▶ held until its quiet hours end ─────────────────────────┘
 */
/** The watch for which an announcement is sent: what is watched and the key, in its `reference`. */
export const watchReference = (watched: string, key: string): string => `${watched}|${key}`;

/** In the reference of an announcement that may be sent for several watches of a conversation. */
export const FOLDED = 'folded';

/** Queues a card about a change for each of these watches, or holds it back to be told with others. */
export async function enqueueAnnouncements(
  transaction: Transaction<Schema>,
  watches: readonly Pick<Watch, 'key' | 'watched' | 'conversation' | 'reader'>[],
  change: JobChangeDetails,
): Promise<void> {
  const { at } = change;
  const quiet = await quietNow(transaction, at);
  const news = JSON.stringify(change satisfies AnnouncementDetails);
  const toFold = watches.filter(({ key, watched }) => watched.kind === 'all' || quiet.has(key));
  const messages = watches
    .filter((watch) => !toFold.includes(watch))
    .map(({ key, watched, ...place }) => announcement(watchReference(watchedId(watched), key), place, news, at));
  await insertMessages(transaction, messages, at);
  if (toFold.length === 0) return;
  const rows = toFold.map(({ key, conversation, reader }) => ({
    id: randomUUID(),
    ...{ key, conversation, news, created_at: at, due_at: quiet.get(key) ?? at },
    ...{ locale: reader.locale, time_zone: reader.timeZone },
  }));
  await transaction.insertInto('held_news').values(rows).execute();
}

/**
 * Queues one card a conversation for all that waits to be told there and is due. Call it with the round's row locked,
 * so that of two processes one finds nothing. True when a card was queued.
 */
export async function foldDueNews(transaction: Transaction<Schema>, at: number): Promise<boolean> {
  const rows = await transaction
    .selectFrom('held_news')
    .selectAll()
    .where('due_at', '<=', at)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  if (rows.length === 0) return false;
  const messages = [...Map.groupBy(rows, ({ key }) => key).values()].flatMap((held) => foldedInto(held, at));
  await insertMessages(transaction, messages, at);
  await transaction.deleteFrom('held_news').where('due_at', '<=', at).execute();
  return true;
}

function foldedInto(held: readonly Held[], at: number): NewMessage[] {
  const [first] = held;
  if (first === undefined) return [];
  const { key, conversation, locale, time_zone: timeZone } = first;
  const news = held.map((row): FoldedNews => {
    const change = JSON.parse(row.news) as JobChangeDetails;
    return row.due_at > row.created_at ? { ...change, keptBack: true } : change;
  });
  const details = JSON.stringify({ kind: 'folded', news } satisfies AnnouncementDetails);
  return [announcement(watchReference(FOLDED, key), { conversation, reader: { locale, timeZone } }, details, at)];
}

type Held = Selectable<HeldNewsRow>;

/** A message of the outbox, due now. */
export function announcement(
  reference: string,
  { conversation, reader }: { readonly conversation: string; readonly reader: Reader },
  details: string,
  at: number,
): NewMessage {
  const id = `announcement-${randomUUID()}`;
  return { id, kind: 'announcement', reference, conversation, reader, details, dueAt: at };
}
