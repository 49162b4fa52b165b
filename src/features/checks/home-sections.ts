import { deny } from '../../access/policy.ts';
import { markdownText } from '../../chat/cards/safe-text.ts';
import { type JobReading, jobWord, lastRanLine, otherJobLine, worstOther } from '../../chat/jobs/job-words.ts';
import { isTroubled, readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import {
  type CommandParts,
  HOME_ROWS,
  type HomePart,
  type HomeSection,
  type Turn,
} from '../../chat/registry/define-command.ts';
import { short } from '../../chat/views/parts.ts';
import { lookOf } from '../../chat/views/tone.ts';
import { byReader } from '../../db/database.ts';
import { entryId, entryName, entryResult, entrySubject } from './cards/entry-text.ts';
import { findEntries } from './history/pages.ts';

const longestName = 40;
/** More are counted as "at least". */
const mostCounted = 50;
/** An app not read by then is counted as not read. */
const patienceMs = 2_000;

async function readOwn(parts: CommandParts, { caller, words }: Turn): Promise<HomePart> {
  const open = { about: null, requestedById: caller.id, since: null, among: 'open' } as const;
  const database = byReader(parts.store.database);
  const found = (await findEntries(database, { ...open, after: null, limit: mostCounted + 1 })).entries;
  const now = parts.store.clock.now();
  const rows = found.slice(0, HOME_ROWS).map((entry) => {
    const { tone, text } = entryResult(words, entry, now);
    const person = entrySubject(words, entry, longestName);
    return {
      name: entryName(words, entry, { tone, nameLength: longestName }),
      line: words.card('history.result', { result: text }),
      opens: `show ${entryId(entry)}`,
      tooltip: words.plain('button.openOne', { request: entryId(entry), person }),
    };
  });
  return {
    rows,
    beyond: Math.min(found.length, mostCounted) - rows.length,
    isMore: found.length > mostCounted,
    note: rows.length === 0 ? words.card('home.noneOwn') : null,
  };
}

export const ownRequestsAtHome: HomeSection = {
  heading: 'home.own',
  all: 'my open requests',
  verb: 'requests',
  read: readOwn,
};

/** The apps in quarantine or with a failed run, worst first. */
async function readBroken(parts: CommandParts, { words }: Turn): Promise<HomePart | null> {
  const listing = await parts.applications.list();
  if (!listing.ok) return null;
  const apps = listing.value.items;
  const read = await readJobsOfAll(parts, apps, patienceMs);
  if (apps.length > 0 && read.every(({ status }) => status === 'unread') && read.some(isTroubled)) return null;
  const now = parts.store.clock.now();
  const broken = read
    .map(({ app, status, others }) => {
      const worse = worstOther(words, status, others);
      const shown: JobReading = worse ?? status;
      return { app, shown, state: jobWord(words, shown), job: worse === null ? null : otherJobLine(words, worse) };
    })
    .filter(({ state }) => state.tone === 'bad')
    .toSorted(
      (one, other) => one.state.rank - other.state.rank || one.app.displayName.localeCompare(other.app.displayName),
    );
  const rows = broken.slice(0, HOME_ROWS).map(({ app, shown, state, job }) => {
    const name = short(app.displayName, longestName);
    return {
      name: words.card('watches.rowState', { app: name, state: job ?? state.word, glyph: lookOf(state.tone).glyph }),
      line: markdownText(lastRanLine(words, shown, now) ?? ''),
      opens: parts.grammar.format({ verb: 'status', app: app.id }),
      tooltip: words.plain('home.openStatus', { app: name }),
    };
  });
  const readCount = read.filter(({ status }) => status !== 'unread').length;
  const isPart = readCount < apps.length || !listing.value.complete;
  const part = { read: readCount, count: apps.length, more: listing.value.complete ? 'no' : 'yes' };
  const none = rows.length === 0 ? words.card(isPart ? 'home.noneBrokenYet' : 'home.noneBroken') : null;
  return {
    rows,
    beyond: broken.length - rows.length,
    isMore: false,
    note: words.sentences([none, isPart ? words.card('statusList.part', part) : null]) || null,
  };
}

/** A requester who sees only their own people's requests is not asked to repair the sync. */
export const brokenAtHome: HomeSection = {
  heading: 'home.broken',
  all: 'status',
  verb: 'status',
  isFor: (caller) => deny(caller, 'others.show') === null,
  read: readBroken,
};
