import type { Caller } from '../../access/caller.ts';
import { deny } from '../../access/policy.ts';
import { type CommandParts, defineButton, type Turn } from '../../chat/registry/define-command.ts';
import { recordAudit } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { confirmRequest } from '../../requests/confirmation.ts';
import type { Request } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { say } from './problems.ts';

/**
 * Confirms a removal. An operator confirms one that needs no second person. Otherwise an approver does who neither asked
 * for it nor is taken out by it. The button names a request and carries no right: all of it is read again here.
 */
async function confirmRemoval(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const request = await findRequest(parts.store.database, requestId);
  if (request?.removal === undefined) return say(turn.words, { kind: 'staleButton' });
  if (!mayConfirm(turn.caller, request)) {
    await recordAudit(parts, turn.caller.id, 'denied', { permission: 'removal.confirm', request: request.id });
    return say(turn.words, { kind: 'removalNotYours' });
  }
  const confirmed = await confirmRequest(parts.store, request.id, turn.caller.id);
  if (confirmed.kind === 'expired') return say(turn.words, { kind: 'removalExpired' });
  parts.publish('tasks', null);
  return { kind: 'live', liveId: request.id };
}

function mayConfirm(caller: Caller, { removal, requestedBy, tasks }: Request): boolean {
  if (removal?.secondPerson !== true) return deny(caller, 'removal.run') === null;
  const isConcerned = caller.id === requestedBy.id || tasks.some(({ subject }) => subject.id === caller.id);
  return !isConcerned && deny(caller, 'access.decide') === null;
}

export const removeNowButton = defineButton({
  verb: 'removeNow',
  permission: 'removal.confirm',
  appOnly: true,
  freshRoles: 'clicked',
  run: (parts, turn, { requestId }) => confirmRemoval(parts, turn, requestId),
});
