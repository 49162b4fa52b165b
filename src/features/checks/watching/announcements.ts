import type { Transaction } from 'kysely';
import type { JobChange, WatchedStatus } from '../../../chat/jobs/job-change.ts';
import type { Database } from '../../../db/database.ts';
import { handOut } from '../../../db/handing-out.ts';
import type { Schema } from '../../../db/schema.ts';
import type { Reader } from '../../../requests/request.ts';
import type { Watch } from './watch-row.ts';

/**
 * Cards for a conversation about the apps that it watches. Like notices, they are written in the transaction of what
 * they report, and stay in the outbox until they are sent.
 */
export interface Announcement {
  readonly id: number;
  /** The watch for which it is sent. */
  readonly key: string;
  readonly appId: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly kind: 'jobChanged';
  readonly details: JobChangeDetails;
  /** How often sending has failed. */
  readonly failures: number;
}

export interface JobChangeDetails {
  readonly app: { readonly id: string; readonly name: string };
  readonly change: JobChange;
  /** The status when the change was seen, which may be a while before the card is drawn. */
  readonly status: WatchedStatus;
  /** When it was seen; milliseconds since 1970. */
  readonly at: number;
}

/** Queues a card about its app for each of these watches. */
export async function enqueueAnnouncements(
  transaction: Transaction<Schema>,
  watches: readonly Pick<Watch, 'key' | 'app' | 'conversation' | 'reader'>[],
  { change, status, at }: Omit<JobChangeDetails, 'app'>,
): Promise<void> {
  if (watches.length === 0) return;
  const rows = watches.map(({ key, app, conversation, reader }) => ({
    key,
    app_id: app.id,
    conversation,
    locale: reader.locale,
    time_zone: reader.timeZone,
    kind: 'jobChanged',
    details: JSON.stringify({ app, change, status, at } satisfies JobChangeDetails),
    created_at: at,
    due_at: at,
  }));
  await transaction.insertInto('announcements').values(rows).execute();
}

/** Hands out the cards to send now, oldest first. A card that is neither sent nor put off is due again in a minute. */
export function dueAnnouncements(database: Database, now: number, limit: number): Promise<Announcement[]> {
  return database.transact(async (transaction) =>
    (await handOut(database, transaction, 'announcements', now, limit)).map((row) => ({
      id: row.id,
      key: row.key,
      appId: row.app_id,
      conversation: row.conversation,
      reader: { locale: row.locale, timeZone: row.time_zone },
      kind: 'jobChanged',
      // Parsed when it is drawn: an unreadable one does not keep others from being sent.
      get details() {
        return JSON.parse(row.details) as JobChangeDetails;
      },
      failures: row.failures,
    })),
  );
}

export async function announcementSent({ query }: Database, id: number): Promise<void> {
  await query.updateTable('announcements').set({ due_at: null }).where('id', '=', id).execute();
}
