import type { CommandOf } from '../command.ts';
import { quoteName, writeName } from './names.ts';
import { readReason, writeReason } from './reasons.ts';
import { incomplete, type Reading } from './rule.ts';
import { fold, trimEdges, type Word } from './tokens.ts';
import { wordSet } from './word-lists.ts';

/** Words around an id that say what it is. */
const AROUND = wordSet(`
  request the id number no task list of in from for failed failures ones only people users again now all everything my
  access this that it
`);
/** The letters of an id; those that look like digits, and U, are left out. */
const LETTERS_OF_AN_ID = /^[A-HJKMNP-TV-Z]{6}$/i;

type VerbOfAnId = 'retry' | 'cancel' | 'approve' | 'show';

/** The words after a verb that takes an id; null when they are no id, since these verbs have many other meanings. */
export function readRequestId(verb: VerbOfAnId, words: readonly Word[]): Reading | null {
  const left = words.filter((word) => !isAround(word));
  const [only, second] = left;
  if (only === undefined) return incomplete(verb, 'id');
  const requestId = second === undefined ? idIn(only) : null;
  return requestId === null ? null : { kind: 'command', command: { verb, requestId } };
}

/**
 * The same for verbs that names may follow as well ("show status"): a lowercase word without a digit is an id only by
 * its letters.
 */
export function readStrictRequestId(verb: VerbOfAnId, words: readonly Word[]): Reading | null {
  const left = words.filter((word) => !isAround(word));
  return left.length === 1 && !looksLikeId(left[0]) ? null : readRequestId(verb, words);
}

/** The words after "deny": an id, and the rest is the reason. */
export function readDenial(words: readonly Word[]): Reading<CommandOf<'deny'>> | null {
  const at = words.findIndex((word) => !isAround(word));
  const word = words[at];
  if (word === undefined) return incomplete('deny', 'id');
  const requestId = looksLikeId(word) ? idIn(word) : null;
  if (requestId === null) return null;
  const reason = readReason(words.slice(at + 1));
  // "decline advice from Bob" is no denial, but "abcdef" may be an id.
  const doubtful = reason !== null && !isSurelyId(word);
  return { kind: doubtful ? 'nearly' : 'command', command: { verb: 'deny', requestId, reason } };
}

export function writeRequestId({ verb, requestId }: { readonly verb: string; readonly requestId: string }): string {
  // "show PENDING" would be another command.
  const isWord = AROUND.has(requestId.toLowerCase()) || (!/\d/.test(requestId) && !LETTERS_OF_AN_ID.test(requestId));
  return `${verb} ${isWord ? quoteName(requestId) : writeName(requestId)}`;
}

export function writeDenial(command: CommandOf<'deny'>): string {
  const { reason } = command;
  return reason === null ? writeRequestId(command) : `${writeRequestId(command)} ${writeReason(reason)}`;
}

function isAround(word: Word): boolean {
  return AROUND.has(fold(word)) || word.text === '#';
}

function idIn(word: Word): string | null {
  const id = bareId(word).toUpperCase();
  return /^[0-9A-Z]{4,12}$/.test(id) ? id : null;
}

function looksLikeId(word: Word | undefined): boolean {
  return word !== undefined && (isSurelyId(word) || LETTERS_OF_AN_ID.test(bareId(word)));
}

function isSurelyId(word: Word): boolean {
  const id = bareId(word);
  return /\d/.test(id) || id === id.toUpperCase();
}

function bareId(word: Word): string {
  return trimEdges(word.text, '#([<', ')]>.,;:!?');
}
