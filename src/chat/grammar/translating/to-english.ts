import { type Language, sourceLanguage } from '../../../languages.ts';
import { isNear, typingDistance } from '../closest.ts';
import type { Grammar } from '../grammar.ts';
import { isGivenId } from '../id-lines.ts';
import { listOfNames } from '../name-list.ts';
import { quoteName } from '../names.ts';
import { noNameIn } from '../pronouns.ts';
import { writeReason } from '../reasons.ts';
import { withoutCourtesy } from './courtesies.ts';
import { type Cut, cutsOf, type Terms } from './cut-terms.ts';
import { type Lines, linesIn, piecesIn } from './line-data.ts';
import { fittingWords, lengthsAt, type Match, matchesOf, type Pattern } from './line-patterns.ts';
import { areGlued, type Piece, textOf } from './pieces.ts';
import { BARE, filled, isPlainName, LISTS, namesIn, patternWith, TERMS, TEXTS, wordsBefore } from './slots.ts';

/** What a line in another language is in English. Never throws; the time is linear in the length of the line. */
export type Translated =
  /** It says this and nothing else. */
  | { readonly kind: 'sure'; readonly line: string }
  /** It may say these, the likeliest first. */
  | { readonly kind: 'guesses'; readonly lines: readonly [string, ...string[]] }
  | null;

const MOST_GUESSES = 3;
/** Where a line may be a list. */
const LONGEST_LINE = 64_000;
/** A shorter word is near too many others. */
const SHORTEST_VERB = 5;
/** A longer line is no command with a slip. */
const LONGEST_SLIP = 1_000;

/** The English reader, which has the last word on every line. */
export type EnglishReader = Pick<Grammar, 'parse' | 'ticketsIn'>;

/**
 * Reads a line of a language as one of English.
 *
 * @param wanted `whole` leaves out lines of which a part is missing
 */
export function toEnglish(
  line: string,
  language: Language,
  english: EnglishReader,
  wanted: 'any' | 'whole' = 'any',
): Translated {
  if (language === sourceLanguage || line.length > LONGEST_LINE) return null;
  const lines = linesIn(language);
  const all = withoutCourtesy(piecesIn(line, lines), { ...lines, opening: [] });
  const pieces = withoutCourtesy(all, lines);
  const whole = readPolite(all, pieces, lines, english);
  if (whole !== null || wanted !== 'any') return confirmed(whole, english);
  return confirmed(readHalf(pieces, lines, english), english);
}

/**
 * A line with its courtesies and without: "ok pour R7K3MQ" begins with one that is none, "帮我" may be one or name the
 * speaker, and the name of "嗨学" begins like one.
 */
function readPolite(all: readonly Piece[], pieces: readonly Piece[], lines: Lines, english: EnglishReader): Translated {
  const from = all.indexOf(pieces[0] as Piece);
  if (from <= 0) return readWhole(pieces, lines, lines.patterns, english);
  const [named, spoken] = [true, false].map((begins) =>
    readWhole(
      all,
      lines,
      lines.patterns.filter(({ items: [first] }) => begins === (first !== undefined && 'slot' in first)),
      english,
    ),
  ) as [Translated, Translated];
  const bare = readWhole(pieces, lines, lines.patterns, english);
  const said = bare?.kind === 'sure' ? bare : (spoken ?? bare);
  if (said === null || named === null) return said ?? named;
  const isLikely = said.kind === 'sure' && named.kind !== 'sure';
  return isLikely || !areGlued(all[from - 1], all[from]) ? said : both(said, named);
}

/** Only what English reads as a command, or as half of one, is said. */
function confirmed(translated: Translated, { parse }: EnglishReader): Translated {
  if (translated === null) return null;
  if (translated.kind === 'sure') {
    const read = parse(translated.line);
    if (read.kind === 'didYouMean') return { kind: 'guesses', lines: [read.suggestion] };
    const isSaid = read.kind === 'command' || read.kind === 'incomplete' || read.kind === 'severalTickets';
    return isSaid || SIGN_IN.has(translated.line) ? translated : null;
  }
  const [first, ...others] = translated.lines.filter((line) => parse(line).kind === 'command');
  return first === undefined ? null : { kind: 'guesses', lines: [first, ...others] };
}

/** They are read before all other lines. */
const SIGN_IN: ReadonlySet<string> = new Set(['sign in', 'sign out']);

function readWhole(
  pieces: readonly Piece[],
  lines: Lines,
  patterns: readonly Pattern[],
  { ticketsIn }: EnglishReader,
): Translated {
  const isTicket = (text: string) => ticketsIn(text).length === 1;
  const whole = fittingWords(patterns, pieces).filter(({ slots }) => !slots.includes('said'));
  const cuts = cutsOf(pieces, lines, isTicket);
  const firstOf = (some: readonly Cut[]): Translated => {
    for (const { pieces: left, terms } of some) {
      const matches = whole.flatMap((pattern) => matchesOf(pattern, left));
      const found = bestOf(matches, terms, lines);
      if (found !== null) return found;
    }
    return null;
  };
  const plain = firstOf(cuts.filter(({ odd }) => odd !== true));
  const odd = firstOf(cuts.filter((cut) => cut.odd === true));
  return plain === null || odd === null ? (plain ?? odd) : both(odd, plain);
}

/** Two readings, to be offered. */
function both(one: Translated, other: Translated): Translated {
  const [line, ...others] = new Set([...linesOf(one), ...linesOf(other)]);
  return line === undefined ? null : { kind: 'guesses', lines: [line, ...others.slice(0, MOST_GUESSES - 1)] };
}

/** The lines that it may be. */
export const linesOf = (translated: Translated): readonly string[] =>
  translated === null ? [] : translated.kind === 'sure' ? [translated.line] : translated.lines;

/** A line of which a part is missing, which the English reader asks for. Where it finds all parts, it read them otherwise. */
function readHalf(pieces: readonly Piece[], lines: Lines, { parse }: EnglishReader): Translated {
  const half = fittingWords(lines.patterns, pieces).filter(({ slots }) => slots.includes('said'));
  const matches = half.flatMap((pattern) => matchesOf(pattern, pieces));
  const read = bestOf(matches, {}, lines);
  if (read?.kind !== 'sure' || parse(read.line).kind === 'incomplete') return read;
  return { kind: 'guesses', lines: [read.line] };
}

function bestOf(matches: readonly Match[], terms: Terms, lines: Lines): Translated {
  const fitting = matches.filter((match) => !isAgainst(match, lines) && takes(match.pattern, terms));
  const most = Math.max(...fitting.map(({ said }) => said));
  const best = decided(fitting.filter(({ said }) => said === most));
  const written = best.flatMap((match) => saidBy(match, terms, lines));
  const found = [...new Map(written.map((one) => [one.line, one])).values()];
  const [first, second] = found;
  if (first === undefined) return null;
  if (second === undefined && first.sure) return { kind: 'sure', line: first.line };
  const [line, ...others] = found.slice(0, MOST_GUESSES).map((one) => one.line);
  return line === undefined ? null : { kind: 'guesses', lines: [line, ...others] };
}

/** An address or a quoted name is a whole name, so that the word behind it parts it from the next. */
function decided(matches: readonly Match[]): readonly Match[] {
  const first = matches.filter(({ pattern }) => pattern === matches[0]?.pattern);
  const whole = first.filter(({ slots }) => [...(slots.values() ?? [])].every(isWhole));
  const some = first.filter(({ slots }) => isWhole([...slots.values()][0] ?? []));
  const [kept = matches] = [whole, some].filter(({ length }) => length === 1);
  return kept;
}

const isWhole = (pieces: readonly Piece[]): boolean =>
  pieces.length === 1 && (pieces[0]?.quoted === true || pieces[0]?.text.includes('@') === true);

/** Whether one of the names holds a negation or a condition, or a condition stands where a reason would. */
function isAgainst({ slots }: Match, { against, condition }: Lines): boolean {
  return [...slots].some(([slot, pieces]) =>
    slot === 'reason'
      ? lengthsAt(pieces, 0, condition).length > 0 || isGivenId(pieces[0]?.text ?? '')
      : pieces.some((_, at) => lengthsAt(pieces, at, against).length > 0),
  );
}

/** Whether the line of a pattern may have these parts. */
function takes({ key, slots }: Pattern, terms: Terms): boolean {
  const english = linesIn(sourceLanguage).patternsOf.get(key) ?? [];
  return TERMS.every(
    (term) =>
      terms[term] === undefined || (!slots.includes(term) && english.some((pattern) => pattern.slots.includes(term))),
  );
}

function saidBy({ pattern, slots }: Match, terms: Terms, lines: Lines) {
  const all = new Map([...slots, ...Object.entries(terms)]);
  const variants = variantsOf(all, lines);
  return variants.flatMap((values) => {
    const isList = pattern.key === 'provision' && (values.get('subject')?.names.length ?? 0) > 1;
    // "用户" is one or several: one name is no list, but in the line that Usher writes.
    const isOne = pattern.key === 'provisionList' && values.get('subjects')?.names.length === 1;
    if (isOne && pattern !== patternWith(lines, pattern.key, pattern.slots)) return [];
    const key = isList ? 'provisionList' : pattern.key;
    const named = isList ? renamed(values, 'subject', 'subjects') : values;
    const line = fill(key, named, lines);
    return line === null
      ? []
      : [{ line, sure: pattern.sure && !isList && ![...named.values()].some(({ odd }) => odd) }];
  });
}

/** Slots that may hold several names. */
const MAY_LIST: ReadonlySet<string> = new Set(['subject', 'person', 'app', ...LISTS]);

interface Value {
  readonly text: string;
  readonly names: readonly string[];
  readonly quoted: boolean;
  /** It may be read otherwise. */
  readonly odd: boolean;
}

function renamed(values: ReadonlyMap<string, Value>, from: string, to: string): ReadonlyMap<string, Value> {
  return new Map([...values].map(([slot, value]) => [slot === from ? to : slot, value]));
}

/** The texts of the slots; two readings where a word may part a list, or belong to a name. */
function variantsOf(slots: ReadonlyMap<string, readonly Piece[]>, lines: Lines): readonly ReadonlyMap<string, Value>[] {
  return [...slots].reduce<readonly ReadonlyMap<string, Value>[]>(
    (variants, [slot, pieces]) =>
      variants.flatMap((values) => valuesOf(slot, pieces, lines).map((value) => new Map([...values, [slot, value]]))),
    [new Map()],
  );
}

function valuesOf(slot: string, pieces: readonly Piece[], lines: Lines): readonly Value[] {
  const [only] = pieces;
  const quoted = pieces.length === 1 && only?.quoted === true;
  const text = textOf(pieces);
  const whole = { text, names: [text], quoted, odd: false };
  if (quoted || !MAY_LIST.has(slot)) return [whole];
  const contact = pieces.some((piece) => piece.quoted)
    ? undefined
    : /^.*?[\s]*[(（<]([^\s@<>()（）]+@[^\s@<>()（）]+)[)）>]$/.exec(text)?.[1];
  if (contact !== undefined) return [{ ...whole, text: contact, names: [contact], odd: pieces.length > 1 }];
  const bare = slot === 'subject' || slot === 'person' ? withoutTitle(pieces, lines) : null;
  if (bare !== null) return [bare, text].map((name) => ({ text: name, names: [name], quoted, odd: true }));
  const names = namesIn(pieces, [...lines.and, ...lines.looseAnd]);
  if (names.length < 2) return [whole];
  const kept = namesIn(pieces, lines.and);
  const isParted = LISTS.has(slot) || pieces.some(({ mark }) => /[,，、;；]/.test(mark));
  const joints = kept.map((name) => jointIn(name, names));
  const [asList, asKept] = [names, kept].map((some) => ({ ...whole, text: some.join(', '), names: some })) as [
    Value,
    Value,
  ];
  if (isParted) return joints.includes('name') ? [asList, asKept] : [asList];
  if (joints.includes('name')) return [whole, asList];
  return slot !== 'app' && joints.every((joint) => joint === null || joint === 'list') ? [asList] : [asList, whole];
}

/** What a word that may join names does in one: "isaiah e diego" is a list, "João Costa e Silva" is probably a name. */
function jointIn(name: string, names: readonly string[]): 'list' | 'name' | 'unclear' | null {
  if (names.includes(name)) return null;
  const parts = names.filter((part) => name.includes(part));
  const isWord = (part: string | undefined) => part !== undefined && !/[\s\p{Script=Han}]/u.test(part);
  // "Costa e Silva" is a family, or Costa and Silva.
  if (parts.slice(0, -1).every(isWord)) return parts.every((part) => /^\p{Lu}/u.test(part)) ? 'unclear' : 'list';
  return isWord(parts.at(-1)) ? 'name' : 'unclear';
}

/** The name in "王伟经理"; null where no title follows a whole name. */
function withoutTitle(pieces: readonly Piece[], { titles }: Lines): string | null {
  const at = pieces.findIndex(
    (_, index) => index > 1 && lengthsAt(pieces, index, titles).includes(pieces.length - index),
  );
  return at < 0 || pieces.some(({ mark }) => mark !== '') ? null : textOf(pieces.slice(0, at));
}

/** The line of a command in English; null where English has none with just these parts. */
function fill(key: string, values: ReadonlyMap<string, Value>, lines: Lines): string | null {
  const pattern = patternWith(linesIn(sourceLanguage), key, [...values.keys()]);
  if (pattern === null) return null;
  return filled(pattern.template, (slot) => {
    const value = values.get(slot);
    return value === undefined ? '' : inEnglish(slot, value, lines);
  });
}

function inEnglish(slot: string, { text, names, quoted }: Value, lines: Lines): string {
  if (slot === 'requestId') return quoted ? quoteName(text) : text.normalize('NFKC').toUpperCase();
  if (slot === 'topic') return quoted ? quoteName(text) : (englishVerb(text, lines) ?? quoteName(text));
  if (BARE.has(slot)) return slot === 'said' ? text : text.normalize('NFKC').replace('h', ':').replace(/:$/, ':00');
  if (slot === 'reason') return quoted ? quoteName(text) : writeReason(text);
  if (TEXTS.has(slot)) return quoteName(text);
  if (LISTS.has(slot)) return names.map((name) => nameInEnglish(name, lines, false)).join(', ');
  const kit = slot === 'app' && !quoted ? kitIn(piecesIn(text, lines), lines) : null;
  if (kit !== null) return quoteName(`the ${kit} kit`);
  return nameInEnglish(slot === 'app' || names.length === 1 ? text : listOfNames(names), lines, quoted);
}

function nameInEnglish(name: string, lines: Lines, quoted: boolean): string {
  if (quoted) return quoteName(name);
  const pieces = piecesIn(name, lines);
  if (lengthsAt(pieces, 0, lines.self).includes(pieces.length)) return 'me';
  // In quotes it would be a name.
  return noNameIn(name, lines.language) === null || !isPlainName(name) ? quoteName(name) : name;
}

/** The name in "le kit Sales". */
function kitIn(pieces: readonly Piece[], { kit, kitBehind }: Lines): string | null {
  const [before = 0] = lengthsAt(pieces, 0, kit);
  if (before > 0 && before < pieces.length) return textOf(pieces.slice(before));
  const behind = [3, 2, 1].find(
    (length) => length < pieces.length && lengthsAt(pieces, pieces.length - length, kitBehind).includes(length),
  );
  return behind === undefined ? null : textOf(pieces.slice(0, -behind));
}

/** A command's word in the line's language, as the English help calls it. */
function englishVerb(text: string, lines: Lines): string | null {
  const pieces = piecesIn(text, lines);
  const found = lines.patterns.find(({ items: [first] }) => {
    return first !== undefined && 'phrases' in first && lengthsAt(pieces, 0, first.phrases).includes(pieces.length);
  });
  const english = found === undefined ? null : linesIn(sourceLanguage).patternsOf.get(found.key)?.[0];
  return english === null || english === undefined ? null : wordsBefore(english);
}

/**
 * The line with its first word as the verb that was probably mistyped, as a guess. The rest has to say what that verb
 * wants, since most words are near some verb.
 */
export function readSlip(line: string, language: Language, english: EnglishReader): Translated {
  if (language === sourceLanguage || line.length > LONGEST_SLIP) return null;
  const lines = linesIn(language);
  const [first, ...rest] = withoutCourtesy(piecesIn(line, lines), lines);
  if (first === undefined || first.quoted || lines.known.has(first.plain) || lines.not.has(first.plain)) return null;
  const verbs = lines.patterns.flatMap(({ sure, items }) => (sure && saysMore(items) ? firstWords(items[0]) : []));
  const isOther = (verb: string) =>
    [...lines.not].some((other) => typingDistance(first.plain, other) <= typingDistance(first.plain, verb));
  const near = [...new Set(verbs)].filter(
    (verb) => verb.length >= SHORTEST_VERB && isNear(first.plain, verb) && !isOther(verb),
  );
  const guesses = near.flatMap((verb) => {
    const meant = [{ ...first, text: verb, exact: verb, plain: verb }, ...rest];
    const whole = lines.patterns.filter(({ items, slots }) => saysMore(items) && !slots.includes('said'));
    const read = bestOf(
      whole.flatMap((pattern) => matchesOf(pattern, meant)),
      {},
      lines,
    );
    return read === null ? [] : read.kind === 'sure' ? [read.line] : read.lines;
  });
  const [guess, ...others] = [...new Set(guesses)].slice(0, MOST_GUESSES);
  return confirmed(guess === undefined ? null : { kind: 'guesses', lines: [guess, ...others] }, english);
}

/** Whether a pattern holds an id, or words besides its verb. */
function saysMore(items: Pattern['items']): boolean {
  return items.some((item, at) => at > 0 && !('comma' in item) && (!('slot' in item) || item.slot === 'requestId'));
}

function firstWords(item: Pattern['items'][number] | undefined): readonly string[] {
  return item !== undefined && 'phrases' in item ? item.phrases.flatMap(([word]) => word?.plain ?? []) : [];
}
