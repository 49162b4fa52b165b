import { type CommandParts, defineButton, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { CardAction, Reply } from '../../chat/reply.ts';
import { assignAndRequeue } from '../../requests/unassigned.ts';
import { findAssignable } from './assignable.ts';
import { findOwnRequest } from './own-request.ts';
import { showPage, stretchOf } from './page.ts';
import { say } from './problems.ts';

/**
 * "Assign and provision" on the result of people who are not assigned: where `APPS_FILE` lets operators, Usher assigns
 * the app role that it names, and then provisions them again, on the same card; on a page of a list the people of that
 * page. Everything is read anew for the click, and a second one finds no person to assign and shows the current card.
 */
async function assign(
  parts: CommandParts,
  turn: Turn,
  { requestId, page }: Extract<CardAction, { verb: 'assign' }>,
): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.assign', requestId);
  if (found.kind === 'reply') return found.reply;
  const stretch = page === undefined ? undefined : stretchOf(page);
  const assignable = await findAssignable(parts, requestId, stretch);
  if (!assignable.ok) return troubleReply(turn.words, assignable.trouble);
  const { roles, unassigned } = assignable.value;
  if (unassigned > 0 && roles.size === 0) return say(turn.words, { kind: 'assignsNothing' });
  const count = await assignAndRequeue(parts.store, requestId, roles, turn.caller.id, stretch);
  if (count > 0) parts.publish('tasks', null);
  return page === undefined ? { kind: 'live', liveId: requestId } : showPage(parts, turn, found.request, page);
}

export const assignButton = defineButton({
  verb: 'assign',
  permission: 'request.assign',
  appOnly: true,
  freshRoles: 'clicked',
  run: assign,
});
