import type { Command } from '../command.ts';
import { isForeignTo, smallWordsOf } from '../grammar/asides.ts';
import { takesTicket, withTicket } from '../grammar/ticket-words.ts';
import { phraseList } from '../grammar/word-lists.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { say } from '../registry/turn.ts';
import { type Reply, unreadReply } from '../reply.ts';
import { MOST_OFFERS, offersCard } from '../views/did-you-mean.ts';
import type { Problem } from '../views/problem.ts';
import { mentionsIn } from './app-mentions.ts';
import { createResolver } from './lookup.ts';
import { nameableIn } from './nameable.ts';
import { firstOf, type Guess, inTurn, type Resolved } from './resolved.ts';
import { standsIn, unsaidIn } from './unsaid.ts';

export interface Guesses {
  /** Each becomes its own line; only as many as a card shows are resolved. */
  readonly guesses: readonly Guess[];
  /** Words of the typed line that may be missing from every guess. */
  readonly leftOut: readonly string[];
  /** Words of the typed line that the guesses stand for. */
  readonly said?: string;
}

/**
 * The only way for a line that was not typed to reach a card: each guess is resolved against tenant and role first, and
 * only lines that work when clicked are offered. If none remains, the reply says what was not found, or refuses. It
 * changes nothing.
 */
export async function offer(parts: CommandParts, turn: Turn, meant: Guesses): Promise<Reply> {
  const resolved = await resolveAll(parts, turn, meant.guesses);
  if (resolved.kind === 'missing') return sayMissing(turn, resolved.problem);
  return tell(parts, turn, meant, resolved);
}

/** The same; null where nothing was guessed or found, for callers with a better answer. */
export async function offerIfFound(parts: CommandParts, turn: Turn, meant: Guesses): Promise<Reply | null> {
  const resolved = await resolveAll(parts, turn, meant.guesses);
  return resolved.kind === 'missing' ? null : tell(parts, turn, meant, resolved);
}

/** Says what was not found, and how to find it. */
export function sayMissing({ words }: Turn, problem: Problem): Reply {
  if (problem.kind === 'unknownApp' && DIRECTORIES.has(problem.typed.toLowerCase()))
    return unreadReply(say(words, { kind: 'beyondNewUser' }));
  // Only an app's own button leads on: what else was not found was guessed from a misspelled line.
  return unreadReply(problem.kind === 'unknownApp' ? say(words, problem) : say(words, problem, []));
}

/** "create an account for Priya in entra": an account there is the person, and no account in an app. */
const DIRECTORIES: ReadonlySet<string> = new Set(
  phraseList(`
    entra | entra id | azure | azure ad | aad | active directory | ad | m365 | o365 | office 365 | microsoft 365 |
    our tenant | the tenant`),
);

async function resolveAll(parts: CommandParts, turn: Turn, guesses: readonly Guess[]): Promise<Resolved> {
  return firstOf(await inTurn(guesses.slice(0, MOST_OFFERS), createResolver(parts, turn)));
}

async function tell(
  parts: CommandParts,
  turn: Turn,
  { guesses, leftOut, said: stoodFor = '' }: Guesses,
  resolved: Exclude<Resolved, { kind: 'missing' }>,
): Promise<Reply> {
  if (resolved.kind === 'refused') return resolved.reply();
  const line = typedLine(turn);
  const [ticket, another] = line === null ? [] : parts.grammar.ticketsIn(line);
  // A line's only ticket belongs to each of the commands that it may mean.
  const told = (command: Command) =>
    ticket === undefined || another !== undefined || !takesTicket(command) ? command : withTicket(command, ticket);
  const lines = [...new Set(resolved.commands.map((command) => parts.grammar.format(told(command))))];
  const reasons = guesses.flatMap(({ command }) => ('reason' in command && command.reason) || []);
  // A time is never dropped silently.
  const times = guesses.flatMap(({ command }) => timesOf(command));
  const known = [...new Set([...leftOut, ...times, ...reasons])].filter(
    (text) => text !== '' && !lines.some((line) => standsIn(text, line)),
  );
  const said = [...lines.slice(0, MOST_OFFERS), ...known, ...(resolved.found ?? []), stoodFor];
  const unsaid =
    line === null
      ? []
      : unsaidIn(line, [...said, ...(await appsIn(parts, line, lines))], smallWordsOf(turn.words.language));
  const remainder = [...known, ...unsaid];
  const message = offersCard(turn.words, {
    lines,
    leftOut: remainder.length === 0 ? null : remainder.join(', '),
    ticketExample: parts.tickets.examplesFor()[0],
    more: guesses.length > MOST_OFFERS || resolved.more === true,
    isForeign: line !== null && isForeignTo(line, turn.words.language),
  });
  return unreadReply({ kind: 'card', inPlace: true, message });
}

/** The line that the card answers; null for a form, and for a line too long to search. */
function typedLine({ incoming: { what } }: Turn): string | null {
  const line =
    what.kind === 'text' ? what.text : what.kind === 'action' && 'text' in what.action ? what.action.text : '';
  return line.length > longestLookedAt ? null : line;
}

/** The typed words for the apps of the offered lines: an alias, or the beginning of the name. */
async function appsIn(parts: CommandParts, line: string, lines: readonly string[]): Promise<readonly string[]> {
  const listing = await nameableIn(parts, line);
  if (!listing.ok) return [];
  const mentions = mentionsIn(line, listing.value, false);
  return mentions.flatMap(({ name, from, to }) =>
    lines.some((offered) => standsIn(name, offered)) ? [line.slice(from, to)] : [],
  );
}

/** A longer text names no app, person or group; searching it would only cost time. */
export const longestLookedAt = 1_000;

/** The start and end of a command, as typed. */
function timesOf(command: Command): readonly string[] {
  const term = command.verb === 'requestAccess' ? command : 'term' in command ? command.term : undefined;
  return [term?.start ?? '', term?.end ?? ''];
}
