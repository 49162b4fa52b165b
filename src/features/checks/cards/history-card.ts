import type { Maybe, PendingView, SubmitButton, Text } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import {
  FALLBACK_NAME,
  lineButton,
  listAsText,
  maybe,
  personalButton,
  personName,
  short,
  submitButton,
} from '../../../chat/views/parts.ts';
import { ticketPart } from '../../../chat/views/ticket-views.ts';
import { endWord } from '../../provisioning/cards/ending-words.ts';
import type { Among, HistoryEntry } from '../history/history-entry.ts';
import { entryId, entryName, entryResult, entrySubject, isOfRemoval } from './entry-text.ts';

/** As many as fit on a card with the longest names. */
export const ENTRIES_PER_PAGE = 10;

export interface HistoryCardInput {
  /** The entries of this page, newest first. */
  readonly entries: readonly HistoryEntry[];
  /** The person or app that the history is about; null for everything. */
  readonly about: string | null;
  /** Milliseconds since 1970; null for the whole history. */
  readonly since: number | null;
  /** From 1. */
  readonly page: number;
  /** `own`: only the reader's requests. `seen`: those, and the ones that concern the reader's reports. */
  readonly scope: 'all' | 'own' | 'seen' | 'ownHere';
  /** Null for everything. */
  readonly among?: Among | null;
  /** The reader may retry what failed. */
  readonly mayRetry?: boolean;
  /** Where others read along: the line that shows everything in the reader's personal chat. */
  readonly elsewhere?: string | null;
  /** The lines that show the next and the previous page; null where there is none. */
  readonly older: string | null;
  readonly newer: string | null;
  readonly now: number;
}

/** The note that the card shows a part, and which. */
const PARTS: Readonly<Record<HistoryCardInput['scope'], MessageKey | null>> = {
  all: null,
  own: null,
  seen: 'history.partOnly',
  ownHere: 'history.ownHere',
};

const LONGEST_REASON_SHOWN = 120;
const LONGEST_END = 200;

/** Lengths of a name on a row, from most to least, in UTF-16 code units. */
const NAME_LENGTHS = [80, 50, 30];

/** The requests and their outcomes, newest first: who, what, the result, who approved. */
export function historyCard(words: Messages, input: HistoryCardInput): CardMessage {
  const { now, since, older } = input;
  const shown = input.entries.slice(0, ENTRIES_PER_PAGE);
  const title = titleOf(words, input);
  const summary = words.plain('history.summary', { title: title.plain, count: shown.length });
  const lines = shown.map((entry) => lineOf(words, entry, now));
  const filter = since === null ? null : words.card('history.since', { time: words.moment(since, now) });
  const said = PARTS[input.scope];
  const part = said === null ? null : words.card(said);
  const intro = shown.length > 0 ? words.sentences([part, words.card('history.intro')]) : nothingText(words, input);
  const card = renderLargestThatFits('pending', NAME_LENGTHS, (nameLength): PendingView => {
    return {
      fallbackText: listAsText(summary, lines),
      title: title.card,
      intro: words.sentences([filter, intro]),
      rows: shown.map((entry) =>
        row(words, entry, { now, nameLength, acts: actOn(input), saysReasons: input.scope !== 'ownHere' }),
      ),
      more: maybe(older === null && input.entries.length > shown.length ? words.card('history.more') : null),
      buttons: [
        ...(shown.length === 0 && input.page === 1 ? instead(words, input) : []),
        ...(input.elsewhere == null ? [] : personalButton(words, input.elsewhere)),
        ...turning(words, 'button.newerPage', input.newer),
        ...turning(words, 'button.olderPage', older),
      ],
    };
  });
  return { card, summary };
}

function lineOf(words: Messages, entry: HistoryEntry, now: number): string {
  return words.plain(isOfRemoval(entry) ? 'fallback.removal' : 'fallback.task', {
    person: entrySubject(words, entry, FALLBACK_NAME),
    app: appNames(words, entry.apps, FALLBACK_NAME),
    result: entryResult(words, entry, now).text,
  });
}

const TITLES = {
  all: ['history.title', 'history.titleAbout'],
  allFailed: ['history.titleFailed', 'history.titleFailedAbout'],
  own: ['history.titleOwn', 'history.titleOwnAbout'],
  ownFailed: ['history.titleOwnFailed', 'history.titleOwnFailedAbout'],
  ownOpen: ['history.titleOwnOpen', 'history.titleOwnOpen'],
} as const satisfies Readonly<Record<string, readonly [MessageKey, MessageKey]>>;

function titleOf(
  words: Messages,
  { about, page, scope, among = null }: HistoryCardInput,
): { card: string; plain: string } {
  const name = short(about ?? '');
  const ownOnly = scope === 'own' || scope === 'ownHere';
  const ofOwn = among === null ? TITLES.own : among === 'open' ? TITLES.ownOpen : TITLES.ownFailed;
  const [ofAll, ofOne] = ownOnly ? ofOwn : among === null ? TITLES.all : TITLES.allFailed;
  const key: MessageKey = name === '' ? ofAll : ofOne;
  const values = { about: name, page };
  return { card: words.card(key, values), plain: words.plain(key, values) };
}

/** Where the reader asked for a part, the whole may hold more. */
function instead(words: Messages, { about, since, among = null }: HistoryCardInput): readonly SubmitButton[] {
  const isPart = about !== null || since !== null || among === 'failed';
  return isPart ? lineButton(words, 'button.history', 'history') : lineButton(words, 'button.help', 'help');
}

/** What the button of a row does; null where it opens the request. */
function actOn({ among, mayRetry = false }: HistoryCardInput): 'retry' | 'cancel' | null {
  if (among === 'open') return 'cancel';
  return among === 'failed' && mayRetry ? 'retry' : null;
}

function nothingText(words: Messages, { page, about, since, scope, among = null }: HistoryCardInput): string {
  if (page > 1) return words.card('history.noneHere', { page });
  const said = PARTS[scope];
  if (among !== null)
    return words.sentences([
      said === null ? null : words.card(said),
      words.card(
        among === 'open' ? 'history.noneOpen' : scope === 'own' ? 'history.noneOwnFailed' : 'history.noneFailed',
      ),
    ]);
  if (about !== null || since !== null)
    return words.sentences([said === null ? null : words.card(said), words.card('history.noneFound')]);
  if (scope === 'ownHere') return words.sentences([words.card('history.ownHere'), words.card('history.noneOwn')]);
  return words.card(scope === 'seen' ? 'history.noneSeen' : scope === 'own' ? 'history.noneOwn' : 'history.none');
}

function row(
  words: Messages,
  entry: HistoryEntry,
  {
    now,
    nameLength,
    acts,
    saysReasons,
  }: {
    readonly now: number;
    readonly nameLength: number;
    readonly acts: 'retry' | 'cancel' | null;
    readonly saysReasons: boolean;
  },
): PendingView['rows'][number] {
  const { tone, text } = entryResult(words, entry, now);
  const person = entrySubject(words, entry, nameLength);
  const names = { person, app: appNames(words, entry.apps, nameLength) };
  const requestedBy = short(personName(entry.requestedBy), nameLength);
  const decision = decisionText(words, entry, nameLength);
  const removal = entry.kind === 'provisioning' ? entry.removal : undefined;
  const reason = saysReasons ? plainText(removal?.reason ?? '', LONGEST_REASON_SHOWN) : '';
  const id = plainText(entryId(entry), 40);
  const opens = words.plain('button.openOne', { request: entryId(entry), person });
  return {
    name: entryName(words, entry, { tone, nameLength }),
    lines: [
      { text: words.card('history.result', { result: text }) },
      {
        text: words.dotted([
          askedText(words, entry, { requestedBy, time: words.moment(entry.at, now) }),
          ...decision,
          ...ticketPart(words, entry.ticket),
        ]),
      },
      ...endLines(words, entry),
      ...maybe(reason === '' ? null : words.card('removal.reason', { reason })),
    ],
    opens:
      acts === null
        ? submitButton(words, 'button.requestDetails', { verb: 'run', text: `show ${id}` }, opens)
        : submitButton(words, `button.${acts}`, { verb: acts, requestId: id }, words.plain(`button.${acts}One`, names)),
  };
}

/** Who asked, or whose end it is. */
function askedText(
  words: Messages,
  entry: HistoryEntry,
  values: { readonly requestedBy: string; readonly time: string },
) {
  const endOf = entry.kind === 'provisioning' ? entry.endOf : undefined;
  if (endOf === undefined) return words.card('history.asked', values);
  const { requestId: request, endedBy, state } = endOf;
  const isEarly = endedBy !== null && !(state.kind === 'ended' && state.as === 'byHand');
  const by = isEarly ? short(endedBy) : '';
  return words.card('history.atEnd', { ...values, request, by, early: isEarly ? 'yes' : 'no' });
}

/** When the access ends that it gave, and how that went; the same of several is told once. */
function endLines(words: Messages, { ends = [] }: HistoryEntry): Maybe<Text> {
  const texts = [...new Set(ends.map((one) => endWord(words, one)))];
  return maybe(texts.length === 0 ? null : markdownText(words.sentences(texts), LONGEST_END));
}

/** Who approved or denied, or confirmed or rejected. */
function decisionText(words: Messages, entry: HistoryEntry, nameLength: number): string[] {
  const decision = entry.kind === 'provisioning' ? entry.removal?.decision : undefined;
  if (decision !== undefined)
    return [words.card('removal.decided', { how: decision.how, by: short(decision.by, nameLength) })];
  const by = entry.kind === 'access' ? entry.decidedBy : entry.approvedBy;
  if (by === null) return [];
  const isDenied = entry.kind === 'access' && entry.state === 'denied';
  return [
    words.card(isDenied ? 'history.deniedBy' : 'history.approvedBy', { decider: short(personName(by), nameLength) }),
  ];
}

function turning(words: Messages, title: MessageKey, line: string | null): readonly SubmitButton[] {
  return line === null ? [] : lineButton(words, title, line, 'choose');
}
