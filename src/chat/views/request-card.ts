import type { Forecast, Request, Task, TaskState, WaitReason } from '../../requests/request.ts';
import type { ProgressView, SubmitButton, Text } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import { markdownText } from '../cards/safe-text.ts';
import type { CardMessage } from '../reply.ts';
import { createWords, type WordKey, type Words } from '../words.ts';
import { maybe, maybeQuoted, short, submitButton } from './parts.ts';
import { resultCard } from './result-card.ts';
import { lookOf, type Tone } from './tone.ts';

export interface RequestCardInput {
  readonly request: Request;
  /** Where the waiting task stands; null when nobody can tell. */
  readonly forecast: Forecast | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The cloud's Entra admin centre, e.g. `https://entra.microsoft.com`; without it there is no link. */
  readonly entraPortalUrl?: string | null;
  /** Whether the asker may retry. Only decides whether the button is shown: the click is checked again. */
  readonly canRetry: boolean;
}

type Waiting = Extract<TaskState, { kind: 'waiting' }>;
type Running = Extract<TaskState, { kind: 'running' }>;

const AGAIN: Readonly<Record<WaitReason, WordKey>> = {
  throttled: 'request.again.throttled',
  serviceUnavailable: 'request.again.serviceUnavailable',
  noAnswer: 'request.again.noAnswer',
  ruleChanged: 'request.again.ruleChanged',
  interrupted: 'request.again.interrupted',
  retried: 'request.again.retried',
};

/**
 * Draws a request of one task as it stands now, in its reader's language and time zone.
 *
 * @throws when the request has another number of tasks: one of several outcomes shown for all would be a lie.
 */
export function requestCard(input: RequestCardInput): CardMessage {
  const { request } = input;
  const [task, ...others] = request.tasks;
  if (task === undefined || others.length > 0) {
    throw new Error(`Request ${request.id} has ${request.tasks.length} tasks; this card shows exactly one`);
  }

  const words = createWords(request.reader.locale, request.reader.timeZone);
  const { state } = task;
  switch (state.kind) {
    case 'held':
      return heldCard(words, input, task);
    case 'cancelled':
      return cancelledCard(words, input, task, state.at);
    case 'waiting':
      return waitingCard(words, input, task, state);
    case 'running':
      return runningCard(words, input, task, state);
    case 'done':
      return resultCard(words, { ...input, task, state });
    default: {
      const never: never = state;
      throw new Error(`A task in a state that no card shows: ${JSON.stringify(never)}`);
    }
  }
}

function heldCard(words: Words, input: RequestCardInput, task: Task): CardMessage {
  const progress: Progress = {
    tone: 'waiting',
    title: words.card('request.held'),
    paragraphs: [{ text: words.card('request.heldText', { request: short(input.request.id, 40) }) }],
    summary: 'request.summary.held',
  };
  return progressCard(words, { ...input, task }, progress);
}

function cancelledCard(words: Words, input: RequestCardInput, task: Task, at: number): CardMessage {
  // Whatever was sent once may have been carried out, whoever called it off afterwards.
  const text = task.attempts === 0 ? 'request.cancelledUnsent' : 'request.cancelledAgain';
  const progress: Progress = {
    tone: 'neutral',
    title: words.card('request.cancelled'),
    paragraphs: [{ text: words.card(text, { time: words.time(at, input.now), attempts: task.attempts }) }],
    summary: 'request.summary.cancelled',
  };
  return progressCard(words, { ...input, task }, progress);
}

function waitingCard(words: Words, { request, forecast, now }: RequestCardInput, task: Task, state: Waiting) {
  const again = state.again === null ? null : words.card(AGAIN[state.again], { app: short(request.app.name) });
  return progressCard(
    words,
    { request, task, now },
    {
      tone: 'waiting',
      title: forecast === null ? words.card('request.waitingUnknown') : words.card('request.waiting', { ...forecast }),
      paragraphs: [...maybe(again), { text: whenText(words, forecast, state.dueAt, now) }].filter(
        ({ text }) => text !== '',
      ),
      summary: 'request.summary.waiting',
      buttons: submitButton(words, 'button.cancel', { verb: 'cancel', requestId: request.id }),
    },
  );
}

function whenText(words: Words, forecast: Forecast | null, dueAt: number, now: number): string {
  if (forecast === null) return dueAt > now ? words.card('request.notBefore', { time: words.time(dueAt, now) }) : '';
  // Whole seconds: a forecast to the tenth would promise more than it knows.
  const seconds = Math.round((forecast.startsAt - now) / 1_000);
  if (seconds < 1) return words.card('request.startsNow');
  return words.card('request.startsIn', {
    time: words.time(forecast.startsAt, now),
    duration: words.duration(seconds * 1_000),
  });
}

function runningCard(words: Words, { request, now }: RequestCardInput, task: Task, state: Running): CardMessage {
  const running = words.card('request.runningText', {
    person: short(task.subject.name),
    app: short(request.app.name),
    time: words.time(state.startedAt, now),
  });
  const attempt = task.attempts > 1 ? words.card('request.attempt', { attempt: task.attempts }) : null;
  return progressCard(
    words,
    { request, task, now },
    {
      tone: 'working',
      title: words.card('request.running'),
      paragraphs: [{ text: running }, ...maybe(attempt)],
      summary: 'request.summary.running',
    },
  );
}

interface Progress {
  readonly tone: Tone;
  readonly title: string;
  readonly paragraphs: readonly Text[];
  readonly summary: WordKey;
  readonly buttons?: readonly SubmitButton[];
}

function progressCard(
  words: Words,
  { request, task, now }: { request: Request; task: Task; now: number },
  { tone, title, paragraphs, summary, buttons = [] }: Progress,
): CardMessage {
  const names = { person: short(task.subject.name), app: short(request.app.name) };
  const plain = words.plain(summary, names);
  const view: ProgressView = {
    fallbackText: plain,
    look: lookOf(tone),
    title,
    subject: words.card('subject.inApp', names),
    label: maybeQuoted(task.subject.label, 120),
    paragraphs,
    footer: maybe(
      words.card('request.footer', {
        asker: short(request.asker.name),
        time: words.time(request.createdAt, now),
        request: markdownText(request.id, 40),
      }),
    ),
    buttons,
  };
  return { card: renderCard('progress', view), summary: plain };
}
