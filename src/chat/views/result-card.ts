import { isWorthRetrying } from '../../graph/outcome/retry.ts';
import type { Outcome, ScopingCheck } from '../../graph/outcome.ts';
import type { Request, Task, TaskState } from '../../requests/request.ts';
import type { Fact, ResultView, Text } from '../cards/card-views.ts';
import { renderLargestThatFits } from '../cards/render.ts';
import type { CardMessage } from '../reply.ts';
import type { WordKey, Words, WordValues } from '../words.ts';
import { attributeWord } from './attribute-words.ts';
import { provisioningPageUrl } from './entra-link.ts';
import { type OutcomeWords, outcomeWords } from './outcome-words.ts';
import { maybe, maybeQuoted, short, submitButton } from './parts.ts';
import { type DetailLimits, detailSections, fact } from './result-details.ts';
import { decisiveStep, reportOf, type StepSetting, stepLine, stepName, stepRow } from './result-steps.ts';
import { lookOf } from './tone.ts';

export interface ResultCardInput {
  readonly request: Request;
  readonly task: Task;
  readonly state: Extract<TaskState, { kind: 'done' }>;
  readonly now: number;
  readonly entraPortalUrl?: string | null;
  readonly canRetry: boolean;
}

interface Limits extends DetailLimits {
  readonly stepRows: number;
  readonly lineLength: number;
}

/** From all that a person can use to what fits whatever the service sends. The last one is proven by the tests. */
const DETAIL_LEVELS: readonly Limits[] = [
  { changes: 20, valueLength: 80, steps: 8, detailsPerStep: 8, saidLength: 500, stepRows: 12, lineLength: 160 },
  { changes: 20, valueLength: 60, steps: 8, detailsPerStep: 4, saidLength: 300, stepRows: 10, lineLength: 120 },
  { changes: 20, valueLength: 30, steps: 0, detailsPerStep: 0, saidLength: 300, stepRows: 8, lineLength: 100 },
  { changes: 8, valueLength: 30, steps: 0, detailsPerStep: 0, saidLength: 200, stepRows: 8, lineLength: 60 },
];

const CHECKS: Readonly<Record<ScopingCheck, WordKey>> = {
  active: 'check.active',
  assigned: 'check.assigned',
  entitled: 'check.entitled',
  scopingFilter: 'check.scopingFilter',
};

/** Everything that the parts of one card share. */
interface Drawing extends ResultCardInput {
  readonly words: Words;
  readonly say: OutcomeWords;
  readonly values: WordValues;
  readonly setting: StepSetting;
}

/**
 * The outcome of one task: the verdict first, then what stopped it and what to do, then the steps; the rest waits
 * behind "Show details". The card holds as much of the service's report as Teams takes.
 */
export function resultCard(words: Words, input: ResultCardInput): CardMessage {
  const { request, task, state } = input;
  const { outcome } = state;
  const say = outcomeWords(outcome);
  const values = valuesOf(words, request, task, outcome);
  const sourceSystem = reportOf(outcome)?.sourceSystem ?? null;
  const setting = { app: short(request.app.name), what: String(values.what), sourceSystem };
  const drawing: Drawing = { ...input, words, say, values, setting };

  const summary = summaryOf(drawing);
  const card = renderLargestThatFits('result', DETAIL_LEVELS, (limits) => resultView(drawing, summary, limits));
  return { card, summary };
}

function resultView(drawing: Drawing, fallbackText: string, limits: Limits): ResultView {
  const { words, say, values, setting, task, state } = drawing;
  const { outcome } = state;
  const next = { text: words.card(say.next, values) };
  // When all is well, "what to do next" in a box of its own would look like work.
  const isCalm = say.tone === 'good';
  const steps = reportOf(outcome)?.steps ?? [];
  const unmet = outcome.kind === 'notInScope' ? (decisiveStep(outcome)?.step ?? null) : null;
  const hiddenSteps = steps.length - limits.stepRows;
  const sections = detailSections(words, { outcome, setting, clientRequestId: state.clientRequestId }, limits);
  return {
    fallbackText,
    look: lookOf(say.tone),
    title: words.card(say.verdict, values),
    subject: words.card('subject.inApp', values),
    label: maybeQuoted(task.subject.label, 120),
    paragraphs: [{ text: words.card(say.happened, values) }, ...otherChecks(words, outcome), ...(isCalm ? [next] : [])],
    stopped: stoppedAt(drawing, steps.length),
    next: isCalm ? [] : [{ label: words.card('label.next'), lines: [next, ...advice(words, outcome)] }],
    code: maybe(codeText(words, outcome)),
    stepsHeading: maybe(steps.length === 0 ? null : words.card('label.steps')),
    steps: steps
      .slice(0, limits.stepRows)
      .map((step) => stepRow(words, step, setting, { lineLength: limits.lineLength, unmet: step === unmet })),
    moreSteps: maybe(hiddenSteps > 0 ? words.card('label.moreSteps', { count: hiddenSteps }) : null),
    tables: [{ facts: resultFacts(drawing) }],
    details: sections.length === 0 ? [] : [{ sections }],
    toggles: sections.length === 0 ? [] : [{ title: words.plain('button.details') }],
    ...actions(drawing),
  };
}

/** The sentences of the table are about a person and an app; a skip also names the attribute. */
function valuesOf(words: Words, request: Request, task: Task, outcome: Outcome): WordValues {
  const property = outcome.kind === 'skipped' ? (outcome.property ?? '') : '';
  return {
    person: short(task.subject.name),
    app: short(request.app.name),
    what: task.subject.type.toLowerCase() === 'group' ? 'group' : 'other',
    property: short(property),
    attribute: attributeWord(property, words) ?? words.plain('attribute.other'),
  };
}

function summaryOf({ words, say, values }: Drawing): string {
  const verdict = words.plain(say.verdict, values);
  const first = words.plain('result.summary', { ...values, verdict });
  return `${first} ${words.plain(say.happened, values)} ${words.plain(say.next, values)}`;
}

function otherChecks(words: Words, outcome: Outcome): Text[] {
  if (outcome.kind !== 'notInScope') return [];
  const others = outcome.failedChecks.slice(1).map((check) => words.plain(CHECKS[check]));
  return others.length === 0
    ? []
    : [{ text: words.card('notInScope.also', { count: others.length, checks: words.list(others) }) }];
}

function stoppedAt({ words, say, setting, state }: Drawing, count: number): ResultView['stopped'] {
  const decisive = say.tone === 'good' ? null : decisiveStep(state.outcome);
  if (decisive === null) return [];

  const { step, number } = decisive;
  const label = words.card('result.stoppedAt', { number, count, step: stepName(words, step, setting) });
  return [{ label, style: lookOf(say.tone).style, lines: maybe(stepLine(words, step, 200)) }];
}

/** What the service itself recommends, when it does: often the only help with a code that nobody knows. */
function advice(words: Words, outcome: Outcome): readonly Text[] {
  const recommended = outcome.kind === 'failed' ? short(outcome.recommendedAction ?? '', 200) : '';
  return recommended === '' ? [] : [{ text: words.card('label.advice', { advice: recommended }) }];
}

/** The service's own code, small, for whoever has to look it up. */
function codeText(words: Words, outcome: Outcome): string | null {
  if (outcome.kind === 'refused') {
    const { status } = outcome;
    const code = short(outcome.code);
    return code === ''
      ? words.card('label.code', { code: `HTTP ${status}` })
      : words.card('label.httpCode', { code, status });
  }
  const code = short(rawCode(outcome) ?? '');
  return code === '' ? null : words.card('label.code', { code });
}

function rawCode(outcome: Exclude<Outcome, { kind: 'refused' }>): string | null {
  if (outcome.kind === 'unknown') return outcome.why;
  if (outcome.kind === 'failed' || outcome.kind === 'skipped') return outcome.code;
  // After a change, no reason to skip is the reason for anything.
  if (outcome.kind !== 'inSync' && outcome.kind !== 'notInScope') return null;
  return outcome.report.steps.map(({ details }) => details.SkipReason).find((reason) => reason !== undefined) ?? null;
}

function resultFacts({ words, request, task, state, now }: Drawing): Fact[] {
  return [
    ...fact(words.card('fact.askedBy'), request.asker.name),
    ...fact(words.card('fact.finished'), words.time(state.finishedAt, now)),
    ...fact(words.card('fact.took'), words.duration(state.finishedAt - state.startedAt)),
    ...fact(words.card('fact.attempts'), task.attempts > 1 ? String(task.attempts) : null),
    ...fact(words.card('fact.request'), request.id),
    ...fact(words.card('fact.graphRequest'), state.graphRequestId),
  ];
}

function actions({ words, request, state, canRetry, entraPortalUrl }: Drawing): Pick<ResultView, 'buttons' | 'links'> {
  const retry = canRetry && isWorthRetrying(state.outcome);
  const link = entraPortalUrl ?? null;
  return {
    buttons: retry ? submitButton(words, 'button.retry', { verb: 'retry', requestId: request.id }) : [],
    links:
      link === null
        ? []
        : [{ title: words.plain('button.openInEntra'), url: provisioningPageUrl(link, request.app.id) }],
  };
}
