import type { PendingView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import {
  FALLBACK_NAME,
  listAsText,
  lookAgain,
  moreText,
  personName,
  short,
  submitButton,
} from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { WaitingFault } from '../../../requests/request.ts';
import { nameOf } from '../../provisioning/cards/people-rows.ts';
import { awayTexts } from '../../provisioning/cards/progress-parts.ts';

/** As many as fit on a card with the longest names. */
export const QUEUE_ROWS = 12;

export interface QueueCardInput {
  readonly gate: {
    readonly slotsLeft: number;
    /** Milliseconds since 1970; null when the gate is open. */
    readonly blockedUntil: number | null;
    readonly limit: number;
    readonly windowMs: number;
    /** The fault that stops every call. */
    readonly fault?: Omit<WaitingFault, 'endsAt'>;
  };
  /** The next items, in the order in which they start. */
  readonly items: readonly QueueItem[];
  /** The number of all running and waiting items. */
  readonly total: number;
  /** Whether to offer Cancel. It only controls the button: a click is checked again. */
  readonly canCancel: boolean;
  readonly now: number;
  /** Of the jobs that Usher has paused, in sentences. */
  readonly pauses?: readonly string[];
}

export interface QueueItem {
  readonly requestId: string;
  readonly requestedBy: { readonly name: string };
  readonly apps: readonly { readonly name: string }[];
  /** Null for several people. */
  readonly subject: { readonly name: string; readonly label: string | null } | null;
  /** Of this request's running or waiting calls: their number, and that of their people. */
  readonly calls: number;
  readonly people: number;
  readonly state: 'running' | 'waiting';
  /** 1 is next; null while running, and when unknown. */
  readonly position: number | null;
  /** The start time, future or past; milliseconds since 1970. */
  readonly startsAt: number | null;
}

/** Lengths of a name on a row, from most to least, in UTF-16 code units. */
const NAME_LENGTHS = [80, 50, 30];

/**
 * The running and waiting items: the person, the requester, position and start time; and the rate gate's free capacity.
 */
export function queueCard(
  words: Messages,
  { gate, items, total, canCancel, now, pauses = [] }: QueueCardInput,
): CardMessage {
  const shown = items.slice(0, QUEUE_ROWS);
  const summary = words.plain('queue.summary', { count: Math.max(total, shown.length) });
  const lines = shown.map((item) => lineOf(words, item));
  const isAway = gate.fault !== undefined;
  const card = renderLargestThatFits('pending', NAME_LENGTHS, (nameLength): PendingView => {
    return {
      fallbackText: listAsText(summary, lines),
      title: words.card('queue.title'),
      intro: words.sentences([
        gateText(words, gate, now),
        shown.length === 0 ? words.card('queue.none') : null,
        ...pauses.slice(0, 5),
      ]),
      rows: shown.map((item) => row(words, item, { now, nameLength, canCancel, isAway })),
      more: moreText(words, total - shown.length),
      buttons: lookAgain(words, 'queue'),
    };
  });
  return { card, summary };
}

function gateText(
  words: Messages,
  { slotsLeft, blockedUntil, limit, windowMs, fault }: QueueCardInput['gate'],
  now: number,
): string {
  if (fault !== undefined) return words.sentences(awayTexts(words, fault, now));
  const window = words.duration(windowMs);
  return blockedUntil !== null && blockedUntil > now
    ? words.card('queue.gate.blocked', { time: words.time(blockedUntil, now) })
    : words.card('queue.gate.open', { left: slotsLeft, limit, window });
}

interface RowSetting {
  readonly now: number;
  readonly nameLength: number;
  readonly canCancel: boolean;
  /** No call gets through, so start times are unknown. */
  readonly isAway: boolean;
}

function row(
  words: Messages,
  item: QueueItem,
  { now, nameLength, canCancel, isAway }: RowSetting,
): PendingView['rows'][number] {
  const { requestId, state, calls } = item;
  const values = {
    person: personOf(words, item, nameLength),
    app: appNames(words, item.apps, nameLength),
    glyph: lookOf(state === 'running' ? 'working' : 'waiting').glyph,
  };
  // A sent call cannot be cancelled.
  const isSent = state === 'running' && calls <= 1;
  return {
    name: words.card('history.row', values),
    lines: [
      { text: isAway && state === 'waiting' ? words.card('request.waitingUnknown') : positionText(words, item, now) },
      {
        text: words.card('queue.asked', {
          requestedBy: short(personName(item.requestedBy), nameLength),
          request: short(requestId, 40),
        }),
      },
    ],
    opens:
      canCancel && !isSent
        ? submitButton(words, 'button.cancel', { verb: 'cancel', requestId }, words.plain('button.cancelOne', values))
        : [],
  };
}

function lineOf(words: Messages, item: QueueItem): string {
  return words.plain('fallback.task', {
    person: personOf(words, item, FALLBACK_NAME),
    app: appNames(words, item.apps, FALLBACK_NAME),
    result: words.plain(item.state === 'running' ? 'list.state.running' : 'request.waitingUnknown'),
  });
}

function personOf(words: Messages, { subject, people }: QueueItem, nameLength: number): string {
  return subject === null ? words.plain('history.people', { count: people }) : nameOf(subject, nameLength);
}

function positionText(words: Messages, { state, position, startsAt }: QueueItem, now: number): string {
  if (state === 'running')
    return startsAt === null
      ? words.card('list.state.running')
      : words.card('queue.runningSince', { time: words.time(startsAt, now) });
  if (position === null || startsAt === null) return words.card('request.waitingUnknown');
  // A time less than a second away is over before it is read.
  if (startsAt - now < 1_000) return words.card('queue.positionNow', { position });
  return words.card('queue.position', {
    position,
    time: words.time(startsAt, now),
    duration: words.duration(startsAt - now),
  });
}
