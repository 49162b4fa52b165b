import { findTasksPage } from '../../requests/overview.ts';
import type { Reply } from '../reply.ts';
import { pageCard } from '../views/page-card.ts';
import { findOwnRequest } from './own-request.ts';
import type { CommandParts, Turn } from './turn.ts';

/** As many people as a card holds and an eye takes in. */
const pageSize = 25;

/** "Show all" of a list: everybody, page by page, as they stand now. */
export async function page(parts: CommandParts, turn: Turn, requestId: string, number: number): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'request.retry', requestId);
  if (found.kind === 'reply') return found.reply;
  const { request } = found;
  const pages = Math.max(1, Math.ceil(request.tasks.length / pageSize));
  const shown = Math.min(Math.max(number, 0), pages - 1);
  const tasks = await findTasksPage(parts.store.database, request.id, shown, pageSize);
  return { kind: 'card', message: pageCard(turn.words, { request, tasks, page: shown, pages }) };
}
