import type { Tickets } from '../../ticket-rules.ts';
import type { Command, CommandOf } from '../command.ts';
import { CLOSING_WORDS } from './courtesy.ts';
import { REASON_WORDS } from './reason-words.ts';
import { reasonPlace, withoutMarksAtTheEnd } from './reasons.ts';
import type { Reading } from './rule.ts';
import { fold, phraseAt, toPhrases, trimEdges, type Word } from './tokens.ts';

/**
 * The ticket number of a line that asks for work. It may stand anywhere, also before the verb or inside a name, so it is
 * taken out of the words, together with what leads to it ("for ticket INC0012345"), before the rest is read. A line that
 * makes no sense without it is read with it: "TASK2" may be an app's name. A quoted word is a name, and no ticket. A
 * reason keeps the numbers that it mentions.
 */
export type TicketVerb = 'provision' | 'provisionList' | 'provisionGroup' | 'requestAccess' | 'remove' | 'offboard';
export type TicketCommand = CommandOf<TicketVerb>;

export function takesTicket(command: Command): command is TicketCommand {
  return VERBS.has(command.verb);
}

/** The same command with this ticket, or with none. */
export function withTicket<C extends TicketCommand>(command: C, ticket: string | null): C {
  const { ticket: _, ...rest } = command;
  return (ticket === null ? rest : { ...rest, ticket }) as C;
}

/** The result of a rule for a line with ticket numbers: all of them, in their order, each once. */
export interface TicketReading {
  readonly reading: Reading;
  readonly tickets: readonly string[];
}

const VERBS: ReadonlySet<string> = new Set<TicketVerb>([
  'provision',
  'provisionList',
  'provisionGroup',
  'requestAccess',
  'remove',
  'offboard',
]);
const NOUNS = toPhrases(`
  ticket | tickets | ticket number | ticket no | ticket nr | ticket id | ticket ref | incident | incident number | case
  case number | ref | reference
`);
const ARTICLES = toPhrases('the | our | this | my | his | her | their');
/** They lead to a number that ends its part of the line. */
const LINKS = toPhrases(`
  for | per | as per | re | see | via | under | in | with | by | because | because of | due to | regarding | about
  as requested in | requested in | according to | related to | linked to
`);
const LONGEST_PHRASE = 3;
const OPENING = '([{<*';
const CLOSING = ')]}>*.,;:!?–—-';
/** With its marks. */
const LONGEST_WORD = 40;

interface Place {
  readonly number: string;
  /** The first word that leads to it, which may as well lead to the word behind it; then the first that may not. */
  readonly link: number;
  readonly from: number;
  /** The place behind it. */
  readonly to: number;
}

/** Null for a line without ticket numbers, and for one that is better read with them. */
export function readTicketed(
  words: readonly Word[],
  tickets: Tickets,
  read: (words: readonly Word[]) => Reading | null,
): TicketReading | null {
  const places = placesIn(words, tickets);
  if (places.length === 0) return null;
  const bare = readWithout(words, places, read);
  if (bare === null || !VERBS.has(bare.kind === 'incomplete' ? bare.verb : bare.command.verb)) return null;
  const numbers = numbersOf(places);
  if (bare.kind === 'incomplete') {
    const whole = read(words);
    return whole !== null && whole.kind !== 'incomplete' ? null : { reading: bare, tickets: numbers };
  }
  const reason = reasonOf(bare.command) === null ? null : reasonPlace(words);
  const outside = places.filter(({ to }) => reason === null || to <= reason.at);
  const kept = outside.length === places.length ? null : readWithout(words, outside, read);
  if (kept === null || kept.kind === 'incomplete' || !isSameButReason(kept.command, bare.command))
    return { reading: bare, tickets: numbers };
  return { reading: kept, tickets: outside.length === 0 ? numbers : numbersOf(outside) };
}

/** "in (INC0012345) Salesforce": where a word that leads to the number makes the line whole, it stays. */
function readWithout(
  words: readonly Word[],
  places: readonly Place[],
  read: (words: readonly Word[]) => Reading | null,
): Reading | null {
  const bare = read(without(words, places));
  if (bare !== null && bare.kind !== 'incomplete') return bare;
  const linked = read(
    without(
      words,
      places.map((place) => ({ ...place, link: place.from })),
    ),
  );
  return linked !== null && linked.kind !== 'incomplete' ? linked : bare;
}

/** The ticket numbers among the words, each once. */
export function ticketsAmong(words: readonly Word[], tickets: Tickets): readonly string[] {
  return numbersOf(placesIn(words, tickets));
}

export function reasonOf(command: Command): string | null {
  if (command.verb === 'requestAccess') return command.reason;
  return 'term' in command ? (command.term?.reason ?? null) : null;
}

function isSameButReason(one: Command, other: Command): boolean {
  const rest = (command: Command) =>
    JSON.stringify(command, (key, value: unknown) => (key === 'reason' ? null : value));
  return rest(one) === rest(other);
}

function numbersOf(places: readonly Place[]): readonly string[] {
  return [...new Set(places.map(({ number }) => number))];
}

function placesIn(words: readonly Word[], tickets: Tickets): Place[] {
  return words.flatMap((word, at): Place[] => {
    const number = word.quoted ? null : numberIn(word.text, tickets);
    return number === null ? [] : [{ number, ...leadInOf(words, at), to: at + 1 }];
  });
}

function numberIn(typed: string, tickets: Tickets): string | null {
  // Nearly every word, by a much faster path.
  if (typed.length > LONGEST_WORD || !/\d/.test(typed)) return null;
  const bare = trimEdges(typed, OPENING, CLOSING);
  return tickets.read(bare) ?? (bare.startsWith('#') ? tickets.read(bare.slice(1)) : null);
}

/** Where the words that lead to a number begin; the number itself where none do. */
function leadInOf(words: readonly Word[], at: number): Pick<Place, 'link' | 'from'> {
  const named = at - lengthBefore(words, at, NOUNS);
  const from = named === at ? at : named - lengthBefore(words, named, ARTICLES);
  const link = from - lengthBefore(words, from, LINKS);
  // "(for INC0012345)"
  const isBracketed = link < from && /^[([]/.test(words[link]?.text ?? '');
  // "in INC0012345 Salesforce": the word belongs to the app.
  return { from, link: named < at || link === 0 || isBracketed || endsItsPart(words, at) ? link : from };
}

/** How many words before a place are one of the phrases. */
function lengthBefore(words: readonly Word[], end: number, phrases: readonly (readonly string[])[]): number {
  for (let length = Math.min(LONGEST_PHRASE, end); length > 0; length -= 1) {
    const own = words.slice(end - length, end);
    if (phraseAt(own, 0, phrases) === length && !own.slice(1).some(({ startsLine }) => startsLine)) return length;
  }
  return 0;
}

function endsItsPart(words: readonly Word[], at: number): boolean {
  const next = words[at + 1];
  if (next === undefined || next.startsLine || /[,;.:]$/.test(words[at]?.text ?? '')) return true;
  return CLOSING_WORDS.has(fold(next)) || REASON_WORDS.has(fold(next));
}

/** The words without these; what follows one takes over its line break, and what precedes it its comma. */
function without(words: readonly Word[], places: readonly Place[]): readonly Word[] {
  const left: Word[] = [];
  let at = 0;
  let gap: readonly Word[] = [];
  for (const { link, to } of [...places, { link: words.length, to: words.length }]) {
    for (const [index, word] of words.slice(at, link).entries())
      left.push(index === 0 && gap.some(({ startsLine }) => startsLine) ? { ...word, startsLine: true } : word);
    gap = words.slice(Math.max(at, link), to);
    const last = left.at(-1);
    const isParted = /[,;]$/.test(gap.at(-1)?.text ?? '') && to < words.length;
    if (isParted && last !== undefined && !last.quoted && !/[.,;:]$/.test(last.text))
      left[left.length - 1] = { ...last, text: `${last.text},` };
    at = to;
  }
  return places.at(-1)?.to === words.length ? withoutMarksAtTheEnd(left) : left;
}
