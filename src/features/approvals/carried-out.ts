import { requestFor } from '../../chat/offers/resolved.ts';
import type { AccessRequests, ApprovalOfRequest, CommandParts } from '../../chat/registry/define-command.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { noteCalledOff } from './access-requests/acting.ts';
import { findJoint } from './access-requests/joint-request.ts';
import { act, recordRefusal } from './access-requests/store.ts';
import { cancelAccess } from './cancel-access.ts';
import { eitherAccessRequest } from './found-request.ts';
import { jointApproval } from './joint.ts';
import { removalApprovers } from './removal-approvers.ts';
import { requestAccess } from './request-access.ts';
import { clickedAccessCard, retryAccess } from './retry-access.ts';
import { findVisible } from './show.ts';

/** The access requests that provisioning requests carry out, for the commands that take either id. */
export const accessRequests: AccessRequests = {
  ...removalApprovers,
  async find(parts, id) {
    const joint = await findJoint(parts.store.database, id);
    if (joint !== null) return jointApproval(parts, joint);
    const request = await eitherAccessRequest(parts, id);
    return request === null ? null : approvalOf(parts, request);
  },
  requestInstead: (parts, turn, command) => requestAccess(parts, turn, requestFor(command), 'provision'),
  async waitingOf({ store }, personId) {
    const rows = await store.database.query
      .selectFrom('access_requests')
      .select(['id', 'requested_by_name'])
      .where('requested_by_id', '=', personId)
      .where('state', 'in', ['pending', 'approved'])
      .execute();
    return { ids: rows.map(({ id }) => id), name: rows[0]?.requested_by_name ?? null };
  },
  async cancelWaiting(parts, ids, by) {
    let cancelled = 0;
    for (const id of ids) {
      if ((await act(parts.store, id, { kind: 'cancel', by })).kind === 'done') cancelled += 1;
      parts.publish('access', id);
    }
    return cancelled;
  },
  isVisible: async (parts, { caller }, visible, id) => (await findVisible(parts, caller, visible, id)).kind !== 'none',
};

function approvalOf(parts: CommandParts, request: AccessRequest): ApprovalOfRequest {
  const { id, requestedBy, state } = request;
  const { store, publish } = parts;
  return {
    id,
    requestedById: requestedBy.id,
    progress:
      state.kind === 'started' || state.kind === 'finished'
        ? { kind: 'started', requestId: state.requestId }
        : { kind: 'notStarted', retry: (turn) => retryAccess(parts, turn, { ...request, state }) },
    recordRefusal: (callerId) => recordRefusal(store, id, callerId, { why: 'role', tried: 'cancel' }),
    cancel: (turn) => cancelAccess(parts, turn, request),
    async note(what, by) {
      if (what === 'cancelled') await noteCalledOff(store, id, by);
      else await act(store, id, { kind: 'retry', by });
      publish('access', id);
    },
    clickedCard: (turn) => clickedAccessCard(parts, turn, id),
  };
}
