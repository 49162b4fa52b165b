import pMap from 'p-map';
import { deny } from '../../access/policy.ts';
import { addWatch, listWatches, mayWatch, removeWatch } from './watching/watches.ts';
import type { Command } from '../../chat/command.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { WATCHES_SHOWN, watchesCard } from './cards/watches-card.ts';
import { findApplication } from '../../chat/names/target.ts';
import { say } from '../../chat/registry/turn.ts';
import { readJob } from './status.ts';

type WatchCommand = Extract<Command, { verb: 'watch' | 'unwatch' }>;

const concurrency = 8;

/** `watch <app>`: this conversation is notified when the app's synchronization fails or recovers. */
async function watch(parts: CommandParts, turn: Turn, command: WatchCommand): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const app = { id: found.app.id, name: found.app.displayName };
  const { place, conversation, reader } = turn.incoming;
  const added = await addWatch(parts.store, {
    key: place.key,
    conversation,
    reader,
    app,
    addedBy: turn.caller.id,
  });
  parts.watchesChanged();
  return say(turn.words, { kind: added ? 'watchAdded' : 'watchedAlready', app: app.name });
}

/** `unwatch <app>`: the opposite. */
async function unwatch(parts: CommandParts, turn: Turn, command: WatchCommand): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const { place } = turn.incoming;
  const removed = await removeWatch(parts.store, place.key, found.app.id, turn.caller.id);
  return say(turn.words, { kind: removed ? 'watchRemoved' : 'notWatched', app: found.app.displayName });
}

/** `watches`: the watches of this conversation. */
async function watches(parts: CommandParts, turn: Turn): Promise<Reply> {
  const all = await listWatches(parts.store.database, turn.incoming.place.key);
  const listing = await parts.applications.list();
  const known = new Map(listing.ok ? listing.value.items.map((app) => [app.id, app]) : []);
  const items = await pMap(
    all.slice(0, WATCHES_SHOWN),
    async ({ app, addedBy, addedAt }) => {
      const counting = await mayWatch(parts.access, { addedBy });
      const named = await parts.directory.getUser(addedBy);
      const application = known.get(app.id);
      return {
        app,
        addedBy: { name: named.ok ? (named.value?.displayName ?? '') : '' },
        addedAt,
        counts: counting === 'may' || counting === 'unknown',
        status: application === undefined ? null : (await readJob(parts, application)).status,
      };
    },
    { concurrency },
  );
  const canChange = deny(turn.caller, 'watch.change') === null;
  const now = parts.store.clock.now();
  return { kind: 'card', inPlace: true, message: watchesCard(turn.words, { items, canChange, now }) };
}

export const watchCommand = defineCommand({
  verb: 'watch',
  permission: 'watch.change',
  appOnly: true,
  rolesAnew: 'clicked',
  chapter: 'watch',
  examples: ['watch Salesforce'],
  tryIt: null,
  run: watch,
});

export const unwatchCommand = defineCommand({
  verb: 'unwatch',
  permission: 'watch.change',
  appOnly: true,
  chapter: 'watch',
  examples: ['unwatch Salesforce'],
  tryIt: null,
  run: unwatch,
});

export const watchesCommand = defineCommand({
  verb: 'watches',
  permission: 'status.show',
  appOnly: true,
  chapter: 'watch',
  examples: ['watches'],
  tryIt: 'watches',
  run: watches,
});
