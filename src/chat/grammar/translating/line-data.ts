import type { Language } from '../../../languages.ts';
import { DATE_WORDS } from '../../dates/date-words.ts';
import type { DateWords } from '../../dates/words/shape.ts';
import en from '../../languages/en/lines.json' with { type: 'json' };
import fr from '../../languages/fr/lines.json' with { type: 'json' };
import pt from '../../languages/pt-BR/lines.json' with { type: 'json' };
import zh from '../../languages/zh-Hans/lines.json' with { type: 'json' };
import { elidedWords, type Notation, type Pattern, type Phrase, phrasesIn, toPatterns } from './line-patterns.ts';
import { HAN, type Piece, piecesOf } from './pieces.ts';

/**
 * What people type in one language, as data: `src/chat/languages/<tag>/lines.json`. Phrases are separated by `|`. A
 * language is one such file.
 */
export interface LineData {
  /** The lines of each command, by its verb; the notation is that of `Pattern`. `loose` ones are only offered. */
  readonly lines: Readonly<Record<string, { readonly sure?: string; readonly loose?: string }>>;
  /** Classes of words: `[in]`. */
  readonly words: Readonly<Record<string, string>>;
  /** Groups of parts: `<terms>`. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Words that lose their vowel before another: `l d qu`. */
  readonly elided?: string;
  /** Courtesies before and behind a line. */
  readonly opening?: string;
  readonly closing?: string;
  /** Negations and conditions: with one of these among its names, a line is not read. */
  readonly against?: string;
  /** Conditions: what begins with one is no reason. */
  readonly condition?: string;
  /** Words that lead from a command's words to a name, which its topic of the help leaves out. */
  readonly topicEnds?: string;
  /** The speaker. */
  readonly self?: string;
  /** Words between the names of a list; the `looseAnd` ones are parts of names, too. */
  readonly and?: string;
  readonly looseAnd?: string;
  /** They introduce a reason, the `label`s with a colon. */
  readonly reason?: string;
  readonly reasonLabel?: string;
  /** They introduce a ticket number. */
  readonly ticket?: string;
  /** What introduces a start, an end and a length, beside the words of `chat/dates/words`; and what follows them. */
  readonly start?: string;
  /** Those that lead to a day that is over. */
  readonly since?: string;
  readonly startBehind?: string;
  readonly end?: string;
  readonly endBehind?: string;
  /** Those that lead to an end only behind a start, "du 1er au 15": alone they may lead to a start, or to a deadline. */
  readonly endBehindStart?: string;
  /** Those that lead to a start only before an end. */
  readonly startBeforeEnd?: string;
  /** Before an hour of the day: "às 18 horas". */
  readonly atHour?: string;
  readonly during?: string;
  /** What follows a length that lies between now and a day. */
  readonly aheadBehind?: string;
  /** Further names of days and months, further words of dates, and further numbers. */
  readonly namedDays?: string;
  readonly dates?: string;
  readonly counts?: string;
  /** Titles behind a person's name. */
  readonly titles?: string;
  /** Between a line and the parts behind it, where that is no space. */
  readonly between?: string;
  /** How Usher writes the parts that many lines may have. */
  readonly write?: Readonly<Record<'start' | 'named' | 'end' | 'length' | 'ticket' | 'reason' | 'day', string>>;
  /** Words of days and lengths in Usher's own lines: `today`, `hours`, `next`, `next monday`. */
  readonly days?: Readonly<Record<string, string>>;
  /** The reasons in the examples of the help. */
  readonly texts?: Readonly<Record<string, string>>;
  /** They call an app a kit, before its name or behind it. */
  readonly kit?: string;
  readonly kitBehind?: string;
  /** Words that look like slips of a verb, and mean something else or the opposite. */
  readonly not?: string;
  /** They ask Usher to do something: with one of these, a line with a question mark is no question. */
  readonly asking?: string;
}

const data: Readonly<Record<Language, LineData>> = { en, fr, 'pt-BR': pt, 'zh-Hans': zh };

/** The same, compiled. */
export interface Lines {
  readonly language: Language;
  readonly data: LineData;
  readonly elided: ReadonlySet<string>;
  /** The shortest lines first, as written. */
  readonly patterns: readonly Pattern[];
  readonly patternsOf: ReadonlyMap<string, readonly Pattern[]>;
  readonly opening: readonly Phrase[];
  readonly closing: readonly Phrase[];
  readonly against: readonly Phrase[];
  readonly condition: readonly Phrase[];
  readonly self: readonly Phrase[];
  readonly and: readonly Phrase[];
  readonly looseAnd: readonly Phrase[];
  readonly reason: readonly Phrase[];
  readonly reasonLabel: readonly Phrase[];
  readonly ticket: readonly Phrase[];
  readonly kit: readonly Phrase[];
  readonly kitBehind: readonly Phrase[];
  readonly titles: readonly Phrase[];
  readonly dates: DatePhrases;
  /** Every word with a meaning of its own: a name with one is written in quotes. */
  readonly known: ReadonlySet<string>;
  readonly not: ReadonlySet<string>;
  readonly asking: readonly Phrase[];
}

export interface DatePhrases extends Readonly<Record<string, readonly Phrase[]>> {
  readonly start: readonly Phrase[];
  /** Those of `start` that lead to a day that is over. */
  readonly since: readonly Phrase[];
  readonly startBehind: readonly Phrase[];
  readonly end: readonly Phrase[];
  readonly endBehind: readonly Phrase[];
  readonly endBehindStart: readonly Phrase[];
  readonly startBeforeEnd: readonly Phrase[];
  readonly atHour: readonly Phrase[];
  readonly during: readonly Phrase[];
  readonly ahead: readonly Phrase[];
  readonly aheadBehind: readonly Phrase[];
  /** Words that name a day by themselves. */
  readonly days: readonly Phrase[];
  readonly months: readonly Phrase[];
  readonly units: readonly Phrase[];
  readonly hours: readonly Phrase[];
  readonly counts: readonly Phrase[];
  readonly fillers: readonly Phrase[];
}

const compiled = new Map<Language, Lines>();

/** What people type in a language; compiled once. */
export function linesIn(language: Language): Lines {
  const known = compiled.get(language);
  if (known !== undefined) return known;
  const made = compile(language, data[language]);
  compiled.set(language, made);
  return made;
}

function compile(language: Language, own: LineData): Lines {
  const elided = elidedWords(own.elided ?? '');
  const notation: Notation = { words: own.words, groups: own.groups ?? {}, elided };
  const patterns = Object.entries(own.lines).flatMap(([key, { sure = '', loose = '' }]) => [
    ...toPatterns(key, sure, true, notation),
    ...toPatterns(key, loose, false, notation),
  ]);
  const phrases = (text = '') => phrasesIn(text, elided);
  const dates = datePhrases(language, own, elided);
  const lists = {
    opening: phrases(own.opening),
    closing: phrases(own.closing),
    against: phrases(own.against),
    condition: phrases(own.condition),
    self: phrases(own.self),
    and: phrases(own.and),
    looseAnd: phrases(own.looseAnd),
    reason: phrases(own.reason),
    reasonLabel: phrases(own.reasonLabel),
    ticket: phrases(own.ticket),
    kit: phrases(own.kit),
    kitBehind: phrases(own.kitBehind),
    titles: phrases(own.titles),
  };
  const all: readonly Phrase[] = [
    ...Object.values(lists).flat(),
    ...Object.values(dates).flat(),
    ...patterns.flatMap(({ items }) => items.flatMap((item) => ('phrases' in item ? item.phrases : []))),
  ];
  return {
    language,
    data: own,
    elided,
    patterns,
    patternsOf: Map.groupBy(patterns, ({ key }) => key),
    ...lists,
    dates,
    known: new Set(all.flatMap((phrase) => phrase.map(({ plain }) => plain))),
    asking: phrases(own.asking),
    not: new Set(phrases(own.not).map((phrase) => phrase.map(({ plain }) => plain).join(''))),
  };
}

function datePhrases(language: Language, own: LineData, elided: ReadonlySet<string>): DatePhrases {
  const words: DateWords = DATE_WORDS[new Intl.Locale(language).language as 'fr'];
  const toPhrases = (list: readonly string[], more = '') => [
    ...list.flatMap((text) => phrasesIn(text, elided)),
    ...phrasesIn(more, elided),
  ];
  return {
    start: toPhrases([...words.begin, ...(words.since ?? [])], own.start),
    since: toPhrases(words.since ?? [], own.since),
    startBehind: toPhrases([], own.startBehind),
    end: toPhrases(words.end, own.end),
    endBehind: toPhrases(words.endBehind ?? [], own.endBehind),
    endBehindStart: toPhrases([], own.endBehindStart),
    startBeforeEnd: toPhrases([], own.startBeforeEnd),
    atHour: toPhrases([], own.atHour),
    during: toPhrases(words.during, own.during),
    ahead: toPhrases(words.ahead),
    aheadBehind: toPhrases([], own.aheadBehind),
    days: toPhrases([...words.near, ...Object.keys(words.days), ...namesOf(language, 'weekday')], own.namedDays),
    months: toPhrases(namesOf(language, 'month')),
    hours: toPhrases(words.units.hour.filter((word) => word.length > 1 && !HAN.test(word))),
    units: toPhrases([...Object.values(words.units).flat(), ...(words.otherUnits ?? [])]),
    counts: toPhrases(
      words.counts.flatMap((one) => one.split(' ')),
      own.counts,
    ),
    fillers: toPhrases(words.fillers, own.dates),
  };
}

/** The names of months or weekdays, in full and short, as the language writes them. */
function namesOf(language: Language, part: 'weekday' | 'month'): string[] {
  const days = Array.from({ length: 12 }, (_, at) => Date.UTC(2026, at, at + 1));
  return (['long', 'short'] as const).flatMap((length) => {
    const format = new Intl.DateTimeFormat(language, { [part]: length, timeZone: 'UTC' });
    const week = part === 'weekday' ? Array.from({ length: 7 }, (_, at) => Date.UTC(2026, 0, 1 + at)) : days;
    return week.map((day) => format.format(day).toLowerCase());
  });
}

export function piecesIn(line: string, { elided }: Pick<Lines, 'elided'>): Piece[] {
  return piecesOf(line, elided);
}
