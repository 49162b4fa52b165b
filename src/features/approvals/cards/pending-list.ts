import type { PendingView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { plainText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames, peopleNames } from '../../../chat/views/app-names.ts';
import { LONGEST_NAME, lineButton, lookAgain, maybe, personName, submitButton } from '../../../chat/views/parts.ts';
import { ticketPart } from '../../../chat/views/ticket-views.ts';
import { heldForSecondPersonMs } from '../../../requests/confirmation.ts';
import type { Request } from '../../../requests/request.ts';
import { calledName } from '../../provisioning/cards/people-rows.ts';
import { type AccessRequest, askedId } from '../access-requests/access-request.ts';
import { type AccessNames, namesOf } from './access-names.ts';
import { jointNames } from './joint-words.ts';

/** As many as fit on a card with the longest names. */
export const PENDING_PER_PAGE = 10;

/** What waits for a decision. */
export type PendingItem =
  /** `lines`: all that was asked for in the same line; missing where it was asked for alone. */
  | { readonly kind: 'access'; readonly accessRequest: AccessRequest; readonly lines?: readonly AccessRequest[] }
  /** It waits for its second person. */
  | { readonly kind: 'removal'; readonly request: Request };

export interface PendingListInput {
  /** The items of this page, oldest first. */
  readonly items: readonly PendingItem[];
  /** From 1. */
  readonly page: number;
  /** Whether another page follows. */
  readonly more: boolean;
  readonly now: number;
}

/** Lengths of a reason on a row, from most to least, in UTF-16 code units; 0 leaves it out. */
const REASON_LENGTHS = [120, 60, 0];

/**
 * The requests that wait for a decision: for each, the person concerned, the requester, the request time, the start or
 * the time left, and the reason.
 */
export function pendingList(words: Messages, { items, page, more, now }: PendingListInput): CardMessage {
  const shown = items.slice(0, PENDING_PER_PAGE);
  const hasMore = more || items.length > shown.length;
  const summary = words.plain('pending.summary', { count: shown.length });
  const lines = shown.slice(0, 3).map((item) => words.plain(ROWS[item.kind], pendingNames(words, item)));
  const card = renderLargestThatFits('pending', REASON_LENGTHS, (reasonLength): PendingView => {
    return {
      fallbackText: words.dotted([summary, ...lines]),
      title: page > 1 ? words.card('pending.titlePage', { page }) : words.card('pending.title'),
      intro: introText(words, shown.length, page),
      rows: shown.map((item) => row(words, item, { now, reasonLength })),
      more: maybe(hasMore ? words.card('pending.more', { page: page + 1 }) : null),
      buttons: [
        ...(page > 1 && shown.length === 0 ? lineButton(words, 'button.firstPage', 'pending') : []),
        ...lookAgain(words, page > 1 ? `pending ${page}` : 'pending'),
        ...(hasMore ? lineButton(words, 'button.nextPage', `pending ${page + 1}`) : []),
      ],
    };
  });
  return { card, summary };
}

function introText(words: Messages, count: number, page: number): string {
  if (count > 0) return words.card('pending.intro');
  return page > 1 ? words.card('pending.noneHere', { page }) : words.card('pending.none');
}

function row(
  words: Messages,
  item: PendingItem,
  { now, reasonLength }: { readonly now: number; readonly reasonLength: number },
): PendingView['rows'][number] {
  const { createdAt, ticket, reason } = askedIn(item);
  const names = pendingNames(words, item);
  const said = reasonLength === 0 ? '' : plainText(reason ?? '', reasonLength);
  const opens = words.plain('button.openOne', names);
  return {
    name: pendingName(words, item),
    lines: [
      {
        text: words.dotted([
          words.card('pending.asked', { ...names, time: words.moment(createdAt, now) }),
          ...ticketPart(words, ticket),
        ]),
      },
      { text: whenOf(words, item, now) },
      ...maybe(said === '' ? null : words.card('pending.reason', { reason: said })),
    ],
    opens: submitButton(words, 'button.open', { verb: 'run', text: `show ${names.request}` }, opens),
  };
}

/** When what is decided begins, or until when it can be decided. */
function whenOf(words: Messages, item: PendingItem, now: number): string {
  if (item.kind === 'removal')
    return words.card('pending.until', { until: words.moment(item.request.createdAt + heldForSecondPersonMs, now) });
  const { startsAt, reader } = item.accessRequest;
  if (startsAt === null || startsAt <= now) return words.card('pending.startsNow');
  return words.card('pending.starts', { day: words.day(startsAt, reader.timeZone) });
}

/** When, why, and for which ticket it was asked for. */
export function askedIn(item: PendingItem): Pick<AccessRequest, 'createdAt' | 'ticket' | 'reason'> {
  return item.kind === 'access'
    ? item.accessRequest
    : { ...item.request, reason: item.request.removal?.reason ?? null };
}

/** The name of one row. */
export function pendingName(words: Messages, item: PendingItem): string {
  return words.card(ROWS[item.kind], pendingNames(words, item));
}

const ROWS = { access: 'pending.row', removal: 'pending.removal' } as const;

/** People and app of one row. */
export function pendingNames(words: Messages, item: PendingItem): AccessNames {
  if (item.kind === 'removal') {
    const { id, requestedBy, apps, tasks } = item.request;
    const people = [...new Map(tasks.map(({ subject }) => [subject.id, subject])).values()];
    return {
      requestedBy: personName(requestedBy),
      person: peopleNames(words, people),
      app: appNames(words, apps),
      request: id,
    };
  }
  const { accessRequest, lines = [] } = item;
  const names = { ...namesOf(accessRequest), request: askedId(accessRequest) };
  if (lines.length < 2) return { ...names, person: calledName(words, accessRequest.subject, LONGEST_NAME) };
  const { people, apps } = jointNames(words, lines);
  return { ...names, person: people, app: apps };
}
