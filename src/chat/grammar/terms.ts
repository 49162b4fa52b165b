import type { Term, Ticketed } from '../command.ts';
import { endPlace, isEndWord, writeEnd } from './end-words.ts';
import { quoteName, readName, writeApps, writeName } from './names.ts';
import { REASON_WORDS } from './reason-words.ts';
import { readReason, reasonPlace, withoutItsBracket, withoutMarksAtTheEnd, writeBecause } from './reasons.ts';
import type { Incomplete, Reading } from './rule.ts';
import { endsInTime, holdsOwnTime, isStartWord, startPlace, trailingStart, writeStart } from './start-words.ts';
import { splitWords, type Word } from './tokens.ts';

/** The words of a line without its end. */
export interface EndCut {
  readonly words: readonly Word[];
  readonly end: string;
  /** The first day of a range. */
  readonly start: string | null;
  /** The words can mean nothing else. Otherwise the line must make sense without them. */
  readonly sure: boolean;
}

/** The words of a line without its start. */
export interface StartCut {
  readonly words: readonly Word[];
  readonly start: string;
  readonly sure: boolean;
  /** The line gives it as a deadline, and may mean one. */
  readonly deadline: boolean;
}

/** Null for a line without an end. */
export function cutEnd(words: readonly Word[]): EndCut | null {
  const place = endPlace(words);
  if (place === null) return null;
  const { from, to, text, start, sure } = place;
  return { words: without(words, from, to), end: text, start, sure };
}

/** Null for a line without a start. */
export function cutStart(words: readonly Word[]): StartCut | null {
  const place = startPlace(words);
  if (place !== null) {
    const { from, to, text, odd, deadline } = place;
    return { words: without(words, from, to), start: text, sure: !odd, deadline };
  }
  const length = trailingStart(words);
  if (length === 0) return null;
  const left = withoutMarksAtTheEnd(words.slice(0, -length));
  // "to Salesforce now and GitHub tomorrow": the day belongs to only one of them.
  if (holdsOwnTime(left)) return null;
  return { words: left, start: readName(words.slice(-length)) ?? '', sure: false, deadline: false };
}

/** The start and the end for a line. */
export function writeTerms({ start, end }: { readonly start: string | null; readonly end: string | null }): string[] {
  return [
    ...(start === null ? [] : [writeStart(start, endPlace(splitWords(`x ${start}`)) === null)]),
    ...(end === null ? [] : [writeEndTerm(end)]),
  ];
}

/** Whether an unquoted name would be read as something other than a name. */
export function holdsTerm(name: string): boolean {
  const isSpecial = (word: string) => isStartWord(word) || isEndWord(word) || REASON_WORDS.has(word);
  if (name.toLowerCase().split(' ').some(isSpecial)) return true;
  if (MAYBE_TICKET.test(name)) return true;
  const words = splitWords(name);
  return endPlace(splitWords(`x ${name}`)) !== null || startPlace(words) !== null || endsInTime(words);
}

/** A word with a digit may be a ticket number, if it is no address and no id of Entra. */
const MAYBE_TICKET = /(?<!\S)(?=[^\s@]*\d)[^\s@]{2,24}(?!\S)/;

/** A name for a line that may state a start or an end, or a ticket. */
export function writeTimedName(name: string): string {
  return holdsTerm(name) ? quoteName(name) : writeName(name);
}

/** The name of an app, or of several. */
export const writeTimedApps = (text: string): string => writeApps(text, writeTimedName);

/** A provisioning line with its times and its ticket; `line` holds the names. */
export function writeTimed(line: string, { term, ticket }: Ticketed & { readonly term?: Term | undefined }): string {
  const reason = term === undefined || term.reason === null ? [] : [writeBecause(term.reason)];
  return [
    line,
    ...(term === undefined ? [] : writeTerms(term)),
    ...(ticket === undefined ? [] : [ticket]),
    ...reason,
  ].join(' ');
}

/**
 * Parses a provisioning line that may state a start and an end, which provisioning does not support. A reason is parsed
 * only next to one of the two.
 */
export function readTimed(words: readonly Word[], read: (words: readonly Word[]) => Reading): Reading {
  if (cutEnd(words) === null && cutStart(words) === null) return read(words);
  const place = reasonPlace(words, false);
  const head = place === null ? words : withoutMarksAtTheEnd(words.slice(0, place.at));
  const reason = place === null ? null : readReason(words.slice(place.at + place.length));
  const parts = readParts(head, read);
  if (parts === null) return read(words);
  const { reading, term, deadline } = parts;
  if (reading.kind === 'incomplete') return withEnd(reading, term.end);
  const command = { ...reading.command, term: { ...term, reason } };
  return { kind: deadline ? 'nearly' : reading.kind, command };
}

/**
 * Parses a line that takes access away: a time, which that does not support, and the reason, which ends the line or
 * stands in quotes.
 */
export function readExplained(words: readonly Word[], read: (words: readonly Word[]) => Reading): Reading {
  const place = reasonPlace(words);
  if (place === null) return readTimed(words, read);
  const head = withoutMarksAtTheEnd(words.slice(0, place.at));
  const tail = withoutItsBracket(words.slice(place.at + place.length), words[place.at]);
  const [first, ...rest] = tail;
  const whole = readTimed(head, read);
  if (whole.kind !== 'incomplete') return explained(whole, readReason(tail), place.guessed);
  // "remove adele, i from …": no reason after all.
  if (place.guessed) return readTimed(words, read);
  if (!first?.quoted || rest.length === 0) return whole;
  const around = readTimed([...head, ...rest], read);
  return around.kind === 'incomplete' ? whole : explained(around, readReason([first]), place.guessed);
}

function explained(reading: Exclude<Reading, Incomplete>, reason: string | null, isGuess: boolean): Reading {
  if (reason === null) return reading;
  const { term = { start: null, end: null, reason } } = reading.command as { readonly term?: Term };
  const command = { ...reading.command, term: { ...term, reason } };
  return { kind: isGuess ? 'nearly' : reading.kind, command };
}

/** Half a line that names an end. */
export function withEnd(reading: Incomplete, end: string | null): Incomplete {
  return end === null ? reading : { ...reading, end };
}

interface Parts {
  readonly reading: Reading;
  readonly term: Pick<Term, 'start' | 'end'>;
  readonly deadline: boolean;
}

function readParts(words: readonly Word[], read: (words: readonly Word[]) => Reading): Parts | null {
  const end = cutEnd(words);
  if (end !== null) {
    const start = readStart(end.words, read);
    const parts = start ?? { reading: read(end.words), term: { start: end.start, end: null }, deadline: false };
    const isWhole = parts.reading.kind !== 'incomplete';
    if (end.sure || isWhole) return { ...parts, term: { start: parts.term.start ?? end.start, end: end.end } };
  }
  return readStart(words, read);
}

function readStart(words: readonly Word[], read: (words: readonly Word[]) => Reading): Parts | null {
  const cut = cutStart(words);
  if (cut === null) return null;
  const reading = read(cut.words);
  if (reading.kind === 'incomplete' && !cut.sure) return null;
  return { reading, term: { start: cut.start, end: null }, deadline: cut.deadline };
}

function writeEndTerm(end: string): string {
  const { leadIn, isBare } = writeEnd(end);
  return isBare ? `${leadIn} ${end}` : `until ${quoteName(end)}`;
}

function without(words: readonly Word[], from: number, to: number): readonly Word[] {
  const before = withoutMarksAtTheEnd(words.slice(0, from));
  const last = before.at(-1);
  // The separator after the removed part still separates the people of a list.
  const parts = to < words.length && /[,;]$/.test(words[to - 1]?.text ?? '') && last !== undefined && !last.quoted;
  return [...(parts ? [...before.slice(0, -1), { ...last, text: `${last.text},` }] : before), ...words.slice(to)];
}
