import type { DateTime } from 'luxon';
import { plainText } from '../grammar/plain-words.ts';
import { isoDay, weekdayOfMonth } from './typed-length.ts';

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
/** Parsers look ahead for a plain weekday, and take no notice of what follows it. */
const LAST_WEEKDAY = new RegExp(`(?<!\\p{L})(${WEEKDAYS.join('|')}) (?:dernier|passé|passe)(?!\\p{L})`, 'giu');
const NOON = new RegExp(`(?<=(?:${WEEKDAYS.join('|')}|demain|aujourd'hui) )(?:à )?midi(?!\\p{L})`, 'iu');
const AGO =
  /^(?:les )?(\d{1,3}|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze) (jours?|semaines?|mois|ans?)$/iu;
const COUNTS = 'un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze'.split(' ');
const UNITS = { j: 'days', s: 'weeks', m: 'months', a: 'years' } as const;
const TODAY = /^(?:ce matin|cet après-midi|cet apres-midi|ce midi)$/iu;
const LAST = /^(?:(?:les|des|ces) )?(\d{1,3} )(?:derniers|dernières|dernieres)( (?:jours|semaines|mois))$/iu;
const END = new RegExp(`^(?:la )?fin (?:de |d')?(${MONTHS})(?: (20\\d\\d))?$`, 'iu');

/**
 * A text with the days that date parsers do not know in French in words that they know: "premier décembre", "7 derniers
 * jours", "vendredi 18", "lundi dernier". A month alone, or its beginning, names no day to start on; it lists from its
 * first, and "3 jours" lists from three days ago.
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
  if (isAhead)
    return text.replace(LAST_WEEKDAY, (_, name: string) => lastWeekday(name, today)).replace(NOON, 'à 12h00');
  if (TODAY.test(text)) return isoDay(today);
  const [, count = '', unit = ''] = AGO.exec(text) ?? [];
  if (unit !== '') return isoDay(today.minus({ [UNITS[unit.charAt(0).toLowerCase() as 'j']]: numberOf(count) }));
  return text.replace(LAST, 'les $1derniers$2').replace(MONTH_ALONE, '1er $1$2');
}

/** The latest such day before today. */
function lastWeekday(name: string, today: DateTime): string {
  const weekday = WEEKDAYS.indexOf(name.toLowerCase()) + 1;
  return isoDay(today.minus({ days: (today.weekday - weekday + 7) % 7 || 7 }));
}

const numberOf = (count: string): number =>
  Number(count) || COUNTS.indexOf(count.toLowerCase().replace(/^une$/, 'un')) + 1;

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
