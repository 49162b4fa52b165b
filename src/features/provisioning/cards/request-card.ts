import { assertNever } from '../../../assert-never.ts';
import type { ProgressView, Text } from '../../../chat/cards/card-views.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import { createMessages, type MessageKey, type Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { maybe, personLabel, short, submitButton } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import {
  assignmentLeft,
  type Forecast,
  isLeftToPeople,
  isRemoval,
  isToAssign,
  type Request,
  sentCalls,
  type Task,
  type TaskState,
} from '../../../requests/request.ts';
import { assignmentText, endText, groupsText, roleValues } from './assignment-parts.ts';
import { assignedIn } from './outcome-text.ts';
import { awayTexts, requestFooter } from './progress-parts.ts';
import { type ResultCardInput, resultCard } from './result-card.ts';

export interface RequestCardInput extends Omit<ResultCardInput, 'task' | 'state'> {
  /** The waiting task's queue position and start time; null when unknown. */
  readonly forecast: Forecast | null;
}

type ProgressInput = Pick<RequestCardInput, 'request' | 'forecast' | 'now'>;
type Waiting = Extract<TaskState, { kind: 'waiting' }>;
type Running = Extract<TaskState, { kind: 'running' }>;

/**
 * Draws the current state of a request with one task, in its reader's language and time zone.
 *
 * @throws when the request has another number of tasks: one outcome must not stand for several.
 */
export function requestCard(input: RequestCardInput): CardMessage {
  const { request } = input;
  const [task, ...others] = request.tasks;
  if (task === undefined || others.length > 0) {
    throw new Error(`Request ${request.id} has ${request.tasks.length} tasks; this card shows exactly one`);
  }

  const words = createMessages(request.reader.locale, request.reader.timeZone);
  const { state } = task;
  if (state.kind === 'done') return resultCard(words, { ...input, task, state });
  return progressCard(words, { ...input, task }, taskProgress(words, input, task, state));
}

/** An unfinished task in words, for its own card and for the card that includes it. Texts are finished. */
export interface TaskProgress {
  readonly tone: Tone;
  /** Holds no user text, so that it may be used where no Markdown is read. */
  readonly title: string;
  readonly paragraphs: readonly Text[];
  /** Its values are `person` and `app`. */
  readonly summary: MessageKey;
}

/** The state of a task, in the words of its card. */
export function taskProgress(
  words: Messages,
  input: ProgressInput,
  task: Task,
  state: Exclude<TaskState, { kind: 'done' }>,
): TaskProgress {
  switch (state.kind) {
    case 'held':
      return held(words, input.request);
    case 'cancelled':
      return cancelled(words, task, state.at, input.now);
    case 'waiting':
      return waiting(words, input, task, state);
    case 'running':
      return running(words, input, task, state);
    default:
      return assertNever(state, 'state of a task');
  }
}

function held(words: Messages, request: Request): TaskProgress {
  return {
    tone: 'waiting',
    title: words.card('request.held'),
    paragraphs: [{ text: words.card('request.heldText', { request: short(request.id, 40) }) }],
    summary: 'request.summary.held',
  };
}

function cancelled(words: Messages, task: Task, at: number, now: number): TaskProgress {
  // A sent call may have taken effect, though the request was cancelled later.
  const attempts = sentCalls(task);
  const left = assignmentText(words, task);
  const names = roleValues(task);
  const unsent = left === null ? 'request.cancelledUnsent' : 'request.cancelledAssigned';
  const text = attempts === 0 ? unsent : 'request.cancelledAgain';
  const stays = assignmentLeft(task) === 'made' ? words.card('assignment.stays', names) : null;
  return {
    tone: 'neutral',
    title: words.card('request.cancelled'),
    paragraphs: [
      { text: words.card(text, { time: words.time(at, now), attempts, person: names.person }) },
      ...(left === null ? [] : [{ text: words.sentences([left, stays, words.card('assignment.remove', names)]) }]),
    ],
    summary: 'request.summary.cancelled',
  };
}

function waiting(
  words: Messages,
  { forecast, now }: ProgressInput,
  task: Task,
  { waitReason, dueAt }: Waiting,
): TaskProgress {
  const isLater = dueAt > now;
  if (isToAssign(task)) {
    const doing = isLeftToPeople(task) ? 'byHand' : isRemoval(task) ? 'unassigning' : 'assigning';
    const text = words.card(`request.${doing}${isLater ? 'Later' : 'Text'}`, {
      ...roleValues(task),
      groups: groupsText(words, assignedIn(task).through),
      time: words.time(dueAt, now),
    });
    return {
      tone: 'working',
      title: words.card(`request.${doing}`),
      paragraphs: [{ text }],
      summary: `request.summary.${doing}`,
    };
  }
  const fault = forecast?.fault;
  const reason =
    waitReason === null
      ? null
      : words.card(`request.again.${waitReason}`, {
          person: short(task.subject.name),
          app: short(task.app.name),
          due: isLater ? 'later' : 'now',
          time: words.time(dueAt, now),
          by: assignedIn(task).byOthers === true ? 'others' : 'usher',
        });
  if (fault !== undefined)
    return {
      tone: 'waiting',
      title: words.card('away.title', { cause: fault.cause }),
      // The task's own latest call met the same fault, which need not be repeated.
      paragraphs: [
        ...maybe(waitReason === fault.cause ? null : reason),
        { text: words.sentences(awayTexts(words, fault, now)) },
      ],
      summary: 'request.summary.waiting',
    };
  // Until the assignment can have replicated, the queue position says nothing, and the reason gives the time itself.
  const isForAssignment = (waitReason === 'assignmentUnseen' || waitReason === 'unassignmentUnseen') && isLater;
  const when = isForAssignment ? '' : whenText(words, forecast, dueAt, now);
  return {
    tone: 'waiting',
    title: isForAssignment ? words.card(`request.${waitReason}`) : waitingTitle(words, forecast),
    paragraphs: [...maybe(reason), ...maybe(when)],
    summary: 'request.summary.waiting',
  };
}

function waitingTitle(words: Messages, forecast: Forecast | null): string {
  return forecast === null
    ? words.card('request.waitingUnknown')
    : words.card('request.waiting', { position: forecast.position });
}

function whenText(words: Messages, forecast: Forecast | null, dueAt: number, now: number): string {
  if (forecast === null) return dueAt > now ? words.card('request.notBefore', { time: words.time(dueAt, now) }) : '';
  // Whole seconds: tenths would be more precise than the forecast.
  const seconds = Math.round((forecast.startsAt - now) / 1_000);
  if (seconds < 1) return words.card('request.startsNow');
  return words.card('request.startsIn', {
    time: words.time(forecast.startsAt, now),
    duration: words.duration(seconds * 1_000),
  });
}

function running(words: Messages, { now }: ProgressInput, task: Task, state: Running): TaskProgress {
  const isTaking = isRemoval(task);
  const text = words.card(isTaking ? 'request.removingText' : 'request.runningText', {
    person: short(task.subject.name),
    app: short(task.app.name),
    time: words.time(state.startedAt, now),
  });
  const attempt = task.attempts > 1 ? words.card('request.attempt', { attempt: task.attempts }) : null;
  return {
    tone: 'working',
    title: words.card('request.running'),
    paragraphs: [{ text }, ...maybe(attempt)],
    summary: isTaking ? 'request.summary.removing' : 'request.summary.running',
  };
}

function progressCard(
  words: Messages,
  { request, task, now, canRetry }: Pick<RequestCardInput, 'request' | 'now' | 'canRetry'> & { readonly task: Task },
  { tone, title, paragraphs, summary }: TaskProgress,
): CardMessage {
  const names = { person: short(task.subject.name), app: short(task.app.name) };
  const plain = words.plain(summary, names);
  const view: ProgressView = {
    fallbackText: plain,
    look: lookOf(tone),
    title,
    subject: words.card('subject.inApp', names),
    label: personLabel(words, task.subject),
    paragraphs: [...paragraphs, ...endText(words, task)],
    footer: requestFooter(words, request, now),
    buttons:
      canRetry && task.state.kind === 'waiting'
        ? submitButton(words, 'button.cancel', { verb: 'cancel', requestId: request.id })
        : [],
  };
  return { card: renderCard('progress', view), summary: plain };
}
