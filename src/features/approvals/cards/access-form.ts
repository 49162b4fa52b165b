import type { Field, FormView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { formButton, LONGEST_REASON, maybe, short } from '../../../chat/views/parts.ts';

interface AppChoice {
  readonly id: string;
  readonly name: string;
}

export interface AccessFormInput {
  /** The choices; with none, the app is typed. */
  readonly apps: readonly AppChoice[];
  /** The values filled in before; `start` as `YYYY-MM-DD`, `app` an id or a name. */
  readonly values: {
    readonly subject: string;
    readonly app: string;
    readonly start: string;
    readonly reason: string;
  };
  /** Why the submitted form was not accepted: a finished sentence, plain. */
  readonly problem: string | null;
  /** `YYYY-MM-DD` in the reader's time zone. */
  readonly today: string;
}

/** More choices are tedious to scroll through, and would fill the card. */
const MOST_CHOICES = 150;
const LONGEST_FIELD = 200;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The form of `request`. Its button sends `subject`, `app`, `start` and `reason` along with the verb `ask`. */
export function accessForm(words: Messages, input: AccessFormInput): CardMessage {
  const { apps, values, problem, today } = input;
  const summary = words.plain('accessForm.summary');
  const start = {
    label: words.plain('accessForm.start'),
    min: today,
    errorMessage: words.plain('accessForm.startMissing'),
  };
  const hasStart = DATE.test(values.start);
  const canChoose = apps.length > 0 && apps.length <= MOST_CHOICES;
  // Names may be long in any language: where they do not fit in full, the app is typed.
  const card = renderLargestThatFits('form', canChoose ? [true, false] : [false], (asChoices): FormView => {
    const app = appField(words, input, asChoices);
    return {
      fallbackText: `${summary} ${words.plain('accessForm.footer')}`,
      title: words.card('accessForm.title'),
      intro: words.card('accessForm.intro'),
      problems: maybe(problem === null ? null : markdownText(problem, LONGEST_REASON)),
      subject: {
        label: words.plain('accessForm.person'),
        placeholder: words.plain('accessForm.personHint'),
        value: plainText(values.subject, LONGEST_FIELD),
        errorMessage: words.plain('accessForm.personMissing'),
      },
      appChoices: asChoices
        ? [{ ...app, choices: apps.map((each) => ({ title: short(each.name), value: choiceValue(each, apps) })) }]
        : [],
      appTexts: asChoices ? [] : [app],
      filledStarts: hasStart ? [{ ...start, value: values.start }] : [],
      emptyStarts: hasStart ? [] : [start],
      reason: {
        label: words.plain('accessForm.reason'),
        placeholder: words.plain('accessForm.reasonHint'),
        value: plainText(values.reason, LONGEST_REASON),
      },
      footer: maybe(words.card('accessForm.footer')),
      buttons: [formButton(words)],
    };
  });
  return { card, summary };
}

function appField(words: Messages, { apps, values }: AccessFormInput, asChoice: boolean): Field {
  const chosen = apps.find(({ id, name }) => [id, name].some((text) => sameText(text, values.app)));
  const chosenValue = chosen === undefined ? '' : choiceValue(chosen, apps);
  const typedName = plainText(chosen?.name ?? values.app, LONGEST_FIELD);
  return {
    label: words.plain('accessForm.app'),
    placeholder: words.plain('accessForm.appHint'),
    value: asChoice ? chosenValue : typedName,
    errorMessage: words.plain('accessForm.appMissing'),
  };
}

/**
 * The value sent for a chosen app. Some clients show it instead of the title for a previous choice, so it is the name
 * wherever the name alone identifies the app.
 */
function choiceValue({ id, name }: AppChoice, apps: readonly AppChoice[]): string {
  const isTold = apps.filter((other) => sameText(other.name, name)).length === 1 && short(name) === name;
  return isTold ? name : id;
}

function sameText(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
