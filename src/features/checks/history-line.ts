import type { CommandOf } from '../../chat/command.ts';
import {
  isEverything,
  isLoose,
  isNoName,
  isSpeaker,
  withoutEnding,
  withoutLeading,
  writeCheckName,
} from '../../chat/grammar/check-names.ts';
import { CLOSING_WORDS } from '../../chat/grammar/courtesy.ts';
import { quoteName, readName } from '../../chat/grammar/names.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import { cutPage } from '../../chat/grammar/short-lines.ts';
import { isCalendarWord, looksLikeDate } from '../../chat/grammar/start-words.ts';
import { fold, toPhrases, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';

/**
 * "history [failed] [of <person or app>] [since <date>] [page <number>]". The page is cut first, then the date, which continues
 * to the end of the line or to a "for" or "of" that introduces a name ("since monday for adele"). Only the form of the
 * words counts here: the day they name depends on the reader.
 */
interface Terms {
  readonly about: string | null;
  readonly since: string | null;
  readonly page: number;
  readonly among: 'failed' | null;
  /** Of a person in an app, only the person is used. */
  readonly isGuessed: boolean;
}

/** After these, only words that look like a date are one. */
const FROM = wordSet('from after starting');
const ABOUT = wordSet('for of about');
const LAST = wordSet('last past this');
const IN = wordSet('in to into');
const FAILED = wordSet('failed failures failure errors');
const DAYS = wordSet('today yesterday');
const UNIT = /^(?:minutes?|mins?|hours?|days?|weeks?|months?|quarter|years?|morning|night)$/;
const LONGEST_SPAN = 4;
/** Questions about one name are shorter. */
const MOST_WORDS = 6;
const FORMATS = toPhrases(`
  as csv | to csv | as a csv | as excel | to excel | as a file | as csv file | as a csv file | csv | to a file | to file
  in csv
`);
const FORMAT_WORDS: ReadonlySet<string> = new Set(FORMATS.flat());

/** The words after "history"; null when they are about something else. */
export function readHistory(words: readonly Word[]): Reading | null {
  const terms = readTerms(words);
  if (terms === null) return null;
  const { about, since, page, among, isGuessed } = terms;
  return {
    kind: isGuessed ? 'nearly' : 'command',
    command: { verb: 'history', about, since, page, ...(among === null ? {} : { among }) },
  };
}

/** The words after "what failed" and the like. */
export function readFailed(words: readonly Word[]): Reading | null {
  const reading = readHistory(words);
  if (reading === null || reading.kind === 'incomplete' || reading.command.verb !== 'history') return null;
  return { ...reading, command: { ...reading.command, among: 'failed' } };
}

/** A line that begins with "since". */
export function readSinceAlone(words: readonly Word[]): Reading | null {
  return words.length === 0 ? null : readHistory([{ ...unquoted, text: 'since' }, ...words]);
}

const unquoted: Word = { text: '', quoted: false, startsLine: false, afterTab: false };

/**
 * The words after "what happened to", "who provisioned" and the like; null where they name nothing that may be known.
 */
export function readHistoryQuestion(words: readonly Word[]): Reading | null {
  const reading = words.length > MOST_WORDS ? null : readHistory(words);
  if (reading === null || reading.kind === 'incomplete' || reading.command.verb !== 'history') return null;
  return reading.command.about === null ? null : reading;
}

/** The words after "export history"; a file has no pages. */
export function readExport(words: readonly Word[]): Reading | null {
  const terms = readTerms(withoutEnding(words, FORMATS));
  if (terms === null || terms.page > 1 || terms.among !== null) return null;
  const { about, since, isGuessed } = terms;
  return { kind: isGuessed ? 'nearly' : 'command', command: { verb: 'exportHistory', about, since } };
}

/** The words after a bare "export": only a time, or nothing. */
export function readBareExport(words: readonly Word[]): Reading | null {
  const reading = readExport(words);
  const isSure = reading?.kind === 'command' && reading.command.verb === 'exportHistory';
  return isSure && reading.command.about === null ? reading : null;
}

export function writeHistory({ about, since, page, among }: CommandOf<'history'>): string {
  const failed = among === undefined ? '' : ' failed';
  return `history${failed}${writeTerms(about, since)}${page === 1 ? '' : ` page ${page}`}`;
}

export function writeExport({ about, since }: CommandOf<'exportHistory'>): string {
  return `export history${writeTerms(about, since)}`;
}

function readTerms(words: readonly Word[]): Terms | null {
  const { page, rest } = cutPage(words);
  const { since, left } = cutSince(rest);
  const { among, others } = cutFailed(left);
  const named = withoutLeading(others);
  if (isNoName(named) && !isSpeaker(named)) return null;
  const end = isLoose(named) ? named.findIndex((word, at) => at > 0 && IN.has(word.text)) : -1;
  const about = isEverything(named) ? null : readName(end < 0 ? named : named.slice(0, end));
  return { about, since, page, among, isGuessed: end >= 0 };
}

/** "failed" before or after the name. */
function cutFailed(words: readonly Word[]): { readonly among: 'failed' | null; readonly others: readonly Word[] } {
  const left = withoutLeading(words);
  if (FAILED.has(fold(left[0]))) return { among: 'failed', others: left.slice(1) };
  if (FAILED.has(fold(left.at(-1)))) return { among: 'failed', others: left.slice(0, -1) };
  return { among: null, others: words };
}

function cutSince(words: readonly Word[]): { readonly since: string | null; readonly left: readonly Word[] } {
  const at = words.findIndex((word, index) => {
    const folded = fold(word);
    return folded === 'since' || (FROM.has(folded) && looksLikeDate(words, index + 1));
  });
  if (at < 0) return cutSpan(words);
  const date = words.slice(at + 1);
  const end = date.findIndex((word, index) => index > 0 && ABOUT.has(fold(word)) && !isCalendarWord(date[index + 1]));
  const since = readName(end < 0 ? date : date.slice(0, end));
  return { since, left: [...words.slice(0, at), ...(end < 0 ? [] : date.slice(end))] };
}

/** "yesterday", "last week", "the last 3 days" at the end, without a lead-in. */
function cutSpan(words: readonly Word[]): { readonly since: string | null; readonly left: readonly Word[] } {
  for (let length = Math.min(LONGEST_SPAN, words.length); length > 0; length -= 1) {
    const span = words.slice(words.length - length);
    if (isSpan(span)) return { since: readName(span), left: words.slice(0, words.length - length) };
  }
  return { since: null, left: words };
}

function isSpan(words: readonly Word[]): boolean {
  const [first, ...rest] = withoutLeading(words, new Set(['the']));
  const last = rest.at(-1);
  if (DAYS.has(fold(first))) return rest.length === 0;
  return LAST.has(fold(first)) && (UNIT.test(fold(last)) || isCalendarWord(last)) && rest.length < LONGEST_SPAN - 1;
}

function writeTerms(about: string | null, since: string | null): string {
  return `${about === null ? '' : ` ${writeCheckName(about)}`}${since === null ? '' : ` since ${writeSince(since)}`}`;
}

function writeSince(since: string): string {
  const isPlain = (word: string) => {
    const lower = word.toLowerCase();
    if (ABOUT.has(lower) || CLOSING_WORDS.has(lower) || FORMAT_WORDS.has(lower) || lower === 'page') return false;
    return /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}./-]*[\p{L}\p{M}\p{N}])?$/u.test(word);
  };
  return since.split(' ').every(isPlain) ? since : quoteName(since);
}
