import { type CommandParts, defineButton, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { findTasksPage } from '../../requests/overview.ts';
import { PEOPLE_PER_PAGE, pageCard } from './cards/page-card.ts';
import { findOwnRequest } from './own-request.ts';

/** "Show all" of a list: every person, page by page, in their current state. */
async function page(parts: CommandParts, turn: Turn, requestId: string, number: number): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.retry', requestId);
  if (found.kind === 'reply') return found.reply;
  const { request } = found;
  const pages = Math.max(1, Math.ceil(request.tasks.length / PEOPLE_PER_PAGE));
  const shown = Math.min(number, pages - 1);
  const tasks = await findTasksPage(parts.store.database, request.id, shown, PEOPLE_PER_PAGE);
  return { kind: 'card', inPlace: true, message: pageCard(turn.words, { request, tasks, page: shown, pages }) };
}

export const pageButton = defineButton({
  verb: 'page',
  permission: 'request.retry',
  ground: 'job',
  run: (parts, turn, { requestId, page: number }) => page(parts, turn, requestId, number),
});
