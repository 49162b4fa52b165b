import { type Basis, basisOf } from '../../access/basis.ts';
import { deny } from '../../access/policy.ts';
import { type CommandParts, defineButton, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import { confirmRequest } from '../../requests/confirmation.ts';
import type { Request } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { say } from './problems.ts';
import { cardClicked, maySecond, refuseSecond } from './second-person.ts';

/**
 * Confirms a removal. An operator confirms one that needs no second person. Otherwise an approver does who neither asked
 * for it nor is taken out by it. The button names a request and carries no right: all of it is read again here.
 */
async function confirmRemoval(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const request = await findRequest(parts.store.database, requestId);
  if (request?.removal === undefined) return say(turn.words, { kind: 'staleButton' });
  const may = await mayConfirm(parts, turn, request);
  if (!may.ok) return troubleReply(turn.words, may.trouble);
  if (may.value === null) return refuseSecond(parts, turn, request);
  const { id, name } = turn.caller;
  const confirmed = await confirmRequest({ ...parts.store, basis: may.value }, request.id, id, { confirmedBy: name });
  if (confirmed.kind === 'expired') return say(turn.words, { kind: 'removalExpired' });
  parts.publish('tasks', null);
  parts.publish('cards', request.id);
  return cardClicked(parts, turn, request.id);
}

async function mayConfirm(parts: CommandParts, { caller }: Turn, request: Request): Promise<Fetched<Basis | null>> {
  if (request.removal?.secondPerson === true) return maySecond(parts, caller, request);
  return fetched(deny(caller, 'removal.run') === null ? basisOf(caller, 'removal.run') : null);
}

export const removeNowButton = defineButton({
  verb: 'removeNow',
  permission: 'removal.confirm',
  appOnly: true,
  freshRoles: 'clicked',
  run: (parts, turn, { requestId }) => confirmRemoval(parts, turn, requestId),
});
