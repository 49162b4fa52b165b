import { type GiveUpParts, tellGivenUp } from '../../chat/give-up.ts';
import { createMessages } from '../../chat/messages.ts';
import type { MessageDeclaration } from '../../chat/registry/define-command.ts';
import { withHelpdesk } from '../../chat/views/viewpoint.ts';
import type { Message } from '../../outbox/message.ts';
import type { StoreParts } from '../../requests/store.ts';
import { announcementCard } from './cards/announcement-card.ts';
import type { JobChangeDetails } from './watching/announcements.ts';
import { toWatch } from './watching/watch-row.ts';
import { findWatch, mayWatch } from './watching/watches.ts';

/** The announcements of watches. */
export const announcements: MessageDeclaration = {
  async draw(parts, { id, reader, details }) {
    const { app, change, status, at } = JSON.parse(details ?? '') as JobChangeDetails;
    const words = createMessages(reader.locale, reader.timeZone);
    // A watch belongs to a conversation.
    const viewpoint = await withHelpdesk(parts, 'anyone');
    const content = announcementCard(words, {
      app,
      change,
      status,
      now: at,
      entraPortalUrl: parts.entraPortal,
      viewpoint,
    });
    return { content, fingerprint: id, finished: true };
  },
  async mayBePosted({ store, access, log }, message) {
    const [appId = '', ...key] = message.reference.split('|');
    const watch = await findWatch(store.database, key.join('|'), appId);
    const standing = watch === null ? 'may' : await mayWatch(access, watch);
    if (standing === 'mayNot')
      log.info({ messageId: message.id, code: 'watch_not_counting' }, 'who added a watch may not watch any more');
    return standing;
  },
  about: (message) => appOf(message),
};

function appOf({ reference, details }: Message): string {
  try {
    return (JSON.parse(details ?? '') as JobChangeDetails).app.name;
  } catch {
    // What cannot be read may be what crashed the processes.
    return reference.split('|')[0] ?? '';
  }
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
