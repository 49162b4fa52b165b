import type { Assigned } from '../../graph/assignments.ts';
import type { DecisionButton, Fact, Link, Maybe, RowButton, SubmitButton, Text, Toggle } from '../cards/card-views.ts';
import { markdownText, plainText } from '../cards/safe-text.ts';
import { DOT } from '../languages/joining.ts';
import type { MessageKey, Messages, MessageValues } from '../messages.ts';
import type { CardAction } from '../reply.ts';

/** Longest name of a person or an app on a card: enough for real names, and small enough for the card's size limit. */
export const LONGEST_NAME = 80;
/** Longest line that a button may run, in UTF-16 code units. */
const LONGEST_LINE = 300;
/** The same for a line with a list. A click with a longer one is not read. */
const LONGEST_LIST_LINE = 1_000;
const LONGEST_TOOLTIP = 100;
/** The most actions that Teams shows on a card. */
export const MOST_BUTTONS = 6;

/** A name as a value for a message: cut, and not yet escaped, which the message does. */
export const short = (name: string, limit = LONGEST_NAME): string => plainText(name, limit);

/** A text element, or none. */
export const maybe = (text: string | null): Maybe<Text> => (text === null || text === '' ? [] : [{ text }]);

/** Rows of a list for a reader without cards, and the longest name in them. */
const FALLBACK_ROWS = 5;
export const FALLBACK_NAME = 40;

/** A list for a reader without cards: the summary and its first rows, as plain text. */
export const listAsText = (summary: string, rows: readonly string[]): string =>
  [summary, ...rows.slice(0, FALLBACK_ROWS)].join(DOT);

/** User text as an element of its own, or none when nothing of it is visible. */
export const maybeQuoted = (text: string | null, limit?: number): Maybe<Text> =>
  maybe(text === null ? null : markdownText(text, limit));

/** A person's label next to the name: the user principal name, and whether they are a guest. */
export const personLabel = (
  words: Messages,
  { label, guest }: { readonly label: string | null; readonly guest?: boolean },
): Maybe<Text> =>
  guest === true ? maybe(words.card('subject.guest', { label: short(label ?? '—', 120) })) : maybeQuoted(label, 120);

/**
 * A button that sends `action` back. None for a line that the card could not also show exactly: too long, or with
 * hidden characters. A click must not run a line that the clicker could not read first.
 */
export function submitButton(
  words: Messages,
  title: MessageKey,
  action: CardAction,
  tooltip?: string,
  values: MessageValues = {},
  longest = LONGEST_LINE,
): Maybe<SubmitButton> {
  if ('text' in action && plainText(action.text, longest) !== action.text) return [];

  const label = words.plain(title, values);
  // Teams would otherwise announce "Your response was sent to the app" under a card that is about to change anyway.
  const data = { ...action, msteams: { feedback: { hide: true } } } as const;
  return [{ title: label, tooltip: plainText(tooltip ?? label, LONGEST_TOOLTIP), data }];
}

/** A button that runs a line, which its tooltip shows. */
export const lineButton = (
  words: Messages,
  title: MessageKey,
  line: string,
  verb: SayButton['verb'] = 'run',
  named = line,
): Maybe<SubmitButton> =>
  submitButton(words, title, { verb, text: line }, words.plain('button.runs', { line: words.line(line) }), {
    line: words.line(named),
  });

/** A button that runs a line with a list in it, where the card says what the list holds. */
export const listButton = (
  words: Messages,
  title: MessageKey,
  line: string,
  verb: SayButton['verb'],
  values: MessageValues = {},
): Maybe<SubmitButton> =>
  submitButton(
    words,
    title,
    { verb, text: line },
    words.plain('button.runs', { line: words.line(line) }),
    values,
    LONGEST_LIST_LINE,
  );

/** What a click on a row runs; its tooltip shows the line. None where `lineButton` has none. */
export const rowButton = (words: Messages, line: string): Maybe<RowButton> => lineButton(words, 'button.open', line);

/** What the line of a row calls an app: its name, or its id where another row has the same name. */
export function callName(
  app: { readonly id: string; readonly name: string },
  all: readonly { readonly name: string }[],
): string {
  const isAlone = all.filter(({ name }) => name.toLowerCase() === app.name.toLowerCase()).length === 1;
  return isAlone ? app.name : app.id;
}

/** The button that runs the line of this card again, in its place. */
export const lookAgain = (words: Messages, line: string): Maybe<SubmitButton> =>
  lineButton(words, 'button.refresh', line, 'choose');

/** The button that unfolds the details, where there are any. */
export const toggleOf = (words: Messages, details: Maybe<unknown>): Maybe<Toggle> =>
  details.length === 0 ? [] : [{ title: words.plain('button.details') }];

/** A fact in the details: long ids wrap in a text, and widen a table beyond a narrow pane. */
export const detailText = ({ title, value }: Fact): Text => ({ text: `**${title}** ${value}` });

/** The button that sends the answer to this line to the clicker's personal chat. */
export const personalButton = (words: Messages, line: string): Maybe<SubmitButton> =>
  lineButton(words, 'button.inPersonal', line, 'personal');

/** A decision on an access request. It carries only the request's id; see `DecisionButton`. */
export function decisionButton(
  words: Messages,
  verb: DecisionButton['data']['verb'],
  requestId: string,
  names: { readonly person: string; readonly app: string },
): DecisionButton {
  const [title, tooltip] = DECISIONS[verb];
  return {
    title: words.plain(title),
    tooltip: plainText(words.plain(tooltip, names), LONGEST_TOOLTIP),
    data: { verb, requestId },
  };
}

const DECISIONS: Readonly<Record<DecisionButton['data']['verb'], readonly [title: MessageKey, tooltip: MessageKey]>> = {
  approve: ['button.approve', 'button.approveOne'],
  deny: ['button.denyNow', 'button.denyOne'],
};

/** The button that opens a page of the Entra admin center, or none. */
export const entraLink = (words: Messages, url: string | null): Maybe<Link> =>
  url === null ? [] : [{ title: words.plain('button.openInEntra'), url }];

/** The alternatives for a line with a start or an end. */
type TermButton = 'withoutEnd' | 'withoutTime' | 'provisionNow' | 'askForDay' | 'fromThatDay' | 'onceApproved';

/** A button for a helpful next line, which the view's caller knows. */
export interface SayButton {
  /** `line`: the line itself is the title, or what `named` calls it. */
  readonly label:
    | 'inPersonal'
    | 'open'
    | 'help'
    | 'apps'
    | 'pending'
    | 'requests'
    | 'signIn'
    | 'whoami'
    | 'tryAgain'
    | 'tryIt'
    | 'yes'
    | 'checkIt'
    | 'lookAgain'
    | 'removeAtOnce'
    | 'extend'
    | 'endNow'
    | 'byHand'
    | 'verifyRemoval'
    | 'ends'
    | 'allApps'
    | 'status'
    | 'testJob'
    | 'startJob'
    | 'repairJob'
    | 'lift'
    | 'retryFailed'
    | 'forgetFailures'
    | 'startOver'
    | 'allowDeletions'
    | 'aroundProvisioning'
    | 'line'
    | TermButton;
  /** `run` answers with a new message, `choose` in place of this card, `personal` in the clicker's personal chat. */
  readonly verb: 'run' | 'choose' | 'personal';
  /** The line to run. */
  readonly text: string;
  /** Where the card says the rest: a client cuts long titles, which often differ at their ends alone. */
  readonly named?: string;
}

/** At most as many as Teams shows. */
export function sayButtons(words: Messages, buttons: readonly SayButton[]): SubmitButton[] {
  return buttons
    .flatMap(({ label, verb, text, named }) => lineButton(words, `button.${label}`, text, verb, named))
    .slice(0, MOST_BUTTONS);
}

/** "And 12 more.", or nothing. */
export function moreText(words: Messages, count: number) {
  return maybe(count > 0 ? words.card('list.more', { count }) : null);
}

/** Longest reason that a card or a text shows, in UTF-16 code units: as much as its inputs take. */
export const LONGEST_REASON = 500;

/** A nonempty name for sentences, whatever the directory leaves out. */
export function personName({ name }: { readonly name: string }): string {
  const shown = short(name);
  return shown === '' ? '—' : shown;
}

/**
 * What a person is called in a greeting: the first word of the name, or of what follows the comma of "Vance, Adele";
 * empty where there is none.
 */
export function firstName(name: string): string {
  const [before = '', after = ''] = short(name).split(',');
  const [first = ''] = (after.trim() === '' ? before : after).trim().split(' ');
  return /^\p{L}/u.test(first) ? first : short(name);
}

/** Whether a person is assigned to the app, and through which group; plain, a value for a message. */
export function assignedText(words: Messages, assigned: Assigned, app: string): string {
  if (assigned.kind === 'missing') return words.plain('access.assignment.missing', { app });
  const group = short(assigned.through ?? '');
  return words.plain(group === '' ? 'access.assignment.assigned' : 'access.assignment.through', { app, group });
}
