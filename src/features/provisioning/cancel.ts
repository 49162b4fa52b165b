import { ticketExamples, ticketFor } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readRequestId, writeRequestId } from '../../chat/grammar/id-lines.ts';
import {
  type CommandParts,
  defineButton,
  defineCommand,
  type Needed,
  type Turn,
} from '../../chat/registry/define-command.ts';
import { sayNoneNamed, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { appNames } from '../../chat/views/app-names.ts';
import type { Application } from '../../graph/applications.ts';
import { cancelRequest, confirmRequest } from '../../requests/confirmation.ts';
import type { Request, Ticket } from '../../requests/request.ts';
import { findRequesterOf } from '../../requests/store.ts';
import { findOwnRequest, resolveRequest } from './own-request.ts';
import { say } from './problems.ts';
import { cardOf } from './request-cards.ts';

/**
 * The access request of this id. The id of a provisioning request that carries one out cancels either: the provisioning
 * request once it has started, the access request before that.
 */
async function findNamed(parts: CommandParts, id: string) {
  const accessRequest = await parts.registry.accessRequests.find(parts, id);
  const isProvisioning =
    accessRequest === null || (accessRequest.id !== id && accessRequest.progress.kind === 'started');
  return { accessRequest, isProvisioning };
}

/** The requester may cancel a request of either kind. */
async function neededToCancel(
  parts: CommandParts,
  { caller }: Turn,
  { requestId }: CommandOf<'cancel'>,
): Promise<Needed> {
  const { accessRequest, isProvisioning } = await findNamed(parts, requestId);
  if (accessRequest === null || isProvisioning)
    return {
      permission: 'request.cancel',
      isOwn: (await findRequesterOf(parts.store.database, requestId)) === caller.id,
    };
  return {
    permission: 'access.cancel',
    isOwn: accessRequest.requestedById === caller.id,
    noteRefusal: () => accessRequest.recordRefusal(caller.id),
  };
}

/** Cancel, by button or `cancel ID`: withdraws the tasks that have not been sent, and names those that have. */
async function cancel(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const { accessRequest, isProvisioning } = await findNamed(parts, requestId);
  if (accessRequest !== null && !isProvisioning) return accessRequest.cancel(turn);
  const found = await findOwnRequest(parts, turn, 'request.cancel', requestId);
  if (found.kind === 'reply') return found.reply;
  const { cancelled, alreadySent } = await cancelRequest(parts.store, found.request.id, turn.caller.id);
  if (cancelled > 0) {
    // Its second persons have cards of their own.
    if (found.request.removal !== undefined) parts.publish('cards', found.request.id);
    await accessRequest?.note('cancelled', { id: turn.caller.id, name: turn.caller.name });
    const isTyped = turn.incoming.what.kind === 'text';
    if (isTyped) return say(turn.words, { kind: 'cancelledNow', id: found.request.id, count: cancelled });
    return cardOf(parts, found.request.id);
  }
  return say(turn.words, alreadySent > 0 ? { kind: 'alreadySent', sent: alreadySent } : { kind: 'nothingToCancel' });
}

/** Confirms a long list. A second click, or one on a list that has run already, shows the current card. */
async function confirm(parts: CommandParts, turn: Turn, requestId: string, typed: string): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'provision.run', requestId);
  if (found.kind === 'reply') return found.reply;
  const { request } = found;
  // A removal has a button of its own, and other rules.
  if (request.removal !== undefined) return say(turn.words, { kind: 'staleButton' });
  const ticket = request.awaitsTicket === true ? await givenTicket(parts, turn, request, typed) : null;
  if (ticket !== null && 'kind' in ticket) return ticket;
  const confirmed = await confirmRequest(parts.store, request.id, turn.caller.id, { ticket });
  if (confirmed.kind === 'expired') return say(turn.words, { kind: 'listExpired' });
  if (confirmed.kind === 'confirmed') parts.publish('tasks', null);
  return { kind: 'live', liveId: request.id };
}

/** The ticket that the confirmation gives, or what to say without one. */
async function givenTicket(
  parts: CommandParts,
  turn: Turn,
  { apps, ticketUrl }: Request,
  typed: string,
): Promise<Ticket | Reply> {
  const known: Application[] = [];
  for (const { id } of apps) {
    const found = await parts.applications.find(id);
    if (!found.ok) return troubleReply(turn.words, found.trouble);
    if (found.value.kind === 'one') known.push(found.value.app);
  }
  const [example] = ticketExamples(parts, known);
  const app = appNames(turn.words, apps);
  return (
    ticketFor(parts, known, typed, ticketUrl === undefined ? [] : [{ ticketUrl }]) ??
    say(turn.words, { kind: 'ticketNotGiven', typed: typed === '' ? 'none' : typed, app, example })
  );
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `requestId` as printed on the card. */
    cancel: { readonly requestId: string };
  }
}

export const cancelCommand = defineCommand({
  verb: 'cancel',
  read: (words) => readRequestId('cancel', words),
  write: writeRequestId,
  permission: 'request.cancel',
  or: 'access.request',
  needs: neededToCancel,
  mayBeOwn: true,
  ground: 'job',
  chapter: 'requests',
  examples: ['cancel R7K3MQ'],
  tryIt: null,
  incomplete: async (parts, turn, _line, said) =>
    (await parts.registry.ownRequests(parts, turn, 'open', said)) ??
    sayNoneNamed(turn, 'cancel', said, 'my open requests'),
  resolve: resolveRequest,
  run: (parts, turn, { requestId }) => cancel(parts, turn, requestId),
});

export const confirmButton = defineButton({
  verb: 'confirm',
  permission: 'provision.run',
  ground: 'job',
  freshRoles: 'clicked',
  run: (parts, turn, { requestId, ticket = '' }) => confirm(parts, turn, requestId, ticket),
});
