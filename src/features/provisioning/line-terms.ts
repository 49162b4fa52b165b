import { assertNever } from '../../assert-never.ts';
import { mannerOf } from '../../chat/dates/calendars.ts';
import { findReasonDate } from '../../chat/dates/reason-date.ts';
import { dayOf, readStartDate, startOfNextSpan } from '../../chat/dates/start-date.ts';
import type { AppCommand } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { didYouMean } from '../../chat/views/did-you-mean.ts';
import type { ListProblem } from './problems.ts';

/** The time and reason of a line, as typed. */
export interface Said {
  readonly start: string | null;
  readonly end: string | null;
  readonly reason: string | null;
}

export type Terms =
  | {
      readonly kind: 'terms';
      /** The start of the day in ms since 1970; null for at once. */
      readonly startsAt: number | null;
      /** The start for use in a line: as typed, or the day alone where more was typed around it. */
      readonly start: string | null;
      /** As typed, without its lead-in; `line-ends.ts` reads it. */
      readonly end: string | null;
      /** The typed start with a time of day, which Usher does not keep. */
      readonly time: string | null;
      readonly reason: string | null;
      /** The end is also the start ("for Monday"): access from then on, or only then. */
      readonly isOnly: boolean;
      /** The day in the reason, which may be the start: the caller is asked. */
      readonly maybe: { readonly start: string; readonly startsAt: number } | null;
    }
  | { readonly kind: 'problem'; readonly problem: ListProblem };

/** What happens to a line without a start. */
type WithoutStart = 'approved' | 'now';

/** Reads start, end and reason. The start may be in the reason: "because he joins Sales on 1 December". */
export function readTerms(parts: CommandParts, turn: Turn, said: Said, instead: WithoutStart = 'approved'): Terms {
  const { reader } = turn.incoming;
  const now = parts.store.clock.now();
  const isOpen = said.start === null && said.end === null && said.reason !== null;
  const named = isOpen ? findReasonDate(said.reason, reader, now) : null;
  const { reason } = said;
  const typed = named?.startText ?? said.start;
  const isOnly = said.end !== null && said.start === said.end;
  const plain = {
    kind: 'terms',
    startsAt: null,
    start: null,
    end: said.end,
    time: null,
    reason,
    isOnly,
    maybe: null,
  } as const;
  if (typed === null) return plain;
  if (said.end !== null && areMixed([typed, said.end], mannerOf(reader.locale).monthFirst))
    return { kind: 'problem', problem: { kind: 'unclearStart', typed: `${typed} – ${said.end}`, instead } };
  // Of "for next week", the first day is the start; whether it is the end as well is asked.
  const span = isOnly ? startOfNextSpan(typed, reader, now) : null;
  if (span !== null) return { ...plain, startsAt: span, start: dayOf(span, reader) };
  const problem = (what: ListProblem): Terms => ({ kind: 'problem', problem: what });
  const start = readStartDate(typed, reader, now);
  switch (start.kind) {
    case 'date':
    case 'today': {
      // "on 1 December, he joins Sales": what follows the date is the reason, unless the line has another.
      const { rest, hasTime } = start;
      if (rest !== '' && (reason !== null || !start.isReason)) return problem({ kind: 'unclearStart', typed, instead });
      const startsAt = start.kind === 'date' ? start.startsAt : null;
      const isPlain = rest === '' && !hasTime;
      if (named?.sure === false && startsAt !== null)
        return { ...plain, maybe: { start: dayOf(startsAt, reader), startsAt } };
      const day = startsAt === null ? null : dayOf(startsAt, reader);
      return {
        ...plain,
        startsAt,
        start: isPlain ? typed : day,
        time: hasTime ? typed : null,
        reason: reason ?? (rest || null),
      };
    }
    case 'past':
      return problem({ kind: 'pastStart', date: turn.words.day(start.startsAt, reader.timeZone), instead });
    case 'tooFar':
      return problem({ kind: 'startTooFar', date: turn.words.day(start.startsAt, reader.timeZone) });
    case 'several': {
      if (start.stay === null) return problem({ kind: 'unclearStart', typed, instead });
      const read = readTerms(parts, turn, { ...said, start: start.stay.start, end: start.stay.end }, instead);
      return read.kind === 'terms' ? { ...read, end: read.end ?? start.stay.end } : read;
    }
    case 'unclear':
      return problem({ kind: 'unclearStart', typed, instead });
    default:
      return assertNever(start, 'date');
  }
}

const dayAndMonth = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?$/;

/**
 * Whether one day of a range fits only the order (day or month first) that the reader does not use, so that the other
 * day may, too.
 */
function areMixed(days: readonly string[], monthFirst: boolean): boolean {
  const parts = days.map((day) => dayAndMonth.exec(day)?.slice(1).map(Number));
  return parts.every((part) => part !== undefined) && parts.some((part) => (part?.[monthFirst ? 0 : 1] ?? 0) > 12);
}

/**
 * Offers, in quotes, an app whose name continues where the line seems to state a time ("Leave until Friday"); null
 * where there is none.
 */
export async function offerLongerApp(
  parts: CommandParts,
  turn: Turn,
  command: AppCommand,
  toLine: (app: string) => AppCommand,
): Promise<Reply | null> {
  const { what } = turn.incoming;
  if (what.kind !== 'text') return null;
  const line = what.text.replace(/\s+/gu, ' ');
  const at = line.toLowerCase().lastIndexOf(command.app.toLowerCase());
  const name = at < 0 ? '' : line.slice(at).trim();
  if (name === '' || name.toLowerCase() === command.app.toLowerCase()) return null;
  const found = await parts.applications.find(name);
  if (!found.ok || found.value.kind !== 'one') return null;
  const { displayName } = found.value.app;
  if (displayName.toLowerCase() !== name.toLowerCase()) return null;
  const suggestion = parts.grammar.format(toLine(displayName));
  return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion }) };
}
