import type { CommandOf } from '../../chat/command.ts';
import { withoutPossessive } from '../../chat/grammar/check-names.ts';
import { endAtTheEnd } from '../../chat/grammar/end-words.ts';
import { readEntries } from '../../chat/grammar/entries.ts';
import { quoteName, readName } from '../../chat/grammar/names.ts';
import { REASON_WORDS } from '../../chat/grammar/reason-words.ts';
import {
  readReason,
  reasonPlace,
  withoutItsBracket,
  withoutMarksAtTheEnd,
  writeBecause,
} from '../../chat/grammar/reasons.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { addressIn, SEPARATORS, STRONG, splitAtSeparator } from '../../chat/grammar/separators.ts';
import { startPlace } from '../../chat/grammar/start-words.ts';
import { cutEnd, cutStart, withEnd, writeTerms, writeTimedName } from '../../chat/grammar/terms.ts';
import { fold, splitWords, type Word } from '../../chat/grammar/tokens.ts';

/**
 * "request access for <person> to <app> on <date> because <reason>", date and reason in any order and place. The reason
 * is cut first: from its lead-in to the end of the line, as long as person and app stand before it. Then the date is
 * cut. The rest is the person and the app, each preceded by `for` or `to`. Each step reads every word once, and no step
 * repeats more than a few times.
 */
type RequestCommand = CommandOf<'requestAccess'>;

/** How much the first words have said: "request access", a bare "request", or neither ("get", "access"). */
type Opening = 'access' | 'request' | 'loose';

/** Person and app; null for a missing one. `guessed`: the words may mean something else. */
interface Pair {
  readonly subject: string | null;
  readonly app: string | null;
  readonly guessed: boolean;
  /** The words that no separator divides. */
  readonly said: readonly Word[];
}

interface Terms extends Pair {
  readonly start: string | null;
  readonly end: string | null;
}

const SUBJECT_WORDS: ReadonlySet<string> = new Set(['user', 'the']);

/** The words after "request access". */
export function readAccessRequest(words: readonly Word[]): Reading | null {
  return words.length === 0 ? { kind: 'command', command: { verb: 'accessForm' } } : read(words, 'access');
}

/** The words after "request" alone. */
export function readBareRequest(words: readonly Word[]): Reading | null {
  return words.length === 0 ? { kind: 'command', command: { verb: 'accessForm' } } : read(words, 'request');
}

/** The words after "access" or "get"; null where nothing says that they are about access. */
export function readLooseRequest(words: readonly Word[]): Reading | null {
  const begins = SEPARATORS.has(fold(words[0])) || fold(words[0]) === 'access';
  return begins || accessPlace(words) > 0 ? read(words, 'loose') : null;
}

export function writeAccessRequest({ subject, app, start, end, reason, ticket, whole }: RequestCommand): string {
  return [
    `request access for ${writePart(subject)} to ${writeApp(app)}`,
    ...(whole === true ? ['all or none'] : []),
    ...writeTerms({ start, end }),
    ...(ticket === undefined ? [] : [ticket]),
    ...(reason === null ? [] : [writeSaidReason(reason)]),
  ].join(' ');
}

function writeSaidReason(reason: string): string {
  return endAtTheEnd(splitWords(reason)) === null ? writeBecause(reason) : `because ${quoteName(reason)}`;
}

function writePart(name: string): string {
  const special = (word: string) => REASON_WORDS.has(word) || word === 'access';
  return name.toLowerCase().split(' ').some(special) ? quoteName(name) : writeTimedName(name);
}

/** An unquoted address would be read as a person's. */
function writeApp(name: string): string {
  return name.includes('@') ? quoteName(name) : writePart(name);
}

function read(words: readonly Word[], opening: Opening): Reading<RequestCommand> {
  const at = wholePlace(words);
  if (at === null) return readParts(words, opening);
  const reading = readParts([...words.slice(0, at), ...words.slice(at + WHOLE.length)], opening);
  if (reading.kind !== 'command' && reading.kind !== 'nearly') return reading;
  return { ...reading, command: { ...reading.command, whole: true } };
}

const WHOLE = [['all'], ['or'], ['none', 'nothing']];

/** Where the line says "all or none". */
function wholePlace(words: readonly Word[]): number | null {
  const says = (at: number) =>
    WHOLE.every((any, offset) => {
      const word = words[at + offset];
      return word !== undefined && !word.quoted && any.includes(fold(word).replace(/[,.;!]+$/u, ''));
    });
  const at = words.findIndex((_, index) => says(index));
  return at < 1 ? null : at;
}

function readParts(words: readonly Word[], opening: Opening): Reading<RequestCommand> {
  const place = reasonPlace(words);
  if (place === null) return build(readTerms(words, opening), null);
  const head = withoutMarksAtTheEnd(words.slice(0, place.at));
  const tail = words.slice(place.at + place.length);
  const [first, ...rest] = tail;
  // Quotes tell where a reason ends; without them it takes the rest of the line.
  if (first?.quoted && (rest.length === 0 || continues(rest))) {
    return build(readTerms([...head, ...rest], opening), readReason([first]), place.guessed);
  }
  const terms = readTerms(head, opening);
  const said = withoutItsBracket(tail, words[place.at]);
  const reason = readReason(said);
  if (isWhole(terms)) {
    // The end of the access or of an event in the reason, so the caller is asked. It stays in the reason; a quoted
    // reason is never searched.
    const end = terms.end ?? endAtTheEnd(said)?.text ?? null;
    return build({ ...terms, end }, reason, place.guessed);
  }
  return readAround(head, tail, opening) ?? build(terms, reason, place.guessed);
}

/** "for isaiah because he joins Sales to Salesforce": offered where a word of the reason may begin the rest. */
function readAround(head: readonly Word[], tail: readonly Word[], opening: Opening): Reading<RequestCommand> | null {
  const places = [
    tail.findLastIndex((word) => STRONG.has(fold(word))),
    tail.findLastIndex((word) => fold(word) === 'for'),
    tail.findIndex((word) => fold(word) === 'for'),
  ];
  for (const at of places.filter((found) => found > 0)) {
    const terms = readTerms([...head, ...tail.slice(at)], opening);
    if (isWhole(terms)) return build(terms, readReason(tail.slice(0, at)), true);
  }
  return null;
}

function readTerms(words: readonly Word[], opening: Opening): Terms {
  const cut = cutEnd(words);
  if (cut !== null) {
    const terms = readStart(cut.words, opening);
    if (cut.sure || isWhole(terms)) return { ...terms, start: terms.start ?? cut.start, end: cut.end };
  }
  return readStart(words, opening);
}

function readStart(words: readonly Word[], opening: Opening): Terms {
  const cut = cutStart(words);
  if (cut !== null) {
    const pair = readPair(cut.words, opening);
    const terms = { ...pair, start: cut.start, end: null, guessed: pair.guessed || cut.deadline };
    if (cut.sure || isWhole(pair)) return terms;
  }
  return { ...readPair(words, opening), start: null, end: null };
}

function readPair(said: readonly Word[], opening: Opening): Pair {
  const words = said.slice(fold(said[0]) === 'access' ? 1 : 0);
  const folded = fold(words[0]);
  const isSure = opening === 'access';
  if (folded === 'for') return personFirst(withoutAccess(words.slice(1)), !isSure);
  if (SEPARATORS.has(folded)) return appFirst(words.slice(fold(words[1]) === 'to' ? 2 : 1));

  const access = accessPlace(words);
  if (access > 0) {
    const after = words.slice(access + 2);
    // "Salesforce access for isaiah", "isaiah access to Salesforce".
    if (fold(words[access + 1]) === 'for') return pair(after, words.slice(0, access));
    return pair(withoutPossessive(words.slice(0, access)), after, opening !== 'access');
  }
  const parts = splitAtSeparator(words);
  if (parts === null) return unparted(words);
  if (parts.separator !== 'for') return pair(parts.before, parts.after, !isSure);
  // "request Salesforce for isaiah".
  const isTurned = parts.before.length === 1 && addressIn(parts.before[0]) !== null;
  return isTurned ? pair(parts.before, parts.after, true) : pair(parts.after, parts.before, opening !== 'request');
}

function personFirst(words: readonly Word[], guessed: boolean): Pair {
  const parts = splitAtSeparator(words);
  if (parts === null) return unparted(words, readName(words));
  const isTurned =
    addressIn(parts.before[0]) === null && parts.after.length === 1 && addressIn(parts.after[0]) !== null;
  return isTurned && !parts.after[0]?.quoted
    ? pair(parts.after, parts.before, true)
    : pair(parts.before, parts.after, guessed);
}

function appFirst(words: readonly Word[]): Pair {
  const at = words.findLastIndex((word, index) => index > 0 && fold(word) === 'for');
  if (at > 0) return pair(words.slice(at + 1), words.slice(0, at));
  // "give access to Salesforce to isaiah".
  const to = words.findLastIndex((word, index) => index > 0 && STRONG.has(fold(word)));
  return to > 0 ? pair(words.slice(to + 1), words.slice(0, to), true) : pair([], words);
}

/** "for adele@contoso.com Salesforce" is clear enough to be offered; "for Adele Vance" is half a request. */
function unparted(words: readonly Word[], subject: string | null = null): Pair {
  const address = addressIn(words[0]);
  if (address !== null) return { ...pair(words.slice(0, 1), words.slice(1), true), said: words };
  return { subject, app: null, guessed: false, said: words };
}

function pair(subjectWords: readonly Word[], appWords: readonly Word[], guessed = false): Pair {
  const start = subjectWords.findIndex((word) => !SUBJECT_WORDS.has(fold(word)));
  const named = start < 0 ? [] : subjectWords.slice(start);
  const addresses = named.flatMap((word) => (word.quoted ? [] : (addressIn(word) ?? [])));
  const [address] = addresses;
  // "Adele Vance <adele@contoso.com>", as copied from mail programs. Only offered: the other words may be a second
  // person.
  const copied = named.length > 1 && addresses.length === 1 && readEntries(named).length === 1;
  const only = named.length === 1 ? addressIn(named[0]) : null;
  const subject = copied ? (address ?? null) : (only ?? readName(named));
  return { subject, app: readName(withoutMarksAtTheEnd(appWords)), guessed: guessed || copied, said: [] };
}

/** Where "access" precedes a separator; 0 if only at the start. */
function accessPlace(words: readonly Word[]): number {
  return Math.max(
    0,
    words.findIndex((word, at) => at > 0 && fold(word) === 'access' && SEPARATORS.has(fold(words[at + 1]))),
  );
}

function withoutAccess(words: readonly Word[]): readonly Word[] {
  const at = accessPlace(words);
  return at > 0 ? [...words.slice(0, at), ...words.slice(at + 1)] : words;
}

/** Whether the words after a quoted reason are another part of the line. */
function continues(words: readonly Word[]): boolean {
  return SEPARATORS.has(fold(words[0])) || startPlace(words)?.from === 0;
}

function isWhole(terms: Pair): boolean {
  return terms.subject !== null && terms.app !== null;
}

function build(
  { subject, app, start, end, guessed, said }: Terms,
  reason: string | null,
  isGuess = false,
): Reading<RequestCommand> {
  if (subject !== null && app !== null) {
    const command = { verb: 'requestAccess', subject, app, start, end, reason } as const;
    return { kind: guessed || isGuess ? 'nearly' : 'command', command };
  }
  const missing = subject !== null || said.length > 1 ? 'app' : 'subject';
  return withEnd(incomplete('requestAccess', missing, said), end);
}
