import type { ResultView, SubmitButton, Text } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { writeCheckName } from '../../../chat/grammar/check-names.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import {
  entraLink,
  lineButton,
  maybe,
  personalButton,
  personLabel,
  short,
  submitButton,
  toggleOf,
} from '../../../chat/views/parts.ts';
import { ticketPart } from '../../../chat/views/ticket-views.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { asOperator, type Viewpoint } from '../../../chat/views/viewpoint.ts';
import { scopeClauses } from '../../../graph/outcome/scoping.ts';
import { isWorthRetrying } from '../../../graph/outcome/worth-retrying.ts';
import type { Outcome } from '../../../graph/outcome.ts';
import { isVerifiable, type Request, type Task, type TaskState } from '../../../requests/request.ts';
import { assignButtons, assignmentText, endText, verifyButton } from './assignment-parts.ts';
import { assignedIn, isUnassigned, pageFor, type Verdict, verdictOf } from './outcome-text.ts';
import { checkText } from './reason-texts.ts';
import { type DetailLimits, detailSections } from './result-details.ts';
import { decisiveStep, latestOf, reportOf, stepLine, stepName, stepRow, writesToEntra } from './result-steps.ts';
import { serviceMarkdown, serviceText } from './service-words.ts';

export interface ResultCardInput {
  readonly request: Request;
  readonly task: Task;
  readonly state: Extract<TaskState, { kind: 'done' }>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The cloud's Entra admin center, e.g. `https://entra.microsoft.com`; without it there is no link. */
  readonly entraPortalUrl?: string | null;
  /** Whether the reader may retry or cancel. It only controls the buttons: a click is checked again. */
  readonly canRetry: boolean;
  /** The app role that a click may assign before the person is provisioned again; missing for none. */
  readonly assigns?: string | null;
  /** Others than those concerned read along, so attribute values are left out; missing for no. */
  readonly readAlong?: boolean;
  /** Who reads the card; missing for an operator. */
  readonly viewpoint?: Viewpoint;
}

/** The length of the service's reason in the box, in UTF-16 code units. */
const REASON_LENGTH = 120;

/** From everything useful down to what fits whatever the service sends; tests prove that the last level fits. */
const DETAIL_LEVELS: readonly DetailLimits[] = [
  { changes: 20, valueLength: 80, steps: 8, detailsPerStep: 8, saidLength: 500, stepRows: 12, lineLength: 160 },
  { changes: 20, valueLength: 60, steps: 8, detailsPerStep: 4, saidLength: 300, stepRows: 10, lineLength: 120 },
  { changes: 20, valueLength: 30, steps: 0, detailsPerStep: 0, saidLength: 300, stepRows: 8, lineLength: 100 },
  { changes: 8, valueLength: 30, steps: 0, detailsPerStep: 0, saidLength: 200, stepRows: 8, lineLength: 60 },
  { changes: 4, valueLength: 20, steps: 0, detailsPerStep: 0, saidLength: 200, stepRows: 5, lineLength: 40 },
];

/** What the parts of one card share. */
type Drawing = ResultCardInput & Verdict & { readonly words: Messages };

/**
 * The outcome of one task: the verdict first, then what stopped it and what to do, then the steps; the rest is hidden
 * under "Show details". The card holds as much of the service's report as Teams takes.
 */
export function resultCard(words: Messages, input: ResultCardInput): CardMessage {
  const { task, state } = input;
  const verdict = verdictOf(words, {
    outcome: state.outcome,
    person: task.subject.name,
    app: task.app.name,
    what: task.subject.type.toLowerCase() === 'group' ? 'group' : 'other',
    ...assignedIn(task),
    assigns: input.assigns ?? null,
    retry: offersRetry(input),
    verify: input.canRetry && isVerifiable(task),
    viewpoint: input.viewpoint ?? asOperator,
    finishedAt: state.finishedAt,
    now: input.now,
  });
  const drawing: Drawing = { ...input, ...verdict, words };

  const summary = summaryOf(drawing);
  const card = renderLargestThatFits('result', DETAIL_LEVELS, (limits) => resultView(drawing, summary, limits));
  return { card, summary };
}

function resultView(drawing: Drawing, fallbackText: string, limits: DetailLimits): ResultView {
  const { words, say, values, setting, task, state, last, title } = drawing;
  const outcome = latestOf(state.outcome);
  const next = drawing.next.map((text) => ({ text }));
  const lastSaid = last === null ? [] : [{ text: words.card(last.happened, last.values) }];
  // After a good outcome, a highlighted "what to do next" would look like work.
  const isCalm = say.tone === 'good';
  const steps = reportOf(outcome)?.steps ?? [];
  const unmet = outcome.kind === 'notInScope' ? (decisiveStep(outcome)?.step ?? null) : null;
  // After a bad outcome the box names the step that matters, and the details name them all.
  const stepRows = isCalm ? steps.slice(0, limits.stepRows) : [];
  const hiddenSteps = isCalm ? steps.length - stepRows.length : 0;
  const finished = words.time(state.finishedAt, drawing.now);
  const support = { ...state, finished, code: codeText(words, outcome) };
  const sections = detailSections(
    words,
    { outcome, setting, support, readAlong: drawing.readAlong === true, unmet, isOfLast: last !== null },
    limits,
  );
  const details: ResultView['details'] = sections.length === 0 ? [] : [{ sections }];
  return {
    fallbackText,
    look: lookOf(say.tone),
    title,
    subject: words.card(subjectKey(outcome), values),
    label: personLabel(words, task.subject),
    paragraphs: [{ text: words.card(say.happened, values) }, ...(isCalm ? next : [])],
    further: [
      ...lastSaid,
      ...otherChecks(words, outcome),
      ...(drawing.readAlong === true ? [] : unmetClauses(words, outcome)),
      ...leftOfAssignment(drawing),
      ...endText(words, task),
    ],
    stopped: stoppedAt(drawing, steps.length),
    next: isCalm ? [] : [{ label: words.card('label.next'), lines: [...next, ...advice(drawing, outcome)] }],
    stepsHeading: maybe(stepRows.length === 0 ? null : words.card('label.steps')),
    steps: stepRows.map((step) => stepRow(words, step, setting, step === unmet)),
    moreSteps: maybe(hiddenSteps > 0 ? words.card('label.moreSteps', { count: hiddenSteps }) : null),
    footer: maybe(footerText(drawing)),
    details,
    toggles: toggleOf(words, details),
    ...actions(drawing),
  };
}

/** Cloud sync reads people from the system in the app's position, so no person is "in" it. */
function subjectKey(outcome: Outcome): MessageKey {
  return writesToEntra(outcome) ? 'subject.fromDirectory' : 'subject.inApp';
}

function summaryOf({ words, say, values, state, last, plainTitle: verdict, plainNext }: Drawing): string {
  const first = words.plain('result.summary', { subject: words.plain(subjectKey(state.outcome), values), verdict });
  const lastSaid = last === null ? null : words.plain(last.happened, last.values);
  return words.sentences([first, words.plain(say.happened, values), lastSaid, plainNext]);
}

/** How many clauses of a filter are named, and how long each may be. */
const MOST_CLAUSES = 4;
const LONGEST_CLAUSE = 100;

/** The clauses of the scoping filter that the person does not meet, as the service has evaluated them. */
function unmetClauses(words: Messages, outcome: Outcome): readonly Text[] {
  if (outcome.kind !== 'notInScope' || !outcome.failedChecks.includes('scopingFilter')) return [];
  const unmet = scopeClauses(outcome.report.steps).flatMap(({ clause, isMet }) => (isMet ? [] : [clause]));
  if (unmet.length === 0) return [];
  const clauses = unmet.slice(0, MOST_CLAUSES).map((clause) => short(clause, LONGEST_CLAUSE));
  return [{ text: words.card('notInScope.clauses', { count: unmet.length, clauses: words.list(clauses) }) }];
}

function otherChecks(words: Messages, outcome: Outcome): Text[] {
  if (outcome.kind !== 'notInScope') return [];
  // A disabled or unassigned person has no role there: listing that as well would mislead the reader.
  const others = outcome.failedChecks
    .slice(1)
    .filter((check) => check !== 'entitled')
    .map((check) => checkText(words, check));
  return others.length === 0
    ? []
    : [{ text: words.card('notInScope.also', { count: others.length, checks: words.list(others) }) }];
}

/** What Usher did in Entra before the call, where the text does not say so itself. */
function leftOfAssignment({ words, task, say }: Drawing): readonly Text[] {
  if (say.happened === 'notInScope.unseen.happened') return [];
  return maybe(assignmentText(words, task));
}

function stoppedAt({ words, say, setting, state, last }: Drawing, count: number): ResultView['stopped'] {
  // What counts is the attempt whose end is unknown; how the latest one stopped is in the details.
  if (last !== null) return [];
  const outcome = latestOf(state.outcome);
  if ('warning' in outcome && outcome.warning !== undefined) {
    const warned = serviceMarkdown(outcome.warning.reason ?? '', setting.app, REASON_LENGTH);
    const line = warned === '' ? words.card('label.warnedNothing') : warned;
    return [{ label: words.card('label.warned'), lines: [{ text: line }] }];
  }
  const decisive = say.tone === 'good' ? null : decisiveStep(outcome);
  if (decisive === null) {
    const reason = reasonText(outcome, setting.app, '');
    return reason === null ? [] : [{ label: words.card('label.said'), lines: [{ text: reason }] }];
  }

  const { step, number } = decisive;
  const label = words.card('result.stoppedAt', { number, count, step: stepName(words, step, setting) });
  const reason = reasonText(outcome, setting.app, step.description ?? '');
  return [{ label, lines: maybe(reason ?? stepLine(words, step, setting, 200)) }];
}

/** Why it failed, in the service's words; null when they add nothing to `known`. */
function reasonText(outcome: Outcome, app: string, known: string): string | null {
  const reason = outcome.kind === 'failed' ? (outcome.reason ?? '').trim().replace(/^Message:\s*/i, '') : '';
  if (serviceText(reason, app, REASON_LENGTH) === '' || known.includes(reason)) return null;
  return serviceMarkdown(reason, app, REASON_LENGTH);
}

/** The service's own recommendation, if any: often the only help with an unknown code. */
function advice({ words, viewpoint = asOperator }: Drawing, outcome: Outcome): readonly Text[] {
  // It is written for an administrator.
  if (viewpoint.as !== 'operator') return [];
  const recommended = outcome.kind === 'failed' ? short(outcome.recommendedAction ?? '', 200) : '';
  return recommended === '' ? [] : [{ text: words.card('label.advice', { advice: recommended }) }];
}

/** The service's own code, small, for looking it up. */
function codeText(words: Messages, outcome: Outcome): string | null {
  if (outcome.kind === 'refused') {
    const { status } = outcome;
    const code = short(outcome.code);
    if (code === '') return words.card('label.code', { code: `HTTP ${status}` });
    // It is no answer to the on-demand call.
    return status === 0 ? words.card('label.code', { code }) : words.card('label.httpCode', { code, status });
  }
  const code = short(rawCode(outcome) ?? '');
  return code === '' ? null : words.card('label.code', { code });
}

function rawCode(outcome: Exclude<Outcome, { kind: 'refused' }>): string | null {
  if (outcome.kind === 'unknown') return outcome.why;
  if (outcome.kind === 'failed' || outcome.kind === 'skipped') return outcome.code;
  if ('warning' in outcome && outcome.warning !== undefined && outcome.warning.code !== '') return outcome.warning.code;
  // After a change, a skip reason explains nothing.
  if (outcome.kind !== 'inSync' && outcome.kind !== 'notInScope') return null;
  return outcome.report.steps.map(({ details }) => details.SkipReason).find((reason) => reason !== undefined) ?? null;
}

function footerText({ words, request, task, state, now }: Drawing): string {
  const footer = words.card('result.footer', {
    requestedBy: short(request.requestedBy.name),
    time: words.time(request.createdAt, now),
    duration: words.duration(state.finishedAt - state.startedAt),
    attempts: Math.max(1, task.attempts),
    request: short(request.id, 40),
  });
  return words.dotted([...ticketPart(words, request.ticket), footer]);
}

/**
 * A call alone does not help a person whose assignment was refused, where another attempt at it is offered, nor one who
 * is assigned still; a deletion that was refused may be allowed by now.
 */
function offersRetry({ task, state, canRetry, assigns = null }: ResultCardInput): boolean {
  const latest = latestOf(state.outcome);
  const isOfAssignment = assigns !== null && latest.kind === 'refused';
  const isAssigned = isVerifiable(task) && !(latest.kind === 'refused' && latest.cause === 'unassignRefused');
  return canRetry && isWorthRetrying(state.outcome) && !isOfAssignment && !isAssigned;
}

const inPersonalChat = (words: Messages, id: string) => personalButton(words, `show ${short(id, 40)}`);

function actions(drawing: Drawing): Pick<ResultView, 'buttons' | 'links'> {
  const { words, request, task, state, assigns = null } = drawing;
  const retry = submitButton(words, 'button.retry', { verb: 'retry', requestId: request.id });
  const isAdmin =
    (drawing.viewpoint ?? asOperator).as !== 'requester' && (drawing.viewpoint ?? asOperator).as !== 'viewer';
  const portal = isAdmin ? (drawing.entraPortalUrl ?? null) : null;
  return {
    buttons: [
      ...assignButtons(words, request.id, { roles: assigns === null ? [] : [assigns], people: 1 }),
      ...verifyButton(words, request.id, drawing.canRetry && isVerifiable(task)),
      ...(offersRetry(drawing) ? retry : []),
      ...onward(drawing),
      ...(tellsManager(drawing)
        ? submitButton(words, 'button.tellManager', { verb: 'tellManager', requestId: request.id })
        : []),
      ...(drawing.readAlong ? inPersonalChat(words, request.id) : []),
    ],
    links: entraLink(words, portal === null ? null : pageFor(state.outcome, portal, task.app.id)),
  };
}

/** Offered where the account is new or has changed; after a bad outcome the operator still has something to do. */
function tellsManager({ viewpoint = asOperator, say, state, task, canRetry, readAlong }: Drawing): boolean {
  const isPerson = task.subject.type.toLowerCase() === 'user' && (task.subject.label ?? '').includes('@');
  const isNews = say.tone === 'good' && state.outcome.kind !== 'inSync';
  return viewpoint.as === 'operator' && canRetry && readAlong !== true && isPerson && isNews;
}

/**
 * The next lines about the same person: after a good outcome another app, otherwise what Entra says of them now. A
 * requester can ask for a person who is not assigned.
 */
function onward({ words, say, state, task, canRetry, viewpoint = asOperator }: Drawing): readonly SubmitButton[] {
  const person = task.subject.label ?? '';
  // A group has no user name, and a person from another directory none that a line takes.
  if (task.subject.type.toLowerCase() !== 'user' || !person.includes('@')) return [];
  const name = writeCheckName(person);
  const app = writeCheckName(task.app.name);
  if (say.tone !== 'good') {
    const mayAsk = viewpoint.as === 'requester' && isUnassigned(state.outcome);
    return [
      ...(mayAsk ? lineButton(words, 'form.requestAccess.button', `request access for ${name} to ${app}`) : []),
      ...lineButton(words, 'button.check', `check ${name} in ${app}`),
    ];
  }
  return canRetry ? lineButton(words, 'button.anotherApp', `provision user ${name}`) : [];
}
