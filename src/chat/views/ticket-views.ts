import type { Ticket } from '../../requests/request.ts';
import type { FormView } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import { markdownText } from '../cards/safe-text.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { maybe, short } from './parts.ts';

/** The longest ticket number on a card; what was typed into its field may be longer. */
export const LONGEST_TICKET = 40;
/** Bytes of the longest line that a card shows and carries: six times as many, with every character escaped, still fit. */
const LONGEST_CARRIED = 3_000;

/** A ticket number in Markdown, as a link where its page is known. */
export function ticketNumber({ number, url }: Ticket): string {
  const text = markdownText(number, LONGEST_TICKET);
  // `ticketLink` has made the address, which holds nothing that ends a link.
  return url === null ? text : `[${text}](${url})`;
}

/** "Ticket INC0012345", for a line of small facts; none without a ticket. */
export function ticketPart(words: Messages, ticket: Ticket | null | undefined): string[] {
  return ticket == null ? [] : [`${words.card('ticket.label')} ${ticketNumber(ticket)}`];
}

/** Whether a line is short enough for the card that asks for its ticket. */
export function canCarry(line: string): boolean {
  return Buffer.byteLength(line) <= LONGEST_CARRIED && short(line, LONGEST_CARRIED) === line;
}

/** The field for a ticket number. */
export function ticketField(words: Messages, value: string, examples: readonly string[]): FormView['tickets'] {
  return [
    {
      label: words.plain('ticket.field'),
      placeholder: words.plain('ticket.hint', { example: examples[0] ?? '' }),
      value: short(value, LONGEST_TICKET),
    },
  ];
}

export interface TicketCardInput {
  readonly app: string;
  /** The line that goes on once the number is there. */
  readonly line: string;
  /** What was given for a ticket number, and is none of this app; null for nothing. */
  readonly typed: string | null;
  /** Without a number the line does not go on. */
  readonly isNeeded: boolean;
  readonly examples: readonly string[];
}

/** Asks for the ticket number of a line, which its button carries. Nothing has been done. */
export function ticketCard(words: Messages, { app, line, typed, isNeeded, examples }: TicketCardInput): CardMessage {
  const values = { app: short(app), needed: isNeeded ? 'yes' : 'no' };
  const unfit = { typed: short(typed ?? '', LONGEST_TICKET), examples: words.either(examples), ...values };
  const summary = words.plain('ticket.summary', values);
  const button = words.plain('ticket.button');
  const view: FormView = {
    fallbackText: summary,
    title: words.card('ticket.title'),
    intro: maybe(words.card('ticket.intro', values)),
    problems: maybe(typed === null ? null : words.card('ticket.unfit', unfit)),
    persons: [],
    appChoices: [],
    appTexts: [],
    filledStarts: [],
    emptyStarts: [],
    ends: [],
    reasons: [],
    tickets: ticketField(words, typed ?? '', examples),
    footer: [{ text: words.sentences([words.card('ticket.goesOn'), markdownText(line, 2 * LONGEST_CARRIED)]) }],
    buttons: [
      {
        title: button,
        tooltip: words.plain('form.sends', { button }),
        data: { verb: 'ticket', text: line, msteams: { feedback: { hide: true } } },
      },
    ],
  };
  return { card: renderCard('form', view), summary };
}
