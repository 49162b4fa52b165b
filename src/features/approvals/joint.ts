import { isVisible, type Visible } from '../../access/seeing.ts';
import type { ApprovalOfRequest, CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { viewpointOf } from '../../chat/views/viewpoint.ts';
import { cancelRequest } from '../../requests/confirmation.ts';
import { findFailedTasks } from '../../requests/overview.ts';
import { requeueTasks } from '../../requests/queue.ts';
import { type AccessRequest, mayRetryLapsed } from './access-requests/access-request.ts';
import { actOnAll, noteCalledOff } from './access-requests/acting.ts';
import { lookNow } from './access-requests/due.ts';
import { type JointRequest, referencesOf } from './access-requests/joint-request.ts';
import { act, recordRefusal } from './access-requests/store.ts';
import { drawJoint } from './draw-joint-card.ts';
import { approversOf, isTheirs, showHere } from './found-request.ts';
import { say } from './problems.ts';
import { clickedAccessCard } from './retry-access.ts';

/** What a caller does with a joint request as a whole: to show it, to cancel it, to retry what did not go well. */
export function jointApproval(parts: CommandParts, joint: JointRequest): ApprovalOfRequest {
  const { id, lines } = joint;
  return {
    id,
    requestedById: lines[0].requestedBy.id,
    progress: { kind: 'notStarted', retry: (turn) => retryJoint(parts, turn, joint) },
    recordRefusal: (callerId) => recordRefusal(parts.store, id, callerId, { why: 'role', tried: 'cancel' }),
    cancel: (turn) => cancelJoint(parts, turn, joint),
    // A joint request has no provisioning request of its own.
    note: () => Promise.resolve(),
    clickedCard: (turn) => clickedCard(parts, turn, joint),
  };
}

/** Whether the caller may see all of it. */
export const isJointVisible = ({ lines }: JointRequest, visible: Visible): boolean =>
  lines.every(({ requestedBy, subject }) => isVisible(visible, requestedBy.id, [subject.id]));

/** Its card, live in this conversation; a snapshot without typed texts where others read along. */
export async function showJoint(
  parts: CommandParts,
  turn: Turn,
  joint: JointRequest,
  readAlong: boolean,
): Promise<Reply> {
  const theirs = new Set<string>();
  for (const line of joint.lines) {
    const approvers = await approversOf(parts, line.app.id, line);
    if (approvers.ok && isTheirs(turn.caller, line, approvers.value)) theirs.add(line.id);
  }
  const audience = theirs.size > 0 ? 'approvers' : 'requester';
  if (readAlong) {
    const viewpoint = await viewpointOf(parts, turn.caller, false);
    const shown = { audience, isTheirs: ({ id }: AccessRequest) => theirs.has(id), readAlong, viewpoint } as const;
    return { kind: 'card', message: await drawJoint(parts, turn.words, joint, shown) };
  }
  const groups = new Set(joint.lines.filter((line) => theirs.has(line.id)).map((line) => line.joint?.group));
  const [group = joint.id, ...others] = groups;
  return showHere(parts, turn, others.length > 0 ? joint.id : group, audience);
}

async function cancelJoint(parts: CommandParts, turn: Turn, joint: JointRequest): Promise<Reply> {
  const { store } = parts;
  const by = { id: turn.caller.id, name: turn.caller.name };
  const ids = joint.lines.map(({ id }) => id);
  const acted = await actOnAll(store, ids, { kind: 'cancel', by });
  let count = acted.filter(({ kind }) => kind === 'done').length;
  let sent = 0;
  for (const { accessRequest } of acted) {
    if (accessRequest.state.kind !== 'started') continue;
    const { cancelled } = await cancelRequest(store, accessRequest.state.requestId, by.id);
    if (cancelled > 0) await noteCalledOff(store, accessRequest.id, by);
    if (cancelled > 0) count += 1;
    else sent += 1;
  }
  parts.publish('access', joint.id);
  if (count === 0) return say(turn.words, sent > 0 ? { kind: 'alreadySent', sent } : { kind: 'nothingToCancel' });
  return (
    (await clickedCard(parts, turn, joint)) ?? say(turn.words, { kind: 'cancelledJoint', id: joint.id, count, sent })
  );
}

/** Runs again what did not go well: nothing that was approved needs another approval. */
async function retryJoint(parts: CommandParts, turn: Turn, joint: JointRequest): Promise<Reply> {
  const { store } = parts;
  const by = { id: turn.caller.id, name: turn.caller.name };
  let count = 0;
  for (const { id, state, heldUp } of joint.lines) {
    if (state.kind === 'approved' && heldUp !== null && (await lookNow(store, id, by.id))) count += 1;
    if (state.kind === 'lapsed' && mayRetryLapsed(state.why))
      count += (await act(store, id, { kind: 'retry', by })).kind === 'done' ? 1 : 0;
    if (state.kind !== 'finished') continue;
    const failed = await findFailedTasks(store.database, state.requestId);
    if ((await requeueTasks(store, state.requestId, failed, by.id)) === 0) continue;
    await act(store, id, { kind: 'retry', by });
    count += 1;
  }
  parts.publish('access', joint.id);
  parts.publish('tasks', null);
  const clicked = await clickedCard(parts, turn, joint);
  if (clicked !== null) return clicked;
  return say(
    turn.words,
    count > 0 ? { kind: 'retried', id: joint.id, count } : { kind: 'nothingToRetry', id: joint.id },
  );
}

async function clickedCard(parts: CommandParts, turn: Turn, joint: JointRequest): Promise<Reply | null> {
  for (const reference of referencesOf(joint)) {
    const clicked = await clickedAccessCard(parts, turn, reference);
    if (clicked !== null) return clicked;
  }
  return null;
}
