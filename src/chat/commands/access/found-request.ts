import type { Caller } from '../../../access/caller.ts';
import { mayDecide } from '../../../access/deciding.ts';
import { deny } from '../../../access/policy.ts';
import type { Fetched } from '../../../graph/answer.ts';
import { fetched } from '../../../graph/answer.ts';
import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import { personalKey } from '../../../requests/access-requests/places.ts';
import { findAccessRequest, findCarriedOutBy } from '../../../requests/access-requests/store.ts';
import type { Incoming } from '../../incoming.ts';
import type { CommandParts, Turn } from '../../registry/define-command.ts';
import type { Reply } from '../../reply.ts';
import { usersPageUrl } from '../../views/entra-link.ts';
import { say } from '../turn.ts';

/**
 * Who decides on access to an app: those that `APPS_FILE` names for it, else nobody in particular. Null where the app
 * cannot be found, or an entry of its name leads nowhere: whether it has approvers of its own is not known then, so
 * nobody decides.
 */
export async function approversOf(parts: CommandParts, appId: string): Promise<Fetched<Approvers>> {
  const found = await parts.applications.find(appId);
  if (!found.ok) return found;
  const app = found.value.kind === 'one' ? found.value.app : null;
  return fetched(app === null || app.unsettled === true ? null : app.approvers);
}

/** Whether the app is there, and an entry of `APPS_FILE` of its name leads to no app, or to several. */
export async function isUnsettledApp(parts: CommandParts, appId: string): Promise<boolean> {
  const found = await parts.applications.find(appId);
  return found.ok && found.value.kind === 'one' && found.value.app.unsettled === true;
}

export type Approvers = readonly string[] | null;

/** Whether this caller may decide on this request: the right role, and neither its asker nor the person concerned. */
export function isTheirs(caller: Caller, request: AccessRequest, approvers: Approvers): boolean {
  if (approvers === null) return false;
  return mayDecide(caller, approvers) && request.asker.id !== caller.id && request.subject.id !== caller.id;
}

/** Whether this caller may see this request: its asker, who decides on it, and operators. */
export function maySee(caller: Caller, request: AccessRequest, approvers: Approvers): boolean {
  const isAsker = request.asker.id === caller.id;
  return isAsker || isTheirs(caller, request, approvers) || deny(caller, 'access.cancel') === null;
}

/** The page on which people are assigned to the app, for who is told that an assignment may be left behind. */
export function assignmentsLink({ entraPortal }: CommandParts, { app }: AccessRequest): string {
  return usersPageUrl(entraPortal, app.id);
}

/** The access request of this id, or the one that the provisioning request of this id carries out; null for neither. */
export async function eitherAccessRequest({ store }: CommandParts, id: string): Promise<AccessRequest | null> {
  return (await findAccessRequest(store.database, id)) ?? findCarriedOutBy(store.database, id);
}

/** Tells the place of a message from others, as the record names it. */
export function placeKeyOf({ place, speaker }: Incoming): string {
  return place.kind === 'personal' ? personalKey(speaker.id) : place.key;
}

/** There is no access request of this id: a slip when it was typed, an old card when it was clicked. */
export function unknownAccess(turn: Turn, id: string): Reply {
  const isTyped = turn.incoming.what.kind === 'text';
  return say(turn.words, isTyped ? { kind: 'unknownAccessRequest', id } : { kind: 'staleButton' });
}
