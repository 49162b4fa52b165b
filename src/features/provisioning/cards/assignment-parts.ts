import type { Maybe, SubmitButton, Text } from '../../../chat/cards/card-views.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import { sayEnd } from '../../../chat/views/ends.ts';
import { lineButton, maybe, short, submitButton } from '../../../chat/views/parts.ts';
import { assignmentLeft, gaveAccess, mayHaveUnassigned, type Task } from '../../../requests/request.ts';
import { endWord } from './ending-words.ts';

const LONGEST_END = 200;

/** What a click may assign: the app roles, and how many people lack them. */
export interface AssignOffer {
  readonly roles: readonly string[];
  readonly people: number;
}

/** The button that assigns, and then provisions; none where there is no role. It names the role, and several people; on a page it is about its people. */
export function assignButtons(
  words: Messages,
  requestId: string,
  offer: AssignOffer | null = null,
  page?: number,
): Maybe<SubmitButton> {
  if (offer === null || offer.roles.length === 0) return [];
  const { roles, people } = offer;
  const role = words.list(roles.map((one) => short(one, 30)));
  return submitButton(words, 'button.assign', { verb: 'assign', requestId, page }, undefined, {
    role,
    roles: roles.length,
    people,
  });
}

/** The button that has Usher look whether people have taken an assignment away. */
export const verifyButton = (words: Messages, requestId: string, isOffered = false): Maybe<SubmitButton> =>
  isOffered ? lineButton(words, 'button.verifyRemoval', `verify removal ${requestId}`) : [];

/** What Usher leaves in Entra of the assignment before a call; null where there is nothing. */
export function assignmentText(words: Messages, task: Task): string | null {
  if (mayHaveUnassigned(task)) {
    const made = task.assignment.kind === 'unassign' && task.assignment.step === 'made';
    return words.card(made ? 'unassignment.made' : 'unassignment.perhaps', roleValues(task));
  }
  const left = assignmentLeft(task);
  if (left === 'none') return null;
  return words.card(`assignment.${left}`, roleValues(task));
}

/**
 * When the access that a task gives ends, and whether Usher takes it away then: only what it has assigned itself. Once
 * the end has come, how that went. Nothing where the task gave no access.
 */
export function endText(words: Messages, task: Task): Maybe<Text> {
  const { ends, assignment, state } = task;
  if (ends === undefined || state.kind === 'cancelled') return [];
  if (state.kind === 'done' && !gaveAccess(task) && assignmentLeft(task) === 'none') return [];
  const { state: become = { kind: 'active' }, endedBy = null, inherits = false } = ends;
  if (become.kind !== 'active')
    return maybe(markdownText(endWord(words, { ...ends, state: become, endedBy }), LONGEST_END));
  const isUshers = assignment.kind === 'assign' && assignment.step !== 'found' && assignment.step !== 'refused';
  const end = sayEnd(words, { endsAt: ends.endsAt, hasTime: ends.isTimed });
  return maybe(words.card('result.ends', { end, takes: isUshers || inherits ? 'yes' : 'no' }));
}

export function roleValues({ subject, app, assignment }: Task) {
  const role = assignment.kind === 'assign' ? short(assignment.appRole, 60) : '';
  return { person: short(subject.name), app: short(app.name), role };
}

/** The names of the groups that assign a person who is taken out of an app, for a sentence; `none` where there is none. */
export function groupsText(words: Messages, through: readonly string[] = []): string {
  return through.length === 0 ? 'none' : words.list(through.map((name) => short(name, 60)));
}

/** That Usher assigned people of a list before their calls were canceled. */
export const assignedText = (words: Messages, count = 0): Maybe<Text> =>
  maybe(count === 0 ? null : words.card('list.assigned', { count }));
