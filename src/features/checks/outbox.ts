import { anyMay, type StillMay } from '../../access/still-may.ts';
import { assertNever } from '../../assert-never.ts';
import { type GiveUpParts, tellGivenUp } from '../../chat/give-up.ts';
import { createMessages, type Messages } from '../../chat/messages.ts';
import type { CommandParts, MessageDeclaration } from '../../chat/registry/define-command.ts';
import type { CardMessage } from '../../chat/reply.ts';
import { withHelpdesk } from '../../chat/views/viewpoint.ts';
import type { Message } from '../../outbox/message.ts';
import type { StoreParts } from '../../requests/store.ts';
import { announcementCard } from './cards/announcement-card.ts';
import { failuresCard } from './cards/failures-card.ts';
import { newsCard } from './cards/news-card.ts';
import type { AnnouncementDetails, FailedPerson, FoldedNews } from './watching/announcement-details.ts';
import { FOLDED } from './watching/announcements.ts';
import { watchedName } from './watching/round.ts';
import { ALL, toWatch, type Watch, watchedId } from './watching/watch-row.ts';
import { findWatch, listWatches, mayWatch } from './watching/watches.ts';

/** The announcements of watches. */
export const announcements: MessageDeclaration = {
  async draw(parts, message) {
    const details = detailsOf(message);
    const words = createMessages(message.reader.locale, message.reader.timeZone);
    const content = await contentOf(parts, words, message, details);
    return content === null ? null : { content, fingerprint: message.id, finished: true };
  },
  async mayBePosted(parts, message) {
    const [watched = '', ...rest] = message.reference.split('|');
    const key = rest.join('|');
    const watch = watched === FOLDED ? null : await findWatch(parts.store.database, key, watched);
    const standing = watched === FOLDED ? await standingOfAny(parts, key) : await standingOf(parts, watch);
    if (standing === 'mayNot')
      parts.log.info({ messageId: message.id, code: 'watch_not_counting' }, 'who added a watch may not watch any more');
    return standing;
  },
  about: (message) => appOf(message),
};

const detailsOf = ({ details }: Message): AnnouncementDetails => JSON.parse(details ?? '') as AnnouncementDetails;

const standingOf = async ({ access }: CommandParts, watch: Watch | null): Promise<StillMay> =>
  watch === null ? 'may' : mayWatch(access, watch);

/** News of several apps are kept while Graph does not tell for one of the watches that they may be for. */
async function standingOfAny({ store, access }: CommandParts, key: string): Promise<StillMay> {
  const all = await Promise.all((await listWatches(store.database, key)).map((watch) => mayWatch(access, watch)));
  return all.includes('unknown') ? 'unknown' : anyMay(all);
}

async function contentOf(
  parts: CommandParts,
  words: Messages,
  message: Message,
  details: AnnouncementDetails,
): Promise<CardMessage | null> {
  // A watch belongs to a conversation.
  const viewpoint = await withHelpdesk(parts, 'anyone');
  const { entraPortal: entraPortalUrl } = parts;
  switch (details.kind) {
    case undefined: {
      const { app, change, status, at: now } = details;
      const pauses = change === 'stopped' ? await parts.registry.pausesIn(parts, words, app.id) : [];
      return announcementCard(words, { app, change, status, now, entraPortalUrl, viewpoint, watches: 'app', pauses });
    }
    case 'folded': {
      const news = await newsStillWatched(parts, message.reference.slice(FOLDED.length + 1), details.news);
      const [only, ...others] = news;
      if (only === undefined) return null;
      const now = message.createdAt;
      if (others.length > 0) return newsCard(words, { news, now });
      const { app, change, status, at, watches, keptBack } = only;
      const card = { app, change, status, now, entraPortalUrl, viewpoint, watches };
      return announcementCard(words, { ...card, ...(keptBack === true ? { seenAt: at } : {}) });
    }
    case 'failures': {
      const showsNames = parts.isOpenPlace(message.conversation);
      const people = await Promise.all(
        details.people.map(async (person) => ({ ...person, name: showsNames ? await nameIn(parts, person) : null })),
      );
      return failuresCard(words, { ...details, people, showsNames, now: details.at, entraPortalUrl, viewpoint });
    }
    default:
      return assertNever(details, 'announcement');
  }
}

/** What the conversation watches still, by watches of people who may still watch. */
async function newsStillWatched(
  { store, access }: CommandParts,
  key: string,
  news: readonly FoldedNews[],
): Promise<(FoldedNews & { readonly watches: 'app' | 'all' })[]> {
  const watches = await listWatches(store.database, key);
  const counting = await Promise.all(watches.map((watch) => mayWatch(access, watch)));
  const ids = new Set(
    watches.filter((_, index) => counting[index] !== 'mayNot').map(({ watched }) => watchedId(watched)),
  );
  return news
    .filter(({ app }) => ids.has(app.id) || ids.has(ALL))
    .map((change) => ({ ...change, watches: ids.has(change.app.id) ? 'app' : 'all' }));
}

/** The name in Entra of a person of the provisioning log, which has their id as one of two; null for one who is gone. */
async function nameIn({ directory }: CommandParts, { objectIds }: FailedPerson): Promise<string | null> {
  for (const id of objectIds.filter((one) => objectId.test(one))) {
    const user = await directory.getUser(id);
    if (user.ok && user.value !== null) return user.value.displayName;
  }
  return null;
}

const objectId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function appOf(message: Message): string {
  try {
    const details = detailsOf(message);
    return details.kind === 'folded' ? details.news.map(({ app }) => app.name).join(', ') : details.app.name;
  } catch {
    // What cannot be read may be what crashed the processes.
    return message.reference.split('|')[0] ?? '';
  }
}

/** Tells every conversation that watches the app that Usher no longer checks it. */
export async function giveUpWatch(
  parts: GiveUpParts & { readonly store: Pick<StoreParts, 'database'> },
  appId: string,
  reference: string,
): Promise<boolean> {
  const { query } = parts.store.database;
  const rows = await query
    .selectFrom('watches')
    .selectAll()
    .where('app_id', 'in', [appId, ALL])
    .orderBy('key')
    .execute();
  const watches = rows.map(toWatch);
  const app = await watchedName(query, watches, appId);
  for (const watch of watches) await tellGivenUp(parts, watch, { kind: 'watchGivenUp', app }, reference);
  return true;
}
