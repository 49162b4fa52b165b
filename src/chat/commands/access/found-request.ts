import type { Caller } from '../../../access/caller.ts';
import { mayDecide } from '../../../access/deciding.ts';
import type { Fetched } from '../../../graph/answer.ts';
import { fetched } from '../../../graph/answer.ts';
import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import type { Reply } from '../../reply.ts';
import { type CommandParts, say, type Turn } from '../turn.ts';

/** Who decides on access to an app: those that `APPS_FILE` names for it, else nobody in particular. */
export async function approversOf(parts: CommandParts, appId: string): Promise<Fetched<readonly string[]>> {
  const found = await parts.applications.find(appId);
  if (!found.ok) return found;
  return fetched(found.value.kind === 'one' ? found.value.app.approvers : []);
}

/** Whether this caller may decide on this request: the right role, and neither its asker nor the person concerned. */
export function isTheirs(caller: Caller, request: AccessRequest, approvers: readonly string[]): boolean {
  return mayDecide(caller, approvers) && request.asker.id !== caller.id && request.subject.id !== caller.id;
}

/** There is no access request of this id: a slip when it was typed, an old card when it was clicked. */
export function unknownAccess(turn: Turn, id: string): Reply {
  const isTyped = turn.incoming.what.kind === 'text';
  return say(turn.words, isTyped ? { kind: 'unknownAccessRequest', id } : { kind: 'staleButton' });
}
