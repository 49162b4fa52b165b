import type { CommandOf } from '../../chat/command.ts';
import { readEntries } from '../../chat/grammar/entries.ts';
import { listOfNames } from '../../chat/grammar/name-list.ts';
import { quoteName, readName, writeApps } from '../../chat/grammar/names.ts';
import { withoutMarksAtTheEnd } from '../../chat/grammar/reasons.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { addressIn, splitAtSeparator } from '../../chat/grammar/separators.ts';
import { readExplained, writeTimed, writeTimedName } from '../../chat/grammar/terms.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';

/**
 * "remove <people> from <apps>", also "take … out of …" and "revoke <person>'s access to <app>". The last "from" parts
 * the line, as an app's name seldom has one. Without it the line is only offered: "in" and "for" may belong to a name.
 */
type RemoveCommand = CommandOf<'remove'>;

/** In the place of the apps: the line is an `offboard`. */
const EVERYWHERE =
  /^(?:all|all (?:the |of (?:the|their|her|his) |their |her |his )?(?:apps|access)|every app|everything|everywhere)$/i;

const LEADING = wordSet('user users the access account accounts');
const OPENING = wordSet('for to of');

/** The words after "remove". */
export function readRemove(words: readonly Word[]): Reading | null {
  return readExplained(words, readUntimed);
}

/** The words after "take" or "delete", which may mean anything else. */
export function readLooseRemove(words: readonly Word[]): Reading | null {
  const reading = readRemove(words);
  const isSaid = words.some((word, index) => parts(word, words[index - 1])) || accessOf(words) !== null;
  return isSaid && reading?.kind === 'command' ? reading : null;
}

function readUntimed(words: readonly Word[]): Reading {
  const first = words.findIndex((word) => word.quoted || !LEADING.has(fold(word)));
  const said = first < 0 ? [] : words.slice(first);
  return (
    accessOf(said) ??
    fromApp(said) ??
    (OPENING.has(fold(said[0])) ? accessFor(said.slice(1), fold(said[0])) : null) ??
    guessed(said)
  );
}

/** "adele's access to Salesforce". */
function accessOf(words: readonly Word[]): Reading | null {
  const at = words.findIndex((word, index) => index > 0 && fold(word) === 'access' && fold(words[index + 1]) === 'to');
  const owner = words[at - 1];
  if (at < 1 || owner === undefined) return null;
  const bare = owner.quoted ? owner : { ...owner, text: owner.text.replace(/['’]s?$/u, '') };
  return build([...words.slice(0, at - 1), bare], words.slice(at + 2));
}

/** "adele from Salesforce", "adele out of Salesforce". */
function fromApp(words: readonly Word[]): Reading | null {
  const at = words.findLastIndex((word, index) => index > 0 && !word.quoted && parts(word, words[index - 1]));
  if (at < 1) return fold(words[0]) === 'from' ? incomplete('remove', 'subject') : null;
  const isOf = fold(words[at]) === 'of';
  return build(words.slice(0, isOf ? at - 1 : at), words.slice(at + 1));
}

function parts(word: Word, before: Word | undefined): boolean {
  return fold(word) === 'from' || (fold(word) === 'of' && (fold(before) === 'out' || fold(before) === 'off'));
}

/** "access for adele to Salesforce", "access to Salesforce for adele". */
function accessFor(words: readonly Word[], opening: string): Reading | null {
  const at = words.findLastIndex((word, index) => index > 0 && fold(word) === (opening === 'to' ? 'for' : 'to'));
  if (at < 1) return null;
  const [one, other] = [words.slice(0, at), words.slice(at + 1)];
  return opening === 'to' ? build(other, one) : build(one, other);
}

function guessed(words: readonly Word[]): Reading {
  const found = splitAtSeparator(words);
  const reading = found === null ? build(words, []) : build(found.before, found.after);
  return reading.kind === 'command' ? { ...reading, kind: 'nearly' } : reading;
}

function build(people: readonly Word[], apps: readonly Word[]): Reading<RemoveCommand | CommandOf<'offboard'>> {
  const subject = readPeople(people);
  const app = readName(withoutMarksAtTheEnd(apps));
  if (subject === null) return incomplete('remove', 'subject');
  if (app === null) return incomplete('remove', 'app', people);
  if (EVERYWHERE.test(app) && !apps.some(({ quoted }) => quoted))
    return { kind: 'command', command: { verb: 'offboard', subject, app: null } };
  // "Salesforce from adele@contoso.com": the two in the other order.
  const only = apps.length === 1 ? addressIn(apps[0]) : null;
  if (only !== null && addressIn(people[0]) === null)
    return { kind: 'nearly', command: { verb: 'remove', subject: only, app: subject } };
  return { kind: 'command', command: { verb: 'remove', subject, app } };
}

/** One name, or several as a list: each line is a person of its own. */
export function readPeople(words: readonly Word[]): string | null {
  if (words.some(({ startsLine }, index) => index > 0 && startsLine))
    return listOfNames(readEntries(words).map(({ text }) => text));
  return (words.length === 1 ? addressIn(words[0]) : null) ?? readName(words);
}

export function writeRemove({ subject, app, ...said }: RemoveCommand): string {
  return writeTimed(
    `remove ${writeApps(subject, writePart)} from ${EVERYWHERE.test(app) ? quoteName(app) : writeApps(app, writePart)}`,
    said,
  );
}

const PARTING = wordSet('from out off access user users account accounts');

/** A person or an app in a line about a removal. */
export function writePart(name: string): string {
  return name
    .toLowerCase()
    .split(' ')
    .some((word) => PARTING.has(word))
    ? quoteName(name)
    : writeTimedName(name);
}
