import { mayDecide } from '../../access/deciding.ts';
import { anyMay, type StillMay } from '../../access/still-may.ts';
import { readRef, wholeLine } from '../../chat/grammar/short-lines.ts';
import { listGrants, nameOf, only, refOf } from '../../chat/grants.ts';
import { createMessages } from '../../chat/messages.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { GrantRow } from '../../chat/views/grants-card.ts';
import {
  addApprovalChannel,
  findApprovalChannel,
  listApprovalChannels,
  type Removal,
  removeShare,
  type StoredChannel,
} from './access-requests/approval-channels.ts';
import { mayRead } from './access-requests/readers.ts';
import { endApprovalChannel } from './access-requests/undelivered.ts';
import { approversOf } from './found-request.ts';
import { problem, say } from './problems.ts';

/**
 * `send approvals here`: from now on this channel or group chat is shown the requests that the caller decides on,
 * besides those that other approvers send here. An approver of some apps adds only those apps.
 */
async function sendApprovalsHere(parts: CommandParts, turn: Turn): Promise<Reply> {
  const { place, conversation, reader } = turn.incoming;
  if (place.kind === 'personal') return say(turn.words, { kind: 'notAChannel' });
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const own = listing.value.items.filter(({ approvers }) => approvers.length > 0 && mayDecide(turn.caller, approvers));
  const general = mayDecide(turn.caller, []);
  if (!general && own.length === 0) return say(turn.words, { kind: 'nothingForChannel' });
  await addApprovalChannel(parts.store, {
    key: place.key,
    conversation,
    reader,
    general,
    apps: own.map(({ id }) => id),
    addedBy: turn.caller.id,
  });
  return say(turn.words, { kind: 'channelAdded', apps: general ? null : own.map(({ displayName }) => displayName) });
}

/** `stop sending approvals`: the opposite, for the requests that the caller decides on. */
async function stopSendingApprovals(parts: CommandParts, turn: Turn): Promise<Reply> {
  const { place } = turn.incoming;
  if (place.kind === 'personal') return say(turn.words, { kind: 'notAChannel' });
  const known = await findApprovalChannel(parts.store.database, place.key);
  const apps: string[] = [];
  for (const app of known?.apps ?? []) {
    const approvers = await approversOf(parts, app);
    if (!approvers.ok) return troubleReply(turn.words, approvers.trouble);
    if (approvers.value !== null && mayDecide(turn.caller, approvers.value)) apps.push(app);
  }
  const share = { general: mayDecide(turn.caller, []), apps };
  return say(turn.words, { kind: answers[await removeShare(parts.store, place.key, share, turn.caller.id)] });
}

const answers = {
  removed: 'channelRemoved',
  shareRemoved: 'channelShareRemoved',
  notTheirs: 'channelNotYours',
  unknown: 'channelUnknown',
} as const satisfies Record<Removal, string>;

/** `approval places`: every channel and group chat that gets approvals, first those that no longer count. */
async function approvalChannels(parts: CommandParts, turn: Turn): Promise<Reply> {
  const names = await appNames(parts);
  const rows = await Promise.all(
    (await listApprovalChannels(parts.store.database)).map(async (channel): Promise<GrantRow> => {
      return {
        ref: refOf(channel.key),
        isHere: channel.key === turn.incoming.place.key,
        apps: [...(channel.general ? [null] : []), ...channel.apps.map((id) => names.get(id) ?? id)],
        conversation: channel.key,
        grants: await Promise.all(channel.grants.map(async ({ by, at }) => ({ name: await nameOf(parts, by), at }))),
        counts: await countsNow(parts, channel),
      };
    }),
  );
  return listGrants(parts, turn, 'channels', rows);
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
async function removeApprovalChannel(parts: CommandParts, turn: Turn, ref: string): Promise<Reply> {
  const channel = only((await listApprovalChannels(parts.store.database)).filter(({ key }) => refOf(key) === ref));
  const conversation = channel === null ? null : await endApprovalChannel(parts.store, channel.key, turn.caller.id);
  if (channel === null || conversation === null) return say(turn.words, { kind: 'grantUnknown', ref });
  parts.publish('access', null);
  parts.publish('outbox', null);
  const words = createMessages(channel.reader.locale, channel.reader.timeZone);
  if (channel.key !== turn.incoming.place.key)
    await parts.post(conversation, problem(words, { kind: 'channelRemoved' }));
  return say(turn.words, { kind: 'grantRemoved', ref });
}

async function appNames({ applications }: CommandParts): Promise<ReadonlyMap<string, string>> {
  const listing = await applications.list();
  return new Map(listing.ok ? listing.value.items.map(({ id, displayName }) => [id, displayName]) : []);
}

declare module '../../chat/command.ts' {
  interface Commands {
    sendApprovalsHere: object;
    stopSendingApprovals: object;
    /** Lists all approval channels. */
    approvalChannels: object;
    /** `ref` as printed in the list. */
    removeApprovalChannel: { readonly ref: string };
  }
}

export const sendApprovalsHereCommand = defineCommand({
  verb: 'sendApprovalsHere',
  ...wholeLine({ verb: 'sendApprovalsHere' }, 'send approvals here', 3),
  permission: 'access.decide',
  appOnly: true,
  freshRoles: 'clicked',
  chapter: 'decide',
  examples: ['send approvals here'],
  offeredByTeams: { team: 8, groupChat: 10 },
  tryIt: null,
  run: sendApprovalsHere,
});

export const stopSendingApprovalsCommand = defineCommand({
  verb: 'stopSendingApprovals',
  ...wholeLine({ verb: 'stopSendingApprovals' }, 'stop sending approvals', 3),
  permission: 'access.decide',
  appOnly: true,
  chapter: 'decide',
  examples: ['stop sending approvals'],
  tryIt: null,
  run: stopSendingApprovals,
});

export const approvalChannelsCommand = defineCommand({
  verb: 'approvalChannels',
  ...wholeLine({ verb: 'approvalChannels' }, 'approval places', 3),
  permission: 'places.manage',
  appOnly: true,
  chapter: 'decide',
  examples: ['approval places'],
  tryIt: 'approval places',
  run: approvalChannels,
});

export const removeApprovalChannelCommand = defineCommand({
  verb: 'removeApprovalChannel',
  read: (words) => readRef('removeApprovalChannel', words),
  write: ({ ref }) => `remove approval place ${ref}`,
  permission: 'places.manage',
  appOnly: true,
  chapter: 'decide',
  examples: ['remove approval place 1f3a9c07'],
  tryIt: null,
  run: (parts, turn, { ref }) => removeApprovalChannel(parts, turn, ref),
});
