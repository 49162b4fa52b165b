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
const APART = /(?<!\p{L})(segunda|ter[cç]a|quarta|quinta|sexta) feira(?!\p{L})/giu;
const DAY_OF_MONTH = /(?<!\p{L})(?:(?:n?o|do|ao) )?dia (\d{1,2})(?![\p{L}\p{N}/.-]| de )/giu;
const NUMBERED = new RegExp(`(?<!\\p{L})${WEEKDAY},? (?:dia )?(\\d{1,2})[ºo]?(?=\\s*$|\\s*[,;.!?)]|\\s+[àa]s)`, 'giu');
const DAY_BEFORE_MONTH = /(?<!\p{L})(?:(?:n?o|do|ao) )?dia (?=\d{1,2}[ºo]?(?:\/| de ))/giu;
const FIRST = /(?<![\p{L}\p{N}])(?:primeiro|1o)(?= de )/giu;
const PAST_WEEKDAY = new RegExp(`(?<!\\p{L})${WEEKDAY} passad[ao](?!\\p{L})`, 'giu');
const COMING_WEEKDAY = new RegExp(`(?<!\\p{L})${WEEKDAY} que vem(?!\\p{L})`, 'giu');
/** The parser knows the masculine alone. */
const NEXT = new RegExp(`(?<!\\p{L})pr[óo]xima (?=${WEEKDAY})`, 'giu');

/**
 * A text in which the days that date parsers do not know in Portuguese stand as `YYYY-MM-DD`, or in words that they
 * know: "dia 15", "daqui a 2 semanas", "há 3 dias", "segunda passada", "2ª feira", "primeiro de dezembro". "Sexta que
 * vem" is this week's Friday or the next one, and so no day unless this week's is over.
 *
 * @param direction where "dia 15" is looked for
 */
export function withPortugueseDays(typed: string, today: DateTime, direction: 'ahead' | 'nearest'): string {
  const text = typed.normalize('NFC').trim();
  const atLength = dayAtLength({ atOnce: AT_ONCE, ahead: AHEAD, ago: AGO, lengthOf }, text, today, direction);
  if (atLength !== null) return atLength;
  const isAhead = direction === 'ahead';
  return text
    .replace(NUMBERED_WEEKDAY, (_, number: string) => `${WEEKDAYS[Number(number) - 2]}-feira`)
    .replace(APART, '$1-feira')
    .replace(NUMBERED, (whole, name: string, number: string) => {
      return weekdayOfMonth(indexOf(name) + 1, Number(number), today, isAhead) ?? whole;
    })
    .replace(DAY_BEFORE_MONTH, '')
    .replace(DAY_OF_MONTH, (whole, number: string) => dayOfMonth(Number(number), today, isAhead) ?? whole)
    .replace(FIRST, '1º')
    .replace(PAST_WEEKDAY, (_, name: string) => isoDay(weekdayIn(name, today, -1)))
    .replace(COMING_WEEKDAY, (_, name: string) => {
      const [here, next] = [weekdayIn(name, today, 0), weekdayIn(name, today, 1)];
      return here <= today ? isoDay(next) : '';
    })
    .replace(NEXT, 'próximo ');
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
