import type { Application } from '../graph/applications.ts';
import type { Kit } from '../graph/kit-apps.ts';
import type { Ticket } from '../requests/request.ts';
import { ticketLink } from '../ticket-rules.ts';
import type { Parsed } from './command.ts';
import { isSelf } from './grammar/pronouns.ts';
import { type TicketCommand, takesTicket, withTicket } from './grammar/ticket-words.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';
import { refuseImpossible, refuseVerb, runCommand } from './registry/run.ts';
import { say } from './registry/turn.ts';
import type { CardAction, Reply } from './reply.ts';
import { appNames } from './views/app-names.ts';
import { canCarry, ticketCard } from './views/ticket-views.ts';

export type TicketFound =
  | { readonly kind: 'ticket'; readonly ticket: Ticket | null }
  /**
   * `reply` asks for it in a field; null for a line that is too long for a card. `isNeeded`: else a number was given that
   * is none.
   */
  | { readonly kind: 'missing'; readonly reply: Reply | null; readonly isNeeded: boolean };

/** What a line says about its ticket. */
export interface TicketSaid {
  /** As typed. */
  readonly ticket: string | undefined;
  /** The command with which the card goes on that asks; null where no line says all of it. */
  readonly command: TicketCommand | null;
  /** The same by names that mean the same for every caller. */
  readonly meant?: TicketCommand;
  /** Those that the line names; what they say holds beside what their apps say. */
  readonly kits?: readonly Pick<Kit, 'ticket' | 'ticketUrl' | 'longest' | 'usual'>[];
}

/**
 * The ticket that a request for these apps keeps. Where one of them needs it and it is missing, or none of them takes it,
 * the reply asks for it, and carries the line.
 */
export function findTicket(
  parts: CommandParts,
  turn: Turn,
  apps: readonly Application[],
  { ticket, command, meant = command ?? undefined, kits = [] }: TicketSaid,
): TicketFound {
  const found = ticketFor(parts, apps, ticket ?? '', kits);
  if (found !== null) return { kind: 'ticket', ticket: found };
  const typed = ticket ?? null;
  const isNeeded = apps.some((app) => needsTicket(parts, app)) || kits.some((kit) => kit.ticket === 'required');
  if (typed === null && !isNeeded) return { kind: 'ticket', ticket: null };
  const line = command === null || meant === undefined ? null : lineToCarry(parts, turn, command, meant);
  if (line === null) return { kind: 'missing', reply: null, isNeeded };
  const app = namesOf(turn, apps);
  const message = ticketCard(turn.words, { app, line, typed, isNeeded, examples: ticketExamples(parts, apps) });
  return { kind: 'missing', reply: { kind: 'card', inPlace: true, message }, isNeeded };
}

/** Says that a line too long for a card needs a ticket number. */
export function sayTicketMissing(parts: CommandParts, turn: Turn, apps: readonly Application[]): Reply {
  const [example] = ticketExamples(parts, apps);
  return say(turn.words, { kind: 'ticketMissing', app: namesOf(turn, apps), example });
}

/** What ticket numbers of these apps look like. */
export function ticketExamples({ tickets }: CommandParts, apps: readonly Application[]) {
  return tickets.examplesFor({ ticketProjects: apps.flatMap((app) => app.tickets?.ticketProjects ?? []) });
}

function namesOf({ words }: Turn, apps: readonly Application[]): string {
  return appNames(
    words,
    apps.map(({ displayName: name }) => ({ name })),
  );
}

function needsTicket({ tickets }: CommandParts, app: Application): boolean {
  return app.tickets?.ticket === undefined ? tickets.required : app.tickets.ticket === 'required';
}

/** A typed number with its page; null for what is no ticket number of any of these apps. */
export function ticketFor(
  { tickets }: CommandParts,
  apps: readonly Application[],
  typed: string,
  kits: TicketSaid['kits'] = [],
): Ticket | null {
  const taking = apps.filter((app) => tickets.readFor(app.tickets, typed) !== null);
  const number = tickets.readFor(taking[0]?.tickets, typed);
  if (number === null) return null;
  const [url] = [...kits, ...taking.map((app) => app.tickets)].flatMap((terms) => terms?.ticketUrl ?? []);
  return { number, url: url === undefined ? null : ticketLink(url, number) };
}

/** The typed line, where it can be run again; else the command's own. */
function lineToCarry(parts: CommandParts, turn: Turn, command: TicketCommand, meant: TicketCommand): string | null {
  const { what, mentions } = turn.incoming;
  const isBound = mentions.length > 0 || ('subject' in command && isSelf(command.subject));
  const typed =
    what.kind === 'text' ? what.text : what.kind === 'action' && 'text' in what.action ? what.action.text : '';
  const parsed = parts.grammar.parse(typed);
  const written = (one: TicketCommand) => parts.grammar.format(withTicket(one, null));
  // The people of a file are not in the line beside it.
  const isWhole =
    parsed.kind === 'command' && takesTicket(parsed.command) && written(parsed.command) === written(command);
  const line = isWhole && !isBound && canCarry(typed) ? typed : written(meant);
  return canCarry(line) ? line : null;
}

/** Runs the line of the card with the number that was typed into it. */
export async function answerWithTicket(
  parts: CommandParts,
  turn: Turn,
  { text, ticket }: Extract<CardAction, { verb: 'ticket' }>,
): Promise<Reply | null> {
  const parsed = parts.grammar.parse(text);
  if (parsed.kind !== 'command' || !takesTicket(parsed.command)) return null;
  return runCommand(parts, turn, withTicket(parsed.command, ticket === '' ? null : ticket));
}

/** Asks which of its ticket numbers a line is for; a button runs it with each. */
export async function askWhichTicket(
  parts: CommandParts,
  turn: Turn,
  { command, tickets }: Extract<Parsed, { kind: 'severalTickets' }>,
): Promise<Reply> {
  const refusal = (await refuseImpossible(parts, turn, command.verb)) ?? (await refuseVerb(parts, turn, command.verb));
  if (refusal !== null) return refusal;
  const buttons = tickets.flatMap((ticket) => {
    const text = takesTicket(command) ? parts.grammar.format(withTicket(command, ticket)) : '';
    return text === '' ? [] : [{ label: 'line', verb: 'choose', text } as const];
  });
  return say(turn.words, { kind: 'severalTickets', tickets: turn.words.list(tickets) }, buttons);
}
