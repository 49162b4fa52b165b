import { type Language, languages, sourceLanguage } from '../languages.ts';
import type { Command, Parsed, Verb } from './command.ts';
import type { Grammar } from './grammar/grammar.ts';
import { startsWithThanks } from './grammar/translating/courtesies.ts';
import { linesIn, piecesIn } from './grammar/translating/line-data.ts';
import { lengthsAt } from './grammar/translating/line-patterns.ts';
import { linesOf, readSlip, type Translated, toEnglish } from './grammar/translating/to-english.ts';

/** A typed line in English, which is all that the rest of the chat reads. */
export type Typed =
  | { readonly kind: 'line'; readonly line: string }
  /** Lines that it may mean; `typed` is the line itself, if none of them leads anywhere. */
  | { readonly kind: 'guesses'; readonly lines: readonly [string, ...string[]]; readonly typed: string };

/** More lines are a list. */
const MOST_LINES = 20;

/** What is done without a further click; all else shows something, or first says what it will do. */
const ACTS: ReadonlySet<Verb> = new Set([
  ...(['provision', 'provisionList', 'provisionGroup', 'requestAccess', 'extend', 'approve', 'deny'] as const),
  ...(['cancel', 'cancelAllBy', 'endAccess', 'endByHand', 'retry'] as const),
]);
/** So far from the beginning at most, a line asks Usher for something: "bonjour Usher, pourriez-vous …". */
const MOST_BEFORE_ASKING = 6;

/**
 * Reads a line in the language of its reader, or else in English, which each person may write. Where it says one thing in
 * the one language and another in the other, both are offered, and so is what it says in any further language. A line
 * that asks whether something is to be done, or quotes another message, is only offered.
 */
export function readTyped(grammar: Grammar, typed: string, language: Language): Typed {
  const read = readMeant(grammar, typed, language);
  if (read.kind === 'guesses') return read;
  const parsed = grammar.parse(read.line);
  if (parsed.kind !== 'command') return read;
  const isDoubted = REFUSAL.test(typed) || isQuestion(typed, language);
  const isGuess = isQuotation(typed) || (ACTS.has(parsed.command.verb) && isDoubted);
  return isGuess ? { kind: 'guesses', lines: [grammar.format(parsed.command)], typed } : read;
}

/** "approve R7K3MQ 👎" */
const REFUSAL = /[👎❌🚫⛔🛑🤔🙅]/u;

const isQuotation = (typed: string): boolean => /^\s*[>》]/.test(typed);

/** "Aprovo R7K3MQ?", and not "pode aprovar R7K3MQ?". */
function isQuestion(typed: string, language: Language): boolean {
  if (!/[?？]\s*$/.test(typed)) return false;
  const read: readonly Language[] = [sourceLanguage, language];
  return !read.some((one) => {
    const lines = linesIn(one);
    const pieces = piecesIn(typed, lines);
    return pieces.slice(0, MOST_BEFORE_ASKING).some((_, at) => lengthsAt(pieces, at, lines.asking).length > 0);
  });
}

function readMeant(grammar: Grammar, typed: string, language: Language): Typed {
  const asTyped = { kind: 'line', line: typed } as const;
  const english = grammar.parse(typed);
  if (english.kind === 'empty' || english.kind === 'tooManyWords') return asTyped;
  if (english.kind === 'tooLong') {
    // A list of people may be long, which the English reader knows by its first word.
    const list = translate(grammar, typed, language, 'whole');
    return list?.kind === 'sure' ? { kind: 'line', line: list.line } : asTyped;
  }
  // Half a line in one language may be a whole one, or another half, in English.
  const own = translate(grammar, typed, language, english.kind === 'unclear' ? 'any' : 'whole');
  if (english.kind === 'command') {
    if (own?.kind !== 'sure' || isSame(grammar, english, own.line)) return asTyped;
    const shorter = shorterNamed(grammar, english, own.line);
    if (shorter !== null) return shorter === 'own' ? { kind: 'line', line: own.line } : asTyped;
    return { kind: 'guesses', lines: [own.line, grammar.format(english.command)], typed };
  }
  if (own?.kind === 'sure') return { kind: 'line', line: own.line };
  if (own !== null) return { kind: 'guesses', lines: own.lines, typed };
  if (english.kind !== 'unclear') return asTyped;
  const slip = linesOf(readSlip(typed, language, grammar));
  const others = languages.filter((one) => one !== language);
  const [first, ...more] =
    slip.length > 0 ? slip : others.flatMap((one) => linesOf(translate(grammar, typed, one, 'whole')));
  return first === undefined ? asTyped : { kind: 'guesses', lines: [first, ...more], typed };
}

function isSame(grammar: Grammar, english: Extract<Parsed, { kind: 'command' }>, line: string): boolean {
  const read = grammar.parse(line);
  return read.kind !== 'command' || grammar.format(read.command) === grammar.format(english.command);
}

/**
 * Which of two readings takes fewer of the line's words for a name: "status do Zscaler" names Zscaler, and "pause
 * Salesforce for a week" names Salesforce. Null where they say different things.
 */
function shorterNamed(
  { parse }: Grammar,
  { command }: Extract<Parsed, { kind: 'command' }>,
  line: string,
): 'own' | 'english' | null {
  const read = parse(line);
  if (read.kind !== 'command') return null;
  const [own, english] = [longestText(read.command), longestText(command)];
  if (own.length > english.length && own.includes(english)) return 'english';
  if (read.command.verb !== command.verb) return null;
  return own.length < english.length ? 'own' : 'english';
}

/** The longest name, date or reason of a command. */
function longestText({ verb: _, ...said }: Command): string {
  const texts = [...JSON.stringify(said).matchAll(/:"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
}

function translate(grammar: Grammar, typed: string, language: Language, wanted: 'any' | 'whole'): Translated {
  if (language === sourceLanguage) return null;
  const rows = typed.split('\n').filter((row) => row.trim() !== '');
  const [head = '', ...rest] = rows;
  if (rest.length > 0 && rows.length <= MOST_LINES) {
    const all = rows.map((row) => toEnglish(row, language, grammar, 'whole'));
    if (all.every((one) => one?.kind === 'sure')) return { kind: 'sure', line: all.flatMap(linesOf).join('\n') };
  }
  const read = toEnglish(head, language, grammar, wanted);
  const signature = rest.findIndex((row) => startsWithThanks(row, language));
  const below = signature < 0 ? rest : rest.slice(0, signature);
  if (read === null || below.length === 0) return read;
  const whole = (line: string) => [line, ...below].join('\n');
  if (read.kind === 'sure') return { kind: 'sure', line: whole(read.line) };
  const [first, ...others] = read.lines;
  return { kind: 'guesses', lines: [whole(first), ...others.map(whole)] };
}
