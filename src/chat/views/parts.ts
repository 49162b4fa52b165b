import type { DecisionButton, FormButton, Link, Maybe, SubmitButton, Text } from '../cards/card-views.ts';
import { markdownText, plainText } from '../cards/safe-text.ts';
import type { CardAction } from '../reply.ts';
import type { WordKey, Words, WordValues } from '../words.ts';

/** Longest name of a person or an app on a card: whole for all that are real, and small enough for the card's budget. */
export const LONGEST_NAME = 80;
/** Longest line that a button may say, in UTF-16 code units. */
const LONGEST_LINE = 300;
const LONGEST_TOOLTIP = 100;
/** As many actions as Teams shows on a card. */
export const MOST_BUTTONS = 6;

/** A name on its way into a message as a value: cut, and not yet escaped, which the message does. */
export const short = (name: string, limit = LONGEST_NAME): string => plainText(name, limit);

/** A text element, or none. */
export const maybe = (text: string | null): Maybe<Text> => (text === null || text === '' ? [] : [{ text }]);

/** So many rows of a list, with names of this length, for whoever sees no card. */
const FALLBACK_ROWS = 5;
export const FALLBACK_NAME = 40;

/** What a list says to whoever sees no card: the summary, and its first rows in plain words. */
export const listAsText = (summary: string, rows: readonly string[]): string =>
  [summary, ...rows.slice(0, FALLBACK_ROWS)].join(' · ');

/** Somebody else's text as an element of its own, or none when nothing of it can be seen. */
export const maybeQuoted = (text: string | null, limit?: number): Maybe<Text> =>
  maybe(text === null ? null : markdownText(text, limit));

/** What a person is known by besides the name: the principal name, and that it is a guest. */
export const personLabel = (
  words: Words,
  { label, guest }: { readonly label: string | null; readonly guest?: boolean },
): Maybe<Text> =>
  guest === true ? maybe(words.card('subject.guest', { label: short(label ?? '—', 120) })) : maybeQuoted(label, 120);

/**
 * A button that sends `action` back. None for a line that the card could not also show letter by letter: too
 * long, or with hidden characters in it. Nobody should say by a click what they could not read before it.
 */
export function submitButton(
  words: Words,
  title: WordKey,
  action: CardAction,
  tooltip?: string,
  values: WordValues = {},
): Maybe<SubmitButton> {
  if ('text' in action && plainText(action.text, LONGEST_LINE) !== action.text) return [];

  const label = words.plain(title, values);
  // Teams would otherwise announce "Your response was sent to the app" under a card that is about to change anyway.
  const data = { ...action, msteams: { feedback: { hide: true } } } as const;
  return [{ title: label, tooltip: plainText(tooltip ?? label, LONGEST_TOOLTIP), data }];
}

/** The button that brings the answer to this line to the clicker's personal chat. */
export const personalButton = (words: Words, line: string): Maybe<SubmitButton> =>
  submitButton(words, 'button.inPersonal', { verb: 'personal', text: line }, words.plain('button.runs', { line }));

/** A decision on an access request. It carries the request's id and nothing else; see `DecisionButton`. */
export function decisionButton(
  words: Words,
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

const DECISIONS: Readonly<Record<DecisionButton['data']['verb'], readonly [title: WordKey, tooltip: WordKey]>> = {
  approve: ['button.approve', 'button.approveOne'],
  deny: ['button.denyNow', 'button.denyOne'],
};

/** The button below the form of `request`. */
export function formButton(words: Words): FormButton {
  const title = words.plain('button.ask');
  return { title, tooltip: title, data: { verb: 'ask', msteams: { feedback: { hide: true } } } };
}

/** The button that opens a page of the Entra admin centre, or none. */
export const entraLink = (words: Words, url: string | null): Maybe<Link> =>
  url === null ? [] : [{ title: words.plain('button.openInEntra'), url }];

/** What can be done of a line that says when access starts or ends. */
type TermButton = 'withoutEnd' | 'withoutTime' | 'provisionNow' | 'askForDay' | 'fromThatDay' | 'onceApproved';

/** A button that a view adds because its caller knows a line worth saying next. */
export interface SayButton {
  /** `line`: the line itself is the title. */
  readonly label: 'inPersonal' | 'help' | 'apps' | 'whoami' | 'tryAgain' | 'tryIt' | 'yes' | 'line' | TermButton;
  /** `run` answers with a new message, `choose` in place of this card, `personal` in the clicker's personal chat. */
  readonly verb: 'run' | 'choose' | 'personal';
  /** The line to say. */
  readonly text: string;
}

const SAY_LABELS: Readonly<Record<SayButton['label'], WordKey>> = {
  inPersonal: 'button.inPersonal',
  help: 'button.help',
  apps: 'button.apps',
  whoami: 'button.whoami',
  tryAgain: 'button.tryAgain',
  tryIt: 'button.tryIt',
  yes: 'button.yes',
  line: 'button.line',
  withoutEnd: 'button.withoutEnd',
  withoutTime: 'button.withoutTime',
  provisionNow: 'button.provisionNow',
  askForDay: 'button.askForDay',
  fromThatDay: 'button.fromThatDay',
  onceApproved: 'button.onceApproved',
};

/** At most as many as Teams shows. */
export function sayButtons(words: Words, buttons: readonly SayButton[]): SubmitButton[] {
  return buttons
    .flatMap(({ label, verb, text }) =>
      submitButton(words, SAY_LABELS[label], { verb, text }, words.plain('button.runs', { line: text }), {
        line: text,
      }),
    )
    .slice(0, MOST_BUTTONS);
}
