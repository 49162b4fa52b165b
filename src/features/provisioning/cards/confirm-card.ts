import type { SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { createMessages, type Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import { lengthOf } from '../../../chat/views/length-words.ts';
import { short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { Account } from '../../../requests/overview.ts';
import type { LeftOut, Request } from '../../../requests/request.ts';
import { peopleIn } from './account-rows.ts';
import { calledName, FIRST_ROWS, fold, leftOutSection, type RowLimits } from './people-rows.ts';
import { awaitedTicketField, requestFooter } from './progress-parts.ts';

export interface ConfirmCardInput {
  readonly request: Pick<
    Request,
    'id' | 'requestedBy' | 'apps' | 'reader' | 'createdAt' | 'leftOut' | 'ticket' | 'awaitsTicket'
  >;
  /** The number of held calls, which for a single app are people. */
  readonly count: number;
  /** All of a request over several apps. */
  readonly accounts?: readonly Account[] | null;
  /** Milliseconds from the confirmation to the last call, by the gate's arithmetic; null when unknown. */
  readonly takesMs: number | null;
  readonly now: number;
  /** Only decides whether the buttons are shown; missing for yes. */
  readonly canRetry?: boolean;
}

const LEVELS: readonly RowLimits[] = [
  { rows: 10, name: 80, line: 200 },
  { rows: 10, name: 40, line: 140 },
];

/** Asks for confirmation before a long list runs: what will happen, how long it takes, and which lines will not run. */
export function confirmCard({
  request,
  count,
  accounts = null,
  takesMs,
  now,
  canRetry = true,
}: ConfirmCardInput): CardMessage {
  const words = createMessages(request.reader.locale, request.reader.timeZone);
  const people = accounts === null ? [] : peopleIn(accounts);
  const person = people[0] === undefined ? '' : calledName(words, people[0], 60);
  const values = {
    app: appNames(words, request.apps),
    apps: request.apps.length,
    count,
    people: people.length,
    person,
  };
  const form = accounts === null ? 'one' : 'several';
  const length = takesMs === null ? null : lengthOf(words, takesMs);
  const summary = words.plain(`confirm.${form}.summary`, values);
  const paragraphs = [
    words.card(`confirm.${form}.what`, values),
    ...(length === null ? [] : [words.card('confirm.takes', { length })]),
  ];
  const card = renderLargestThatFits('list', LEVELS, (limits) => ({
    ...emptyList,
    fallbackText: summary,
    look: lookOf('waiting'),
    title: words.card(`confirm.${form}.title`, values),
    paragraphs: paragraphs.map((text) => ({ text })),
    ...leftOutFolded(words, request.leftOut, limits),
    tickets: canRetry ? awaitedTicketField(words, request) : [],
    footer: requestFooter(words, request, now),
    buttons: canRetry
      ? confirmButtons(words, request.id, accounts === null ? 'button.confirm' : 'button.confirmAccounts', count)
      : [],
  }));
  return { card, summary };
}

const NOBODY = {
  provision: ['confirm.nobody.title', 'confirm.nobody.text', 'confirm.nobody.summary'],
  remove: ['removal.nobody.title', 'removal.nobody.text', 'removal.nobody.summary'],
} as const;

/** For a list without any person left to provision, or to remove: each line, why, and what may have been meant. */
export function nobodyFoundCard(
  words: Messages,
  {
    app,
    leftOut,
    to = 'provision',
  }: { readonly app: string; readonly leftOut: readonly LeftOut[]; readonly to?: keyof typeof NOBODY },
): CardMessage {
  const values = { app: app === '' && to === 'remove' ? 'none' : short(app) };
  const [title, text, told] = NOBODY[to];
  const summary = words.plain(told, values);
  const card = renderLargestThatFits('list', LEVELS, (limits) => ({
    ...emptyList,
    fallbackText: summary,
    look: lookOf('warning'),
    title: words.card(title, values),
    paragraphs: [{ text: words.card(text) }],
    ...leftOutFolded(words, leftOut, limits),
  }));
  return { card, summary };
}

export function leftOutFolded(words: Messages, leftOut: readonly LeftOut[], limits: RowLimits) {
  const first = leftOutSection(words, leftOut, { ...limits, rows: FIRST_ROWS });
  return fold(words, first, leftOutSection(words, leftOut, limits));
}

function confirmButtons(
  words: Messages,
  requestId: string,
  label: 'button.confirm' | 'button.confirmAccounts',
  count: number,
): SubmitButton[] {
  return [
    ...submitButton(words, label, { verb: 'confirm', requestId }, undefined, { count }),
    ...submitButton(words, 'button.cancel', { verb: 'cancel', requestId }),
  ];
}

export const emptyList = {
  subject: [],
  bars: [],
  next: [],
  tickets: [],
  footer: [],
  details: [],
  toggles: [],
  links: [],
  buttons: [],
} as const;
