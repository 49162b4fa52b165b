import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { noticeCard } from './notice.ts';
import { type SayButton, short } from './parts.ts';

/** The card shows no more lines, but says that there are more. */
export const MOST_OFFERS = 3;
const LONGEST_LEFT_OUT = 120;
/** The usual formats of ticket numbers: `INC0012345`, `HELP-1234`, `#4711`. */
const TICKET = /\b[A-Z]{2,10}-?\d{3,}\b|#\d{3,}/i;

/** The first ticket number in a text; null where there is none. */
export const ticketIn = (text: string): string | null => TICKET.exec(text)?.[0] ?? null;

/** For a line that is nearly a command. The button runs `suggestion`, the whole corrected line. */
export function didYouMean(words: Messages, { suggestion }: { readonly suggestion: string }): CardMessage {
  return offersCard(words, { lines: [suggestion], leftOut: null, more: false });
}

export interface Offers {
  /** Whole lines, ready to run; at least one. */
  readonly lines: readonly string[];
  /** Words of the typed line that none of the lines contains. */
  readonly leftOut: string | null;
  /** What a ticket number looks like here. */
  readonly ticketExample?: string;
  /** The typed line is probably written in another language, so the card says that Usher reads English. */
  readonly isForeign?: boolean;
  /** Whether the typed line held more than these. */
  readonly more: boolean;
}

/** One line that was probably meant, or several candidates, each with a button. Nothing has been done. */
export function offersCard(
  words: Messages,
  { lines, leftOut, ticketExample = 'INC0012345', more, isForeign = false }: Offers,
): CardMessage {
  const sent = lines.slice(0, MOST_OFFERS);
  const shown = sent.map((line) => words.line(line));
  const [only = '', second] = shown;
  const isOne = second === undefined;
  const notes = [
    ...(isForeign ? [words.card('didYouMean.english')] : []),
    ...(leftOut === null
      ? []
      : [words.card(leftOutKey(leftOut), { leftOut: short(leftOut, LONGEST_LEFT_OUT), example: ticketExample })]),
    ...(more || lines.length > shown.length ? [words.card('didYouMean.more', { count: shown.length })] : []),
  ];
  return noticeCard(words, {
    tone: 'unknown',
    title: words.card(isOne ? 'didYouMean.title' : 'didYouMean.titleMany'),
    paragraphs: [...shown.map((suggestion) => words.card('didYouMean.text', { suggestion })), ...notes],
    next: words.card(isOne ? 'didYouMean.next' : 'didYouMean.nextMany'),
    buttons: isOne ? [{ label: 'yes', verb: 'choose', text: sent[0] ?? '' }] : sent.map(lineButton),
    summary: isOne
      ? words.plain('didYouMean.summary', { suggestion: only })
      : words.plain('didYouMean.summaryMany', { lines: words.dotted(shown) }),
  });
}

/** The card stays, since the caller may want more than one of its lines. */
function lineButton(line: string): SayButton {
  return { label: 'line', verb: 'run', text: line };
}

function leftOutKey(leftOut: string): 'didYouMean.leftOutTicket' | 'didYouMean.leftOut' {
  return TICKET.test(leftOut) || /\btickets?\b/i.test(leftOut) ? 'didYouMean.leftOutTicket' : 'didYouMean.leftOut';
}
