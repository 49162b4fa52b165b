import type { DatePhrases, Lines } from './line-data.ts';
import { lengthsAt, type Phrase } from './line-patterns.ts';
import { areGlued, HAN, type Piece, textOf } from './pieces.ts';

/** What many lines may have beside their names: when it starts and ends, why, and under which ticket number. */
export type Term = 'start' | 'end' | 'reason' | 'ticket';
export type Terms = Readonly<Partial<Record<Term, readonly Piece[]>>>;

export interface Cut {
  readonly pieces: readonly Piece[];
  readonly terms: Terms;
  /** It cuts where a word ends only perhaps: where the line makes sense without the cut, both are offered. */
  readonly odd?: true;
}

/** "1er", "31", "01/12/2026", "2026-12-01", "18:00", "18h30", "3.5". */
const NUMBER = /^\d{1,4}(?:[./-]\d{1,2}){0,1}(?:[./-]\d{1,4})?(?:er|re|e|o|º|ª)?$|^\d{1,2}(?:[:h]\d{0,2})$/;
const CLOCK = /^\d{1,2}:\d{2}$/;
const WHOLE = /^\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?$/;

/**
 * The line without such parts, in the order in which they are tried: all of them out, then without dates, then the line
 * as it is, since a name may hold any of these words.
 */
export function cutsOf(all: readonly Piece[], lines: Lines, isTicket: (text: string) => boolean): readonly Cut[] {
  const because = cutReason(all, lines);
  const ticketed = cutTickets(because, lines, isTicket);
  const dated = cutDates(ticketed, lines.dates, Number.POSITIVE_INFINITY);
  const cuts: readonly Cut[] = [dated, ticketed, because, { pieces: all, terms: {} }];
  return [
    ...cuts.filter((cut, at) => at === 0 || cut.pieces.length > (cuts[at - 1]?.pieces.length ?? 0)),
    ...gluedCuts(ticketed, lines.dates).filter(({ pieces }) => pieces.length < dated.pieces.length),
  ];
}

function cutReason(pieces: readonly Piece[], { reason, reasonLabel, dates }: Lines): Cut {
  for (let at = 1; at < pieces.length; at += 1) {
    const [label = 0] = lengthsAt(pieces, at, reasonLabel);
    const isLabel = label > 0 && /[:：]/.test(pieces[at + label - 1]?.mark ?? '');
    const length = isLabel ? label : (lengthsAt(pieces, at, reason)[0] ?? 0);
    if (length > 0 && at + length < pieces.length) {
      const [left, said] = [pieces.slice(0, at), pieces.slice(at + length)];
      const before = cutDates({ pieces: left, terms: {} }, dates, Number.POSITIVE_INFINITY);
      // A second day is the reason's.
      const isDated = before.pieces.length < left.length;
      const behind = isDated ? { pieces: said, terms: {} } : cutDatesBehind(said, dates);
      return { pieces: left, terms: { ...behind.terms, reason: behind.pieces } };
    }
  }
  return { pieces, terms: {} };
}

/** "because he joins Sales, until 31 March": the days behind a reason and a comma are none of its words. */
function cutDatesBehind(reason: readonly Piece[], dates: DatePhrases): Cut {
  let [to, terms]: [number, Terms] = [reason.length, {}];
  for (let at = to - 1; at > 0; at -= 1) {
    if (!/[,，;；]/.test(reason[at - 1]?.mark ?? '')) continue;
    const span = spanAt(reason.slice(0, to), at, dates, undefined, false);
    // "…, 31 March" and "…, le 31 mars" may be what the reason speaks of.
    const lead = span === null ? 0 : span.to - span.from - span.text.length;
    const isBare = span?.kind === 'start' && (lead === 0 || (lead === 1 && isSmall(reason[at])));
    if (span === null || isBare || span.to !== to || terms[span.kind] !== undefined) break;
    [to, terms] = [at, { ...terms, [span.kind]: span.text }];
  }
  return { pieces: reason.slice(0, to), terms };
}

const isSmall = (piece: Piece | undefined): boolean =>
  piece !== undefined && piece.text.length <= 2 && !HAN.test(piece.text);

/** A line with several numbers keeps them: which one is meant is asked. */
function cutTickets({ pieces, terms }: Cut, { ticket }: Lines, isTicket: (text: string) => boolean): Cut {
  const places = pieces.flatMap(({ text, quoted }, at) => (!quoted && /\d/.test(text) && isTicket(text) ? [at] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) return { pieces, terms };
  const lead = [3, 2, 1].find(
    (length) => place >= length && lengthsAt(pieces, place - length, ticket).includes(length),
  );
  const left = [...pieces.slice(0, place - (lead ?? 0)), ...pieces.slice(place + 1)];
  return { pieces: left, terms: { ...terms, ticket: pieces.slice(place, place + 1) } };
}

interface Span {
  readonly kind: 'start' | 'end';
  readonly from: number;
  readonly to: number;
  readonly text: readonly Piece[];
}

/** No line has more days than these. */
const MOST_GLUED = 3;

/** With days cut out of what may be names, the last day first: Chinese writes no space around a day, and "周一鸣" is a name. */
function gluedCuts(ticketed: Cut, dates: DatePhrases): readonly Cut[] {
  const places = [...ticketed.pieces.keys()].filter(
    (at) =>
      spanAt(ticketed.pieces, at, dates, undefined, true) !== null &&
      spanAt(ticketed.pieces, at, dates, undefined, false) === null,
  );
  return places
    .slice(-MOST_GLUED)
    .reverse()
    .map((at) => ({ ...cutDates(ticketed, dates, at), odd: true }));
}

/** @param gluedFrom where days may be parts of longer words */
function cutDates({ pieces, terms }: Cut, dates: DatePhrases, gluedFrom: number): Cut {
  const spans: Span[] = [];
  for (let at = 0; at < pieces.length; ) {
    const span = spanAt(pieces, at, dates, spans.at(-1), at >= gluedFrom);
    const isNew = span !== null && !spans.some(({ kind }) => kind === span.kind);
    if (span !== null && isNew) spans.push(span);
    at = span !== null && isNew ? span.to : at + 1;
  }
  const found: Partial<Record<Term, readonly Piece[]>> = { ...terms };
  for (const { kind, text } of spans) found[kind] = text;
  const left = pieces.filter((_, at) => !spans.some(({ from, to }) => from <= at && at < to));
  return { pieces: left, terms: found };
}

function spanAt(
  pieces: readonly Piece[],
  at: number,
  dates: DatePhrases,
  before: Span | undefined,
  mayBeGlued: boolean,
): Span | null {
  const isBehindStart = before?.kind === 'start' && before.to === at;
  const end = led(pieces, at, dates.end, dates, dates.endBehind);
  // A small word leads to an end before a day alone, or behind a start.
  const isAlone = !isBehindStart && lengthsAt(pieces, at, dates.endBehindStart).length > 0;
  if (end !== null && !isAlone && (isBehindStart || !end.isShort || end.isClock || (end.isDay && !end.isLength)))
    return withClock(spanOf('end', pieces, at, end, dates.endBehind), dates);
  const during = led(pieces, at, dates.during, dates);
  if (during !== null && (during.isLength || isHours(pieces, during))) return spanOf('end', pieces, at, during, []);
  const ahead = led(pieces, at, dates.ahead, dates);
  if (ahead?.isLength === true) return spanOf('start', pieces, at, { ...ahead, from: at }, []);
  const start = led(pieces, at, dates.start, dates, dates.startBehind);
  if (start !== null && !start.isLength) {
    const span = spanOf('start', pieces, at, start, dates.startBehind);
    const isHalf = lengthsAt(pieces, at, dates.startBeforeEnd).length > 0;
    if (isHalf && spanAt(pieces, span.to, dates, span, false)?.kind !== 'end') return null;
    const lead = pieces[at];
    // "Depuis lundi" is no coming Monday, which the reader of days knows by this word.
    if (lead === undefined || lengthsAt(pieces, at, dates.since).length === 0) return span;
    return { ...span, text: [{ ...lead, text: 'since', mark: '' }, ...span.text] };
  }
  const run = runAt(pieces, at, dates);
  if (run === null || run.to - at === pieces.length) return null;
  const isBehindBy = (behind: readonly Phrase[]) => lengthsAt(pieces, run.to, behind).length > 0;
  if (!run.isDay && !isBehindBy(dates.startBehind)) return null;
  const isHour = isAtHour(pieces.slice(run.from, run.to), dates);
  const isEnd = (run.isLength && !isHour) || (isBehindBy(dates.endBehind) && !isBehindBy(dates.startBehind));
  const span = isEnd
    ? spanOf('end', pieces, at, run, dates.endBehind)
    : withClock(spanOf('start', pieces, at, run, dates.startBehind), dates);
  return !mayBeGlued && isInside(pieces, at, span.to) ? null : span;
}

interface Run {
  readonly from: number;
  readonly to: number;
  /** It names a day by itself: "demain", "31 mars", "3 mois". */
  readonly isDay: boolean;
  readonly isLength: boolean;
  /** A time of day. */
  readonly isClock: boolean;
  /** What leads to it is one small word, which may lead to anything. */
  readonly isShort: boolean;
}

/** A date or a length behind one of the phrases. */
function led(
  pieces: readonly Piece[],
  at: number,
  phrases: readonly Phrase[],
  dates: DatePhrases,
  behind: readonly Phrase[] = [],
): Run | null {
  for (const length of lengthsAt(pieces, at, phrases)) {
    const from = at + length;
    const isShort = length === 1 && textOf(pieces.slice(at, from)).length <= 2;
    const isQuoted = pieces[from]?.quoted === true;
    // "até" leads to an end alone, while "dans" may lead to a quoted app.
    const isClear = !isShort && (length > 1 || phrases === dates.end);
    if (isQuoted && (isClear || lengthsAt(pieces, from + 1, behind).length > 0))
      return { from, to: from + 1, isDay: true, isLength: false, isClock: false, isShort: false };
    const run = runAt(pieces, from, dates);
    if (run !== null) return { ...run, from: isDayAlone(pieces, run, dates) ? from - 1 : from, isShort };
  }
  return null;
}

/** "no dia 15": the number needs its unit. */
const isDayAlone = (pieces: readonly Piece[], { from, to }: Run, { units }: DatePhrases): boolean =>
  to - from === 1 && /^\d{1,2}$/.test(pieces[from]?.exact ?? '') && lengthsAt(pieces, from - 1, units).includes(1);

function spanOf(kind: Span['kind'], pieces: readonly Piece[], from: number, run: Run, behind: readonly Phrase[]): Span {
  const [more = 0] = lengthsAt(pieces, run.to, behind);
  return { kind, from, to: run.to + more, text: pieces.slice(run.from, run.to) };
}

/** "por 2h" */
const isHours = (pieces: readonly Piece[], { from, to }: Run): boolean =>
  to - from === 1 && /^\d{1,2}h$/.test(pieces[from]?.exact ?? '');

/** "até as 18h" and "jusqu'à 18 heures" are 18:00 and not a length of 18 hours. */
function withClock(span: Span, { fillers, hours }: DatePhrases): Span {
  const [length = 0] = span.text.length > 1 ? lengthsAt(span.text, 0, fillers) : [];
  const [time, ...others] = span.text.slice(length);
  const isUnit = others.length > 0 && lengthsAt(others, 0, hours).includes(others.length);
  const form = isUnit ? /^(\d{1,2})$/ : /^(\d{1,2})(?:h|:)(\d{2})?$/;
  const [, hour, minute = ''] = form.exec(time?.exact ?? '') ?? [];
  if (time === undefined || hour === undefined || (others.length > 0 && !isUnit)) return span;
  return { ...span, text: [{ ...time, text: `${hour}:${minute.padEnd(2, '0')}`, mark: '' }] };
}

/** "às 18 horas", "à 18 heures" */
function isAtHour(text: readonly Piece[], { atHour, hours }: DatePhrases): boolean {
  const [, time, ...unit] = text;
  const isHour = lengthsAt(text, 0, atHour).includes(1) && /^\d{1,2}$/.test(time?.exact ?? '');
  return isHour && lengthsAt(unit, 0, hours).includes(unit.length);
}

/** A date or a length from `from` on; "sexta, dia 27" and "amanhã, quinta" are one day in two ways. */
function runAt(pieces: readonly Piece[], from: number, dates: DatePhrases): Run | null {
  const run = runWithoutComma(pieces, from, dates);
  const named = run === null ? [] : pieces.slice(run.from, run.to);
  if (run?.isDay !== true || run.isLength || named.at(-1)?.mark !== ',' || named.some(({ exact }) => /\d/.test(exact)))
    return run;
  const behind = runWithoutComma(pieces, run.to, dates);
  return behind?.isDay === true && !behind.isLength ? { ...run, to: behind.to } : run;
}

/** The words of a date or a length from `from` on: as many as can be of one, without small words at the end. */
function runWithoutComma(pieces: readonly Piece[], from: number, dates: DatePhrases): Run | null {
  let to = from;
  let end = from;
  const seen = { day: 0, month: 0, unit: 0, count: 0, number: 0, whole: 0 };
  // "dia 15" is no length.
  let unitFirst = false;
  while (to < pieces.length) {
    const piece = pieces[to];
    if (piece === undefined || piece.quoted) break;
    const number = NUMBER.test(piece.exact);
    const longest = (phrases: readonly Phrase[]) => lengthsAt(pieces, to, phrases)[0] ?? 0;
    const [day, month, unit, count, filler] = [dates.days, dates.months, dates.units, dates.counts, dates.fillers].map(
      longest,
    ) as [number, number, number, number, number];
    const core = Math.max(day, month, unit, number ? 1 : 0, count);
    if (core === 0 && filler === 0) break;
    if (core === 0 && to > from && leadsToNext(pieces, to, dates)) break;
    if (unit > 0 && seen.number + seen.count + count === 0 && !number) unitFirst = true;
    if (number) seen.number += 1;
    if (WHOLE.test(piece.exact)) seen.whole += 1;
    if (day > 0) seen.day += 1;
    if (month > 0) seen.month += 1;
    if (unit > 0) seen.unit += 1;
    if (count > 0) seen.count += 1;
    to += Math.max(core, filler);
    if (core > 0 || filler > 1 || isTail(pieces, to - 1)) end = to;
    if ((pieces[to - 1]?.mark ?? '') !== '') break;
  }
  const isNumbered = unitFirst && seen.number > 0;
  const isLength = seen.unit > 0 && !isNumbered && seen.day === 0 && seen.month === 0 && seen.whole === 0;
  const isDated = seen.day + seen.month + seen.unit + seen.number > 0;
  if (end === from || !isDated) return null;
  const isDay =
    seen.day > 0 ||
    seen.whole > 0 ||
    isNumbered ||
    (seen.month > 0 && seen.number > 0) ||
    (isLength && seen.number + seen.count > 0);
  const isCounted = isLength && seen.number + seen.count > 0;
  const [ahead = 0] = isCounted ? lengthsAt(pieces, end, dates.aheadBehind) : [];
  const isClock = end === from + 1 && CLOCK.test(pieces[from]?.exact ?? '');
  return { from, to: end + ahead, isDay, isLength: isCounted && ahead === 0, isClock, isShort: false };
}

/** Whether a day in full precedes a small word that leads to another: "01/12 a 15/12". */
function leadsToNext(pieces: readonly Piece[], at: number, dates: DatePhrases): boolean {
  const [before, behind] = [pieces[at - 1], pieces[at + 1]];
  const isWhole = (piece: Piece | undefined) => piece !== undefined && !piece.quoted && WHOLE.test(piece.exact);
  return isWhole(before) && isWhole(behind) && lengthsAt(pieces, at, dates.end).includes(1);
}

/** Whether the pieces are a day or a length and nothing else. */
export function isDate(pieces: readonly Piece[], dates: DatePhrases): boolean {
  return runAt(pieces, 0, dates)?.to === pieces.length;
}

/** Whether they are a length of time. */
export function isLengthOfTime(pieces: readonly Piece[], dates: DatePhrases): boolean {
  const run = runAt(pieces, 0, dates);
  return run?.isLength === true && run.to === pieces.length;
}

/** Whether a day without a number has a Chinese character beside it, and so may be a part of a name. */
function isInside(pieces: readonly Piece[], from: number, to: number): boolean {
  const hasNumber = pieces.slice(from, to).some(({ exact }) => /\d/.test(exact));
  return !hasNumber && (areGlued(pieces[from - 1], pieces[from]) || areGlued(pieces[to - 1], pieces[to]));
}

/** "lundi prochain" and "月底" end with a word that means nothing by itself, and a small word leads on to the next. */
function isTail(pieces: readonly Piece[], at: number): boolean {
  const { text = '' } = pieces[at] ?? {};
  return text.length > 3 || HAN.test(text);
}
