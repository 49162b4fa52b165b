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
  const known = found.get(locale);
  if (known !== undefined) return known;
  const language = choose(locale);
  if (found.size >= mostLocales) found.clear();
  found.set(locale, language);
  return language;
}

const found = new Map<string, Language>();
/** Some hundreds are in use; a client may say anything. */
const mostLocales = 1_000;

function choose(locale: string): Language {
  const tag = tagOf(locale);
  if (tag === null) return sourceLanguage;
  const { language, script } = tag.maximize();
  if (language === 'fr') return 'fr';
  if (language === 'pt') return 'pt-BR';
  return language === 'zh' && script === 'Hans' ? 'zh-Hans' : sourceLanguage;
}

/**
 * The locale by which a reader of this language reads dates and numbers: the reader's own where it is of the language,
 * so that a Canadian reads `14 h 03`, and the language's otherwise, since an English sentence holds no foreign date.
 * Without extensions: in no language of ours do texts and typed dates follow a Buddhist calendar.
 */
export function localeIn(language: Language, locale: string): string {
  const tag = tagOf(locale);
  if (tag === null || languageOf(locale) !== language) return language;
  return tag.language === new Intl.Locale(language).language ? tag.baseName : language;
}

/** Each text of a card asks for its reader's. */
const tags = new Map<string, Intl.Locale | null>();
/** A locale is what a client says it is, so there may be any number. */
const mostTags = 1_000;

function tagOf(locale: string): Intl.Locale | null {
  const known = tags.get(locale);
  if (known !== undefined) return known;
  if (tags.size >= mostTags) tags.clear();
  const tag = readTag(locale);
  tags.set(locale, tag);
  return tag;
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
