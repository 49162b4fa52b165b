import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../../src/languages.ts';

/**
 * What a machine can tell of a translation, each rule once. A rule returns what it found in one message, in words; an
 * empty list means that the message keeps the rule.
 */
export type Translation = Exclude<Language, 'en'>;
export type Findings = readonly string[];

/** The words of one English term in one language. A `*` at the end of a word stands for any ending. */
export interface Term {
  /** One of these is in each text whose English has the term; a piece of a word, as words have endings. */
  readonly says: readonly string[];
  readonly never?: readonly string[];
  /** Keys of the messages that say it in another way, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

export interface Terms {
  readonly terms: Readonly<Record<string, Term>>;
  /** Words that no text of the language has. */
  readonly never: readonly string[];
  /** Names, codes and words that both languages share: texts that may equal the English ones. */
  readonly same: readonly string[];
}

type Ast = ReturnType<IntlMessageFormat['getAst']>;
type Node = Ast[number];

/** Stands for a value in the texts that the rules look at. */
const VALUE = '\ufffc';

const astOf = (text: string, language: Language): Ast =>
  new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst();

export function doesNotParse(text: string, language: Language): Findings {
  try {
    astOf(text, language);
    return [];
  } catch (error) {
    return [`is no ICU message: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** A message as it is read, with each of its choices at least once. */
export function readingsOf(text: string, language: Language): readonly string[] {
  return readings(astOf(text, language));
}

function readings(ast: Ast): readonly string[] {
  const parts = ast.map(readingsOfNode);
  const count = Math.max(1, ...parts.map((part) => part.length));
  return Array.from({ length: count }, (_, at) => parts.map((part) => part[at % part.length] ?? '').join(''));
}

function readingsOfNode(node: Node): readonly string[] {
  if ('options' in node) return Object.values(node.options).flatMap(({ value }) => readings(value));
  if (node.type === 0) return [node.value];
  return [isPound(node) ? '1' : VALUE];
}

/** The number of a plural, written as `#`. */
const isPound = (node: Node) => node.type === 7;

interface Choice {
  readonly name: string;
  readonly isPlural: boolean;
  readonly options: ReadonlyMap<string, Ast>;
}

function choicesIn(ast: Ast): readonly Choice[] {
  return ast.flatMap((node) => {
    if (!('options' in node)) return [];
    const options = new Map(Object.entries(node.options).map(([key, { value }]) => [key, value]));
    const own = { name: node.value, isPlural: 'pluralType' in node, options };
    return [own, ...[...options.values()].flatMap(choicesIn)];
  });
}

function valuesIn(ast: Ast): readonly string[] {
  return ast.flatMap((node) => {
    if ('options' in node) return [node.value, ...Object.values(node.options).flatMap(({ value }) => valuesIn(value))];
    return node.type === 0 || isPound(node) || !('value' in node) ? [] : [String(node.value)];
  });
}

const lackingIn = (wanted: Iterable<string>, given: Iterable<string>) => {
  const there = new Set(given);
  return [...new Set(wanted)].filter((one) => !there.has(one));
};

/** Both have the same values, the same choices, and plurals that the language knows. */
export function shapeDiffers(english: string, text: string, language: Translation): Findings {
  const [source, own] = [astOf(english, 'en'), astOf(text, language)];
  const [here, there] = [choicesIn(own), choicesIn(source)];
  const optionsOf = (choices: readonly Choice[], name: string, wanted: (option: string) => boolean) =>
    choices.filter((choice) => choice.name === name).flatMap(({ options }) => [...options.keys()].filter(wanted));
  const isFixed = (plural: boolean) => (option: string) => !plural || option.startsWith('=');
  const known: ReadonlySet<string> = new Set(new Intl.PluralRules(language).resolvedOptions().pluralCategories);
  return [
    ...lackingIn(valuesIn(source), valuesIn(own)).map((name) => `lacks the value {${name}}`),
    ...lackingIn(valuesIn(own), valuesIn(source)).map((name) => `has a value of its own, {${name}}`),
    ...there.flatMap(({ name, isPlural, options }) =>
      lackingIn(
        [...options.keys()].filter(isFixed(isPlural)),
        optionsOf(here, name, () => true),
      ).map((option) => `{${name}} lacks ${option}`),
    ),
    ...here.flatMap(({ name, isPlural, options }) => {
      const wrong = isPlural
        ? [...options.keys()].filter((option) => !option.startsWith('=') && !known.has(option))
        : lackingIn(
            options.keys(),
            optionsOf(there, name, () => true),
          );
      return wrong.map((option) => `{${name}} has ${option}`);
    }),
    ...here.flatMap((choice) => (there.some(saysOne(choice.name)) ? onesOfNone(choice) : [])),
  ];
}

/** English says "One call …" for 1 alone. */
const saysOne =
  (name: string) =>
  (choice: Choice): boolean =>
    choice.name === name &&
    choice.isPlural &&
    readings(choice.options.get('one') ?? []).some((text) => /^one\b/i.test(text));

/** French and Portuguese read 0 as `one`, too, of which "Une demande" would be wrong. */
function onesOfNone({ name, isPlural, options }: Choice): Findings {
  const one = options.get('one');
  if (!isPlural || one === undefined || options.has('=0') || options.has('=1') || one.some(isPound)) return [];
  return [`{${name}} says “one” of 0, too: write =1 or =0`];
}

type Rule = readonly [why: string, pattern: RegExp];

/** On a text as it is written, without lines to type. */
const written: Readonly<Record<Translation, readonly Rule[]>> = {
  fr: [
    ['has “à” before a time that may be a date', /(?<!\p{L})à \{(?:time|moment)\b/u],
    ['has “de” before an app that may need “d’”', /(?<!\p{L})de \{(?:app|target)\}/u],
  ],
  'pt-BR': [
    ['has a preposition before a time that may be a date', /(?<!\p{L})(?:às?|em|na|no) \{(?:time|moment|day)\b/u],
  ],
  'zh-Hans': [],
};

/** On a text as it is read. */
const read: Readonly<Record<Translation, readonly Rule[]>> = {
  fr: [
    ['lacks U+00A0 before : ; ? !', /[^\u00a0?!][:;?!](?=$|[\s*»”)])/],
    ['lacks U+00A0 inside « »', /«(?!\u00a0)|(?<!\u00a0)»/],
    ['has “ ” outside of « »', /(?:^|»)[^«]*[“”]/],
    ['has U+202F, which only numbers have', /\u202f/],
    ['has two genders', /\p{L}(?:\((?:e|ne|rice|trice)s?\)|·e)/u],
    ['elides before a value', /(?<!\p{L})(?:[dljmnst]|qu)’\ufffc/iu],
  ],
  'pt-BR': [
    ['has a space before a mark', /\s[:;?!,.](?=$|\s)/],
    ['has « »', /[«»]/],
    ['has two genders', /\p{L}\((?:a|o)s?\)/u],
    [
      'contracts before a value',
      /(?<!\p{L})(?:aos?|à|às|pel[oa]s?|n[oa]s?|d[oa]s?|num|numa|dum|duma)\s(?:\*\*)?\ufffc/iu,
    ],
  ],
  'zh-Hans': [
    [
      'has a half-width mark',
      /[\p{Script=Han}”）\ufffc](?:[,;?!]|[:.](?=$|[\s\p{Script=Han}]))|\p{Script=Han}\(|\)\p{Script=Han}/u,
    ],
    ['has a space beside a full-width mark', /[，。、；：？！（）] | [，。、；：？！（）]/],
    [
      'lacks a space between Han and Latin',
      /\p{Script=Han}(?:[A-Za-z]|\d+(?![\d年月日号]))|[A-Za-z]\p{Script=Han}|\d(?![年月日号])\p{Script=Han}/u,
    ],
    ['has bold that ends between a mark and Han', /[，。、；：？！（）“”]\*\*\p{Script=Han}/u],
    ['has 「」', /[「」『』]/],
    ['has a person’s gender', /(?<!其)[他她](?!人)/],
  ],
};

/** The spelling of the language. */
export function misspelled(english: string, text: string, language: Translation): Findings {
  const found = (rules: readonly Rule[], texts: readonly string[]) =>
    rules.flatMap(([why, pattern]) => {
      const where = texts.find((one) => pattern.test(one));
      return where === undefined ? [] : [`${why}: ${around(where, pattern)}`];
    });
  return [
    ...found([['has an ASCII apostrophe, which ICU takes for an escape', /'/]], [text]),
    ...found(written[language], [unquoted(text)]),
    // A line to type may have them.
    ...(english.includes('"') ? [] : found([['has a straight quote', /"/]], [text])),
    ...found(read[language], readingsOf(text, language)),
  ];
}

const around = (text: string, pattern: RegExp) => {
  const at = text.search(pattern);
  return text.slice(Math.max(0, at - 15), at + 15);
};

/** Words that no text of the language has, e.g. of European Portuguese. */
export function saysNever(text: string, language: Translation, { terms, never }: Terms): Findings {
  const all = [...never, ...Object.values(terms).flatMap((term) => term.never ?? [])];
  return readingsFound(text, language, all).map((word) => `says ${word}`);
}

function readingsFound(text: string, language: Translation, words: readonly string[]): readonly string[] {
  const texts = readingsOf(text, language).map(unnamed);
  return words.filter((word) => texts.some((one) => wordPattern(word).test(one)));
}

/** As a whole word, where the script parts words. */
function wordPattern(word: string): RegExp {
  if (/\p{Script=Han}/u.test(word)) return new RegExp(word, 'u');
  const end = word.endsWith('*') ? '' : '(?![\\p{L}\\p{N}_])';
  return new RegExp(`(?<![\\p{L}\\p{N}_.])${word.replace(/\*$/, '').replace(/[()]/g, '\\$&')}${end}`, 'iu');
}

/** The glossary: a message whose English has a term has one of its words. */
export function lacksTerms(
  key: string,
  english: string,
  text: string,
  language: Translation,
  { terms }: Terms,
): Findings {
  const source = readingsOf(english, 'en').map(unquoted);
  const own = readingsOf(text, language).join('\n').toLowerCase();
  return Object.entries(terms).flatMap(([term, { says, except }]) => {
    const isLacking =
      source.some((one) => termPattern(term).test(one)) && !says.some((word) => own.includes(word.toLowerCase()));
    const isExcepted = except?.[key] !== undefined;
    if (isLacking === isExcepted) return [];
    return [isLacking ? `“${term}” is none of ${says.join(', ')}` : `“${term}” needs no exception any more`];
  });
}

const termPattern = (term: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}_.-])${term}(?:s|es|d|ed|ing)?(?![\\p{L}\\p{N}_-]|\\.\\p{L})`, 'iu');

/** Lines to type and titles of buttons have words of their own. */
const unquoted = (text: string) => unnamed(text).replace(/“[^”]*”|«[^»]*»|`[^`]*`/g, '“”');

/** Without the names that hold a word of the glossary. */
const unnamed = (text: string) => text.replace(/Active Directory|Cloud Sync/g, '');

/** English words that are none in French, Portuguese or Chinese. */
const ENGLISH = [
  ...'the of and with is are was were has have this that which from your you they when what who there now not'.split(
    ' ',
  ),
  ...'press click choose request requests requested user users person people access account accounts approve'.split(
    ' ',
  ),
  ...'approved denied cancel show help waiting until again yet only because'.split(' '),
];
const english = new RegExp(`(?<![\\p{L}\\p{N}_.-])(?:${ENGLISH.join('|')})(?![\\p{L}\\p{N}_-]|\\.\\p{L})`, 'iu');

/** English that was not translated: the whole text, or a word outside of quotes. */
export function isEnglish(source: string, text: string, language: Translation, { same }: Terms): Findings {
  if (text === source && readingsOf(text, language).some(hasWords) && !same.includes(text))
    return ['equals the English text'];
  const found = readingsOf(text, language)
    .map((one) => english.exec(unquoted(one))?.[0])
    .find((word) => word !== undefined);
  return found === undefined ? [] : [`has the English word “${found}”`];
}

const hasWords = (text: string) => /\p{L}{2}/u.test(text);
