import type { Command, CommandOf } from '../command.ts';
import { quoteName, writeName } from './names.ts';
import { readReason, reasonPlace, writeReason } from './reasons.ts';
import { incomplete, type Reading } from './rule.ts';
import { fold, joinWords, splitWords, trimEdges, type Word } from './tokens.ts';
import { wordSet } from './word-lists.ts';

/** Words around an id that say what it is. */
const AROUND = wordSet(`
  request the id number no task list of in from for failed failures ones only people users again now all everything my
  access this that it last latest one both these those with force please pls
`);
/** The letters of an id; those that look like digits, and U, are left out. */
const LETTERS_OF_AN_ID = /^[A-HJKMNP-TV-Z]{6}$/i;

/** The most words that name a person and an app. */
const MOST_NAMING = 6;

type VerbOfAnId = 'retry' | 'cancel' | 'approve' | 'show' | 'extend' | 'endAccess' | 'endByHand' | 'verifyRemoval';

/** The words after "show": an id; null when they are none, since many other words may follow. */
export function readStrictRequestId(verb: VerbOfAnId, words: readonly Word[]): Reading | null {
  const left = words.filter((word) => !isAround(word));
  if (left.length === 0) return incomplete(verb, 'id');
  const requestId = left.length === 1 && looksLikeId(left[0]) ? idIn(left[0]) : null;
  return requestId === null ? null : { kind: 'command', command: { verb, requestId } as Command };
}

/** The same for what is done with a request: the words may also name its person or app ("retry isaiah"). */
export function readRequestId(verb: VerbOfAnId, words: readonly Word[]): Reading | null {
  return readStrictRequestId(verb, words) ?? withoutId(verb, words);
}

/** A few words that may name the request's person or app; null for others, and for what looks like several ids. */
function withoutId(verb: VerbOfAnId | 'deny', words: readonly Word[]): Reading<never> | null {
  const said = words.filter((word) => !isAround(word));
  const mayName = said.length <= MOST_NAMING && !said.some((word) => /\d/.test(word.text));
  return mayName ? incomplete(verb, 'id', said) : null;
}

/** The words after "deny": an id, and the rest is the reason. */
export function readDenial(words: readonly Word[]): Reading<CommandOf<'deny'>> | null {
  const at = words.findIndex((word) => !isAround(word));
  const word = words[at];
  if (word === undefined) return incomplete('deny', 'id');
  const requestId = looksLikeId(word) ? idIn(word) : null;
  if (requestId === null) return withoutId('deny', words.slice(0, reasonPlace(words)?.at));
  const behind = words.slice(at + 1);
  const reason = readReason(behind);
  // "decline advice from Bob" is no denial, but "abcdef" may be an id.
  const doubtful = reason !== null && (!isSurelyId(word) || saysMore(behind));
  return { kind: doubtful ? 'nearly' : 'command', command: { verb: 'deny', requestId, reason } };
}

/** "deny R7K3MQ and approve R7K3MR", "deny R7K3MQ never mind", "deny R7K3MQ unless Claire agrees": that may be no reason. */
function saysMore(words: readonly Word[]): boolean {
  const [first] = words;
  if (first === undefined || first.quoted) return false;
  return (
    isGivenId(bareId(first)) || SAYS_MORE.has(trimEdges(fold(first), '', ',.:;')) || PUT_OFF.test(joinWords(words))
  );
}

/** Whether a text has the form of the ids that Usher gives, and is no word. */
export const isGivenId = (text: string): boolean => /^(?=.*\d)[0-9A-Z]{6}$/.test(text);

/** They lead on to something else, or to a condition, an exception or another day. */
const SAYS_MORE = wordSet(`
  and or but then if unless until till except excluding only when once after before while later tomorrow tonight maybe
  perhaps probably wait hold
`);
const PUT_OFF = /^(?:no,? wait.*|never ?mind|don'?t)[.!?]*$/i;

/** The reason in a line, without its lead-in; null where it has none. */
export function reasonIn(line: string): string | null {
  const words = splitWords(line);
  const place = reasonPlace(words);
  return place === null ? null : readReason(words.slice(place.at + place.length));
}

export function writeRequestId({ verb, requestId }: { readonly verb: string; readonly requestId: string }): string {
  // "show PENDING" would be another command.
  const isWord = AROUND.has(requestId.toLowerCase()) || (!/\d/.test(requestId) && !LETTERS_OF_AN_ID.test(requestId));
  return `${verb} ${isWord ? quoteName(requestId) : writeName(requestId)}`;
}

export function writeDenial(command: CommandOf<'deny'>): string {
  const id = writeRequestId(command);
  if (command.reason === null) return id;
  const reason = writeReason(command.reason);
  return saysMore(splitWords(reason)) ? `${id} because ${reason}` : `${id} ${reason}`;
}

function isAround(word: Word): boolean {
  return AROUND.has(fold(word)) || word.text === '#';
}

function idIn(word: Word | undefined): string | null {
  if (word === undefined) return null;
  const id = bareId(word).toUpperCase();
  return /^[0-9A-Z]{4,12}$/.test(id) ? id : null;
}

function looksLikeId(word: Word | undefined): boolean {
  return word !== undefined && (isSurelyId(word) || LETTERS_OF_AN_ID.test(bareId(word)));
}

function isSurelyId(word: Word): boolean {
  const id = bareId(word);
  return /\d/.test(id) || (id === id.toUpperCase() && (word.quoted || LETTERS_OF_AN_ID.test(id)));
}

function bareId(word: Word): string {
  return trimEdges(word.text, '#([<', ')]>.,;:!?');
}
