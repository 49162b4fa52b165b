import type { Command } from '../command.ts';
import type { Reply } from '../reply.ts';
import { whoami } from '../views/whoami.ts';
import { cancelAccess } from './access/cancel-access.ts';
import { decide } from './access/decide.ts';
import { accessForm } from './access/form.ts';
import { eitherAccessRequest } from './access/found-request.ts';
import { pending } from './access/pending.ts';
import { sendApprovalsHere, stopSendingApprovals } from './access/places.ts';
import { requestAccess } from './access/request-access.ts';
import { show } from './access/show.ts';
import { apps } from './apps.ts';
import { cancel } from './cancel.ts';
import { cancelAllBy } from './cancel-all.ts';
import { check } from './checks/check.ts';
import { exportHistory } from './checks/export.ts';
import { history, requests } from './checks/history.ts';
import { queue } from './checks/queue.ts';
import { status } from './checks/status.ts';
import { unwatch, watch, watches } from './checks/watch.ts';
import { allWatches, approvalPlaces, removeApprovalPlace, removeWatchOf } from './grants.ts';
import { help, refuseImpossible } from './help.ts';
import { provision } from './provision.ts';
import { provisionGroup } from './provision-group.ts';
import { provisionList } from './provision-list.ts';
import { retry } from './retry.ts';
import type { CommandParts, Turn } from './turn.ts';

/** Runs a parsed command. Each case is a file next to this one. */
export async function runCommand(parts: CommandParts, turn: Turn, command: Command): Promise<Reply> {
  const refusal = await refuseImpossible(parts, turn, command.verb);
  if (refusal !== null) return refusal;
  switch (command.verb) {
    case 'provision':
      return provision(parts, turn, command);
    case 'provisionList':
      return provisionList(parts, turn, command);
    case 'provisionGroup':
      return provisionGroup(parts, turn, command);
    case 'retry':
      return retry(parts, turn, command.requestId);
    case 'cancel':
      return cancelEither(parts, turn, command.requestId);
    case 'requestAccess':
      return requestAccess(parts, turn, command);
    case 'accessForm':
      return accessForm(parts, turn);
    case 'approve':
      return decide(parts, turn, command.requestId, { kind: 'approve' });
    case 'deny':
      return decide(parts, turn, command.requestId, { kind: 'deny', reason: command.reason });
    case 'pending':
      return pending(parts, turn, command.page);
    case 'show':
      return show(parts, turn, command.requestId);
    case 'sendApprovalsHere':
      return sendApprovalsHere(parts, turn);
    case 'stopSendingApprovals':
      return stopSendingApprovals(parts, turn);
    case 'approvalPlaces':
      return approvalPlaces(parts, turn);
    case 'removeApprovalPlace':
      return removeApprovalPlace(parts, turn, command.ref);
    case 'cancelAllBy':
      return cancelAllBy(parts, turn, command);
    case 'allWatches':
      return allWatches(parts, turn);
    case 'removeWatch':
      return removeWatchOf(parts, turn, command.ref);
    case 'status':
      return status(parts, turn, command);
    case 'check':
      return check(parts, turn, command);
    case 'queue':
      return queue(parts, turn);
    case 'history':
      return history(parts, turn, command);
    case 'requests':
      return requests(parts, turn, command.page);
    case 'exportHistory':
      return exportHistory(parts, turn, command);
    case 'watch':
      return watch(parts, turn, command);
    case 'unwatch':
      return unwatch(parts, turn, command);
    case 'watches':
      return watches(parts, turn);
    case 'apps':
      return apps(parts, turn, command.search);
    case 'whoami':
      return { kind: 'card', message: whoami(turn.words, { caller: turn.caller }) };
    case 'help':
      return help(parts, turn, command.topic);
    default: {
      const never: never = command;
      throw new Error(`unexpected command ${JSON.stringify(never)}`);
    }
  }
}

/**
 * Cancels by either kind of id; access requests and provisioning requests never share one. The id of a provisioning
 * request that carries out an access request cancels either: the started tasks, or the waiting approval.
 */
export async function cancelEither(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const accessRequest = await eitherAccessRequest(parts, id);
  if (accessRequest === null) return cancel(parts, turn, id, null);
  const { state } = accessRequest;
  const isNamed = accessRequest.id === id;
  const hasStarted = state.kind === 'started' || state.kind === 'finished';
  return !isNamed && hasStarted ? cancel(parts, turn, id, accessRequest) : cancelAccess(parts, turn, accessRequest);
}
