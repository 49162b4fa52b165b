import { IntlMessageFormat } from 'intl-messageformat';
import { assertNever } from '../assert-never.ts';
import { durationParts, formatDay, formatMoment, formatTime } from './cards/format.ts';
import { markdownText, plainText } from './cards/safe-text.ts';
import en from './messages/en.json' with { type: 'json' };

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
  /** A list of names, "Alex, Megan, and Patti", as a value for a message. */
  list(names: readonly string[]): string;
  /** The same for a choice: "Alex, Megan, or Patti". */
  either(names: readonly string[]): string;
  /** `14:03:27` on the reader's clock, with the date when `now` is another day. Milliseconds since 1970. */
  time(at: number, now: number): string;
  /** For times that may be days away: `14:03`, with the date and the time zone when `now` is another day. */
  moment(at: number, now: number): string;
  /** The day of a moment in a time zone (IANA name), in full: `Tuesday, December 1, 2026`. */
  day(at: number, timeZone: string): string;
  /** "1.4 s", "2 min 10 s". */
  duration(ms: number): string;
}

type Catalogue = Readonly<Record<MessageKey, string>>;
const SOURCE_LANGUAGE = 'en';
const catalogues: Readonly<Record<string, Catalogue>> = { [SOURCE_LANGUAGE]: en };

/** Parsing ICU costs more than all the rest of a card, so each message is compiled once per language. */
const compiled = new Map<string, IntlMessageFormat>();

/**
 * The catalogue for a reader.
 *
 * @param locale BCP 47, as Teams passes it on. A language without a catalogue, or a missing locale, reads English.
 * @param timeZone IANA name
 */
export function createMessages(locale: string, timeZone = 'UTC'): Messages {
  const language = languageOf(locale);
  const catalogue = catalogues[language] ?? en;

  const say = (key: MessageKey, values: MessageValues, clean: (text: string) => string): string => {
    const safe = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value) : value,
    ]);
    return String(message(language, catalogue, key).format(Object.fromEntries(safe)));
  };
  const plain = (key: MessageKey, values: MessageValues = {}) => say(key, values, plainText);

  return {
    card: (key, values = {}) => say(key, values, markdownText),
    plain,
    list: (names) => joined(language, 'conjunction', names),
    either: (names) => joined(language, 'disjunction', names),
    time: (at, now) => formatTime(at, now, { locale, timeZone }),
    moment: (at, now) => formatMoment(at, now, { locale, timeZone }),
    day: (at, zone) => formatDay(at, { locale, timeZone: zone }),
    duration: (ms) => sayDuration(plain, ms),
  };
}

function joined(language: string, type: 'conjunction' | 'disjunction', names: readonly string[]): string {
  return new Intl.ListFormat(language, { type }).format(names.map((name) => plainText(name)));
}

function message(language: string, catalogue: Catalogue, key: MessageKey): IntlMessageFormat {
  const name = `${language}\n${key}`;
  const known = compiled.get(name);
  if (known !== undefined) return known;

  // Plurals follow the language of the text, not the reader's: "1 step" is English for every reader.
  const made = new IntlMessageFormat(catalogue[key], language, undefined, { ignoreTag: true });
  compiled.set(name, made);
  return made;
}

function languageOf(locale: string): string {
  const language = locale.toLowerCase().split(/[-_]/, 1)[0] ?? SOURCE_LANGUAGE;
  return Object.hasOwn(catalogues, language) ? language : SOURCE_LANGUAGE;
}

function sayDuration(plain: Messages['plain'], ms: number): string {
  const parts = durationParts(ms);
  switch (parts.unit) {
    case 'tenths':
    case 'seconds':
      return plain('duration.seconds', { seconds: parts.seconds });
    case 'minutes':
      return plain('duration.minutes', { minutes: parts.minutes, seconds: parts.seconds });
    case 'hours':
      return plain('duration.hours', { hours: parts.hours, minutes: parts.minutes });
    default:
      return assertNever(parts, 'unit of time');
  }
}
