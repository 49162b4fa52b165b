import type { AccessRequest } from '../approvals/access-requests/access-request.ts';
import { noteCalledOff } from '../approvals/access-requests/acting.ts';
import { recordRefusal } from '../approvals/access-requests/store.ts';
import { cancelRequest, confirmRequest } from '../../requests/confirmation.ts';
import { findAskerOf } from '../../requests/store.ts';
import {
  type CommandNamed,
  type CommandParts,
  defineButton,
  defineCommand,
  type Needed,
  type Turn,
} from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { cancelAccess } from '../approvals/cancel-access.ts';
import { eitherAccessRequest } from '../approvals/found-request.ts';
import { cardOf } from './live.ts';
import { findOwnRequest } from './own-request.ts';
import { say } from '../../chat/registry/turn.ts';

/**
 * An access request and a provisioning request never have the same id. The id of a provisioning request that carries
 * out an access request cancels either: the provisioning request once it has started, the access request before that.
 */
type Named =
  | { readonly kind: 'access'; readonly request: AccessRequest }
  /** `accessRequest` is the one that the request carries out. */
  | { readonly kind: 'provisioning'; readonly accessRequest: AccessRequest | null };

async function findNamed(parts: CommandParts, id: string): Promise<Named> {
  const accessRequest = await eitherAccessRequest(parts, id);
  if (accessRequest === null) return { kind: 'provisioning', accessRequest };
  const { state } = accessRequest;
  const hasStarted = state.kind === 'started' || state.kind === 'finished';
  return accessRequest.id !== id && hasStarted
    ? { kind: 'provisioning', accessRequest }
    : { kind: 'access', request: accessRequest };
}

/** The requester may cancel a request of either kind. */
async function neededToCancel(
  parts: CommandParts,
  { caller }: Turn,
  { requestId }: CommandNamed<'cancel'>,
): Promise<Needed> {
  const named = await findNamed(parts, requestId);
  if (named.kind === 'provisioning')
    return {
      permission: 'request.cancel',
      isOwn: (await findAskerOf(parts.store.database, requestId)) === caller.id,
    };
  const { id, asker } = named.request;
  return {
    permission: 'access.cancel',
    isOwn: asker.id === caller.id,
    noteRefusal: () => recordRefusal(parts.store, id, caller.id, { why: 'role', tried: 'cancel' }),
  };
}

/** Cancel, by button or `cancel ID`: withdraws the tasks that have not been sent, and names those that have. */
async function cancel(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const named = await findNamed(parts, requestId);
  if (named.kind === 'access') return cancelAccess(parts, turn, named.request);
  const { accessRequest } = named;
  const found = await findOwnRequest(parts, turn, 'request.cancel', requestId);
  if (found.kind === 'reply') return found.reply;
  const { cancelled, alreadySent } = await cancelRequest(parts.store, found.request.id, turn.caller.id);
  if (cancelled > 0) {
    if (accessRequest !== null) {
      await noteCalledOff(parts.store, accessRequest.id, { id: turn.caller.id, name: turn.caller.name });
      parts.accessChanged(accessRequest.id);
    }
    const isTyped = turn.incoming.what.kind === 'text';
    if (isTyped) return say(turn.words, { kind: 'cancelledNow', id: found.request.id, count: cancelled });
    return cardOf(parts, found.request);
  }
  return say(turn.words, alreadySent > 0 ? { kind: 'alreadySent', sent: alreadySent } : { kind: 'nothingToCancel' });
}

/** Confirms a long list. A second click, or one on a list that has run already, shows the current card. */
async function confirm(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'provision.run', requestId);
  if (found.kind === 'reply') return found.reply;
  const confirmed = await confirmRequest(parts.store, found.request.id, turn.caller.id);
  if (confirmed.kind === 'expired') return say(turn.words, { kind: 'listExpired' });
  if (confirmed.kind === 'confirmed') parts.wake();
  return { kind: 'live', liveId: found.request.id };
}

export const cancelCommand = defineCommand({
  verb: 'cancel',
  permission: 'request.cancel',
  or: 'access.request',
  needs: neededToCancel,
  mayBeOwn: true,
  ground: 'job',
  chapter: 'requests',
  examples: ['cancel R7K3MQ'],
  tryIt: null,
  run: (parts, turn, { requestId }) => cancel(parts, turn, requestId),
});

export const confirmButton = defineButton({
  verb: 'confirm',
  permission: 'provision.run',
  ground: 'job',
  rolesAnew: 'clicked',
  run: (parts, turn, { requestId }) => confirm(parts, turn, requestId),
});
