import { deny } from '../../access/policy.ts';
import type { CommandOf } from '../../chat/command.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import { pageAlone } from '../../chat/grammar/short-lines.ts';
import type { Word } from '../../chat/grammar/tokens.ts';
import { namesAll } from '../../chat/offers/unsaid.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { byReader } from '../../db/database.ts';
import { entryId } from './cards/entry-text.ts';
import { ENTRIES_PER_PAGE, historyCard } from './cards/history-card.ts';
import type { Among, HistoryEntry } from './history/history-entry.ts';
import { findEntries, findEntriesPage } from './history/pages.ts';

/** `requests [open|failed] [page]`: the caller's own requests; `my request`: the only open one. */
async function requests(parts: CommandParts, turn: Turn, command: CommandOf<'requests'>): Promise<Reply> {
  if (command.among === 'one') {
    const [only, second] = await entriesOf(parts, turn, 'open', 2);
    if (only === undefined || second !== undefined) return requests(parts, turn, { verb: 'requests', page: 1 });
    return runCommand(parts, turn, { verb: 'show', requestId: entryId(only) });
  }
  const { page, among = null } = command;
  const filter = { about: null, requestedById: turn.caller.id, since: null, among };
  const found = await findEntriesPage(byReader(parts.store.database), filter, page - 1, ENTRIES_PER_PAGE);
  const lineOf = (number: number) => parts.grammar.format({ ...command, page: number });
  return list(parts, turn, {
    entries: found.entries,
    among,
    page,
    older: found.more ? lineOf(page + 1) : null,
    newer: page > 1 ? lineOf(page - 1) : null,
  });
}

interface Listed {
  readonly entries: readonly HistoryEntry[];
  readonly among: Among | null;
  readonly page: number;
  readonly older: string | null;
  readonly newer: string | null;
}

function list(parts: CommandParts, turn: Turn, listed: Listed): Reply {
  const message = historyCard(turn.words, {
    ...listed,
    about: null,
    since: null,
    scope: 'own',
    mayRetry: deny(turn.caller, 'request.retry') === null,
    elsewhere: null,
    now: parts.store.clock.now(),
  });
  return { kind: 'card', inPlace: true, message };
}

async function entriesOf(parts: CommandParts, { caller }: Turn, among: Among, limit: number) {
  const filter = { about: null, requestedById: caller.id, since: null, among };
  const found = await findEntries(byReader(parts.store.database), { ...filter, after: null, limit });
  return found.entries;
}

/** A person seldom has more open at once, and looks no further back for a failure. */
const mostSearched = 50;

/**
 * The caller's own requests that a line without an id may mean, each with its button: all open or failed ones, or those
 * whose person and app have all of the words. Null where no request has them.
 */
export async function ownRequests(
  parts: CommandParts,
  turn: Turn,
  among: Among,
  said: readonly string[],
): Promise<Reply | null> {
  if (said.length === 0) return requests(parts, turn, { verb: 'requests', among, page: 1 });
  const entries = (await entriesOf(parts, turn, among, mostSearched)).filter(({ subject, apps }) =>
    namesAll(said, [subject?.name, subject?.label, ...apps.map(({ name }) => name)]),
  );
  if (entries.length === 0) return null;
  return list(parts, turn, { entries, among, page: 1, older: null, newer: null });
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Lists the caller's own requests. `one`: shows the open one where there is just one, else lists all. */
    requests: { readonly page: number; readonly among?: Among | 'one' };
  }
}

const reads =
  (among?: CommandOf<'requests'>['among']) =>
  (words: readonly Word[]): Reading | null => {
    const page = pageAlone(words);
    return page === null
      ? null
      : { kind: 'command', command: { verb: 'requests', page, ...(among === undefined ? {} : { among }) } };
  };

const LINES = { open: 'my open requests', failed: 'my failed requests', one: 'my request' } as const;

export const requestsCommand = defineCommand({
  verb: 'requests',
  read: reads(),
  questions: { one: reads('one'), open: reads('open'), failed: reads('failed') },
  write: ({ page, among }) => `${among === undefined ? 'requests' : LINES[among]}${page === 1 ? '' : ` page ${page}`}`,
  permission: 'history.show',
  chapter: 'requests',
  examples: ['requests', 'my open requests', 'requests page 2'],
  offeredByTeams: { personal: 5, groupChat: 6 },
  tryIt: 'requests',
  run: requests,
});
