import {
  type CommandParts,
  HOME_ROWS,
  type HomePart,
  type HomeSection,
  type Turn,
} from '../../chat/registry/define-command.ts';
import { askedIn, pendingName, pendingNames } from './cards/pending-list.ts';
import { findTheirs, withLines } from './pending.ts';

/** More are counted as "at least". */
const mostCounted = 50;

/** What waits for the caller's decision, oldest first. */
async function read(parts: CommandParts, { caller, words }: Turn): Promise<HomePart | null> {
  const found = await findTheirs(parts, caller, mostCounted + 1);
  if (!found.ok) return null;
  const theirs = found.value.slice(0, mostCounted);
  const now = parts.store.clock.now();
  const items = await withLines(parts.store.database, theirs.slice(0, HOME_ROWS));
  const rows = items.map((item) => {
    const names = pendingNames(words, item);
    return {
      name: pendingName(words, item),
      line: words.card('pending.asked', { ...names, time: words.moment(askedIn(item).createdAt, now) }),
      opens: `show ${names.request}`,
      tooltip: words.plain('button.openOne', names),
    };
  });
  return {
    rows,
    beyond: theirs.length - rows.length,
    isMore: found.value.length > theirs.length,
    note: rows.length === 0 ? words.card('pending.none') : null,
  };
}

export const decisionsAtHome: HomeSection = { heading: 'home.decisions', all: 'pending', verb: 'pending', read };
