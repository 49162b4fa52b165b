import pMap from 'p-map';
import { deny } from '../../access/policy.ts';
import type { CommandOf } from '../../chat/command.ts';
import {
  isEverything,
  isNoName,
  withoutArticle,
  withoutEnding,
  writeCheckName,
} from '../../chat/grammar/check-names.ts';
import { readName } from '../../chat/grammar/names.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { readRef, wholeLine } from '../../chat/grammar/short-lines.ts';
import { toPhrases, type Word } from '../../chat/grammar/tokens.ts';
import { listGrants, nameOf, only, refOf } from '../../chat/grants.ts';
import { readJob, readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import { findApplication } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { GrantRow } from '../../chat/views/grants-card.ts';
import { watchPicker } from './cards/watch-picker.ts';
import { WATCHES_SHOWN, watchesCard } from './cards/watches-card.ts';
import { say } from './problems.ts';
import { addWatch, listAllWatches, listWatches, mayWatch, removeWatch } from './watching/watches.ts';

type WatchCommand = CommandOf<'watch' | 'unwatch'>;

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
  parts.publish('watches', null);
  const told = say(turn.words, { kind: added ? 'watchAdded' : 'watchedAlready', app: app.name });
  return told.kind === 'card' ? { ...told, inPlace: true } : told;
}

/** `unwatch <app>`: the opposite. */
async function unwatch(parts: CommandParts, turn: Turn, command: WatchCommand): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const { place } = turn.incoming;
  const removed = await removeWatch(parts.store, place.key, found.app.id, turn.caller.id);
  return say(turn.words, { kind: removed ? 'watchRemoved' : 'notWatched', app: found.app.displayName });
}

/** Apps not read by then are not offered. */
const patienceMs = 2_500;

/** `watch all`: Usher watches one app at a time, so each app that has a job and is not watched here gets a button. */
async function askWhichToWatch(parts: CommandParts, turn: Turn): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const watched = new Set(
    (await listWatches(parts.store.database, turn.incoming.place.key)).map((watching) => watching.app.id),
  );
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

/** `watches all`: the watches of every conversation. */
async function allWatches(parts: CommandParts, turn: Turn): Promise<Reply> {
  const rows = await Promise.all(
    (await listAllWatches(parts.store.database)).map(async (watch): Promise<GrantRow> => {
      return {
        ref: refOf(`${watch.key}|${watch.app.id}`),
        isHere: watch.key === turn.incoming.place.key,
        apps: [watch.app.name],
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
  const watch = only(all.filter(({ key, app }) => refOf(`${key}|${app.id}`) === ref));
  const removed = watch !== null && (await removeWatch(parts.store, watch.key, watch.app.id, turn.caller.id));
  return say(turn.words, { kind: removed ? 'grantRemoved' : 'grantUnknown', ref });
}

/** Where a watch reports, if the line says so; it reports to this conversation anyway. */
const HERE = toPhrases(`
  here | in here | in this channel | in this chat | in this group | in this conversation | in this team | in this thread
  to this channel | from here
`);

function readWatch(verb: 'watch' | 'unwatch', words: readonly Word[]): Reading | null {
  const named = withoutArticle(withoutEnding(words, HERE));
  if (isEverything(named))
    return verb === 'watch' ? incomplete(verb, 'app', named) : { kind: 'command', command: { verb: 'watches' } };
  if (isNoName(named)) return null;
  const app = readName(named);
  return app === null ? incomplete(verb, 'app') : { kind: 'command', command: { verb, app } };
}

function writeWatch({ verb, app }: WatchCommand): string {
  return `${verb} ${writeCheckName(app)}`;
}

declare module '../../chat/command.ts' {
  interface Commands {
    watch: { readonly app: string };
    unwatch: { readonly app: string };
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
    examples: [`${verb} Salesforce`],
    tryIt: null,
  }) as const;

export const watchCommand = defineCommand({
  ...changesWatch('watch'),
  freshRoles: 'clicked',
  offeredByTeams: { team: 6, groupChat: 9 },
  form: { fields: { app: 'required' }, toCommand: ({ app }) => ({ verb: 'watch', app }) },
  // "watch all"
  incomplete: async (parts, turn, _line, said) => (said.length > 0 ? askWhichToWatch(parts, turn) : null),
  run: watch,
});

export const unwatchCommand = defineCommand({
  ...changesWatch('unwatch'),
  // Each row of the list has a button to stop.
  incomplete: (parts, turn) => runCommand(parts, turn, { verb: 'watches' }),
  run: unwatch,
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
