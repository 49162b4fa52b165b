import type { CommandOf } from '../../chat/command.ts';
import { type Entry, groupsOf, readEntries } from '../../chat/grammar/entries.ts';
import { readName } from '../../chat/grammar/names.ts';
import { type Incomplete, incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { addressIn, endsSubject, SEPARATORS, STRONG, startOfSeparator } from '../../chat/grammar/separators.ts';
import { readTimed, writeTimed, writeTimedApps, writeTimedName } from '../../chat/grammar/terms.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';

/**
 * Where the app is in a list of many lines. The line that names it is, in this order: the first line, when it begins
 * with a lowercase `to` ("provision users to Salesforce", then the people); the last line that begins so; the only line
 * with a `to` inside; the same for `in` and `for`. The text before the word, and every other line, is people.
 */
type ListCommand = CommandOf<'provisionList'>;

interface ListParts {
  readonly people: readonly Word[];
  readonly app: readonly Word[];
  /** Several lines could name the app. */
  readonly guessed: boolean;
}

/** The words after "provision users". */
export function readProvisionList(words: readonly Word[]): Reading {
  return readTimed(words, (left) => read(left).reading);
}

/**
 * The words after "provision" as a list, though they do not say "users": two or more addresses are a list; names next
 * to an address, three names, or two with "and" between them may be one, and are offered. Null for a single person.
 *
 * @param people the words of the subject, where the line is read as one person's
 */
export function readUnannouncedList(words: readonly Word[], people: readonly Word[]): Reading<ListCommand> | null {
  if (isOnePerson(words, people)) return null;
  const list = read(words);
  if (list.entries.filter((entry) => entry.isAddress).length >= 2) return list.reading;

  const inLine = readEntries(people);
  const mixed = inLine.length === 2 && inLine.some((entry) => entry.isAddress) && !people.some(isBracketed);
  const joined = inLine.length === 2 && people.some((word) => fold(word) === 'and');
  if (list.reading.kind === 'incomplete' || !(inLine.length > 2 || mixed || joined)) return null;
  return { ...list.reading, kind: 'nearly' };
}

/** A cheap check first, as most lines are like this one: a single plain word, and at most one address in the line. */
function isOnePerson(words: readonly Word[], people: readonly Word[]): boolean {
  const [only, second] = people;
  if (only === undefined || second !== undefined || !/^[\p{L}\d._@-]+$/u.test(only.text)) return false;
  return words.reduce((signs, { text }) => signs + text.split('@').length - 1, 0) < 2;
}

export function writeProvisionList({ subjects, app, ...said }: ListCommand): string {
  return writeTimed(`provision users ${writeNames(subjects)} to ${writeTimedApps(app)}`, said);
}

export function writeNames(names: readonly string[]): string {
  return names.map(writeTimedName).join(', ');
}

function read(words: readonly Word[]): { entries: readonly Entry[]; reading: Reading<ListCommand> } {
  const [only, second] = words;
  if (second === undefined && SEPARATORS.has(fold(only)))
    return { entries: [], reading: incomplete('provisionList', 'subject') };
  const parts = splitList(words) ?? withoutSeparator(words);
  const entries = readEntries(parts?.people ?? words);
  if (entries.length === 0) return { entries, reading: incomplete('provisionList', 'subject') };
  const app = readName(parts?.app ?? []);
  if (parts === null || app === null) {
    const said = parts === null && SEPARATORS.has(fold(words.at(-1))) ? readEntries(words.slice(0, -1)) : entries;
    return { entries, reading: withoutApp('provisionList', said) };
  }
  const command = { verb: 'provisionList', subjects: entries.map((entry) => entry.text), app } as const;
  // Only an unambiguous reading acts.
  const isGuess = parts.guessed || entries.some((entry) => entry.isDoubtful);
  return { entries, reading: { kind: isGuess ? 'nearly' : 'command', command } };
}

/** Half a line that names several people: their names come back as the same list. */
export function withoutApp(verb: 'provision' | 'provisionList', entries: readonly Entry[]): Incomplete {
  return { kind: 'incomplete', verb, missing: 'app', said: [writeNames(entries.map(({ text }) => text))] };
}

interface Place {
  readonly line: number;
  readonly at: number;
  readonly strong: boolean;
  /** It begins its line, and not with a capital, as a name would. */
  readonly opens: boolean;
}

function splitList(words: readonly Word[]): ListParts | null {
  const lines = groupsOf(words, (word) => word.startsLine);
  const places = lines.flatMap((line, index) => placeIn(line, index) ?? []);
  const opening = places.filter((place) => place.opens && place.strong);
  const strong = places.filter((place) => place.strong);
  const sure = opening.find((place) => place.line === 0) ?? opening.at(-1);
  const place = sure ?? strong[0] ?? places.find((weak) => weak.line === 0) ?? places.at(-1);
  if (place === undefined) return appOnNextLine(lines);

  const line = lines[place.line] ?? [];
  const isAlone = lines.length === 1;
  const { app, people } = appIn(line.slice(place.at + 1), place.at === 0, isAlone);
  return {
    app,
    people: [
      ...lines.slice(0, place.line).flat(),
      ...line.slice(0, startOfSeparator(line, place.at)),
      ...people,
      ...lines.slice(place.line + 1).flat(),
    ],
    guessed: sure === undefined && (strong.length > 1 || (strong.length === 0 && places.length > 1)),
  };
}

/** The likeliest separator of a line with words after it, in the order of `splitAtSeparator`. */
function placeIn(line: readonly Word[], index: number): Place | null {
  const places = line.flatMap((word, at) => (at < line.length - 1 && SEPARATORS.has(fold(word)) ? [at] : []));
  const inner = places.filter((at) => at > 0);
  const strong = inner.filter((at) => STRONG.has(fold(line[at])));
  const opens = places[0] === 0 && /^[a-z]/.test(line[0]?.text ?? '');
  const at =
    (opens && STRONG.has(fold(line[0])) ? 0 : undefined) ??
    inner.find((candidate) => followsSubject(line, candidate)) ??
    strong.at(-1) ??
    places.find((candidate) => candidate === 0) ??
    inner.at(-1);
  return at === undefined ? null : { line: index, at, strong: STRONG.has(fold(line[at])), opens: opens && at === 0 };
}

function followsSubject(line: readonly Word[], at: number): boolean {
  const before = line[at - 1];
  return before !== undefined && endsSubject(before);
}

/**
 * "to Salesforce: adele, isaiah" lists its people after a colon, in a line of its own also after a comma; an app with such
 * a mark in its name must be quoted. Beside lines of people, commas part apps: "to Salesforce, ServiceNow".
 */
function appIn(
  words: readonly Word[],
  mayHoldPeople: boolean,
  isAlone: boolean,
): { app: readonly Word[]; people: readonly Word[] } {
  const endsWith = (mark: RegExp) => words.findIndex((word) => !word.quoted && mark.test(word.text));
  const colon = endsWith(/:$/);
  const comma = isAlone ? endsWith(/[,;]$/) : -1;
  const end = mayHoldPeople ? (colon < 0 ? comma : colon) : -1;
  return end < 0 ? { app: words, people: [] } : { app: words.slice(0, end + 1), people: words.slice(end + 1) };
}

/** "adele, isaiah to", with the app on the next line. */
function appOnNextLine(lines: readonly (readonly Word[])[]): ListParts | null {
  const index = lines.findIndex((line, at) => at < lines.length - 1 && STRONG.has(fold(line.at(-1))));
  if (index < 0) return null;
  return {
    app: lines[index + 1] ?? [],
    people: [...lines.slice(0, index).flat(), ...(lines[index]?.slice(0, -1) ?? []), ...lines.slice(index + 2).flat()],
    guessed: lines.length > 2 && index > 0,
  };
}

/** "adele@contoso.com, megan@contoso.com Salesforce": offered, as for a single person. */
function withoutSeparator(words: readonly Word[]): ListParts | null {
  const end = words.findLastIndex((word) => !word.quoted && addressIn(word) !== null) + 1;
  const last = words[end - 1];
  const app = words.slice(end);
  if (last === undefined || app.length === 0 || /[,;:]$/.test(last.text)) return null;
  if (app.some((word) => word.startsLine || word.afterTab || /[,;]/.test(word.text) || fold(word) === 'and'))
    return null;
  return { people: words.slice(0, end), app, guessed: true };
}

function isBracketed(word: Word): boolean {
  return !word.quoted && word.text.startsWith('<');
}
