import type { Caller } from '../../access/caller.ts';
import { pageAlone } from '../../chat/grammar/short-lines.ts';
import { offer } from '../../chat/offers/offer.ts';
import { namesAll } from '../../chat/offers/unsaid.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Database } from '../../db/database.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import type { AppRef, Person, Subject } from '../../requests/request.ts';
import { type AccessRequest, askedId } from './access-requests/access-request.ts';
import { findJoint } from './access-requests/joint-request.ts';
import { findPending } from './access-requests/store.ts';
import { askedIn, type PendingItem, pendingList } from './cards/pending-list.ts';
import { approversOf, isTheirs } from './found-request.ts';

const perPage = 10;
/** Rows read at a time, since requests that other approvers decide on are skipped. */
const atOnce = 100;

/** `pending [page]`: what waits for the caller's decision, oldest first. */
async function pending(parts: CommandParts, turn: Turn, page: number): Promise<Reply> {
  const theirs = await findTheirs(parts, turn.caller, page * perPage + 1);
  return theirs.ok ? list(parts, turn, theirs.value, page) : troubleReply(turn.words, theirs.trouble);
}

/** What waits for this caller's decision and `isMeant` accepts by its names, oldest first: `wanted`, or a few more. */
export async function findTheirs(
  parts: CommandParts,
  caller: Caller,
  wanted: number,
  isMeant: (names: readonly (string | null)[]) => boolean = () => true,
): Promise<Fetched<readonly PendingItem[]>> {
  const theirs: AccessRequest[] = [];
  for (let offset = 0; theirs.length < wanted; offset += atOnce) {
    const some = await findPending(parts.store.database, { limit: atOnce, offset });
    for (const request of some.filter((one) => isMeant(namesIn([one.subject], [one.app], one.requestedBy)))) {
      // A joint request is one item, whichever of its lines wait.
      if (request.joint != null && theirs.some(({ joint }) => joint?.id === request.joint?.id)) continue;
      const approvers = await approversOf(parts, request.app.id, request);
      if (!approvers.ok) return approvers;
      if (isTheirs(caller, request, approvers.value)) theirs.push(request);
    }
    if (some.length < atOnce) break;
  }
  const removals = await parts.registry.waitingRemovals.theirs(parts, caller);
  if (!removals.ok) return removals;
  const meant = removals.value.filter(({ tasks, apps, requestedBy }) =>
    isMeant(
      namesIn(
        tasks.map(({ subject }) => subject),
        apps,
        requestedBy,
      ),
    ),
  );
  return fetched(
    [
      ...theirs.map((accessRequest): PendingItem => ({ kind: 'access', accessRequest })),
      ...meant.map((request): PendingItem => ({ kind: 'removal', request })),
    ].toSorted((one, other) => askedIn(one).createdAt - askedIn(other).createdAt),
  );
}

const namesIn = (
  people: readonly Pick<Subject, 'name' | 'label'>[],
  apps: readonly AppRef[],
  requestedBy: Person,
): readonly (string | null)[] => [
  ...people.flatMap(({ name, label }) => [name, label]),
  ...apps.map(({ name }) => name),
  requestedBy.name,
];

async function list(parts: CommandParts, turn: Turn, theirs: readonly PendingItem[], page: number): Promise<Reply> {
  const shown = theirs.slice((page - 1) * perPage, page * perPage);
  const items = await withLines(parts.store.database, shown);
  const now = parts.store.clock.now();
  const more = theirs.length > page * perPage;
  return { kind: 'card', inPlace: true, message: pendingList(turn.words, { items, page, more, now }) };
}

/** Each with all that was asked for in the same line. */
export async function withLines(database: Database, items: readonly PendingItem[]): Promise<PendingItem[]> {
  const whole: PendingItem[] = [];
  for (const item of items) {
    const joint = item.kind === 'access' ? item.accessRequest.joint : null;
    const together = joint == null ? null : await findJoint(database, joint.id);
    whole.push(item.kind === 'removal' || together === null ? item : { ...item, lines: together.lines });
  }
  return whole;
}

/**
 * "approve isaiah", "deny": a decision on a request that the line does not name by its id. Of those that wait for the
 * caller's decision, and whose person and app have all of the words, one is shown with its buttons and several are
 * listed; null where words were said and no request has them. A typed reason is offered with the denial.
 */
export async function pendingNamed(
  parts: CommandParts,
  turn: Turn,
  said: readonly string[],
  reason: string | null = null,
): Promise<Reply | null> {
  const found = await findTheirs(parts, turn.caller, perPage + 1, (names) => namesAll(said, names));
  if (!found.ok) return troubleReply(turn.words, found.trouble);
  const [only, second] = found.value;
  if (only === undefined && said.length > 0) return null;
  // The pages are those of all requests, so more than one page of named ones is told by the whole list.
  if (found.value.length > perPage) return pending(parts, turn, 1);
  if (only === undefined || second !== undefined) return list(parts, turn, found.value, 1);
  if (only.kind === 'removal') return runCommand(parts, turn, { verb: 'show', requestId: only.request.id });
  const requestId = askedId(only.accessRequest);
  const denial = { verb: 'deny', requestId, reason } as const;
  if (reason !== null) return offer(parts, turn, { guesses: [{ command: denial }], leftOut: [] });
  return runCommand(parts, turn, { verb: 'show', requestId });
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Lists what waits for the caller's decision; pages count from 1. */
    pending: { readonly page: number };
  }
}

export const pendingCommand = defineCommand({
  verb: 'pending',
  read(words) {
    const page = pageAlone(words);
    return page === null ? null : { kind: 'command', command: { verb: 'pending', page } };
  },
  write: ({ page }) => (page === 1 ? 'pending' : `pending ${page}`),
  permission: 'access.decide',
  appOnly: true,
  chapter: 'decide',
  examples: ['pending', 'pending 2'],
  offeredByTeams: { personal: 6, team: 5, groupChat: 5 },
  tryIt: 'pending',
  run: (parts, turn, { page }) => pending(parts, turn, page),
});
