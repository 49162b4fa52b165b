import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { personName } from '../../../chat/views/parts.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import { mayRetry, type Viewpoint } from '../../../chat/views/viewpoint.ts';
import { sentCalls, type Task, type TaskState } from '../../../requests/request.ts';
import { assignedIn, type Told, verdictOf } from '../../provisioning/cards/outcome-text.ts';
import { OUTCOME_TONES } from '../../provisioning/cards/outcome-words.ts';
import { taskProgress } from '../../provisioning/cards/request-card.ts';
import {
  type AccessRequest,
  type AccessState,
  type FinishedAs,
  leftOfAssignment,
} from '../access-requests/access-request.ts';
import { namesOf } from './access-names.ts';
import type { CardContent, RequestProgress } from './card-content.ts';

/** The progress or outcome of an access request's provisioning request; the caller tells what came before. */
export type RunContent = Pick<CardContent, 'tone' | 'title' | 'verdict' | 'paragraphs' | 'next' | 'summary'>;

interface RunInput {
  readonly accessRequest: AccessRequest;
  /** The approvers' card has a Retry button after a bad outcome. */
  readonly audience: 'requester' | 'approvers';
  readonly state: Extract<AccessState, { kind: 'started' | 'finished' }>;
  readonly progress: RequestProgress | null;
  readonly now: number;
  readonly viewpoint: Viewpoint;
}

/** In the words of the provisioning request's own card; shorter where that request cannot be found any more. */
export function runContent(words: Messages, input: RunInput): RunContent {
  const { progress, now, accessRequest, audience, state } = input;
  const [task] = progress?.request.tasks ?? [];
  if (progress === null || task === undefined) return bareContent(words, input);
  if (task.state.kind === 'done')
    return doneContent(
      words,
      input,
      task,
      task.state,
      state.kind === 'finished' && audience === 'approvers' && mayRetry(input.viewpoint),
    );

  if (task.state.kind === 'cancelled') return calledOffContent(words, input, task, task.state);
  const { tone, title, paragraphs, summary } = taskProgress(words, { ...progress, now }, task, task.state);
  return {
    tone,
    title,
    verdict: title,
    paragraphs,
    next: null,
    summary: words.plain(summary, namesFor(accessRequest, task)),
  };
}

/** An assignment made by Usher stays; the text before this one says that Usher made it. */
function calledOffContent(
  words: Messages,
  { accessRequest, state, now }: RunInput,
  task: Task,
  { at }: Extract<TaskState, { kind: 'cancelled' }>,
): RunContent {
  const canceller = state.calledOffBy === null ? '' : personName(state.calledOffBy);
  const values = {
    ...namesOf(accessRequest),
    canceller,
    time: words.moment(at, now),
    sent: sentCalls(task),
  };
  const said: MessageKey = canceller === '' ? 'access.calledOff' : 'access.calledOffBy';
  const [tone, title] = endOf('cancelled');
  const left = leftOfAssignment(accessRequest, task);
  const next: MessageKey | null = left === 'none' ? null : 'access.leftNext';
  return {
    tone: next === null ? tone : 'warning',
    title: words.card(title),
    verdict: words.plain(title),
    paragraphs: [
      { text: words.card(said, values) },
      ...(left === 'perhaps' ? [{ text: words.card('access.left.perhaps', values) }] : []),
    ],
    next: next === null ? null : words.card(next, values),
    summary: words.sentences([words.plain(said, values), next === null ? null : words.plain(next, values)]),
  };
}

function namesFor(accessRequest: AccessRequest, task: Task) {
  const { person, app } = namesOf(accessRequest);
  return { person: task.subject.name === '' ? person : task.subject.name, app };
}

function doneContent(
  words: Messages,
  { accessRequest, now, viewpoint }: RunInput,
  task: Task,
  { outcome, finishedAt }: Extract<TaskState, { kind: 'done' }>,
  retry: boolean,
): RunContent {
  const { person, app } = namesOf(accessRequest);
  const assigned = assignedOn(accessRequest, task);
  const told = { outcome, person, app, what: 'other', ...assigned, retry, viewpoint, finishedAt, now } as const;
  const { say, values, last, title, plainTitle, next, plainNext } = verdictOf(words, told);
  const isCalm = say.tone === 'good';
  const lastSaid = last === null ? [] : [{ text: words.card(last.happened, last.values) }];
  return {
    tone: say.tone,
    title,
    verdict: plainTitle,
    paragraphs: [
      { text: words.card(say.happened, values) },
      ...lastSaid,
      ...(isCalm ? next.map((text) => ({ text })) : []),
    ],
    next: isCalm ? null : words.sentences(next),
    summary: words.sentences([
      words.plain(say.happened, values),
      last === null ? null : words.plain(last.happened, last.values),
      plainNext,
    ]),
  };
}

/** An assignment that Usher made is never asked for again, even where the service still does not count it. */
export function assignedOn(accessRequest: AccessRequest, task: Task): Pick<Told, 'hasAssigned' | 'byOthers'> {
  const told = assignedIn(task);
  return { ...told, hasAssigned: told.hasAssigned || leftOfAssignment(accessRequest, task) === 'made' };
}

function bareContent(words: Messages, { accessRequest, state, now }: RunInput): RunContent {
  const isOver = state.kind === 'finished';
  const [tone, title]: End = isOver ? endOf(state.outcome) : ['working', 'access.title.started'];
  const said: MessageKey = isOver ? 'access.finishedAt' : 'access.started';
  const values = { ...namesOf(accessRequest), time: isOver ? words.moment(state.at, now) : '' };
  return {
    tone,
    title: words.card(title),
    verdict: words.plain(title),
    paragraphs: [{ text: words.card(said, values) }],
    next: null,
    summary: words.plain(said, values),
  };
}

type End = readonly [tone: Tone, title: MessageKey];

/** The outcome, where only its kind is known. */
const endOf = (outcome: FinishedAs): End =>
  outcome === 'cancelled' ? ['neutral', 'request.cancelled'] : [OUTCOME_TONES[outcome], `count.${outcome}`];

/** The verdict alone, as a value for a sentence. */
export const endWord = (words: Messages, outcome: FinishedAs): string => words.plain(endOf(outcome)[1]);
