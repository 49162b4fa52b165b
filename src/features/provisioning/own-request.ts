import type { Permission } from '../../access/caller.ts';
import type { CommandOf } from '../../chat/command.ts';
import { commands, type Resolved, refused } from '../../chat/offers/resolved.ts';
import type { CommandParts, Lookup, Turn } from '../../chat/registry/define-command.ts';
import { missingFor } from '../../chat/registry/run.ts';
import { type Answered, answered, refuseOnGround, troubleReply } from '../../chat/registry/turn.ts';
import type { Request } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { say } from './problems.ts';

export type RequestFound = { readonly kind: 'request'; readonly request: Request } | Answered;

/**
 * Finds a stored request that the caller may act on. Buttons and typed ids only name it, so the permission is checked
 * again for the request's source: a caller who may provision only from Active Directory may act only on that. A
 * requester needs no permission to cancel their own request.
 */
export async function findOwnRequest(
  parts: CommandParts,
  turn: Turn,
  permission: Permission,
  requestId: string,
): Promise<RequestFound> {
  const request = await findRequest(parts.store.database, requestId);
  if (permission === 'request.cancel' && request?.requestedBy.id === turn.caller.id)
    return { kind: 'request', request };
  if (request === null) {
    const isTyped = turn.incoming.what.kind === 'text';
    // "retry Parker": letters alone may be a name.
    const among = permission === 'request.cancel' ? 'open' : 'failed';
    const named =
      isTyped && !/\d/.test(requestId) ? await parts.registry.ownRequests(parts, turn, among, [requestId]) : null;
    if (named !== null) return answered(named);
    return answered(say(turn.words, isTyped ? { kind: 'unknownRequest', id: requestId } : { kind: 'staleButton' }));
  }

  // Its tasks run by the requester's sign-in, which no other caller may use.
  const isOthers = parts.graphAccess === 'delegated' && request.requestedBy.id !== turn.caller.id;
  if (isOthers && permission !== 'request.cancel')
    return answered(say(turn.words, { kind: 'othersRequest', id: request.id }));
  for (const { app, jobId, subject } of new Map(request.tasks.map((one) => [one.jobId, one])).values()) {
    const rule = await parts.synchronization.findRule(app.id, jobId, subject.type);
    if (!rule.ok) return answered(troubleReply(turn.words, rule.trouble));
    const ground = { cloudSync: rule.value?.source === 'activeDirectory' };
    const outOfBounds = await refuseOnGround(parts, turn, permission, ground);
    if (outOfBounds !== null) return answered(outOfBounds);
  }
  return { kind: 'request', request };
}

/** A stored request that the caller may retry or cancel. */
export async function resolveRequest(look: Lookup, command: CommandOf<'retry' | 'cancel'>): Promise<Resolved> {
  const { parts, turn } = look;
  const { verb, requestId } = command;
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return look.denied(lacking);
  const accessRequest = verb === 'cancel' ? await parts.registry.accessRequests.find(parts, requestId) : null;
  if (accessRequest?.id === requestId) return commands(command);
  const found = await findOwnRequest(parts, turn, verb === 'retry' ? 'request.retry' : 'request.cancel', requestId);
  return found.kind === 'request' ? commands(command) : refused(() => Promise.resolve(found.reply));
}
