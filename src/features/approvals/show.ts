import type { Caller } from '../../access/caller.ts';
import { deny } from '../../access/policy.ts';
import { isVisible, type Visible, visibleTo } from '../../access/seeing.ts';
import { assertNever } from '../../assert-never.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readStrictRequestId, writeRequestId } from '../../chat/grammar/id-lines.ts';
import { commands, missing, refused } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import { missingFor } from '../../chat/registry/run.ts';
import { recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { type Viewpoint, viewpointOf } from '../../chat/views/viewpoint.ts';
import type { Request, Task } from '../../requests/request.ts';
import { findRequest, findRequesterOf } from '../../requests/store.ts';
import { drawPart, drawRequest } from '../provisioning/draw.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { findJoint, type JointRequest } from './access-requests/joint-request.ts';
import { findAccessRequest } from './access-requests/store.ts';
import { drawAccess } from './draw-access-card.ts';
import { approversOf, isTheirs, showHere } from './found-request.ts';
import { isJointVisible, showJoint } from './joint.ts';
import { say } from './problems.ts';

/**
 * `show ID`: shows a request's card again, to callers who may see it. An access request gets another live card; a
 * provisioning request has its own, so this one is a snapshot.
 */
export async function show(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const visible = await visibleTo(parts.access, turn.caller);
  if (!visible.ok) return troubleReply(turn.words, visible.trouble);
  const found = await findVisible(parts, turn.caller, visible.value, id);
  const readAlong = !parts.isOpenPlace(turn.incoming.conversation);
  if (readAlong && isOfOthers(turn.caller, found)) return notShownHere(turn, id);
  switch (found.kind) {
    case 'joint':
      return showJoint(parts, turn, found.joint, readAlong);
    case 'access':
      return showAccess(parts, turn, found.accessRequest, readAlong);
    case 'whole': {
      const question = await parts.registry.waitingRemovals.ask(parts, turn, id);
      if (question !== null) return question;
      const viewpoint = await viewpointHere(parts, turn);
      const drawing = await drawRequest(parts, id, turn.incoming.conversation, {
        viewpoint,
        canRetry: mayRetry(parts, turn, found.requestedById),
        canAssign: deny(turn.caller, 'request.assign') === null,
        readAlong,
      });
      if (drawing !== null) return { kind: 'card', message: drawing.content };
      return say(turn.words, { kind: 'unknownRequest', id });
    }
    case 'part':
      return {
        kind: 'card',
        message: drawPart(parts, turn.words, found.request, found.tasks, await viewpointHere(parts, turn)),
      };
    case 'none':
      return refuseUnseen(parts, turn, id, found.isThere);
    case 'unknown':
      return say(turn.words, { kind: 'unknownRequest', id });
    default:
      return assertNever(found, 'request');
  }
}

const viewpointHere = (parts: CommandParts, { caller, incoming }: Turn): Promise<Viewpoint> =>
  viewpointOf(parts, caller, incoming.place.kind === 'personal');

export type VisibleRequest =
  | { readonly kind: 'joint'; readonly joint: JointRequest }
  | { readonly kind: 'access'; readonly accessRequest: AccessRequest }
  | { readonly kind: 'whole'; readonly requestedById: string }
  /** Another person's request for several people, of whom only these concern the caller. */
  | { readonly kind: 'part'; readonly request: Request; readonly tasks: readonly Task[] }
  /** The caller may see nothing of this id, and is told only that. */
  | { readonly kind: 'none'; readonly isThere: boolean }
  | { readonly kind: 'unknown' };

/** The request of this id, as much as the caller may see. */
export async function findVisible(
  { store }: CommandParts,
  caller: Caller,
  visible: Visible,
  id: string,
): Promise<VisibleRequest> {
  const joint = await findJoint(store.database, id);
  if (joint !== null)
    return isJointVisible(joint, visible) ? { kind: 'joint', joint } : { kind: 'none', isThere: true };
  const accessRequest = await findAccessRequest(store.database, id);
  if (accessRequest !== null) {
    const { requestedBy, subject } = accessRequest;
    return isVisible(visible, requestedBy.id, [subject.id])
      ? { kind: 'access', accessRequest }
      : { kind: 'none', isThere: true };
  }
  if (visible.kind === 'all') {
    const requestedById = await findRequesterOf(store.database, id);
    return requestedById === null ? { kind: 'unknown' } : { kind: 'whole', requestedById };
  }
  const request = await findRequest(store.database, id);
  if (request === null) return { kind: 'none', isThere: false };
  const requestedById = request.requestedBy.id;
  if (requestedById === caller.id) return { kind: 'whole', requestedById };
  const tasks = request.tasks.filter(({ subject }) => isVisible(visible, request.requestedBy.id, [subject.id]));
  if (tasks.length === 0) return { kind: 'none', isThere: true };
  return tasks.length === request.tasks.length && request.leftOut.length === 0
    ? { kind: 'whole', requestedById }
    : { kind: 'part', request, tasks };
}

function isOfOthers(caller: Caller, found: VisibleRequest): boolean {
  if (found.kind === 'joint') return found.joint.lines[0].requestedBy.id !== caller.id;
  if (found.kind === 'access') return found.accessRequest.requestedBy.id !== caller.id;
  return found.kind === 'part' || (found.kind === 'whole' && found.requestedById !== caller.id);
}

/** With individual sign-in, a request runs by the sign-in of the person who made it alone. */
function mayRetry({ graphAccess }: CommandParts, { caller }: Turn, requestedById: string): boolean {
  return deny(caller, 'request.retry') === null && (graphAccess !== 'delegated' || requestedById === caller.id);
}

/** Others read along: another person's request is shown only in the caller's personal chat. */
function notShownHere({ words }: Turn, id: string): Reply {
  return say(words, { kind: 'notShownHere', id }, [{ label: 'inPersonal', verb: 'personal', text: `show ${id}` }]);
}

/** Uses the same words whether the request exists or not. */
async function refuseUnseen(parts: CommandParts, turn: Turn, id: string, isThere: boolean): Promise<Reply> {
  if (isThere)
    await recordAudit(parts, turn.caller.id, 'denied', { permission: 'others.show', reason: 'notTheirs', request: id });
  return say(turn.words, { kind: 'requestNotSeen', id });
}

async function showAccess(parts: CommandParts, turn: Turn, request: AccessRequest, readAlong: boolean): Promise<Reply> {
  const approvers = await approversOf(parts, request.app.id, request);
  if (!approvers.ok) return troubleReply(turn.words, approvers.trouble);
  const decides = isTheirs(turn.caller, request, approvers.value);
  const audience = decides ? 'approvers' : 'requester';
  if (readAlong) {
    const factsReader = decides
      ? ({ kind: 'approver', personId: turn.caller.id } as const)
      : ({ kind: 'requester', personId: null } as const);
    return { kind: 'card', message: (await drawAccess(parts, turn.words, request, factsReader, true)).message };
  }
  return showHere(parts, turn, request.id, audience);
}

/** A request that the caller may see. */
async function resolveShow({ parts, turn, denied, troubled }: Lookup, command: CommandOf<'show'>) {
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return denied(lacking);
  const { requestId } = command;
  const visible = await visibleTo(parts.access, turn.caller);
  if (!visible.ok) return troubled(visible.trouble);
  const found = await findVisible(parts, turn.caller, visible.value, requestId);
  if (found.kind === 'none') return refused(() => refuseUnseen(parts, turn, requestId, found.isThere));
  return found.kind === 'unknown' ? missing({ kind: 'unknownRequest', id: requestId }) : commands(command);
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Shows a request's card again. */
    show: { readonly requestId: string };
  }
}

export const showCommand = defineCommand({
  verb: 'show',
  read: (words) => readStrictRequestId('show', words),
  write: writeRequestId,
  permission: 'history.show',
  inPersonalChat: true,
  chapter: 'requests',
  examples: ['show R7K3MQ'],
  tryIt: null,
  resolve: resolveShow,
  run: (parts, turn, { requestId }) => show(parts, turn, requestId),
});
