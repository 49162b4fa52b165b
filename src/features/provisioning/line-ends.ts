import { type AccessEnd, type EndTerms, endWithin, type LengthOfTime } from '../../access-ends.ts';
import { assertNever } from '../../assert-never.ts';
import type { Term } from '../../chat/command.ts';
import { type EndDate, readEndDate } from '../../chat/dates/end-date.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { sayEnd, sayLength } from '../../chat/views/ends.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import type { Application } from '../../graph/applications.ts';
import type { NewTask } from '../../requests/store.ts';
import { type BadEnd, type TermNotice, termCard } from './cards/term-card.ts';
import { readTerms, type Terms } from './line-terms.ts';

type Moment = Pick<AccessEnd, 'endsAt' | 'hasTime'>;

/** What the line says of its times. */
type SaidEnd = Pick<Extract<Terms, { kind: 'terms' }>, 'end' | 'startsAt' | 'time' | 'isOnly'>;

/** The end of a line for the apps that it names. */
export type LineEnd =
  /** `end` is null where neither the line nor `APPS_FILE` names one; `isUsual`: the file does, and not the line. */
  | { readonly kind: 'end'; readonly end: AccessEnd | null; readonly isUsual: boolean }
  /** `endsAt`: of the end that was read, or of the latest that is allowed. */
  | {
      readonly kind: 'bad';
      readonly why: BadEnd;
      readonly endsAt: Moment | null;
      readonly longest: LengthOfTime | null;
    };

/** What `APPS_FILE` says about ends of these apps, and of the kits by whose names they are asked for. */
export function endTermsOf(apps: readonly Application[], kits: readonly EndTerms[] = []): readonly EndTerms[] {
  return [...apps.map(({ ends = {} }) => ends), ...kits];
}

/** Reads the end of a line, and judges it by the terms of what the line asks for. */
export function readLineEnd(
  { store }: CommandParts,
  { incoming: { reader } }: Turn,
  { end, startsAt, isOnly }: SaidEnd,
  terms: readonly EndTerms[],
): LineEnd {
  const now = store.clock.now();
  const start = { startsAt: startsAt ?? now, timeZone: reader.timeZone };
  // "for Monday" may mean from then on; "for today" does not.
  const isOpen = isOnly && startsAt !== null;
  const read = end === null ? null : isOpen ? bad('only') : readEnd(readEndDate(end, reader, now, startsAt));
  if (read !== null && 'why' in read) return read;
  const within = endWithin(terms, start, read);
  switch (within.kind) {
    case 'endless':
      return { kind: 'end', end: null, isUsual: false };
    case 'end':
      return within;
    case 'tooLong':
      return bad('tooLong', within.latest, within.longest);
    case 'beforeStart':
      return bad('beforeStart', read);
    default:
      return assertNever(within, 'end');
  }
}

function readEnd(read: EndDate): AccessEnd | Extract<LineEnd, { kind: 'bad' }> {
  switch (read.kind) {
    case 'at': {
      const { kind: _, ...end } = read;
      return end;
    }
    case 'past':
    case 'beforeStart':
      return bad(read.kind, read);
    case 'endless':
    case 'unreadable':
      return bad(read.kind);
    default:
      return assertNever(read, 'end');
  }
}

function bad(
  why: BadEnd,
  endsAt: Moment | null = null,
  longest: LengthOfTime | null = null,
): Extract<LineEnd, { kind: 'bad' }> {
  return { kind: 'bad', why, endsAt, longest };
}

interface Told {
  readonly who: string;
  readonly app: string;
  /** Lines that Usher can carry out. */
  readonly buttons: readonly SayButton[];
  /** A typed reason that none of the lines contains. */
  readonly lostReason?: string | null;
}

/** The answer to a line whose end cannot be kept; null for one that can. */
export function endReply(
  parts: CommandParts,
  turn: Turn,
  said: SaidEnd & { readonly end: string },
  terms: readonly EndTerms[],
  told: Told,
): Reply | null {
  const { words, incoming } = turn;
  const read = readLineEnd(parts, turn, said, terms);
  if (read.kind === 'end') return null;
  const from = said.startsAt === null ? null : words.day(said.startsAt, incoming.reader.timeZone);
  const dateOf = (at: Moment | null) => (at === null ? '' : sayEnd(words, at));
  const { why, endsAt, longest } = read;
  const { app } = told;
  const length = longest === null ? '' : sayLength(words, longest);
  const what = { kind: 'badEnd', app, end: said.end, why, date: dateOf(endsAt), from, longest: length } as const;
  return card(turn, said, told, what);
}

function card({ words }: Turn, { time }: SaidEnd, { buttons, lostReason = null }: Told, what: TermNotice): Reply {
  return { kind: 'card', message: termCard(words, { what, buttons, lostReason, lostTime: time }) };
}

/**
 * The end of the access that a provisioning line gives: of the line, or the usual one of its apps. A bad one has been
 * turned away before.
 */
export function endOfLine(
  parts: CommandParts,
  turn: Turn,
  term: Term | undefined,
  allowed: readonly EndTerms[],
): NonNullable<NewTask['ends']> | undefined {
  const terms = readTerms(parts, turn, term ?? { start: null, end: null, reason: null }, 'now');
  const read = terms.kind === 'terms' ? readLineEnd(parts, turn, terms, allowed) : null;
  if (read?.kind !== 'end' || read.end === null) return undefined;
  return { endsAt: read.end.endsAt, isTimed: read.end.hasTime };
}
