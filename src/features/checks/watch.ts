import pMap from 'p-map';
import { deny } from '../../access/policy.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readRef, wholeLine } from '../../chat/grammar/short-lines.ts';
import type { Word } from '../../chat/grammar/tokens.ts';
import { listGrants, nameOf, only, refOf } from '../../chat/grants.ts';
import { readJob, readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import { findApplication } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { GrantRow } from '../../chat/views/grants-card.ts';
import { fetched } from '../../graph/answer.ts';
import type { LogRead } from '../../graph/provisioning-log.ts';
import { withinMs } from '../../time-limit.ts';
import { quietText } from './cards/quiet-text.ts';
import { watchPicker } from './cards/watch-picker.ts';
import { WATCHES_SHOWN, watchedText, watchesCard } from './cards/watches-card.ts';
import { say } from './problems.ts';
import { readAll, readWatch, writeWatch } from './watch-line.ts';
import { findQuietHours } from './watching/quiet-hours.ts';
import { type Watched, watchedId } from './watching/watch-row.ts';
import { addWatch, listAllWatches, listWatches, mayWatch, removeWatch } from './watching/watches.ts';

type WatchCommand = CommandOf<'watch' | 'unwatch'>;

const concurrency = 8;

/** `watch <app>`: this conversation is notified when the app's synchronization, or a person's part of it, fails. */
async function watch(parts: CommandParts, turn: Turn, command: WatchCommand): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const app = { id: found.app.id, name: found.app.displayName };
  if (command.failures !== true) return store(parts, turn, { kind: 'sync', app });
  const log = await logOf(parts, found.app.id);
  if (log === 'none') return say(turn.words, { kind: 'appNotConfigured', app: app.name });
  if (log?.kind === 'notAvailable') return say(turn.words, { kind: 'failuresUnreadable', app: app.name, why: log.why });
  return store(parts, turn, { kind: 'failures', app });
}

const store = async (parts: CommandParts, turn: Turn, watched: Watched): Promise<Reply> => {
  const { place, conversation, reader } = turn.incoming;
  const { words, caller } = turn;
  const added = await addWatch(parts.store, { key: place.key, conversation, reader, watched, addedBy: caller.id });
  parts.publish('watches', null);
  const told = say(words, { kind: added ? 'watchAdded' : 'watchedAlready', ...named(watched) });
  return told.kind === 'card' ? { ...told, inPlace: true } : told;
};

const named = (watched: Watched) => ({ what: watched.kind, app: watched.kind === 'all' ? '' : watched.app.name });

const logPatienceMs = 2_000;

/** What the log tells about the last hour, which shows whether Usher may read it; null where that is not known in time. */
async function logOf(parts: CommandParts, appId: string): Promise<LogRead | 'none' | null> {
  const { synchronization, provisioningLog } = parts;
  const { clock } = parts.store;
  const job = await withinMs(synchronization.findStatus(appId), logPatienceMs, clock);
  if (!job.ok) return null;
  if (job.value.kind === 'none') return 'none';
  const now = clock.now();
  const reading = provisioningLog.readFailures(job.value.status.id, now - 3_600_000, now);
  const log = await withinMs(reading.then(fetched), logPatienceMs, clock);
  return log.ok ? log.value : null;
}

/** `unwatch <app>`: the opposite. */
async function unwatch(parts: CommandParts, turn: Turn, command: WatchCommand): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const app = { id: found.app.id, name: found.app.displayName };
  return remove(parts, turn, { kind: command.failures === true ? 'failures' : 'sync', app });
}

async function remove(parts: CommandParts, turn: Turn, watched: Watched): Promise<Reply> {
  const removed = await removeWatch(parts.store, turn.incoming.place.key, watched, turn.caller.id);
  return say(turn.words, { kind: removed ? 'watchRemoved' : 'notWatched', ...named(watched) });
}

/** `watch all`, for operators; other callers choose an app. */
const watchAll = (parts: CommandParts, turn: Turn): Promise<Reply> =>
  deny(turn.caller, 'watches.manage') === null ? store(parts, turn, { kind: 'all' }) : askWhichToWatch(parts, turn);

/** `unwatch all`: where all apps are not watched as such, each watch has a button. */
async function unwatchAll(parts: CommandParts, turn: Turn): Promise<Reply> {
  const here = await listWatches(parts.store.database, turn.incoming.place.key);
  const isWatched = here.some(({ watched }) => watched.kind === 'all');
  return isWatched ? remove(parts, turn, { kind: 'all' }) : watches(parts, turn);
}

/** Apps not read by then are not offered. */
const patienceMs = 2_500;

/** Each app that has a job and is not watched here gets a button. */
async function askWhichToWatch(parts: CommandParts, turn: Turn): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const here = await listWatches(parts.store.database, turn.incoming.place.key);
  const watched = new Set(here.map((watching) => watchedId(watching.watched)));
  const read = await readJobsOfAll(parts, listing.value.items, patienceMs);
  const apps = read.filter(({ app, status }) => !watched.has(app.id) && status !== 'none' && status !== 'unread');
  const lineFor = (id: string) => parts.grammar.format({ verb: 'watch', app: id });
  const message = watchPicker(turn.words, {
    apps: apps.map(({ app }) => ({ name: app.displayName, line: lineFor(app.id) })),
    watchesSome: watched.size > 0,
  });
  return { kind: 'card', inPlace: true, message };
}

/** `watches`: the watches of this conversation. */
async function watches(parts: CommandParts, turn: Turn): Promise<Reply> {
  const all = await listWatches(parts.store.database, turn.incoming.place.key);
  const listing = await parts.applications.list();
  const known = new Map(listing.ok ? listing.value.items.map((app) => [app.id, app]) : []);
  const items = await pMap(
    all.slice(0, WATCHES_SHOWN),
    async ({ watched, addedBy, addedAt }) => {
      const counting = await mayWatch(parts.access, { addedBy, watched });
      const named = await parts.directory.getUser(addedBy);
      const application = watched.kind === 'sync' ? known.get(watched.app.id) : undefined;
      return {
        watched,
        addedBy: { name: named.ok ? (named.value?.displayName ?? '') : '' },
        addedAt,
        counts: counting === 'may' || counting === 'unknown',
        status: application === undefined ? null : (await readJob(parts, application)).status,
      };
    },
    { concurrency },
  );
  const canChange = deny(turn.caller, 'watch.change') === null;
  const { clock, database } = parts.store;
  const now = clock.now();
  const hours = await findQuietHours(database.query, turn.incoming.place.key);
  const quiet = hours === null ? null : quietText(turn.incoming.reader.locale, hours, now);
  return { kind: 'card', inPlace: true, message: watchesCard(turn.words, { items, quiet, canChange, now }) };
}

/** `watches all`: the watches of every conversation. */
async function allWatches(parts: CommandParts, turn: Turn): Promise<Reply> {
  const rows = await Promise.all(
    (await listAllWatches(parts.store.database)).map(async (watch): Promise<GrantRow> => {
      return {
        ref: refOf(`${watch.key}|${watchedId(watch.watched)}`),
        isHere: watch.key === turn.incoming.place.key,
        apps: [watchedText(turn.words, watch.watched)],
        conversation: watch.key,
        grants: [{ name: await nameOf(parts, watch.addedBy), at: watch.addedAt }],
        counts: await mayWatch(parts.access, watch),
      };
    }),
  );
  return listGrants(parts, turn, 'watches', rows);
}

async function removeWatchOf(parts: CommandParts, turn: Turn, ref: string): Promise<Reply> {
  const all = await listAllWatches(parts.store.database);
  const watch = only(all.filter(({ key, watched }) => refOf(`${key}|${watchedId(watched)}`) === ref));
  const removed = watch !== null && (await removeWatch(parts.store, watch.key, watch.watched, turn.caller.id));
  return say(turn.words, { kind: removed ? 'grantRemoved' : 'grantUnknown', ref });
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `failures`: the people whom its job could not provision. */
    watch: { readonly app: string; readonly failures?: true };
    unwatch: { readonly app: string; readonly failures?: true };
    watchAll: object;
    unwatchAll: object;
    /** Lists the watches of this conversation. */
    watches: object;
    /** Lists the watches of all conversations. */
    allWatches: object;
    /** `ref` as printed in the list. */
    removeWatch: { readonly ref: string };
  }
}

const changesWatch = <Verb extends 'watch' | 'unwatch'>(verb: Verb) =>
  ({
    verb,
    read: (words: readonly Word[]) => readWatch(verb, words),
    write: writeWatch,
    permission: 'watch.change',
    appOnly: true,
    chapter: 'watch',
    examples: [`${verb} Salesforce`, `${verb} Salesforce failures`],
    tryIt: null,
  }) as const;

export const watchCommand = defineCommand({
  ...changesWatch('watch'),
  freshRoles: 'clicked',
  offeredByTeams: { team: 6, groupChat: 9 },
  form: { fields: { app: 'required' }, toCommand: ({ app }) => ({ verb: 'watch', app }) },
  // "watch the sync"
  incomplete: async (parts, turn, _line, said) => (said.length > 0 ? askWhichToWatch(parts, turn) : null),
  run: watch,
});

export const unwatchCommand = defineCommand({
  ...changesWatch('unwatch'),
  // Each row of the list has a button to stop.
  incomplete: (parts, turn) => runCommand(parts, turn, { verb: 'watches' }),
  run: unwatch,
});

const aboutAll = { permission: 'watch.change', appOnly: true, chapter: 'watch', tryIt: null } as const;

export const watchAllCommand = defineCommand({
  ...aboutAll,
  verb: 'watchAll',
  read: readAll('watchAll'),
  write: () => 'watch all',
  freshRoles: 'clicked',
  examples: ['watch all'],
  run: watchAll,
});

export const unwatchAllCommand = defineCommand({
  ...aboutAll,
  verb: 'unwatchAll',
  read: readAll('unwatchAll'),
  write: () => 'unwatch all',
  examples: ['unwatch all'],
  run: unwatchAll,
});

export const watchesCommand = defineCommand({
  verb: 'watches',
  ...wholeLine({ verb: 'watches' }, 'watches', 2, 'unquoted'),
  permission: 'status.show',
  appOnly: true,
  chapter: 'watch',
  examples: ['watches'],
  offeredByTeams: { team: 7 },
  tryIt: 'watches',
  run: watches,
});

export const allWatchesCommand = defineCommand({
  verb: 'allWatches',
  ...wholeLine({ verb: 'allWatches' }, 'watches all', 2, 'unquoted'),
  permission: 'watches.manage',
  appOnly: true,
  chapter: 'watch',
  examples: ['watches all'],
  tryIt: 'watches all',
  run: allWatches,
});

export const removeWatchCommand = defineCommand({
  verb: 'removeWatch',
  read: (words) => readRef('removeWatch', words),
  write: ({ ref }) => `remove watch ${ref}`,
  permission: 'watches.manage',
  appOnly: true,
  chapter: 'watch',
  examples: ['remove watch 1f3a9c07'],
  tryIt: null,
  run: (parts, turn, { ref }) => removeWatchOf(parts, turn, ref),
});
