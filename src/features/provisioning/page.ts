import { deny } from '../../access/policy.ts';
import { type CommandParts, defineButton, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { findTasksPage } from '../../requests/overview.ts';
import type { Request } from '../../requests/request.ts';
import type { Stretch } from '../../requests/unassigned.ts';
import { PEOPLE_PER_PAGE, pageCard } from './cards/page-card.ts';
import { offerOf } from './draw.ts';
import { findOwnRequest } from './own-request.ts';

/** "Show all" of a list: every person, page by page, in their current state. */
async function page(parts: CommandParts, turn: Turn, requestId: string, number: number): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.retry', requestId);
  return found.kind === 'reply' ? found.reply : showPage(parts, turn, found.request, number);
}

export async function showPage(parts: CommandParts, turn: Turn, request: Request, number: number): Promise<Reply> {
  const pages = Math.max(1, Math.ceil(request.tasks.length / PEOPLE_PER_PAGE));
  const shown = Math.min(number, pages - 1);
  const tasks = await findTasksPage(parts.store.database, request.id, shown, PEOPLE_PER_PAGE);
  const canAssign = deny(turn.caller, 'request.assign') === null;
  const assigns = await offerOf(parts, request.id, { canAssign }, stretchOf(shown));
  return {
    kind: 'card',
    inPlace: true,
    message: pageCard(turn.words, { request, tasks, page: shown, pages, assigns }),
  };
}

/** Where a page begins and ends. */
export const stretchOf = (number: number): Stretch => ({
  from: number * PEOPLE_PER_PAGE,
  to: (number + 1) * PEOPLE_PER_PAGE,
});

export const pageButton = defineButton({
  verb: 'page',
  permission: 'request.retry',
  ground: 'job',
  run: (parts, turn, { requestId, page: number }) => page(parts, turn, requestId, number),
});
