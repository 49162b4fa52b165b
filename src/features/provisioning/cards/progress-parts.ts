import type { ListView, Maybe, Text } from '../../../chat/cards/card-views.ts';
import { plainText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import { lengthOf } from '../../../chat/views/length-words.ts';
import { maybe, short } from '../../../chat/views/parts.ts';
import { ticketField, ticketPart } from '../../../chat/views/ticket-views.ts';
import type { Request, WaitingFault } from '../../../requests/request.ts';

const MINUTE = 60_000;
const CELLS = 10;

/** Progress as a bar and, for clients that draw none, in characters: `▓▓▓░░░░░░░ 73 of 500`. */
export function progressBar(words: Messages, done: number, total: number): ListView['bars'] {
  const part = total === 0 ? 0 : Math.min(1, done / total);
  // Rounded down, so that the bar is full only after the last one.
  const full = Math.floor(part * CELLS);
  const cells = `${'▓'.repeat(full)}${'░'.repeat(CELLS - full)}`;
  return [{ percent: Math.floor(part * 100), text: words.card('list.bar', { cells, done, total }) }];
}

/** "About 12 min left, until 14:32.", or null when unknown. Times in milliseconds since 1970. */
export function timeLeft(words: Messages, finishesAt: number | null, now: number): string | null {
  if (finishesAt === null) return null;
  const minutes = Math.round((finishesAt - now) / MINUTE);
  // Minutes are as exact as it gets: Microsoft may throttle Usher, and single requests go first.
  return minutes < 1
    ? words.card('list.left.soon')
    : words.card('list.left', { length: lengthOf(words, finishesAt - now), time: words.moment(finishesAt, now) });
}

/** The fault that stops every call, since when, and how long a task waits for its end. */
export function awayTexts(
  words: Messages,
  fault: Omit<WaitingFault, 'endsAt'> & { readonly endsAt?: number },
  now: number,
): string[] {
  const { cause, code, since, endsAt } = fault;
  return [
    words.card('away.what', { cause, login: loginTrouble(code), code }),
    words.card('away.since', { time: words.moment(since, now) }),
    ...(endsAt === undefined ? [] : [words.card('away.until', { time: words.moment(endsAt, now) })]),
  ];
}

/**
 * Why there is no token, as far as the code tells.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
function loginTrouble(code: string): 'expired' | 'wrong' | 'refused' | 'away' | 'other' {
  if (code === 'AADSTS7000222') return 'expired';
  if (code === 'AADSTS7000215') return 'wrong';
  if (code.startsWith('AADSTS')) return 'refused';
  return /^(?:E[A-Z_]+|UND_ERR_\w+|NETWORK_ERROR)$/.test(code) ? 'away' : 'other';
}

/** The field for the ticket number that a held request awaits. */
export function awaitedTicketField(
  words: Messages,
  { awaitsTicket }: Pick<Request, 'awaitsTicket'>,
): ListView['tickets'] {
  return awaitsTicket === true ? ticketField(words, '', []) : [];
}

/** Of a reason in a footer. */
const LONGEST_FOOTED = 120;

/** The reason and the second person of a removal, the ticket, the requester, the time, and the request's id. */
export function requestFooter(
  words: Messages,
  {
    requestedBy,
    createdAt,
    id,
    ticket,
    removal,
  }: Pick<Request, 'requestedBy' | 'createdAt' | 'id' | 'ticket' | 'removal'>,
  now: number,
): Maybe<Text> {
  const values = { requestedBy: short(requestedBy.name), time: words.time(createdAt, now), request: short(id, 40) };
  const decision = removal?.decision;
  const decided =
    decision === undefined ? [] : [words.card('removal.decided', { how: decision.how, by: short(decision.by) })];
  const reason = plainText(removal?.reason ?? '', LONGEST_FOOTED);
  const why = reason === '' ? [] : [words.card('removal.reason', { reason })];
  return maybe(words.dotted([...why, ...ticketPart(words, ticket), ...decided, words.card('request.footer', values)]));
}
