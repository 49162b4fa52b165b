import type { Command } from '../command.ts';
import { readCheck, readCheckQuestion, writeCheck } from './check.ts';
import { isNoName, withoutArticle, withoutEnding, writeCheckName } from './check-names.ts';
import {
  readBareExport,
  readExport,
  readHistory,
  readHistoryQuestion,
  readRequests,
  writeExport,
  writeHistory,
} from './history.ts';
import { readName } from './names.ts';
import { readRef } from './refs.ts';
import type { CommandOf, Reading, Rule } from './rule.ts';
import { readHowIs, readIsHealthy, readStatus, readWhichAre, readWrongWith, writeStatus } from './status.ts';
import { fold, toPhrases, type Word } from './words.ts';

type CheckVerb =
  | 'status'
  | 'check'
  | 'queue'
  | 'history'
  | 'requests'
  | 'exportHistory'
  | 'watch'
  | 'unwatch'
  | 'watches'
  | 'allWatches'
  | 'removeWatch';

/** Where a watch reports, if the line says so; it reports to this conversation anyway. */
const HERE = toPhrases([
  ...['here', 'in here', 'in this channel', 'in this chat', 'in this group', 'in this conversation', 'in this team'],
  ...['in this thread', 'to this channel', 'from here'],
]);

/** Quick checks and the history. They only read, except for adding and removing watches. */
export const checkRules: { readonly [V in CheckVerb]: Rule<CommandOf[V]> } = {
  status: {
    spellings: [
      ...(['status', 'health', 'check status', 'check the status', 'check health', 'sync status'] as const),
      ...(['sync health', 'provisioning status', 'statuses'] as const),
      ...asked('status'),
      ...asked('health'),
      ...asked('sync status'),
    ],
    notSpellings: [
      ...[
        'starts',
        'statue',
        'statues',
        'statute',
        'static',
        'statics',
        'stays',
        'states',
        'stars',
        'stacks',
        'startup',
        'startups',
      ],
      ...['stages', 'stated', 'situs'],
    ],
    questions: [
      { spellings: ['how is', "how's", 'hows', 'how are'], read: readHowIs },
      { spellings: ['is', 'are'], read: readIsHealthy },
      {
        spellings: ['which apps are', 'what apps are', 'are any apps', 'is any app', 'which app is'],
        read: readWhichAre,
      },
      { spellings: ['what is wrong with', "what's wrong with", 'whats wrong with'], read: readWrongWith },
    ],
    read: readStatus,
    write: writeStatus,
  },
  check: {
    spellings: ['check', 'check user', 'double check'],
    looseSpellings: [
      ...(['why is', "why isn't", 'why is not', 'why was', "why wasn't", 'why does', "why doesn't"] as const),
      ...(['why does not', 'why did', "why didn't", "why can't", 'why cannot', 'why can not', 'why has'] as const),
      ...(["why hasn't", 'why has not', 'is', "isn't", 'does', "doesn't", 'has', 'was', 'did', 'can'] as const),
      ...(['verify', 'look up', 'lookup'] as const),
    ],
    notSpellings: [
      ...[
        'cheek',
        'cheeky',
        'chuck',
        'chick',
        'chess',
        'chest',
        'chock',
        'checked',
        'heck',
        'checks',
        'click',
        'chalk',
      ],
      ...['czech', 'clock', 'chunk', 'whack', 'checker', 'cheap'],
    ],
    read: readCheck,
    readLoose: readCheckQuestion,
    write: writeCheck,
  },
  queue: {
    spellings: [
      ...(['queue', 'queue status', 'check queue', 'check the queue', 'status of the queue', 'queue state'] as const),
      ...asked('queue'),
      ...(['what is in the queue', "what's in the queue", 'what is queued', "what's queued", 'what runs'] as const),
      ...([
        'what runs now',
        'what is running',
        "what's running",
        'what is running now',
        'what runs and waits',
      ] as const),
    ],
    notSpellings: ['query', 'queen', 'quest', 'quite', 'quote'],
    read: (words) => alone({ verb: 'queue' }, words),
    write: () => 'queue',
  },
  history: {
    spellings: ['history', ...asked('history'), 'check history', 'check the history', 'change history', 'full history'],
    looseSpellings: [
      'what happened to',
      'what happened with',
      'what happened in',
      'who provisioned',
      'audit',
      'audit log',
    ],
    notSpellings: ['story', 'victory', 'historic', 'hickory'],
    read: readHistory,
    readLoose: readHistoryQuestion,
    write: writeHistory,
  },
  requests: {
    spellings: [
      ...(['my requests', 'requests', 'own requests', 'my own requests', 'my history', 'show requests'] as const),
      ...(['list requests', 'show my history', 'my open requests', 'check my requests', 'my request'] as const),
      ...asked('my requests'),
      ...(['status of my requests', 'status of my request', 'what have i asked for', 'what did i ask for'] as const),
      ...(['what have i requested', 'what did i request'] as const),
    ],
    read: readRequests,
    write: ({ page }) => (page === 1 ? 'requests' : `requests page ${page}`),
  },
  exportHistory: {
    spellings: [
      ...([
        'export history',
        'export the history',
        'history export',
        'export all history',
        'download history',
      ] as const),
      ...(['download the history', 'export full history', 'export the full history', 'export of the history'] as const),
    ],
    looseSpellings: ['export', 'export records', 'export the records', 'export audit log'],
    read: readExport,
    readLoose: readBareExport,
    write: writeExport,
  },
  watch: {
    spellings: ['watch', 'start watching', 'watch app', 'watch over', 'keep watching'],
    looseSpellings: ['monitor', 'keep an eye on', 'follow', 'subscribe to', 'watching'],
    notSpellings: [
      ...[
        'match',
        'catch',
        'water',
        'batch',
        'hatch',
        'patch',
        'witch',
        'which',
        'latch',
        'wrath',
        'watcher',
        'watched',
      ],
      ...['swatch', 'dutch', 'notch', 'fetch', 'ditch', 'pitch', 'switch', 'march', 'welch'],
    ],
    read: (words) => readWatch('watch', words),
    write: writeWatch,
  },
  removeWatch: {
    spellings: ['remove watch', 'remove the watch'],
    read: (words) => readRef('removeWatch', words),
    write: ({ ref }) => `remove watch ${ref}`,
  },
  unwatch: {
    spellings: [
      ...([
        'unwatch',
        'stop watching',
        "don't watch",
        'do not watch',
        'no longer watch',
        'un watch',
        'un-watch',
      ] as const),
      ...(['stop monitoring', 'unwatch app', 'no more watching', 'quit watching'] as const),
    ],
    looseSpellings: ['unfollow', 'unsubscribe from', 'stop following', 'stop watch', 'remove watch'],
    notSpellings: ['unmatch', 'unwatched', 'unlatch', 'watch', 'fnmatch', 'onmatch'],
    read: (words) => readWatch('unwatch', words),
    write: writeWatch,
  },
  watches: {
    spellings: [
      ...(['watches', 'watch list', 'watchlist', 'watched apps', 'what is watched', "what's watched"] as const),
      ...(['what is watched here', "what's watched here", 'what is being watched', 'what do you watch'] as const),
      ...(['what are you watching', 'which apps are watched', 'which apps are watched here', 'my watches'] as const),
      ...(['which apps do you watch', 'what do we watch', 'what are we watching', 'watched'] as const),
      ...asked('watches'),
      ...asked('watched apps'),
    ],
    notSpellings: [
      ...[
        'matches',
        'catches',
        'batches',
        'hatches',
        'patches',
        'latches',
        'watcher',
        'watchers',
        'washes',
        'matched',
        'matcher',
        'matchers',
      ],
      ...['caches', 'switches', 'patched', 'fetches', 'witches'],
    ],
    read: (words) => alone({ verb: 'watches' }, words),
    write: () => 'watches',
  },
  allWatches: {
    spellings: ['watches all', 'all watches', 'show all watches', 'list all watches', 'watches everywhere'],
    read: (words) => alone({ verb: 'allWatches' }, words),
    write: () => 'watches all',
  },
};

function asked(what: string): string[] {
  return [
    ...[`the ${what}`, `show ${what}`, `show the ${what}`, `show me ${what}`, `show me the ${what}`, `list ${what}`],
    ...[`list the ${what}`, `what is the ${what}`, `what's the ${what}`, `get ${what}`, `see ${what}`],
  ];
}

function readWatch(verb: 'watch' | 'unwatch', words: readonly Word[]): Reading | null {
  const named = withoutArticle(withoutEnding(words, HERE));
  if (isNoName(named)) return null;
  const app = readName(named);
  return app === null
    ? { kind: 'incomplete', verb, missing: 'app', said: [] }
    : { kind: 'command', command: { verb, app } };
}

function writeWatch({ verb, app }: Extract<Command, { verb: 'watch' | 'unwatch' }>): string {
  return `${verb} ${writeCheckName(app)}`;
}

/** A command that is a whole line; with a few more words it is only offered, with many not at all. */
function alone(command: CommandOf['queue' | 'watches' | 'allWatches'], words: readonly Word[]): Reading | null {
  if (words.length > 2 || words.some((word) => fold(word) === '')) return null;
  return { kind: words.length === 0 ? 'command' : 'nearly', command };
}
