import type { Reader } from '../../requests/request.ts';
import { plainWord } from '../grammar/plain-words.ts';
import { joinWords, splitWords } from '../grammar/tokens.ts';
import { phraseList } from '../grammar/word-lists.ts';
import { dayOf, readStartDate, type StartDate, startOfNextSpan } from './start-date.ts';
import { longestDate, withoutEdges } from './typed-dates.ts';

/**
 * The date in a reason, read as a start: "he joins Sales on 1 December". A date counts only where a verb of beginning
 * precedes and governs it; the reason stays whole.
 */
export interface ReasonDate {
  /** As typed, or as `YYYY-MM-DD`. */
  readonly startText: string;
  /** A person begins on that day. Otherwise the day may be about something else, and the caller is asked. */
  readonly sure: boolean;
}

/** A pattern of any of the alternatives, which may stand on several lines, as whole words. */
const words = (alternatives: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${phraseList(alternatives).join('|')})(?![\\p{L}\\p{N}])`, 'u');
/** Verbs that only people do; as regular expressions on plain words (`plainWord`), matched at word boundaries. */
const personBegins = words(`
  joins?|joining|mov(?:es?|ing)|transfer(?:s|ring)?|arriv(?:es?|ing)|is new|are new|first (?:work(?:ing)? )?day
  takes? over|taking over|onboards?|is onboarding|switch(?:es|ing)?|becom(?:es?|ing)|relocat(?:es?|ing)|is hired
  is promoted|new (?:hire|starter|joiner|colleague|employee)|rejoint|arrive|debute|integre|premier jour|est nouveau
  est nouvelle|prend|beginnt|fangt|startet|tritt|wechselt|ist neu|erster? (?:arbeits)?tag|ubernimmt|se incorpora|se une
  se traslada|primer dia|es nuev[oa]|llega|se junta|primeiro dia|e nov[oa]|chega|si unisce|si trasferisce|primo giorno
  arriva|eerste (?:werk)?dag|stapt over|borjar|forsta dag|aloittaa|bergabung|выходит|приходит|переходит|начинает
  первый день|починає
`);
/** Verbs that things do as well. */
const begins = words(`
  starts?|starting|begins?|beginning|kicks? off|goes live|commences?|comienza|empieza|inicia|comeca|inizia|comincia
  begint|mulai|commence|need(?:s|ed)? (?:it|this|access|the app|an? account)|effective|as of|as from
`);
/** A subject that is a thing, unless it is a person's work. */
const thing =
  /^(?:the|an?|our|my|this|that|these|his|her|their|its|der|die|das|le|la|les|el|los|las|o|os|as|il(?! (?:commence|debute)))(?: |$)/;
const work = words(
  'contract|job|role|employment|position|internship|assignment|work|colleague|hire|starter|joiner|employee|intern',
);
/** With one of these, a reason tells when something ends, or does not begin. */
const doubtful =
  /\b(?:end(?:s|ed|ing)?|leav(?:e|es|ing)|left|expir(?:es?|ed|ing)|until|till?|before|due|deadline|stops?|not|never|no longer|\w+n['’]t)\b/i;
/** A new clause with its own verb begins after one of these. */
const clauses = /[,;:.!?]\s+|\s+(?:and|but|und|et|y|e|while|because|since|so|where|whose|which)\s+/giu;
/** They only introduce the date. */
const leadIn = /^(?:(?:starting|beginning|effective)(?: on| from)?|as of|as from|on|from|by)\s+/i;
/** "he is starting", and not "he needs it, starting". */
const isGoingOn = /(?:^| )(?:is|are|be|will|\S+'(?:s|re))$/;
/** In words; no date is longer. */
const mostWords = 8;

/** Null when the reason names no future day, or none on which anything begins. */
export function findReasonDate(reason: string, reader: Reader, now: number): ReasonDate | null {
  const all = splitWords(reason);
  const plain = all.map(plainWord).join(' ');
  if (!personBegins.test(plain) && !begins.test(plain) && !/ from /.test(plain)) return null;
  const isDoubtful = doubtful.test(reason);
  const shortest = Math.max(1, all.length - mostWords);
  for (let at = shortest; at < all.length; at += 1) {
    const startText = withoutEdges(joinWords(all.slice(at)).replace(leadIn, ''));
    const day = dayText(startText, reader, now);
    if (day === null) continue;
    const governing = governs(joinWords(all.slice(0, at)), joinWords(all.slice(at)));
    if (governing === null) return null;
    return { startText: day, sure: governing === 'person' && !isDoubtful };
  }
  return insideOf(reason, reader, now);
}

/** "on 1 December he joins Sales": the caller is asked about a day that is not at the end. */
function insideOf(reason: string, reader: Reader, now: number): ReasonDate | null {
  if (reason.length > longestDate) return null;
  const found = readStartDate(reason, reader, now);
  if (found.kind !== 'date' || found.rest === '') return null;
  return governs(found.rest, '') === 'person' ? { startText: dayOf(found.startsAt, reader), sure: false } : null;
}

function dayText(text: string, reader: Reader, now: number): string | null {
  if (text === '' || text.length > longestDate) return null;
  const span = startOfNextSpan(text, reader, now);
  if (span !== null) return dayOf(span, reader);
  const found: StartDate = readStartDate(text, reader, now);
  return found.kind === 'date' && found.rest === '' ? text : null;
}

/** What begins on the day after `before`; null for nothing. */
function governs(before: string, date: string): 'person' | 'thing' | null {
  const clause = before.split(clauses).at(-1) ?? '';
  // "she joins Sales, starting on Monday": the words before the date belong to the previous clause.
  const said = clause.trim() === '' || leadIn.test(`${clause} `) ? before : clause;
  const plain = splitWords(said).map(plainWord).join(' ');
  if (personBegins.test(plain)) return 'person';
  const isLedIn = /^(?:starting|beginning|effective|as of|as from)\b/i.test(date);
  if (!begins.test(plain) && !isLedIn) {
    // "he is on the project from Monday"
    return /^from\b/i.test(date) && !thing.test(plain) ? 'thing' : null;
  }
  if (/\bneed/.test(plain) || (isLedIn && !isGoingOn.test(plain))) return 'thing';
  return thing.test(plain) && !work.test(plain) ? 'thing' : 'person';
}
