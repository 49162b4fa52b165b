import type { ListRow, ListSection, ListView, SubmitButton } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import { writeCheckName } from '../../../chat/grammar/check-names.ts';
import { createMessages, type MessageKey, type Messages, type MessageValues } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import { provisioningPageUrl } from '../../../chat/views/entra-link.ts';
import { lengthOf } from '../../../chat/views/length-words.ts';
import { entraLink, lineButton, maybe, moreText, short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import { asOperator, nextFor, type Viewpoint } from '../../../chat/views/viewpoint.ts';
import { isWorthRetrying } from '../../../graph/outcome/worth-retrying.ts';
import type { Outcome, Report } from '../../../graph/outcome.ts';
import type { Request, Subject, Task, WaitingFault } from '../../../requests/request.ts';
import { attributeWord } from './attribute-words.ts';
import { OUTCOME_TONES, outcomeWords } from './outcome-words.ts';
import { calledName, FIRST_ROWS, fold, leftOutSection, nameOf, type RowLimits, row, stateLine } from './people-rows.ts';
import { awaitedTicketField, awayTexts, progressBar, requestFooter, timeLeft } from './progress-parts.ts';

export interface GroupCardInput {
  readonly request: Pick<
    Request,
    'id' | 'requestedBy' | 'apps' | 'reader' | 'createdAt' | 'leftOut' | 'ticket' | 'awaitsTicket'
  >;
  readonly group: Pick<Subject, 'name' | 'label'>;
  readonly counts: CallCounts;
  /** The calls that the card may show: all of a small group, the running and failed ones of a large group. */
  readonly calls: readonly Task[];
  /** Milliseconds since 1970; null when unknown. */
  readonly finishesAt: number | null;
  /** The fault that currently stops its calls; the end is then unknown. */
  readonly fault?: WaitingFault;
  /** While the calls are held: milliseconds from the confirmation to the last call. */
  readonly takesMs?: number | null;
  readonly now: number;
  readonly canRetry: boolean;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl?: string | null;
  /** Who reads the card; missing for an operator. */
  readonly viewpoint?: Viewpoint;
}

interface Limits {
  readonly calls: RowLimits;
  readonly leftOut: RowLimits;
}

/** Up to 60 calls, of which the card shows as many as fit; failed calls are chosen first. */
const LEVELS: readonly Limits[] = [
  { calls: { rows: 60, name: 60, line: 200 }, leftOut: { rows: 10, name: 60, line: 160 } },
  { calls: { rows: 40, name: 40, line: 160 }, leftOut: { rows: 10, name: 40, line: 120 } },
  { calls: { rows: 25, name: 30, line: 120 }, leftOut: { rows: 5, name: 30, line: 80 } },
  { calls: { rows: 12, name: 24, line: 80 }, leftOut: { rows: 5, name: 24, line: 80 } },
];

/**
 * The one card of a group. Microsoft takes five members per call, so a group is several calls: the card shows the
 * members of each call and its outcome, from the confirmation to the last answer.
 */
export function groupCard(input: GroupCardInput): CardMessage {
  const { request, counts, now } = input;
  const words = createMessages(request.reader.locale, request.reader.timeZone);
  const names = { group: nameOf(input.group, 80), app: appNames(words, request.apps) };
  const head = headline(words, counts, names);
  const subject = words.card('group.subject', names);
  const summary =
    counts.held > 0
      ? words.sentences([
          head.plainTitle,
          words.ended(words.plain('group.people', { members: counts.members, calls: counts.calls })),
        ])
      : words.plain('group.summary', { ...names, verdict: head.plainTitle });
  const card = renderLargestThatFits('list', LEVELS, (limits): ListView => {
    return {
      fallbackText: summary,
      look: lookOf(head.tone),
      title: head.title,
      subject: [{ text: subject }],
      bars: counts.waiting + counts.running > 0 ? progressBar(words, counts.done, counts.calls - counts.cancelled) : [],
      paragraphs: paragraphs(words, input).map((text) => ({ text })),
      ...folded(words, input, limits),
      next: isOver(counts) ? nextStep(words, input, names) : [],
      tickets: input.canRetry && counts.held > 0 ? awaitedTicketField(words, request) : [],
      footer: requestFooter(words, request, now),
      buttons: buttons(words, input),
      links: isOver(counts) ? entraLink(words, pageOf(input)) : [],
    };
  });
  return { card, summary };
}

function folded(words: Messages, input: GroupCardInput, limits: Limits) {
  const { leftOut } = input.request;
  // A confirmation and a next step take the room of the names.
  const isDone = isOver(input.counts) && input.calls.every((task) => failureOf(task) === null);
  // A call takes twice the height of a person.
  const rows = leftOut.length > 0 ? 1 : FIRST_ROWS - 1;
  return fold(
    words,
    [
      ...callSection(words, input, { ...limits.calls, rows }),
      ...leftOutSection(words, leftOut, { ...limits.leftOut, rows: isDone ? FIRST_ROWS - 1 : 0 }),
    ],
    [...callSection(words, input, limits.calls), ...leftOutSection(words, leftOut, limits.leftOut)],
  );
}

const isOver = ({ held, waiting, running }: CallCounts): boolean => held + waiting + running === 0;

const pageOf = ({ request, entraPortalUrl = null }: GroupCardInput): string | null =>
  entraPortalUrl === null ? null : provisioningPageUrl(entraPortalUrl, request.apps[0].id);

export interface CallCounts {
  readonly calls: number;
  readonly members: number;
  readonly held: number;
  readonly waiting: number;
  readonly running: number;
  readonly cancelled: number;
  /** The cancelled calls whose earlier attempt may have taken effect. */
  readonly perhaps: number;
  readonly done: number;
  /** Calls by the tone of their kind of outcome: a warning does not make one fail. */
  readonly byTone: Readonly<Record<Tone, number>>;
}

export function countCalls(tasks: readonly Task[]): CallCounts {
  const inState = (kind: Task['state']['kind']) => tasks.filter(({ state }) => state.kind === kind).length;
  const byTone = { good: 0, warning: 0, bad: 0, unknown: 0, working: 0, waiting: 0, neutral: 0 };
  for (const { state } of tasks) if (state.kind === 'done') byTone[OUTCOME_TONES[state.outcome.kind]] += 1;
  return {
    calls: tasks.length,
    members: tasks.reduce((all, { members }) => all + members.length, 0),
    held: inState('held'),
    waiting: inState('waiting'),
    running: inState('running'),
    cancelled: inState('cancelled'),
    perhaps: tasks.filter(({ state, perhaps = null }) => state.kind === 'cancelled' && perhaps !== null).length,
    done: inState('done'),
    byTone,
  };
}

function headline(words: Messages, counts: CallCounts, names: MessageValues) {
  const [key, values, tone] = headlineParts();
  return { tone, title: words.card(key, values), plainTitle: words.plain(key, values) };

  function headlineParts(): [MessageKey, MessageValues, Tone] {
    const { calls, members, held, waiting, running, cancelled, perhaps, done, byTone } = counts;
    if (held > 0) return ['group.confirm', names, 'waiting'];
    if (waiting === 0 && running > 0 && cancelled > 0) return ['group.cancelling', { running }, 'working'];
    if (waiting + running > 0) return ['group.running', { done, calls: calls - cancelled }, 'working'];
    if (cancelled === calls && perhaps === 0) return ['group.cancelledAll', {}, 'neutral'];
    if (byTone.good === calls) return ['group.done', { members, calls }, 'good'];
    const sums: readonly (readonly [MessageKey, number])[] = [
      ['group.sum.done', byTone.good],
      ['group.sum.notProvisioned', byTone.warning],
      ['group.sum.failed', byTone.bad],
      ['group.sum.unknown', byTone.unknown],
      ['list.sum.cancelledPerhaps', perhaps],
      ['group.sum.cancelled', cancelled - perhaps],
    ];
    const said = sums.filter(([, count]) => count > 0).map(([sum, count]) => words.plain(sum, { count }));
    return ['group.finished', { calls, sums: words.commas(said) }, finishedTone(counts)];
  }
}

function finishedTone({ byTone, calls, cancelled }: CallCounts): Tone {
  if (byTone.bad > 0 && byTone.bad + cancelled === calls) return 'bad';
  if (byTone.bad + byTone.warning + byTone.unknown === 0) return 'neutral';
  return byTone.bad + byTone.warning === 0 ? 'unknown' : 'warning';
}

function paragraphs(words: Messages, { request, counts, finishesAt, fault, takesMs, now }: GroupCardInput): string[] {
  const { calls, members, held, waiting, running, done } = counts;
  const isToCome = held > 0 || (done === 0 && waiting > 0);
  const takes = held > 0 && (takesMs ?? null) !== null ? lengthOf(words, takesMs ?? 0) : null;
  const until = fault === undefined ? timeLeft(words, finishesAt, now) : words.sentences(awayTexts(words, fault, now));
  const left = held === 0 && waiting + running > 0 ? until : null;
  return [
    ...(isToCome ? [words.card('group.calls', { members, calls, app: appNames(words, request.apps) })] : []),
    ...(takes === null ? [] : [words.card('confirm.takes', { length: takes })]),
    ...(left === null ? [] : [left]),
  ];
}

function callSection(words: Messages, { calls, counts }: GroupCardInput, limits: RowLimits): ListSection[] {
  if (calls.length === 0) return [];
  const urgency = ({ state }: Task) => (state.kind === 'done' && isWorthRetrying(state.outcome) ? 0 : 1);
  const shown = [...calls]
    .sort((one, other) => urgency(one) - urgency(other) || one.position - other.position)
    .slice(0, limits.rows)
    .sort((one, other) => one.position - other.position);
  return [
    {
      headings: maybe(words.card('group.heading')),
      rows: shown.map((task) => callRow(words, task, limits)),
      more: moreText(words, counts.calls - shown.length),
    },
  ];
}

function callRow(words: Messages, { position, members, state }: Task, limits: RowLimits): ListRow {
  const { tone, line } = stateLine(words, state, 'group');
  const number = position + 1;
  // Cut one by one, so that all five names stay readable; cut as a whole, the last would be lost.
  const names = words.commas(members.map((member) => markdownText(calledName(words, member, limits.name))));
  const alone = words.card('group.callAlone', { number });
  const text = names === '' ? alone : words.sentences([words.card('group.call', { number }), names]);
  return { ...row(tone, '', withoutDetail(words, state, line), limits), text };
}

/** Microsoft's answer for a group may be empty: a success without details. */
function withoutDetail(words: Messages, state: Task['state'], line: string): string {
  if (state.kind !== 'done' || state.outcome.kind !== 'otherChange') return line;
  return isEmpty(state.outcome.report) ? words.plain('group.noDetail', { verdict: line }) : line;
}

function isEmpty({ steps, changes }: Report): boolean {
  return steps.length === 0 && changes.length === 0;
}

/** The next step for the first failed call; the calls of a group mostly fail for one reason. */
function nextStep(
  words: Messages,
  { calls, canRetry, viewpoint = asOperator }: GroupCardInput,
  names: MessageValues,
): ListView['next'] {
  const outcome = calls.map(failureOf).find((found) => found !== null) ?? null;
  if (outcome === null) return [];
  const property = outcome.kind === 'skipped' ? (outcome.property ?? '') : '';
  const values = {
    person: names.group ?? '',
    app: names.app ?? '',
    target: names.app ?? '',
    source: words.plain('step.source'),
    what: 'group',
    property: short(property),
    attribute: attributeWord(property, words) ?? words.plain('attribute.other'),
    retry: canRetry ? 'yes' : 'no',
    until: 'none',
  };
  const next = nextFor(viewpoint, outcomeWords(outcome), words.card, words, values);
  return [{ label: words.card('label.next'), text: words.sentences(next) }];
}

function failureOf({ state }: Task): Outcome | null {
  return state.kind === 'done' && isWorthRetrying(state.outcome) ? state.outcome : null;
}

function buttons(words: Messages, { request, counts, calls, canRetry }: GroupCardInput): SubmitButton[] {
  const requestId = request.id;
  const isRetryable = canRetry && calls.some((task) => failureOf(task) !== null);
  return [
    ...(canRetry && counts.held > 0
      ? submitButton(words, 'button.confirmGroup', { verb: 'confirm', requestId }, undefined, { calls: counts.held })
      : []),
    ...(canRetry && counts.held + counts.waiting > 0
      ? submitButton(words, 'button.cancel', { verb: 'cancel', requestId })
      : []),
    ...(isRetryable ? submitButton(words, 'button.retryFailed', { verb: 'retry', requestId }) : []),
    ...(isOver(counts) && !isRetryable
      ? lineButton(words, 'button.status', `status ${writeCheckName(request.apps[0].name)}`)
      : []),
  ];
}
