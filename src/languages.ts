/**
 * The languages that Usher speaks, by BCP 47. A reader's locale leads to one of them by language and script, not by the
 * first part of the tag: Traditional Chinese is another script with other words, so its readers get English, while
 * readers from Portugal get Brazilian Portuguese rather than English (`Intl.Locale.maximize` adds the script).
 */
export const languages = ['en', 'fr', 'pt-BR', 'zh-Hans'] as const;
export type Language = (typeof languages)[number];

/** English is complete; a sentence that another language lacks appears in English. */
export const sourceLanguage = 'en';

/** The language for a locale. One without a language of ours, or that is none, reads English. */
export function languageOf(locale: string): Language {
  return readerOf(locale).language;
}

/**
 * The locale by which a reader of this language reads dates and numbers: the reader's own where it is of the language,
 * so that a Canadian reads `14 h 03`, and the language's otherwise, since an English sentence holds no foreign date.
 * Without extensions: in no language of ours do texts and typed dates follow a Buddhist calendar.
 */
export function localeIn(language: Language, locale: string): string {
  const reader = readerOf(locale);
  return reader.language === language && reader.isSpoken ? reader.locale : language;
}

interface LocaleReader {
  readonly language: Language;
  /** Without extensions. */
  readonly locale: string;
  /** The locale is of this language, and not one that reads it for want of its own. */
  readonly isSpoken: boolean;
}

/** Each text of a card asks for its reader's. */
const readers = new Map<string, LocaleReader>();
/** Some hundreds are in use; a client may say anything. */
const mostReaders = 1_000;

function readerOf(locale: string): LocaleReader {
  const known = readers.get(locale);
  if (known !== undefined) return known;
  if (readers.size >= mostReaders) readers.clear();
  const reader = readLocale(locale);
  readers.set(locale, reader);
  return reader;
}

function readLocale(locale: string): LocaleReader {
  const tag = readTag(locale);
  if (tag === null) return { language: sourceLanguage, locale: sourceLanguage, isSpoken: false };
  const language = choose(tag);
  return { language, locale: tag.baseName, isSpoken: tag.language === new Intl.Locale(language).language };
}

function choose(tag: Intl.Locale): Language {
  const { language, script } = tag.maximize();
  if (language === 'fr') return 'fr';
  if (language === 'pt') return 'pt-BR';
  return language === 'zh' && script === 'Hans' ? 'zh-Hans' : sourceLanguage;
}

function readTag(locale: string): Intl.Locale | null {
  try {
    return new Intl.Locale(locale);
  } catch {
    return null;
  }
}

/** The language that a person names, in any of ours or by its tag: `French`, `français`, `fr`; null for no such name. */
export function languageNamed(typed: string): Language | null {
  const wanted = bare(typed);
  return languages.find((language) => namesOf(language).some((name) => bare(name) === wanted)) ?? null;
}

/** A language in its own words: `français`. */
export const ownNameOf = (language: Language): string => nameIn(language, language);

function namesOf(language: Language): readonly string[] {
  const { language: alone } = new Intl.Locale(language);
  const named = languages.flatMap((reader) => [nameIn(reader, language), nameIn(reader, alone)]);
  return [language, alone, ...named, ...(language === 'zh-Hans' ? ['中文', 'zh-CN', 'Mandarin'] : [])];
}

const nameIn = (reader: Language, language: string): string =>
  new Intl.DisplayNames(reader, { type: 'language' }).of(language) ?? language;

/** Without case, accents, brackets and spaces. */
const bare = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
