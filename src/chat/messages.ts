import { IntlMessageFormat } from 'intl-messageformat';
import { type Language, languageOf, localeIn, sourceLanguage } from '../languages.ts';
import { durationParts, formatAgo, formatDay, formatMoment, formatTime } from './cards/format.ts';
import { markdownText, plainText } from './cards/safe-text.ts';
import { topicIn, writeLine } from './grammar/translating/write-line.ts';
import en from './languages/en/messages.json' with { type: 'json' };
import fr from './languages/fr/messages.json' with { type: 'json' };
import { DOT, joining } from './languages/joining.ts';
import pt from './languages/pt-BR/messages.json' with { type: 'json' };
import { seamed, withoutSeams } from './languages/seams.ts';
import zh from './languages/zh-Hans/messages.json' with { type: 'json' };

/** A key of the catalogue; a misspelled one does not compile. */
export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;

/**
 * Everything Usher says, in the reader's language. The catalogue's own texts are trusted; values are escaped and cut to
 * 200 characters. A message with a missing value throws: that is a bug, and the tests draw every message.
 */
export interface Messages {
  /** For TextBlocks and facts: the message may hold Markdown, the values are shown literally. */
  card(key: MessageKey, values?: MessageValues): string;
  /** For texts that are never read as Markdown: summary, fallback text, button titles. */
  plain(key: MessageKey, values?: MessageValues): string;
  /** Sentences one after the other, with the language's space between them; null and empty ones are left out. */
  sentences(texts: readonly (string | null)[]): string;
  /** A title as a sentence, with the language's full stop. */
  sentence(title: string): string;
  /** A text that ends as a sentence does, for one that may lack its full stop. */
  ended(text: string): string;
  /** Facts of equal rank, with a dot between them; null and empty ones are left out. */
  dotted(texts: readonly (string | null)[]): string;
  /** Values one after the other, without "and". */
  commas(texts: readonly string[]): string;
  /** `Salesforce: in quarantine`. */
  labelled(label: string, text: string): string;
  /** `Salesforce (global)`. */
  remarked(name: string, remark: string): string;
  /** A line of Usher's, which is written in English, as the reader would type it. */
  line(english: string): string;
  /** A command by the words with which its line begins. */
  topic(english: string): string;
  /** The language of these texts. */
  readonly language: Language;
  /** A list of names, "Alex, Megan, and Patti", as a value for a message. */
  list(names: readonly string[]): string;
  /** The same for a choice: "Alex, Megan, or Patti". */
  either(names: readonly string[]): string;
  /** `14:03:27` on the reader's clock, with the date when `now` is another day. Milliseconds since 1970. */
  time(at: number, now: number): string;
  /** For times that may be days away: `14:03`, with the date and the time zone when `now` is another day. */
  moment(at: number, now: number): string;
  /** The same, followed by how long ago it is, when `now` is another day. */
  momentAgo(at: number, now: number): string;
  /** The day of a moment, in full: `Tuesday, December 1, 2026`. In a time zone (IANA name), or else the reader's. */
  day(at: number, timeZone?: string): string;
  /** "1.4 s", "2 min 10 s". */
  duration(ms: number): string;
}

type Catalogue = Readonly<Partial<Record<MessageKey, string>>>;
type Catalogues = Readonly<Record<Language, Catalogue>> & { readonly en: Readonly<Record<MessageKey, string>> };

/**
 * The messages for a reader.
 *
 * @param locale BCP 47, as Teams passes it on. A language without a catalogue, or a missing locale, reads English.
 * @param timeZone IANA name
 */
export const createMessages = messagesFrom({ en, fr, 'pt-BR': pt, 'zh-Hans': zh });

/**
 * A sentence that a catalogue lacks appears in English. Dates and lists follow the language of the catalogue, so that an
 * English sentence holds no foreign date; its region is the reader's.
 */
export function messagesFrom(catalogues: Catalogues): (locale: string, timeZone?: string) => Messages {
  /** Parsing ICU costs more than all the rest of a card, so each message is compiled once per language. */
  const compiled = new Map<string, IntlMessageFormat>();
  const constants = new Map<string, string>();

  function message(wanted: Language, key: MessageKey): IntlMessageFormat {
    const language = catalogues[wanted][key] === undefined ? sourceLanguage : wanted;
    const name = `${language}\n${key}`;
    const known = compiled.get(name);
    if (known !== undefined) return known;

    // Plurals follow the language of the text, not the reader's: "1 step" is English for every reader.
    const text = catalogues[language][key] ?? catalogues.en[key];
    const made = new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    compiled.set(name, made);
    return made;
  }

  /** What a message without values says, which is the same each time. */
  function constant(language: Language, key: MessageKey): string {
    const name = `${language}\n${key}`;
    const known = constants.get(name);
    if (known !== undefined) return known;
    const text = String(message(language, key).format());
    const made = joining[language].isDense ? withoutSeams(text) : text;
    constants.set(name, made);
    return made;
  }

  return (locale, timeZone = 'UTC') => {
    const language = languageOf(locale);
    const reader = { locale: localeIn(language, locale), timeZone, first: joining[language].first };
    const { space, stop, comma, colon, brackets, isDense } = joining[language];

    const say = (key: MessageKey, values: MessageValues, clean: (text: string) => string): string => {
      const given = Object.entries(values);
      if (given.length === 0) return constant(language, key);
      const safe = given.map(([name, value]) => [
        name,
        typeof value !== 'string' ? value : isDense ? seamed(clean(value)) : clean(value),
      ]);
      const text = String(message(language, key).format(Object.fromEntries(safe)));
      return isDense ? withoutSeams(text) : text;
    };
    const plain = (key: MessageKey, values: MessageValues = {}) => say(key, values, plainText);

    return {
      card: (key, values = {}) => say(key, values, markdownText),
      plain,
      language,
      line: (english) => writeLine(english, language),
      topic: (english) => topicIn(english, language),
      sentences: (texts) => saidOf(texts).join(space),
      sentence: (title) => `${title}${stop}`,
      ended: (text) => (ENDED.test(text) ? text : `${text}${stop}`),
      dotted: (texts) => saidOf(texts).join(DOT),
      commas: (texts) => texts.join(comma),
      labelled: (label, text) => `${label}${colon}${text}`,
      remarked: (name, remark) => `${name}${brackets[0]}${remark}${brackets[1]}`,
      list: (names) => joined(language, 'conjunction', names),
      either: (names) => joined(language, 'disjunction', names),
      time: (at, now) => formatTime(at, now, reader),
      moment: (at, now) => formatMoment(at, now, reader),
      momentAgo: (at, now) => {
        const [moment, ago] = [formatMoment(at, now, reader), formatAgo(at, now, reader)];
        return ago === null ? moment : plain('moment.ago', { moment, ago });
      },
      day: (at, zone = timeZone) => formatDay(at, { ...reader, timeZone: zone }),
      duration: (ms) => sayDuration(plain, ms),
    };
  };
}

function joined(language: Language, type: 'conjunction' | 'disjunction', names: readonly string[]): string {
  const format = new Intl.ListFormat(language, { type });
  const plain = names.map((name) => plainText(name));
  if (!joining[language].isDense) return format.format(plain);
  // Intl writes "Alex和Patti".
  const parts = format.formatToParts(plain);
  const { comma } = joining[language];
  return withoutSeams(
    parts
      .map(({ type, value }) => (type === 'element' ? seamed(value) : value === comma ? value : ` ${value} `))
      .join(''),
  );
}

const ENDED = /[.!?…。！？]$/;

const saidOf = (texts: readonly (string | null)[]): string[] =>
  texts.flatMap((text) => (text === null || text === '' ? [] : [text]));

function sayDuration(plain: Messages['plain'], ms: number): string {
  const { unit, ...values } = durationParts(ms);
  return plain(`duration.${unit === 'tenths' ? 'seconds' : unit}`, values);
}
