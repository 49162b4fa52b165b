import type { ListRow, ListSection, ListView, SubmitButton, Text } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { createMessages, type MessageKey, type Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import { provisioningPageUrl } from '../../../chat/views/entra-link.ts';
import { entraLink, maybe, moreText, short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { Outcome, OutcomeKind } from '../../../graph/outcome.ts';
import type { Account } from '../../../requests/overview.ts';
import type { Request, Subject, WaitingFault } from '../../../requests/request.ts';
import { accountSection, peopleIn } from './account-rows.ts';
import { type AssignOffer, assignButtons, assignedText, verifyButton } from './assignment-parts.ts';
import { isWell, SUM_OF, SUMS } from './outcome-sums.ts';
import { OUTCOME_KINDS, OUTCOME_TONES, outcomeWords } from './outcome-words.ts';
import {
  calledName,
  FIRST_ROWS,
  fold,
  inApp,
  isRepetition,
  leftOutSection,
  type RowLimits,
  row,
} from './people-rows.ts';
import { awayTexts, progressBar, requestFooter, timeLeft } from './progress-parts.ts';
import { outcomeLine } from './reason-texts.ts';

/** A list as its card needs it: counts, and only those people by name whom the card shows. */
export interface ListOverview {
  readonly request: Pick<
    Request,
    'id' | 'requestedBy' | 'apps' | 'reader' | 'createdAt' | 'leftOut' | 'ticket' | 'awaitsTicket' | 'removal'
  >;
  readonly counts: ListCounts;
  /** The first failed people, in the order of the list; `app`: which, where the request is over several. */
  readonly failures: readonly (Named & { readonly outcome: Outcome; readonly app?: string })[];
  readonly running: readonly Pick<Subject, 'name' | 'guest'>[];
  /** All of a request over several apps; else null. */
  readonly accounts?: readonly Account[] | null;
  /** Of a finished list: the first people whose call was made, with its outcome, in the order of the list. */
  readonly ended?: readonly (Named & { readonly kind: OutcomeKind })[];
  /** Milliseconds since 1970, by the gate's arithmetic; null when unknown. */
  readonly finishesAt: number | null;
  /** The fault that currently stops its calls; the end is then unknown. */
  readonly fault?: WaitingFault;
}

type Named = Pick<Subject, 'name' | 'label' | 'guest'>;

export interface ListCounts {
  readonly total: number;
  readonly held: number;
  readonly waiting: number;
  readonly running: number;
  readonly cancelled: number;
  /** Of the cancelled calls: those whose earlier attempt may have taken effect, and those with an assignment before. */
  readonly perhaps?: number;
  readonly assigned?: number;
  readonly byOutcome: Partial<Record<OutcomeKind, number>>;
}

export interface ListCardInput {
  readonly overview: ListOverview;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Only decides whether the buttons that change something are shown: a click is checked again. */
  readonly canRetry: boolean;
  /** What a click may assign; missing for nothing. */
  readonly assigns?: AssignOffer | null;
  /** Whether people may have taken away what is left of a removal; missing for no. */
  readonly verifies?: boolean;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl?: string | null;
}

/** With each outcome's word for the counts. */
const OUTCOMES = OUTCOME_KINDS.map((kind) => [kind, SUM_OF[kind], OUTCOME_TONES[kind], `count.${kind}`] as const);

/** Up to this many people, the first screen names each person for whom Usher made a call. */
const FIRST_NAMES = 8;

/** Limits for the named people; the last level fits with the longest names. */
interface Limits {
  readonly failures: RowLimits;
  readonly leftOut: RowLimits;
  readonly running: number;
  /** Of a request over several apps. */
  readonly accounts: RowLimits;
  /** How many people are named by outcome, and how long their names may be. */
  readonly ended: { readonly most: number; readonly name: number };
}

/** Of all names together, in UTF-16 code units; the levels below keep them shorter. */
const LONGEST_LINE = 20_000;

const manyFailures = { rows: 8, name: 80, line: 200 };
const someFailures = { rows: 8, name: 60, line: 120 };
const LEVELS: readonly Limits[] = [
  {
    failures: manyFailures,
    leftOut: { ...manyFailures, rows: 10 },
    running: 5,
    accounts: { rows: 20, name: 40, line: 300 },
    ended: { most: 150, name: 80 },
  },
  {
    failures: manyFailures,
    leftOut: { ...manyFailures, rows: 10 },
    running: 5,
    accounts: { rows: 20, name: 30, line: 200 },
    ended: { most: 80, name: 60 },
  },
  {
    failures: someFailures,
    leftOut: { ...someFailures, name: 40 },
    running: 5,
    accounts: { rows: 20, name: 24, line: 120 },
    ended: { most: 40, name: 40 },
  },
  {
    failures: { rows: 8, name: 40, line: 100 },
    leftOut: { rows: 5, name: 40, line: 80 },
    running: 3,
    accounts: { rows: 10, name: 24, line: 80 },
    ended: { most: 20, name: 40 },
  },
  // Chinese takes three bytes a letter.
  {
    failures: { rows: 6, name: 40, line: 80 },
    leftOut: { rows: 5, name: 30, line: 60 },
    running: 3,
    accounts: { rows: 10, name: 20, line: 60 },
    ended: { most: 10, name: 40 },
  },
];

/**
 * The one card of a list, from its first call to its last: progress and results, then the time left, then who was not
 * provisioned and why, and in the end who had a call. It names as many people as fit and counts the others, who are on
 * the pages behind it.
 */
export function listCard(input: ListCardInput): CardMessage {
  const { request } = input.overview;
  const words = createMessages(request.reader.locale, request.reader.timeZone);
  const { tone, title, plainTitle } = headline(words, input.overview);
  const app = appNames(words, request.apps);
  const whom = wholeOf(words, input.overview);
  const summary =
    whom === null
      ? words.plain('list.summary', { app, verdict: plainTitle })
      : words.plain('list.several.summary', { ...whom, app, verdict: plainTitle });
  const card = renderLargestThatFits('list', LEVELS, (limits): ListView => {
    return {
      fallbackText: summary,
      look: lookOf(tone),
      title,
      subject: maybe(
        whom === null ? words.card('list.subject', { app }) : words.card('list.several.subject', { ...whom, app }),
      ),
      ...body(words, input, limits),
      next: [],
      tickets: [],
      footer: requestFooter(words, request, input.now),
      buttons: buttons(words, input),
      links: linkTo(words, input),
    };
  });
  return { card, summary };
}

/** The people of a request over several apps: the only one by name, others by their number. */
function wholeOf(words: Messages, { accounts = null }: ListOverview) {
  if (accounts === null) return null;
  const people = peopleIn(accounts);
  const [first] = people;
  return { people: people.length, person: first === undefined ? '' : calledName(words, first, 60) };
}

function body(
  words: Messages,
  { overview, now }: ListCardInput,
  limits: Limits,
): Pick<ListView, 'bars' | 'paragraphs' | 'sections' | 'details' | 'toggles'> {
  const { counts, finishesAt, fault, request, accounts = null } = overview;
  const left = fault === undefined ? timeLeft(words, finishesAt, now) : words.sentences(awayTexts(words, fault, now));
  const isOver = stillToCome(counts) === 0;
  const hasFewNames = counts.total <= FIRST_NAMES;
  return {
    bars: isOver ? [] : progressBar(words, finished(counts), counts.total - counts.cancelled),
    paragraphs: isOver ? [] : [...maybe(left), ...maybe(countText(words, counts))],
    ...fold(words, firstSections(), [
      ...maybe(isOver ? countText(words, counts) : null).map(textSection),
      ...assignedText(words, counts.assigned).map(textSection),
      ...(isOver || accounts !== null ? [] : runningText(words, overview, limits.running)).map(textSection),
      ...failureSection(words, overview, limits.failures),
      ...(accounts !== null ? accountRows(limits.accounts) : isOver ? endedSection(words, overview, limits) : []),
      ...leftOut(limits.leftOut),
    ]),
  };

  /** Failures and lines that were left out share the first screen; while the list runs, the progress takes their place. */
  function firstSections(): ListSection[] {
    const hasOthers = request.leftOut.length > 0 || accounts !== null;
    const rows = overview.failures.length > 0 && hasOthers ? FIRST_ROWS - 1 : FIRST_ROWS;
    return [
      ...failureSection(words, overview, { ...limits.failures, rows }),
      ...(accounts !== null
        ? accountRows({ ...limits.accounts, rows: overview.failures.length > 0 ? FIRST_ROWS - 1 : FIRST_ROWS })
        : isOver && hasFewNames
          ? endedSection(words, overview, limits)
          : []),
      ...(isOver ? leftOut({ ...limits.leftOut, rows: overview.failures.length > 0 ? 1 : FIRST_ROWS }) : []),
    ];
  }

  function accountRows(rows: RowLimits): ListSection[] {
    return accountSection(words, request.apps, accounts ?? [], rows);
  }

  function leftOut(rows: RowLimits): ListSection[] {
    return leftOutSection(words, request.leftOut, rows);
  }
}

const textSection = ({ text }: Text): ListSection => ({ headings: [{ text }], rows: [], more: [] });

function headline(words: Messages, { counts, request, accounts = null }: ListOverview) {
  const leftOut = request.leftOut.filter(({ reason }) => !isRepetition(reason)).length;
  const { total, cancelled, running, perhaps = 0 } = counts;
  const [key, values, tone] = headlineParts();
  return { tone, title: words.card(key, values), plainTitle: words.plain(key, values) };

  function headlineParts(): [MessageKey, Record<string, string | number>, Tone] {
    const unsent = counts.held + counts.waiting;
    if (unsent === 0 && running > 0 && cancelled > 0) return ['list.cancelling', { running }, 'working'];
    if (unsent + running > 0) return ['list.running', { done: finished(counts), total: total - cancelled }, 'working'];
    if (cancelled === total && perhaps === 0) return ['list.cancelledAll', { total }, 'neutral'];
    const sums = sumsOf(words, counts, request);
    const off = [
      ['list.sum.cancelledPerhaps', perhaps],
      ['list.sum.cancelled', cancelled - perhaps],
    ] as const;
    const calledOff = off.flatMap(([sum, count]) => (count > 0 ? [words.plain(sum, { count })] : []));
    const others = leftOut > 0 ? [words.plain('list.sum.leftOut', { count: leftOut })] : [];
    const end = cancelled > 0 ? 'cancelled' : 'finished';
    return [
      accounts === null ? `list.${end}` : `list.several.${end}`,
      // What was left out was named as well: so the parts add up to the whole. A name that was left out is no account.
      { total: accounts === null ? total + leftOut : total, sums: words.commas([...sums, ...calledOff, ...others]) },
      leftOut === 0 ? overallTone(counts) : leastGood(overallTone(counts)),
    ];
  }
}

/** What was asked for is counted also where there is none of it. */
function sumsOf(words: Messages, { byOutcome }: ListCounts, { removal }: Pick<Request, 'removal'>): string[] {
  const wanted = removal === undefined ? 'done' : 'removed';
  return SUMS.flatMap(([sum, key]) => {
    const kinds = OUTCOMES.filter(([, belongs]) => belongs === sum);
    const count = kinds.reduce((all, [kind]) => all + (byOutcome[kind] ?? 0), 0);
    return count === 0 && sum !== wanted ? [] : [words.plain(key, { count })];
  });
}

/** Left-out names are no success, however well the others went. */
function leastGood(tone: Tone): Tone {
  return tone === 'good' ? 'warning' : tone;
}

/** One failure among five hundred needs attention, but is no disaster. */
function overallTone({ byOutcome, total, cancelled }: ListCounts): Tone {
  const tones = OUTCOMES.filter(([kind]) => (byOutcome[kind] ?? 0) > 0).map(([, , tone]) => tone);
  const bad = (byOutcome.failed ?? 0) + (byOutcome.refused ?? 0);
  if (bad > 0 && bad + cancelled === total) return 'bad';
  if (tones.every((tone) => tone === 'good')) return cancelled > 0 ? 'neutral' : 'good';
  return tones.every((tone) => tone === 'unknown') ? 'unknown' : 'warning';
}

/** How many people are in which state, in one line; null for a list without people. */
function countText(words: Messages, counts: ListCounts): string | null {
  const states: readonly (readonly [Tone, MessageKey, number])[] = [
    ['working', 'list.state.running', counts.running],
    ['waiting', 'list.state.waiting', counts.waiting],
    ['waiting', 'list.state.held', counts.held],
    ['neutral', 'list.state.cancelled', counts.cancelled],
  ];
  const outcomes = OUTCOMES.map(([kind, , tone, key]) => [tone, key, counts.byOutcome[kind] ?? 0] as const);
  const said = [...outcomes, ...states]
    .filter(([, , count]) => count > 0)
    .map(([tone, key, count]) =>
      words.card('list.count', { glyph: lookOf(tone).glyph, word: words.plain(key), count }),
    );
  return said.length === 0 ? null : words.dotted(said);
}

function failureSection(words: Messages, { failures, counts }: ListOverview, limits: RowLimits): ListSection[] {
  if (failures.length === 0) return [];
  const shown = failures.slice(0, limits.rows);
  const notWell = OUTCOME_KINDS.filter((kind) => !isWell(kind));
  const ended = notWell.reduce((all, kind) => all + (counts.byOutcome[kind] ?? 0), 0);
  const count = Math.max(failures.length, ended);
  const rows = shown.map((failure) =>
    row(
      outcomeWords(failure.outcome).tone,
      inApp(words, nameWithLabel(words, failure, limits.name), failure.app, limits.name),
      outcomeLine(words, failure.outcome, { what: 'other' }),
      limits,
    ),
  );
  const more = moreText(words, count - shown.length);
  return [{ headings: maybe(words.card('list.failures')), rows, more }];
}

/** The people with a finished call, by outcome, except those with a row of their own. */
function endedSection(words: Messages, { ended = [], failures, counts }: ListOverview, limits: Limits): ListSection[] {
  const inRows = failures.slice(0, limits.failures.rows).map(({ outcome }) => outcome.kind);
  const failed = ended.filter(({ kind }) => !isWell(kind));
  // Both are in the order of the list, so the rows are the first of these.
  const withRow = new Set(failed.slice(0, inRows.length));
  const named = ended.filter((one) => !withRow.has(one)).slice(0, limits.ended.most);
  const rows = OUTCOMES.flatMap(([kind, , tone, key]) => {
    const ofKind = named.filter((one) => one.kind === kind);
    if (ofKind.length === 0) return [];
    const names = ofKind.map((one) =>
      ended.some((other) => other !== one && other.name === one.name)
        ? nameWithLabel(words, one, limits.ended.name)
        : calledName(words, one, limits.ended.name),
    );
    const others = (counts.byOutcome[kind] ?? 0) - inRows.filter((one) => one === kind).length - names.length;
    const all = others > 0 ? [...names, words.plain('list.others', { count: others })] : names;
    const { glyph, color } = lookOf(tone);
    const line = maybe(markdownText(words.list(all), LONGEST_LINE));
    return [{ glyph, color, text: words.card(key), line, opens: [] } satisfies ListRow];
  });
  return rows.length === 0 ? [] : [{ headings: maybe(words.card('list.ended')), rows, more: [] }];
}

/** Two people with the same name are not rare among five hundred. */
function nameWithLabel(words: Messages, person: Named, limit: number): string {
  const name = calledName(words, person, limit);
  const label = short(person.label ?? '', limit);
  return label === '' || label === name ? name : words.plain('list.nameAndLabel', { name, label });
}

function runningText(words: Messages, { running }: ListOverview, most: number): readonly Text[] {
  const names = running.slice(0, most).map((one) => calledName(words, { ...one, label: null }, 40));
  return names.length === 0 ? [] : [{ text: words.card('list.runningNow', { names: words.list(names) }) }];
}

function buttons(words: Messages, { overview, canRetry, assigns, verifies = false }: ListCardInput): SubmitButton[] {
  const { counts, request } = overview;
  const requestId = request.id;
  return [
    ...(canRetry && counts.held + counts.waiting > 0
      ? submitButton(words, 'button.cancelList', { verb: 'cancel', requestId })
      : []),
    ...assignButtons(words, requestId, assigns),
    ...verifyButton(words, requestId, verifies && canRetry && stillToCome(counts) === 0),
    ...(hasFailed(counts) && canRetry ? submitButton(words, 'button.retryFailed', { verb: 'retry', requestId }) : []),
    // Only a caller who may retry may see the pages.
    ...(canRetry ? submitButton(words, 'button.showAll', { verb: 'page', requestId, page: 0, on: 'list' }) : []),
  ];
}

function hasFailed({ byOutcome }: ListCounts): boolean {
  return OUTCOME_KINDS.some((kind) => !isWell(kind) && (byOutcome[kind] ?? 0) > 0);
}

/** The page on which failures are looked into, once there are some. */
function linkTo(words: Messages, { overview, entraPortalUrl = null }: ListCardInput): ListView['links'] {
  const { counts, request } = overview;
  const isOpen = entraPortalUrl !== null && hasFailed(counts) && request.apps.length === 1;
  return entraLink(words, isOpen ? provisioningPageUrl(entraPortalUrl, request.apps[0].id) : null);
}

function finished({ byOutcome }: ListCounts): number {
  return OUTCOMES.reduce((all, [kind]) => all + (byOutcome[kind] ?? 0), 0);
}

function stillToCome({ held, waiting, running }: ListCounts): number {
  return held + waiting + running;
}
