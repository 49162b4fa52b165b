import type { Fact, FormView } from '../cards/card-views.ts';
import { LARGEST_CARD_BYTES, renderCard } from '../cards/render.ts';
import { markdownText, plainText } from '../cards/safe-text.ts';
import type { Messages } from '../messages.ts';
import type { FormField, VerbWithForm } from '../registry/form-declaration.ts';
import type { AdaptiveCard, CardMessage, FormValues } from '../reply.ts';
import { LONGEST_REASON, maybe, short } from './parts.ts';
import { ticketField } from './ticket-views.ts';

interface AppChoice {
  readonly id: string;
  readonly name: string;
}

export interface FormInput {
  readonly form: VerbWithForm;
  readonly fields: Readonly<Partial<Record<FormField, 'required' | 'optional'>>>;
  /** The choices; with none, or with more than a person scrolls through, the app is typed. */
  readonly apps: readonly AppChoice[];
  readonly values: FormValues;
  /** Every request needs a ticket number: the form has its field from the start. Missing for no. */
  readonly asksTicket?: boolean;
  readonly ticketExamples?: readonly string[];
  /** Why the submitted form was not accepted: a finished sentence, plain. */
  readonly problem: string | null;
  /** `YYYY-MM-DD` in the reader's time zone. */
  readonly today: string;
  /** A line that does the same. */
  readonly example: string;
}

export const emptyForm: FormValues = { picked: '', subject: '', app: '', start: '', reason: '', ticket: '' };

/** Teams searches them in the client; some clients show a longer list badly. */
const MOST_CHOICES = 40;
const LONGEST_FIELD = 200;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The form of a command. Its button sends the inputs along with the verb `submit`. */
export function formCard(words: Messages, input: FormInput): CardMessage {
  const summary = summaryOf(words, input);
  return { card: renderCard('form', viewOf(words, { ...input, on: 'form', asChoices: canChoose(input) })), summary };
}

/** The same card with the inputs and the button of a form below, if there is room. */
export function withForm(words: Messages, { card, summary }: CardMessage, input: FormInput): CardMessage {
  for (const asChoices of canChoose(input) ? [true, false] : [false]) {
    const form = renderCard('form', viewOf(words, { ...input, on: 'list', asChoices }));
    const below = [...inputsOf(form), { type: 'ActionSet', actions: form.actions ?? [] }];
    const both = { ...card, body: [...card.body, ...below] };
    if (Buffer.byteLength(JSON.stringify(both)) <= LARGEST_CARD_BYTES) return { card: both, summary };
  }
  return { card, summary };
}

function summaryOf(words: Messages, { form }: FormInput): string {
  return words.plain('form.summary', { title: words.plain(`form.${form}.title`) });
}

function inputsOf({ body }: AdaptiveCard): readonly unknown[] {
  return body.filter((element) => JSON.stringify(element).startsWith('{"type":"Input.'));
}

function canChoose({ apps }: FormInput): boolean {
  return apps.length > 0 && apps.length <= MOST_CHOICES;
}

interface Drawn extends FormInput {
  readonly on: 'form' | 'list';
  readonly asChoices: boolean;
}

function viewOf(words: Messages, input: Drawn): FormView {
  const { form, on, fields, values, problem, today, example, asksTicket = false, ticketExamples = [] } = input;
  const button = words.plain(`form.${form}.button`);
  const footer = words.card('form.footer', { line: example });
  const [app] = appField(words, input);
  const start = { label: words.plain('form.start'), min: today, errorMessage: words.plain('form.startMissing') };
  const hasStart = DATE.test(values.start);
  return {
    fallbackText: words.sentences([summaryOf(words, input), words.plain('form.footer', { line: example })]),
    title: words.card(`form.${form}.title`),
    intro: maybe(words.card('form.intro', { form })),
    problems: maybe(problem === null ? null : markdownText(problem, LONGEST_REASON)),
    persons: fields.person === undefined ? [] : [personFields(words, input)],
    appChoices:
      app === undefined || !input.asChoices
        ? []
        : [
            {
              ...app,
              choices: choicesOf(input),
            },
          ],
    appTexts: app === undefined || input.asChoices ? [] : [app],
    filledStarts: fields.start !== undefined && hasStart ? [{ ...start, value: values.start }] : [],
    emptyStarts: fields.start === undefined || hasStart ? [] : [start],
    reasons:
      fields.reason === undefined
        ? []
        : [
            {
              label: words.plain('form.reason'),
              placeholder: words.plain('form.reasonHint'),
              value: plainText(values.reason, LONGEST_REASON),
            },
          ],
    tickets:
      fields.ticket === undefined || !(asksTicket || values.ticket !== '')
        ? []
        : ticketField(words, values.ticket, ticketExamples),
    footer: maybe(footer),
    buttons: [
      {
        title: button,
        tooltip: words.plain('form.sends', { button }),
        data: { verb: 'submit', form, on, msteams: { feedback: { hide: true } } },
      },
    ],
  };
}

function personFields(words: Messages, { form, values }: Drawn): FormView['persons'][number] {
  return {
    picker: {
      label: words.plain('form.person', { form }),
      placeholder: words.plain('form.personPick'),
      value: plainText(values.picked, LONGEST_FIELD),
    },
    typed: {
      label: words.plain('form.personTyped'),
      placeholder: words.plain('form.personHint'),
      value: plainText(values.subject, LONGEST_FIELD),
    },
  };
}

function appField(words: Messages, input: Drawn): FormView['appTexts'] {
  const { form, on, fields, values, asChoices } = input;
  if (fields.app === undefined) return [];
  const chosen = input.apps.find(({ id, name }) => [id, name].some((text) => sameText(text, values.app)));
  const chosenValue = chosen === undefined ? '' : choiceValue(chosen);
  const typedName = plainText(chosen?.name ?? values.app, LONGEST_FIELD);
  return [
    {
      label: on === 'list' ? words.plain(`form.${form}.title`) : words.plain('form.app', { form }),
      placeholder: words.plain('form.appHint'),
      value: asChoices ? chosenValue : typedName,
      // A client checks every input before any button of the card, and the buttons of a list's rows need none.
      isRequired: on === 'form' && fields.app === 'required',
      errorMessage: words.plain('form.appMissing'),
    },
  ];
}

/** Apps of one name are one choice: for its name Usher takes the one with a job, or asks which is meant. */
function choicesOf({ apps }: FormInput): readonly Fact[] {
  const first = apps.filter((app, at) => apps.findIndex(({ name }) => sameText(name, app.name)) === at);
  return first.map((app) => ({ title: short(app.name), value: choiceValue(app) }));
}

/** Some clients show the value instead of the title for a previous choice, so it is the name, unless that is cut. */
const choiceValue = ({ id, name }: AppChoice): string => (short(name) === name ? name : id);

function sameText(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
