import { createTickets, defaultTicketPattern, type Tickets } from '../../ticket-rules.ts';
import type { Command, CommandOf, Parsed, Verb } from '../command.ts';
import { isNear, typingDistance } from './closest.ts';
import { withoutCourtesy } from './courtesy.ts';
import { phrasesOf, verbs } from './phrases.ts';
import { offered, type Reading, type Rule } from './rule.ts';
import { readTicketed, reasonOf, takesTicket, ticketsAmong, withTicket } from './ticket-words.ts';
import { DOUBLE_QUOTES, fold, phraseAt, splitWords, type Word } from './tokens.ts';

/** Longer messages are not parsed. In UTF-16 units; only lists are longer. */
export const DEFAULT_LIMIT = 4_000;
/** The same for a line that begins with "provision": fits five hundred people with their names. */
export const LIST_LIMIT = 64_000;
/**
 * The most words of a message: five hundred people, each with name, address and a dozen more words. Text between
 * blanks, commas and semicolons counts as one word. The limit keeps parsing from delaying other messages.
 */
export const WORD_LIMIT = 8_000;
/** The length inspected to tell whether a long message may be a list. */
const HEAD = 200;
/** The most words that a verb may be split into, as in `who am i`. */
const MOST_VERB_WORDS = 3;

/** How all commands are read and written: the rules of their declarations, and their phrases. */
export interface Grammar {
  /**
   * Parses a message as a command. It never throws, takes time linear in the length, and returns a `command` only for
   * what the words plainly say: every guess is a `didYouMean`.
   */
  parse(text: string, options?: { readonly limit?: number }): Parsed;
  /**
   * The command as the line a person would type, with names quoted where needed. `parse` reads it back as the same
   * command, provided that its names hold more than white space.
   */
  format(command: Command): string;
  /** The ticket numbers in a line, each once; none in quotes. */
  ticketsIn(line: string): readonly string[];
  /** The verb that a help topic means, including typos; null for other topics. */
  verbNamed(topic: string): Verb | null;
}

export type Rules = { readonly [V in Verb]: Rule<CommandOf<V>> };

interface Spelling {
  readonly verb: Verb;
  readonly phrase: readonly string[];
  /** For the canonical spelling, the words that are no typo of it. */
  readonly not: readonly string[] | null;
  read(words: readonly Word[]): Reading | null;
}

/** A rule whose spelling begins the line, and the words after it. */
interface Match {
  readonly verb: Verb;
  read(): Reading | null;
}

export function createGrammar(
  rules: Rules,
  tickets: Tickets = createTickets({ pattern: defaultTicketPattern, required: false }, []),
): Grammar {
  const spellings = verbs
    .flatMap((verb) => spellingsOf(verb, rules[verb]))
    .sort((one, other) => other.phrase.length - one.phrase.length);
  const byFirstWord = Map.groupBy(spellings, ({ phrase }) => phrase[0] ?? '');

  function readLine(line: string): Parsed {
    const parsed = readWords(line);
    // A line that begins as a quotation is another message's.
    const isQuoted = line.startsWith('>') && parsed.kind === 'command';
    return isQuoted ? { kind: 'didYouMean', suggestion: format(parsed.command) } : parsed;
  }

  function readWords(line: string): Parsed {
    const words = unwrapped(splitWords(line));
    const ticketed = readTicketed(words, tickets, readBare);
    if (ticketed !== null) return toParsed(ticketed.reading, ticketed.tickets);
    const reading = readBare(words);
    return reading === null ? { kind: 'unclear' } : toParsed(reading, []);
  }

  function readBare(all: readonly Word[]): Reading | null {
    const words = withoutCourtesy(all);
    for (const match of exactMatches(byFirstWord, words)) {
      const reading = match.read();
      if (reading !== null) return reading;
    }
    const reading = nearMatch(spellings, words)?.read() ?? null;
    return reading?.kind === 'command' ? { ...reading, kind: 'nearly' } : reading;
  }

  function format(command: Command): string {
    // Typed into a field, it may be anything.
    const isSaid = takesTicket(command) && command.ticket !== undefined && tickets.read(command.ticket) !== null;
    const said = takesTicket(command) && !isSaid ? withTicket(command, null) : command;
    return write(rules, said.verb, said);
  }

  function toParsed(reading: Reading, found: readonly string[]): Parsed {
    if (reading.kind === 'incomplete') return found.length === 1 ? { ...reading, ticket: found[0] ?? '' } : reading;
    const { kind, command } = reading;
    if (!takesTicket(command)) return kind === 'nearly' ? { kind: 'didYouMean', suggestion: format(command) } : reading;
    // A quoted reason is one word, and not searched before.
    const numbers = found.length > 0 ? found : ticketsAmong(splitReason(command), tickets);
    const [only] = numbers;
    const said = only === undefined || numbers.length > 1 ? command : withTicket(command, only);
    if (kind === 'nearly') return { kind: 'didYouMean', suggestion: format(said) };
    return numbers.length > 1 ? { kind: 'severalTickets', command, tickets: numbers } : { kind, command: said };
  }

  return {
    format,
    ticketsIn: (line) => ticketsAmong(splitWords(line), tickets),
    parse(text, options = {}) {
      const line = withoutMarks(text.trim());
      if (line === '') return { kind: 'empty' };
      const limit = options.limit ?? (mayBeList(line) ? LIST_LIMIT : DEFAULT_LIMIT);
      if (line.length > limit) return { kind: 'tooLong', length: line.length, limit };

      const count = line.length > WORD_LIMIT ? countWords(line) : 0;
      if (count > WORD_LIMIT) return { kind: 'tooManyWords', count, limit: WORD_LIMIT };

      const parsed = readLine(line);
      if (options.limit !== undefined || line.length <= DEFAULT_LIMIT || namesMany(parsed)) return parsed;
      return { kind: 'tooLong', length: line.length, limit: DEFAULT_LIMIT };
    },
    verbNamed(topic) {
      const words = splitWords(topic);
      const named = verbs.find((verb) => verb.toLowerCase() === topic.trim().toLowerCase());
      return named ?? (exactMatches(byFirstWord, words)[0] ?? nearMatch(spellings, words))?.verb ?? null;
    },
  };
}

/** Keeps what it has read last: the steps of an answer parse the same line one after the other. */
export function keepingLatest(grammar: Grammar): Grammar {
  let latest: { readonly text: string; readonly limit: number | undefined; readonly parsed: Parsed } | null = null;
  return {
    ...grammar,
    parse(text, { limit } = {}) {
      if (latest === null || latest.text !== text || latest.limit !== limit)
        latest = { text, limit, parsed: grammar.parse(text, limit === undefined ? {} : { limit }) };
      return latest.parsed;
    },
  };
}

/** A reason is read whole, also what it quotes. */
const splitReason = (command: Command) => splitWords((reasonOf(command) ?? '').replace(QUOTES, ' '));

const QUOTES = new RegExp(`[${DOUBLE_QUOTES}]`, 'g');

/** The line within a code fence, or in bold, as people paste it. */
function withoutMarks(line: string): string {
  const mark = MARKS.find((one) => line.length > 2 * one.length && line.startsWith(one) && line.endsWith(one));
  if (mark === undefined) return line;
  const inside = line.slice(mark.length, -mark.length);
  return (mark === FENCE ? inside.replace(/^[a-z]*\n/, '') : inside).trim();
}

const FENCE = '```';
const MARKS = [FENCE, '**', '__', '~~'];

function write<V extends Verb>(rules: Rules, verb: V, command: CommandOf<V>): string {
  return rules[verb].write(command);
}

/** The rules that match the line exactly, longest spelling first. */
function exactMatches(byFirstWord: ReadonlyMap<string, readonly Spelling[]>, words: readonly Word[]): Match[] {
  const begun = byFirstWord.get(fold(words[0])) ?? [];
  return begun
    .filter(({ phrase }) => phraseAt(words, 0, [phrase]) > 0)
    .map((spelling) => matchOf(spelling, words, spelling.phrase.length));
}

/**
 * The rule whose verb was probably mistyped: at most two typos and fewer than half of the word. A space may be extra or
 * missing (`who ami`, `pro vision`).
 */
function nearMatch(spellings: readonly Spelling[], words: readonly Word[]): Match | null {
  let best: Match | null = null;
  let fewestSlips = Number.POSITIVE_INFINITY;
  const beginnings = joinedBeginnings(words);
  // In this order, among equally near readings the longest spelling wins, then the one that leaves more words.
  for (const spelling of spellings) {
    const { phrase, not } = spelling;
    if (not === null) continue;
    const whole = phrase.join('');
    for (const [index, typed] of beginnings.entries()) {
      if (!isNear(typed, whole) || not.includes(typed)) continue;
      const slips = typingDistance(typed, whole);
      if (slips >= fewestSlips) continue;
      best = matchOf(spelling, words, index + 1);
      fewestSlips = slips;
    }
  }
  return best;
}

/** The first word, the first two joined, and so on, up to the length of a verb. */
function joinedBeginnings(words: readonly Word[]): string[] {
  const beginnings: string[] = [];
  for (const word of words.slice(0, MOST_VERB_WORDS)) {
    if (fold(word) === '') break;
    beginnings.push((beginnings.at(-1) ?? '') + fold(word));
  }
  return beginnings;
}

function matchOf({ verb, read }: Spelling, words: readonly Word[], length: number): Match {
  return { verb, read: () => read(words.slice(length)) };
}

function spellingsOf(verb: Verb, { questions = {}, read, readLoose = read }: Omit<Rule<never>, 'write'>): Spelling[] {
  const { spellings, loose, not, questions: asked } = phrasesOf(verb);
  const toSpelling = (text: string, reader: Spelling['read'], typos: Spelling['not'] = null): Spelling => ({
    verb,
    phrase: text.split(' '),
    not: typos,
    read: reader,
  });
  return [
    ...spellings.map((text, index) => toSpelling(text, read, index === 0 ? not : null)),
    ...loose.map((text) => toSpelling(text, (words) => offered(readLoose(words)))),
    ...Object.entries(questions).flatMap(([name, reader]) =>
      (asked[name] ?? []).map((text) => toSpelling(text, reader)),
    ),
  ];
}

function countWords(line: string): number {
  return line.match(/[^\s,;]+/g)?.length ?? 0;
}

function mayBeList(line: string): boolean {
  if (line.length <= DEFAULT_LIMIT) return false;
  const [first] = withoutCourtesy(splitWords(line.slice(0, HEAD)));
  return isNear(fold(first), 'provision');
}

/** Whether a long line is a list, which may be long. */
function namesMany(parsed: Parsed): boolean {
  switch (parsed.kind) {
    case 'command':
      return parsed.command.verb === 'provisionList' || parsed.command.verb === 'provisionGroup';
    case 'severalTickets':
      return namesMany({ kind: 'command', command: parsed.command });
    case 'incomplete':
      return parsed.verb === 'provisionList' || parsed.verb === 'provisionGroup';
    case 'didYouMean':
      return /^provision (?:users|group) /.test(parsed.suggestion);
    default:
      return false;
  }
}

/** A line copied together with the quotes around it. */
function unwrapped(words: Word[]): Word[] {
  const [only, second] = words;
  return only?.quoted && second === undefined ? splitWords(only.text) : words;
}
