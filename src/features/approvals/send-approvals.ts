import { mayDecide } from '../../access/deciding.ts';
import {
  addApprovalChannel,
  findApprovalChannel,
  type Removal,
  removeShare,
} from './access-requests/approval-channels.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { say, troubleReply } from '../../chat/registry/turn.ts';
import { approversOf } from './found-request.ts';

/**
 * `send approvals here`: from now on this channel or group chat is shown the requests that the caller decides on,
 * besides those that other approvers send here. An approver of some apps adds only those apps.
 */
async function sendApprovalsHere(parts: CommandParts, turn: Turn): Promise<Reply> {
  const { place, conversation, reader } = turn.incoming;
  if (place.kind === 'personal') return say(turn.words, { kind: 'placeIsPersonal' });
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const own = listing.value.items.filter(({ approvers }) => approvers.length > 0 && mayDecide(turn.caller, approvers));
  const general = mayDecide(turn.caller, []);
  if (!general && own.length === 0) return say(turn.words, { kind: 'nothingForPlace' });
  await addApprovalChannel(parts.store, {
    key: place.key,
    conversation,
    reader,
    general,
    apps: own.map(({ id }) => id),
    addedBy: turn.caller.id,
  });
  return say(turn.words, { kind: 'placeAdded', apps: general ? null : own.map(({ displayName }) => displayName) });
}

/** `stop sending approvals`: the opposite, for the requests that the caller decides on. */
async function stopSendingApprovals(parts: CommandParts, turn: Turn): Promise<Reply> {
  const { place } = turn.incoming;
  if (place.kind === 'personal') return say(turn.words, { kind: 'placeIsPersonal' });
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
  removed: 'placeRemoved',
  shareRemoved: 'placeShareRemoved',
  notTheirs: 'placeNotYours',
  unknown: 'placeUnknown',
} as const satisfies Record<Removal, string>;

export const sendApprovalsHereCommand = defineCommand({
  verb: 'sendApprovalsHere',
  permission: 'access.decide',
  appOnly: true,
  rolesAnew: 'clicked',
  chapter: 'decide',
  examples: ['send approvals here'],
  tryIt: null,
  run: sendApprovalsHere,
});

export const stopSendingApprovalsCommand = defineCommand({
  verb: 'stopSendingApprovals',
  permission: 'access.decide',
  appOnly: true,
  chapter: 'decide',
  examples: ['stop sending approvals'],
  tryIt: null,
  run: stopSendingApprovals,
});
