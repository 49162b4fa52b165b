import type { Caller } from '../../access/caller.ts';
import { readPage } from '../../chat/grammar/short-lines.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { findPending } from './access-requests/store.ts';
import { pendingList } from './cards/pending-list.ts';
import { approversOf, isTheirs } from './found-request.ts';

const perPage = 10;
/** Rows read at a time, since requests that other approvers decide on are skipped. */
const atOnce = 100;

/** `pending [page]`: the requests that wait for the caller's decision, oldest first. */
async function pending(parts: CommandParts, turn: Turn, page: number): Promise<Reply> {
  const found = await findTheirs(parts, turn.caller, page * perPage + 1);
  if (!found.ok) return troubleReply(turn.words, found.trouble);
  const theirs = found.value;
  const items = theirs.slice((page - 1) * perPage, page * perPage).map((accessRequest) => ({ accessRequest }));
  const now = parts.store.clock.now();
  const more = theirs.length > page * perPage;
  return { kind: 'card', inPlace: true, message: pendingList(turn.words, { items, page, more, now }) };
}

/** The requests that wait for this caller's decision, oldest first: `wanted` of them, or a few more. */
export async function findTheirs(
  parts: CommandParts,
  caller: Caller,
  wanted: number,
): Promise<Fetched<readonly AccessRequest[]>> {
  const theirs: AccessRequest[] = [];
  for (let offset = 0; theirs.length < wanted; offset += atOnce) {
    const some = await findPending(parts.store.database, { limit: atOnce, offset });
    for (const request of some) {
      const approvers = await approversOf(parts, request.app.id);
      if (!approvers.ok) return approvers;
      if (isTheirs(caller, request, approvers.value)) theirs.push(request);
    }
    if (some.length < atOnce) break;
  }
  return fetched(theirs);
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Lists what waits for the caller's decision; pages count from 1. */
    pending: { readonly page: number };
  }
}

export const pendingCommand = defineCommand({
  verb: 'pending',
  read: (words) => readPage('pending', words),
  write: ({ page }) => (page === 1 ? 'pending' : `pending ${page}`),
  permission: 'access.decide',
  appOnly: true,
  chapter: 'decide',
  examples: ['pending', 'pending 2'],
  offeredByTeams: { personal: 6, team: 5, groupChat: 5 },
  tryIt: 'pending',
  run: (parts, turn, { page }) => pending(parts, turn, page),
});
