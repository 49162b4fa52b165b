import type { DateTime } from 'luxon';
import { dayAtLength, isoDay, weekdayOfMonth } from './typed-length.ts';

const NUMBERS = 'zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze'.split(' ');
const COUNTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(NUMBERS.map((word, count) => [word, count])),
  ...{ uma: 1, duas: 2, tres: 3, catorze: 14, vinte: 20, trinta: 30, sessenta: 60, noventa: 90 },
};
const LENGTH = `(\\d{1,3}|${Object.keys(COUNTS).join('|')}) (dia|semana|quinzena|m[eê]s|ano)(?:s|es)?`;
const WEEKDAYS = ['segunda', 'terça', 'quarta', 'quinta', 'sexta', 'sábado', 'domingo'];
const WEEKDAY = `(segunda|ter[cç]a|quarta|quinta|sexta|s[aá]bado|domingo)(?:-feira)?`;

const AT_ONCE =
  /^(?:agora|agora mesmo|já|imediatamente|de imediato|o quanto antes|o mais rápido possível|o mais cedo possível)$/iu;
const AHEAD = new RegExp(`^(?:em|daqui a|daqui|dentro de) ${LENGTH}$`, 'iu');
const AGO = new RegExp(`^(?:h[áa] |faz |(?:n?[oa]s )?últim[oa]s )?${LENGTH}(?: atr[áa]s)?$`, 'iu');
const NUMBERED_WEEKDAY = /(?<![\p{L}\p{N}])([2-6])[ªa][- ]?feira(?!\p{L})/giu;
const UNACCENTED = /(?<!\p{L})terca(?:[- ]feira)?(?!\p{L})/giu;
const APART = /(?<!\p{L})(segunda|ter[cç]a|quarta|quinta|sexta) feira(?!\p{L})/giu;
const DAY_OF_MONTH = /(?<!\p{L})(?:(?:n?o|do|ao) )?dia (\d{1,2})[ºo]?(?![\p{L}\p{N}/.-]| de )/giu;
/** A start in the past, of which the parser would take the day for the next one. */
const SINCE = /^desde(?= )/iu;
const FIRST_ALONE = /^1[ºo]$/iu;
/** Group 1 is the day, 2 or 3 the unit. */
const OF_NEXT = /^(?:(?:n?o|do|ao) )?(?:dia )?(\d{1,2})[ºo]? d[aeo] (?:pr[óo]xim[ao] (\p{L}+)|(\p{L}+) que vem)$/iu;
const LAST_OF_MONTH = /^(?:(?:n?o|do|ao) )?[úu]ltimo dia d(?:o|este|esse) m[êe]s$/iu;
const NUMBERED = new RegExp(`(?<!\\p{L})${WEEKDAY},? (?:dia )?(\\d{1,2})[ºo]?(?=\\s*$|\\s*[,;.!?)]|\\s+[àa]s)`, 'giu');
const DAY_BEFORE_MONTH = /(?<!\p{L})(?:(?:n?o|do|ao) )?dia (?=\d{1,2}[ºo]?(?:\/| de ))/giu;
const FIRST = /(?<![\p{L}\p{N}])(?:primeiro|1o)(?= de )/giu;
const PAST_WEEKDAY = new RegExp(`(?<!\\p{L})${WEEKDAY} passad[ao](?!\\p{L})`, 'giu');
const COMING_WEEKDAY = new RegExp(`(?<!\\p{L})(?:pr[óo]xim[ao] ${WEEKDAY}|${WEEKDAY} que vem)(?!\\p{L})`, 'giu');
/** The day itself stands beside the weekday, which the parser compares. */
const COMING_DATED = new RegExp(
  `(?<!\\p{L})(?:pr[óo]xim[ao] )?${WEEKDAY}(?: que vem)?(?=,? (?:dia )?(?:\\d{1,2}(?![\\dh:]| h)|\\d{4}-))`,
  'giu',
);
const THIS_WEEKDAY = new RegExp(`(?<!\\p{L})(?:n?ess|nest)[ae] (?=${WEEKDAY})`, 'giu');
/** Behind a day; the parser knows only "às 18:00". */
const HOUR = /(?<=\S )[àa]s (\d{1,2})(?:h(\d{2})?| horas?)(?![\p{L}\p{N}])/giu;

/**
 * A text in which the days that date parsers do not know in Portuguese stand as `YYYY-MM-DD`, or in words that they
 * know: "dia 15", "daqui a 2 semanas", "há 3 dias", "segunda passada", "2ª feira", "primeiro de dezembro", "dia 5 do
 * mês que vem". Empty where it may be two days or is none: "próxima sexta" and "sexta que vem" are this week's Friday
 * or the next one, unless this week's is over, and the parser takes the number of "sexta-feira 13" for an hour.
 *
 * @param direction where "dia 15" is looked for
 */
export function withPortugueseDays(typed: string, today: DateTime, direction: 'ahead' | 'nearest'): string {
  const text = typed.normalize('NFC').trim();
  const atLength = dayAtLength({ atOnce: AT_ONCE, ahead: AHEAD, ago: AGO, lengthOf }, text, today, direction);
  if (atLength !== null) return atLength;
  const isAhead = direction === 'ahead';
  if (isAhead && SINCE.test(text)) return '';
  if (LAST_OF_MONTH.test(text)) return isoDay(today.endOf('month'));
  if (FIRST_ALONE.test(text)) return dayOfMonth(1, today, isAhead) ?? '';
  const [, number, unit, unitBehind] = OF_NEXT.exec(text) ?? [];
  if (number !== undefined) return dayOfNext(Number(number), unit ?? unitBehind ?? '', today) ?? '';
  let isUnclear = false;
  const unclear = () => {
    isUnclear = true;
    return '';
  };
  const read = text
    .replace(NUMBERED_WEEKDAY, (_, number: string) => `${WEEKDAYS[Number(number) - 2]}-feira`)
    .replace(UNACCENTED, 'terça-feira')
    .replace(APART, '$1-feira')
    .replace(THIS_WEEKDAY, '')
    .replace(COMING_DATED, '$1')
    .replace(NUMBERED, (_, name: string, number: string) => {
      return weekdayOfMonth(indexOf(name) + 1, Number(number), today, isAhead) ?? unclear();
    })
    .replace(DAY_BEFORE_MONTH, '')
    .replace(DAY_OF_MONTH, (whole, number: string) => dayOfMonth(Number(number), today, isAhead) ?? whole)
    .replace(FIRST, '1º')
    .replace(PAST_WEEKDAY, (_, name: string) => isoDay(weekdayIn(name, today, -1)))
    .replace(COMING_WEEKDAY, (_, behindNext: string | undefined, name: string | undefined) => {
      const [here, next] = [0, 1].map((side) => weekdayIn(behindNext ?? name ?? '', today, side as 0 | 1));
      return here !== undefined && next !== undefined && here <= today ? isoDay(next) : unclear();
    })
    .replace(HOUR, (_, hour: string, minute = '00') => `às ${hour}:${minute}`);
  return isUnclear ? '' : read;
}

/** The day of that number in the next month; null where there is none, and for any other unit. */
function dayOfNext(day: number, unit: string, today: DateTime): string | null {
  const month = today.startOf('month').plus({ months: 1 });
  const isThere = /^m[êe]s$/iu.test(unit) && day >= 1 && day <= (month.daysInMonth ?? 0);
  return isThere ? isoDay(month.set({ day })) : null;
}

/** The next such day, or the last; null where no such day is near. */
function dayOfMonth(day: number, today: DateTime, isAhead: boolean): string | null {
  const isOver = isAhead ? day < today.day : day > today.day;
  const month = isOver ? today.plus({ months: isAhead ? 1 : -1 }) : today;
  return day < 1 || day > (month.daysInMonth ?? 0) ? null : isoDay(month.set({ day }));
}

/** Of a weekday, with or without its accent; 0 for Monday. */
function indexOf(name: string): number {
  const bare = (text: string) => text.toLowerCase().replace('ç', 'c').replace('á', 'a');
  return WEEKDAYS.findIndex((weekday) => bare(weekday) === bare(name));
}

/** The weekday of this week (0), the next one (1), or the last that is over (-1). */
function weekdayIn(name: string, today: DateTime, side: -1 | 0 | 1): DateTime {
  const day = today.startOf('week').plus({ days: indexOf(name) });
  if (side === -1) return day < today ? day : day.minus({ weeks: 1 });
  return day.plus({ weeks: side });
}

function lengthOf(count: string, unit: string): Readonly<Record<string, number>> {
  const number = COUNTS[count.toLowerCase()] ?? Number(count);
  if (/^q/i.test(unit)) return { days: number * 15 };
  const name = /^d/i.test(unit) ? 'days' : /^s/i.test(unit) ? 'weeks' : /^m/i.test(unit) ? 'months' : 'years';
  return { [name]: number };
}
