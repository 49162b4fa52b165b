import type { CommandOf } from '../../chat/command.ts';
import { bracketedAddress, readEntries } from '../../chat/grammar/entries.ts';
import { GROUP_MISTYPED, readName } from '../../chat/grammar/names.ts';
import { incomplete, offered, type Reading } from '../../chat/grammar/rule.ts';
import { addressIn, splitAtSeparator } from '../../chat/grammar/separators.ts';
import { readTimed, writeTimed, writeTimedApps, writeTimedName } from '../../chat/grammar/terms.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { readProvisionGroup } from './group-line.ts';
import { readProvisionList, readUnannouncedList, withoutApp } from './list-line.ts';

type ProvisionCommand = CommandOf<'provision'>;

/** Typos of "users". They count only before a list, since they may be names. */
const USERS_MISTYPED: ReadonlySet<string> = new Set(['uesrs', 'usres', 'uers', 'usrs', 'userss', 'useres', 'suers']);

/** The words after "provision" or "provision user". */
export function readProvision(words: readonly Word[]): Reading {
  return readTimed(words, readUntimed);
}

function readUntimed(words: readonly Word[]): Reading {
  const subjectStart = words.findIndex((word) => fold(word) !== 'user' && fold(word) !== 'the');
  const rest = subjectStart < 0 ? [] : words.slice(subjectStart);
  const parts = splitAtSeparator(rest);
  const other = readOther(rest, parts?.before ?? []);
  if (other !== null) return other;
  if (parts === null) return readWithoutSeparator(rest);

  const subject = (parts.before.length === 1 ? addressIn(parts.before[0]) : null) ?? readName(parts.before);
  const app = readName(parts.after);
  if (subject === null) return incomplete('provision', 'subject');
  if (app === null) return incomplete('provision', 'app');

  // "Salesforce for adele@contoso.com": the same words in the other order.
  const swapped = parts.separator === 'for' && parts.after.length === 1 ? addressIn(parts.after[0]) : null;
  if (swapped !== null && addressIn(parts.before[0]) === null) {
    const isKit = parts.before.length > 1 && fold(parts.before.at(-1)) === 'kit';
    return { kind: isKit ? 'command' : 'nearly', command: { verb: 'provision', subject: swapped, app: subject } };
  }
  // Only offered: the other words may be a second person.
  if (parts.before.length > 1 && parts.before.some((word) => !word.quoted && addressIn(word) !== null)) {
    return { kind: 'nearly', command: { verb: 'provision', subject: contactIn(parts.before) ?? subject, app } };
  }
  return { kind: 'command', command: { verb: 'provision', subject, app } };
}

/** The address of "Adele Vance <adele@contoso.com>", as copied from mail programs. */
function contactIn(words: readonly Word[]): string | null {
  const [only, second] = readEntries(words);
  const last = words.at(-1);
  const isContact = second === undefined && only?.isDoubtful === false && last !== undefined;
  return isContact ? bracketedAddress(last) : null;
}

export function writeProvision({ subject, app, ...said }: ProvisionCommand): string {
  return writeTimed(`provision user ${writeTimedName(subject)} to ${writeTimedApps(app)}`, said);
}

/** The words after "provision" as a list or a group, if they are or may be one; else null. */
function readOther(words: readonly Word[], subject: readonly Word[]): Reading | null {
  const first = fold(words[0]);
  if (GROUP_MISTYPED.has(first)) {
    const group = offered(readProvisionGroup(words.slice(1)));
    if (group !== null) return group;
  }
  if (USERS_MISTYPED.has(first) && readEntries(subject).length > 1) {
    const list = offered(readProvisionList(words.slice(1)));
    if (list !== null) return list;
  }
  return readUnannouncedList(words, subject);
}

/**
 * "provision adele@contoso.com Salesforce" is clear enough to be offered; "provision Adele Vance" is half a command.
 */
function readWithoutSeparator(words: readonly Word[]): Reading<ProvisionCommand> {
  if (readName(words) === null) return incomplete('provision', 'subject');
  const subject = addressIn(words[0]);
  const app = readName(words.slice(1));
  const people = readEntries(words);
  if (subject === null && people.length > 1) return withoutApp('provision', people);
  if (subject === null || app === null) return incomplete('provision', 'app', words);
  return { kind: 'nearly', command: { verb: 'provision', subject, app } };
}
