import { createHash } from 'node:crypto';
import { anyMay, type StillMay } from '../../access/still-may.ts';
import { listApprovalChannels, type StoredChannel } from './access-requests/approval-channels.ts';
import { mayRead } from './access-requests/readers.ts';
import { endApprovalChannel } from './access-requests/undelivered.ts';
import { listAllWatches, mayWatch, removeWatch } from '../checks/watching/watches.ts';
import { createMessages } from '../../chat/messages.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { type GrantRow, grantsCard, mostGrants } from '../checks/cards/grants-card.ts';
import { problem } from '../../chat/views/problem.ts';
import { say } from '../../chat/registry/turn.ts';

/** `approval places`: every channel and group chat that gets approvals, first those that no longer count. */
async function approvalPlaces(parts: CommandParts, turn: Turn): Promise<Reply> {
  const names = await appNames(parts);
  const rows = await Promise.all(
    (await listApprovalChannels(parts.store.database)).map(async (place): Promise<GrantRow> => {
      return {
        ref: refOf(place.key),
        isHere: place.key === turn.incoming.place.key,
        apps: [...(place.general ? [null] : []), ...place.apps.map((id) => names.get(id) ?? id)],
        place: place.key,
        grants: await Promise.all(place.grants.map(async ({ by, at }) => ({ name: await nameOf(parts, by), at }))),
        counts: await countsNow(parts, place),
      };
    }),
  );
  return listed(parts, turn, 'places', rows);
}

async function countsNow(parts: CommandParts, { grants }: StoredChannel): Promise<StillMay> {
  const each = grants.flatMap(({ by, general, apps }) => [
    ...(general ? [mayRead(parts, by, [])] : []),
    ...apps.map(async (id): Promise<StillMay> => {
      const found = await parts.applications.find(id);
      if (!found.ok) return 'unknown';
      return mayRead(parts, by, found.value.kind === 'one' ? found.value.app.approvers : null);
    }),
  ]);
  return anyMay(await Promise.all(each));
}

/** `remove approval place REF`. The channel is told. */
async function removeApprovalPlace(parts: CommandParts, turn: Turn, ref: string): Promise<Reply> {
  const place = only((await listApprovalChannels(parts.store.database)).filter(({ key }) => refOf(key) === ref));
  const conversation = place === null ? null : await endApprovalChannel(parts.store, place.key, turn.caller.id);
  if (place === null || conversation === null) return say(turn.words, { kind: 'grantUnknown', ref });
  parts.accessChanged('');
  const words = createMessages(place.reader.locale, place.reader.timeZone);
  if (place.key !== turn.incoming.place.key) await parts.post(conversation, problem(words, { kind: 'placeRemoved' }));
  return say(turn.words, { kind: 'grantRemoved', ref });
}

/** `watches all`: the watches of every conversation. */
async function allWatches(parts: CommandParts, turn: Turn): Promise<Reply> {
  const rows = await Promise.all(
    (await listAllWatches(parts.store.database)).map(async (watch): Promise<GrantRow> => {
      return {
        ref: refOf(`${watch.key}|${watch.app.id}`),
        isHere: watch.key === turn.incoming.place.key,
        apps: [watch.app.name],
        place: watch.key,
        grants: [{ name: await nameOf(parts, watch.addedBy), at: watch.addedAt }],
        counts: await mayWatch(parts.access, watch),
      };
    }),
  );
  return listed(parts, turn, 'watches', rows);
}

async function removeWatchOf(parts: CommandParts, turn: Turn, ref: string): Promise<Reply> {
  const all = await listAllWatches(parts.store.database);
  const watch = only(all.filter(({ key, app }) => refOf(`${key}|${app.id}`) === ref));
  const removed = watch !== null && (await removeWatch(parts.store, watch.key, watch.app.id, turn.caller.id));
  return say(turn.words, { kind: removed ? 'grantRemoved' : 'grantUnknown', ref });
}

function listed(parts: CommandParts, turn: Turn, kind: 'places' | 'watches', rows: readonly GrantRow[]): Reply {
  const sorted = rows.toSorted((one, other) => Number(one.counts === 'may') - Number(other.counts === 'may'));
  const input = { kind, rows: sorted.slice(0, mostGrants), total: rows.length, now: parts.store.clock.now() };
  return { kind: 'card', inPlace: true, message: grantsCard(turn.words, input) };
}

/** Stable for as long as the grant exists, whatever other grants are added or removed. */
const refOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

function only<T>(found: readonly T[]): T | null {
  return found.length === 1 ? (found[0] ?? null) : null;
}

async function nameOf({ directory }: CommandParts, id: string): Promise<string> {
  const user = await directory.getUser(id);
  return user.ok ? (user.value?.displayName ?? id) : id;
}

async function appNames({ applications }: CommandParts): Promise<ReadonlyMap<string, string>> {
  const listing = await applications.list();
  return new Map(listing.ok ? listing.value.items.map(({ id, displayName }) => [id, displayName]) : []);
}

export const approvalPlacesCommand = defineCommand({
  verb: 'approvalPlaces',
  permission: 'places.manage',
  appOnly: true,
  chapter: 'decide',
  examples: ['approval places'],
  tryIt: 'approval places',
  run: approvalPlaces,
});

export const removeApprovalPlaceCommand = defineCommand({
  verb: 'removeApprovalPlace',
  permission: 'places.manage',
  appOnly: true,
  chapter: 'decide',
  examples: ['remove approval place 1f3a9c07'],
  tryIt: null,
  run: (parts, turn, { ref }) => removeApprovalPlace(parts, turn, ref),
});

export const allWatchesCommand = defineCommand({
  verb: 'allWatches',
  permission: 'watches.manage',
  appOnly: true,
  chapter: 'watch',
  examples: ['watches all'],
  tryIt: 'watches all',
  run: allWatches,
});

export const removeWatchCommand = defineCommand({
  verb: 'removeWatch',
  permission: 'watches.manage',
  appOnly: true,
  chapter: 'watch',
  examples: ['remove watch 1f3a9c07'],
  tryIt: null,
  run: (parts, turn, { ref }) => removeWatchOf(parts, turn, ref),
});
