import { assertNever } from '../../../assert-never.ts';
import { plainText } from '../../../chat/cards/safe-text.ts';
import type { Messages, MessageValues } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { type SayButton, short } from '../../../chat/views/parts.ts';

/** The times of a line that Usher cannot carry out; nothing has been done. Days in words, as from `Messages.day`. */
export type TermNotice =
  | {
      readonly kind: 'badEnd';
      readonly app: string;
      readonly end: string;
      readonly why: BadEnd;
      /** The end that was read, or the latest that is allowed; empty for none. */
      readonly date: string;
      readonly from: string | null;
      /** In words; empty where no length is the problem. */
      readonly longest: string;
    }
  /** A request with a time of day; `day` null for the approval itself as the start. */
  | { readonly kind: 'time'; readonly typed: string; readonly day: string | null }
  /** A request whose reason names a day that may be the start. */
  | { readonly kind: 'reasonDay'; readonly reason: string; readonly day: string }
  /** Provisioning with a later start; `day` null where only a time of day was named. */
  | {
      readonly kind: 'start';
      readonly who: string;
      readonly app: string;
      readonly typed: string;
      readonly day: string | null;
      readonly canAsk: boolean;
    };

/** Why access cannot be asked for with an end. `only`: it is the start as well ("for Monday"). */
export type BadEnd = 'past' | 'beforeStart' | 'tooLong' | 'endless' | 'unreadable' | 'only';

export interface TermCardInput {
  readonly what: TermNotice;
  /** Each runs a full line that Usher can carry out. */
  readonly buttons: readonly SayButton[];
  /** A typed reason that none of the lines contains. */
  readonly lostReason?: string | null;
  /** The start with a time of day, as typed, where no other text says that the time is left out. */
  readonly lostTime?: string | null;
}

/** Says what Usher cannot do, and offers the lines that it can. */
export function termCard(
  words: Messages,
  { what, buttons, lostReason = null, lostTime = null }: TermCardInput,
): CardMessage {
  const values = valuesOf(what);
  const reason = lostReason === null ? [] : [words.card('term.reason', { reason: short(lostReason) })];
  const time = lostTime === null ? [] : [words.card('term.lostTime', { typed: short(lostTime) })];
  return noticeCard(words, {
    tone: 'unknown',
    title: words.card(`term.${what.kind}.title`, values),
    paragraphs: [
      words.card(`term.${what.kind}.happened`, values),
      ...time,
      ...reason,
      ...buttons.map(({ text }) => words.card('term.line', { line: plainText(words.line(text), LONGEST_SHOWN) })),
    ],
    next: words.card(`term.${what.kind}.next`, values),
    buttons,
    summary: words.sentences([
      words.plain(`term.${what.kind}.happened`, values),
      words.plain(`term.${what.kind}.next`, values),
    ]),
  });
}

const LONGEST_SHOWN = 200;

function valuesOf(what: TermNotice): MessageValues {
  switch (what.kind) {
    case 'badEnd': {
      const { app, end, why, date, from, longest } = what;
      return { app: short(app), end: short(end), why, date, from: from ?? 'none', longest };
    }
    case 'time':
      return { typed: short(what.typed), day: what.day ?? 'none' };
    case 'reasonDay':
      return { reason: short(what.reason), day: what.day };
    case 'start': {
      const { who, app, typed, day, canAsk } = what;
      return { who: short(who), app: short(app), typed: short(typed), day: day ?? 'none', can: canAsk ? 'ask' : 'now' };
    }
    default:
      return assertNever(what, 'term');
  }
}
