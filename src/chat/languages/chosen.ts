import type { Clock } from '../../clock.ts';
import type { Database } from '../../db/database.ts';
import { type Language, languageOf, languages, localeIn } from '../../languages.ts';
import type { Log } from '../../log.ts';
import type { Reader } from '../../requests/request.ts';

/**
 * In which language Usher writes to whom: the one that the configuration fixes for all, else the one that the person has
 * chosen, else the one of their Teams. The choice stands with the known person, so it needs a personal chat.
 */
export interface ChosenLanguages {
  /** `LANGUAGE`; null where each reader has their own. */
  readonly fixed: Language | null;
  /**
   * The locale in which this person reads: as Teams tells it, changed where they read another language. Never rejects:
   * without the database it is that of Teams.
   *
   * @param personId Entra object id
   */
  localeFor(personId: string, locale: string): Promise<string>;
  /** What the person has chosen; null for the language of their Teams. */
  chosenBy(personId: string): Promise<Language | null>;
  /**
   * Stores a choice; null ends it. False where Usher does not know the person's chat. `reader`: how they read from now
   * on, since messages that Usher sends by itself follow it as well.
   */
  choose(personId: string, language: Language | null, reader: Reader): Promise<boolean>;
}

/** Other processes learn of a choice after this time. */
const keptMs = 60_000;
const mostKept = 10_000;

export function createChosenLanguages(
  { query }: Database,
  { fixed, clock, log }: { readonly fixed: Language | null; readonly clock: Clock; readonly log: Log },
): ChosenLanguages {
  const kept = new Map<string, { readonly language: Language | null; readonly at: number }>();

  function keep(personId: string, language: Language | null): Language | null {
    if (kept.size >= mostKept) kept.clear();
    kept.set(personId, { language, at: clock.monotonic() });
    return language;
  }

  async function chosenBy(personId: string): Promise<Language | null> {
    const known = kept.get(personId);
    if (known !== undefined && clock.monotonic() - known.at < keptMs) return known.language;
    const row = await query
      .selectFrom('known_people')
      .select('language')
      .where('person_id', '=', personId)
      .executeTakeFirst();
    return keep(personId, languages.find((language) => language === row?.language) ?? null);
  }

  return {
    fixed,
    chosenBy,
    async localeFor(personId, locale) {
      if (fixed !== null) return localeIn(fixed, locale);
      try {
        const chosen = await chosenBy(personId);
        return chosen === null || chosen === languageOf(locale) ? locale : localeIn(chosen, locale);
      } catch (error) {
        log.warn({ error, code: 'language_unread' }, 'the language that a person has chosen was not read');
        return locale;
      }
    },
    async choose(personId, language, { locale }) {
      const { numUpdatedRows } = await query
        .updateTable('known_people')
        .set({ language, locale })
        .where('person_id', '=', personId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      keep(personId, language);
      return true;
    },
  };
}
