import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { cancelRequest } from '../../requests/confirmation.ts';
import { sentCalls } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { type AccessRequest, leftOfAssignment } from './access-requests/access-request.ts';
import { noteCalledOff } from './access-requests/acting.ts';
import { mayBeDone } from './access-requests/awaiting.ts';
import { act } from './access-requests/store.ts';
import { assignmentsLink } from './found-request.ts';
import { say } from './problems.ts';
import { clickedAccessCard } from './retry-access.ts';

/** Cancels an access request: its requester may while it waits, an operator until its call has been sent. */
export async function cancelAccess(parts: CommandParts, turn: Turn, request: AccessRequest): Promise<Reply> {
  const by = { id: turn.caller.id, name: turn.caller.name };
  const acted = await act(parts.store, request.id, { kind: 'cancel', by });
  const isDone = acted.kind === 'done' || (await calledOff(parts, acted, by));
  parts.publish('access', request.id);
  if (!isDone) {
    const sent = acted.kind === 'unchanged' && acted.accessRequest.state.kind === 'started';
    return say(turn.words, sent ? { kind: 'alreadySent', sent: 1 } : { kind: 'nothingToCancel' });
  }
  const clicked = await clickedAccessCard(parts, turn, request.id);
  return clicked ?? taken(parts, turn, acted.kind === 'unknown' ? request : acted.accessRequest);
}

/** A started access request is a provisioning request already; its task may still be in the queue. */
async function calledOff(
  parts: CommandParts,
  acted: Awaited<ReturnType<typeof act>>,
  by: AccessRequest['requestedBy'],
): Promise<boolean> {
  if (acted.kind !== 'unchanged' || acted.accessRequest.state.kind !== 'started') return false;
  const { id, state } = acted.accessRequest;
  const { cancelled } = await cancelRequest(parts.store, state.requestId, by.id);
  if (cancelled > 0) await noteCalledOff(parts.store, id, by);
  return cancelled > 0;
}

/** Says the same as the card: an assignment may remain, and so may the effect of an earlier call. */
async function taken(parts: CommandParts, { words }: Turn, request: AccessRequest): Promise<Reply> {
  const { id, subject, app, state } = request;
  const { database } = parts.store;
  const run = 'requestId' in state ? await findRequest(database, state.requestId) : null;
  const [task] = run?.tasks ?? [];
  const left = leftOfAssignment(request, task ?? null);
  const triedBefore = (await mayBeDone(database, request)) ? 1 : 0;
  const attempts = task === undefined ? triedBefore : sentCalls(task);
  const link = left === 'none' ? null : assignmentsLink(parts, request);
  return say(words, { kind: 'cancelledAccess', id, person: subject.name, app: app.name, left, attempts }, [], link);
}
