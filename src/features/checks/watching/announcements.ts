import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { JobChange, WatchedStatus } from '../../../chat/jobs/job-change.ts';
import type { Schema } from '../../../db/schema.ts';
import { insertMessages } from '../../../outbox/message-store.ts';
import type { Watch } from './watch-row.ts';

/**
 * What a card for a conversation says about an app that it watches. Like notices, they are written in the transaction of
 * what they report, and stay in the outbox until they are sent.
 */
export interface JobChangeDetails {
  readonly app: { readonly id: string; readonly name: string };
  readonly change: JobChange;
  /** The status when the change was seen, which may be a while before the card is drawn. */
  readonly status: WatchedStatus;
  /** When it was seen; milliseconds since 1970. */
  readonly at: number;
}

/** The watch for which an announcement is sent: app id and key, in its `reference`. */
export const watchReference = (appId: string, key: string): string => `${appId}|${key}`;

/** Queues a card about its app for each of these watches. */
export async function enqueueAnnouncements(
  transaction: Transaction<Schema>,
  watches: readonly Pick<Watch, 'key' | 'app' | 'conversation' | 'reader'>[],
  { change, status, at }: Omit<JobChangeDetails, 'app'>,
): Promise<void> {
  const messages = watches.map(({ key, app, conversation, reader }) => ({
    id: `announcement-${randomUUID()}`,
    kind: 'announcement' as const,
    reference: watchReference(app.id, key),
    ...{ conversation, reader },
    details: JSON.stringify({ app, change, status, at } satisfies JobChangeDetails),
    dueAt: at,
  }));
  await insertMessages(transaction, messages, at);
}
