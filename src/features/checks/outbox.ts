import type { StillMay } from '../../access/still-may.ts';
import { type GiveUpParts, tellGivenUp } from '../../chat/give-up.ts';
import { createMessages } from '../../chat/messages.ts';
import type { OutboxRow, OutboxSource } from '../../chat/outbox.ts';
import { putOff } from '../../db/handing-out.ts';
import type { Log } from '../../log.ts';
import type { StoreParts } from '../../requests/store.ts';
import { announcementCard } from './cards/announcement-card.ts';
import { announcementSent, dueAnnouncements } from './watching/announcements.ts';
import { toWatch, type Watch } from './watching/watch-row.ts';
import { findWatch } from './watching/watches.ts';

export interface WatchOutboxParts {
  readonly store: Pick<StoreParts, 'database' | 'clock'>;
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
  /** Whether the person who added this watch may still watch. */
  readonly mayWatch: (watch: Watch) => Promise<StillMay>;
  readonly log: Log;
}

/** The announcements of watches. */
export function watchOutbox({ store, entraPortal, mayWatch, log }: WatchOutboxParts): OutboxSource {
  const { database, clock } = store;
  return {
    async due(limit) {
      const rows: OutboxRow[] = [];
      for (const due of await dueAnnouncements(database, clock.now(), limit)) {
        const { id, conversation, reader, failures } = due;
        const watch = await findWatch(database, due.key, due.appId);
        const standing = watch === null ? 'may' : await mayWatch(watch);
        if (standing === 'unknown') continue;
        if (standing !== 'may') {
          log.info({ announcementId: id, code: 'watch_not_counting' }, 'who added a watch may not watch any more');
          await putOff(database, 'announcements', id, null);
          continue;
        }
        rows.push({
          ...{ conversation, reader, failures },
          name: `announcement-${id}`,
          about: () => due.details.app.name,
          async make() {
            const { app, change, status, at } = due.details;
            const words = createMessages(reader.locale, reader.timeZone);
            const message = announcementCard(words, { app, change, status, now: at, entraPortalUrl: entraPortal });
            return { kind: 'post', announcementId: id, conversation, message };
          },
          sent: () => announcementSent(database, id),
          putOff: (dueAt) => putOff(database, 'announcements', id, dueAt),
        });
      }
      return rows;
    },
  };
}

/** Tells every conversation that watches the app that Usher no longer checks it. */
export async function giveUpWatch(
  parts: GiveUpParts & { readonly store: Pick<StoreParts, 'database'> },
  appId: string,
  reference: string,
): Promise<boolean> {
  const rows = await parts.store.database.query
    .selectFrom('watches')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('key')
    .execute();
  for (const watch of rows.map(toWatch))
    await tellGivenUp(parts, watch, { kind: 'watchGivenUp', app: watch.app.name }, reference);
  return true;
}
