import type { Command, Parsed, Verb } from '../command.ts';
import { readEntries } from './entries.ts';
import { GROUP_MISTYPED, LEADING_WORDS, readName, writeName } from './names.ts';
import { readProvisionGroup, writeProvisionGroup } from './provision-group.ts';
import { readProvisionList, readUnannouncedList, writeProvisionList } from './provision-list.ts';
import { readRequestId, writeRequestId } from './request-id.ts';
import { addressIn, splitAtSeparator } from './separators.ts';
import { fold, type Word } from './words.ts';

/** The member of the union that a verb stands for. */
export type CommandOf = { readonly [C in Command as C['verb']]: C };

/** What a rule makes of the words after its spelling. */
export type Reading<C extends Command = Command> =
  | { readonly kind: 'command'; readonly command: C }
  /** Understood by a guess, e.g. with the two parts in the other order: it is offered, never done. */
  | { readonly kind: 'nearly'; readonly command: C }
  | Extract<Parsed, { kind: 'incomplete' }>;

export interface Rule<C extends Command> {
  /** Lower case. The first is canonical: near misses are measured against it. Of all that fit, the longest wins. */
  readonly spellings: readonly [string, ...string[]];
  /** Other words for it that may mean something else as well: what follows them is offered, never done. */
  readonly looseSpellings?: readonly string[];
  /** Words that look like the verb mistyped and mean something else, or its opposite. */
  readonly notSpellings?: readonly string[];
  /**
   * Null when the words are not this command after all; then the next best rule is asked. A rule may find that the
   * words are a sibling of its command, as "provision" is told from "provision users" by the number of addresses.
   */
  read(words: readonly Word[]): Reading | null;
  /** The canonical line; reading it gives the command back. */
  write(command: C): string;
}

/** Slips for "users". They count only before a list, since they might be a name. */
const USERS_MISTYPED: ReadonlySet<string> = new Set(['uesrs', 'usres', 'uers', 'usrs', 'userss', 'useres', 'suers']);

/** Every command of the chat. A new one is a member of `Command` and one rule here. */
export const rules: { readonly [V in Verb]: Rule<CommandOf[V]> } = {
  provision: {
    spellings: ['provision', 'provision user'],
    looseSpellings: ['add', 'add user', 'create', 'create user', 'onboard', 'sync'],
    notSpellings: ['deprovision', 'unprovision'],
    read: readProvision,
    write: ({ subject, app }) => `provision user ${writeName(subject)} to ${writeName(app)}`,
  },
  provisionList: {
    spellings: [
      ...(['provision users', 'provision people', 'provision the users', 'provision these users'] as const),
      ...(['provision these people', 'provision the following', 'provision the following users'] as const),
      ...(['provision the following people'] as const),
    ],
    notSpellings: ['deprovisionusers', 'unprovisionusers', 'provisionuser'],
    read: readProvisionList,
    write: writeProvisionList,
  },
  provisionGroup: {
    spellings: ['provision group', 'provision the group', 'provision a group'],
    notSpellings: ['deprovisiongroup', 'unprovisiongroup'],
    read: readProvisionGroup,
    write: writeProvisionGroup,
  },
  retry: {
    spellings: ['retry'],
    notSpellings: ['entry', 'reply', 'ready', 'really', 'relay', 'retro', 'return', 'retire', 'try', 'rely'],
    read: (words) => readRequestId('retry', words),
    write: writeRequestId,
  },
  cancel: {
    spellings: ['cancel'],
    notSpellings: ['channel', 'cancer', 'candle', 'camel', 'panel', 'handle', 'canceled', 'cancelled', 'chance'],
    read: (words) => readRequestId('cancel', words),
    write: writeRequestId,
  },
  apps: {
    spellings: [
      ...(['apps', 'applications', 'list apps', 'list the apps', 'list all apps', 'list applications'] as const),
      ...(['show apps', 'show me apps', 'show me the apps', 'show applications', 'which apps', 'what apps'] as const),
    ],
    read: (words) => ({ kind: 'command', command: { verb: 'apps', search: readName(words) } }),
    write: ({ search }) => (search === null ? 'apps' : `apps ${writeName(search)}`),
  },
  whoami: {
    spellings: ['whoami', 'who am i', 'who i am'],
    read: (words) => ({ kind: words.length === 0 ? 'command' : 'nearly', command: { verb: 'whoami' } }),
    write: () => 'whoami',
  },
  help: {
    spellings: [
      ...(['help', '?', 'hi', 'hello', 'hey', 'commands', 'menu', 'usage', 'start', 'good morning'] as const),
      ...(['how do i', 'how can i', 'how to', 'what can you do', 'what can i do', 'what do you do'] as const),
    ],
    read: (words) => {
      const start = words.findIndex((word) => !LEADING_WORDS.has(fold(word)));
      return { kind: 'command', command: { verb: 'help', topic: start < 0 ? null : readName(words.slice(start)) } };
    },
    write: ({ topic }) => (topic === null ? 'help' : `help ${writeName(topic)}`),
  },
};

function readProvision(words: readonly Word[]): Reading {
  const subjectStart = words.findIndex((word) => fold(word) !== 'user' && fold(word) !== 'the');
  const rest = subjectStart < 0 ? [] : words.slice(subjectStart);
  const parts = splitAtSeparator(rest);
  const other = readOther(rest, parts?.before ?? []);
  if (other !== null) return other;
  if (parts === null) return readWithoutSeparator(rest);

  const subject = (parts.before.length === 1 ? addressIn(parts.before[0]) : null) ?? readName(parts.before);
  const app = readName(parts.after);
  if (subject === null) return incomplete('subject');
  if (app === null) return incomplete('app');

  // "Salesforce for adele@contoso.com": the same words in the other order.
  const swapped = parts.separator === 'for' && parts.after.length === 1 ? addressIn(parts.after[0]) : null;
  if (swapped !== null && addressIn(parts.before[0]) === null) {
    return { kind: 'nearly', command: { verb: 'provision', subject: swapped, app: subject } };
  }
  // "Adele Vance <adele@contoso.com>", as mail programs copy it. Offered only: the other words might be a second person.
  const addresses = parts.before.flatMap((word) => (word.quoted ? [] : (addressIn(word) ?? [])));
  const [address] = addresses;
  if (parts.before.length > 1 && address !== undefined && addresses.length === 1) {
    return { kind: 'nearly', command: { verb: 'provision', subject: address, app } };
  }
  return { kind: 'command', command: { verb: 'provision', subject, app } };
}

/** The words after "provision" as a list or a group, where they are one or probably meant to be; else null. */
function readOther(words: readonly Word[], subject: readonly Word[]): Reading | null {
  const first = fold(words[0]);
  if (GROUP_MISTYPED.has(first)) {
    const group = readProvisionGroup(words.slice(1));
    if (group.kind !== 'incomplete') return { ...group, kind: 'nearly' };
  }
  if (USERS_MISTYPED.has(first) && readEntries(subject).length > 1) {
    const list = readProvisionList(words.slice(1));
    if (list.kind !== 'incomplete') return { ...list, kind: 'nearly' };
  }
  return readUnannouncedList(words, subject);
}

/** "provision adele@contoso.com Salesforce" is clear enough to be offered; "provision Adele Vance" is half a command. */
function readWithoutSeparator(words: readonly Word[]): Reading<CommandOf['provision']> {
  if (readName(words) === null) return incomplete('subject');
  const subject = addressIn(words[0]);
  const app = readName(words.slice(1));
  if (subject === null || app === null) return incomplete('app', words);
  return { kind: 'nearly', command: { verb: 'provision', subject, app } };
}

function incomplete(missing: 'subject' | 'app', words: readonly Word[] = []): Extract<Parsed, { kind: 'incomplete' }> {
  return { kind: 'incomplete', verb: 'provision', missing, said: words.map((word) => word.text) };
}
