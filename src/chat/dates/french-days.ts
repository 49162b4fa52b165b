import type { DateTime } from 'luxon';
import { plainText } from '../grammar/plain-words.ts';
import { weekdayOfMonth } from './typed-length.ts';

const MONTHS =
  'janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre';
const NAMES = 'janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre'.split(' ');
const FIRST = new RegExp(`(?<!\\p{L})premier (?=(?:${MONTHS})(?!\\p{L}))`, 'giu');
const MONTH_ALONE = new RegExp(
  `^(?:(?:le )?début (?:de |d')?|en |le mois de |le mois d')?(${MONTHS})( 20\\d\\d)?$`,
  'iu',
);
const WEEKDAYS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];
/** The parser takes the number for an hour. */
const NUMBERED = new RegExp(
  `(?<!\\p{L})(${WEEKDAYS.join('|')}|(?:lun|mar|mer|jeu|ven|sam|dim)\\.?) (\\d{1,2})(?:er)?(?=\\s*$|\\s*[,;.!?)]|\\s+à)`,
  'giu',
);
const LAST = /^(?:(?:les|des|ces) )?(\d{1,3} )(?:derniers|dernières|dernieres)( (?:jours|semaines|mois))$/iu;
const END = new RegExp(`^(?:la )?fin (?:de |d')?(${MONTHS})(?: (20\\d\\d))?$`, 'iu');

/**
 * A text with the days that date parsers do not know in French in words that they know: "premier décembre", "7 derniers
 * jours", "vendredi 18". A month alone, or its beginning, names no day to start on; it lists from its first.
 *
 * @param direction where a day is looked for
 */
export function withFrenchDays(typed: string, today: DateTime, direction: 'ahead' | 'nearest'): string {
  const isAhead = direction === 'ahead';
  const text = typed
    .normalize('NFC')
    .replaceAll('’', "'")
    .replace(FIRST, '1er ')
    .replace(NUMBERED, (_, name: string, number: string) => {
      const weekday = WEEKDAYS.findIndex((one) => one.startsWith(name.slice(0, 3).toLowerCase())) + 1;
      // No day to the parser, as the number is none of its words there.
      return weekdayOfMonth(weekday, Number(number), today, isAhead) ?? `${name} le ${number}`;
    });
  if (isAhead) return text;
  return text.replace(LAST, 'les $1derniers$2').replace(MONTH_ALONE, '1er $1$2');
}

/** The last day of the month in "fin décembre"; null for any other text. */
export function endOfFrenchMonth(typed: string, today: DateTime): DateTime | null {
  const [, name = '', year] = END.exec(typed.replaceAll('’', "'")) ?? [];
  const month = NAMES.indexOf(plainText(name)) + 1;
  if (month === 0) return null;
  const isOver = month < today.month;
  return today
    .set({ year: year === undefined ? today.year + (isOver ? 1 : 0) : Number(year), day: 1, month })
    .endOf('month');
}
