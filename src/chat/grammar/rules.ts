import type { Command, Verb } from '../command.ts';
import { readAccessRequest, readBareRequest, readLooseRequest, writeAccessRequest } from './access-request.ts';
import { readCheck, readCheckQuestion, writeCheck } from './check.ts';
import { isNoName, withoutArticle, withoutEnding, writeCheckName } from './check-names.ts';
import {
  readBareExport,
  readExport,
  readHistory,
  readHistoryQuestion,
  readPage,
  writeExport,
  writeHistory,
} from './history.ts';
import { LEADING_WORDS, readName, writeName } from './names.ts';
import { readProvision, writeProvision } from './provision.ts';
import { readProvisionGroup, writeProvisionGroup } from './provision-group.ts';
import { readProvisionList, writeProvisionList } from './provision-list.ts';
import { readDenial, readRequestId, readStrictRequestId, writeDenial, writeRequestId } from './request-id.ts';
import { type CommandOf, incomplete, type Reading, type Rule } from './rule.ts';
import { readHowIs, readIsHealthy, readStatus, readWhichAre, readWrongWith, writeStatus } from './status.ts';
import { fold, toPhrases, type Word } from './tokens.ts';

/**
 * How each command is read and written. Its phrases are data, beside the messages. A decision needs its exact words; a
 * typo of them never decides.
 */
export const rules: { readonly [V in Verb]: Rule<CommandOf[V]> } = {
  provision: { read: readProvision, write: writeProvision },
  provisionList: { read: readProvisionList, write: writeProvisionList },
  provisionGroup: { read: readProvisionGroup, write: writeProvisionGroup },
  retry: { read: (words) => readRequestId('retry', words), write: writeRequestId },
  cancel: { read: (words) => readRequestId('cancel', words), write: writeRequestId },
  cancelAllBy: {
    questions: { sure: (words) => readCancelAll(words, true) },
    read: (words) => readCancelAll(words, false),
    write: ({ person, sure }) => `${sure ? 'confirm ' : ''}cancel all by ${writeName(person)}`,
  },
  requestAccess: { read: readAccessRequest, readLoose: readLooseRequest, write: writeAccessRequest },
  accessForm: { read: readBareRequest, write: () => 'request' },
  approve: { read: (words) => readStrictRequestId('approve', words), write: writeRequestId },
  deny: { read: readDenial, write: writeDenial },
  pending: {
    read: (words) => readPage('pending', words),
    write: ({ page }) => (page === 1 ? 'pending' : `pending ${page}`),
  },
  show: { read: (words) => readStrictRequestId('show', words), write: writeRequestId },
  sendApprovalsHere: {
    read: (words) => alone({ verb: 'sendApprovalsHere' }, words, 3),
    write: () => 'send approvals here',
  },
  stopSendingApprovals: {
    read: (words) => alone({ verb: 'stopSendingApprovals' }, words, 3),
    write: () => 'stop sending approvals',
  },
  approvalPlaces: { read: (words) => alone({ verb: 'approvalPlaces' }, words, 3), write: () => 'approval places' },
  removeApprovalPlace: {
    read: (words) => readRef('removeApprovalPlace', words),
    write: ({ ref }) => `remove approval place ${ref}`,
  },
  status: {
    questions: { howIs: readHowIs, isHealthy: readIsHealthy, whichAre: readWhichAre, wrongWith: readWrongWith },
    read: readStatus,
    write: writeStatus,
  },
  check: { read: readCheck, readLoose: readCheckQuestion, write: writeCheck },
  queue: { read: (words) => (unquoted(words) ? alone({ verb: 'queue' }, words, 2) : null), write: () => 'queue' },
  history: { read: readHistory, readLoose: readHistoryQuestion, write: writeHistory },
  requests: {
    read: (words) => readPage('requests', words),
    write: ({ page }) => (page === 1 ? 'requests' : `requests page ${page}`),
  },
  exportHistory: { read: readExport, readLoose: readBareExport, write: writeExport },
  watch: { read: (words) => readWatch('watch', words), write: writeWatch },
  removeWatch: { read: (words) => readRef('removeWatch', words), write: ({ ref }) => `remove watch ${ref}` },
  unwatch: { read: (words) => readWatch('unwatch', words), write: writeWatch },
  watches: { read: (words) => (unquoted(words) ? alone({ verb: 'watches' }, words, 2) : null), write: () => 'watches' },
  allWatches: {
    read: (words) => (unquoted(words) ? alone({ verb: 'allWatches' }, words, 2) : null),
    write: () => 'watches all',
  },
  apps: {
    read: (words) => ({ kind: 'command', command: { verb: 'apps', search: readName(words) } }),
    write: ({ search }) => (search === null ? 'apps' : `apps ${writeName(search)}`),
  },
  whoami: {
    read: (words) => ({ kind: words.length === 0 ? 'command' : 'nearly', command: { verb: 'whoami' } }),
    write: () => 'whoami',
  },
  help: {
    read: (words) => {
      const start = words.findIndex((word) => !LEADING_WORDS.has(fold(word)));
      return { kind: 'command', command: { verb: 'help', topic: start < 0 ? null : readName(words.slice(start)) } };
    },
    write: ({ topic }) => (topic === null ? 'help' : `help ${writeName(topic)}`),
  },
};

/** Where a watch reports, if the line says so; it reports to this conversation anyway. */
const HERE = toPhrases(`
  here | in here | in this channel | in this chat | in this group | in this conversation | in this team | in this thread
  to this channel | from here
`);

/** A command that is a whole line; with up to `most` more words it is only offered, with more not at all. */
function alone(command: Command, words: readonly Word[], most: number): Reading | null {
  if (words.length > most) return null;
  return { kind: words.length === 0 ? 'command' : 'nearly', command };
}

const unquoted = (words: readonly Word[]): boolean => words.every((word) => fold(word) !== '');

/** The reference that a list prints on each row, so that a line can name the row: eight hexadecimal digits. */
function readRef(verb: 'removeApprovalPlace' | 'removeWatch', words: readonly Word[]): Reading | null {
  const [only, ...more] = words;
  const ref = fold(only);
  return more.length === 0 && /^[0-9a-f]{8}$/.test(ref) ? { kind: 'command', command: { verb, ref } } : null;
}

function readWatch(verb: 'watch' | 'unwatch', words: readonly Word[]): Reading | null {
  const named = withoutArticle(withoutEnding(words, HERE));
  if (isNoName(named)) return null;
  const app = readName(named);
  return app === null ? incomplete(verb, 'app') : { kind: 'command', command: { verb, app } };
}

function writeWatch({ verb, app }: Extract<Command, { verb: 'watch' | 'unwatch' }>): string {
  return `${verb} ${writeCheckName(app)}`;
}

function readCancelAll(words: readonly Word[], sure: boolean): Reading | null {
  const person = readName(words);
  return person === null ? null : { kind: 'command', command: { verb: 'cancelAllBy', person, sure } };
}
